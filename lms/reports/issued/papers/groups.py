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
        groups = figures.by(by)
        if groups and (by != "version" or len(groups) > 1):
            yield from _kind(by, groups, figures.points)
    years = [(year.code, year.score) for year in figures.by("year") if year.score]
    if len(years) > 1:
        yield from _years(figures, years)


def lowest(rows: Sequence[T], scores: Sequence[Score], most: int) -> list[T]:
    """Return the rows with the lowest means, at most so many."""
    ranked = sorted(range(len(rows)), key=lambda number: scores[number].mean)[:most]
    return [rows[number] for number in ranked]


def _kind(by: By, groups: Sequence[Group], points: int) -> Iterator[Block]:
    title, head = _TITLES[by]
    yield Heading(2, title)
    seen = [(group, group.score) for group in groups if group.score]
    scores = [score for _group, score in seen]
    if len(seen) > 1:
        (high, best), (low, worst) = (choose(seen, key=lambda pair: pair[1].mean) for choose in (max, min))
        if decimal(best.mean) == decimal(worst.mean):
            yield Paragraph(f"Tất cả đều đạt điểm trung bình {decimal(best.mean)}.")
        else:
            yield Paragraph(
                f"Cao nhất là {_name(high)} ({decimal(best.mean)}), thấp nhất là {_name(low)} ({decimal(worst.mean)}). "
                "Khi các khoảng trong ngoặc giao nhau, thứ tự có thể do ngẫu nhiên."
            )
        drawn = [
            charts.Bar(group.code, score.mean, score.low, score.high) for group, score in lowest(seen, scores, CHARTED)
        ]
        yield Picture(
            charts.means_chart(sorted(drawn), points, _AXIS, language="vi"),
            f"Biểu đồ cột về điểm trung bình: {title.lower()}; số liệu trong bảng kèm theo",
            title + (f" ({CHARTED} kết quả thấp nhất)" if len(seen) > CHARTED else ""),
        )
    many = len(groups) > TABLED
    shown = {group.code for group, _score in lowest(seen, scores, TABLED)} if many else {group.code for group in groups}
    tabled = [group for group in groups if group.code in shown]
    mean = Column("Điểm trung bình", 2.6, "right")
    if by == "version":  # has neither a name nor, over all years, a response
        columns: tuple[Column, ...] = (Column(head, 2, "center"), mean)
        rows: list[tuple[str, ...]] = [(group.code, _mean(group)) for group in tabled]
    else:
        columns = (
            Column("Mã", 2.4, "left"),
            Column(head, 5.5, "left"),
            Column("Số đợt đánh giá", 1.8, "right"),
            Column("Tỷ lệ trả lời", 1.8, "right"),
            mean,
        )
        rows = [(group.code, group.name, *_asked(group), _mean(group)) for group in tabled]
    yield Table(
        columns,
        tuple(rows),
        title + (f" ({TABLED} kết quả thấp nhất)" if many else ""),
        "" if len(seen) == len(groups) else f"Dấu {NO_VALUE}: không đủ phiếu để công bố kết quả.",
    )


def _name(group: Group) -> str:
    return f"{group.code} “{group.name}”" if group.name else f"phiên bản {group.code}"


def _asked(group: Group) -> tuple[str, str]:
    """How many evaluations, and the share of those invited who answered."""
    response = group.response
    if response is None:
        return NO_VALUE, NO_VALUE
    share = percent(response.answered / response.invited) if response.invited else NO_VALUE
    return whole(response.evaluations), share


def _mean(group: Group) -> str:
    return ranged(group.score, "\n") if group.score else NO_VALUE


def _went(before: str, now: str) -> str:
    return f"giữ ở mức {now}" if before == now else f"đi từ {before} đến {now}"


def _years(figures: Figures, years: Sequence[tuple[str, Score]]) -> Iterator[Block]:
    title, head = _TITLES["year"]
    (first, before), (last, now) = years[0], years[-1]
    yield Heading(2, title)
    yield Paragraph(
        f"Từ năm {first} đến năm {last}, điểm trung bình chung {_went(decimal(before.mean), decimal(now.mean))}."
    )
    points = [
        charts.Point("Kết quả", year, score.mean, score.low or score.mean, score.high or score.mean)
        for year, score in years
    ]
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
        tuple((year.code, *_asked(year), _mean(year)) for year in figures.by("year")),
        title,
    )
