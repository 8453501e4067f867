"""The news of classes; each is sent within the act that makes it."""

from blinker import signal

enrolled = signal("classes.enrolled")
"""``send(sender, registration=UUID, at=datetime)``"""

withdrawn = signal("classes.withdrawn")
"""``send(sender, registration=UUID, at=datetime)``"""

attendance_recorded = signal("classes.attendance_recorded")
"""``send(sender, registrations=list[UUID], taken_back=list[UUID], at=datetime)``: all whose marks changed, and those of
them who counted as attending and no longer do."""

requirements_changed = signal("classes.requirements_changed")
"""What a class asks of its trainees may have changed (its sessions, its materials): ``send(sender, class_id=UUID,
at=datetime)``. A floor above that adds to what a class asks for sends it too."""

class_reopened = signal("classes.class_reopened")
"""The end of a class was undone: ``send(sender, class_id=UUID, at=datetime)``. Who did something when it was finished
takes it back."""

class_finished = signal("classes.class_finished")
"""``send(sender, class_id=UUID, at=datetime)``"""

class_edited = signal("classes.class_edited")
"""Name or places of a class changed: ``send(sender, class_id=UUID, fields=list[str], at=datetime)``"""

class_rescheduled = signal("classes.class_rescheduled")
"""A class and its sessions moved to other days: ``send(sender, class_id=UUID, before={"from": date, "to": date},
at=datetime)``. Each change of its state besides is told by :data:`lms.core.transitions.moved`."""
