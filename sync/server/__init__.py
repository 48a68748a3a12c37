"""The central server: http over services over storage, small enough to be read in an afternoon."""
