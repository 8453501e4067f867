"""The guides of ``docs/guides``, read as pages: which are for whom, and their text without pictures."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.core.config import ROOT
from lms.core.html import render_markdown

FOLDER = ROOT / "docs" / "guides"
_PICTURE = re.compile(r"^!\[[^]]*\]\([^)]*\)\n+", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\((?!https?:)[^)]*\)")


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide: its file, for whom it is, and the roles that it is written for."""

    key: str
    title: Any
    roles: frozenset[str]

    @property
    def path(self) -> Path:
        """Where its text stands."""
        return FOLDER / f"{self.key}.md"


GUIDES = {
    guide.key: guide
    for guide in (
        Guide("hoc-vien", _l("Trainees"), frozenset({"trainee"})),
        Guide("giang-vien", _l("Lecturers and guest speakers"), frozenset({"lecturer"})),
        Guide("co-so-dao-tao", _l("Training institutions"), frozenset({"institution_staff"})),
        Guide("nguoi-doc-y-kien", _l("Readers of comments"), frozenset({"comment_reader"})),
        Guide("thu-truong-don-vi", _l("Heads of units"), frozenset({"unit_manager"})),
        Guide("so-noi-vu", _l("Home Affairs"), frozenset({"home_affairs_officer"})),
        Guide(
            "tham-dinh-phe-duyet-kiem-soat",
            _l("Departments, approving authority, Finance, auditors"),
            frozenset({"department_reviewer", "approving_authority", "finance_reader", "auditor"}),
        ),
        Guide("quan-tri", _l("Administrators"), frozenset({"administrator"})),
    )
}
"""By key: the name of the file, which is also its address."""


def own(roles: Collection[str]) -> list[Guide]:
    """Return the guides that are written for somebody with these roles."""
    return [guide for guide in GUIDES.values() if guide.roles & set(roles)]


@cache
def html_of(key: str) -> str:
    """Return a guide as safe HTML, below the page's own heading; pictures and links to files are left out."""
    text = _PICTURE.sub("", GUIDES[key].path.read_text("utf-8"))
    _, _, body = text.partition("\n")
    return render_markdown(_LINK.sub(r"\1", body))
