"""The template of a roster: headers, one example row, and a sheet of hints (in Vietnamese, as the headers are)."""

import io

import xlsxwriter

from lms.people.roster.columns import COLUMNS


def build() -> bytes:
    """Return the template as XLSX."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#DCEBE7", "border": 1, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("Danh sách nhân sự")
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, max(14, len(column.title) + 4), text)
            sheet.write_string(0, index, column.title, head)
            sheet.write_string(1, index, column.example, text)
            sheet.write_comment(0, index, column.hint)
        sheet.freeze_panes(1, 0)
        hints = book.add_worksheet("Hướng dẫn")
        hints.set_column(0, 0, 28)
        hints.set_column(1, 1, 12)
        hints.set_column(2, 2, 90)
        for index, title in enumerate(("Cột", "Bắt buộc", "Cách ghi")):
            hints.write_string(0, index, title, head)
        for number, column in enumerate(COLUMNS, 1):
            hints.write_string(number, 0, column.headers[0], wrap)
            hints.write_string(number, 1, "Có" if column.required else "Không", wrap)
            hints.write_string(number, 2, column.hint, wrap)
        notes = (
            "Dòng ví dụ trong tờ “Danh sách nhân sự” cần được thay bằng dữ liệu thật trước khi nhập.",
            "Mỗi người một dòng; mã CBCCVC không được trùng. Người đã có trong hệ thống được cập nhật theo danh sách.",
            "Cột không bắt buộc có thể bỏ; khi cột có mặt, ô để trống sẽ xóa dữ liệu cũ của người đó.",
        )
        for number, note in enumerate(notes, len(COLUMNS) + 2):
            hints.merge_range(number, 0, number, 2, note, wrap)
    return stream.getvalue()
