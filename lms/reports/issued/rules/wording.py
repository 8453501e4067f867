"""The Vietnamese of a quality report: an official document has one language, whatever that of its reader."""

from collections.abc import Iterable
from datetime import date, datetime

from lms.core.i18n import ZONE
from lms.reports.issued.rules.figures import Score

STATED = {"due": "Chưa xác định", "stated": "Đang thực hiện", "done": "Đã hoàn thành"}
WAYS = {"up": "Tăng rõ rệt", "down": "Giảm rõ rệt", "unclear": "Chưa rõ"}
PARTS = {
    "organisation": "Công tác tổ chức",
    "assessment": "Đánh giá chung",
    "use": "Việc sử dụng cán bộ, công chức, viên chức sau đào tạo, bồi dưỡng",
    "causes": "Hạn chế và nguyên nhân",
    "content": "Bổ sung, điều chỉnh chuyên đề, nội dung chương trình",
    "measures": "Biện pháp điều chỉnh",
    "proposals": "Đề xuất, kiến nghị",
}
"""Headings of the written parts; ``basis`` opens the document without one."""

BASIS = "\n".join(
    (
        "Căn cứ Quyết định số 1698/QĐ-UBND ngày 19 tháng 5 năm 2022 của Ủy ban nhân dân Thành phố Hà Nội phê duyệt "
        "Đề án “Đào tạo, bồi dưỡng nâng cao chất lượng cán bộ, công chức, viên chức thành phố Hà Nội giai đoạn "
        "2022 - 2025 và định hướng đến năm 2030”;",
        "Căn cứ Nghị định số 171/2025/NĐ-CP ngày 30 tháng 6 năm 2025 của Chính phủ quy định về đào tạo, bồi dưỡng "
        "công chức;",
        "Căn cứ Thông tư số 10/2017/TT-BNV ngày 29 tháng 12 năm 2017 của Bộ trưởng Bộ Nội vụ quy định về đánh giá chất "
        "lượng bồi dưỡng cán bộ, công chức.",
    )
)
"""With what a new draft begins; its writer adapts it to the acts in force."""

NO_VALUE = "–"
_SWAP = str.maketrans(",.", ".,")


def whole(value: int) -> str:
    """Write a count as 1.250."""
    return f"{value:,}".translate(_SWAP)


def decimal(value: float | None) -> str:
    """Write a mean as 4,05."""
    return NO_VALUE if value is None else f"{value:z,.2f}".translate(_SWAP)


def ranged(score: Score, break_: str = " ") -> str:
    """Write a mean with the range in which it lies: 4,05 (3,90–4,20)."""
    if score.low is None:
        return decimal(score.mean)
    return f"{decimal(score.mean)}{break_}({decimal(score.low)}–{decimal(score.high)})"


def short(value: float | None) -> str:
    """Write a median or a threshold as 4 or 3,5."""
    return NO_VALUE if value is None else f"{value:z,.2f}".rstrip("0").rstrip(".").translate(_SWAP)


def percent(share: float) -> str:
    """Write a share as 93,3%."""
    return f"{share * 100:,.1f}".removesuffix(".0").translate(_SWAP) + "%"


def day(value: date | None) -> str:
    """Write a date as 28/11/2026."""
    return NO_VALUE if value is None else f"{value:%d/%m/%Y}"


def moment(at: datetime) -> str:
    """Write a moment as 08:30 ngày 28/11/2026."""
    return f"{at.astimezone(ZONE):%H:%M ngày %d/%m/%Y}"


def listed(names: Iterable[str]) -> str:
    """Write names as “một, hai và ba”."""
    *first, last = names
    return f"{', '.join(first)} và {last}" if first else last


def counted(parts: Iterable[tuple[int, str]]) -> str:
    """Write counts of one whole, without those that are zero: “2 tăng rõ rệt và 1 giảm rõ rệt”."""
    named = [f"{whole(count)} {words}" for count, words in parts if count]
    return listed(named) if named else ""
