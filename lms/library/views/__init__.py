"""The pages of the library, in parts."""
