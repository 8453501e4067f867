"""Completion hears everything: what a class asks for changes, and its trainees are looked at again in one job."""

import ast
import inspect
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from lms.classes import services as classes
from lms.classes.models import Enrolment, Session
from lms.classes.services import timetable
from lms.classes.signals import requirements_changed
from lms.core.config import ROOT
from lms.core.database import db, utcnow
from lms.core.edits import Edit
from lms.core.guard import SYSTEM
from lms.learning import services
from lms.learning.materials import services as materials
from lms.learning.materials.models import ModuleMaterial
from lms.learning.queries import courses as learning
from lms.library.models import Upload
from lms.library.services import packages
from lms.packages.structure import Structure, Unit
from tests import factories as make
from tests.learning.worlds import World, steps_of


def course():
    unit = Unit("au", "https://nxb.example/bai", {"vi": "Bài"}, "index.html", properties={"moveOn": "Completed"})
    return Unit("course", "https://nxb.example/khoa", {"vi": "Khóa"}, children=(unit,))


class Class(World):
    """A class with one session that nobody attended and one required material that nobody has done; all else is met."""

    def __init__(self, session):
        super().__init__(session)
        self.start = utcnow() - timedelta(days=2)
        self.meeting = self.add_session()
        self.package = make.package_version(course(), self.institution).package_id
        before = utcnow() - timedelta(days=20)  # placed before anything in the module was done
        self.material = materials.place(
            SYSTEM, self.modules[0].id, self.package, required=True, in_running=True, at=before
        ).id
        self.study()
        self.pass_quizzes()
        self.pass_essay()

    @property
    def institution(self):
        return db.session.get(type(make.city()), self.run.institution_id)

    def add_session(self, **values):
        n = db.session.scalar(select(func.count()).select_from(Session))
        starts = self.start + timedelta(hours=4 * n)
        return timetable.add_session(SYSTEM, self.run.id, **self.session_values(starts) | values, at=utcnow())

    @staticmethod
    def session_values(starts):
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=3), "place": "Phòng 301"}
        return {"topic_id": None, "lecturer_id": None, "kind": "classroom", "title": "Buổi học"} | times

    def attend(self, meeting, mark):
        classes.record_attendance(SYSTEM, meeting.id, {self.registration: (mark, None)}, at=utcnow())

    def newer(self):
        upload = Upload(
            institution_id=self.run.institution_id, filename="moi.zip", size=9, created_at=utcnow(), touched_at=utcnow()
        )
        upload.package_id = self.package
        return packages.add_version(
            SYSTEM, upload, Structure("cmi5", course()), [], sha256="1" * 64, report={}, at=utcnow()
        )

    def take_out(self):
        materials.take_out(SYSTEM, self.material, at=utcnow())

    def remove_session(self):
        timetable.remove_session(SYSTEM, self.run.id, self.meeting.id, at=utcnow())

    def complete(self):
        """Take away what hinders; the trainee has completed then."""
        self.take_out()
        self.attend(self.meeting, "present")


@pytest.fixture
def world(session):
    return Class(session)


# -- every act that can change what a class asks for says so ----------------------------------------------------------

CHANGING = {
    "classes.services.timetable.add_session": lambda world: world.add_session(),
    "classes.services.timetable.change_session": lambda world: timetable.change_session(
        SYSTEM,
        world.run.id,
        world.meeting.id,
        Edit(world.session_values(world.start) | {"kind": "online"}),
        at=utcnow(),
    ),
    "classes.services.timetable.remove_session": lambda world: world.remove_session(),
    "learning.materials.services.place": lambda world: materials.place(
        SYSTEM, world.modules[1].id, world.package, required=True, at=utcnow()
    ),
    "learning.materials.services.take_out": lambda world: world.take_out(),
    "learning.materials.services.use_version": lambda world: materials.use_version(
        SYSTEM, world.material, world.newer().id, at=utcnow()
    ),
    "learning.materials.services.move_class": lambda world: materials.move_class(
        SYSTEM, world.run.id, world.material, world.newer().id, at=utcnow()
    ),
}
"""Acts that change what a class asks for; each is done by the tests below."""

