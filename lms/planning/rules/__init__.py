"""The rules of planning, by what they decide."""
