"""Packages in modules: placed by the institution, played by trainees, versions kept by classes until they are moved."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from lms.catalogue.models import Module
from lms.classes.rules import CLASS
from lms.core.database import db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM
from lms.learning import rules
from lms.learning.materials import services
from lms.learning.materials.models import ClassMaterial, ModuleMaterial
from lms.learning.queries import courses as queries
from lms.library.models import Package, Registration, Upload
from lms.library.services import packages, registrations
from lms.packages.structure import Structure, Unit
from tests import factories
from tests.walking import check, everything

NOW = datetime.now(UTC)


def course(title: str = "Bài") -> Unit:
    unit = Unit("au", "https://nxb.example/bai", {"vi": title}, "index.html", properties={"moveOn": "Completed"})
    return Unit("course", "https://nxb.example/khoa", {"vi": "Đô thị thông minh"}, children=(unit,))


class World:
    def __init__(self, sign_in: Any, submit: Any) -> None:
        self.institution = factories.institution()
        self.staff = factories.holder("institution_staff", self.institution)
        self.run = factories.class_run(self.institution)
        self.account = factories.trainee()
        person = db.session.get(type(factories.person()), self.account.person_id)
        self.enrolment = factories.enrolment(self.run, person)
        self.version = factories.package_version(course(), self.institution)
        self.module = db.session.scalars(
            select(Module).where(Module.version_id == self.run.version_id).order_by(Module.position)
        ).first()
        self.trainee, self.office, self.submit = sign_in(self.account), sign_in(self.staff), submit

    @property
    def modules(self) -> str:
        return f"/library/packages/{self.version.package_id}/modules"

    def place(self, **data: Any) -> Any:
        data = {"module": str(self.module.id), "required": "y", "in_running": "y"} | data
        return self.submit(self.office, f"{self.modules}/place", data, page=self.modules)

    def material(self) -> Any:
        (found,) = queries.course(self.enrolment.id).materials[self.module.id]
        return found

    def newer(self) -> Any:
        upload = Upload(institution_id=self.institution.id, filename="moi.zip", size=9, created_at=NOW, touched_at=NOW)
        upload.package_id = self.version.package_id
        structure = Structure("cmi5", course("Bài mới"))
        return packages.add_version(SYSTEM, upload, structure, [], sha256="1" * 64, report={}, at=NOW)

    def launch(self) -> Any:
        page = f"/learn/{self.enrolment.id}/materials/{self.material().id}"
        html = self.trainee.get(page).get_data(as_text=True)
        address = html.split('data-launch="')[1].split('"')[0]
        token = html.split('data-token="')[1].split('"')[0]
        return self.trainee.post(address, headers={"X-CSRFToken": token})


@pytest.fixture
def world(session: Any, sign_in: Any, submit: Any) -> World:
    return World(sign_in, submit)


def test_staff_places_a_package_and_trainees_see_it(world: World) -> None:
    assert world.place().status_code == 302
    page = world.trainee.get(f"/learn/{world.enrolment.id}").get_data(as_text=True)
    assert "Đô thị thông minh" in page and f"/materials/{world.material().id}" in page
    assert world.place().status_code == 409
    assert "A2.1" in world.office.get(f"/library/packages/{world.version.package_id}").get_data(as_text=True)


def test_a_trainee_opens_it_and_is_registered_once(world: World) -> None:
    world.place()
    first = world.launch()
    assert first.status_code == 200 and urlsplit(first.json["url"]).hostname.endswith(".localhost")
    assert world.launch().status_code == 200
    (registration,) = db.session.scalars(select(Registration).where(Registration.context_id == world.enrolment.id))
    assert registration.person_id == world.account.person_id
    assert registration.account_name == str(world.account.actor_name)


def test_the_module_is_done_only_with_its_required_material(world: World) -> None:
    world.place()
    parts = {part.key: part for part in rules.criteria(queries.standing(queries.course(world.enrolment.id)))}
    before = parts["modules"].have
    world.launch()
    registration = db.session.scalars(select(Registration)).one()
    (unit,) = [u for u in registrations.queries.units(registration.version_id) if u.href]
    registrations.waive(SYSTEM, registration.id, unit.id, reason="Administrative", at=NOW)
    assert world.material().done and world.material().percent == 100
    assert before == 0


def test_classes_that_have_begun_keep_their_version_until_they_are_moved(world: World) -> None:
    world.place()
    world.launch()
    old = db.session.scalars(select(Registration)).one()
    newer = world.newer()
    material = world.material().id
    url = f"{world.modules}/{material}"
    world.submit(world.office, f"{url}/version", {"version": str(newer.id)}, page=world.modules)
    world.launch()
    assert [r.version_id for r in db.session.scalars(select(Registration))] == [world.version.id]
    said = world.office.get(world.modules).get_data(as_text=True)
    assert "1 học viên" in said or "1 trainee" in said
    data = {"version": str(newer.id), "class": str(world.run.id)}
    assert world.submit(world.office, f"{url}/move", data, page=world.modules).status_code == 302
    db.session.refresh(old)
    assert old.superseded_at is not None
    world.launch()
    versions = {r.version_id: r.superseded_at for r in db.session.scalars(select(Registration))}
    assert versions[newer.id] is None and len(versions) == 2


def test_a_package_in_use_cannot_be_removed(world: World) -> None:
    world.place()
    page = f"/library/packages/{world.version.package_id}"
    world.submit(world.office, f"{page}/remove", page=page)
    assert db.session.get(Package, world.version.package_id).removed_at is None
    world.submit(world.office, f"{world.modules}/{world.material().id}/take-out", page=world.modules)
    world.submit(world.office, f"{page}/remove", page=page)
    assert db.session.get(Package, world.version.package_id, populate_existing=True).removed_at is not None


def test_others_neither_place_nor_play(world: World, sign_in: Any) -> None:
    world.place()
    material = world.material().id
    other_staff = sign_in(factories.holder("institution_staff", factories.institution()))
    assert other_staff.get(world.modules).status_code == 403
    other_trainee = sign_in(factories.trainee())
    assert other_trainee.get(f"/learn/{world.enrolment.id}/materials/{material}").status_code == 403
    other_class = factories.class_run(factories.institution())
    elsewhere = factories.enrolment(other_class, db.session.get(type(factories.person()), world.account.person_id))
    assert world.trainee.get(f"/learn/{elsewhere.id}/materials/{material}").status_code == 404


def test_who_left_the_class_can_no_longer_open_it(world: World) -> None:
    world.place()
    material = world.material().id
    db.session.get_one(type(world.enrolment), world.enrolment.id).status = "withdrawn"
    db.session.commit()
    page = world.trainee.get(f"/learn/{world.enrolment.id}/materials/{material}").get_data(as_text=True)
    assert "data-launch" not in page
    with pytest.raises(DomainError, match="left-class"):
        services.open_material(world.enrolment.id, material, at=NOW)


def test_pages_ask_few_questions(world: World, queries: list[str]) -> None:
    world.place()
    world.launch()
    page = f"/learn/{world.enrolment.id}/materials/{world.material().id}"
    queries.clear()
    world.trainee.get(page)
    assert len(queries) <= 8


def test_a_class_of_another_institution_cannot_be_moved(world: World) -> None:
    world.place()
    other = factories.class_run(factories.institution())
    with pytest.raises(NotFound):
        services.move_class(SYSTEM, other.id, world.material().id, world.version.id, at=NOW)


@pytest.mark.parametrize("way", ["take-out", "version", "move"])
def test_a_material_is_changed_only_through_its_own_package(world: World, sign_in: Any, way: str) -> None:
    world.place()
    material = world.material()
    institution = factories.institution()
    theirs = factories.package_version(course(), institution)
    office = sign_in(factories.holder("institution_staff", institution))
    page = f"/library/packages/{theirs.package_id}/modules"
    data = {"version": str(theirs.id), "class": str(world.run.id)}
    assert world.submit(office, f"{page}/{material.id}/{way}", data, page=page).status_code == 404
    assert world.material() == material


def test_a_page_of_many_modules_asks_no_more_questions(world: World, queries: list[str]) -> None:
    def asked() -> int:
        queries.clear()
        assert world.office.get(world.modules).status_code == 200
        return len(queries)

    world.place()
    asked()
    before = asked()
    for module in db.session.scalars(select(Module).where(Module.version_id == world.run.version_id)).all()[1:3]:
        services.place(SYSTEM, module.id, world.version.package_id, required=False, at=NOW)
    assert asked() <= before
    assert world.office.get(world.modules).get_data(as_text=True).count(world.run.name) >= 2


@pytest.mark.parametrize("state", sorted(CLASS.states))
def test_a_class_is_moved_to_another_version_only_while_it_goes_on(world: World, session: Any, state: str) -> None:
    world.place()
    material_id, newer = world.material().id, world.newer()
    world.run.status = state
    session.commit()
    tables = (ModuleMaterial, ClassMaterial, Registration)
    shown = 'name="class"' in world.office.get(world.modules).get_data(as_text=True)
    assert shown == (state in CLASS.allowed["move_material"])
    form = {"class": str(world.run.id), "version": str(newer.id)}
    before = everything(session, *tables)
    answer = world.submit(world.office, f"{world.modules}/{material_id}/move", form, page="/account")
    check(CLASS, "move_material", state, answer, before, everything(session, *tables))


def test_what_is_put_into_a_module_later_is_none_of_a_finished_class(world: World, session: Any) -> None:
    world.run.status, world.run.finished_at = "finished", datetime.now(UTC)
    session.commit()
    assert world.place().status_code == 302
    assert not queries.course(world.enrolment.id).materials.get(world.module.id)
    material_id = session.scalars(select(ModuleMaterial.id)).one()
    assert world.trainee.get(f"/learn/{world.enrolment.id}/materials/{material_id}").status_code == 404
    assert world.run.code not in world.office.get(world.modules).get_data(as_text=True)
    world.run.finished_at = None  # opened again
    session.commit()
    assert world.material().id == material_id


@pytest.mark.parametrize("way", ["version", "move"])
@pytest.mark.parametrize("sent", [{}, {"version": "x", "class": "y"}])
def test_a_form_that_names_no_version_is_answered_with_its_page(world: World, sent: dict[str, str], way: str) -> None:
    world.place()
    answer = world.submit(world.office, f"{world.modules}/{world.material().id}/{way}", sent, page=world.modules)
    assert answer.status_code == 422 and "data-summary" in answer.text
