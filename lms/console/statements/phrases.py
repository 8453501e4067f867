"""The words of the sentences in Vietnamese and English; what a statement says itself is put into their places.

Both languages stand side by side, as in :mod:`lms.records.vocabulary`: a sentence is one thing in two forms.
"""

from typing import NamedTuple

from lms.records.vocabulary import KINDS, VERBS, VOIDED


class Phrase(NamedTuple):
    """A text in both languages."""

    vi: str
    en: str

    def say(self, language: str, **places: object) -> str:
        """Return the text with its places filled."""
        return (self.en if language == "en" else self.vi).format(**places)


_ADL, _PROFILED = "http://adlnet.gov/expapi/verbs", "https://w3id.org/xapi/adl/verbs"

_OWN = {
    "initialized": Phrase("{who} đã bắt đầu {what}", "{who} started {what}"),
    "progressed": Phrase("{who} đã học tiếp {what}", "{who} went on with {what}"),
    "completed": Phrase("{who} đã hoàn thành {what}", "{who} completed {what}"),
    "passed": Phrase("{who} đã đạt {what}", "{who} passed {what}"),
    "failed": Phrase("{who} chưa đạt {what}", "{who} did not pass {what}"),
    "answered": Phrase("{who} đã trả lời {what}", "{who} answered {what}"),
    "attended": Phrase("{who} đã tham dự {what}", "{who} attended {what}"),
    "experienced": Phrase("{who} đã xem {what}", "{who} looked at {what}"),
    "scored": Phrase("{who} được chấm điểm {what}", "{who} received a mark for {what}"),
    "enrolled": Phrase("{who} được bổ sung vào {what}", "{who} {was} enrolled in {what}"),
    "submitted": Phrase("{who} đã nộp {what}", "{who} handed in {what}"),
    "evaluated": Phrase("{who} đã đánh giá {what}", "{who} evaluated {what}"),
    "missed": Phrase("{who} đã vắng mặt tại {what}", "{who} {was} absent from {what}"),
    "withdrew": Phrase("{who} đã rút khỏi {what}", "{who} left {what} before its end"),
    "amended": Phrase("{who} được điều chỉnh kết quả tại {what}", "{who} had a result corrected in {what}"),
}
VERB_PHRASES = {
    **{VERBS[word].iri: phrase for word, phrase in _OWN.items()},
    VOIDED: Phrase("{who} đã hủy {what}", "{who} voided {what}"),
    f"{_ADL}/launched": Phrase("{who} đã mở {what}", "{who} launched {what}"),
    f"{_ADL}/terminated": Phrase("{who} đã kết thúc phiên học {what}", "{who} ended a session of {what}"),
    f"{_ADL}/exited": Phrase("{who} đã rời {what}", "{who} left {what}"),
    f"{_ADL}/suspended": Phrase("{who} đã tạm dừng {what}", "{who} paused {what}"),
    f"{_ADL}/resumed": Phrase("{who} đã tiếp tục {what}", "{who} resumed {what}"),
    f"{_ADL}/interacted": Phrase("{who} đã tương tác với {what}", "{who} interacted with {what}"),
    f"{_ADL}/commented": Phrase("{who} đã bình luận về {what}", "{who} commented on {what}"),
    f"{_ADL}/mastered": Phrase("{who} đã nắm vững {what}", "{who} mastered {what}"),
    f"{_PROFILED}/abandoned": Phrase("{who} đã bỏ dở {what}", "{who} abandoned {what}"),
    f"{_PROFILED}/waived": Phrase("{who} được miễn {what}", "{who} {was} exempted from {what}"),
    f"{_PROFILED}/satisfied": Phrase("{who} đã đáp ứng yêu cầu của {what}", "{who} met the requirements of {what}"),
}
FOREIGN_VERB = Phrase("{who} đã thực hiện “{verb}” với {what}", "{who} did “{verb}” with {what}")
"""A verb that says nothing in the reader's language."""

PASSED, FAILED, ANSWERED = (VERBS[word].iri for word in ("passed", "failed", "answered"))
COMPLETED, SCORED, AMENDED = (VERBS[word].iri for word in ("completed", "scored", "amended"))

YOU = Phrase("Anh/Chị", "you")
LEARNER = Phrase("người học {id}", "the learner {id}")
OUTSIDER = Phrase("người ngoài hệ thống {id}", "a person of another system, {id}")
NOBODY = Phrase("một người không rõ", "somebody unknown")
SYSTEM = Phrase("hệ thống Khuê", "the Khuê system")
PROGRAM = Phrase("phần mềm có khóa {id}", "the program with key {id}")
GROUP = Phrase("nhóm “{name}”", "the group “{name}”")
GROUP_OF = Phrase("nhóm gồm {members}", "a group of {members}")
SOME_GROUP = Phrase("một nhóm", "a group")
AND = Phrase("{first} và {last}", "{first} and {last}")
AND_OTHERS = Phrase("{first} và {number} người khác", "{first} and {number} others")

KIND_WORDS = {term.iri: Phrase(term.vi, f"the {term.en}") for term in KINDS.values()}
NAMED = Phrase("{kind} “{name}”", "{kind} “{name}”")
ONLY_NAMED = Phrase("“{name}”", "“{name}”")
ACTIVITY = Phrase("hoạt động {iri}", "the activity {iri}")
RECORD = Phrase("bản ghi {id}", "the record {id}")
ANOTHER = Phrase("việc sau: {sentence}", "this: {sentence}")

SCORE_OF = Phrase("{got} {raw}/{max} điểm", "with {raw} of {max} points")
SCORE = Phrase("{got} {raw} điểm", "with a score of {raw}")
SHARE = Phrase("{got} {share}", "with {share}")
GOT, WAS_GIVEN = Phrase("đạt", ""), Phrase("được", "")
RIGHT, WRONG = Phrase("trả lời đúng", "rightly"), Phrase("trả lời chưa đúng", "wrongly")
SUCCESS, NO_SUCCESS = Phrase("đạt yêu cầu", "successfully"), Phrase("chưa đạt yêu cầu", "without success")
COMPLETE, INCOMPLETE = Phrase("đã hoàn thành", "completely"), Phrase("chưa hoàn thành", "not completely")
REACHING = Phrase("đến {share}", "up to {share}")
ATTEMPT = Phrase("lần thứ {number}", "attempt {number}")
DURATION = Phrase("trong {duration}", "in {duration}")
STATUS = Phrase("tình trạng: {status}", "status: {status}")
STATUSES = {
    "present": Phrase("có mặt", "present"),
    "late": Phrase("đến muộn", "late"),
    "excused": Phrase("vắng có phép", "excused"),
    "absent": Phrase("vắng mặt", "absent"),
    "enrolled": Phrase("đang học", "studying"),
    "completed": Phrase("đã hoàn thành", "completed"),
    "incomplete": Phrase("chưa hoàn thành", "not completed"),
    "failed": Phrase("không đạt", "failed"),
    "withdrawn": Phrase("đã thôi học", "withdrawn"),
}
SELF_EVIDENT = frozenset({"present", "absent"})
"""Statuses that ``attended`` and ``missed`` say already."""

DAYS = (Phrase("{n} ngày", "1 day"), Phrase("{n} ngày", "{n} days"))
HOURS = (Phrase("{n} giờ", "1 hour"), Phrase("{n} giờ", "{n} hours"))
MINUTES = (Phrase("{n} phút", "1 minute"), Phrase("{n} phút", "{n} minutes"))
SECONDS = (Phrase("{n} giây", "1 second"), Phrase("{n} giây", "{n} seconds"))
