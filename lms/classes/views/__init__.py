"""The pages of classes, and those on which their life is decided."""
