"""Which of the database's tables are ours."""


def include_name(name: str | None, kind: str, _parents: dict[str, str | None]) -> bool:
    """Leave procrastinate's own tables alone, and look into our schemas only."""
    if kind == "schema":
        return name in (None, "ballots")
    return not (kind == "table" and (name or "").startswith("procrastinate_"))
