"""The rules that the device and the centre both keep: pure functions and plain values, no I/O and no clock."""
