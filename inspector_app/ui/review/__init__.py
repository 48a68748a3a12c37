"""Review: the queue of received reports, and a report read like a page."""
