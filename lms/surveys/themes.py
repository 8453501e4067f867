"""Free-text comments grouped by theme: phrases of a dictionary, looked for word by word (docs/comment-themes.md).

Vietnamese writes each syllable as a word, so a phrase is a sequence of words. They are compared with their accents; a
comment typed without any is compared with the phrases without theirs, those left out that would then mean two things.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import Literal

import msgspec

from lms.core.text import fold

Tone = Literal["praise", "wish", "plain"]

_FILE = Path(__file__).with_name("themes.yaml")
_TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_STOP = "."
_NO_THEME = ""
_WORDS = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+|[.,;:!?…\n]")
_MARK = re.compile("[\u0300-\u036fđ]")
_I_OR_Y = re.compile(r"(?:[hklmstv]|qu)y")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_WITHOUT_TONE = dict.fromkeys(map(ord, _TONE_MARKS))
_MARKS_IN_A_ROW = 30
_BACK = 3


@dataclass(frozen=True, slots=True)
class Theme:
    """What comments can be about.

    :ivar title: by language (vi, en)
    :ivar phrases: as people write them, with accents
    """

    key: str
    title: dict[str, str]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The comments that touch a theme.

    :ivar theme: None for those that touch none
    :ivar count: comments, however often each touches the theme: praise, wish and plain together
    :ivar comments: in the order they were given
    :ivar wish: how many ask for something or find fault, whatever they praise beside it
    """

    theme: Theme | None
    count: int
    comments: tuple[str, ...]
    praise: int
    wish: int
    plain: int


def load() -> tuple[Theme, ...]:
    """Return the themes in the order of the file.

    :raises msgspec.ValidationError: the file has another shape
    """
    return _dictionary().themes


def themes_of(text: str) -> tuple[str, ...]:
    """Return the keys of the themes a comment touches, in the order of the file; none is ``()``.

    The theme of those who have nothing to say is given only to a comment that consists of its phrases or has no word,
    and finds no fault.
    """
    book = _book(text)
    words = [word for word in book.read(text) if word not in book.fillers]
    touched = {key for _start, _end, keys in book.themes.found(words) for key in keys} - {_NO_THEME}
    if not touched and book.alone.cover([word for word in words if word != _STOP]) and tone_of(text) != "wish":
        return (_dictionary().alone,)
    return tuple(theme.key for theme in load() if theme.key in touched)


def tone_of(text: str) -> Tone:
    """Tell whether a comment wishes or finds fault (even if it also praises), praises, or does neither."""
    book = _book(text)
    words = book.read(text)
    tones_heard = {
        "wish" if "praise" in tones and book.negated(words, start) else tone
        for start, _end, tones in book.cues.found(words)
        for tone in tones
    }
    return "wish" if "wish" in tones_heard else "praise" if "praise" in tones_heard else "plain"


def group(comments: Sequence[str]) -> tuple[Group, ...]:
    """Group comments by theme, the largest group first, those of no theme last; a comment stands in all its themes."""
    read = [(comment, themes_of(comment), tone_of(comment)) for comment in comments]
    groups = [_group(theme, [(comment, tone) for comment, keys, tone in read if theme.key in keys]) for theme in load()]
    other = _group(None, [(comment, tone) for comment, keys, tone in read if not keys])
    ordered = [*sorted(groups, key=lambda group: -group.count), other]
    return tuple(group for group in ordered if group.count)


def _group(theme: Theme | None, read: Sequence[tuple[str, Tone]]) -> Group:
    tones = [tone for _comment, tone in read]
    counts = (tones.count("praise"), tones.count("wish"), tones.count("plain"))
    return Group(theme, len(read), tuple(comment for comment, _tone in read), *counts)


