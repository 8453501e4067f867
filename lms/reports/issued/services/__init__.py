"""The life of a report, and its verification."""
