"""The JSON API of the library, for the tools of institutions."""
