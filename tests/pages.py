"""Pages as a browser without scripts sees them: the fields of a form as they would be sent."""

from typing import Any

from lxml import html


def fields_of(page: str) -> dict[str, Any]:
    """Return the fields of the first form of a page but the one that signs out, with what they hold."""
    form = html.fromstring(page).xpath("//form[@method='post'][not(@data-sign-out)]")[0]
    areas = {area.name for area in form.iter("textarea")}
    return {name: value.removeprefix("\n") if name in areas else value for name, value in form.form_values()}
