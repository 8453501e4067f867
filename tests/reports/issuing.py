"""The life of a quality report in tests: its steps through the pages, and reading what came of it."""

from io import BytesIO
from unicodedata import normalize
from uuid import UUID

import docx
from pypdf import PdfReader

from lms.core.database import utcnow
from lms.core.i18n import ZONE
from lms.reports.issued.models import QualityReport
from tests.pages import fields_of

TEXTS = {
    "basis": "- Quyết định số 1698/QĐ-UBND",
    "assessment": "Chất lượng lớp đáp ứng yêu cầu.",
    "causes": "Phòng học chật.",
    "measures": "- Đổi phòng học\n- Bổ sung máy chiếu",
}


class Steps:
    """The steps of a report's life, each through its page."""

    def __init__(self, submit, session):
        self.post, self.session = submit, session

    def begin(self, at):
        answer = self.post(at.writer, at.begin_at, page=at.quality)
        assert answer.status_code == 302
        at.url = answer.location
        at.id = UUID(at.url.rsplit("/", 1)[1])
        return at

    def write(self, at, **texts):
        return self.post(at.writer, f"{at.url}/texts", self.seen(at) | TEXTS | texts)

    def seen(self, at):
        """What the page of texts shows and holds hidden."""
        page = at.writer.get(f"{at.url}/texts")
        fields = fields_of(page.text) if page.status_code == 200 else {}
        return {name: value for name, value in fields.items() if name != "csrf_token"}

    def submit(self, at):
        return self.post(at.writer, f"{at.url}/submit", page=f"{at.url}/texts")

    def approve(self, at, by=None):
        return self.post(by or at.boss, f"{at.url}/approve", page=at.url)

    def send_back(self, at, reason="Chưa nêu nguyên nhân."):
        return self.post(at.boss, f"{at.url}/send-back", {"reason": reason}, page=at.url)

    def issue(self, at, **given):
        today = utcnow().astimezone(ZONE).date().isoformat()
        fields = {"number": "12/BC-TBD", "issued_on": today, "place": "Hà Nội", "signer_on_behalf": ""}
        fields |= {"signer_title": "Hiệu trưởng", "signer_name": "Nguyễn Thị Phượng"}
        fields |= {"recipients": "UBND Thành phố\nSở Nội vụ\nLưu: VT"}
        return self.post(at.writer, f"{at.url}/issue", fields | given)

    def approved(self, at):
        self.begin(at)
        for answer in (self.write(at), self.submit(at), self.approve(at)):
            assert answer.status_code == 302
        return at

    def issued(self, at):
        self.approved(at)
        assert self.issue(at).status_code == 302
        return at

    def row(self, at):
        self.session.expire_all()
        return self.session.get(QualityReport, at.id)


def downloads(at):
    return {form: at.writer.get(f"{at.url}/files/{form}").data for form in ("docx", "pdf", "xlsx")}


def word_text(data):
    document = docx.Document(BytesIO(data))
    return "\n".join(p.text for p in document.paragraphs).replace("\u00a0", " ")


def paper_text(data):
    return normalize("NFC", "".join("".join(p.extract_text() for p in PdfReader(BytesIO(data)).pages).split()))
