"""The audit trail in words: searched, read, saved."""
