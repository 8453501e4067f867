"""The news of the library."""

from blinker import signal

registration_changed = signal("library.registration-changed")
"""``send(registration.id, registration=Registration, at=datetime)`` within the act that changed what a learner has done
in a package: a unit's progress, or that all of it is done."""
