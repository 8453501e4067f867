"""The pages of materials, through HTTP: who sees what, and what the buttons do."""

import io
import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.core import files
from lms.core.audit import AuditEntry
from lms.core.database import db
from lms.core.guard import Actor
from lms.library import access, hooks
from lms.library.models import (
    ContentSession,
    ContentUnit,
    Package,
    PackageFile,
    PackageVersion,
    Registration,
    StorageQuota,
    Upload,
)
from lms.library.queries import pages
from lms.library.services import registrations
from lms.library.services.registrations import Learner
from lms.packages.structure import Structure, Unit
from lms.people.queries import account_actor_name
from tests import factories
from tests.conftest import NOW

LONG = "Quản lý phát triển đô thị thông minh, đô thị tăng trưởng xanh và thích ứng với biến đổi khí hậu ở Hà Nội"


def course(title="Quản lý đô thị", units=2):
    aus = tuple(Unit("au", f"https://x.example/{n}", {"vi": f"Bài {n}"}, href="index.html") for n in range(units))
    return Unit("course", "https://x.example/khoa", {"vi": title}, children=aus)


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def staff(institution):
    return factories.holder("institution_staff", institution)


@pytest.fixture
def client(staff, sign_in):
    return sign_in(staff)


@pytest.fixture
def version(institution):
    return factories.package_version(course(), at=institution, files={"index.html": b"<p>Xin ch\xc3\xa0o</p>"})


def text_of(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, answer.text[:500]
    return answer.get_data(as_text=True)


def next_version(of, root=None, content=b"moi"):
    """Another version of a package, one day later."""
    from lms.core.guard import SYSTEM
    from lms.library.services import packages

    package = db.session.get(Package, of.package_id)
    stored = files.put(io.BytesIO(content))
    at = of.created_at + timedelta(days=1)
    upload = Upload(
        institution_id=package.institution_id,
        package_id=package.id,
        filename="moi.zip",
        size=2000,
        created_at=at,
        touched_at=at,
    )
    kept = [packages.Kept("index.html", stored.sha256, stored.size, "text/html")]
    structure = Structure("cmi5", root or course())
    return packages.add_version(SYSTEM, upload, structure, kept, sha256=stored.sha256, report={}, at=at)


@pytest.fixture
def used():
    """``used(package_id, words, url)`` lets a package be used somewhere."""
    answers = {}

    def places(package_ids):
        return {key: answers[key] for key in package_ids if key in answers}

    def words(package_id):
        return [text for text, _url in answers.get(package_id, [])]

    hooks.uses_to_show.register(places)
    hooks.uses_of_package.register(words)
    yield lambda package_id, text, url: answers.setdefault(package_id, []).append((text, url))
    hooks.uses_to_show.unregister(places)
    hooks.uses_of_package.unregister(words)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_newest_first_and_only_those_of_ones_institution(client, institution):
    first = factories.package_version(course("Gói cũ"), at=institution)
    factories.package_version(course("Gói giữa"), at=institution)
    factories.package_version(course("Gói của nơi khác"), at=factories.institution())
    next_version(first)
    page = text_of(client, "/library")
    assert "nơi khác" not in page
    assert page.index("Gói cũ") < page.index("Gói giữa")


@pytest.mark.parametrize("query", ["do thi thong minh", "ĐÔ THỊ  xanh", "thông"])
def test_a_search_needs_no_accents(client, institution, query):
    factories.package_version(course(LONG), at=institution)
    factories.package_version(course("Kế toán"), at=institution)
    page = client.get("/library", query_string={"q": query}).get_data(as_text=True)
    assert LONG in page
    assert "Kế toán" not in page


def test_a_search_that_finds_nothing_says_so(client, version):
    assert "Quản lý đô thị" not in client.get("/library?q=100%25_khong").get_data(as_text=True)


def test_the_list_is_filtered_by_kind_and_institution(sign_in, institution):
    elsewhere = factories.institution(name="Trường Chính trị")
    factories.package_version(course("Gói một"), at=institution)
    factories.package_version(course("Gói hai"), at=elsewhere, kind="scorm12")
    client = sign_in(factories.holder("home_affairs_officer"))
    assert "Gói hai" not in client.get("/library?kind=cmi5").get_data(as_text=True)
    page = client.get(f"/library?institution={elsewhere.id}").get_data(as_text=True)
    assert "Gói hai" in page
    assert "Gói một" not in page
    assert "Gói một" in client.get("/library?institution=abc&kind=none").get_data(as_text=True)


def test_a_long_list_is_cut_into_pages_without_gaps(client, institution, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 4)
    made = {f"Gói số {n}" for n in range(10)}
    for title in sorted(made):
        factories.package_version(course(title), at=institution)
    seen, url = [], "/library"
    while url:
        page = text_of(client, url)
        seen += re.findall(r"Gói số \d", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = found.group(1).replace("&amp;", "&") if found else None
    assert sorted(seen) == sorted(made)


def test_a_forged_key_of_a_page_is_400(client):
    assert client.get("/library?after=x").status_code == 400


def test_the_list_with_60_packages_needs_few_queries(client, institution, queries):
    for n in range(60):
        factories.package_version(course(f"Gói {n}"), at=institution)
    db.session.commit()
    queries.clear()
    text_of(client, "/library")
    assert len(queries) <= 10, queries


def test_the_list_tells_in_how_many_places_a_package_is_used(client, version, used):
    used(version.package_id, "A2.1 · Mô-đun 1", "/x")
    used(version.package_id, "A2.1 · Mô-đun 2", "/y")
    assert re.search(r'<td class="num wide">2</td>\s*<td class="wide">', text_of(client, "/library"))


def test_the_storage_bar_counts_what_is_kept(client, institution, version):
    db.session.add(StorageQuota(institution_id=institution.id, size=2000))
    db.session.commit()
    page = text_of(client, "/library")
    assert f'<progress max="2000" value="{1000 + 16}"' in page


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("institution_staff", True),
        ("lecturer", True),
        ("home_affairs_officer", True),
        ("approving_authority", True),
        ("department_reviewer", True),
        ("auditor", True),
        ("administrator", True),
        ("unit_manager", False),
        ("finance_reader", False),
    ],
)
def test_who_sees_materials(sign_in, role, sees):
    client = sign_in(factories.holder(role))
    assert client.get("/library").status_code == (200 if sees else 403)


