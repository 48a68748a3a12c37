"""The device's side of the protocol: a state machine without I/O, and the one driver that gives it a thread."""
