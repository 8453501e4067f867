"""The text of a PDF or DOCX, for reading beside a form; read in a confined process."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from lms.packages.formats.single import confined

_PROBE = Path(__file__).with_name("text_probe.py")
_SECONDS = 20
_MEMORY = 1024 * 1024 * 1024


def read(path: Path, kind: str) -> str | None:
    """Return a document's text; None when it cannot be read within 20 seconds and 1 GB, or holds none (a scan).

    :param kind: ``pdf`` or ``docx``
    """
    with TemporaryDirectory(prefix="khue-text-") as folder:
        command = [sys.executable, "-I", str(_PROBE), kind, str(path.resolve())]
        answer = confined.run(command, seconds=_SECONDS, memory=_MEMORY, folder=Path(folder))
    try:
        text = json.loads(answer or b"{}").get("text")
    except (ValueError, AttributeError):
        return None
    return text if isinstance(text, str) and text.strip() else None
