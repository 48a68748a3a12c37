"""What travels between a device and the centre: records, events, problems, pages, and what an event means."""
