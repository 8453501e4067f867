"""PDF: how many pages, and the title; read by pypdf in a confined process."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lms.packages.formats.single import confined
from lms.packages.formats.single.names import good_title
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

_PROBE = Path(__file__).with_name("pdf_probe.py")
_SECONDS = 30
_MEMORY = 1024 * 1024 * 1024
NO_PAGES = _l("The PDF has no pages. Please export it again and open it once before you upload it.")
_REFUSALS = {
    "password": _l("The PDF is protected by a password. Please save it without a password and upload it again."),
    "empty": NO_PAGES,
}
_UNREADABLE = _l(
    "The PDF cannot be read; it may be damaged or incomplete. Please open it, save it anew as PDF, and upload it again."
)


def read(path: Path, _media_type: str, name: str) -> tuple[str, dict[str, Any]]:
    """Return the title and ``{"pages": …}``.

    :raises Refused: it needs a password, has no pages, or cannot be read within half a minute and 1 GB
    """
    with TemporaryDirectory(prefix="khue-pdf-") as folder:
        command = [sys.executable, "-I", str(_PROBE), str(path.resolve())]
        answer = confined.run(command, seconds=_SECONDS, memory=_MEMORY, folder=Path(folder))
    facts = _parsed(answer)
    if not isinstance(facts.get("pages"), int):
        raise Refused(Fault(name, _REFUSALS.get(str(facts.get("refused")), _UNREADABLE)))
    titles = (good_title(title) for title in facts.get("titles", ()))
    return next(filter(None, titles), ""), {"pages": facts["pages"]}


def _parsed(answer: bytes | None) -> dict[str, Any]:
    try:
        facts = json.loads(answer or b"{}")
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
