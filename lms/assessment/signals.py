"""The news assessment tells; all are sent within the transaction of the act."""

from blinker import Namespace

_signals = Namespace()

attempt_submitted = _signals.signal("attempt-submitted")
"""A quiz was handed in: ``send(attempt id, registration=…, quiz_id=…, passed=…, at=…)``."""

submission_marked = _signals.signal("submission-marked")
"""An essay was marked, or marked again: ``send(submission id, registration=…, assignment_id=…, passed=…, at=…)``."""
