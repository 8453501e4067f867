"""Materials as staff use them: what is taken and refused, with which words, and many at once; through HTTP."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.catalogue.models import Module
from lms.core.database import db
from lms.library.models import Package, Upload
from lms.packages.structure import Unit
from tests import factories
from tests.library.test_api import COURSE, Api, cmi5, zipped
from tests.library.test_uploads import PNG, Sender
from tests.packages.test_cartridge import CITIES, EIGHT, canvas, item, manifest, question, resource

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
GIFT = "::Thủ đô:: Thủ đô của Việt Nam là {=Hà Nội ~Huế ~Đà Nẵng}\n\nTrái Đất tròn. {T}\n"
MOODLE = '<?xml version="1.0"?><quiz><question type="multichoice"><name><text>a</text></name></question></quiz>'
QTI = '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><item ident="a"/></questestinterop>'
QTI21 = '<?xml version="1.0"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="a"/>'
QTI_PACKAGE = (
    '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/><resources>'
    '<resource identifier="a" type="imsqti_item_xmlv2p1" href="a.xml"><file href="a.xml"/></resource></resources>'
    "</manifest>"
)


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def api(client, institution):
    return Api(client, institution)


@pytest.fixture
def staff(institution, sign_in, submit):
    return Sender(sign_in(factories.holder("institution_staff", institution)), submit, institution)


def units(api, uploaded):
    assert uploaded["state"] == "taken", uploaded
    return api("GET", f"/versions/{uploaded['version_id']}").json["units"]


# -- taken -------------------------------------------------------------------------------------------------------------


def test_a_page_that_stands_in_no_module_is_taken_under_its_own_title(api):
    files = {"bai_dot_html": "<title>Trang ngoài</title>", "mot_dot_html": "<p>", "imsmanifest_dot_xml": ""}
    files["imsmanifest_dot_xml"] = manifest(item("b", "Bài 1"), resource("a", "bai.html") + resource("b", "mot.html"))
    found = units(api, api.upload(zipped(**files), "khoa.imscc").json)
    assert [one["title"].get("vi") for one in found[1:]] == ["Bài 1", "Trang ngoài"]


def test_what_a_page_of_a_cartridge_needs_is_no_unit_of_its_own(api):
    page = resource("b", "mot.html").replace("<file", '<dependency identifierref="a"/><file')
    manifest_ = manifest(item("b", "Bài 1"), resource("a", "phu.html") + page)
    found = units(api, api.upload(zipped(phu_dot_html="<p>", mot_dot_html="<p>", imsmanifest_dot_xml=manifest_)).json)
    assert [one["href"] if "href" in one else one["title"]["vi"] for one in found[1:]] == ["Bài 1"]


@pytest.mark.parametrize("folder", ["", "a__", "a__b__", "Khóa học 1__nội dung__bản cuối__"])
@pytest.mark.parametrize("beside", [{}, {"doc_dot_txt": "ghi chú"}], ids=["alone", "beside a note"])
@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("cmi5", {"cmi5_dot_xml": COURSE, "bai1__index_dot_html": "<title>Bài một</title>"}),
        ("html", {"index_dot_html": "<title>Bài</title>", "anh__a_dot_png": PNG}),
    ],
)
def test_a_package_in_any_folder_is_taken(api, folder, beside, kind, files):
    content = zipped(**{f"{folder}{name}": body for name, body in files.items()}, **beside)
    uploaded = api.upload(content).json
    assert (uploaded["state"], uploaded["kind"]) == ("taken", kind), uploaded


def test_files_of_many_kinds_are_one_package_in_their_order(api):
    content = zipped(**{"Tuần 2__b_dot_pdf": PDF, "Bài 10_dot_png": PNG, "Bài 2_dot_png": PNG, "la_dot_xyz": "?"})
    uploaded = api.upload(content, "Học liệu.zip").json
    found = units(api, uploaded)
    assert uploaded["kind"] == "collection"
    assert [(one["kind"], one["title"]["und"]) for one in found[1:]] == [
        ("image", "Bài 2"),
        ("image", "Bài 10"),
        ("block", "Tuần 2"),
        ("pdf", "b"),
    ]
    assert "la.xyz" in str(uploaded["notes"])


def test_a_file_of_a_set_that_is_not_what_its_name_says_is_left_out_and_named(api):
    uploaded = api.upload(zipped(a_dot_png=PNG, b_dot_pdf="<html>")).json
    assert [one["kind"] for one in units(api, uploaded)[1:]] == ["image"]
    assert [note["path"] for note in uploaded["notes"]] == ["b.pdf"]


# -- refused, with the right word --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filename", "content", "word"),
    [
        ("giáo trình.pdf", "<!doctype html><html><p>Trang", "trang web (HTML)"),
        ("gói.zip", "chỉ là văn bản", "văn bản thuần"),
        ("bài.h5p", "abcd", "văn bản thuần"),
        ("bài.h5p", b"PK\x03\x04", "bị hỏng"),
        ("ảnh.png", "%PDF-1.4\n", "tài liệu PDF"),
        ("phim.mp4", PNG, "hình ảnh"),
        ("bài.docx", PDF, "tài liệu PDF"),
        ("câu hỏi.txt", GIFT, "ngân hàng câu hỏi"),
        ("câu hỏi.gift", "Mấy? {#3}", "ngân hàng câu hỏi"),
        ("moodle.xml", MOODLE, "Moodle XML"),
        ("de.xml", QTI, "QTI"),
        ("de.xml", QTI21, "QTI"),
        ("de.zip", zipped(imsmanifest_dot_xml=QTI_PACKAGE, a_dot_xml=QTI21), "QTI"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused_by_its_name(api, filename, content, word):
    refused = api.upload(content if isinstance(content, bytes) else content.encode(), filename).json
    assert refused["state"] == "refused", refused
    ((path, vi),) = [(fault["path"], fault["vi"]) for fault in refused["faults"]]
    assert path == filename and word in vi, vi


@pytest.mark.parametrize(
    "text",
    [
        "# Bài 1\n\nTập hợp {1, 2, 3} và CSS `a { color: red }`, hàm `f() { return x = 1 }`.\n",
        "Ma trận chuyển vị $A^{T}$ và $x_{=}$, ngoặc {không} phải đáp án",
        "Đoạn có {dấu ngoặc} thường.",
    ],
)
def test_a_page_with_braces_is_a_page(api, text):
    assert api.upload(text.encode(), "bài.md").json["state"] == "taken"


# -- messages ----------------------------------------------------------------------------------------------------------

BROKEN = {
    "cut.zip": cmi5()[:-40],
    "in-front.zip": b"MZ" + cmi5(),
    "behind.zip": cmi5() + b"x" * 30,
    "xml.zip": zipped(imsmanifest_dot_xml="<manifest>"),
    "json.zip": zipped(h5p_dot_json="{", content__content_dot_json="{}"),
    "yaml.zip": zipped(khue_dot_yaml="form: [1"),
    "form.zip": zipped(khue_dot_yaml="form: x"),
    "cart.zip": zipped(imsmanifest_dot_xml=manifest(item("no"), resource("q1f3a", "x.bin", "foo/bar"))),
    "empty.zip": zipped(),
    "nothing.bin": b"\0\1\2\3",
}
INTERNAL = re.compile(r"khue-|tmp|[0-9a-f]{8}-[0-9a-f]{4}|\bi-|q1f3a|/var/|staged", re.IGNORECASE)
ENGLISH = re.compile(r"\b(line|expected|column|error|found|character|invalid|object)\b", re.IGNORECASE)


@pytest.mark.parametrize("filename", BROKEN)
def test_a_refusal_names_files_of_the_sender_in_vietnamese(api, filename):
    refused = api.upload(BROKEN[filename], filename).json
    assert refused["state"] == "refused", refused
    known = {filename, "imsmanifest.xml", "h5p.json", "khue.yaml", "x.bin", "Mục"}
    for fault in refused["faults"]:
        assert re.split(r"[: ]", fault["path"])[0] in known, fault
        assert not INTERNAL.search(fault["path"] + fault["vi"]) and not ENGLISH.search(fault["vi"]), fault


# -- own pass marks, and what can be launched --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"),
    [("", ("Completed", None)), ('<decvar varname="SCORE" cutvalue="7" maxvalue="10"/>', ("Passed", 0.7))],
)
def test_a_quiz_of_a_cartridge_keeps_its_own_pass_mark_and_gets_none(api, said, kept):
    quiz = canvas(question("cc.multiple_choice.v0p1", CITIES, EIGHT))
    text = quiz.decode() if isinstance(quiz, bytes) else quiz
    outcomes = f"<outcomes_processing><outcomes>{said}</outcomes></outcomes_processing>"
    text = re.sub(r"(<assessment[^>]*>)", rf"\1{outcomes}", text)
    kind = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"
    content = zipped(imsmanifest_dot_xml=manifest(item("a"), resource("a", "q.xml", kind)), q_dot_xml=text)
    (unit,) = [one for one in units(api, api.upload(content, "k.imscc").json) if one["kind"] == "au"]
    assert (unit["properties"]["moveOn"], unit["properties"].get("masteryScore")) == kept


def test_what_the_api_calls_launchable_can_be_launched_and_nothing_else(api):
    learner = {"account": {"homePage": "https://ngoai.example", "name": "hv-1"}}
    samples = [cmi5(), zipped(a_dot_png=PNG, Tuan__b_dot_png=PNG), zipped(index_dot_html="<title>a</title>")]
    for content in samples:
        uploaded = api.upload(content).json
        body = {"version_id": uploaded["version_id"], "learner": learner}
        registration = api("POST", "/registrations", json=body).json["id"]
        for unit in units(api, uploaded):
            answer = api("POST", f"/registrations/{registration}/launches", json={"unit_id": unit["id"]})
            assert (answer.status_code == 201) is unit["launchable"], (unit, answer.text)


# -- many at once ------------------------------------------------------------------------------------------------------


def send(staff, run_jobs, *files):
    for name, content in files:
        url = staff.begin(len(content), filename=name)
        staff.patch(url, 0, content)
    run_jobs()


def test_the_page_counts_what_was_taken_in_and_refused_and_the_list_can_be_cleared(staff, run_jobs):
    send(staff, run_jobs, ("a.png", PNG), ("b.png", PNG), ("c.pdf", b"<html>"))
    page = staff.client.get("/library").get_data(as_text=True)
    assert "Đã nhận 2/3, từ chối 1" in page and 'data-state="refused"' in page
    post(staff, "/library/uploads/clear", [])
    assert db.session.scalars(select(Upload)).all() == []
    assert len(db.session.scalars(select(Package)).all()) == 2


def packages_of(institution, number=3):
    return [
        factories.package_version(
            Unit("course", f"c{n}", {"vi": f"Gói {n}"}, children=(Unit("web", "a", {"vi": "Bài"}, "a.html"),)),
            at=institution,
            files={"a.html": b"<p>"},
        ).package_id
        for n in range(number)
    ]


def post(staff, path, ids, **fields):
    token = staff.token
    data = {"csrf_token": token, "package": [str(one) for one in ids], **fields}
    return staff.client.post(path, data=data)


def test_many_packages_get_a_label_by_which_they_are_found(staff, institution):
    one, two, three = packages_of(institution)
    assert post(staff, "/library/chosen/label", [one, two], label=" Lớp  2026 ").status_code == 302
    found = staff.client.get("/library?label=L%E1%BB%9Bp+2026").get_data(as_text=True)
    assert all(str(one_) in found for one_ in (one, two)) and f'value="{three}"' not in found
    post(staff, "/library/chosen/label", [one], label="Lớp 2026", take="1")
    assert db.session.get(Package, one, populate_existing=True).labels == []
    assert db.session.get(Package, two, populate_existing=True).labels == ["Lớp 2026"]


def test_many_packages_go_into_a_module_and_those_in_use_are_not_removed(staff, institution):
    module = db.session.scalars(select(Module).where(Module.version_id == factories.version().id)).first()
    one, two, three = packages_of(institution)
    asked = post(staff, "/library/chosen/modules", [one, two])
    assert asked.status_code == 200 and "Gói 0" in asked.get_data(as_text=True)
    assert post(staff, "/library/chosen/modules", [one, two], module="").status_code == 422
    placed = post(staff, "/library/chosen/modules", [one, two], module=str(module.id), required="y")
    assert placed.status_code == 302, re.findall(r'<div class="notice.*?</div>', placed.text, re.S)
    assert post(staff, "/library/chosen/remove", [one, three]).status_code == 302
    page = staff.client.get("/library").get_data(as_text=True)
    assert "“Gói 0” được giữ lại" in page and f'value="{three}"' not in page
    assert {row.id for row in db.session.scalars(select(Package).where(Package.removed_at.is_(None)))} == {one, two}


@pytest.mark.parametrize("act", ["label", "remove", "modules"])
def test_only_packages_of_ones_own_are_chosen(staff, institution, act):
    (own,) = packages_of(institution, 1)
    (foreign,) = packages_of(factories.institution(), 1)
    assert post(staff, f"/library/chosen/{act}", [own, foreign], label="x").status_code == 403
    assert post(staff, f"/library/chosen/{act}", ["x"], label="x").status_code == 400
    assert post(staff, f"/library/chosen/{act}", [UUID(int=1)], label="x").status_code == 404
    assert db.session.get(Package, own, populate_existing=True).removed_at is None
