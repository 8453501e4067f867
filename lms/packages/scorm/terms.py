"""The words of the xAPI SCORM Profile (ADL, sections 3.2 and 6)."""

_VERBS = "http://adlnet.gov/expapi/verbs"
_TYPES = "http://adlnet.gov/expapi/activities"

VERBS = {
    "initialized": {"vi": "đã bắt đầu", "en": "initialized"},
    "resumed": {"vi": "đã mở lại", "en": "resumed"},
    "suspended": {"vi": "đã tạm dừng", "en": "suspended"},
    "terminated": {"vi": "đã kết thúc", "en": "terminated"},
    "progressed": {"vi": "đã học tiếp", "en": "progressed"},
    "completed": {"vi": "đã hoàn thành", "en": "completed"},
    "passed": {"vi": "đã đạt", "en": "passed"},
    "failed": {"vi": "chưa đạt", "en": "failed"},
    "scored": {"vi": "được chấm điểm", "en": "scored"},
    "responded": {"vi": "đã trả lời", "en": "responded"},
}
"""How verbs are shown."""

INTERACTION = f"{_TYPES}/cmi.interaction"
OBJECTIVE = f"{_TYPES}/objective"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"


def iri(word: str) -> str:
    """Return the IRI of a verb."""
    return f"{_VERBS}/{word}"
