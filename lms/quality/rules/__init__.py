"""Pure decisions: what figures allow to say, and the shape of results."""
