"""Home Affairs' report to the People's Committee: the units' reports put together."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from lms.core.clauses import SCHEME, place
from lms.core.i18n import day, in_words, number, percent, speaking
from lms.documents import Block, Column, Heading, Official, Paragraph, Picture, Table
from lms.documents.issuers import Body, issuer_of
from lms.reports.unit_reports import wording
from lms.reports.unit_reports.papers.unit_paper import CITY, CODE, PROGRAMME
from lms.reports.unit_reports.queries.campaigns import Counts, UnitRow
from lms.reports.unit_reports.queries.summary import Summary, Sums, Voices
from lms.surveys.themes import Group

SUBJECT = (
    "Tổng hợp đánh giá chất lượng đào tạo, bồi dưỡng và việc sử dụng cán bộ, công chức, viên chức sau đào tạo, "
    "bồi dưỡng năm {year}"
)
_ISSUER = issuer_of((Body("HN", "Thành phố Hà Nội"), Body("SNV", "Sở Nội vụ")))
LEVEL = Column("Cấp", 2.6, "left")


def document(summary: Summary, voices: Voices, missing: Sequence[UnitRow], *, at: datetime) -> Official:
    """Return the summary as an official document; while units can still report it is marked as a draft."""
    with speaking("vi"):
        body = tuple(_body(summary, voices, missing))
    return Official(
        superior=_ISSUER.superior,
        authority=_ISSUER.authority,
        number=_ISSUER.number(),
        place=_ISSUER.place,
        date=None,
        kind="BÁO CÁO",
        subject=SUBJECT.format(year=summary.campaign.year),
        body=body,
        recipients=("Như trên", "Giám đốc Sở", "Lưu: VT"),
        signer_title=_ISSUER.signer_title,
        signer_name="",
        signer_on_behalf="",
        draft=summary.campaign.closed_at is None,
        stamp=f"Tổng hợp từ báo cáo của các đơn vị, lúc {in_words(at)}",
        addressee=f"Kính gửi: {CITY}",
    )


def _body(summary: Summary, voices: Voices, missing: Sequence[UnitRow]) -> Iterator[Block]:
    yield Paragraph(
        f"Thực hiện {place('V.2.1')}, {SCHEME} ("
        "“Hàng năm, tổng hợp đánh giá chất lượng ĐTBD CBCCVC và sử dụng CBCCVC sau ĐTBD của cơ quan, đơn vị báo cáo "
        f"UBND Thành phố”), Sở Nội vụ tổng hợp báo cáo năm {summary.campaign.year} của các cơ quan, đơn vị như sau:"
    )
    yield Heading(1, "Tình hình gửi báo cáo")
    yield from _reporting(summary)
    yield Heading(1, "Kết quả và chất lượng đào tạo, bồi dưỡng")
    yield from _training(summary)
    yield Heading(1, "Việc sử dụng cán bộ, công chức, viên chức sau đào tạo, bồi dưỡng")
    yield from _use(summary)
    yield Heading(1, "Khó khăn, vướng mắc và đề xuất của các đơn vị")
    yield from _themes("Khó khăn, vướng mắc", voices.difficulties)
    yield from _themes("Đề xuất, kiến nghị", voices.proposals)
    yield Heading(1, f"Đề xuất chỉ tiêu giai đoạn {summary.campaign.quota_from} - {summary.campaign.quota_to}")
    yield from _quotas(summary)
    yield Heading(1, "Các đơn vị chưa gửi báo cáo")
    yield from _missing(summary, missing)
    yield Paragraph(
        "Trên đây là kết quả tổng hợp đánh giá chất lượng đào tạo, bồi dưỡng và việc sử dụng cán bộ, công chức, viên "
        f"chức sau đào tạo, bồi dưỡng năm {summary.campaign.year}, Sở Nội vụ kính báo cáo Ủy ban nhân dân Thành phố "
        "xem xét, chỉ đạo./."
    )


def _reporting(summary: Summary) -> Iterator[Block]:
    units, due_on = summary.units, day(summary.campaign.due_on)
    yield Paragraph(
        f"Hạn gửi báo cáo là ngày {due_on}. {number(units.reported)}/{number(units.units)} đơn vị đã gửi báo cáo "
        f"({percent(units.rate)}){_but(units)}"
    )
    heads = ("Số đơn vị", "Đã gửi", "Gửi sau hạn", "Đã chấp nhận", "Chưa gửi", "Tỷ lệ")
    rows = tuple(
        (
            label,
            *(number(value) for value in (counts.units, counts.reported, counts.late, counts.accepted, counts.missing)),
            percent(counts.rate),
        )
        for label, counts in [
            *((wording.level_word(level.key), level) for level in summary.levels),
            ("Toàn Thành phố", units),
        ]
    )
    yield Table((LEVEL, *(Column(head, 1.2, "right") for head in heads)), rows, "Tình hình gửi báo cáo theo cấp")
    if summary.levels:
        yield Picture(
            wording.chart("reporting", summary),
            "Biểu đồ tỷ lệ đơn vị đã gửi đúng hạn, gửi sau hạn, chưa gửi theo cấp; số liệu ở bảng trên.",
            "Tỷ lệ đơn vị gửi báo cáo theo cấp",
        )
    if summary.orphans:
        yield Paragraph(
            "Các đơn vị đã giải thể, không có đơn vị kế thừa, nên không có đơn vị nào báo cáo thay: "
            f"{'; '.join(summary.orphans)}."
        )


def _but(units: Counts) -> str:
    """Tell of those late, missing and accepted, where there are any."""
    late = f", trong đó {number(units.late)} đơn vị gửi sau hạn" if units.late else ""
    missing = f"; {number(units.missing)} đơn vị chưa gửi" if units.missing else ""
    accepted = f" Sở Nội vụ đã chấp nhận {number(units.accepted)} báo cáo." if units.accepted else ""
    return f"{late}{missing}.{accepted}"


def _training(summary: Summary) -> Iterator[Block]:
    city = summary.city
    if not city.sent:
        yield Paragraph("Chưa có đơn vị nào báo cáo về người tham dự các lớp kết thúc trong năm.")
        return
    yield Paragraph(
        f"Theo báo cáo, các đơn vị đã cử {number(city.sent)} lượt người tham dự các lớp kết thúc trong năm; "
        f"{number(city.enrolled)} lượt người theo học, {number(city.completed)} lượt người hoàn thành; tổng số lượt "
        f"tiết học là {number(city.hours)}."
    )
    heads = (
        ("Cử đi", 1.1),
        ("Theo học", 1.1),
        ("Hoàn thành", 1.4),
        ("Tổng số lượt tiết học", 1.5),
        ("Chất lượng (1-5)", 1.4),
    )
    columns = tuple(Column(title, width, "right") for title, width in heads)
    rows = tuple(
        (programme.key, programme.name["vi"], *_figures(programme), _against(programme))
        for programme in summary.attended
    )
    total = ("", "Cộng", *_figures(city), "")
    yield Table(
        (CODE, PROGRAMME, *columns, Column("Lũy kế / chỉ tiêu", 1.7, "right")),
        (*rows, total),
        "Kết quả và chất lượng theo chương trình",
        "Chất lượng: điểm trung bình do các đơn vị có người hoàn thành đánh giá. Lũy kế: toàn Thành phố, từ khi "
        "thực hiện Đề án.",
    )
    rows = tuple((wording.level_word(level.key), *_figures(level)) for level in summary.by_level)
    yield Table((LEVEL, *columns), (*rows, ("Toàn Thành phố", *_figures(city))), "Kết quả và chất lượng theo cấp")
    rated = [programme for programme in summary.trained if programme.quality is not None]
    if rated:
        yield Paragraph(f"Điểm chất lượng trung bình chung là {number(city.quality, '0.00')}/5{_extremes(rated)}.")
        yield Picture(
            wording.chart("quality", summary),
            "Biểu đồ điểm trung bình về chất lượng theo chương trình; số liệu ở bảng trên.",
            "Chất lượng theo chương trình",
        )


def _extremes(rated: Sequence[Sums]) -> str:
    ranked = sorted(rated, key=lambda programme: -(programme.quality or 0))
    best, worst = ranked[0], ranked[-1]
    if number(best.quality, "0.00") == number(worst.quality, "0.00"):
        return ""
    return (
        f"; cao nhất là chương trình {best.key} ({number(best.quality, '0.00')}), thấp nhất là {worst.key} "
        f"({number(worst.quality, '0.00')})"
    )


def _figures(sums: Sums) -> tuple[str, ...]:
    return (
        *(number(value) for value in (sums.sent, sums.enrolled, sums.completed, sums.hours)),
        number(sums.quality, "0.00"),
    )


def _against(programme: Sums) -> str:
    return f"{number(programme.trained)} / {number(programme.target)}"


def _use(summary: Summary) -> Iterator[Block]:
    city = summary.city
    if not city.completed:
        yield Paragraph("Chưa có đơn vị nào báo cáo về người hoàn thành chương trình trong năm.")
        return
    fitting = city.placed + city.promoted
    yield Paragraph(
        f"Trong {number(city.completed)} lượt người hoàn thành, {number(fitting)} lượt người "
        f"({percent(fitting / city.completed)}) được giao việc đúng nội dung đào tạo, bồi dưỡng hoặc được bổ nhiệm, "
        f"quy hoạch{_others(city)}."
    )
    heads = [Column(word.capitalize(), 1.5, "right") for word in wording.use_words()]
    columns = (Column("Hoàn thành", 1.2, "right"), *heads)
    rows = tuple((programme.key, *_uses(programme)) for programme in summary.trained)
    yield Table((CODE, *columns), (*rows, ("Cộng", *_uses(city))), "Việc sử dụng theo chương trình (lượt người)")
    levels = tuple((wording.level_word(level.key), *_uses(level)) for level in summary.by_level if level.completed)
    whole = ("Toàn Thành phố", *_uses(city))
    yield Table((LEVEL, *columns), (*levels, whole), "Việc sử dụng theo cấp (lượt người)")
    yield Picture(
        wording.chart("use", summary),
        "Biểu đồ tỷ lệ sử dụng người hoàn thành theo chương trình; số liệu ở bảng trên.",
        "Việc sử dụng theo chương trình",
    )


def _others(city: Sums) -> str:
    parts = (
        (city.unchanged, "làm công việc như trước"),
        (city.moved, "chuyển công tác"),
        (city.departed, "thôi việc, nghỉ hưu"),
    )
    named = [f"{number(count)} lượt người {words}" for count, words in parts if count]
    return f"; {', '.join(named)}" if named else ""


def _uses(sums: Sums) -> tuple[str, ...]:
    return tuple(number(value) for value in (sums.completed, *sums.uses))


def _themes(title: str, groups: Sequence[Group]) -> Iterator[Block]:
    yield Heading(2, title)
    if not groups:
        yield Paragraph("Không có đơn vị nào nêu.")
        return
    rows = tuple((group.theme.title["vi"] if group.theme else "Nội dung khác", number(group.count)) for group in groups)
    yield Table(
        (Column("Nhóm nội dung", 5, "left"), Column("Số đơn vị nêu", 1.6, "right")),
        rows,
        note="Một đơn vị có thể nêu nhiều nhóm nội dung; toàn văn ý kiến ở tệp số liệu kèm theo.",
    )


def _quotas(summary: Summary) -> Iterator[Block]:
    proposed = [programme for programme in summary.programmes if programme.quota]
    if not proposed:
        yield Paragraph("Chưa có đơn vị nào đề xuất chỉ tiêu.")
        return
    rows = tuple(
        (programme.key, programme.name["vi"], number(programme.target), number(programme.quota))
        for programme in proposed
    )
    total = ("", "Cộng", number(sum(programme.target for programme in proposed)), number(summary.city.quota))
    columns = (Column("Chỉ tiêu đến 2025", 1.5, "right"), Column("Đề xuất", 1.5, "right"))
    yield Table((CODE, PROGRAMME, *columns), (*rows, total), "Tổng chỉ tiêu các đơn vị đề xuất")


def _missing(summary: Summary, missing: Sequence[UnitRow]) -> Iterator[Block]:
    if not missing:
        yield Paragraph("Tất cả các đơn vị đã gửi báo cáo.")
        return
    rows = tuple(
        (str(place), row.unit, wording.level_word(row.level), number(row.reminders))
        for place, row in enumerate(missing, 1)
    )
    yield Paragraph(f"Đến thời điểm tổng hợp, {number(summary.units.missing)} đơn vị chưa gửi báo cáo:")
    columns = (Column("TT", 0.8, "center"), Column("Đơn vị", 5, "left"), LEVEL, Column("Số lần nhắc", 1.3, "right"))
    yield Table(columns, rows, "Danh sách đơn vị chưa gửi báo cáo")
