"""What both ends of Midan agree on, the device side of the protocol, and the central server."""
