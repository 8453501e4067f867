"""A quality report as an official document: head, figures with their sentences, charts and tables, written parts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count, groupby

from lms.documents import Block, Bullets, Heading, LegalBases, Official, Paragraph, Picture, Table
from lms.reports.issued.papers.adjustments import adjusted, helped
from lms.reports.issued.papers.results import results
from lms.reports.issued.rules import wording
from lms.reports.issued.rules.figures import Figures, fingerprint
from lms.reports.issued.rules.life import PARTS
from lms.reports.issued.rules.report import Issue, Report
from lms.reports.issued.rules.wording import decimal, moment, percent, short, whole

DRAFT_STAMP = "Bản dự thảo, số liệu chưa chốt"


_TRUST = {
    "most": "Tỷ lệ trả lời cao, kết quả có tính đại diện cho ý kiến của học viên.",
    "half": "Phần lớn học viên đã trả lời; kết quả phản ánh xu hướng chung, song chưa bao gồm ý kiến của những người "
    "chưa gửi phiếu.",
    "less": "Số học viên có phiếu hợp lệ chưa đạt một nửa; những người còn lại có thể có ý kiến khác, vì vậy cần thận "
    "trọng khi sử dụng các kết quả dưới đây.",
}


def issue_stamp(as_of: datetime, figures: Figures) -> str:
    """Return the line below the signature that ties the document to its figures."""
    return f"Số liệu chốt lúc {moment(as_of)}\nSHA-256 của số liệu: {fingerprint(figures)}"


def official(report: Report, issue: Issue | None = None, stamp: str = DRAFT_STAMP) -> Official:
    """Return the report as an official document; without an issue it is a draft."""
    head = report.head
    return Official(
        superior=head.issuer.superior,
        authority=head.issuer.authority,
        number=issue.number if issue else head.issuer.number(),
        place=issue.place if issue else head.issuer.place,
        date=issue.issued_on if issue else None,
        kind="BÁO CÁO",
        subject=head.subject,
        body=tuple(_captioned(_body(report))),
        recipients=issue.recipients if issue else (),
        signer_title=issue.signer_title if issue else head.issuer.signer_title,
        signer_name=issue.signer_name if issue else "",
        signer_on_behalf=issue.signer_on_behalf if issue else "",
        draft=issue is None,
        stamp=stamp,
    )


def _captioned(blocks: Iterable[Block]) -> Iterator[Block]:
    """Number pictures and tables."""
    pictures, tables = count(1), count(1)
    for block in blocks:
        if isinstance(block, Picture):
            yield replace(block, caption=f"Hình {next(pictures)}. {block.caption}")
        elif isinstance(block, Table):
            yield replace(block, caption=f"Bảng {next(tables)}. {block.caption}")
        else:
            yield block


def _body(report: Report) -> Iterator[Block]:
    figures = report.figures
    yield LegalBases(tuple(report.texts.get("basis", "").split("\n")))
    yield Paragraph(f"{report.head.unit} báo cáo như sau:")
    yield Heading(1, "Công tác tổ chức và tỷ lệ trả lời phiếu đánh giá")
    yield Paragraph(report.head.facts)
    yield from _written(report.texts.get("organisation", ""))
    yield from _response(figures)
    yield Heading(1, "Kết quả đánh giá")
    yield from results(figures)
    yield from _after(report)
    yield Heading(1, "Điều chỉnh sau đánh giá")
    yield from adjusted(report.adjustments, figures.below)
    yield from helped(report.effects)
    for part in PARTS[report.head.kind]:
        if part not in ("basis", "organisation") and report.texts.get(part):
            yield Heading(1, wording.PARTS[part])
            yield from _written(report.texts[part])
    subject = report.head.subject
    yield Paragraph(
        f"Trên đây là báo cáo {subject[:1].lower()}{subject[1:]}, {report.head.unit} trân trọng báo cáo và gửi các cơ "
        "quan, đơn vị biết, phối hợp thực hiện./."
    )


def _after(report: Report) -> Iterator[Block]:
    if report.after:
        yield Heading(2, "Hiệu quả sau bồi dưỡng")
    for one in report.after:
        yield Paragraph(
            f"{one.title}: nhận được {whole(one.filled)} trên {whole(one.asked)} phiếu (có ghi tên); điểm trung bình "
            f"về hiệu quả sau bồi dưỡng là {decimal(one.mean)} trên thang {one.points} điểm."
        )


def _response(figures: Figures) -> Iterator[Block]:
    response = figures.response
    invalid = (
        f" và {whole(response.invalid)} phiếu không được tính do bỏ trống quá {short(figures.blank_limit)}% số chỉ tiêu"
        if response.invalid
        else ""
    )
    yield Paragraph(
        f"Có {whole(response.answered)} trên {whole(response.invited)} lượt học viên được mời đã gửi phiếu, đạt tỷ lệ "
        f"{percent(response.answered / response.invited)}; trong đó {whole(response.valid)} phiếu hợp lệ{invalid}."
    )
    yield Paragraph(_TRUST[figures.trust])
    if figures.few:
        yield Paragraph(
            "Do số phiếu ít, mỗi ý kiến có ảnh hưởng đáng kể đến kết quả; cần chú ý khoảng trong ngoặc khi so sánh các "
            "điểm trung bình."
        )


def _written(text: str) -> Iterator[Block]:
    """Give a written part: a line is a paragraph, lines that begin with a dash are a list."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for dashed, group in groupby(lines, lambda line: line.startswith(("- ", "– ", "• "))):
        if dashed:
            yield Bullets(tuple(line[2:].strip() for line in group))
        else:
            yield from (Paragraph(line) for line in group)
