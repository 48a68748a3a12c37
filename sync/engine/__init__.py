"""The device's side of the protocol, as a state machine without I/O: it asks ports, and decides what to ask next."""
