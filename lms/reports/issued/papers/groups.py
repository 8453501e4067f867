"""The results of what a report sums up: institutions, programmes, classes, versions, years."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from lms.documents import Block, Column, Heading, Paragraph, Picture, Table, charts
from lms.reports.issued.rules.figures import By, Figures, Group, Score
from lms.reports.issued.rules.wording import NO_VALUE, decimal, percent, ranged, whole

T = TypeVar("T")

CHARTED = 20
"""Bars of a chart: of more, the lowest are drawn."""
TABLED = 60
"""Rows of a table: of more, the lowest are shown; the workbook holds all."""
_AXIS = "Điểm trung bình"
_TITLES: dict[By, tuple[str, str]] = {
    "institution": ("Kết quả theo cơ sở đào tạo, bồi dưỡng", "Cơ sở đào tạo, bồi dưỡng"),
    "programme": ("Kết quả theo chương trình", "Chương trình"),
    "class": ("Kết quả theo lớp", "Lớp"),
    "version": ("Kết quả theo phiên bản của chương trình", "Phiên bản"),
    "year": ("Kết quả qua các năm", "Năm"),
}


def grouped(figures: Figures) -> Iterator[Block]:
    """Give the results of each kind of group that a report sums up."""
    for by in ("institution", "programme", "class", "version"):
        found = figures.by(by)
        if found and (by != "version" or len(found) > 1):
            yield from _kind(by, found, figures.points)
    years = [(one.code, one.score) for one in figures.by("year") if one.score]
    if len(years) > 1:
        yield from _years(figures, years)


def lowest(rows: Sequence[T], scores: Sequence[Score], most: int) -> list[T]:
    """Return the rows with the lowest means, at most so many."""
    ranked = sorted(range(len(rows)), key=lambda number: scores[number].mean)[:most]
    return [rows[number] for number in ranked]


def _kind(by: By, found: Sequence[Group], points: int) -> Iterator[Block]:
    title, head = _TITLES[by]
    yield Heading(2, title)
    seen = [(one, one.score) for one in found if one.score]
    scores = [score for _one, score in seen]
    if len(seen) > 1:
        (high, best), (low, worst) = (choose(seen, key=lambda one: one[1].mean) for choose in (max, min))
        yield Paragraph(
            f"Cao nhất là {_name(high)} ({decimal(best.mean)}), thấp nhất là {_name(low)} ({decimal(worst.mean)}). Khi "
            "các khoảng trong ngoặc giao nhau, thứ tự có thể do ngẫu nhiên."
        )
        drawn = [
            charts.Bar(one.code, score.mean, score.low, score.high) for one, score in lowest(seen, scores, CHARTED)
        ]
        yield Picture(
            charts.means_chart(sorted(drawn), points, _AXIS, language="vi"),
            f"Biểu đồ cột về điểm trung bình: {title.lower()}; số liệu trong bảng kèm theo",
            title + (f" ({CHARTED} kết quả thấp nhất)" if len(seen) > CHARTED else ""),
        )
    many = len(found) > TABLED
    shown = {one.code for one, _score in lowest(seen, scores, TABLED)} if many else {one.code for one in found}
    code = Column("Mã", 2.4, "left")
    columns: tuple[Column, ...] = (
        Column(head, 5.5, "left"),
        Column("Số đợt đánh giá", 1.8, "right"),
        Column("Tỷ lệ trả lời", 1.8, "right"),
        Column("Điểm trung bình", 2.6, "right"),
    )
    rows: list[tuple[str, ...]] = [_row(one) for one in found if one.code in shown]
    if by == "version":  # has neither a name nor, over all years, a response
        code, columns, rows = Column(head, 2, "center"), columns[3:], [(one[0], one[4]) for one in rows]
    yield Table(
        (code, *columns),
        tuple(rows),
        title + (f" ({TABLED} kết quả thấp nhất)" if many else ""),
        "" if len(seen) == len(found) else f"Dấu {NO_VALUE}: không đủ phiếu để công bố kết quả.",
    )


def _name(one: Group) -> str:
    return f"{one.code} “{one.name}”" if one.name else f"phiên bản {one.code}"


def _row(one: Group) -> tuple[str, ...]:
    response = one.response
    asked = (
        (whole(response.evaluations), percent(response.answered / response.invited) if response.invited else NO_VALUE)
        if response
        else (NO_VALUE, NO_VALUE)
    )
    return (one.code, one.name, *asked, ranged(one.score, "\n") if one.score else NO_VALUE)


def _years(figures: Figures, years: Sequence[tuple[str, Score]]) -> Iterator[Block]:
    title, head = _TITLES["year"]
    (first, before), (last, now) = years[0], years[-1]
    yield Heading(2, title)
    yield Paragraph(
        f"Từ năm {first} đến năm {last}, điểm trung bình chung đi từ {decimal(before.mean)} đến {decimal(now.mean)}."
    )
    points = [charts.Point("Kết quả", year, one.mean, one.low or one.mean, one.high or one.mean) for year, one in years]
    yield Picture(
        charts.trend_chart(points, _AXIS, language="vi"),
        "Biểu đồ đường về điểm trung bình qua các năm; số liệu trong bảng kèm theo",
        title,
    )
    yield Table(
        (
            Column(head, 2, "center"),
            Column("Số đợt đánh giá", 2, "right"),
            Column("Tỷ lệ trả lời", 2, "right"),
            Column("Điểm trung bình", 3, "right"),
        ),
        tuple((one.code, *_row(one)[2:]) for one in figures.by("year")),
        title,
    )
