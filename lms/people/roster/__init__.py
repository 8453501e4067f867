"""Rosters of staff: read (XLSX, CSV), checked cell by cell, and written all at once."""
