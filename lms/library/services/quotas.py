"""How much an institution may keep."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.library.models import StorageQuota
from lms.people.models import Unit

GB = 1024**3
MOST = 1_000_000


@act
def set_quota(actor: Actor, institution_id: int, gigabytes: int | None, *, at: datetime) -> None:
    """Give an institution a quota of its own, or the usual one again.

    :param gigabytes: None for the usual one
    :raises DomainError: ``bad-quota``
    """
    if gigabytes is not None and not 0 <= gigabytes <= MOST:
        raise DomainError("bad-quota", _l("A quota is a whole number of GB from 0 to %(most)s.", most=MOST), 422)
    if db.session.scalar(select(Unit.id).where(Unit.id == institution_id, Unit.kind == "institution")) is None:
        raise NotFound
    lock("library-room", institution_id)
    own = db.session.get(StorageQuota, institution_id)
    before = {"gigabytes": own.size // GB if own else None}
    if gigabytes is None:
        if own is not None:
            db.session.delete(own)
    elif own is None:
        db.session.add(StorageQuota(institution_id=institution_id, size=gigabytes * GB))
    else:
        own.size = gigabytes * GB
    after = {"gigabytes": gigabytes}
    if after != before:
        audit.record(actor, "library.set_quota", "unit", institution_id, at=at, before=before, after=after)
