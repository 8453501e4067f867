"""The data behind a report, as sheets of a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.core.workbooks import Workbook
from lms.reports.issued.rules.figures import By, Figures, Response, Score
from lms.reports.issued.rules.report import AdjustmentEffect, DueAdjustment, Report
from lms.reports.issued.rules.wording import STATED, WAYS, day

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; :ivar columns: heading and width in characters; :ivar shares: indexes of columns shown as percent."""

    name: str
    columns: tuple[tuple[str, float], ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[int, ...] = ()


def sheets(report: Report) -> tuple[Sheet, ...]:
    """Return the sheets of a report; those without rows are left out."""
    figures = report.figures
    every = (
        _overview(report),
        _parts(figures),
        _groups(figures, "institution", "Cơ sở"),
        _groups(figures, "programme", "Chương trình"),
        _groups(figures, "class", "Lớp"),
        _groups(figures, "version", "Phiên bản"),
        _groups(figures, "year", "Qua các năm"),
        _taught(figures),
        _questions(figures),
        _options(figures),
        _themes(figures),
        _changes(report.adjustments),
        _helped(report.effects),
    )
    return tuple(one for one in every if one.rows)


def workbook(title: str, every: Sequence[Sheet], created: datetime) -> bytes:
    """Return sheets as XLSX; the same sheets give the same bytes."""
    book = Workbook(created=created)
    for one in every:
        book.sheet(one.name, title, one.columns, one.rows, shares=frozenset(one.shares))
    return book.content()


def _overview(report: Report) -> Sheet:
    one = report.figures
    rows: list[tuple[Cell, ...]] = [
        ("Đợt đánh giá", one.response.evaluations),
        ("Đợt có dưới 05 phiếu hợp lệ, không công bố", one.response.few),
        ("Học viên được mời", one.response.invited),
        ("Phiếu đã gửi", one.response.answered),
        ("Phiếu hợp lệ", one.response.valid),
        ("Phiếu không hợp lệ", one.response.invalid),
        ("Số điểm của thang", one.points),
        ("Điểm trung bình chung", one.overall.mean),
        ("Cận dưới của khoảng tin cậy 95%", one.overall.low),
        ("Cận trên của khoảng tin cậy 95%", one.overall.high),
        ("Trung vị", one.overall.median),
        ("Độ lệch chuẩn", one.overall.spread),
        ("Điểm trung bình của chương trình", one.programme),
        ("Điểm trung bình của Thành phố", one.city),
        ("Ý kiến góp ý", one.comments),
        ("Ý kiến bị lược bỏ một phần hoặc toàn bộ", one.removed),
    ]
    return Sheet("Tổng hợp", (("Chỉ tiêu", 44), ("Giá trị", 14)), tuple(row for row in rows if row[1] is not None))


def _parts(figures: Figures) -> Sheet:
    columns = (("Nội dung đánh giá", 36), ("Ngưỡng", 10), ("Chương trình", 12), ("Thành phố", 12))
    rows = tuple(
        (one.title, one.threshold, one.programme, one.city, *_score(one.score, figures.points)) for one in figures.parts
    )
    return Sheet("Nội dung đánh giá", (*columns, *_score_columns(figures.labels)), rows)


def _groups(figures: Figures, by: By, name: str) -> Sheet:
    columns = (
        ("Mã", 16),
        ("Tên", 48),
        ("Đợt đánh giá", 10),
        ("Không công bố", 10),
        ("Được mời", 10),
        ("Đã gửi", 10),
        ("Hợp lệ", 10),
        ("Không hợp lệ", 10),
    )
    rows = tuple(
        (one.code, one.name or None, *_response(one.response), *_score(one.score, figures.points))
        for one in figures.by(by)
    )
    return Sheet(name, (*columns, *_score_columns(figures.labels)), rows)


def _response(one: Response | None) -> tuple[Cell, ...]:
    if one is None:
        return (None,) * 6
    return (one.evaluations, one.few, one.invited, one.answered, one.valid, one.invalid)


def _taught(figures: Figures) -> Sheet:
    columns = (("Chuyên đề", 48), ("Giảng viên, báo cáo viên", 28), ("Ngưỡng", 10))
    rows = tuple((one.topic, one.lecturer, one.threshold, *_score(one.score, figures.points)) for one in figures.taught)
    return Sheet("Giảng viên", (*columns, *_score_columns(figures.labels)), rows)


def _questions(figures: Figures) -> Sheet:
    columns = (("Nội dung đánh giá", 28), ("Câu hỏi", 60), ("Giảng viên – chuyên đề", 44))
    most = max((len(one.labels) for one in figures.questions), default=0)
    rows = tuple((one.section, one.text, one.about or None, *_score(one.score, most)) for one in figures.questions)
    return Sheet("Câu hỏi", (*columns, *_score_columns([str(point) for point in range(1, most + 1)])), rows)


def _options(figures: Figures) -> Sheet:
    columns = (("Câu hỏi", 60), ("Phương án", 40), ("Số trả lời", 10), ("Số chọn", 10), ("Tỷ lệ", 10))
    rows = tuple((one.question, one.option, one.n, one.count, one.share, one.place) for one in figures.options)
    return Sheet("Lựa chọn", (*columns, ("Thứ hạng trung bình", 12)), rows, shares=(4,))


def _themes(figures: Figures) -> Sheet:
    columns = (("Chủ đề", 40), ("Số ý kiến", 12), ("Ghi nhận tốt", 12), ("Đề nghị, góp ý", 12))
    rows = tuple((one.title or "Khác", one.count, one.praise, one.wish) for one in figures.themes)
    return Sheet("Ý kiến góp ý", columns, rows)


def _changes(changes: Sequence[DueAdjustment]) -> Sheet:
    columns = (
        ("Kết quả dưới ngưỡng", 40),
        ("Giảng viên", 26),
        ("Lớp", 18),
        ("Điểm", 8),
        ("Ngưỡng", 8),
        ("Nguyên nhân", 44),
        ("Biện pháp", 44),
        ("Người thực hiện", 26),
        ("Thời hạn", 12),
        ("Tình trạng", 16),
    )
    return Sheet("Điều chỉnh", columns, tuple(tuple(_change(one)) for one in changes))


def _change(one: DueAdjustment) -> Iterator[Cell]:
    yield from (one.title, one.lecturer, one.class_code, one.mean, one.threshold, one.cause, one.measure)
    yield from (one.responsible, day(one.due_on) if one.due_on else "", STATED[one.state])


def _helped(every: Sequence[AdjustmentEffect]) -> Sheet:
    columns = (
        ("Nội dung điều chỉnh", 40),
        ("Giảng viên", 26),
        ("Lớp", 18),
        ("Biện pháp", 44),
        ("Điểm trước", 10),
        ("Điểm sau", 10),
        ("Lớp đánh giá lần sau", 40),
        ("Chuyển biến", 16),
    )
    rows = tuple(
        (one.title, one.lecturer, one.class_code, one.measure, one.before, one.after, one.later_class, WAYS[one.way])
        for one in every
    )
    return Sheet("Hiệu quả điều chỉnh", columns, rows)


def _score_columns(labels: Sequence[str]) -> tuple[tuple[str, float], ...]:
    columns = (("Số người", 10), ("Điểm trung bình", 12), ("Cận dưới", 10), ("Cận trên", 10), ("Trung vị", 10))
    return (*columns, ("Độ lệch chuẩn", 10), *((label, 12) for label in labels))


def _score(score: Score | None, points: int) -> tuple[Cell, ...]:
    if score is None:
        return (None,) * (points + 6)
    told = (score.people, score.mean, score.low, score.high, score.median, score.spread)
    return (*told, *score.counts, *(None,) * (points - len(score.counts)))
