"""The news of people; each is sent within the act that makes it."""

from blinker import signal

access_ended = signal("people.access-ended")
"""Whoever uses this account now must stop: she signed out everywhere, it was locked, its password was set anew, or its
owner left. ``send(actor, account_id=UUID, at=datetime)``; whoever gives out keys in her name ends them
(docs/security.md)."""

signed_out = signal("people.signed-out")
"""A sign-in session was ended: ``send(actor, session_id=UUID, at=datetime)``; what was begun in it ends too."""

role_ended = signal("people.role-ended")
"""An account lost a right: ``send(actor, account_id=UUID, at=datetime)``; whoever opened something in its name by that
right ends it."""
