"""Staff records made one at a time; rosters are read by lms.people.roster."""

from datetime import date, datetime
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.text import fold, one_line
from lms.people.models import CATEGORIES, Person
from lms.people.rules import STAFF_CODE


@act
def create_person(
    actor: Actor,
    *,
    staff_code: str,
    full_name: str,
    unit_id: int,
    category: str,
    position: str,
    at: datetime,
    birth_date: date | None = None,
    sex: str | None = None,
    email: str | None = None,
    rank: str | None = None,
    service_ends_on: date | None = None,
) -> Person:
    """Make the record of a member of staff or of a guest lecturer.

    :raises DomainError: the staff code is malformed or taken, or the category is unknown
    """
    code, name = one_line(staff_code).upper(), one_line(full_name)
    if not STAFF_CODE.fullmatch(code):
        text = _l("A staff code has 2 to 40 Latin letters without marks, digits, dots, dashes or slashes.")
        raise DomainError("staff-code", text, 422)
    if not name or category not in CATEGORIES:
        raise DomainError("person", _l("Name and category are needed."), 422)
    if db.session.scalar(select(Person.id).where(Person.staff_code == code)) is not None:
        raise DomainError("staff-code-taken", _l("This staff code is in use already."))
    person = Person(
        id=uuid4(),
        staff_code=code,
        full_name=name,
        search_text=fold(f"{name} {code}"),
        birth_date=birth_date,
        sex=sex,
        email=email,
        category=category,
        position=one_line(position),
        rank=rank,
        unit_id=unit_id,
        service_ends_on=service_ends_on,
    )
    db.session.add(person)
    db.session.flush()
    after = {"staff_code": code, "full_name": name, "unit_id": unit_id, "category": category}
    audit.record(actor, "person.create", "person", person.id, at=at, after=after)
    return person
