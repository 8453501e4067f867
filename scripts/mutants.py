"""Find out what the tests of a domain would not notice: change one thing, run the tests that reach it, see who fails.

    make mutants ARGS="classes"                                     the rooms that decide, against the domain's tests
    make mutants ARGS="lms/classes/access.py lms/classes/rules.py --tests tests/classes tests/learning"
    make mutants ARGS="classes --lines access.py:50-60 --at-least 85"

Nothing on disk is touched. The run collects the tests and starts one database; a worker makes the application, runs the
tests once to see which of them reach which line, and then forks for every mutant: the child exchanges the code of one
function, runs the tests that reach it until one fails, and ends. ``docs/testing.md`` tells how to read the outcome.
"""

import argparse
import ast
import gc
import importlib
import json
import os
import re
import resource
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from mutations import mutated, sites
from sqlalchemy.pool import Pool

ROOT = Path(__file__).resolve().parents[1]
DECIDING = ("access.py", "rules.py", "services.py", "services")
"""The rooms of a domain that decide, whatever folder they stand in."""
TIMEOUT = 60
"""Seconds of the processor after which a mutant is taken for one without an end; ten times as many by the clock."""
KILLED, SURVIVED, UNREACHED, TIMED_OUT, SKIPPED = "killed", "survived", "unreached", "timeout", "skipped"


@dataclass(frozen=True)
class Mutant:
    """One change in one file."""

    path: Path
    number: int
    line: int
    lines: range
    scope: str
    change: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}  {self.change}"

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def main() -> int:
    """Run; 1 when fewer died than ``--at-least``."""
    options = _options()
    sys.path[:0] = [str(ROOT)]
    os.chdir(ROOT)
    mutants = [one for path in options.files for one in mutants_of(path) if _wanted(one, options.lines)]
    if options.list:
        print(*mutants, sep="\n")
        return 0
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate]
    )
    os.environ["LMS_HYPOTHESIS"] = "mutants"
    run = Run(mutants, options.jobs, options.tests)
    plugins = [f"no:{name}" for name in ("terminal", "cacheprovider", "xdist")]
    plain = ["-o", "addopts=--import-mode=importlib", "-W", "ignore", *(f"-p{name}" for name in plugins)]
    code = pytest.main([*plain, *options.tests], plugins=[run])
    if run.failed or code not in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        print(run.failed or f"pytest answered {code!r}")
        return 2
    return _report(mutants, run.outcomes, options.at_least)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", help="domains (their access, rules and services), or files and folders")
    parser.add_argument("--tests", nargs="+", help="files or folders of tests; by default those of the domains")
    parser.add_argument("--lines", nargs="+", default=[], help="only these: access.py:58 or access.py:50-60")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--at-least", type=int, default=0, help="the share in percent below which the run fails")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    options = parser.parse_args()
    options.files, domains = [], {}
    for what in options.what:
        path = ROOT / what
        domain = what if "/" not in what and not path.suffix else path.relative_to(ROOT / "lms").parts[0]
        domains[domain] = True
        within = _deciding(ROOT / "lms" / domain) if domain == what else [path]
        options.files += [file for one in within for file in (sorted(one.rglob("*.py")) if one.is_dir() else [one])]
    options.files = list(dict.fromkeys(options.files))
    options.tests = options.tests or [f"tests/{domain}" for domain in domains]
    return options


def _deciding(domain: Path) -> list[Path]:
    rooms = [path for name in DECIDING for path in domain.rglob(name)]
    return [room for room in rooms if not any(other in room.parents for other in rooms)]


def _wanted(mutant: Mutant, lines: list[str]) -> bool:
    for one in lines:
        found = re.fullmatch(r"(.+):(\d+)(?:-(\d+))?", one)
        if found is None:
            raise SystemExit(f"--lines wants file:line or file:line-line, not {one}")
        first, last = int(found[2]), int(found[3] or found[2])
        if mutant.path.match(found[1]) and first <= mutant.line <= last:
            return True
    return not lines


