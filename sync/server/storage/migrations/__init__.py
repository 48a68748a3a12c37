"""The history of the centre's tables, from the first revision on."""
