"""A person's right to all of her data, and to be forgotten: one archive of everything, and the link to her removed."""
