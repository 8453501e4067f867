"""What learners answer, in the form of xAPI interactions (xAPI 1.0.3, Data, 2.4.4.1, Appendix C).

xAPI took over the forms of SCORM 2004. Those of SCORM 1.2 (RTE, 3.4.2.7) part with a comma and a full stop.
"""

from typing import Any

from lms.packages.scorm.cmi import Interaction

_TYPES = frozenset(
    (
        *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing"),
        *("likert", "numeric", "other"),
    )
)
_TRUE = {"t": "true", "1": "true", "true": "true", "f": "false", "0": "false", "false": "false"}
_SUCCESS = {"correct": True, "wrong": False, "incorrect": False}


def interaction_type(interaction: Interaction) -> str:
    """Return the kind of an interaction; ``other`` when it says none that exists."""
    return interaction.type if interaction.type in _TYPES else "other"


def response(interaction: Interaction, text: str, *, edition: str) -> str:
    """Return a response, or the pattern of a correct one."""
    if edition != "1.2":
        return text
    kind = interaction_type(interaction)
    if kind == "true-false":
        return _TRUE.get(text.strip().lower(), text)
    if kind in {"choice", "sequencing"}:
        return "[,]".join(_parts(text))
    if kind == "matching":
        return "[,]".join(part.replace(".", "[.]", 1) if "[.]" not in part else part for part in _parts(text))
    return text


def success(interaction: Interaction) -> bool | None:
    """Return whether a response is right; None for ``unanticipated``, ``neutral`` and numbers."""
    return _SUCCESS.get(interaction.result)


def definition(interaction: Interaction, *, edition: str) -> dict[str, Any]:
    """Return the interaction properties of an activity definition."""
    properties: dict[str, Any] = {"interactionType": interaction_type(interaction)}
    patterns = list(dict.fromkeys(response(interaction, pattern, edition=edition) for pattern in interaction.patterns))
    return properties | ({"correctResponsesPattern": patterns} if patterns else {})


def _parts(text: str) -> list[str]:
    if "[,]" in text:
        return text.split("[,]")
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    return [part.strip() for part in inner.split(",")]
