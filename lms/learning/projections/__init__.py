"""Progress and completion as the statements have it: what the tables must hold, compared and repaired.

Every learning event is an xAPI statement, and the tables below only keep its outcome for speed. :func:`project` folds
statements, in the order in which they were stored, into the rows that the tables must hold; :func:`rebuild_projections`
compares all registrations with their tables and, if asked, makes the tables hold what the statements say.

Rebuilt, column by column (:mod:`lms.learning.projections.folding` names the statements):

- ``lesson_progress``: the whole row but its steps. Completion of modules and the criteria of a class are computed
  from it when asked.
- ``enrolments``: status, enrolled_at, completed_at.
- ``attendance``: status, recorded_at, recorded_by.
- ``attempts``: started_at, submitted_at, score, max_score, passed; id and seed of a row that is missing.
- ``answers``: whether an answer is right.
- ``submissions``: submitted_at, score, passed, marked_at, marked_by.

Counted anew from the enrolments (:mod:`lms.learning.projections.trained`): ``programmes.trained``.

Not rebuilt, because no statement carries it:

- which sections of a lesson were read (``lesson_progress.steps``), from which its completion followed.
- what people typed or handed in: answers as they were saved, essay files, comments of markers, notes to an attendance
  (they may tell of somebody's health). A submission or an answer that is missing is reported, never made up, and one
  that no statement mentions is reported, never deleted.
- what is no outcome of learning: who is in which class and sent by which unit (enrolments themselves), the timetable
  (``sessions.attendance_taken_at``), evaluations (sealed).
- how far somebody is in a package (``content_unit_states``, ``content_registrations.satisfied_at``): primary records of
  the library, not projections; see :class:`lms.library.models.UnitState`.
- what happened to persons who had no account at the time: they have no name in the record store, so nothing was said
  of them. Such rows are counted as ``unsaid`` and left alone.
"""

from lms.learning.projections.folding import Projection, Row, Rows, project
from lms.learning.projections.rebuilding import Report, rebuild_projections
from lms.learning.projections.trained import Recount, recount_trained

__all__ = ["Projection", "Recount", "Report", "Row", "Rows", "project", "rebuild_projections", "recount_trained"]
