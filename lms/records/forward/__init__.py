"""Forwarding of statements to other record stores."""
