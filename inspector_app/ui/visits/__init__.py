"""Visits: the list, starting one, filling it in, finishing it, reading it again."""
