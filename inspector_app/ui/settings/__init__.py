"""What a person chose, this device, who uses it, and what Midan is."""