# -- one package -------------------------------------------------------------------------------------------------------


def test_the_page_of_a_package_shows_versions_units_and_uses(client, version, used):
    next_version(version, course(units=3))
    used(version.package_id, "A2.1 · Nền tảng đô thị", "/programmes/A2.1")
    page = text_of(client, f"/library/packages/{version.package_id}")
    assert "moi.zip" in page
    assert "goi.zip" in page
    assert [name in page for name in ("Bài 0", "Bài 2", "Bài 3")] == [True, True, False]
    assert '<a href="/programmes/A2.1">A2.1 · Nền tảng đô thị</a>' in page


def test_what_a_package_says_of_itself_is_shown_as_text(client, institution):
    evil = factories.package_version(course("<script>alert(1)</script>"), at=institution)
    page = text_of(client, f"/library/packages/{evil.package_id}")
    assert "<script>alert" not in page


def test_a_package_with_1000_units_is_shown_with_few_queries(client, institution, queries):
    blocks = tuple(
        Unit(
            "block",
            f"b{b}",
            {"vi": f"Chương {b}"},
            children=tuple(Unit("au", f"u{b}-{n}", {"vi": f"Bài {b}.{n}"}, href="index.html") for n in range(50)),
        )
        for b in range(20)
    )
    made = factories.package_version(Unit("course", "k", {"vi": "Lớn"}, children=blocks), at=institution)
    db.session.commit()
    queries.clear()
    page = text_of(client, f"/library/packages/{made.package_id}")
    assert page.count("formaction=") == 1000
    assert len(queries) <= 9, queries


@given(st.recursive(st.just(()), lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=40))
def test_the_outline_opens_and_closes_every_block_once(tree):
    rows = [SimpleNamespace(id=uuid4(), parent_id=None, href=None, kind="course", title={"vi": "k"})]

    def walk(children, parent):
        for inner in children:
            kind = "block" if inner else "au"
            rows.append(SimpleNamespace(id=uuid4(), parent_id=parent, href=None, kind=kind, title={"vi": "t"}))
            walk(inner, rows[-1].id)

    walk(tree, rows[0].id)
    lines, depth = pages.outline(rows), 0
    assert [line.opens for line in lines] == [row.kind == "block" for row in rows[1:]]
    for line in lines:
        depth += line.opens - line.closes
        assert depth >= 0
    assert depth == 0


def test_a_scorm_package_is_looked_at_as_a_whole(client, institution):
    scos = tuple(Unit("sco", f"s{n}", {"vi": f"Phần {n}"}, href="a.html") for n in range(3))
    made = factories.package_version(
        Unit("course", "k", {"vi": "SCORM"}, children=scos), at=institution, kind="scorm12"
    )
    page = text_of(client, f"/library/packages/{made.package_id}")
    root = db.session.scalar(
        select(ContentUnit.id).where(
            ContentUnit.parent_id.is_(None), ContentUnit.kind == "course", ContentUnit.version_id == made.id
        )
    )
    assert re.findall(r'formaction="([^"]+)"', page) == [f"/library/packages/{made.package_id}/preview/{root}"]


