"""The words of the product's statements: verbs, activity types and extensions, each with its IRI and two languages.

`docs/xapi-profile.jsonld` is written from these tables (`profile_document`); a test holds both together.
"""

from dataclasses import dataclass
from typing import Any

BASE = "https://khue.example/xapi"
ACCOUNTS = f"{BASE}/accounts"
"""Home page of the accounts under which persons appear; their names are opaque UUIDs."""
ACTIVITIES = f"{BASE}/activities"
PROFILE = f"{BASE}/profile"
PROFILE_VERSION = f"{PROFILE}/v1"
PLATFORM = "Khuê"
AUTHORITY: dict[str, Any] = {"objectType": "Agent", "account": {"homePage": BASE, "name": "khue"}}
"""Who vouches for the product's own statements."""

_ADL_VERBS = "http://adlnet.gov/expapi/verbs"
_ADL_TYPES = "http://adlnet.gov/expapi/activities"
VOIDED = f"{_ADL_VERBS}/voided"


@dataclass(frozen=True, slots=True)
class Term:
    """A word: its IRI, how it is shown, and what it means here."""

    iri: str
    vi: str
    en: str
    meaning: str

    @property
    def display(self) -> dict[str, str]:
        """The language map of the word."""
        return {"vi": self.vi, "en": self.en}


VERBS: dict[str, Term] = {
    "initialized": Term(f"{_ADL_VERBS}/initialized", "đã bắt đầu", "initialized", "Opened an activity first."),
    "progressed": Term(f"{_ADL_VERBS}/progressed", "đã học tiếp", "progressed", "Moved forward within an activity."),
    "completed": Term(f"{_ADL_VERBS}/completed", "đã hoàn thành", "completed", "Did all that an activity asks for."),
    "passed": Term(f"{_ADL_VERBS}/passed", "đã đạt", "passed", "Reached the mark that an activity asks for."),
    "failed": Term(f"{_ADL_VERBS}/failed", "chưa đạt", "failed", "Did not reach the mark that an activity asks for."),
    "answered": Term(f"{_ADL_VERBS}/answered", "đã trả lời", "answered", "Answered a question of a quiz."),
    "attended": Term(f"{_ADL_VERBS}/attended", "đã tham dự", "attended", "Was present at a session."),
    "experienced": Term(f"{_ADL_VERBS}/experienced", "đã xem", "experienced", "Read or looked at material."),
    "scored": Term(f"{_ADL_VERBS}/scored", "được chấm điểm", "scored", "Received a score for work handed in."),
    "enrolled": Term(f"{_ADL_VERBS}/registered", "được bổ sung vào", "registered", "Was enrolled in a class."),
    "submitted": Term("http://activitystrea.ms/schema/1.0/submit", "đã nộp", "submitted", "Handed in work."),
    "evaluated": Term(
        "http://www.tincanapi.co.uk/verbs/evaluated",
        "đã đánh giá",
        "evaluated",
        "Filled in the evaluation form of a class; the answers are sealed and are no part of any statement.",
    ),
    "missed": Term(f"{BASE}/verbs/missed", "đã vắng mặt", "missed", "Was absent from a session."),
    "withdrew": Term(f"{BASE}/verbs/withdrew", "đã rút khỏi", "withdrew", "Left a class before its end."),
    "amended": Term(
        f"{BASE}/verbs/amended",
        "được điều chỉnh",
        "amended",
        "What was recorded of the learner in an activity was corrected; its status is the one given here.",
    ),
}

KINDS: dict[str, Term] = {
    "programme": Term(f"{_ADL_TYPES}/course", "chương trình", "programme", "A training programme of the scheme."),
    "class": Term(f"{BASE}/types/class", "lớp", "class", "One run of a programme with its trainees and sessions."),
    "module": Term(f"{_ADL_TYPES}/module", "học phần", "module", "A part of a programme studied online."),
    "lesson": Term(f"{_ADL_TYPES}/lesson", "bài học", "lesson", "One lesson of a module."),
    "quiz": Term(f"{_ADL_TYPES}/assessment", "bài kiểm tra", "quiz", "The questions that close a module."),
    "question": Term(f"{_ADL_TYPES}/question", "câu hỏi", "question", "One question of a quiz."),
    "exercise": Term(
        f"{_ADL_TYPES}/interaction",
        "bài thực hành",
        "exercise",
        "Something to do within a lesson: sorting, ordering, recall, a decision, a calculation or a simulation.",
    ),
    "session": Term(f"{_ADL_TYPES}/meeting", "buổi học", "session", "A meeting of a class, in a room or outside."),
    "assignment": Term(
        "http://id.tincanapi.com/activitytype/school-assignment",
        "bài thu hoạch",
        "assignment",
        "The closing essay of a programme.",
    ),
    "survey": Term(
        "http://id.tincanapi.com/activitytype/survey", "phiếu đánh giá", "evaluation form", "A form about a class."
    ),
    "topic": Term(f"{BASE}/types/topic", "chuyên đề", "topic", "The unit that one lecturer teaches."),
}

