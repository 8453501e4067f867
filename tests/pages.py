"""Pages as a browser without scripts sees them: the fields of a form as they would be sent."""

from typing import Any

from lxml import html


def fields_of(page: str) -> dict[str, Any]:
    """Return the fields of the first form in the main part of a page, with what they hold."""
    form = html.fromstring(page).xpath("//main//form[@method='post']")[0]
    return dict(form.form_values())