KEEPING = {
    "classes.services.timetable.assign_lecturer": "who teaches is no condition of completion",
    "classes.services.timetable.remove_lecturer": "who teaches is no condition of completion",
    "learning.materials.services.open_material": "a trainee's own doing, reviewed by registration_changed",
}
"""Acts beside them that do not, and why."""


def acts(module):
    name = module.__name__.removeprefix("lms.")
    return {
        f"{name}.{key}"
        for key, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and hasattr(function, "__wrapped__")
    }


def test_every_act_on_a_timetable_or_on_materials_is_known_here():
    assert acts(timetable) | acts(materials) == CHANGING.keys() | KEEPING.keys()


def test_sessions_and_materials_are_written_nowhere_else():
    """A new place that writes them must tell requirements_changed and stand in CHANGING."""
    writing = {
        str(path.relative_to(ROOT))
        for path in Path(ROOT, "lms").rglob("*.py")
        if any(_writes(node) for node in ast.walk(ast.parse(path.read_text())))
    }
    assert writing == {"lms/classes/services/timetable.py", "lms/learning/materials/services.py"}


def _writes(node):
    """Whether a piece of code makes a row of what a class asks for, or changes or removes rows by SQL."""
    rows = {"Session", "ModuleMaterial"}
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value.upper()
        return any(f"{verb} {name}" in words for verb in ("INSERT INTO", "UPDATE", "DELETE FROM")
                   for name in ("SESSIONS", "MODULE_MATERIALS"))  # fmt: skip
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    of = [one.id for one in node.args if isinstance(one, ast.Name)]
    return (node.func.id in rows and bool(node.keywords)) or (
        node.func.id in {"insert", "update", "delete", "upsert"} and bool(rows.intersection(of))
    )


@pytest.mark.parametrize("act", sorted(CHANGING))
def test_an_act_that_changes_what_a_class_asks_for_tells_it_and_one_job_waits(world, run_jobs, act):
    run_jobs()
    told = []

    def receive(_sender, *, class_id, at):
        told.append((class_id, at.tzinfo is not None))

    with requirements_changed.connected_to(receive):
        CHANGING[act](world)
    assert told == [(world.run.id, True)]
    assert waiting() == [str(world.run.id)]
    CHANGING[act](world) if act.endswith("add_session") else None
    assert waiting() == [str(world.run.id)], "a class that waits already is not put on the queue twice"


@pytest.mark.parametrize("act", sorted(CHANGING))
def test_who_has_completed_stays_so_whatever_a_class_asks_for_afterwards(world, run_jobs, act):
    db.session.execute(update(Enrolment).where(Enrolment.id == world.registration).values(status="enrolled"))
    classes.conclude(SYSTEM, world.registration, "completed", at=utcnow())
    CHANGING[act](world)
    run_jobs()
    assert world.status() == "completed"


def waiting():
    rows = db.session.execute(
        text("SELECT args->>'class_id' FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'learning.review'")
    )
    return [row[0] for row in rows]


# -- what becomes of it -----------------------------------------------------------------------------------------------


def test_a_session_removed_completes_those_who_have_met_all_else(world, run_jobs):
    world.take_out()
    run_jobs()
    assert world.status() == "enrolled"
    world.remove_session()
    assert world.status() == "enrolled", "the job does it, not the act"
    run_jobs()
    assert world.status() == "completed"


def test_a_material_taken_out_completes_those_who_have_met_all_else(world, run_jobs):
    world.attend(world.meeting, "present")
    run_jobs()
    assert world.status() == "enrolled"
    world.take_out()
    run_jobs()
    assert world.status() == "completed"


def test_a_material_of_another_institution_is_none_of_the_class(world, run_jobs):
    world.complete()
    run_jobs()
    package = make.package_version(course(), make.institution()).package_id
    materials.place(SYSTEM, world.modules[0].id, package, required=True, at=utcnow())
    assert waiting() == []
    assert learning.course(world.registration).materials == {}