class _ThemeEntry(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    title: dict[str, str]
    phrases: list[str]


class _Cues(msgspec.Struct, forbid_unknown_fields=True):
    """Cue words; ``plain`` holds longer phrases in which a cue is none; ``softeners`` may stand after a negator."""

    praise: list[str]
    wish: list[str]
    plain: list[str]
    negators: list[str]
    softeners: list[str]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """``themes.yaml``.

    :ivar alone: key of the theme of those who have nothing to say
    :ivar neutral: longer phrases in which a phrase of a theme means something else
    :ivar abbreviations: what they stand for
    :ivar fillers: words that are passed over when themes are looked for
    :ivar ambiguous: entries that would mean something else too without accents, and are not looked for without them
    """

    alone: str
    themes: list[_ThemeEntry]
    neutral: list[str]
    tone: _Cues
    abbreviations: dict[str, str]
    fillers: list[str]
    ambiguous: list[str]


Words = tuple[str, ...]


class _Phrases:
    """Labels by phrase, found in a text in a time that grows with its length."""

    def __init__(self, labelled: Iterable[tuple[Words, str]]) -> None:
        self.labels: dict[Words, set[str]] = {}
        sizes: dict[str, set[int]] = {}
        for phrase, label in labelled:
            self.labels.setdefault(phrase, set()).add(label)
            sizes.setdefault(phrase[0], set()).add(len(phrase))
        self.sizes = {word: sorted(each, reverse=True) for word, each in sizes.items()}

    def found(self, words: Sequence[str]) -> Iterator[tuple[int, int, set[str]]]:
        """Give start, end and labels of phrases from left to right, the longest at each place, none over another."""
        reached = 0
        for start in range(len(words)):
            if start >= reached and (phrase := self._longest(words, start)):
                reached = start + len(phrase)
                yield start, reached, self.labels[phrase]

    def cover(self, words: Sequence[str]) -> bool:
        """Tell whether each word stands in a phrase."""
        return sum(end - start for start, end, _labels in self.found(words)) == len(words)

    def _longest(self, words: Sequence[str], start: int) -> Words:
        windows = (tuple(words[start : start + size]) for size in self.sizes.get(words[start], ()))
        return next((phrase for phrase in windows if phrase in self.labels), ())


@dataclass(frozen=True, slots=True)
class _Book:
    """What is looked for, in one spelling: with accents or without."""

    themes: _Phrases
    alone: _Phrases
    cues: _Phrases
    abbreviations: Mapping[str, Words]
    fillers: frozenset[str]
    negators: frozenset[str]
    softeners: frozenset[str]

    def read(self, text: str) -> list[str]:
        """Return the words of a text, abbreviations written out; a full stop for what separates clauses."""
        return [word for written in _words(text) for word in self.abbreviations.get(written, (written,))]

    def negated(self, words: Sequence[str], start: int) -> bool:
        """Tell whether a negator stands before a place, at most two softeners between them."""
        before = words[max(0, start - _BACK) : start][::-1]
        return next((word in self.negators for word in before if word not in self.softeners), False)


@dataclass(frozen=True, slots=True)
class _Dictionary:
    themes: tuple[Theme, ...]
    alone: str
    accented: _Book
    folded: _Book


@cache
def _dictionary() -> _Dictionary:
    file = msgspec.yaml.decode(_FILE.read_bytes(), type=_File)
    themes = tuple(Theme(theme.key, theme.title, tuple(theme.phrases)) for theme in file.themes)
    return _Dictionary(themes, file.alone, _bind(file, _Spelling()), _bind(file, _Spelling(file.ambiguous)))


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How entries of the file are spelled in a book.

    :ivar ambiguous: what a book without accents leaves out; None for the book with accents
    """

    ambiguous: Sequence[str] | None = None

    def phrase(self, entry: str) -> Words:
        """Return the words of an entry; none when it is left out."""
        words = tuple(_words(entry))
        if self.ambiguous is None:
            return words
        return () if entry in self.ambiguous else tuple(map(fold, words))

    def words(self, entries: Iterable[str]) -> frozenset[str]:
        """Return the words of entries of one word each."""
        return frozenset(word for entry in entries for word in self.phrase(entry))


def _bind(file: _File, spelling: _Spelling) -> _Book:
    fillers = spelling.words(file.fillers)

    def phrases(entries: Iterable[tuple[str, str]], passed_over: frozenset[str] = fillers) -> _Phrases:
        spelled = ((spelling.phrase(entry), label) for entry, label in entries)
        kept = ((tuple(word for word in words if word not in passed_over), label) for words, label in spelled)
        return _Phrases((words, label) for words, label in kept if words)

    labelled = [(entry, theme.key) for theme in file.themes for entry in theme.phrases]
    labelled += [(entry, _NO_THEME) for entry in file.neutral]
    tone = file.tone
    cues = [(entry, "praise") for entry in tone.praise]
    cues += [(entry, "wish") for entry in tone.wish] + [(entry, "plain") for entry in tone.plain]
    short = {spelling.phrase(entry): spelling.phrase(full) for entry, full in file.abbreviations.items()}
    return _Book(
        phrases(phrase for phrase in labelled if phrase[1] != file.alone),
        phrases(phrase for phrase in labelled if phrase[1] == file.alone),
        phrases(cues, frozenset()),
        {entry[0]: full for entry, full in short.items() if entry},
        fillers,
        spelling.words(tone.negators),
        spelling.words(tone.softeners),
    )


def _book(text: str) -> _Book:
    return _dictionary().accented if _MARK.search(_decomposed(text)) else _dictionary().folded


def _words(text: str) -> list[str]:
    return [_STOP if word in ".,;:!?…\n" else _spelled(word) for word in _WORDS.findall(_decomposed(text))]


def _spelled(word: str) -> str:
    """Write a syllable in one way: its tone mark last (hòa and hoà, quý and qúy), i for y (lí and lý)."""
    spelling = word.translate(_WITHOUT_TONE)
    if _I_OR_Y.fullmatch(spelling):
        spelling = f"{spelling[:-1]}i"
    return spelling + "".join(mark for mark in _TONE_MARKS if mark in word)


def _decomposed(text: str) -> str:
    """Return text in lower case with each mark after its letter (NFD of Unicode's canonical caseless matching)."""
    plain = unicodedata.normalize("NFD", _stream_safe(text.translate(_INVISIBLE)))
    return unicodedata.normalize("NFD", plain.casefold()).replace("ð", "đ")


def _stream_safe(text: str) -> str:
    """Cut runs of marks to 30 (UAX 15, Stream-Safe Text Format): sorting longer ones takes time beyond measure."""
    runs = groupby(text, lambda sign: bool(unicodedata.combining(sign)))
    return "".join("".join(islice(run, _MARKS_IN_A_ROW) if marks else run) for marks, run in runs)
