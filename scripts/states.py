"""Write ``docs/states.md`` from the tables of states: ``update`` writes it, ``check`` fails when it is not current."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask_babel import force_locale

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lms import create_app  # noqa: E402 - the script runs from anywhere
from lms.core.states import Acts, Life  # noqa: E402

PAGE = ROOT / "docs/states.md"
HEAD = """# States

Made from the tables in the code by `scripts/states.py update`; a test says when it is not current. How a table is
added: [recipe](recipes/add-a-state.md); why it is so: [decision 0030](decisions/0030-one-table-of-moves.md).

A thing whose state is of consequence has a **life**: moves from state to state, each with who may make it, what must
hold, what follows. Every move leaves a line in `transitions` (from, to, by whom, on whose behalf, when, why, by which
door), which is never changed or removed. Other things have a table of **acts**: what may be done in which state.
"""


def tables() -> Iterator[tuple[str, Any]]:
    """Yield the place and the table of each, once."""
    seen: set[int] = set()
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("lms."):
            continue
        for variable, value in sorted(vars(module).items()):
            if isinstance(value, Acts) and variable.isupper() and id(value) not in seen and _is_home(name, variable):
                seen.add(id(value))
                yield f"{name}.{variable}", value


def _is_home(module: str, variable: str) -> bool:
    """Whether the table is written there, not imported."""
    path = ROOT / (module.replace(".", "/") + ".py")
    source = path if path.exists() else ROOT / module.replace(".", "/") / "__init__.py"
    text = source.read_text("utf-8")
    return f"{variable} = Acts(" in text or f"{variable} = Life(" in text


def page() -> str:
    """Return the page."""
    found = list(tables())
    lives = [part for name, table in found if isinstance(table, Life) for part in _life(name, table)]
    acts = [part for name, table in found if not isinstance(table, Life) for part in _acts(name, table)]
    return "\n".join([HEAD, "## Lives", "", *lives, "## Acts", "", *acts]).rstrip() + "\n"


def _life(name: str, life: Any) -> Iterator[str]:
    yield from (f"### {life.title}", "", f"`{name}`, lines of kind `{life.kind}`.", "", "```mermaid", "stateDiagram-v2")
    for state, word in life.names.items():
        yield f"    {state}: {word}"
    order = list(life.names)
    for move in life.moves:
        for source in sorted(move.sources, key=order.index) or ["[*]"]:
            yield f"    {source} --> {move.to}: {move.act}"
    yield from (
        "```",
        "",
        "| from | act | to | who | what must hold | what follows |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for move in life.moves:
        sources = ", ".join(sorted(move.sources, key=order.index)) or "–"
        holds = [" ".join((guard.__doc__ or "").split("\n")[0].split()).rstrip(".") for guard in move.guards]
        asked = (["a reason from the list"] if move.codes else []) + (["a reason"] if move.asks_reason else [])
        follows = " ".join(str(effect) for effect in move.effects) or "–"
        cells = (
            sources,
            f"`{move.act}`: {move.label}",
            move.to,
            f"`{move.permission}`",
            "; ".join(holds + asked) or "–",
            follows,
        )
        yield "| " + " | ".join(cells) + " |"
    yield from (
        "",
        "Acts that leave the state as it is:",
        "",
        *_acts_table(life, {move.act for move in life.moves}),
        "",
    )


def _acts(name: str, table: Any) -> Iterator[str]:
    yield from (f"### `{name}`", "", *_acts_table(table, set()), "")


def _acts_table(table: Any, without: set[str]) -> Iterator[str]:
    names = getattr(table, "names", None)
    states = list(names) if names else sorted(table.states)
    yield "| act | " + " | ".join(states) + " |"
    yield "| --- " * (len(states) + 1) + "|"
    for act in table.allowed:
        if act not in without:
            cells = ("yes" if table.refusal(act, state) is None else table.refusal(act, state) for state in states)
            yield f"| {act} | " + " | ".join(cells) + " |"


def main(argv: list[str]) -> int:
    os.environ.setdefault("LMS_DEMO", "1")
    app = create_app()
    with app.app_context(), force_locale("en"):
        text = page()
    if argv == ["update"]:
        PAGE.write_text(text, "utf-8")
        return 0
    return 0 if PAGE.exists() and PAGE.read_text("utf-8") == text else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