def test_a_session_added_asks_more_of_those_who_have_not_completed(world, run_jobs):
    world.take_out()
    world.add_session()
    world.attend(world.meeting, "present")
    run_jobs()
    assert world.status() == "enrolled"
    assert [one.key for one in learning.checklist(world.registration) if not one.done] == ["attendance"]


@pytest.mark.parametrize("over", [False, True])
def test_a_completion_is_not_reopened_by_what_is_asked_later(world, run_jobs, over):
    world.complete()
    run_jobs()
    assert world.status() == "completed"
    added = world.add_session()
    if over:
        classes.finish_class(SYSTEM, world.run.id, reason="Thử", at=utcnow())
    materials.place(SYSTEM, world.modules[1].id, world.package, required=True, at=utcnow())
    run_jobs()
    lesson = world.lessons[0]
    services.complete_lesson(world.actor, world.registration, lesson.id, steps=steps_of(lesson), at=utcnow())
    assert world.status() == "completed"
    world.attend(added, "absent")
    assert world.status() == "completed", "the first mark of a session that was added is no correction"


def test_a_completion_is_taken_back_by_a_corrected_attendance_also_when_the_class_is_over(world, run_jobs):
    world.complete()
    run_jobs()
    classes.finish_class(SYSTEM, world.run.id, reason="Thử", at=utcnow())
    world.attend(world.meeting, "late")
    assert world.status() == "completed"
    world.attend(world.meeting, "excused")
    assert world.status() == "enrolled"


def test_a_completion_is_taken_back_by_a_corrected_mark_and_by_nothing_beside_it(world, run_jobs):
    from lms.assessment import services as assessment
    from lms.assessment.models import Submission

    world.complete()
    run_jobs()
    added = world.add_session()
    run_jobs()
    submission = db.session.scalars(select(Submission.id)).one()
    assessment.mark(SYSTEM, submission, 9, "", at=utcnow())
    assert world.status() == "completed", f"the session {added.id} was asked for later"
    assessment.mark(SYSTEM, submission, 1, "", at=utcnow())
    assert world.status() == "enrolled"


def test_who_has_left_and_who_is_in_a_cancelled_class_complete_nothing(world, session, run_jobs):
    session.execute(update(Enrolment).values(status="withdrawn"))
    world.take_out()
    world.remove_session()
    run_jobs()
    assert world.status() == "withdrawn"
    session.execute(update(Enrolment).values(status="enrolled"))
    world.run.status = "cancelled"
    session.commit()
    assert services.review_class(world.run.id, at=utcnow()) == 0
    assert world.status() == "enrolled"


def test_a_whole_class_is_reviewed_with_one_set_of_statements(world, session, queries, run_jobs):
    world.take_out()
    world.remove_session()
    session.execute(text("DELETE FROM procrastinate_jobs"))

    def counted():
        queries.clear()
        services.review_class(world.run.id, at=utcnow())
        return len(queries)

    assert counted() >= 1
    assert world.status() == "completed"
    alone = counted()
    for _ in range(12):
        make.enrolment(world.run, make.person())
    session.commit()
    session.execute(update(Enrolment).values(status="enrolled", completed_at=None))
    session.commit()
    assert counted() <= alone + 12
    assert world.status() == "completed"


def test_a_job_whose_class_is_gone_does_nothing(session):
    assert services.review_class(make.uuid4(), at=utcnow()) == 0


def test_an_act_that_fails_puts_no_job_on_the_queue(world, run_jobs):
    run_jobs()
    world.attend(world.meeting, "present")
    with pytest.raises(Exception, match="attendance-taken"):
        world.remove_session()
    assert waiting() == []


def test_materials_that_only_offer_themselves_ask_for_nothing(world, run_jobs):
    world.take_out()
    run_jobs()
    materials.place(SYSTEM, world.modules[0].id, world.package, required=False, at=utcnow())
    world.attend(world.meeting, "present")
    run_jobs()
    assert world.status() == "completed"
    assert db.session.scalar(select(func.count()).select_from(ModuleMaterial)) == 1
