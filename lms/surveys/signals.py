"""The news of evaluations; each is sent within the act that makes it."""

from blinker import signal

survey_opened = signal("surveys.survey_opened")
"""``send(survey_id, opens_at=datetime, closes_at=datetime)``"""

survey_closed = signal("surveys.survey_closed")
"""``send(survey_id, at=datetime)``: its answers are counted"""

survey_released = signal("surveys.survey_released")
"""``send(survey_id, at=datetime)``: lecturers see their own results"""
