"""Printed pages: what leaves the screen as a file that somebody else reads."""
