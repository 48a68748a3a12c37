"""What screens and reports read: frozen values put together from the cache, each made by one service call."""
