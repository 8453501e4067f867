"""Typed rows and sums, read from what closing an evaluation has stored."""