def mutants_of(path: Path) -> Iterator[Mutant]:
    """All changes of a file, as :mod:`mutations` knows them."""
    for number, site in enumerate(sites(ast.parse(path.read_text()))):
        end = site.statement.end_lineno or site.statement.lineno
        if isinstance(site.statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
            end = max(site.line, site.statement.lineno)  # what stands within has sites of its own
        yield Mutant(path, number, site.line, range(site.statement.lineno, end + 1), site.scope, site.change)


class Run:
    """The plugin that takes pytest's loop over once everything is collected and the database runs."""

    def __init__(self, mutants: list[Mutant], jobs: int, order: list[str]) -> None:
        self.mutants, self.jobs, self.order = mutants, max(1, jobs), order
        self.outcomes: dict[int, str] = {}
        self.failed = ""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected."""
        if report.failed:
            self.failed += f"{report.nodeid}: {report.longrepr}\n"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork the workers and gather what they say, line by line."""
        if self.failed:
            return True
        items = [item for item in session.items if item.get_closest_marker("browser") is None]
        children, ends = [], []
        for job in range(self.jobs):
            reading, writing = os.pipe()
            pid = os.fork()
            if not pid:
                os.environ["PYTEST_XDIST_WORKER"] = f"mutants{job}"
                _last_words(lambda job=job, writing=writing: Worker(self, items, os.fdopen(writing, "w")).work(job))
            os.close(writing)
            children.append(pid)
            ends.append(os.fdopen(reading))
        readers = [threading.Thread(target=self._listen, args=(end,)) for end in ends]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        for pid in children:
            os.waitpid(pid, 0)
        return True

    def _listen(self, end: Any) -> None:
        for line in end:
            said = json.loads(line)
            if "failed" in said:
                self.failed += said["failed"]
                continue
            self.outcomes[said["mutant"]] = said["outcome"]
            if sys.stderr.isatty():
                print(f"\r{len(self.outcomes)}/{len(self.mutants)} ", end="", file=sys.stderr, flush=True)


class Worker:
    """A process with an application and a database of its own, which tries every ``jobs``-th mutant."""

    def __init__(self, run: Run, items: list[pytest.Item], out: Any) -> None:
        self.run, self.items, self.out = run, items, out
        self.reaching: dict[tuple[str, int], list[pytest.Item]] = {}

    def work(self, job: int) -> None:
        """See what the tests reach, then try the mutants."""
        failures = self._see()
        if failures:
            self._say(failed="These tests fail before anything is changed:\n" + "\n".join(failures) + "\n")
            return
        for number, mutant in list(enumerate(self.run.mutants))[job :: self.run.jobs]:
            self._say(mutant=number, outcome=self._try(mutant))

    def _say(self, **said: Any) -> None:
        self.out.write(json.dumps(said) + "\n")
        self.out.flush()

    def _see(self) -> list[str]:
        """Run all tests once; remember which reach which line, quick ones first."""
        watched = {str(mutant.path) for mutant in self.run.mutants}
        seen: dict[tuple[str, int], list[int]] = defaultdict(list)
        took: dict[int, float] = {}
        failures = []
        for n, item in enumerate(self.items):
            lines: set[tuple[str, int]] = set()
            watch = _watch(watched, lines)
            started = time.perf_counter()
            threading.settrace(watch)
            sys.settrace(watch)
            following = self.items[n + 1] if n + 1 < len(self.items) else self.items[0]
            reports = runtestprotocol(item, nextitem=following, log=False)
            sys.settrace(None)
            threading.settrace(None)
            took[n] = time.perf_counter() - started
            failures += [f"{report.nodeid}: {report.longrepr}" for report in reports if report.failed]
            for where in lines:
                seen[where].append(n)
        near = [next((k for k, path in enumerate(self.run.order) if i.nodeid.startswith(path)), 9) for i in self.items]
        for where, numbers in seen.items():
            self.reaching[where] = [self.items[n] for n in sorted(numbers, key=lambda n: (near[n], took[n]))]
        return failures

    def _try(self, mutant: Mutant) -> str:
        tests = self.items
        if mutant.scope:
            reaching = {id(i): i for line in mutant.lines for i in self.reaching.get((str(mutant.path), line), [])}
            tests = list(reaching.values())
            if not tests:
                return UNREACHED
        _let_go_of_the_database()
        pid = os.fork()
        if not pid:
            resource.setrlimit(resource.RLIMIT_CPU, (TIMEOUT, TIMEOUT))
            signal.alarm(10 * TIMEOUT)
            _last_words(lambda: _child(mutant, tests))
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            return TIMED_OUT if os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL) else KILLED
        return {0: SURVIVED, 1: KILLED, 3: SKIPPED}.get(os.WEXITSTATUS(status), KILLED)


