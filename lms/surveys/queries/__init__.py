"""Typed rows of evaluations for forms, the dashboard and reports."""
