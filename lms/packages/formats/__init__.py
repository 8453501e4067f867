"""Readers of package formats: each makes a structure of the files of a package, or says what is wrong."""
