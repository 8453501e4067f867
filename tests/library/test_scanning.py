"""Uploads are scanned by ClamAV where it is installed: the real one with a signature of ours, and a stand-in."""

import shutil

import pytest

from lms.packages.inspection import scanning
from tests import factories
from tests.library.test_api import Api, cmi5
from tests.library.test_uploads import PNG

HARMLESS = "KHUE-CHUOI-THU-KHONG-DOC-HAI"
REAL = shutil.which("clamscan")
CLAMSCAN = """#!/bin/sh
if [ "$1" = --version ]; then echo "{version}"; exit 0; fi
code={code}
for given; do case "$given" in --file-list=*) list="${{given#*=}}";; esac; done
while read -r path; do
  if grep -q {threat} "$path"; then echo "$path: Thu.UNOFFICIAL FOUND"; code=1; fi
  if grep -q QUA-LON "$path"; then echo "$path: Heuristics.Limits.Exceeded.MaxFileSize FOUND"; code=1; fi
done < "$list"
{more}
exit $code
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """``install(name, script)`` makes a program the only scanner of this machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "grep", "sleep"):
        (folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(folder))

    def put(name, script):
        path = folder / name
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)
        return path

    return put


def stand_in(code=0, more="", version="ClamAV 1.4.3/27500/Fri Nov 27 09:00:00 2026"):
    return CLAMSCAN.format(threat=HARMLESS, code=code, more=more, version=version)


@pytest.fixture
def real(install, tmp_path):
    """The machine's clamscan with one signature, in both forms."""
    if REAL is None:
        pytest.skip("clamscan is not installed")
    base = tmp_path / "signatures"
    base.mkdir()
    (base / "thu.ndb").write_text(f"Thu:0:*:{HARMLESS.encode().hex()}\n", encoding="ascii")
    install("clamscan", f'#!/bin/sh\nexec {REAL} --database={base} "$@"\n')


@pytest.fixture
def api(client, session):
    return Api(client, factories.institution())


def course(**files):
    """A cmi5 package with further files."""
    return cmi5(**{f"bai1__{name}_dot_txt": content for name, content in files.items()})


def faults(answer):
    assert answer.status_code == 422, answer.json
    return [(one["path"], one["en"]) for one in answer.json["faults"]]


FOUND = "The virus scanner found Thu.UNOFFICIAL in this file."


def test_the_infected_files_of_a_package_are_named(api, install):
    install("clamscan", stand_in())
    package = course(tot="lành", xau=HARMLESS, xau2=f"… {HARMLESS} …")
    assert sorted(faults(api.upload(package))) == [("bai1/xau.txt", FOUND), ("bai1/xau2.txt", FOUND)]


def test_an_infected_single_file_is_named(api, install):
    install("clamscan", stand_in())
    assert faults(api.upload(PNG + HARMLESS.encode(), "ảnh.png")) == [("ảnh.png", FOUND)]


def test_what_is_clean_is_taken(api, install):
    install("clamscan", stand_in())
    assert api.upload(course(tot="lành")).status_code == 201


def test_what_the_scanner_cannot_look_at_whole_is_taken_with_a_note(api, install):
    install("clamscan", stand_in())
    taken = api.upload(course(lon="QUA-LON"))
    assert taken.status_code == 201
    assert [note["path"] for note in taken.json["notes"] if "ClamAV" in note["en"]] == ["bai1/lon.txt"]


def test_a_scanner_that_fails_lets_nothing_in(api, install):
    install("clamscan", stand_in(code=2))
    assert "did not answer" in faults(api.upload(course()))[0][1]


def test_a_scanner_that_does_not_come_back_lets_nothing_in(api, install, monkeypatch):
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    install("clamscan", stand_in(more="exec sleep 20"))
    assert "did not answer" in faults(api.upload(course()))[0][1]


def test_without_a_scanner_files_are_taken(api, install):
    assert api.upload(course(xau=HARMLESS)).status_code == 201


def test_the_service_is_asked_where_it_answers_and_not_where_it_does_not(install):
    install("clamscan", stand_in())
    service = install("clamdscan", "#!/bin/sh\nexit 0\n")
    assert scanning.scanner() == str(service)
    service.write_text("#!/bin/sh\nexit 21\n", encoding="ascii")
    assert scanning.scanner() == str(service.with_name("clamscan"))


def test_a_service_that_is_down_lets_nothing_in_where_it_is_the_only_scanner(api, install):
    install("clamdscan", "#!/bin/sh\nexit 2\n")
    assert "did not answer" in faults(api.upload(course()))[0][1]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (None, "chưa cài đặt"),
        (stand_in(), "ClamAV 1.4.3/27500"),
        (stand_in(version="ClamAV 1.4.3"), "không có mẫu nhận dạng"),
    ],
)
def test_administrators_see_whether_files_are_scanned(sign_in, session, install, script, told):
    factories.institution()
    client = sign_in(factories.holder("administrator"))
    if script is not None:
        install("clamscan", script)
    assert told in client.get("/admin/library").get_data(as_text=True)


# -- the real one ------------------------------------------------------------------------------------------------------


def test_the_real_clamscan_names_the_infected_file(api, real):
    package = course(tot="lành", xau=HARMLESS)
    assert faults(api.upload(package)) == [("bai1/xau.txt", FOUND)]
    assert api.upload(course(tot="lành")).status_code == 201


def test_the_real_clamscan_finds_what_its_own_limits_would_leave_out(real, tmp_path):
    large = tmp_path / "phim"
    with large.open("wb") as out:
        out.write(HARMLESS.encode())
        out.truncate(150 * 1024 * 1024)
    assert scanning.scan([large], "phim.mp4").threats == {large: "Thu.UNOFFICIAL"}


def test_the_real_clamscan_says_what_it_cannot_take(real, tmp_path):
    large = tmp_path / "phim"
    with large.open("wb") as out:
        out.truncate(3 * 1024**3)
    assert scanning.scan([large], "phim.mp4") == ({}, {large})


def test_the_real_clamscan_without_signatures_lets_nothing_in(api, install, tmp_path):
    if REAL is None:
        pytest.skip("clamscan is not installed")
    install("clamscan", f'#!/bin/sh\nexec {REAL} --database={tmp_path} "$@"\n')
    assert "did not answer" in faults(api.upload(course()))[0][1]
