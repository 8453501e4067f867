"""The tus protocol 1.0.0 (tus.io/protocols/resumable-upload), clause by clause, and the plain form."""

import base64
import hashlib
import io
import uuid
import zipfile
from datetime import timedelta

import fsspec
import pytest
from sqlalchemy import func, select

from lms.core import jobs
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.library.models import Package, StorageQuota, Upload, UploadPiece
from lms.library.services import uploads
from tests import factories

PIECE = "application/offset+octet-stream"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A picture, the smallest thing that is taken in."""


def encoded(**values):
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in values.items())


class Sender:
    """A browser with our page open, as its script speaks to the server."""

    def __init__(self, client, submit, institution):
        self.client, self.institution = client, institution
        page = client.get("/library").get_data(as_text=True)
        self.token = page.split('data-token="')[1].split('"')[0]

    def call(self, method, url, *, data=b"", **headers):
        named = {name.replace("_", "-"): str(value) for name, value in headers.items() if value is not None}
        base = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token, "Accept": "application/json"}
        return self.client.open(url, method=method, data=data, headers={**base, **named})

    def begin(self, size=0, **metadata):
        told = {"filename": "ảnh.png", "institution": self.institution.id} | metadata
        answer = self.call("POST", "/library/uploads", Upload_Length=size or len(PNG), Upload_Metadata=encoded(**told))
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(self, url, offset, data, *, type_=PIECE, **headers):
        return self.call("PATCH", url, data=data, Upload_Offset=offset, Content_Type=type_, **headers)

    def offset(self, url):
        return int(self.call("HEAD", url).headers["Upload-Offset"])


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def staff(institution, sign_in, submit):
    return Sender(sign_in(factories.holder("institution_staff", institution)), submit, institution)


@pytest.fixture
def other(institution, sign_in, submit):
    """A colleague of the same institution."""
    return Sender(sign_in(factories.holder("institution_staff", institution)), submit, institution)


def pieces_on_disk(app, url):
    fs, root = fsspec.url_to_fs(app.config["FILES_URL"])
    folder = f"{root}/pieces/{url.rsplit('/', 1)[1]}"
    return list(fs.find(folder)) if fs.exists(folder) else []


def kept(url):
    return db.session.get(Upload, uuid.UUID(url.rsplit("/", 1)[1]), populate_existing=True)


def checksum(data, name="sha256"):
    return f"{name} {base64.b64encode(hashlib.new(name, data).digest()).decode()}"


# -- core protocol -----------------------------------------------------------------------------------------------------


def test_core_options_names_version_extensions_and_limits(staff):
    answer = staff.client.open("/library/uploads", method="OPTIONS")
    assert answer.status_code == 204
    assert answer.headers["Tus-Resumable"] == answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "checksum",
        "termination",
        "expiration",
    }
    assert answer.headers["Tus-Max-Size"] == str(uploads.LARGEST)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
def test_core_tus_resumable_another_version_is_412_and_nothing_is_done(staff, method, version):
    url = "/library/uploads" if method == "POST" else staff.begin()
    before = db.session.scalar(select(func.count()).select_from(Upload))
    headers = {"X-CSRFToken": staff.token} | ({"Tus-Resumable": version} if version else {})
    answer = staff.client.open(url, method=method, headers=headers | {"Upload-Length": "5", "Upload-Offset": "0"})
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert db.session.scalar(select(func.count()).select_from(Upload)) == before


def test_core_head_tells_offset_length_and_metadata_and_is_not_cached(staff):
    url = staff.begin(title="Ảnh bìa")
    staff.patch(url, 0, PNG[:20])
    answer = staff.call("HEAD", url)
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "20"
    assert answer.headers["Upload-Length"] == str(len(PNG))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert encoded(title="Ảnh bìa") in answer.headers["Upload-Metadata"].split(",")


def test_core_head_of_what_does_not_exist_has_no_offset(staff):
    answer = staff.call("HEAD", f"/library/uploads/{uuid.uuid4()}")
    assert answer.status_code == 404
    assert "Upload-Offset" not in answer.headers


def test_core_patch_goes_on_where_it_stopped_and_the_whole_is_taken_in(staff, run_jobs):
    url = staff.begin(title="Ảnh bìa của khóa học")
    first = staff.patch(url, 0, PNG[:30], Upload_Checksum=checksum(PNG[:30]))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "30")
    assert staff.offset(url) == 30
    last = staff.patch(url, 30, PNG[30:], Upload_Checksum=checksum(PNG[30:]))
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(PNG)))
    assert kept(url).state == "checking"
    run_jobs()
    taken = kept(url)
    assert taken.state == "taken", taken.report
    package = db.session.scalar(select(Package))
    assert (package.title, package.kind, package.institution_id) == (
        "Ảnh bìa của khóa học",
        "image",
        staff.institution.id,
    )


def test_core_patch_at_another_offset_is_409(staff):
    url = staff.begin()
    staff.patch(url, 0, PNG[:10])
    for offset in (0, 9, 11):
        assert staff.patch(url, offset, PNG[10:12]).status_code == 409
    assert staff.offset(url) == 10


def test_core_patch_of_another_type_is_415(staff):
    url = staff.begin()
    assert staff.patch(url, 0, PNG[:10], type_="application/octet-stream").status_code == 415
    assert staff.offset(url) == 0


@pytest.mark.parametrize("offset", [None, "-1", "1e3", "٣", "", "9" * 30])
def test_core_patch_without_a_sound_offset_is_400(staff, offset):
    url = staff.begin()
    assert staff.patch(url, offset, PNG[:10]).status_code == 400


def test_core_patch_beyond_the_length_is_413_and_leaves_nothing(staff, app):
    url = staff.begin(size=20)
    assert staff.patch(url, 0, PNG[:21]).status_code == 413
    assert staff.offset(url) == 0
    assert pieces_on_disk(app, url) == []


def test_core_patch_with_nothing_in_it_changes_nothing(staff, app):
    url = staff.begin()
    headers = {"Tus-Resumable": "1.0.0", "X-CSRFToken": staff.token, "Upload-Offset": "0", "Content-Type": PIECE}
    answer = staff.client.patch(url, headers=headers, environ_overrides={"CONTENT_LENGTH": "0"})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "0")
    assert pieces_on_disk(app, url) == []


def test_core_patch_of_a_line_that_is_cut_keeps_what_arrived(staff):
    url = staff.begin()
    answer = staff.client.patch(
        url,
        input_stream=io.BytesIO(PNG[:25]),
        headers={"Tus-Resumable": "1.0.0", "X-CSRFToken": staff.token, "Upload-Offset": "0", "Content-Type": PIECE},
        environ_overrides={"CONTENT_LENGTH": "40"},
    )
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "25")
    assert staff.patch(url, 25, PNG[25:]).status_code == 204


def test_core_patch_of_a_line_that_is_cut_at_once_leaves_no_piece(staff, app):
    url = staff.begin()
    staff.client.patch(
        url,
        input_stream=io.BytesIO(b""),
        headers={"Tus-Resumable": "1.0.0", "X-CSRFToken": staff.token, "Upload-Offset": "0", "Content-Type": PIECE},
        environ_overrides={"CONTENT_LENGTH": "40"},
    )
    assert staff.offset(url) == 0
    assert pieces_on_disk(app, url) == []


def test_core_patch_of_what_does_not_exist_is_404(staff):
    assert staff.patch(f"/library/uploads/{uuid.uuid4()}", 0, b"x").status_code == 404


def test_core_patch_after_the_end_is_410_and_head_still_tells_the_offset(staff):
    url = staff.begin()
    staff.patch(url, 0, PNG)
    assert staff.patch(url, len(PNG), b"more").status_code == 410
    assert staff.offset(url) == len(PNG)


def test_core_method_override_is_the_method_that_is_meant(staff):
    url = staff.begin()
    sent = staff.call("POST", url, data=PNG[:10], Upload_Offset=0, Content_Type=PIECE, X_HTTP_Method_Override="PATCH")
    assert sent.status_code == 204
    assert staff.call("POST", url).status_code == 405
    assert staff.call("POST", url, X_HTTP_Method_Override="DELETE").status_code == 204
    assert staff.call("HEAD", url).status_code == 404


def test_of_two_sends_of_the_same_piece_one_is_taken(staff, app, monkeypatch):
    url = staff.begin()
    answers = []
    put_piece = uploads.files.put_piece

    def interrupted(name, stream, length):
        size = put_piece(name, stream, length)
        if not answers:
            answers.append(None)
            answers[0] = staff.patch(url, 0, PNG[:10])  # another one arrives whole while this one is on its way
        return size

    monkeypatch.setattr(uploads.files, "put_piece", interrupted)
    late = staff.patch(url, 0, PNG[:10])
    assert (answers[0].status_code, late.status_code) == (204, 409)
    assert late.headers["Upload-Offset"] == "10"
    assert len(pieces_on_disk(app, url)) == 1
    assert staff.offset(url) == 10


# -- extension: creation -----------------------------------------------------------------------------------------------


def test_creation_gives_the_address(staff):
    metadata = encoded(filename="a.png", institution=staff.institution.id)
    answer = staff.call("POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata)
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith("/library/uploads/")
    assert "Upload-Offset" not in answer.headers
    assert staff.offset(answer.headers["Location"]) == 0


@pytest.mark.parametrize("length", [None, "", "-5", "abc", "0"])
def test_creation_without_a_sound_length_is_400(staff, length):
    metadata = encoded(filename="a.png", institution=staff.institution.id)
    assert staff.call("POST", "/library/uploads", Upload_Length=length, Upload_Metadata=metadata).status_code == 400


def test_creation_beyond_the_largest_is_413(staff):
    metadata = encoded(filename="a.zip", institution=staff.institution.id)
    size = uploads.LARGEST + 1
    assert staff.call("POST", "/library/uploads", Upload_Length=size, Upload_Metadata=metadata).status_code == 413


@pytest.mark.parametrize(
    "metadata", ["filename ***", "filename YQ==,filename YQ==", ",filename YQ==", "tên YQ==", "institution eA=="]
)
def test_creation_with_metadata_that_cannot_be_read_is_400(staff, metadata):
    answer = staff.call(
        "POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata.encode().decode("latin-1")
    )
    assert answer.status_code == 400


def test_creation_for_another_institution_is_403(staff):
    foreign = factories.institution()
    for metadata in (encoded(institution=foreign.id), encoded(filename="a"), encoded(institution=10**15)):
        answer = staff.call("POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata)
        assert answer.status_code == 403


def test_creation_for_a_package_of_another_institution_is_404(staff, package):
    from lms.packages.structure import Unit

    foreign = package(Unit("course", "x", {"vi": "Khóa"}), at=factories.institution())
    metadata = encoded(institution=staff.institution.id, package=foreign.package_id)
    answer = staff.call("POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata)
    assert answer.status_code == 404


def test_creation_beyond_the_quota_is_413_with_words(staff):
    db.session.add(StorageQuota(institution_id=staff.institution.id, size=1000))
    db.session.commit()
    staff.begin(size=900)
    metadata = encoded(filename="a.zip", institution=staff.institution.id)
    answer = staff.call("POST", "/library/uploads", Upload_Length=101, Upload_Metadata=metadata)
    assert answer.status_code == 413
    assert answer.json["code"] == "quota"


def test_creation_of_more_than_may_be_open_is_429(staff, monkeypatch):
    monkeypatch.setattr(uploads, "OPEN_AT_ONCE", 2)
    staff.begin(), staff.begin()
    metadata = encoded(filename="a.zip", institution=staff.institution.id)
    assert staff.call("POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata).status_code == 429


def test_creation_needs_the_csrf_token(staff):
    metadata = encoded(filename="a.png", institution=staff.institution.id)
    answer = staff.call("POST", "/library/uploads", Upload_Length=5, Upload_Metadata=metadata, X_CSRFToken="forged")
    assert answer.status_code == 400
    assert answer.json["code"] == "csrf"


# -- extension: creation with upload -----------------------------------------------------------------------------------


def test_creation_with_upload_takes_the_first_piece(staff):
    metadata = encoded(filename="a.png", institution=staff.institution.id)
    answer = staff.call(
        "POST", "/library/uploads", data=PNG[:12], Upload_Length=len(PNG), Upload_Metadata=metadata, Content_Type=PIECE
    )
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "12")
    assert staff.offset(answer.headers["Location"]) == 12


def test_creation_with_upload_of_a_damaged_piece_begins_nothing(staff):
    metadata = encoded(filename="a.png", institution=staff.institution.id)
    answer = staff.call(
        "POST",
        "/library/uploads",
        data=PNG[:12],
        Upload_Length=len(PNG),
        Upload_Metadata=metadata,
        Content_Type=PIECE,
        Upload_Checksum=checksum(b"else"),
    )
    assert answer.status_code == 460
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 0


def test_creation_with_upload_of_another_type_is_415(staff):
    metadata = encoded(filename="a.png", institution=staff.institution.id)
    answer = staff.call(
        "POST", "/library/uploads", data=b"{}", Upload_Length=9, Upload_Metadata=metadata, Content_Type="text/plain"
    )
    assert answer.status_code == 415


# -- extension: checksum -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_checksum_of_a_damaged_piece_is_460_and_it_is_thrown_away(staff, app, name):
    url = staff.begin()
    answer = staff.patch(url, 0, PNG[:20], Upload_Checksum=checksum(PNG[1:21], name))
    assert answer.status_code == 460
    assert staff.offset(url) == 0
    assert pieces_on_disk(app, url) == []
    assert staff.patch(url, 0, PNG[:20], Upload_Checksum=checksum(PNG[:20], name)).status_code == 204


@pytest.mark.parametrize("value", ["md5 abc", "sha256", "crc32 AAAA"])
def test_checksum_of_an_unknown_kind_is_400(staff, value):
    url = staff.begin()
    assert staff.patch(url, 0, PNG[:20], Upload_Checksum=value).status_code == 400
    assert staff.offset(url) == 0


def test_checksum_of_the_whole_file_is_compared_when_it_is_taken_in(staff, run_jobs):
    url = staff.begin(sha256="0" * 64)
    staff.patch(url, 0, PNG)
    run_jobs()
    assert kept(url).state == "refused"
    assert "mã kiểm tra" in staff.client.get(url).get_data(as_text=True) or kept(url).report["faults"]


# -- extension: termination --------------------------------------------------------------------------------------------


def test_termination_leaves_nothing_behind(staff, app, run_jobs):
    url = staff.begin()
    staff.patch(url, 0, PNG[:20])
    staff.patch(url, 20, PNG[20:40])
    assert len(pieces_on_disk(app, url)) == 2
    answer = staff.call("DELETE", url)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
    run_jobs()
    assert pieces_on_disk(app, url) == []
    assert db.session.scalar(select(func.count()).select_from(UploadPiece)) == 0
    assert staff.call("HEAD", url).status_code == 404


# -- extension: expiration ---------------------------------------------------------------------------------------------


def test_expiration_is_told_while_the_upload_waits(staff):
    url = staff.begin()
    assert "GMT" in staff.call("HEAD", url).headers["Upload-Expires"]
    assert "GMT" in staff.patch(url, 0, PNG[:10]).headers["Upload-Expires"]
    assert "Upload-Expires" not in staff.patch(url, 10, PNG[10:]).headers


def test_expiration_an_upload_that_waited_too_long_is_410_and_then_gone(staff, app, run_jobs):
    url = staff.begin()
    staff.patch(url, 0, PNG[:10])
    kept(url).touched_at = utcnow() - uploads.KEPT - timedelta(minutes=1)
    db.session.commit()
    assert staff.call("HEAD", url).status_code == 410
    assert staff.patch(url, 10, PNG[10:]).status_code == 410
    assert uploads.sweep(at=utcnow()) == 1
    assert staff.call("HEAD", url).status_code == 404
    run_jobs()
    assert pieces_on_disk(app, url) == []


# -- whose upload it is ------------------------------------------------------------------------------------------------


def test_a_foreign_upload_is_neither_read_nor_written(staff, other, sign_in, submit, app):
    url = staff.begin()
    assert other.patch(url, 0, PNG[:10]).status_code == 403
    assert other.call("DELETE", url).status_code == 403
    elsewhere = factories.institution()
    stranger = Sender(sign_in(factories.holder("institution_staff", elsewhere)), submit, elsewhere)
    for answer in (
        stranger.patch(url, 0, PNG[:10]),
        stranger.call("DELETE", url),
        stranger.call("HEAD", url),
        stranger.client.get(url),
        stranger.call("POST", f"{url}/cancel"),
    ):
        assert answer.status_code == 403
    assert staff.offset(url) == 0


def test_who_has_left_the_institution_sends_no_more(staff, session):
    from lms.people.models import RoleHolding

    url = staff.begin()
    session.query(RoleHolding).filter(RoleHolding.role == "institution_staff").delete()
    session.commit()
    assert staff.patch(url, 0, PNG[:10]).status_code == 403


def test_a_lecturer_does_not_upload(institution, sign_in):
    client = sign_in(factories.holder("lecturer", institution))
    assert "data-uploader" not in client.get("/library").get_data(as_text=True)
    assert client.open("/library/uploads", method="OPTIONS").status_code == 403


def test_a_colleague_may_clear_what_nobody_goes_on_with(staff, other):
    url = staff.begin()
    assert other.call("POST", f"{url}/cancel").status_code == 302
    assert staff.call("HEAD", url).status_code == 404


# -- the report --------------------------------------------------------------------------------------------------------


def test_the_page_follows_the_check_and_ends_in_the_report(staff, run_jobs):
    url = staff.begin(title="Bìa")
    staff.patch(url, 0, PNG)
    waiting = staff.client.get(url, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert f'hx-get="{url}"' in waiting
    assert "<html" not in waiting
    run_jobs()
    report = staff.client.get(url, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "hx-get" not in report
    assert f"/library/packages/{db.session.scalar(select(Package.id))}" in report


def test_the_report_of_a_refused_file_names_every_fault(staff, run_jobs):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("imsmanifest.xml", "<manifest>")
    content = archive.getvalue()
    url = staff.begin(size=len(content), filename="<b>hỏng.zip")
    staff.patch(url, 0, content)
    run_jobs()
    assert kept(url).state == "refused"
    page = staff.client.get(url).get_data(as_text=True)
    assert "imsmanifest.xml" in page
    assert kept(url).report["faults"][0][1]["vi"] in page.replace("&#34;", '"')
    assert "<b>hỏng" not in page


def test_a_check_that_broke_off_asks_for_the_file_again_and_takes_no_room(app, staff, run_jobs, session):
    url = staff.begin()
    staff.patch(url, 0, PNG)
    used = uploads.used_by(staff.institution.id)
    session.execute(jobs.JobProgress.__table__.update().values(state="failed"))
    session.connection().exec_driver_sql("DELETE FROM procrastinate_jobs")
    session.commit()
    jobs.queue.tasks["library.tidy"].func(timestamp=0)
    assert kept(url).state == "broken_off"
    assert uploads.used_by(staff.institution.id) == used - len(PNG)
    page = staff.client.get(url).get_data(as_text=True)
    assert "Vui lòng gửi lại tệp" in page
    run_jobs()
    assert pieces_on_disk(app, url) == []
    assert staff.call("POST", f"{url}/cancel").status_code == 302


def test_a_check_within_a_request_that_died_is_given_up(staff, session):
    begun = uploads.begin(SYSTEM, staff.institution.id, filename="a.png", size=len(PNG), at=utcnow())
    uploads.receive(SYSTEM, begun.id, 0, io.BytesIO(PNG), len(PNG), at=utcnow(), enqueue=False)
    uploads.sweep(at=utcnow())
    assert begun.state == "checking"
    uploads.sweep(at=utcnow() + timedelta(hours=2))
    assert begun.state == "broken_off"


# -- without script ----------------------------------------------------------------------------------------------------


def test_the_plain_form_takes_a_file(staff, submit, run_jobs):
    data = {
        "institution": staff.institution.id,
        "package": "",
        "title": "Ảnh bìa",
        "file": (io.BytesIO(PNG), "ảnh.png"),
    }
    answer = submit(staff.client, "/library/upload-file", data, page="/library")
    assert answer.status_code == 302
    run_jobs()
    assert kept(answer.location).state == "taken"
    assert db.session.scalar(select(Package.title)) == "Ảnh bìa"


def test_the_plain_form_makes_a_new_version(staff, submit, run_jobs):
    data = {"institution": staff.institution.id, "package": "", "title": "A", "file": (io.BytesIO(PNG), "a.png")}
    submit(staff.client, "/library/upload-file", data, page="/library")
    run_jobs()
    package_id = db.session.scalar(select(Package.id))
    page = f"/library/packages/{package_id}"
    data = {"institution": staff.institution.id, "package": package_id, "file": (io.BytesIO(PNG), "b.png")}
    assert submit(staff.client, "/library/upload-file", data, page=page).status_code == 302
    run_jobs()
    assert db.session.scalar(select(func.count()).select_from(Package)) == 1
    assert "b.png" in staff.client.get(page).get_data(as_text=True)


def test_the_plain_form_says_what_is_wrong(staff, submit):
    data = {"institution": staff.institution.id, "package": "", "title": ""}
    missing = submit(staff.client, "/library/upload-file", data, page="/library")
    assert missing.status_code == 422
    assert 'id="file-error"' in missing.get_data(as_text=True)
    empty = submit(staff.client, "/library/upload-file", data | {"file": (io.BytesIO(b""), "a.png")}, page="/library")
    assert empty.status_code == 422
    foreign = data | {"institution": factories.institution().id, "file": (io.BytesIO(PNG), "a.png")}
    assert submit(staff.client, "/library/upload-file", foreign, page="/library").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(Upload)) == 0
