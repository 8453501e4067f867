"""The news of people; each is sent within the act that makes it."""

from blinker import signal

access_ended = signal("people.access-ended")
"""Whoever uses this account now must stop: she signed out everywhere, it was locked, its password was set anew, or its
owner left. ``send(actor, account_id=UUID, at=datetime)``; whoever gives out keys in her name ends them
(docs/security.md)."""
