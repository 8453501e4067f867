"""Typed rows about trainees' courses and about the versions that they follow."""
