"""Work that travels by hand: giving a bundle, taking one in, and both over the local network."""
