"""A statement as a sentence: whose, what, and how it went. Pure functions, for any valid statement of any program.

What a statement says itself is somebody else's text: it is cut to a length, put on one line and stripped of what could
turn the direction of writing; the page escapes it.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lms.console.statements import phrases as say
from lms.console.statements.figures import duration_words, figure, is_number, seconds_of, share
from lms.core.text import one_line
from lms.records.shapes import ifi, mention
from lms.records.vocabulary import ACCOUNTS, ACTIVITIES, BASE, EXTENSIONS, VERBS

NAME_MAX, VERB_MAX, IRI_MAX = 160, 60, 90
_MEMBERS, _WORD = 3, 16
_MARKS = ("attended", "missed")
_COUNTED = frozenset(VERBS[word].iri for word in ("initialized", "submitted", "passed", "failed", "scored"))
"""Verbs of which the number of the attempt is told."""
_GOING_ON = frozenset(VERBS[word].iri for word in ("initialized", "progressed", "experienced"))


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a sentence is written.

    :ivar language: vi or en
    :ivar names: those persons of the product whom the reader may know, by their opaque names
    :ivar strangers: whether the reader may know persons of other systems
    :ivar you: the reader herself, when she reads about herself
    """

    language: str = "vi"
    names: Mapping[UUID, str] = field(default_factory=dict)
    strangers: bool = False
    you: UUID | None = None


def sentence(statement: Mapping[str, Any], reader: Reader) -> str:
    """Return a statement as a sentence, such as “Nguyễn Thị Ánh đã hoàn thành bài học “Khái niệm”, trong 12 phút.”"""
    return f"{_clause(statement, reader)}."


def who(agent: Mapping[str, Any], reader: Reader, *, start: bool = False) -> str:
    """Return an agent or group as the reader may know it.

    :param start: at the start of a sentence, so that a word of ours takes a capital
    """
    person = person_of(agent)
    if person is not None and person != reader.you and person in reader.names:
        return plain(reader.names[person], NAME_MAX)
    if person is None and reader.strangers and not _is_ours(agent):
        name = _stranger(agent)
        if name:
            return name
    words = _described(agent, person, reader)
    return words[:1].upper() + words[1:] if start else words


def what(target: Mapping[str, Any], reader: Reader) -> str:
    """Return the object of a statement: an activity, a person, another statement, or one within this one."""
    kind = target.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return who(target, reader)
    if kind == "StatementRef":
        return say.RECORD.say(reader.language, id=_short(target["id"]))
    if kind == "SubStatement":
        return say.ANOTHER.say(reader.language, sentence=_clause(target, reader))
    return _activity(target, reader.language)


def verb_word(verb: Mapping[str, Any], language: str) -> str:
    """Return a verb's own word: of the vocabulary, of its display, or the last part of its IRI."""
    own = _BY_IRI.get(verb["id"])
    if own:
        return own.display[language]
    return _best(verb.get("display"), language, VERB_MAX) or _last_part(verb["id"])


def activity_name(target: Mapping[str, Any], language: str) -> str:
    """Return what the maker of an activity calls it, in the reader's language if possible; or nothing."""
    return _best(target.get("definition", {}).get("name"), language, NAME_MAX)


def person_of(agent: Mapping[str, Any]) -> UUID | None:
    """Return the opaque name of a person of the product; None for all others."""
    account = agent.get("account")
    if not account or account["homePage"] != ACCOUNTS:
        return None
    try:
        person = UUID(account["name"])
    except ValueError:
        return None
    return person if str(person) == account["name"] else None


def plain(text: str, limit: int) -> str:
    """Return text on one line, not longer than the limit, without characters that control or turn the writing.

    >>> plain("Bài\u202e 1\\n", 10)
    'Bài 1'
    """
    kept = text[: limit * 4]
    if not kept.isprintable():
        kept = "".join(_SHOWN.get(unicodedata.category(c), c) for c in kept)
    kept = one_line(kept)
    if len(kept) <= limit:
        return kept
    start, _, rest = kept[:limit].rpartition(" ")  # a word is cut only when it is longer than a short one
    return f"{start if start and len(rest) < _WORD else kept[: limit - 1]}…"


