"""Decisions to send people to a class, what amends and revokes them, summonses, lists (Nghị định 30/2020/NĐ-CP)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from lms.core.i18n import ZONE
from lms.documents import Article, Block, Centred, Column, LegalBases, Official, Paragraph, Table
from lms.documents.issuers import Issuer
from lms.documents.signing import is_collective

SCHEME = (
    "Quyết định số 1698/QĐ-UBND ngày 19 tháng 5 năm 2022 của Ủy ban nhân dân thành phố Hà Nội phê duyệt Đề án Đào tạo, "
    "bồi dưỡng nâng cao chất lượng cán bộ, công chức, viên chức thành phố Hà Nội giai đoạn 2022-2025 và định hướng đến "
    "năm 2030"
)
DECREE = "Nghị định số 171/2025/NĐ-CP của Chính phủ quy định về đào tạo, bồi dưỡng công chức"


class Sent(NamedTuple):
    """Somebody as papers name her."""

    name: str
    birth_date: date | None
    position: str
    unit: str
    staff_code: str


@dataclass(frozen=True, slots=True)
class Course:
    """The class as papers name it.

    :ivar places: where its sessions are held, the first ones first
    :ivar first: when its first session begins
    """

    name: str
    code: str
    programme: str
    institution: str
    starts_on: date
    ends_on: date
    places: Sequence[str] = ()
    first: datetime | None = None

    @property
    def period(self) -> str:
        """Its days in words."""
        return f"từ {_day(self.starts_on)} đến {_day(self.ends_on)}"


@dataclass(frozen=True, slots=True)
class Signed:
    """How a paper is signed.

    :ivar ground: the document that authorises who signs; may be empty
    """

    issuer: Issuer
    number: str
    on: date
    on_behalf: str
    title: str
    name: str
    ground: str = ""


def to_send(course: Course, people: Sequence[Sent], signed: Signed) -> Official:
    """Return the decision that sends people to a class."""
    count = f"{len(people):02}"
    body = (
        Article(
            f"Cử {count} cán bộ, công chức, viên chức có tên trong danh sách dưới đây tham gia lớp {_class(course)}, "
            f"{course.period}, do {course.institution} tổ chức."
        ),
        roll(people),
        Article(
            "Người được cử đi học có trách nhiệm tham gia đầy đủ chương trình, chấp hành nội quy của cơ sở đào tạo, "
            "bồi dưỡng và được hưởng các chế độ theo quy định hiện hành. Trong thời gian học, không được cử tham gia "
            "lớp khác."
        ),
        _carried_out(signed.issuer, course, "các ông, bà có tên tại Điều 1"),
    )
    subject = f"Về việc cử cán bộ, công chức, viên chức tham gia lớp {course.name}"
    return _decision(subject, body, signed, _units(people), (f"Theo đề nghị của {_proposers(people)}",))


def to_amend(
    course: Course, leaves: Sequence[Sent], comes: Sequence[Sent], reason: str, amended: str, signed: Signed
) -> Official:
    """Return the decision that changes whom an earlier one sent: who leaves, and who comes in her place.

    :param amended: number and date of the earlier decision, in words
    """
    articles = [Article(f"Sửa đổi danh sách ban hành kèm theo {amended} như sau: {_changes(leaves, comes, reason)}")]
    tables: list[Block] = [roll(comes, "Người được cử thay")] if comes else []
    rest = Article(f"Các nội dung khác của {amended} không thay đổi.")
    body = (*articles, *tables, rest, _carried_out(signed.issuer, course, "các ông, bà có tên tại Điều 1"))
    subject = f"Về việc sửa đổi danh sách cử cán bộ, công chức, viên chức tham gia lớp {course.name}"
    return _decision(subject, body, signed, _units([*leaves, *comes]), (amended,))


def to_revoke(course: Course, people: Sequence[Sent], reason: str, revoked: str, signed: Signed) -> Official:
    """Return the decision that revokes what was decided for a class that does not take place."""
    body = (
        Article(
            f"Thu hồi {revoked}; {len(people):02} người có tên dưới đây không còn được cử tham gia lớp "
            f"{_class(course)}. Lý do: {reason.rstrip('.')}."
        ),
        roll(people),
        _carried_out(signed.issuer, course, "các ông, bà có tên tại Điều 1"),
    )
    subject = f"Về việc thu hồi quyết định cử cán bộ, công chức, viên chức tham gia lớp {course.name}"
    return _decision(subject, body, signed, _units(people), (revoked,))


def summons(course: Course, person: Sent, decision: str, signed: Signed) -> Official:
    """Return the summons of one person."""
    body = (
        Paragraph(
            f"Thực hiện {decision}, {_authority(signed.issuer)} triệu tập ông (bà) {person.name}"
            f"{f', sinh ngày {person.birth_date:%d/%m/%Y}' if person.birth_date else ''}, {person.position}, "
            f"{person.unit}, tham gia lớp {_class(course)}."
        ),
        *_details(course),
        Paragraph("Đề nghị ông (bà) có mặt đúng thời gian, địa điểm trên và mang theo giấy triệu tập này./."),
    )
    return _sheet("GIẤY TRIỆU TẬP", f"Tham gia lớp {course.name}", body, signed, (person.name, person.unit))


def unit_summons(course: Course, unit: str, people: Sequence[Sent], decision: str, signed: Signed) -> Official:
    """Return the summons that a unit gets for its people."""
    body = (
        Paragraph(
            f"Thực hiện {decision}, {_authority(signed.issuer)} đề nghị {unit} triệu tập {len(people):02} người có tên "
            f"dưới đây tham gia lớp {_class(course)}, bố trí công việc và bảo đảm điều kiện để hoàn thành khóa học."
        ),
        roll(people),
        *_details(course),
    )
    subject = f"Học viên tham gia lớp {course.name}"
    return _sheet("GIẤY TRIỆU TẬP", subject, body, signed, ("Như trên",), f"Kính gửi: {unit}")


def class_list(course: Course, people: Sequence[Sent], issuer: Issuer, today: date) -> Official:
    """Return the list of a class as it is today; it is not signed and carries no number."""
    return Official(
        superior=issuer.superior,
        authority=issuer.authority,
        number="",
        place=issuer.place,
        date=today,
        kind="DANH SÁCH",
        subject=f"Học viên lớp {course.name}",
        body=(Paragraph(f"Lớp {course.code}, {course.period}, {course.institution}."), roll(people)),
        recipients=(),
        signer_title="Người lập danh sách",
        signer_name="",
        signer_on_behalf="",
        draft=False,
        stamp=f"Danh sách tại ngày {today:%d/%m/%Y}",
    )


def roll(people: Sequence[Sent], caption: str = "") -> Table:
    """Return a table of people."""
    columns = (
        Column("TT", 1, "center"),
        Column("Họ và tên", 4, "left"),
        Column("Ngày sinh", 2, "center"),
        Column("Chức vụ, vị trí việc làm", 4, "left"),
        Column("Cơ quan, đơn vị", 4, "left"),
    )
    rows = tuple(
        (str(place), one.name, f"{one.birth_date:%d/%m/%Y}" if one.birth_date else "", one.position, one.unit)
        for place, one in enumerate(people, start=1)
    )
    return Table(columns, rows, caption)


def reference(number: str, on: date) -> str:
    """Return a decision as others refer to it."""
    return f"Quyết định số {number} {_day(on)}"


def _decision(
    subject: str, articles: Sequence[Block], signed: Signed, units: Sequence[str], bases: Sequence[str]
) -> Official:
    issuer = signed.issuer
    who = _authority(issuer) if is_collective(issuer) else f"{issuer.signer_title} {issuer.authority}"
    grounds = (SCHEME, DECREE, *bases, *((signed.ground,) if signed.ground else ()))
    body = (Centred(who.upper()), LegalBases(grounds), Centred("QUYẾT ĐỊNH:"), *articles)
    return _sheet("QUYẾT ĐỊNH", subject, body, signed, ("Như Điều cuối", *units))


def _sheet(
    kind: str, subject: str, body: Sequence[Block], signed: Signed, recipients: Sequence[str], addressee: str = ""
) -> Official:
    return Official(
        superior=signed.issuer.superior,
        authority=signed.issuer.authority,
        number=signed.number,
        place=signed.issuer.place,
        date=signed.on,
        kind=kind,
        subject=subject,
        body=tuple(body),
        recipients=(*dict.fromkeys(recipients), "Lưu: VT"),
        signer_title=signed.title,
        signer_name=signed.name,
        signer_on_behalf=signed.on_behalf,
        draft=not signed.number,
        stamp="",
        addressee=addressee,
    )


def _details(course: Course) -> list[Block]:
    """When and where one has to come."""
    lines = [f"Thời gian: {course.period}."]
    if course.first is not None:
        first = course.first.astimezone(ZONE)
        lines.append(f"Có mặt lúc {first:%H} giờ {first:%M}, {_day(first.date())}.")
    if course.places:
        lines.append(f"Địa điểm: {course.places[0]}.")
    return [Paragraph(line) for line in [*lines, f"Đơn vị tổ chức: {course.institution}."]]


def _carried_out(issuer: Issuer, course: Course, people: str) -> Article:
    office = "Chánh Văn phòng" if is_collective(issuer) else "Trưởng các phòng, đơn vị liên quan"
    return Article(
        f"Quyết định này có hiệu lực kể từ ngày ký. {office}, Thủ trưởng {course.institution}, Thủ trưởng các cơ quan, "
        f"đơn vị có liên quan và {people} chịu trách nhiệm thi hành Quyết định này./."
    )


def _changes(leaves: Sequence[Sent], comes: Sequence[Sent], reason: str) -> str:
    gone = "; ".join(f"ông (bà) {one.name}, {one.position}, {one.unit}" for one in leaves)
    new = "; ".join(f"ông (bà) {one.name}, {one.position}, {one.unit}" for one in comes)
    text = f"không cử {gone}" + (f"; cử thay {new}" if new else "")
    return f"{text}. Lý do: {reason.rstrip('.')}."


def _class(course: Course) -> str:
    return f"{course.name} (mã lớp {course.code}, chương trình {course.programme})"


def _authority(issuer: Issuer) -> str:
    return issuer.authority.replace("\n", " ")


def _units(people: Sequence[Sent]) -> list[str]:
    units = list(dict.fromkeys(one.unit for one in people))
    return units if len(units) <= 10 else ["Các cơ quan, đơn vị có người được cử"]


def _proposers(people: Sequence[Sent]) -> str:
    units = _units(people)
    return ", ".join(units) if len(units) <= 3 else "các cơ quan, đơn vị có người được cử"


def _day(day: date) -> str:
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"
