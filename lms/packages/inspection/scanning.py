"""ClamAV, where it is installed."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

SECONDS = 600
_ANSWERS = 10
_WHOLE = ("--max-filesize=0", "--max-scansize=0", "--max-files=0", "--max-scantime=0", "--alert-exceeds-max=yes")
"""By default clamscan leaves out what is larger than 100 MB, and calls it good."""
_LEFT_OUT = "Heuristics.Limits.Exceeded"
_FAILED = _l("The virus scanner did not answer. Please send the file again later, or tell the administrator.")


class Scanner(NamedTuple):
    """What is known of the scanner.

    :ivar version: of ClamAV, with the number and date of its signatures where it has any
    """

    program: str
    version: str

    @property
    def signatures(self) -> bool:
        """Whether it has signatures: ``ClamAV 1.4.3/27500/Fri Nov …``."""
        return "/" in self.version


class Scanned(NamedTuple):
    """What a scanner found: the name of the threat by file, and the files that it could not look at whole."""

    threats: dict[Path, str]
    left_out: set[Path]


def scanner() -> str | None:
    """Return the scanner's program: clamdscan where its service answers, else clamscan; None when there is none."""
    service, alone = shutil.which("clamdscan"), shutil.which("clamscan")
    if service is not None and (alone is None or _answers(service)):
        return service
    return alone


def state() -> Scanner | None:
    """Return what administrators are told of the scanner; None when there is none."""
    program = scanner()
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [program, "--version"], capture_output=True, text=True, timeout=_ANSWERS, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return Scanner(program, "")
    return Scanner(program, done.stdout.strip())


def scan(paths: Iterable[Path], name: str) -> Scanned:
    """Look for threats in files; where there is no scanner nothing is found.

    :param name: under which the whole is known to its sender
    :raises Refused: the scanner failed, so nobody knows.
    """
    program = scanner()
    if program is None:
        return Scanned({}, set())
    options = ["--fdpass"] if program.endswith("clamdscan") else list(_WHOLE)
    with NamedTemporaryFile("w", prefix="khue-scan-", encoding="utf-8") as listed:
        listed.writelines(f"{path}\n" for path in paths)
        listed.flush()
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments
                [program, "--no-summary", "--infected", *options, f"--file-list={listed.name}"],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            raise Refused(Fault(name, _FAILED)) from None
    if done.returncode not in (0, 1):
        raise Refused(Fault(name, _FAILED))
    return _read(done.stdout)


def _read(output: str) -> Scanned:
    """Read lines of the form ``/path: Name FOUND``."""
    scanned = Scanned({}, set())
    for line in output.splitlines():
        if line.endswith(" FOUND"):
            path, _, threat = line.removesuffix(" FOUND").rpartition(": ")
            if threat.startswith(_LEFT_OUT):
                scanned.left_out.add(Path(path))
            else:
                scanned.threats[Path(path)] = threat
    return scanned


def _answers(service: str) -> bool:
    try:
        subprocess.run([service, "--ping", "1"], capture_output=True, timeout=_ANSWERS, check=True)  # noqa: S603
    except (subprocess.SubprocessError, OSError):
        return False
    return True
