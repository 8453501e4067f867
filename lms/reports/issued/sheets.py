"""The data behind a report, as sheets of a workbook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.reports.issued.figures import Figures, Score
from lms.reports.issued.report import Change, Report
from lms.reports.issued.wording import STATED, day
from lms.reports.workbooks import Workbook

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
        _taught(figures),
        _questions(figures),
        _options(figures),
        _themes(figures),
        _changes("Điều chỉnh", report.changes),
        _changes("Điều chỉnh trước đây", report.earlier),
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
        ("Học viên được mời", one.invited),
        ("Phiếu đã gửi", one.answered),
        ("Phiếu hợp lệ", one.valid),
        ("Phiếu không hợp lệ", one.invalid),
        ("Số điểm của thang", one.points),
        ("Điểm trung bình chung", one.mean),
        ("Trung vị", one.overall.median),
        ("Độ lệch chuẩn", one.overall.spread),
        ("Điểm trung bình của chương trình", one.programme),
        ("Điểm trung bình của Thành phố", one.city),
        ("Ý kiến góp ý", one.comments),
        ("Ý kiến bị lược bỏ một phần hoặc toàn bộ", one.removed),
    ]
    return Sheet("Tổng hợp", (("Chỉ tiêu", 44), ("Giá trị", 14)), tuple(row for row in rows if row[1] is not None))


def _parts(figures: Figures) -> Sheet:
    columns = (("Nội dung đánh giá", 36), ("Điểm trung bình", 12), *_score_columns(figures.labels))
    more = (("Ngưỡng", 10), ("Chương trình", 12), ("Thành phố", 12))
    rows = tuple(
        (one.title, one.mean, *_score(one.score, len(figures.labels)), one.threshold, one.programme, one.city)
        for one in figures.parts
    )
    return Sheet("Nội dung đánh giá", (*columns, *more), rows)


def _taught(figures: Figures) -> Sheet:
    columns = (("Chuyên đề", 48), ("Giảng viên, báo cáo viên", 28), ("Số phiếu", 10), ("Điểm trung bình", 12))
    rows = tuple(
        (one.topic, one.lecturer, one.n, one.mean, one.threshold, *_score(one.score, len(figures.labels)))
        for one in figures.taught
    )
    return Sheet("Giảng viên", (*columns, ("Ngưỡng", 10), *_score_columns(figures.labels)), rows)


def _questions(figures: Figures) -> Sheet:
    columns = (("Nội dung đánh giá", 28), ("Câu hỏi", 60), ("Giảng viên – chuyên đề", 44), ("Không áp dụng", 12))
    most = max((len(one.labels) for one in figures.questions), default=0)
    counts = tuple(str(point) for point in range(1, most + 1))
    rows = tuple(
        (one.section, one.text, one.about or None, one.na, one.score.mean, *_score(one.score, most))
        for one in figures.questions
    )
    return Sheet("Câu hỏi", (*columns, ("Điểm trung bình", 12), *_score_columns(counts)), rows)


def _options(figures: Figures) -> Sheet:
    columns = (("Câu hỏi", 60), ("Phương án", 40), ("Số trả lời", 10), ("Số chọn", 10), ("Tỷ lệ", 10))
    rows = tuple((one.question, one.option, one.n, one.count, one.share, one.place) for one in figures.options)
    return Sheet("Lựa chọn", (*columns, ("Thứ hạng trung bình", 12)), rows, shares=(4,))


def _themes(figures: Figures) -> Sheet:
    columns = (("Chủ đề", 40), ("Số ý kiến", 12), ("Ghi nhận tốt", 12), ("Đề nghị, góp ý", 12))
    rows = tuple((one.title or "Khác", one.count, one.praise, one.wish) for one in figures.themes)
    return Sheet("Ý kiến góp ý", columns, rows)


def _changes(name: str, changes: Sequence[Change]) -> Sheet:
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
        ("Điểm lần sau", 10),
        ("Lớp đánh giá lần sau", 30),
    )
    return Sheet(name, columns, tuple(tuple(_change(one)) for one in changes))


def _change(one: Change) -> Iterator[Cell]:
    yield from (one.title, one.lecturer, one.class_code, one.mean, one.threshold, one.cause, one.measure)
    yield from (one.responsible, day(one.due_on) if one.due_on else "", STATED[one.state], one.later, one.later_class)


def _score_columns(labels: Sequence[str]) -> tuple[tuple[str, float], ...]:
    return (("Số ý kiến", 10), ("Trung vị", 10), ("Độ lệch chuẩn", 10), *((label, 12) for label in labels))


def _score(score: Score | None, points: int) -> tuple[Cell, ...]:
    if score is None:
        return (None,) * (points + 3)
    return (score.n, score.median, score.spread, *score.counts, *(None,) * (points - len(score.counts)))
