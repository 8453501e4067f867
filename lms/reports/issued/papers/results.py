"""The figures of a report in sentences, charts and tables."""

from collections.abc import Iterator, Sequence

from lms.documents import Block, Column, Heading, Paragraph, Picture, Table, charts
from lms.reports.issued.papers.groups import CHARTED, TABLED, grouped, lowest
from lms.reports.issued.rules.figures import Figures, Part, Taught, Theme
from lms.reports.issued.rules.wording import NO_VALUE, decimal, listed, percent, ranged, short, whole

NAMED = 5
"""Results below their threshold that a sentence names."""
_NUMBER = Column("TT", 1.2, "center")
_MEAN_AXIS, _SHARE_AXIS, _CITY = "Điểm trung bình", "Tỷ lệ ý kiến", "Toàn Thành phố"


def results(figures: Figures) -> Iterator[Block]:
    """Give the results: as a whole, by object, by what belongs to it, by topic and lecturer, and what was said."""
    yield Heading(2, "Kết quả chung")
    whole_form = figures.overall
    yield Paragraph(
        f"Điểm trung bình chung là {ranged(whole_form)} trên thang {figures.points} điểm "
        f"(trung vị {short(whole_form.median)}, độ lệch chuẩn {decimal(whole_form.spread)})"
        f"{_compared(whole_form.mean, figures.programme, figures.city)}. Khoảng trong ngoặc chứa điểm trung bình với "
        "độ tin cậy 95% nếu coi các phiếu là một mẫu."
    )
    yield from _by_part(figures)
    yield from grouped(figures)
    if figures.taught:
        yield from _by_topic(figures)
    yield from _comments(figures)


def _compared(mean: float, programme: float | None, city: float | None) -> str:
    averages = [("của chương trình", programme), ("của toàn Thành phố", city)]
    comparisons = [
        f"{name} là {decimal(value)} ({_away(round(mean, 2) - round(value, 2))})"
        for name, value in averages
        if value is not None
    ]
    return f"; điểm trung bình {listed(comparisons)}" if comparisons else ""


def _away(difference: float) -> str:
    if not difference:
        return "ngang bằng"
    return f"{'cao' if difference > 0 else 'thấp'} hơn {decimal(abs(difference))}"


# -- the six objects ---------------------------------------------------------------------------------------------------


def _by_part(figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Kết quả theo nội dung đánh giá")
    best, worst = (choose(figures.parts, key=lambda part: part.score.mean) for choose in (max, min))
    below = _below([part.title for part in figures.parts if part.below], "nội dung đánh giá")
    if decimal(best.score.mean) == decimal(worst.score.mean):
        yield Paragraph(f"Các nội dung đánh giá đều đạt {decimal(best.score.mean)} điểm. {below}")
    else:
        yield Paragraph(
            f"Nội dung được đánh giá cao nhất là “{best.title}” ({decimal(best.score.mean)}), thấp nhất là "
            f"“{worst.title}” ({decimal(worst.score.mean)}). {below}"
        )
    yield Picture(
        charts.means_chart([_bar(part) for part in figures.parts], figures.points, _MEAN_AXIS, _CITY, language="vi"),
        f"Biểu đồ cột: {'; '.join(f'{part.title} {decimal(part.score.mean)}' for part in figures.parts)}",
        "Điểm trung bình theo nội dung đánh giá",
    )
    beside = [
        (Column(title, 2.2, "right"), averages)
        for title, averages in (
            ("Chương trình", [part.programme for part in figures.parts]),
            ("Thành phố", [part.city for part in figures.parts]),
        )
        if any(average is not None for average in averages)
    ]
    yield Table(
        (
            _NUMBER,
            Column("Nội dung đánh giá", 3.6, "left"),
            Column("Số ý kiến", 1.6, "right"),
            Column("Điểm trung bình", 2.8, "right"),
            Column("Trung vị", 1.9, "right"),
            Column("Độ lệch chuẩn", 1.9, "right"),
            *(column for column, _averages in beside),
        ),
        tuple(
            (*_part_row(number, part), *(decimal(averages[number - 1]) for _column, averages in beside))
            for number, part in enumerate(figures.parts, 1)
        ),
        "Kết quả theo nội dung đánh giá",
        "Để so sánh, các cột cuối là điểm trung bình của mọi đợt đánh giá thuộc chương trình, trên toàn Thành phố."
        if beside
        else "",
    )
    yield from _spread(figures)


def _bar(part: Part) -> charts.Bar:
    return charts.Bar(part.title, part.score.mean, part.score.low, part.score.high, part.city)


def _below(titles: Sequence[str], what: str) -> str:
    if not titles:
        return f"Không có {what} nào dưới ngưỡng phải điều chỉnh."
    more = f" và {whole(len(titles) - NAMED)} kết quả khác" if len(titles) > NAMED else ""
    return f"Dưới ngưỡng phải điều chỉnh: {', '.join(titles[:NAMED]) if more else listed(titles)}{more}."


def _part_row(number: int, part: Part) -> tuple[str, ...]:
    score = part.score
    mean = ranged(score, "\n")
    return (str(number), part.title, whole(score.n), mean, short(score.median), decimal(score.spread))


def _spread(figures: Figures) -> Iterator[Block]:
    total = figures.overall.n
    if not total:
        return
    spread = [(part.title, part.score.counts) for part in figures.parts if part.score.n]
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
        tuple((str(number), title, *map(whole, counts)) for number, (title, counts) in enumerate(spread, 1)),
        "Số ý kiến ở từng mức",
    )