def test_a_package_is_renamed(client, submit, version):
    url = f"/library/packages/{version.package_id}"
    assert submit(client, f"{url}/rename", {"title": "  Tên   mới "}, page=url).status_code == 302
    assert "<h1>Tên mới</h1>" in text_of(client, url)
    assert "Tên mới" in client.get("/library?q=ten+moi").get_data(as_text=True)
    assert submit(client, f"{url}/rename", {"title": " "}, page=url).status_code == 422


def test_the_original_comes_as_a_download(client, version):
    new = next_version(version, content=b"<script>xau</script>")
    answer = client.get(f"/library/packages/{version.package_id}/versions/{new.id}/original")
    assert answer.data == b"<script>xau</script>"
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    missing = client.get(f"/library/packages/{version.package_id}/versions/{version.id}/original")
    assert missing.status_code == 404


def test_an_old_version_is_removed_unless_learners_have_taken_it(client, submit, version):
    new = next_version(version)
    url = f"/library/packages/{version.package_id}"
    remove = f"{url}/versions/{version.id}/remove"
    registrations.register(version.id, Learner("https://ngoai.example", "hv"), at=NOW)
    assert remove not in text_of(client, url)
    submit(client, remove, page=url)
    assert db.session.get(PackageVersion, version.id) is not None
    submit(client, f"{url}/versions/{new.id}/remove", page=url)
    assert db.session.get(PackageVersion, new.id) is not None


def test_an_old_version_that_staff_only_looked_at_is_removed(client, submit, version):
    look(client, submit, version)
    next_version(version)
    url = f"/library/packages/{version.package_id}"
    remove = f"{url}/versions/{version.id}/remove"
    assert remove in text_of(client, url)
    submit(client, remove, page=url)
    assert db.session.scalar(select(func.count()).select_from(PackageVersion)) == 1
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_a_package_in_use_says_where_and_stays(client, submit, version, used):
    used(version.package_id, "A2.1 · Mô-đun 1", "/x")
    url = f"/library/packages/{version.package_id}"
    assert f"{url}/remove" not in text_of(client, url)
    submit(client, f"{url}/remove", page=url)
    assert "A2.1 · Mô-đun 1" in text_of(client, url)


def test_a_package_that_nobody_uses_is_removed(client, submit, version):
    url = f"/library/packages/{version.package_id}"
    assert submit(client, f"{url}/remove", page=url).location == "/library"
    assert client.get(url).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(PackageFile)) == 0
    assert "Quản lý đô thị" not in client.get("/library?q=quan").get_data(as_text=True)


def test_addresses_of_another_package_are_not_found(client, institution, version):
    other = factories.package_version(course("Khác"), at=factories.institution())
    own, unit = version.package_id, db.session.scalar(select(ContentUnit.id).where(ContentUnit.version_id == other.id))
    assert client.get(f"/library/packages/{other.package_id}").status_code == 403
    assert client.get(f"/library/packages/{own}/versions/{other.id}/original").status_code == 404
    assert client.get(f"/library/packages/{uuid4()}").status_code == 404
    token = {"X-CSRFToken": csrf(client)}
    assert client.post(f"/library/packages/{own}/preview/{unit}", headers=token).status_code == 404
    assert client.post(f"/library/packages/{other.package_id}/remove", headers=token).status_code == 403


def test_a_lecturer_reads_and_changes_nothing(sign_in, institution, version):
    client = sign_in(factories.holder("lecturer", institution))
    url = f"/library/packages/{version.package_id}"
    page = text_of(client, url)
    assert "Bài 1" in page
    assert f"{url}/rename" not in page
    token = {"X-CSRFToken": csrf(client)}
    for act in ("rename", "remove"):
        assert client.post(f"{url}/{act}", headers=token).status_code == 403


def csrf(client):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").get_data(as_text=True)).group(1)


# -- looking at a package ----------------------------------------------------------------------------------------------


def look(client, submit, version, position=1):
    """Open a unit as staff do; returns the page of the player and the answer to its script."""
    unit = db.session.scalar(
        select(ContentUnit).where(ContentUnit.version_id == version.id, ContentUnit.position == position)
    )
    url = f"/library/packages/{version.package_id}"
    sent = submit(client, f"{url}/preview/{unit.id}", page=url)
    assert sent.status_code == 303, sent.text[:300]
    page = client.get(sent.location)
    launch = re.search(r'data-launch="([^"]+)"', page.get_data(as_text=True)).group(1)
    token = re.search(r'data-token="([^"]+)"', page.get_data(as_text=True)).group(1)
    answer = client.post(launch, headers={"X-CSRFToken": token, "Accept": "application/json"})
    return page, answer, launch


