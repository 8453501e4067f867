"""Reports in lists, and what one says, gathered from the live tables."""