EXTENSIONS: dict[str, Term] = {
    "progress": Term(
        "https://w3id.org/xapi/cmi5/result/extensions/progress",
        "tiến độ",
        "progress",
        "Share done, 0 to 100.",
    ),
    "position": Term(f"{BASE}/extensions/position", "vị trí", "position", "Where in the material the learner is."),
    "attempt": Term(f"{BASE}/extensions/attempt", "lần làm bài", "attempt", "Number or id of an attempt at a quiz."),
    "questions": Term(f"{BASE}/extensions/questions", "số câu hỏi", "questions", "How many questions a quiz asks."),
    "minutes": Term(f"{BASE}/extensions/minutes", "số phút", "minutes", "Length in minutes."),
    "status": Term(f"{BASE}/extensions/status", "tình trạng", "status", "Status recorded, such as late or excused."),
    "reason": Term(f"{BASE}/extensions/reason", "lý do", "reason", "Why it was so."),
    "corrects": Term(f"{BASE}/extensions/corrects", "điều chỉnh", "corrects", "Id of the statement corrected."),
}


def extension_keys(values: dict[str, Any]) -> dict[str, Any]:
    """Return the extensions under their IRIs; a key is a word of the profile or already an IRI.

    :raises ValueError: the key is neither.
    """
    return {_extension(key): value for key, value in values.items()}


def profile_document() -> dict[str, Any]:
    """Return the profile as JSON-LD (xAPI Profiles 1.0), as published in `docs/xapi-profile.jsonld`."""
    concepts = [
        *(_concept("Verb", term) for term in VERBS.values()),
        *(_concept("ActivityType", term) for term in KINDS.values()),
        *(_concept("ResultExtension" if "/result/" in t.iri else "ContextExtension", t) for t in EXTENSIONS.values()),
    ]
    return {
        "@context": "https://w3id.org/xapi/profiles/context",
        "id": PROFILE,
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": {"vi": "Hồ sơ xAPI của Khuê", "en": "xAPI profile of Khuê"},
        "definition": {
            "vi": "Từ vựng của các bản ghi học tập do hệ thống Khuê tạo ra.",
            "en": "The vocabulary of the learning records that Khuê makes.",
        },
        "author": {"type": "Organization", "name": "Khuê"},
        "versions": [{"id": PROFILE_VERSION, "generatedAtTime": "2026-11-23T00:00:00Z"}],
        "concepts": concepts,
        "templates": [_template(key, term) for key, term in VERBS.items()],
        "patterns": [],
    }


def _extension(key: str) -> str:
    if key in EXTENSIONS:
        return EXTENSIONS[key].iri
    if "://" in key:
        return key
    raise ValueError(f"extension {key!r} is not in lms.records.vocabulary")


def _concept(kind: str, term: Term) -> dict[str, Any]:
    concept: dict[str, Any] = {
        "id": term.iri,
        "type": kind,
        "inScheme": PROFILE_VERSION,
        "prefLabel": term.display,
        "definition": {"en": term.meaning},
    }
    if kind.endswith("Extension"):
        concept["inlineSchema"] = '{"type": ["string", "number", "boolean", "object", "array"]}'
    return concept


def _template(key: str, term: Term) -> dict[str, Any]:
    return {
        "id": f"{PROFILE}/templates/{key}",
        "type": "StatementTemplate",
        "inScheme": PROFILE_VERSION,
        "prefLabel": {"en": term.en},
        "definition": {"en": term.meaning},
        "verb": term.iri,
        "rules": [
            {"location": "$.actor.account.homePage", "presence": "included", "all": [ACCOUNTS]},
            {"location": "$.context.contextActivities.category[*].id", "presence": "included", "any": [PROFILE]},
            {"location": "$.context.platform", "presence": "included", "all": [PLATFORM]},
            {"location": "$.object.definition.type", "presence": "included", "any": [t.iri for t in KINDS.values()]},
        ],
    }
