"""What screens look at: Qt models and signals over the services, with nothing of Qt beyond QtCore."""
