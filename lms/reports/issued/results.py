"""The figures of a report in sentences, charts and tables."""

from collections.abc import Iterator, Sequence

from lms.reports import charts
from lms.reports.documents import Block, Column, Heading, Paragraph, Picture, Table
from lms.reports.issued.figures import Figures, Part, Score, Taught, Theme
from lms.reports.issued.report import Change
from lms.reports.issued.wording import NO_VALUE, STATED, day, decimal, listed, percent, short, whole

CHARTED = 20
"""Bars of a chart: of more, the lowest are drawn."""
_NUMBER = Column("TT", 1, "center")
_MEAN_AXIS, _SHARE_AXIS, _CITY = "Điểm trung bình", "Tỷ lệ ý kiến", "Toàn Thành phố"


def results(figures: Figures) -> Iterator[Block]:
    """Give the results: as a whole, by object, by topic and lecturer, and what was said."""
    yield Heading(2, "Kết quả chung")
    yield Paragraph(
        f"Điểm trung bình chung là {decimal(figures.mean)} trên thang {figures.points} điểm (trung vị "
        f"{short(figures.overall.median)}, độ lệch chuẩn {decimal(figures.overall.spread)})"
        f"{_compared(figures.mean, figures.programme, figures.city)}."
    )
    yield from _by_part(figures)
    if figures.taught:
        yield from _by_topic(figures)
    yield from _comments(figures)


def _compared(mean: float, programme: float | None, city: float | None) -> str:
    known = [("của chương trình", programme), ("của toàn Thành phố", city)]
    told = [f"{name} là {decimal(value)} ({_away(mean - value)})" for name, value in known if value is not None]
    return f"; điểm trung bình {listed(told)}" if told else ""


def _away(difference: float) -> str:
    if abs(difference) < 0.005:
        return "ngang bằng"
    return f"{'cao' if difference > 0 else 'thấp'} hơn {decimal(abs(difference))}"


# -- the six objects ---------------------------------------------------------------------------------------------------


