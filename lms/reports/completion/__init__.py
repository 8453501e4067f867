"""Completion by programme, unit and class, and the training record of a person."""
