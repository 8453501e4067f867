"""`python -m tests.bench.surveys_load`: 900 trainees of one class answer as fast as the product takes their forms.

Real servers (`flask web`), twelve clients at once. Every eighth trainee sends from two devices at the same instant, every
ninth loses her connection before the answer comes and sends again, and two web workers are killed in the middle, one of
them twice as far as the other. At the end the institution closes the evaluation, and its counts must be exactly those of
the 900 forms: none lost, none doubled. Ends with status 1 when they are not.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from lms.core.database import db
from lms.records.models import Statement
from lms.surveys.models import Comment, Participation, SealedBallot, Survey
from lms.surveys.queries import states
from tests.bench.product import HOST, PORT, own_product
from tests.bench.surveys_crowd import Crowd, Member, gather

TRAINEES, CLIENTS = 900, 12
KILLED_AFTER = (TRAINEES // 3, TRAINEES * 2 // 3)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Sending:
    """What happened on the way.

    :ivar answers: how often which status came; 0 for a connection that broke
    """

    def __init__(self, crowd: Crowd, web: subprocess.Popen[bytes]) -> None:
        self.crowd, self.web = crowd, web
        self.answers: Counter[int] = Counter()
        self.finished = 0
        self.lock = threading.Lock()

    def of(self, place: int) -> None:
        """Send one trainee's form, whatever it takes."""
        member = self.crowd.members[place]
        if place % 8 == 0:
            meet = threading.Barrier(2)
            second = threading.Thread(target=self._until_answered, args=(member, meet))
            second.start()
            self._until_answered(member, meet)
            second.join()
        else:
            if place % 9 == 0:
                self._hang_up(member)
            self._until_answered(member)
        with self.lock:
            self.finished += 1
            if self.finished in KILLED_AFTER:
                os.kill(_workers(self.web.pid)[0], signal.SIGKILL)

    def _until_answered(self, member: Member, meet: threading.Barrier | None = None) -> None:
        for _ in range(200):
            status = self._once(member, meet)
            meet = None
            with self.lock:
                self.answers[status] += 1
            if status in (302, 409):
                return
            time.sleep(0.05)
        raise RuntimeError("a form was not taken in 200 attempts")

    def _once(self, member: Member, meet: threading.Barrier | None) -> int:
        try:
            connection = http.client.HTTPConnection(HOST, PORT, timeout=30)
            connection.connect()
            if meet is not None:
                meet.wait()
            connection.request("POST", self.crowd.path, member.body, FORM | {"Cookie": member.cookie})
            status = connection.getresponse().status
            connection.close()
            return status
        except (OSError, http.client.HTTPException):
            if meet is not None:
                meet.abort()
            return 0
        except threading.BrokenBarrierError:
            return 0

    def _hang_up(self, member: Member) -> None:
        """Send a form and close the connection before the answer."""
        with socket.create_connection((HOST, PORT), timeout=30) as line:
            line.sendall(member.request(f"{HOST}:{PORT}", self.crowd.path))


def _workers(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True)
    return sorted(int(line) for line in listed.stdout.split())


def main() -> None:
    with own_product() as product:
        crowd = gather(product.app, TRAINEES)
        db.session.remove()
        product.serve_as_installed(PORT)
        sending = Sending(crowd, product.processes[0])
        begin = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(sending.of, range(TRAINEES)))
        seconds = time.perf_counter() - begin
        _close(crowd)
        faults = check(crowd)
    said = ", ".join(f"{count} × {status or 'broken'}" for status, count in sorted(sending.answers.items()))
    print(f"{TRAINEES} trainees, {CLIENTS} clients: {seconds:.1f} s, {TRAINEES / seconds:.0f} forms a second ({said})")
    print("\n".join(faults) or "none lost, none doubled, all counts exact")
    sys.exit(bool(faults))


def _close(crowd: Crowd) -> None:
    cookie, token = crowd.staff
    connection = http.client.HTTPConnection(HOST, PORT, timeout=120)
    connection.request("POST", f"{crowd.path}/close", f"csrf_token={token}&confirm=1", FORM | {"Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()[:3000]
    connection.close()


def check(crowd: Crowd) -> list[str]:
    """Return what is not as it must be after closing."""
    of_survey = Participation.survey_id == crowd.survey_id
    survey = db.session.get_one(Survey, crowd.survey_id)
    counts = {
        "forms that count": survey.valid,
        "people who answered": db.session.scalar(select(func.count()).where(of_survey, Participation.answered)),
        "comments": db.session.scalar(select(func.count()).where(Comment.survey_id == crowd.survey_id)),
        "statements": db.session.scalar(select(func.count()).where(Statement.raw.contains("evaluated"))),
    }
    faults = [
        f"{count} {name}, not {len(crowd.members)}" for name, count in counts.items() if count != len(crowd.members)
    ]
    left = db.session.scalar(select(func.count()).where(SealedBallot.survey_id == crowd.survey_id))
    faults += [f"{left} boxes are left"] if left else []
    given = Counter((name, point) for one in crowd.members for name, point in one.points.items())
    for (item, teaching), tally in states.tallies(crowd.survey_id).items():
        name = f"{item}.{teaching}" if teaching.int else item
        expected = [given[name, point] for point in range(1, 6)]
        if tally.kind == "scale" and tally.counts != expected:
            faults.append(f"{name}: counted {tally.counts}, given {expected}")
    return faults


if __name__ == "__main__":
    main()
