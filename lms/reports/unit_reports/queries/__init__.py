"""Typed rows of campaigns and reports."""
