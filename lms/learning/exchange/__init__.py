"""Whole courses: handed on to other systems."""
