"""The one driver of the sync engine: real HTTP, a real clock, and the thread that the machine itself does not have."""
