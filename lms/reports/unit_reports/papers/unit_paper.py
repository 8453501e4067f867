"""A unit's report to Home Affairs as an official document."""

from collections.abc import Iterator
from typing import Any

from lms.core.clauses import SCHEME, place
from lms.core.i18n import moment, number, percent, speaking
from lms.documents import Block, Column, Heading, Official, Paragraph, Table
from lms.people.sessions import local_day
from lms.reports.unit_reports.forms import FIELD_LABELS, POINT_LABELS
from lms.reports.unit_reports.queries.reports import ProgrammeLine, Report

SUBJECT = (
    "Đánh giá chất lượng đào tạo, bồi dưỡng và việc sử dụng cán bộ, công chức, viên chức sau đào tạo, "
    "bồi dưỡng năm {year}"
)
CITY = "Ủy ban nhân dân thành phố Hà Nội"
_SUMMED = ("sent", "enrolled", "completed", "hours")
"""The system's figures that are added up over the programmes."""
CODE, PROGRAMME = Column("Mã", 1.1, "center"), Column("Chương trình", 3.4, "left")


def document(report: Report) -> Official:
    """Return the report as an official document; until it is submitted it is marked as a draft."""
    row = report.row
    with speaking("vi"):
        body = tuple(_body(report))
        submitted = moment(row.submitted_at)
    return Official(
        superior=report.issuer.superior,
        authority=report.issuer.authority,
        number=report.issuer.number(),
        place=report.issuer.place,
        date=local_day(row.submitted_at) if report.frozen and row.submitted_at else None,
        kind="BÁO CÁO",
        subject=SUBJECT.format(year=row.year),
        body=body,
        recipients=("Như trên", "Lưu: VT"),
        signer_title=row.signer_title or report.issuer.signer_title,
        signer_name=row.signer_name,
        signer_on_behalf="",
        draft=not report.frozen,
        stamp=f"Số liệu được chốt khi gửi báo cáo, lúc {submitted}" if report.frozen else "Số liệu chưa chốt",
        addressee="Kính gửi: Sở Nội vụ thành phố Hà Nội",
    )


def _body(report: Report) -> Iterator[Block]:
    row, year = report.row, report.row.year
    yield Paragraph(f"Thực hiện {place('IV.1', 'V.2.4')}, {SCHEME}, {report.unit} báo cáo kết quả năm {year} như sau:")
    yield Heading(1, "Kết quả đào tạo, bồi dưỡng")
    yield from _training(report)
    yield Heading(1, "Chất lượng đào tạo, bồi dưỡng")
    yield from _quality(report)
    yield Heading(1, "Việc sử dụng cán bộ, công chức, viên chức sau đào tạo, bồi dưỡng")
    yield from _use(report)
    yield Heading(1, "Khó khăn, vướng mắc")
    yield Paragraph(row.difficulties or "Không có.")
    yield Heading(1, "Đề xuất, kiến nghị")
    yield Paragraph(row.proposals or "Không có.")
    period = f"giai đoạn {report.campaign.quota_from} - {report.campaign.quota_to}"
    if report.proposed:
        rows = tuple((line.code, line.name["vi"], number(line.declared.quota)) for line in report.proposed)
        yield Table(
            (CODE, PROGRAMME, Column("Chỉ tiêu đề xuất", 1.6, "right")),
            (*rows, ("", "Cộng", number(sum(line.declared.quota or 0 for line in report.proposed)))),
            f"Đề xuất chỉ tiêu đào tạo, bồi dưỡng {period}",
        )
    else:
        yield Paragraph(f"Đơn vị không đề xuất chỉ tiêu đào tạo, bồi dưỡng {period}.")
    yield Paragraph(
        f"Trên đây là báo cáo của {report.unit} về chất lượng đào tạo, bồi dưỡng và việc sử dụng cán bộ, công chức, "
        f"viên chức sau đào tạo, bồi dưỡng năm {year}, kính gửi Sở Nội vụ tổng hợp./."
    )


