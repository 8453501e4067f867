"""Who signs, and what stands above the name: head of the body, or TM., KT., TL., TUQ. (Nghị định 30/2020/NĐ-CP)."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.documents.issuers import CITY, Issuer

CAPACITIES = {
    "head": _l("Head of the body"),
    "TM": _l("TM. – on behalf of the People's Committee"),
    "KT": _l("KT. – deputy, for the head"),
    "TL": _l("TL. – by order of the head"),
    "TUQ": _l("TUQ. – by authorisation of the head"),
}
"""Phụ lục I, phần I, mục II, khoản 7."""


class Signature(NamedTuple):
    """What stands above the name: lines on whose behalf, and the office."""

    on_behalf: str
    title: str


def signature(issuer: Issuer, capacity: str, title: str) -> Signature:
    """Return what stands above the name of a signer.

    >>> committee = Issuer("", CITY, "HN", "Hà Nội", "Chủ tịch")
    >>> signature(committee, "KT", "Phó Chủ tịch").on_behalf
    'TM. Ủy ban nhân dân\\nKT. Chủ tịch'
    """
    collective = is_collective(issuer)
    lines = {
        "head": [],
        "TM": ["TM. Ủy ban nhân dân"],
        "KT": [*(["TM. Ủy ban nhân dân"] if collective else []), f"KT. {issuer.signer_title}"],
        "TL": [f"TL. {issuer.signer_title}"],
        "TUQ": [f"TUQ. {issuer.signer_title}"],
    }
    return Signature("\n".join(lines[capacity]), title)


def is_collective(issuer: Issuer) -> bool:
    """Tell whether the body decides as a committee, for which its head signs TM."""
    return issuer.authority == CITY or issuer.authority.lower().startswith("ủy ban nhân dân")


def fits(issuer: Issuer, capacity: str) -> bool:
    """Tell whether a body is signed for so: committees by TM. and never by their head alone, others the reverse."""
    return capacity not in ("head", "TM") or (capacity == "TM") == is_collective(issuer)


def symbol(issuer: Issuer, kind: str, number: str) -> str:
    """Return number and symbol, such as ``12/QĐ-SNV``; those of People's Committees end with UBND."""
    return f"{number}/{kind}-{'UBND' if is_collective(issuer) else issuer.code}"
