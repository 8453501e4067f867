"""Acts ask the tables of states: every ``@act`` that changes something asks one, or is listed here with its reason."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

from lms.core.errors import DomainError
from lms.core.states import Acts

LMS = Path(__file__).resolve().parents[2] / "lms"
DOMAINS = (
    "assessment",
    "catalogue",
    "classes",
    "console",
    "documents",
    "learning",
    "library",
    "people",
    "planning",
    "quality",
    "reports",
    "surveys",
)

NEW = "makes something new, which has no state yet; made twice it is the same or refused"
NO_STATE = "what it changes has no states"
STEP = "a step of a job or a job's own order; what it works on is there or is not"
GONE = "what was removed is not there: 404"
END = "ends what is open; what has ended stays as it is"
SESSION = "a launch that has ended, or whose class no longer allows work, has no token: refused before the act"
WITHOUT_A_TABLE = {
    "catalogue.services.count_completion": "counts what classes concluded",
    "console.demo_classes.newcomers": "the demonstration's own people",
    "console.demo_nominations._people": "the demonstration's own people",
    "documents.issuing.draw": STEP,
    "planning.plans.services.take_population": NEW,
    "planning.services.signing.add_signer": NEW,
    "planning.services.signing.end_signer": END,
    "console.personal.services.archives._forget": STEP,
    "console.personal.services.archives._make_ready": STEP,
    "console.personal.services.archives._note_address": STEP,
    "console.personal.services.archives._note_hand_over": "an entry of the audit trail",
    "console.personal.services.archives._release": STEP,
    "console.personal.services.archives._wanted": STEP,
    "console.personal.services.archives.fetch": "a copy whose time is over is not there: 404",
    "console.personal.services.archives.order": NEW,
    "console.personal.services.erasure.ask": NEW,
    "console.trail.services.note_export": "an entry of the audit trail",
    "console.statements.services.note_export": "an entry of the audit trail",
    "learning.exchange.services.export": "an entry of the audit trail",
    "learning.materials.services.place": "into a module, not a class: finished classes do not see what came later",
    "learning.materials.services.take_out": "out of a module, not a class; what trainees did stays",
    "learning.materials.services.use_version": "for classes to come; each that has begun is kept on its version",
    "learning.projections.rebuilding._repair": "writes what the statements say, whatever was written before",
    "learning.projections.trained.recount_trained": "writes what the enrolments say, whatever was counted before",
    "library.services.content_statements._take": SESSION,
    "library.services.keys.make_key": NEW,
    "library.services.keys.revoke_key": END,
    "library.services.launches.close": END,
    "library.services.launches.end_in_context": END,
    "library.services.launches.end_in_name_of": END,
    "library.services.launches.end_in_sign_in": END,
    "library.services.launches.end_of_package": END,
    "library.services.launches.end_previews": END,
    "library.services.launches.fetch": SESSION,
    "library.services.libraries.install": NEW,
    "library.services.packages.add_version": NEW,
    "library.services.packages.allow_hosts": NO_STATE,
    "library.services.packages.label": GONE,
    "library.services.packages.remove": GONE,
    "library.services.packages.remove_version": GONE,
    "library.services.packages.rename": GONE,
    "library.services.quotas.set_quota": NO_STATE,
    "library.services.registrations.abandon": END,
    "library.services.registrations.register": NEW,
    "library.services.scorm.commit": SESSION,
    "library.services.uploads.begin": NEW,
    "people.services.accounts.create_account": NEW,
    "people.services.accounts.issue_codes_of_unit": "to the accounts that are open and not activated, and to no other",
    "people.services.accounts.set_locale": NO_STATE,
    "people.services.persons.create_person": NEW,
    "people.services.rosters.forget_later": NEW,
    "people.services.rosters.import_roster": "a roster has no states; each row is judged by what is stored",
    "people.services.rosters.request": NEW,
    "people.services.sign_in._activate": "a used or old code opens nothing, and none opens a locked account",
    "people.services.sign_in._change_password": "by who is signed in, so her account is open",
    "people.services.sign_in._open": "by who has just shown the password of an open account",
    "people.services.sign_in.end_all_sessions": END,
    "people.services.sign_in.end_session": END,
    "people.services.sign_in.sign_out": END,
    "people.services.units.create_unit": NEW,
    "planning.services.naming.state": "an answer beside those before it; none is changed",
    "quality.services.adjustments.make_due": NEW,
    "quality.services.replies.reply": "given once (a constraint); before the release there is nothing: 404",
    "reports.issued.services.reports.begin_class": NEW,
    "reports.issued.services.reports.begin_institution": NEW,
    "reports.issued.services.reports.begin_programme": NEW,
    "reports.issued.services.reports.begin_year": NEW,
    "surveys.services.evaluations.open_lecturers": NEW,
    "surveys.services.evaluations.open_survey": NEW,
    "surveys.services.follow_ups.plan": NEW,
    "surveys.services.instruments.begin_draft": NEW,
    "surveys.services.instruments.copy_form": NEW,
    "surveys.services.instruments.load_instruments": NEW,
    "surveys.services.instruments.use": "takes the newest published version, and no other",
    "surveys.services.instruments.use_general": NO_STATE,
    "surveys.services.telling._tell": "of an evaluation that ended, which the job behind it looks up",
    "surveys.services.reopening.take_back": "of a class opened again, which asks (lms.classes.hooks.reopening)",
}
"""Act -> why no table is asked. What is new here must have a reason of its own."""


def _modules():
    for path in LMS.rglob("*.py"):
        if path.relative_to(LMS).parts[0] in DOMAINS:
            yield ".".join(path.relative_to(LMS.parent).with_suffix("").parts), ast.parse(path.read_text("utf-8"))


MODULES = dict(_modules())
FUNCTIONS = {
    f"{module}.{node.name}": node
    for module, tree in MODULES.items()
    for node in tree.body
    if isinstance(node, ast.FunctionDef)
}


@cache
def _names(module):
    """What names of a module lead to: ``name -> dotted``."""
    names = {}
    for node in ast.walk(MODULES[module]):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("lms"):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    names |= {name.rsplit(".", 1)[1]: name for name in FUNCTIONS if name.rsplit(".", 1)[0] == module}
    return names


@cache
def _target(module, dotted):
    """The function that a dotted name leads to, also by way of what a package hands on."""
    first, _, rest = dotted.partition(".")
    name = _names(module).get(first)
    whole = None if name is None else f"{name}.{rest}" if rest else name
    if whole in FUNCTIONS or whole is None:
        return whole
    package, _, last = whole.rpartition(".")
    package = f"{package}.__init__"
    return _target(package, last) if package in MODULES and package != module else None


def _dotted(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None


def _asks(name, seen=frozenset()):
    """Whether a function asks a table, by itself or through what it calls."""
    if name in seen:
        return False
    module = name.rsplit(".", 1)[0]
    for call in (node for node in ast.walk(FUNCTIONS[name]) if isinstance(node, ast.Call)):
        dotted = _dotted(call.func)
        if dotted is None:
            continue
        *before, last = dotted.split(".")
        if last in ("require", "refusal") and before and before[-1].isupper():
            return True
        if last in ("begin", "carry_out") and before == ["transitions"]:
            return True
        target = _target(module, dotted)
        if target in FUNCTIONS and target != name and _asks(target, seen | {name}):
            return True
    return False


def _acts():
    for name, node in FUNCTIONS.items():
        if any(_dotted(one) == "act" for one in node.decorator_list):
            yield name.removeprefix("lms.")


ACTS = sorted(_acts())


def test_every_act_asks_a_table_of_states_or_says_why_not():
    without = {name for name in ACTS if not _asks(f"lms.{name}")}
    assert without == set(WITHOUT_A_TABLE)
    assert all(WITHOUT_A_TABLE.values())


def _tables():
    """Every table that a module of ours holds, once."""
    values = [
        value for name, module in sys.modules.items() if name.startswith("lms.") for value in vars(module).values()
    ]
    return list({id(value): value for value in values if isinstance(value, Acts)}.values())


def test_every_act_of_a_table_is_asked_for_somewhere(app):
    """A row that no act asks for is a promise that nobody keeps."""
    said = {
        node.value
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    tables = _tables()
    assert len(tables) >= 15
    for table in tables:
        for act, allowed in table.allowed.items():
            assert act in said
            assert allowed <= table.states, act
            for state in table.states - allowed:
                assert str(table.words[table.refusal(act, state)]), (act, state)
        assert {act for act, _state in table.by_act} <= set(table.allowed)


def test_an_act_may_be_refused_in_a_state_for_a_reason_of_its_own():
    table = Acts(
        states=frozenset({"open", "shut"}),
        allowed={"shut": frozenset({"open"}), "write": frozenset({"open"})},
        reasons={"shut": "is-shut"},
        words={"is-shut": "It is shut.", "shut-already": "It is shut already."},
        by_act={("shut", "shut"): "shut-already"},
    )
    table.require("write", "open")
    with pytest.raises(DomainError) as refused:
        table.require("shut", "shut")
    assert (refused.value.code, refused.value.message, refused.value.status) == (
        "shut-already",
        "It is shut already.",
        409,
    )
    assert table.refusal("write", "shut") == "is-shut"
