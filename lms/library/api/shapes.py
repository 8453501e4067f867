"""What goes in and out of the API: each type becomes a schema of its OpenAPI description, and checks what is sent."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from lms.library.kinds import KINDS
from lms.packages.cmi5.terms import REASONS

Mode = Literal["Normal", "Browse", "Review"]
Reason = Literal["Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative"]
assert set(REASONS) == set(Reason.__args__)  # type: ignore[attr-defined]  # noqa: S101
if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[tuple(KINDS)]
_END = r"(?![\s\S])"  # of the text in every dialect: Python's "$" overlooks a line's end
_LINE = rf"^[^\x00-\x1f\x7f]*{_END}"
Address = Annotated[str, Meta(min_length=1, max_length=2000, pattern=rf"^https?://[^\s\x00-\x1f]+{_END}")]
Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=_LINE)]
_PAGE = rf"^[^\x00-\x1f\x7f]*\|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}{_END}"


class UploadQuery(Struct, forbid_unknown_fields=True):
    """What is said of a file that is sent whole."""

    filename: Annotated[
        str,
        Meta(max_length=240, pattern=_LINE, description="Name of the file; its kind is found by its content."),
    ] = "file"
    title: Annotated[
        str,
        Meta(max_length=300, pattern=_LINE, description="Title of the package; by default what it calls itself."),
    ] = ""
    package_id: Annotated[UUID, Meta(description="The package of which it becomes a new version.")] | UnsetType = UNSET
    sha256: Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{_END}", description="Checksum of the file.")] | UnsetType = (
        UNSET
    )


class PackagesQuery(Struct, forbid_unknown_fields=True):
    """Which packages are listed."""

    q: Annotated[
        str, Meta(max_length=100, pattern=_LINE, description="Part of the title, with or without accents.")
    ] = ""
    kind: Annotated[Kind, Meta(description="Kind of package.")] | UnsetType = UNSET
    after: (
        Annotated[str, Meta(max_length=1000, pattern=_PAGE, description="`more` of the page before.")] | UnsetType
    ) = UNSET


class StatementsQuery(Struct, forbid_unknown_fields=True):
    """Which statements are listed."""

    after: Annotated[int, Meta(ge=0, le=2**63 - 1, description="`more` of the page before.")] = 0
    limit: Annotated[int, Meta(ge=1, le=500, description="Most statements of a page.")] = 100


class Problem(Struct):
    """What was refused, and why."""

    error: str
    code: str
    request_id: str | None = None


class Message(Struct):
    """A fault or a note: the file it concerns, and words in Vietnamese and English."""

    path: str
    vi: str
    en: str


class Upload(Struct):
    """A file on its way in. ``taken`` has a version, ``refused`` its faults.

    ``broken_off`` could not be checked by a fault of ours: send it again. ``kind`` is known when it is taken.
    """

    id: UUID
    state: Literal["receiving", "checking", "taken", "refused", "broken_off"]
    filename: str
    size: int
    received: int
    step: str
    done: int
    total: int
    package_id: UUID | None
    version_id: UUID | None
    number: int | None
    kind: str | None
    faults: list[Message]
    notes: list[Message]


class Unit(Struct):
    """A part of a package. What has ``launchable`` can be opened."""

    id: UUID
    parent_id: UUID | None
    kind: str
    identifier: str
    activity_id: str
    title: dict[str, str]
    launchable: bool
    properties: dict[str, Any]


class Version(Struct):
    """A version of a package."""

    id: UUID
    package_id: UUID
    number: int
    kind: str
    filename: str
    sha256: str
    size: int
    files: int
    unpacked: int
    created_at: datetime


class VersionWithUnits(Version, kw_only=True):
    """A version with all its parts, in the order of the walk over its tree."""

    units: list[Unit]
    notes: list[Message]


class Package(Struct):
    """A package, with its newest version."""

    id: UUID
    title: str
    kind: str
    created_at: datetime
    newest: Version


class Packages(Struct):
    """A page of packages; ``more`` is the ``after`` of the next page, or null."""

    packages: list[Package]
    more: str | None


class Versions(Struct):
    """All versions of a package, newest first."""

    versions: list[Version]


class Account(Struct, forbid_unknown_fields=True):
    """An xAPI account of a learner who is not in the roster."""

    homePage: Address  # noqa: N815 - xAPI's name
    name: Name


class LearnerIn(Struct, forbid_unknown_fields=True):
    """A learner: by staff code, or by an account of another system. Exactly one of both."""

    staff_code: Annotated[str, Meta(max_length=40, pattern=_LINE)] | UnsetType = UNSET
    account: Account | UnsetType = UNSET


class RegistrationIn(Struct, forbid_unknown_fields=True):
    """Register a learner for a version. The same learner and version give the same registration unless ``anew``."""

    version_id: UUID
    learner: LearnerIn
    anew: bool = False


class UnitStatus(Struct):
    """How far a learner is in a unit."""

    unit_id: UUID
    identifier: str
    activity_id: str
    kind: str
    completed_at: datetime | None
    passed_at: datetime | None
    failed_at: datetime | None
    waived_at: datetime | None
    satisfied_at: datetime | None
    progress: int
    score: float | None
    seconds: int


class Registration(Struct):
    """A learner's registration with what she has done. ``agent`` is the actor of her statements."""

    id: UUID
    version_id: UUID
    agent: dict[str, Any]
    created_at: datetime
    satisfied_at: datetime | None
    units: list[UnitStatus]


class LaunchIn(Struct, forbid_unknown_fields=True):
    """Open a unit in a launch mode. ``return_url`` is where content goes when it closes itself.

    With ``plain`` the demonstration gives an address at 127.0.0.1, for programs that do not know ``*.localhost``.
    """

    unit_id: UUID
    mode: Mode = "Normal"
    return_url: Address | UnsetType = UNSET
    plain: bool = False


class Launch(Struct):
    """A launch: the address to open in the learner's browser, once."""

    session_id: UUID
    url: str
    own_window: bool
    expires_at: datetime


class WaiveIn(Struct, forbid_unknown_fields=True):
    """Let a unit count as done, for a reason of cmi5 (section 9.5.5.2)."""

    reason: Reason


class Abandoned(Struct):
    """Whether the session was open until now."""

    abandoned: bool


class Statements(Struct):
    """Statements of a registration, oldest first; ``more`` is the ``after`` of the next page, or null."""

    statements: list[dict[str, Any]]
    more: int | None
