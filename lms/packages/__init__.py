"""Package formats, read and written: bytes and paths in, typed structure out. Pure: no request, no database."""
