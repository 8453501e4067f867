"""What is outside of the content origin and may be asked for something, for one package."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from lms.core.database import db
from lms.packages.inspection.outside import origin_of

_OF_VERSION = text(
    """
    SELECT v.kind, g.allowed_hosts, coalesce(v.report -> 'hosts', '[]') AS named,
           ARRAY(SELECT DISTINCT u.href FROM content_units u WHERE u.version_id = v.id AND u.href ~ '^https?://')
             AS addresses
    FROM package_versions v JOIN packages g ON g.id = v.package_id WHERE v.id = :version
    """
)


class Outside(NamedTuple):
    """Origins such as ``https://www.youtube.com``.

    :ivar hosts: those that staff allowed for the package
    :ivar units: those on which units of the version are, as its manifest says
    :ivar missing: names of hosts from which it loads something and may not
    :ivar leads_away: whether it is a link, and nothing of it is here
    """

    hosts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    leads_away: bool = False


NOWHERE = Outside()


def of_version(version_id: UUID) -> Outside:
    """Return what the content of a version may ask; one statement."""
    row = db.session.execute(_OF_VERSION, {"version": version_id}).one_or_none()
    if row is None:
        return NOWHERE
    units = {origin for address in row.addresses if (origin := origin_of(address))}
    missing = [origin.partition("://")[2] for origin in row.named if origin not in row.allowed_hosts]
    return Outside(tuple(row.allowed_hosts), tuple(sorted(units)), tuple(missing), row.kind == "link")
