"""The centre's addresses: bodies bounded and decoded, services called, refusals turned into problems."""