def _training(report: Report) -> Iterator[Block]:
    lines = report.concerned
    if report.covers:
        yield Paragraph(
            f"Số liệu gồm cả các đơn vị đã được sáp nhập vào hoặc tổ chức lại thành {report.unit}: "
            f"{'; '.join(report.covers)}."
        )
    if not lines:
        yield Paragraph(f"Đơn vị không có người tham dự lớp nào kết thúc trong năm {report.row.year}.")
        return
    sums = {name: sum(getattr(line.figures, name) for line in lines) for name in _SUMMED}
    sent, enrolled, completed = sums["sent"], sums["enrolled"], sums["completed"]
    rate = f" ({percent(completed / enrolled)})" if enrolled else ""
    yield Paragraph(
        f"Đơn vị đã cử {number(sent)} lượt người tham dự các lớp kết thúc trong năm; {number(enrolled)} lượt người "
        f"theo học, {number(completed)} lượt người hoàn thành{rate}."
    )
    heads = (
        ("Cử đi", 1),
        ("Theo học", 1.1),
        ("Hoàn thành", 1.4),
        ("Tổng số lượt tiết học", 1.4),
        ("Lũy kế đơn vị", 1.2),
    )
    columns = (CODE, PROGRAMME, *(Column(title, width, "right") for title, width in heads))
    target = Column("Toàn TP / chỉ tiêu", 1.7, "right")
    rows = tuple(
        (
            line.code,
            line.name["vi"],
            *(number(getattr(line.figures, name)) for name in (*_SUMMED, "trained")),
            _against(line),
        )
        for line in lines
    )
    total = ("", "Cộng", *(number(sums[name]) for name in _SUMMED), "", "")
    yield Table(
        (*columns, target),
        (*rows, total),
        "Kết quả theo chương trình",
        "Tổng số lượt tiết học: số tiết của chương trình nhân với số người hoàn thành. Lũy kế: từ khi thực hiện Đề án.",
    )


def _against(line: ProgrammeLine) -> str:
    return f"{number(line.figures.city_trained)} / {number(line.figures.target)}"


def _quality(report: Report) -> Iterator[Block]:
    rated = [line for line in report.trained if line.declared.quality]
    if rated:
        yield Table(
            (CODE, PROGRAMME, Column("Đánh giá của đơn vị", 2.4, "left")),
            tuple((line.code, line.name["vi"], _point(line.declared.quality)) for line in rated),
            "Đánh giá chất lượng theo chương trình",
        )
    yield Paragraph(report.row.quality_text or "…")
    for form in report.after_training:
        yield from _after(form)


def _point(quality: int | None) -> str:
    return f"{quality}/5 – {POINT_LABELS[quality]}" if quality else ""


def _after(form: dict[str, Any]) -> Iterator[Block]:
    title, asked, answered = form["title"]["vi"], number(form["asked"]), number(form["answered"])
    yield Paragraph(f"{title}: {answered}/{asked} phiếu đã được trả lời.")
    if form["questions"]:
        rows = (
            (item["text"]["vi"], "; ".join(f"{label['vi']}: {number(count)}" for label, count in item["answers"]))
            for item in form["questions"]
        )
        yield Table((Column("Nội dung", 3, "left"), Column("Số phiếu theo mức trả lời", 4, "left")), tuple(rows), title)
    elif form["answered"]:
        yield Paragraph("Dưới năm phiếu thì không thống kê câu trả lời.")


def _use(report: Report) -> Iterator[Block]:
    names = ("promoted", "placed", "unchanged", "moved", "departed")
    titles = [*(str(FIELD_LABELS.get(name, "Công việc như trước")) for name in names)]
    if report.trained:
        counts = [[getattr(line.declared, name) or 0 for name in names] for line in report.trained]
        rows = tuple(
            (line.code, number(line.figures.completed), *(number(value) for value in values))
            for line, values in zip(report.trained, counts, strict=True)
        )
        total = sum(line.figures.completed for line in report.trained)
        sums = (number(sum(column)) for column in zip(*counts, strict=True))
        yield Table(
            (
                CODE,
                Column("Hoàn thành trong năm", 1.3, "right"),
                *(Column(title, 1.6, "right") for title in titles),
            ),
            (*rows, ("Cộng", number(total), *sums)),
            "Việc sử dụng theo chương trình (số người)",
        )
    yield Paragraph(report.row.use_text or "…")
