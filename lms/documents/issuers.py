"""Who issues a document: names in the head, symbol of the number, place and office of the signer follow from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

CITY = "Ủy ban nhân dân\nthành phố Hà Nội"
PLACE = "Hà Nội"
_WITHIN = ("phòng ", "khoa ", "bộ môn ")
_COMMITTEE = re.compile(r"(?:ủy ban nhân dân|uỷ ban nhân dân|ubnd)\s+", re.IGNORECASE)
_COMMUNE = re.compile(r"(?:phường|xã|thị trấn|đặc khu)\s+", re.IGNORECASE)
_OFFICES = {
    "sở ": "Giám đốc",
    "trung tâm ": "Giám đốc",
    "học viện ": "Giám đốc",
    "bệnh viện ": "Giám đốc",
    "trường ": "Hiệu trưởng",
    "văn phòng ": "Chánh Văn phòng",
    "thanh tra ": "Chánh Thanh tra",
    "ban ": "Trưởng ban",
}


class Body(NamedTuple):
    """A unit by its code and name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues a document.

    :ivar superior: the authority above, a line each; People's Committees name none (phần I, mục II, khoản 2)
    :ivar code: what its symbol ends with: SNV in BC-SNV
    :ivar signer_title: the office of its head
    """

    superior: str
    authority: str
    code: str
    place: str
    signer_title: str

    def number(self, given: str = "…") -> str:
        """Return number and symbol of a report; a number alone gets the symbol.

        >>> Issuer("", "Sở Nội vụ", "SNV", "Hà Nội", "Giám đốc").number("12")
        '12/BC-SNV'
        """
        return f"{given}/BC-{self.code}" if re.fullmatch(r"\d+|…", given) else given


def issuer_of(units: Sequence[Body]) -> Issuer:
    """Return who issues what a unit writes.

    :param units: from the city down to the unit; rooms within an agency (phòng, khoa) write, but do not issue
    """
    *above, unit = units
    while len(above) > 1 and unit.name.lower().startswith(_WITHIN):
        *above, unit = above
    if not above:
        return Issuer("", CITY, unit.code, PLACE, "Chủ tịch")
    committee = _COMMITTEE.match(unit.name)
    if committee:
        area = unit.name[committee.end() :]
        return Issuer("", f"Ủy ban nhân dân\n{area}", unit.code, _COMMUNE.sub("", area), "Chủ tịch")
    superior = CITY if len(above) == 1 else above[-1].name
    title = next((title for word, title in _OFFICES.items() if unit.name.lower().startswith(word)), "Thủ trưởng đơn vị")
    return Issuer(superior, unit.name, unit.code, PLACE, title)
