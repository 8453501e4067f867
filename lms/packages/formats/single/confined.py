"""Programs that read hostile files: in a process of their own, with little memory, little time and no secrets."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

_LIMITED = """
import os, resource, sys
memory, seconds = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.execv(sys.argv[3], sys.argv[3:])
"""
_MOST_OUTPUT = 1024 * 1024


def run(
    command: Sequence[str], *, seconds: int, memory: int, folder: Path, environment: Mapping[str, str] | None = None
) -> bytes | None:
    """Run a program and return what it wrote to its standard output, at most 1 MB; None when it failed.

    When its time is over, it ends with all processes that it has started.

    :param command: its first part is a path
    :param seconds: of time, and of the processor
    :param memory: address space in bytes, a process
    :param folder: where it runs, and its home
    """
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        **(environment or {}),
    }
    limited = [sys.executable, "-I", "-S", "-c", _LIMITED, str(memory), str(seconds), *command]
    with TemporaryDirectory(dir=folder) as own, (Path(own) / "output").open("w+b") as output:
        process = subprocess.Popen(  # noqa: S603 - the program is ours or LibreOffice
            limited,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = -1
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        output.seek(0)
        return output.read(_MOST_OUTPUT) if status == 0 else None
