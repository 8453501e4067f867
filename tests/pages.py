"""Pages as a browser without scripts sees them: the fields of a form as they would be sent."""

from typing import Any

from lxml import html


def fields_of(page: str) -> dict[str, Any]:
    """Return the fields of the first form of a page but the one that signs out, with what they hold."""
    form = html.fromstring(page).xpath("//form[@method='post'][not(@data-sign-out)]")[0]
    areas = {area.name for area in form.iter("textarea")}
    return {name: value.removeprefix("\n") if name in areas else value for name, value in form.form_values()}


def has_fact(page: str, term: str, value: object) -> bool:
    """Tell whether a list of facts on a page gives this value, and no other, for a term."""
    values = html.fromstring(page).xpath("//dt[normalize-space() = $term]/following-sibling::dd[1]", term=term)
    return [given.text_content().strip() for given in values] == [str(value)]