# -- topics and lecturers ----------------------------------------------------------------------------------------------


def _by_topic(figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Kết quả theo chuyên đề và giảng viên, báo cáo viên")
    numbered = list(enumerate(figures.taught, 1))
    seen = [(number, teaching, teaching.score) for number, teaching in numbered if teaching.score]
    many = len(numbered) > TABLED
    shown = sorted(lowest([number for number, *_ in seen], [score for *_, score in seen], TABLED)) if many else []
    if seen:
        yield Paragraph(_topics_sentence([teaching for _number, teaching, _score in seen], len(figures.taught)))
        drawn = lowest(seen, [score for *_, score in seen], CHARTED)
        yield Picture(
            charts.means_chart(
                [
                    (f"{number}. {teaching.lecturer}", score.mean)
                    for number, teaching, score in sorted(drawn, key=lambda d: d[0])
                ],
                figures.points,
                _MEAN_AXIS,
                language="vi",
            ),
            "Biểu đồ cột về điểm trung bình của từng giảng viên theo chuyên đề; số liệu trong bảng kèm theo",
            f"Điểm trung bình theo chuyên đề và giảng viên{_only(len(seen), CHARTED)}",
        )
    yield Table(
        (
            _NUMBER,
            Column("Chuyên đề", 5.2, "left"),
            Column("Giảng viên, báo cáo viên", 3.8, "left"),
            Column("Số phiếu", 1.6, "right"),
            Column("Điểm trung bình", 2.8, "right"),
            Column("Ngưỡng", 2.2, "right"),
        ),
        tuple(_topic_row(number, teaching) for number, teaching in numbered if not many or number in shown),
        f"Kết quả theo chuyên đề và giảng viên, báo cáo viên{_only(len(numbered), TABLED)}",
        " ".join(_notes(few=len(seen) < len(numbered), many=many)),
    )


def _notes(*, few: bool, many: bool) -> Iterator[str]:
    if few:
        yield f"Dấu {NO_VALUE}: có dưới 05 phiếu, không công bố kết quả."
    if many:
        yield "Toàn bộ kết quả có trong tệp số liệu kèm theo."


def _only(count: int, most: int) -> str:
    return f" ({most} kết quả thấp nhất)" if count > most else ""


def _topic_row(number: int, teaching: Taught) -> tuple[str, ...]:
    score = teaching.score
    values = (whole(score.people), ranged(score, "\n")) if score else (NO_VALUE, NO_VALUE)
    return (str(number), teaching.topic, teaching.lecturer, *values, short(teaching.threshold))


def _topics_sentence(seen: Sequence[Taught], taught: int) -> str:
    means = [teaching.score.mean for teaching in seen if teaching.score]
    few = taught - len(seen)
    low = [f"{teaching.lecturer} (“{teaching.topic}”)" for teaching in seen if teaching.below]
    unseen = f" Có {whole(few)} chuyên đề không đủ 05 phiếu để công bố kết quả." if few else ""
    least, most = decimal(min(means)), decimal(max(means))
    spread = f"đều là {least}" if least == most else f"nằm trong khoảng từ {least} đến {most}"
    below = _below(low, "kết quả theo chuyên đề và giảng viên")
    return f"Kết quả từng giảng viên theo từng chuyên đề {spread}. {below}{unseen}"


# -- comments ----------------------------------------------------------------------------------------------------------


def _comments(figures: Figures) -> Iterator[Block]:
    yield Heading(2, "Ý kiến góp ý")
    removed = (
        f" Người được phân công đọc đã lược bỏ một phần hoặc cả {whole(figures.removed)} ý kiến để không ai bị nhận ra."
        if figures.removed
        else ""
    )
    if not figures.comments:
        shown = " nào được công bố" if removed else ""
        yield Paragraph(f"Không có ý kiến góp ý bằng lời{shown}.{removed}")
        return
    if not figures.themes:
        yield Paragraph(
            f"Có {whole(figures.comments)} ý kiến góp ý bằng lời; việc tổng hợp theo chủ đề nêu tại báo cáo của từng "
            f"cơ sở đào tạo, bồi dưỡng.{removed}"
        )
        return
    named = [f"“{theme.title.lower()}” ({whole(theme.count)})" for theme in figures.themes if theme.title][:3]
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
        tuple(_theme_row(number, theme) for number, theme in enumerate(figures.themes, 1)),
        "Ý kiến góp ý theo chủ đề",
        "Một ý kiến có thể thuộc nhiều chủ đề. Nguyên văn các ý kiến không nêu trong báo cáo.",
    )


def _theme_row(number: int, theme: Theme) -> tuple[str, ...]:
    return (str(number), theme.title or "Khác", whole(theme.count), whole(theme.praise), whole(theme.wish))
