"""What authoring tools and other platforms export is taken and opens, or is refused with a reason that helps."""

from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.core.database import db
from lms.library import addresses, queries
from lms.library.kinds import recognise
from lms.library.models import PackageVersion
from tests import factories
from tests.data import vendors
from tests.library.test_api import Api


@pytest.fixture
def api(client, session):
    return Api(client, factories.institution())


@pytest.mark.parametrize("name", vendors.TAKEN)
def test_an_export_is_taken_and_its_first_unit_opens(api, app, play, name):
    content, kind, href = vendors.TAKEN[name]
    taken = api.upload(content)
    assert taken.status_code == 201, taken.json["faults"]
    version = api("GET", f"/versions/{taken.json['version_id']}").json
    assert version["kind"] == kind
    first = next(unit for unit in queries.units(UUID(version["id"])) if unit.href is not None)
    if href:
        assert first.href == href
    if not first.href.startswith("https:"):
        played = play(db.session.get_one(PackageVersion, UUID(version["id"])))
        assert played.get(addresses.path_of(first.href)).status_code == 200


@pytest.mark.parametrize("name", vendors.REFUSED)
def test_an_export_that_cannot_be_taken_says_why(api, name):
    content, words = vendors.REFUSED[name]
    refused = api.upload(content)
    assert refused.status_code == 422
    assert words in " ".join(f"{one['path']} {one['en']}" for one in refused.json["faults"])
    assert all(one["vi"] != one["en"] for one in refused.json["faults"])


FOLDER = st.text("aăâđêôơưbcd xyzẬỹ-_.1", min_size=1, max_size=12).filter(lambda name: name.strip(". ") == name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    folders=st.lists(FOLDER, max_size=4),
    beside=st.sampled_from([{}, {"Đọc trước.txt": b"x"}, {"__MACOSX/._x": b"x", ".DS_Store": b"x"}]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    comment=st.binary(max_size=40),
    streamed=st.booleans(),
)
def test_the_same_package_is_found_however_it_is_wrapped(tmp_path, folders, beside, encoding, comment, streamed):
    within = "".join(f"{name}/" for name in folders)
    manifest = vendors.manifest_12(vendors.sco("a.html")).replace('"utf-8"', f'"{encoding.removesuffix("-sig")}"')
    files = vendors.scorm(manifest.encode(encoding), "a.html")
    wrapped = {f"{within}{name}": content for name, content in files.items()} | beside
    path = tmp_path / "goi.zip"
    path.write_bytes(vendors.zipped(wrapped, comment=comment.replace(b"PK", b""), streamed=streamed))
    found = recognise(path, "goi.zip")
    assert (found.kind, found.manifest, found.root) == ("scorm12", "imsmanifest.xml", normalize("NFC", within))
