"""Checklist questions as widgets: one section a page, answers, notes, pictures, the signature."""
