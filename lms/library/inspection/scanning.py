"""ClamAV, where it is installed."""

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from lms.library.structure import Fault, Refused

SECONDS = 600
_ANSWERS = 10


def scanner() -> str | None:
    """Return the scanner's program: clamdscan where its service answers, else clamscan; None when there is none."""
    return _found(shutil.which("clamdscan"), shutil.which("clamscan"))


def scan(path: Path) -> str | None:
    """Return the name of what a scanner finds in a file; None when it finds nothing, or there is none.

    :raises Refused: the scanner failed, so nobody knows.
    """
    program = scanner()
    if program is None:
        return None
    options = ["--fdpass", "--no-summary"] if program.endswith("clamdscan") else ["--no-summary"]
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [program, *options, str(path)], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        raise Refused(Fault(path.name, _FAILED)) from None
    if done.returncode == 0:
        return None
    if done.returncode == 1:
        line = next((one for one in done.stdout.splitlines() if one.endswith("FOUND")), "")
        return line.rpartition(": ")[2].removesuffix(" FOUND") or "?"
    raise Refused(Fault(path.name, _FAILED))


_FAILED = _l("The virus scanner did not answer. Please send the file again later.")


@lru_cache(maxsize=4)
def _found(service: str | None, alone: str | None) -> str | None:
    if service is not None:
        try:
            subprocess.run([service, "--ping", "1"], capture_output=True, timeout=_ANSWERS, check=True)  # noqa: S603
            return service
        except (subprocess.SubprocessError, OSError):
            pass
    return alone
