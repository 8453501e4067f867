"""The news of evaluations."""

from blinker import signal

survey_opened = signal("surveys.survey_opened")
"""``send(survey_id, opens_at=datetime, closes_at=datetime)`` within the act that opened it."""
