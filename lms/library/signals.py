"""The news of the library."""

from blinker import signal

registration_changed = signal("library.registration-changed")
"""``send(registration.id, registration=Registration, at=datetime)`` within the act that changed what a learner has done
in a package: a unit's progress, or that all of it is done."""

package_removed = signal("library.package-removed")
"""``send(package_id, package_id=UUID)`` before a package is removed; whoever still uses it answers with a list of words
that say where, and it stays."""

version_removed = signal("library.version-removed")
"""``send(version_id, version_id=UUID)`` before a version is removed; answered like ``package_removed``."""

usage_asked = signal("library.usage-asked")
"""``send(None, package_ids=Sequence[UUID])`` when a page shows where packages are used; who uses some answers with a
mapping: package id -> list of (words that say where, address of the page)."""