def test_looking_opens_the_unit_in_browse_mode_for_oneself(client, submit, version, staff):
    page, answer, _ = look(client, submit, version, position=2)
    text = page.get_data(as_text=True)
    assert 'aria-current="page"' in text
    assert "allow-same-origin" in re.search(r'sandbox="([^"]+)"', text).group(1)
    policy = page.headers["Content-Security-Policy"]
    assert "frame-src http://*.localhost:" in policy
    assert "connect-src 'self' http://*.localhost:" in policy
    assert answer.status_code == 200, answer.text
    assert ".localhost:" in answer.json["url"]
    session = db.session.scalar(select(ContentSession))
    assert session.mode == "Browse"
    registration = db.session.get(Registration, session.registration_id)
    assert registration.account_name == str(account_actor_name(staff.id))
    look(client, submit, version)
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1


def test_an_account_without_a_staff_record_can_look_too(sign_in, submit, version, session):
    from lms.people.models import RoleHolding

    account = factories.account()
    session.add(RoleHolding(account_id=account.id, role="administrator", unit_id=factories.city().id))
    session.flush()
    _, answer, _ = look(sign_in(account), submit, version)
    assert answer.status_code == 200


def test_a_foreign_registration_is_not_opened(client, submit, sign_in, institution, version):
    page, _, launch = look(client, submit, version)
    colleague = sign_in(factories.holder("institution_staff", institution))
    assert colleague.get(page.request.path).status_code == 403
    assert colleague.post(launch, headers={"X-CSRFToken": csrf(colleague)}).status_code == 403
    assert client.post(launch).status_code == 400  # without the token of the page


def test_a_learners_registration_is_not_opened_by_staff(client, version):
    taken = registrations.register(version.id, Learner("https://ngoai.example", "hv"), at=NOW)
    assert client.get(f"/library/registrations/{taken.id}").status_code == 403


def test_a_removed_package_is_not_played_any_more(client, submit, version):
    page, _, launch = look(client, submit, version)
    db.session.get(Package, version.package_id).removed_at = NOW
    db.session.commit()
    assert client.get(page.request.path).status_code == 404
    assert client.post(launch, headers={"X-CSRFToken": csrf(client)}).status_code == 404


# -- administration ----------------------------------------------------------------------------------------------------


def test_the_administrator_sees_how_packages_are_kept_apart_and_sets_quotas(sign_in, submit, institution, version):
    client = sign_in(factories.holder("administrator"))
    page = text_of(client, "/admin/library")
    assert "*.localhost" in page
    assert institution.name in page
    url = f"/admin/library/institutions/{institution.id}/quota"
    assert submit(client, url, {"gigabytes": "7"}, page="/admin/library").status_code == 302
    assert db.session.get(StorageQuota, institution.id).size == 7 * 1024**3
    assert db.session.scalar(select(AuditEntry.after).where(AuditEntry.action == "library.set_quota")) == {
        "gigabytes": 7
    }
    assert 'value="7"' in text_of(client, "/admin/library")
    assert submit(client, url, {"gigabytes": ""}, page="/admin/library").status_code == 302
    assert db.session.get(StorageQuota, institution.id) is None


@pytest.mark.parametrize("value", ["-1", "abc", "1000001", "9" * 40])
def test_a_quota_that_makes_no_sense_is_refused(sign_in, submit, institution, value):
    client = sign_in(factories.holder("administrator"))
    url = f"/admin/library/institutions/{institution.id}/quota"
    assert submit(client, url, {"gigabytes": value}, page="/admin/library").status_code == 422
    assert db.session.scalar(select(func.count()).select_from(StorageQuota)) == 0


def test_an_administrator_of_one_institution_does_not_set_its_quota(sign_in, submit, institution):
    client = sign_in(factories.holder("administrator", institution))
    assert client.get("/admin/library").status_code == 403
    url = f"/admin/library/institutions/{institution.id}/quota"
    assert submit(client, url, {"gigabytes": "7"}, page="/account").status_code == 403


def test_the_administration_is_for_administrators(client):
    assert client.get("/admin/library").status_code == 403


# -- one rule, asked in two ways ---------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(held=st.lists(st.integers(0, 3), max_size=3), removed=st.booleans())
def test_the_condition_and_the_test_of_one_package_agree(session, held, removed):
    city = factories.city()
    at = factories.institution()
    places = [city, at, factories.unit(at, kind="institution"), factories.institution()]
    made = [factories.package_version(course(), at=place) for place in places[1:]]
    db.session.get(Package, made[0].package_id).removed_at = NOW if removed else None
    session.flush()
    actor = Actor(uuid4(), None, "x", grants={access.READ: tuple(places[n].path for n in held)})
    listed = set(session.scalars(select(Package.id).where(access.covered(actor, access.READ))))
    for one in made:
        path = access.package_path(one.package_id)
        assert (one.package_id in listed) == (path is not None and actor.may(access.READ, path))
        assert isinstance(one.package_id, UUID)