_SHOWN = {"Cc": " ", "Cf": "", "Cs": "", "Co": "", "Cn": ""}
"""What stands for characters of these categories of Unicode."""
_BY_IRI = {term.iri: term for term in VERBS.values()}


# -- the clause ------------------------------------------------------------------------------------------------------


def _clause(statement: Mapping[str, Any], reader: Reader) -> str:
    verb, actor, language = statement["verb"], statement["actor"], reader.language
    was = "were" if reader.you is not None and person_of(actor) == reader.you else "was"
    places = {"who": who(actor, reader, start=True), "what": what(statement["object"], reader), "was": was}
    phrase = say.VERB_PHRASES.get(verb["id"])
    if phrase:
        main = phrase.say(language, **places)
    elif own := _in_language(verb.get("display"), language, VERB_MAX):
        main = f"{places['who']} {own} {places['what']}"
    else:
        main = say.FOREIGN_VERB.say(language, verb=verb_word(verb, language), **places)
    return ", ".join([main, *(part for part in _outcome(statement, reader) if part)])


def _outcome(statement: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    """What is to be said of the result, in the order of reading."""
    verb, result, language = statement["verb"]["id"], statement.get("result", {}), reader.language
    words = {**statement.get("context", {}).get("extensions", {}), **result.get("extensions", {})}
    if "score" in result:
        yield _score(result["score"], verb, language)
    if (done := result.get("success")) is not None and verb not in (say.PASSED, say.FAILED, say.COMPLETED):
        if verb == say.ANSWERED:
            yield (say.RIGHT if done else say.WRONG).say(language)
        else:
            yield (say.SUCCESS if done else say.NO_SUCCESS).say(language)
    if (done := result.get("completion")) is not None and verb not in (
        *(say.PASSED, say.FAILED, say.COMPLETED, say.AMENDED),
    ):
        yield (say.COMPLETE if done else say.INCOMPLETE).say(language)
    reached = words.get(EXTENSIONS["progress"].iri)
    if verb in _GOING_ON and is_number(reached) and 0 < reached <= 100:
        yield say.REACHING.say(language, share=share(reached / 100, language))
    number = words.get(EXTENSIONS["attempt"].iri)
    if verb in _COUNTED and type(number) is int and 1 < number < 1000:
        yield say.ATTEMPT.say(language, number=number)
    seconds = seconds_of(result.get("duration", ""))
    if seconds:
        yield say.DURATION.say(language, duration=duration_words(seconds, language))
    yield _status(words.get(EXTENSIONS["status"].iri), verb, language)


def _score(score: Mapping[str, Any], verb: str, language: str) -> str:
    got = (say.WAS_GIVEN if verb in (say.PASSED, say.FAILED) else say.GOT).say(language)
    if "raw" in score and "max" in score:
        raw, most = figure(score["raw"], language), figure(score["max"], language)
        return say.SCORE_OF.say(language, got=got, raw=raw, max=most)
    if "raw" in score:
        return say.SCORE.say(language, got=got, raw=figure(score["raw"], language))
    if "scaled" in score:
        return say.SHARE.say(language, got=got, share=share(score["scaled"], language))
    return ""


def _status(status: Any, verb: str, language: str) -> str:
    known = say.STATUSES.get(status) if isinstance(status, str) else None
    if known is None or verb not in (say.AMENDED, *(VERBS[word].iri for word in _MARKS)):
        return ""
    if verb == say.AMENDED:
        return say.STATUS.say(language, status=known.say(language))
    return "" if status in say.SELF_EVIDENT else known.say(language)


def _activity(target: Mapping[str, Any], language: str) -> str:
    name, iri = activity_name(target, language), target["id"]
    kind = say.KIND_WORDS.get(target.get("definition", {}).get("type", ""))
    if name and kind:
        return say.NAMED.say(language, kind=kind.say(language), name=name)
    if name:
        return say.ONLY_NAMED.say(language, name=name)
    if kind and iri.startswith(f"{ACTIVITIES}/"):
        return f"{kind.say(language)} {plain(iri.rpartition('/')[2], IRI_MAX)}".strip()
    return say.ACTIVITY.say(language, iri=plain(iri, IRI_MAX))


# -- persons, names and languages --------------------------------------------------------------------------------------


def _is_ours(agent: Mapping[str, Any]) -> bool:
    account = agent.get("account")
    return account is not None and account["homePage"] in (BASE, ACCOUNTS, f"{BASE}/keys")


def _stranger(agent: Mapping[str, Any]) -> str:
    """An agent of another system by what it says of itself; empty for a group, which is described."""
    name = plain(agent.get("name", ""), NAME_MAX)
    if agent.get("objectType") == "Group":
        return ""
    account = agent.get("account", {})
    said = agent.get("mbox", "").removeprefix("mailto:") or agent.get("openid", "") or account.get("name", "")
    return name or plain(said, NAME_MAX)


def _described(agent: Mapping[str, Any], person: UUID | None, reader: Reader) -> str:
    language = reader.language
    if person is not None:
        if person == reader.you:
            return say.YOU.say(language)
        return say.LEARNER.say(language, id=_short(str(person)))
    if agent.get("objectType") == "Group":
        return _group(agent, reader)
    account = agent.get("account", {})
    if account.get("homePage") == BASE:
        return say.SYSTEM.say(language)
    if account.get("homePage") == f"{BASE}/keys":
        return say.PROGRAM.say(language, id=_short(account["name"]))
    name = ifi(agent)
    return say.OUTSIDER.say(language, id=_short(mention("agent", name))) if name else say.NOBODY.say(language)


def _group(group: Mapping[str, Any], reader: Reader) -> str:
    name = plain(group.get("name", ""), NAME_MAX) if reader.strangers else ""
    if name:
        return say.GROUP.say(reader.language, name=name)
    members = group.get("member", [])
    if not members:
        return say.SOME_GROUP.say(reader.language)
    named = [who(member, reader) for member in members[:_MEMBERS]]
    if len(members) > _MEMBERS:
        more = figure(len(members) - _MEMBERS, reader.language)
        listed = say.AND_OTHERS.say(reader.language, first=", ".join(named), number=more)
    elif len(named) > 1:
        listed = say.AND.say(reader.language, first=", ".join(named[:-1]), last=named[-1])
    else:
        listed = named[0]
    return say.GROUP_OF.say(reader.language, members=listed)


def _short(name: str) -> str:
    return f"{plain(name, 200)[:8].lower()}…"


def _last_part(iri: str) -> str:
    """The last part of an IRI, as words: ``http://e.vn/verbs/handed-over`` says “handed over”."""
    trimmed = iri.rstrip("/#")
    part = trimmed[max(trimmed.rfind(mark) for mark in "/#:") + 1 :] or trimmed
    return plain(part.replace("-", " ").replace("_", " "), VERB_MAX) or plain(iri, VERB_MAX)


def _in_language(texts: Mapping[str, str] | None, language: str, limit: int) -> str:
    for tag, text in (texts or {}).items():
        if tag.lower().split("-")[0] == language and (words := plain(text, limit)):
            return words
    return ""


def _best(texts: Mapping[str, str] | None, language: str, limit: int) -> str:
    """Return the text in the reader's language, in Vietnamese, in English, or whatever is first."""
    for wanted in (language, "vi", "en"):
        if words := _in_language(texts, wanted, limit):
            return words
    return next((words for text in (texts or {}).values() if (words := plain(text, limit))), "")
