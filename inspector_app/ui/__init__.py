"""What a user sees: widgets over the viewmodels, one folder a workspace."""
