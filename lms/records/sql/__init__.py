"""The functions that the store keeps in the database: one file a function and version, loaded by migrations.

A migration names the version it makes (``op.execute(function("xapi_store", 2))``), so it makes the same for ever: a
file that a migration names is never edited. To change a function, copy its newest file under the next number and write
a migration whose ``upgrade`` drops the function and loads that file, and whose ``downgrade`` loads the one before
(docs/decisions/0023-functions-in-files.md).
"""

from pathlib import Path

FOLDER = Path(__file__).parent


def function(name: str, version: int) -> str:
    """Return the SQL that makes a version of a function."""
    return (FOLDER / f"{name}_{version}.sql").read_text("utf-8")


def newest() -> dict[str, str]:
    """Return the SQL of the newest version of each function, by its name."""
    versions: dict[str, int] = {}
    for path in FOLDER.glob("*.sql"):
        name, _, version = path.stem.rpartition("_")
        versions[name] = max(int(version), versions.get(name, 0))
    return {name: function(name, version) for name, version in versions.items()}
