"""The demonstration's yearly reports of units: accepted, submitted, returned, being written, and not begun."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from lms.core.database import db
from lms.core.edits import Edit
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.models import UnitReport
from lms.reports.unit_reports.queries import reports as queries
from lms.reports.unit_reports.services import campaigns, duties, reports


class Head(NamedTuple):
    """Who reports for a unit; :ivar outcome: what becomes of the report."""

    unit: str
    code: str
    name: str
    title: str
    outcome: str


HEADS = (
    Head("SXD", "HN91001", "Nguyễn Hữu Phúc", "Giám đốc", "accepted"),
    Head("SNNMT", "HN91002", "Trịnh Thị Bích Liên", "Phó Giám đốc", "accepted"),
    Head("STC", "HN91003", "Phan Quốc Thịnh", "Giám đốc", "submitted"),
    Head("PCG", "HN91004", "Đặng Thị Minh Thảo", "Chủ tịch", "submitted"),
    Head("PHD", "HN91005", "Lý Đình Khánh", "Phó Chủ tịch", "submitted"),
    Head("SKHCN", "HN91006", "Vũ Thanh Hà", "Giám đốc", "returned"),
)
OWN = Head("SQHKT", "HN90005", "Đỗ Thị Thanh Hương", "Chánh Văn phòng", "draft")
_RETURNED = "Đề nghị bổ sung biện pháp của đơn vị để người được bồi dưỡng áp dụng kiến thức vào công việc."
_QUALITY = (
    "Chương trình sát với công việc quản lý đô thị; giảng viên có kinh nghiệm thực tế. Thời lượng dành cho bài tập "
    "tình huống còn ít so với nhu cầu.",
    "Nội dung thiết thực, tài liệu đầy đủ, phần học trực tuyến thuận tiện. Phòng học, thiết bị cần được cải thiện.",
    "Học viên đánh giá tốt buổi nghiên cứu thực tế. Lịch học nên thông báo sớm hơn để đơn vị bố trí công việc.",
)
_USE = (
    "Người được bồi dưỡng được giao tham mưu xử lý hồ sơ quy hoạch, hạ tầng; mỗi quý chia sẻ lại nội dung đã học "
    "tại cuộc họp chuyên môn của phòng.",
    "Đơn vị phân công đúng lĩnh vực đã học, lấy kết quả bồi dưỡng làm một căn cứ đánh giá, xếp loại cuối năm.",
)
_DIFFICULTIES = (
    "Thời gian học trùng với cao điểm công việc cuối năm; khó bố trí người thay thế.",
    "Trang thiết bị, phần mềm tại đơn vị chưa đồng bộ nên khó áp dụng nội dung về dữ liệu đô thị.",
    "",
)
_PROPOSALS = (
    "Đề nghị tăng thời lượng thực hành và có lớp nâng cao về dữ liệu đô thị.",
    "Đề nghị thông báo lịch học sớm hơn và mở thêm lớp trực tuyến ngoài giờ hành chính.",
)


def load(heads: Mapping[str, Actor], officer: Actor, chance: random.Random, *, at: datetime) -> None:
    """Open the collection of the year and let some units report.

    :param heads: by the code of their unit
    """
    opened = at - timedelta(days=12)
    first, last = rules.QUOTA_PERIOD
    campaign = campaigns.open_campaign(
        officer,
        local_day(opened).year,
        due_on=local_day(at) + timedelta(days=18),
        levels=[*rules.LEVELS, "commune"],
        quota_from=first,
        quota_to=last,
        at=opened,
    )
    for number, head in enumerate((*HEADS, OWN)):
        report_id = _report_of(head.unit, campaign.year)
        when = at - timedelta(days=8 - number, hours=2)
        written = Edit(_content(report_id, head, number, chance, when).fields())
        (reports.save if head.outcome == "draft" else reports.submit)(heads[head.unit], report_id, written, at=when)
        if head.outcome == "accepted":
            reports.accept(officer, report_id, at=when + timedelta(hours=20))
        elif head.outcome == "returned":
            reports.give_back(officer, report_id, _RETURNED, at=when + timedelta(hours=20))
    duties.remind(SYSTEM, campaign.year, at=at - timedelta(hours=5))


def _report_of(unit: str, year: int) -> UUID:
    return db.session.scalars(
        select(UnitReport.id)
        .join(Unit, Unit.id == UnitReport.unit_id)
        .where(Unit.code == unit, UnitReport.year == year)
    ).one()


def _content(report_id: UUID, head: Head, number: int, chance: random.Random, at: datetime) -> reports.Content:
    report = queries.report(report_id, at)
    if report is None:
        raise RuntimeError(f"{head.unit} has no report")
    texts = {
        "quality_text": _QUALITY[number % len(_QUALITY)],
        "use_text": _USE[number % len(_USE)],
        "difficulties": _DIFFICULTIES[number % len(_DIFFICULTIES)],
        "proposals": _PROPOSALS[number % len(_PROPOSALS)],
        "signer_title": head.title,
        "signer_name": head.name,
    }
    lines: dict[str, dict[str, int | None]] = {}
    for line in report.lines:
        if line.figures.completed:
            lines[line.code] = {"quality": chance.choice((3, 4, 4, 5)), **_uses(line.figures.completed, chance)}
        if line.code.startswith(("A1", "A2", "B")) and chance.random() < 0.3:
            lines.setdefault(line.code, {})["quota"] = chance.randrange(1, 9)
    return reports.Content(texts, lines)


def _uses(completed: int, chance: random.Random) -> dict[str, int]:
    ways = [chance.choice(("placed", "placed", "placed", "promoted", "unchanged", "moved")) for _ in range(completed)]
    return {use: ways.count(use) for use in rules.USES}
