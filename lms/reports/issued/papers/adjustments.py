"""Adjustments in a report: what the results ask for, and whether what was carried out helped (mục IV.5)."""

from collections.abc import Iterator, Sequence

from lms.documents import Block, Column, Paragraph, Table
from lms.reports.issued.papers.groups import TABLED
from lms.reports.issued.rules.report import AdjustmentEffect, DueAdjustment
from lms.reports.issued.rules.wording import NO_VALUE, STATED, WAYS, counted, day, decimal, short, whole

_NUMBER = Column("TT", 1.2, "center")
_STATES = {
    "done": "đã hoàn thành",
    "stated": "đang thực hiện",
    "due": "chưa xác định nguyên nhân và biện pháp",
}
_CHANGES = {"up": "tăng rõ rệt", "down": "giảm rõ rệt", "unclear": "chênh lệch trong phạm vi ngẫu nhiên"}


def adjusted(changes: Sequence[DueAdjustment], below: int) -> Iterator[Block]:
    """Give the adjustments that the results ask for, with cause, measure, person and date.

    :param below: how many results lie below their threshold
    """
    if not changes and below:
        yield Paragraph(
            f"Có {whole(below)} kết quả tổng hợp dưới ngưỡng; chưa có nội dung điều chỉnh nào được lập cho từng lớp."
        )
        return
    if not changes:
        yield Paragraph("Không có kết quả nào dưới ngưỡng nên không phát sinh nội dung phải điều chỉnh.")
        return
    counts = {state: sum(adjustment.state == state for adjustment in changes) for state in STATED}
    yield Paragraph(
        f"Có {whole(len(changes))} kết quả dưới ngưỡng phải điều chỉnh: "
        f"{counted((counts[state], words) for state, words in _STATES.items())}."
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
        tuple(_change_row(number, adjustment) for number, adjustment in enumerate(changes[:TABLED], 1)),
        "Nội dung phải điều chỉnh",
        _more(len(changes)),
    )


def _change_row(number: int, adjustment: DueAdjustment) -> tuple[str, ...]:
    return (
        str(number),
        _lines(adjustment.title, adjustment.lecturer, adjustment.class_code),
        f"{decimal(adjustment.mean)} ({short(adjustment.threshold)})",
        adjustment.cause or NO_VALUE,
        adjustment.measure or NO_VALUE,
        _lines(adjustment.responsible, day(adjustment.due_on) if adjustment.due_on else "") or NO_VALUE,
        STATED[adjustment.state],
    )


def helped(carried_out: Sequence[AdjustmentEffect]) -> Iterator[Block]:
    """Give what became of adjustments in the evaluation that followed."""
    if not carried_out:
        return
    ways = {way: sum(effect.way == way for effect in carried_out) for way in WAYS}
    yield Paragraph(
        f"Có {whole(len(carried_out))} nội dung điều chỉnh đã thực hiện và được đánh giá lại: "
        f"{counted((ways[way], words) for way, words in _CHANGES.items())}."
    )
    yield Table(
        (
            _NUMBER,
            Column("Nội dung điều chỉnh", 5, "left"),
            Column("Biện pháp", 5, "left"),
            Column("Trước", 2, "right"),
            Column("Sau", 2, "right"),
            Column("Chuyển biến", 2.6, "left"),
        ),
        tuple(
            (
                str(number),
                _lines(effect.title, effect.lecturer, f"{effect.class_code} → {effect.later_class}"),
                effect.measure or NO_VALUE,
                decimal(effect.before),
                decimal(effect.after),
                WAYS[effect.way],
            )
            for number, effect in enumerate(carried_out[:TABLED], 1)
        ),
        "Hiệu quả của các điều chỉnh đã thực hiện",
        _more(len(carried_out)),
    )


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _more(count: int) -> str:
    return f"Bảng nêu {TABLED} nội dung đầu; toàn bộ có trong tệp số liệu kèm theo." if count > TABLED else ""
