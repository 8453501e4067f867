"""Downloads have the name they are given, whatever is in it, and are kept by nobody on their way."""

import io
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from lms.core import downloads, files

NAMES = st.one_of(
    st.sampled_from(["Đơn xin nghỉ.pdf", 'a"; filename="b.exe', "năm 2026/quý 4.xlsx"]), st.text(max_size=80)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(NAMES)
def test_a_name_is_one_line_and_arrives_as_it_is(app: Flask, session: Any, name: str) -> None:
    stored = files.put(io.BytesIO(b"mot tep"))
    with app.test_request_context("/"):
        answers = [
            downloads.made(b"mot tep", name, "text/plain"),
            downloads.streamed(iter(["mot tep"]), name, "text/csv"),
            downloads.attachment(stored.sha256, name, stored.size),
        ]
        for answer in answers:
            kind, options = parse_options_header(answer.headers["Content-Disposition"])
            assert kind == "attachment" and "/" not in options["filename"] and "\n" not in options["filename"]
            assert answer.headers["Cache-Control"] == "private, no-store"
            answer.direct_passthrough = False
            assert answer.get_data() == b"mot tep"
            answer.close()
        assert len({parse_options_header(one.headers["Content-Disposition"])[1]["filename"] for one in answers}) == 1


def test_vietnamese_names_stay_whole(app: Flask, session: Any) -> None:
    with app.test_request_context("/"):
        answer = downloads.workbook(b"x", "Kết quả Đợt 1/2026.xlsx")
    assert parse_options_header(answer.headers["Content-Disposition"])[1]["filename"] == "Kết quả Đợt 1-2026.xlsx"
