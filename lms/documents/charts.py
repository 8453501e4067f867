"""Charts, drawn on the server from one Vega-Lite spec each. Beside every chart stands a table with its figures."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
import vl_convert

from lms.core.i18n import select_language

INK, JADE, LINE, SHEET, CLAY, PAPER = "#1d2b2f", "#0f5f5c", "#d9d5c7", "#fbfaf6", "#b5532f", "#ffffff"
SCALE = ("#a8321f", "#d98b6a", "#d9d5c7", "#7fb5ab", "#0f5f5c")
_LABELS = {
    "field": "label",
    "type": "nominal",
    "sort": None,
    "title": None,
    "axis": {"labelLimit": 300, "ticks": False},
}
_NUMBERS = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " đồng"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " đồng"]},
}
_LEGEND = {"orient": "bottom", "title": None, "columns": 3, "labelLimit": 200}
FONT = "Be Vietnam Pro, Segoe UI, Roboto, Arial, sans-serif"


class Bar(NamedTuple):
    """A mean, where known with its range and with the mean it is compared with."""

    label: str
    mean: float
    low: float | None = None
    high: float | None = None
    beside: float | None = None


def means_chart(
    rows: Sequence[Bar | tuple[str, float]], points: int, axis: str, beside: str = "", *, language: str = ""
) -> str:
    """Draw means as horizontal bars on the scale 1..points, ranges as lines, others as marks; returns SVG.

    :param beside: what the marks stand for
    :param language: of its numbers, by default the reader's
    """
    bars = [Bar(*row) for row in rows]
    values = [bar._asdict() | {"mean": round(bar.mean, 2), "what": beside} for bar in bars]
    scale = {"domain": [1, points], "zero": False}
    x = {"type": "quantitative", "title": axis, "scale": scale, "axis": {"tickMinStep": 1, "format": "d"}}
    first = {"datum": 1}
    mean, low, other = (x | {"field": name} for name in ("mean", "low", "beside"))
    spec = _frame(values, height=34 * max(len(rows), 1), language=language)
    text = {"field": "mean", "type": "quantitative", "format": ".2f"}
    ink = {"condition": {"test": f"datum.mean < {1 + points / 12}", "value": INK}, "value": PAPER}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": JADE, "height": 18}, "encoding": {"y": _LABELS, "x": mean, "x2": first}},
        {
            "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 13, "fontWeight": 600},
            "encoding": {"y": _LABELS, "x": x | first, "text": text, "color": ink},
        },
    ]
    if any(bar.low is not None for bar in bars):
        ends = {"y": _LABELS, "x": low, "x2": {"field": "high"}}
        for colour, width in ((SHEET, 5), (INK, 2)):
            layers.append({"mark": {"type": "rule", "color": colour, "strokeWidth": width}, "encoding": ends})
    if any(bar.beside is not None for bar in bars):
        mark = {"type": "tick", "thickness": 3, "size": 24}
        legend = {"field": "what", "type": "nominal", "scale": {"range": [CLAY]}, "legend": _LEGEND}
        layers.append({"mark": mark | {"opacity": 1}, "encoding": {"y": _LABELS, "x": other, "color": legend}})
    return _draw(orjson.dumps(spec | {"layer": layers}))


class Point(NamedTuple):
    """A mean of a line at a moment, with its range."""

    line: str
    moment: str
    mean: float
    low: float
    high: float


def trend_chart(rows: Sequence[Point], axis: str, *, language: str = "") -> str:
    """Draw means over time, a line each, with their ranges; returns SVG.

    :param language: of its numbers, by default the reader's
    """
    lines = list(dict.fromkeys(point.line for point in rows))
    spec = _frame([point._asdict() for point in rows], height=220, language=language)
    x = {"field": "moment", "type": "ordinal", "title": None, "axis": {"labelAngle": 0}}
    y = {"type": "quantitative", "title": axis, "scale": {"zero": False, "padding": 12}}
    colours = {"domain": lines, "range": [JADE, CLAY][: len(lines)]}
    colour = {"field": "line", "type": "nominal", "scale": colours, "legend": _LEGEND}
    spec["encoding"] = {"x": x, "color": colour}
    spec["layer"] = [
        {
            "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.5},
            "encoding": {"y": y | {"field": "low"}, "y2": {"field": "high"}},
        },
        {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"y": y | {"field": "mean"}}},
        {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": {"y": y | {"field": "mean"}}},
    ]
    return _draw(orjson.dumps(spec))


def distribution_chart(
    rows: list[tuple[str, tuple[int, ...]]], labels: list[str], axis: str, colours: tuple[str, ...] = SCALE
) -> str:
    """Draw how the answers are spread, as stacked shares; returns SVG."""
    values = [
        {"label": label, "point": labels[index], "order": index, "count": count}
        for label, counts in rows
        for index, count in enumerate(counts)
    ]
    spec = _frame(values, height=38 * max(len(rows), 1))
    spec["mark"] = {"type": "bar", "height": 20}
    spec["encoding"] = {
        "y": _LABELS,
        "x": {"field": "count", "type": "quantitative", "stack": "normalize", "title": axis, "axis": {"format": ".0%"}},
        "order": {"field": "order", "type": "quantitative"},
        "color": {
            "field": "point",
            "type": "nominal",
            "scale": {"domain": labels, "range": _shades(len(labels), colours)},
            "legend": _LEGEND,
        },
    }
    return _draw(orjson.dumps(spec))


def _shades(count: int, colours: Sequence[str]) -> list[str]:
    """Return so many colours from the lowest to the highest point, between the given ones."""
    shades = []
    for number in range(count):
        place = number * (len(colours) - 1) / (count - 1)
        left = min(int(place), len(colours) - 2)
        pair = zip(_parts(colours[left]), _parts(colours[left + 1]), strict=True)
        shades.append("#" + "".join(f"{round(lower + (upper - lower) * (place - left)):02x}" for lower, upper in pair))
    return shades


def _parts(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _frame(values: list[dict[str, Any]], height: int, language: str = "") -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "width": 380,
        "height": height,
        "background": SHEET,
        "padding": {"top": 14, "right": 14, "bottom": 14, "left": 44},
        "config": {
            "locale": {"number": _NUMBERS[language or select_language()]},
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "titleColor": INK, "gridColor": LINE},
            "legend": {"labelFontSize": 13, "labelColor": INK},
        },
    }


@lru_cache(maxsize=256)
def _draw(spec: bytes) -> str:
    return str(vl_convert.vegalite_to_svg(orjson.loads(spec)))
