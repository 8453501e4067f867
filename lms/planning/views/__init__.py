"""The pages of nominations."""
