"""What the centre does for devices and administrators, without HTTP."""
