"""The parts every screen is made of; each takes its colours from the stylesheet and its words from its owner."""