def _watch(watched: set[str], lines: set[tuple[str, int]]) -> Any:
    def local(frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return local

    def outer(frame: FrameType, _event: str, _arg: Any) -> Any:
        return local if frame.f_code.co_filename in watched else None

    return outer


def _last_words(work: Any) -> None:
    """Do the work of a forked process, and end it without anything its parent would do at its end."""
    code = 2
    try:
        code = work() or 0
    except BaseException as error:  # noqa: BLE001 - nothing may return into the parent's code
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _let_go_of_the_database() -> None:
    """Connections do not survive a fork."""
    importlib.import_module("lms.core.database").disconnect()
    for pool in (one for one in gc.get_objects() if isinstance(one, Pool)):
        pool.dispose()


def _child(mutant: Mutant, tests: list[pytest.Item]) -> int:
    """Return 1 when a test notices, 0 when none does, 3 when the change cannot be made."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if not put_in(mutant):
        return 3
    for n, item in enumerate(tests):
        following = tests[n + 1] if n + 1 < len(tests) else tests[0]
        if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
            return 1
    return 0


def put_in(mutant: Mutant) -> bool:
    """Make the change in this process: exchange a function's code, or a module's value wherever it was imported."""
    module = importlib.import_module(mutant.module)
    tree = mutated(mutant.path.read_text(), mutant.number)
    if not mutant.scope:
        return _put_value(module, tree, mutant)
    code = _code(compile(tree, str(mutant.path), "exec"), mutant.scope)
    function = _function(module, mutant.scope)
    if code is None or function is None or len(code.co_freevars) != len(function.__code__.co_freevars):
        return False
    function.__code__ = code
    return True


def _code(code: CodeType, scope: str) -> CodeType | None:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            if part.co_qualname == scope:
                return part
            if scope.startswith(f"{part.co_qualname}.") and (found := _code(part, scope)):
                return found
    return None


def _function(module: ModuleType, scope: str) -> FunctionType | None:
    """The function itself, below its decorators."""
    found: Any = module
    for name in scope.split("."):
        found = vars(found).get(name)
        if found is None:
            return None
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        if hasattr(found, "cache_clear"):
            found.cache_clear()
        inner = [getattr(found, name, None) for name in ("__wrapped__", "fget", "__func__", "func")]
        found = next((one for one in inner if one is not None), None)
        if found is None:
            return None
    return found


def _put_value(module: ModuleType, tree: ast.Module, mutant: Mutant) -> bool:
    statement = next(one for one in tree.body if one.lineno == mutant.lines.start)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    if not isinstance(target, ast.Name):
        return False
    old, names = getattr(module, target.id), dict(vars(module))
    exec(compile(ast.Module([statement], []), str(mutant.path), "exec"), names)  # noqa: S102 - our own source
    for other in list(sys.modules.values()):
        if other is not None and other.__name__.startswith("lms") and vars(other).get(target.id) is old:
            setattr(other, target.id, names[target.id])
    return True


def _report(mutants: list[Mutant], outcomes: dict[int, str], at_least: int) -> int:
    """Print the survivors and the share of each file."""
    files: dict[Path, list[tuple[Mutant, str]]] = defaultdict(list)
    for number, mutant in enumerate(mutants):
        outcome = outcomes.get(number, SKIPPED)
        if outcome != SKIPPED:
            files[mutant.path].append((mutant, outcome))
    print()
    for tried in files.values():
        for mutant, outcome in tried:
            if outcome in (SURVIVED, UNREACHED):
                print(f"{mutant}{'' if outcome == SURVIVED else '   (no test reaches it)'}")
    print()
    dead = total = 0
    for path, tried in files.items():
        killed = sum(outcome in (KILLED, TIMED_OUT) for _mutant, outcome in tried)
        dead, total = dead + killed, total + len(tried)
        print(f"{path.relative_to(ROOT)!s:48} {killed:4} of {len(tried):4} killed  {100 * killed // len(tried):3} %")
    share = 100 * dead / total if total else 100.0
    if slow := [str(mutants[number]) for number, outcome in outcomes.items() if outcome == TIMED_OUT]:
        print("", "Killed by taking too long:", *slow, "", sep="\n")
    print(f"{'together':48} {dead:4} of {total:4} killed  {share:.1f} %")
    return 1 if share < at_least else 0


if __name__ == "__main__":
    sys.exit(main())
