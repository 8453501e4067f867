"""Targets and their population (mục II), and the yearly plan with the quotas of units (mục V)."""
