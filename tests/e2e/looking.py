"""Looking at a page as everybody may see it: wide and narrow, in light and in dark, in one visit."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""All rules that look at colours: dark changes nothing else (test_the_dark_scheme_changes_colours_only)."""
STILL = {"color_scheme": "light", "reduced_motion": "reduce", "bypass_csp": True}
"""The device of a visitor whose pages are looked at: nothing fades while axe looks, which is put into the page."""


def faults(page: Any) -> list[str]:
    """Return what axe finds, in light by all rules and in dark by those of colours, and where a page scrolls sideways."""
    found = []
    for width, scheme in ((1280, "light"), (1280, "dark"), (320, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 800})
        change_to(page, scheme)
        for rule in violations(page, RULES if scheme == "light" else COLOURS):
            where = "; ".join(node["html"][:120] for node in rule["nodes"][:3])
            found.append(f"{page.url} {width} {scheme}: {rule['id']}: {where}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{page.url} {width} {scheme}: scrolls sideways")
    return found


def change_to(page: Any, scheme: str) -> None:
    """Change the device to light or dark, and wait until the page has followed."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.bsTheme === scheme", arg=scheme)


def violations(page: Any, rules: Any = RULES) -> list[Any]:
    """Run axe, which is put into the page where it is not yet; only what is wrong is brought over."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    answer: list[Any] = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return answer
