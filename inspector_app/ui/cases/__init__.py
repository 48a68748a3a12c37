"""Cases: the list, the quick form, the timeline."""
