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
    return tuple(sheet for sheet in every if sheet.rows)


def workbook(title: str, every: Sequence[Sheet], created: datetime) -> bytes:
    """Return sheets as XLSX; the same sheets give the same bytes."""
    book = Workbook(created=created)
    for sheet in every:
        book.sheet(sheet.name, title, sheet.columns, sheet.rows, shares=frozenset(sheet.shares))
    return book.content()


def _overview(report: Report) -> Sheet:
    figures = report.figures
    rows: list[tuple[Cell, ...]] = [
        ("Đợt đánh giá", figures.response.evaluations),
        ("Đợt có dưới 05 phiếu hợp lệ, không công bố", figures.response.few),
        ("Học viên được mời", figures.response.invited),
        ("Phiếu đã gửi", figures.response.answered),
        ("Phiếu hợp lệ", figures.response.valid),
        ("Phiếu không hợp lệ", figures.response.invalid),
        ("Số điểm của thang", figures.points),
        ("Điểm trung bình chung", figures.overall.mean),
        ("Cận dưới của khoảng tin cậy 95%", figures.overall.low),
        ("Cận trên của khoảng tin cậy 95%", figures.overall.high),
        ("Trung vị", figures.overall.median),
        ("Độ lệch chuẩn", figures.overall.spread),
        ("Điểm trung bình của chương trình", figures.programme),
        ("Điểm trung bình của Thành phố", figures.city),
        ("Ý kiến góp ý", figures.comments),
        ("Ý kiến bị lược bỏ một phần hoặc toàn bộ", figures.removed),
    ]
    return Sheet("Tổng hợp", (("Chỉ tiêu", 44), ("Giá trị", 14)), tuple(row for row in rows if row[1] is not None))


def _parts(figures: Figures) -> Sheet:
    columns = (("Nội dung đánh giá", 36), ("Ngưỡng", 10), ("Chương trình", 12), ("Thành phố", 12))
    rows = tuple(
        (part.title, part.threshold, part.programme, part.city, *_score(part.score, figures.points))
        for part in figures.parts
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
        (group.code, group.name or None, *_response(group.response), *_score(group.score, figures.points))
        for group in figures.by(by)
    )
    return Sheet(name, (*columns, *_score_columns(figures.labels)), rows)


def _response(response: Response | None) -> tuple[Cell, ...]:
    if response is None:
        return (None,) * 6
    return (response.evaluations, response.few, response.invited, response.answered, response.valid, response.invalid)


def _taught(figures: Figures) -> Sheet:
    columns = (("Chuyên đề", 48), ("Giảng viên, báo cáo viên", 28), ("Ngưỡng", 10))
    rows = tuple(
        (teaching.topic, teaching.lecturer, teaching.threshold, *_score(teaching.score, figures.points))
        for teaching in figures.taught
    )
    return Sheet("Giảng viên", (*columns, *_score_columns(figures.labels)), rows)


def _questions(figures: Figures) -> Sheet:
    columns = (("Nội dung đánh giá", 28), ("Câu hỏi", 60), ("Giảng viên – chuyên đề", 44))
    most = max((len(question.labels) for question in figures.questions), default=0)
    rows = tuple(
        (question.section, question.text, question.about or None, *_score(question.score, most))
        for question in figures.questions
    )
    return Sheet("Câu hỏi", (*columns, *_score_columns([str(point) for point in range(1, most + 1)])), rows)


def _options(figures: Figures) -> Sheet:
    columns = (("Câu hỏi", 60), ("Phương án", 40), ("Số trả lời", 10), ("Số chọn", 10), ("Tỷ lệ", 10))
    rows = tuple(
        (option.question, option.option, option.n, option.count, option.share, option.place)
        for option in figures.options
    )
    return Sheet("Lựa chọn", (*columns, ("Thứ hạng trung bình", 12)), rows, shares=(4,))


def _themes(figures: Figures) -> Sheet:
    columns = (("Chủ đề", 40), ("Số ý kiến", 12), ("Ghi nhận tốt", 12), ("Đề nghị, góp ý", 12))
    rows = tuple((theme.title or "Khác", theme.count, theme.praise, theme.wish) for theme in figures.themes)
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
    return Sheet("Điều chỉnh", columns, tuple(tuple(_change(adjustment)) for adjustment in changes))


def _change(adjustment: DueAdjustment) -> Iterator[Cell]:
    yield from (adjustment.title, adjustment.lecturer, adjustment.class_code)
    yield from (adjustment.mean, adjustment.threshold, adjustment.cause, adjustment.measure)
    yield from (adjustment.responsible, day(adjustment.due_on) if adjustment.due_on else "", STATED[adjustment.state])


def _helped(effects: Sequence[AdjustmentEffect]) -> Sheet:
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
    return Sheet("Hiệu quả điều chỉnh", columns, tuple(tuple(_effect(effect)) for effect in effects))


def _effect(effect: AdjustmentEffect) -> Iterator[Cell]:
    yield from (effect.title, effect.lecturer, effect.class_code, effect.measure)
    yield from (effect.before, effect.after, effect.later_class, WAYS[effect.way])


def _score_columns(labels: Sequence[str]) -> tuple[tuple[str, float], ...]:
    columns = (("Số người", 10), ("Điểm trung bình", 12), ("Cận dưới", 10), ("Cận trên", 10), ("Trung vị", 10))
    return (*columns, ("Độ lệch chuẩn", 10), *((label, 12) for label in labels))


def _score(score: Score | None, points: int) -> tuple[Cell, ...]:
    if score is None:
        return (None,) * (points + 6)
    summary = (score.people, score.mean, score.low, score.high, score.median, score.spread)
    return (*summary, *score.counts, *(None,) * (points - len(score.counts)))
