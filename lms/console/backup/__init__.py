"""Backups of the product: the database as one moment saw it, the files its rows name, a manifest with every sum."""
