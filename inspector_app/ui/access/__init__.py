"""Getting in: setting the device up, unlocking it, getting back in, what to do when its data is damaged."""