def _by_part(figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Kết quả theo nội dung đánh giá")
    best, worst = (choose(figures.parts, key=lambda one: one.mean) for choose in (max, min))
    yield Paragraph(
        f"Nội dung được đánh giá cao nhất là “{best.title}” ({decimal(best.mean)}), thấp nhất là “{worst.title}” "
        f"({decimal(worst.mean)}). {_below([one.title for one in figures.parts if one.below])}"
    )
    yield Picture(
        charts.means_chart([_bar(one) for one in figures.parts], figures.points, _MEAN_AXIS, _CITY, language="vi"),
        f"Biểu đồ cột: {'; '.join(f'{one.title} {decimal(one.mean)}' for one in figures.parts)}",
        "Điểm trung bình theo nội dung đánh giá",
    )
    yield Table(
        (
            _NUMBER,
            Column("Nội dung đánh giá", 3.6, "left"),
            Column("Số ý kiến", 1.5, "right"),
            Column("Điểm trung bình", 2.4, "right"),
            Column("Trung vị", 2, "right"),
            Column("Độ lệch chuẩn", 2, "right"),
            Column("Chương trình", 2.2, "right"),
            Column("Thành phố", 2.2, "right"),
        ),
        tuple(_part_row(number, one) for number, one in enumerate(figures.parts, 1)),
        "Kết quả theo nội dung đánh giá",
        "Hai cột cuối là điểm trung bình của các đợt đánh giá cùng chương trình và của toàn Thành phố.",
    )
    yield from _spread(figures)


def _bar(one: Part) -> charts.Bar:
    low, high = (one.score.low, one.score.high) if one.score else (None, None)
    return charts.Bar(one.title, one.mean, low, high, one.city)


def _below(titles: Sequence[str]) -> str:
    if not titles:
        return "Không có kết quả nào dưới ngưỡng phải điều chỉnh."
    return f"Dưới ngưỡng phải điều chỉnh: {listed(titles)}."


def _part_row(number: int, one: Part) -> tuple[str, ...]:
    score = one.score
    figures = (whole(score.n), short(score.median), decimal(score.spread)) if score else (NO_VALUE,) * 3
    mean = decimal(one.mean) + (_range(score) if score else "")
    return (str(number), one.title, figures[0], mean, *figures[1:], decimal(one.programme), decimal(one.city))


def _range(score: Score) -> str:
    return f" ({decimal(score.low)} - {decimal(score.high)})" if score.low is not None else ""


def _spread(figures: Figures) -> Iterator[Block]:
    spread = [(one.title, one.score.counts) for one in figures.parts if one.score]
    total = sum(figures.overall.counts)
    high, low = sum(figures.overall.counts[-2:]) / total, sum(figures.overall.counts[:2]) / total
    yield Paragraph(
        f"Về phân bố ý kiến: {percent(high)} số ý kiến ở hai mức cao nhất và {percent(low)} ở hai mức thấp nhất của "
        "thang điểm."
    )
    yield Picture(
        charts.distribution_chart(spread, list(figures.labels), _SHARE_AXIS),
        "Biểu đồ cột chồng về tỷ lệ ý kiến ở từng mức theo nội dung đánh giá; số liệu trong bảng kèm theo",
        "Phân bố ý kiến theo nội dung đánh giá",
    )
    labels = tuple(Column(label, 2, "right") for label in figures.labels)
    yield Table(
        (_NUMBER, Column("Nội dung đánh giá", 4, "left"), *labels),
        tuple(
            (str(number), title, *(whole(count) for count in counts))
            for number, (title, counts) in enumerate(spread, 1)
        ),
        "Số ý kiến ở từng mức",
    )


# -- topics and lecturers ----------------------------------------------------------------------------------------------


def _by_topic(figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Kết quả theo chuyên đề và giảng viên, báo cáo viên")
    seen = [(number, one) for number, one in enumerate(figures.taught, 1) if one.mean is not None]
    if seen:
        yield Paragraph(_topics_sentence([one for _number, one in seen], len(figures.taught)))
        yield Picture(
            charts.means_chart(_lowest(seen), figures.points, _MEAN_AXIS, language="vi"),
            "Biểu đồ cột về điểm trung bình của từng giảng viên theo chuyên đề; số liệu trong bảng kèm theo",
            "Điểm trung bình theo chuyên đề và giảng viên"
            + (f" ({CHARTED} kết quả thấp nhất)" if len(seen) > CHARTED else ""),
        )
    yield Table(
        (
            _NUMBER,
            Column("Chuyên đề", 5.5, "left"),
            Column("Giảng viên, báo cáo viên", 4, "left"),
            Column("Số phiếu", 1.5, "right"),
            Column("Điểm trung bình", 2.2, "right"),
            Column("Ngưỡng", 2.2, "right"),
        ),
        tuple(
            (str(number), one.topic, one.lecturer, whole(one.n), decimal(one.mean), short(one.threshold))
            for number, one in enumerate(figures.taught, 1)
        ),
        "Kết quả theo chuyên đề và giảng viên, báo cáo viên",
        f"Dấu {NO_VALUE}: có dưới 05 phiếu, không công bố kết quả.",
    )


def _topics_sentence(seen: Sequence[Taught], taught: int) -> str:
    means = [one.mean or 0 for one in seen]
    few = taught - len(seen)
    low = [f"{one.lecturer} (“{one.topic}”)" for one in seen if one.below]
    unseen = f" Có {whole(few)} chuyên đề không đủ 05 phiếu để công bố kết quả." if few else ""
    return (
        f"Kết quả từng giảng viên theo từng chuyên đề nằm trong khoảng từ {decimal(min(means))} đến "
        f"{decimal(max(means))}. {_below(low)}{unseen}"
    )


def _lowest(seen: Sequence[tuple[int, Taught]]) -> list[tuple[str, float]]:
    drawn = sorted(sorted(seen, key=lambda one: one[1].mean or 0)[:CHARTED])
    return [(f"{number}. {one.lecturer}", one.mean or 0) for number, one in drawn]


# -- comments ----------------------------------------------------------------------------------------------------------


def _comments(figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Ý kiến góp ý")
    removed = (
        f" Người đọc được tin cậy đã lược bỏ một phần hoặc cả {whole(figures.removed)} ý kiến để không ai bị nhận ra."
        if figures.removed
        else ""
    )
    if not figures.themes:
        yield Paragraph(f"Không có ý kiến góp ý bằng lời.{removed}")
        return
    named = [f"“{one.title.lower()}” ({whole(one.count)})" for one in figures.themes if one.title][:3]
    most = f"; được nhắc đến nhiều nhất là {listed(named)}" if named else ""
    yield Paragraph(f"Có {whole(figures.comments)} ý kiến góp ý bằng lời{most}.{removed}")
    yield Table(
        (
            _NUMBER,
            Column("Chủ đề", 6, "left"),
            Column("Số ý kiến", 2, "right"),
            Column("Ghi nhận tốt", 2, "right"),
            Column("Đề nghị, góp ý", 2, "right"),
        ),
        tuple(_theme_row(number, one) for number, one in enumerate(figures.themes, 1)),
        "Ý kiến góp ý theo chủ đề",
        "Một ý kiến có thể thuộc nhiều chủ đề. Nguyên văn các ý kiến không nêu trong báo cáo.",
    )


def _theme_row(number: int, one: Theme) -> tuple[str, ...]:
    return (str(number), one.title or "Khác", whole(one.count), whole(one.praise), whole(one.wish))


# -- adjustments -------------------------------------------------------------------------------------------------------


def adjusted(changes: Sequence[Change]) -> Iterator[Block]:
    """Give the adjustments that the results ask for, with cause, measure, person and date."""
    if not changes:
        yield Paragraph("Không có kết quả nào dưới ngưỡng nên không phát sinh nội dung phải điều chỉnh.")
        return
    counts = {state: sum(one.state == state for one in changes) for state in STATED}
    yield Paragraph(
        f"Có {whole(len(changes))} kết quả dưới ngưỡng phải điều chỉnh: {whole(counts['done'])} đã hoàn thành, "
        f"{whole(counts['stated'])} đang thực hiện, {whole(counts['due'])} chưa xác định nguyên nhân và biện pháp."
    )
    yield Table(
        (
            _NUMBER,
            Column("Kết quả dưới ngưỡng", 4, "left"),
            Column("Điểm (ngưỡng)", 2, "center"),
            Column("Nguyên nhân", 3.6, "left"),
            Column("Biện pháp", 3.6, "left"),
            Column("Người thực hiện, thời hạn", 3, "left"),
            Column("Tình trạng", 2, "left"),
        ),
        tuple(_change_row(number, one) for number, one in enumerate(changes, 1)),
        "Nội dung phải điều chỉnh",
    )


def _change_row(number: int, one: Change) -> tuple[str, ...]:
    about = "\n".join(text for text in (one.title, one.lecturer, one.class_code) if text)
    who = "\n".join(text for text in (one.responsible, day(one.due_on) if one.due_on else "") if text)
    mean = f"{decimal(one.mean)} ({short(one.threshold)})"
    return (
        str(number),
        about,
        mean,
        one.cause or NO_VALUE,
        one.measure or NO_VALUE,
        who or NO_VALUE,
        STATED[one.state],
    )


def helped(earlier: Sequence[Change]) -> Iterator[Block]:
    """Give what became of earlier adjustments in the evaluation that followed."""
    if not earlier:
        return
    over = sum((one.later or 0) >= one.threshold for one in earlier)
    better = sum(one.mean < (one.later or 0) < one.threshold for one in earlier)
    yield Paragraph(
        f"Trong {whole(len(earlier))} nội dung điều chỉnh của các lần đánh giá trước đã có kết quả đánh giá tiếp theo, "
        f"{whole(over)} nội dung không còn dưới ngưỡng, {whole(better)} nội dung có tiến bộ nhưng vẫn dưới ngưỡng, "
        f"{whole(len(earlier) - over - better)} nội dung chưa có chuyển biến."
    )
    yield Table(
        (
            _NUMBER,
            Column("Nội dung điều chỉnh", 5, "left"),
            Column("Biện pháp", 5, "left"),
            Column("Trước", 2, "right"),
            Column("Sau", 2, "right"),
            Column("Ngưỡng", 2.2, "right"),
        ),
        tuple(
            (
                str(number),
                "\n".join(text for text in (one.title, one.lecturer, f"{one.class_code} → {one.later_class}") if text),
                one.measure or NO_VALUE,
                decimal(one.mean),
                decimal(one.later),
                short(one.threshold),
            )
            for number, one in enumerate(earlier, 1)
        ),
        "Hiệu quả của các điều chỉnh trước đây",
    )
