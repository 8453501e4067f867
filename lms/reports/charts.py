"""Charts, drawn on the server from one Vega-Lite spec each. Beside every chart stands a table with its figures."""

from functools import lru_cache
from typing import Any

import orjson
import vl_convert

INK, JADE, LINE, SHEET = "#1d2b2f", "#0f5f5c", "#d9d5c7", "#fbfaf6"
SCALE = ("#a8321f", "#d98b6a", "#d9d5c7", "#7fb5ab", "#0f5f5c")
_LABELS = {
    "field": "label",
    "type": "nominal",
    "sort": None,
    "title": None,
    "axis": {"labelLimit": 300, "ticks": False},
}
FONT = "Be Vietnam Pro, Segoe UI, Roboto, Arial, sans-serif"


def means_chart(rows: list[tuple[str, float]], points: int, axis: str) -> str:
    """Draw means as horizontal bars on the scale 1..points; returns SVG."""
    values = [{"label": label, "mean": round(mean, 2)} for label, mean in rows]
    y = _LABELS
    x = {"field": "mean", "type": "quantitative", "title": axis, "scale": {"domain": [0, points]}}
    spec = _frame(values, height=34 * max(len(rows), 1))
    spec["layer"] = [
        {"mark": {"type": "bar", "color": JADE, "height": 16}, "encoding": {"y": y, "x": x}},
        {
            "mark": {"type": "text", "align": "left", "dx": 6, "color": INK, "fontSize": 13},
            "encoding": {"y": y, "x": x, "text": {"field": "mean", "type": "quantitative", "format": ".2f"}},
        },
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
            "scale": {"domain": labels, "range": list(colours[: len(labels)])},
            "legend": {"orient": "bottom", "title": None, "columns": 3, "labelLimit": 200},
        },
    }
    return _draw(orjson.dumps(spec))


def _frame(values: list[dict[str, Any]], height: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "width": 380,
        "height": height,
        "background": SHEET,
        "padding": 14,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 13, "titleFontSize": 13, "labelColor": INK, "titleColor": INK, "gridColor": LINE},
            "legend": {"labelFontSize": 13, "labelColor": INK},
        },
    }


@lru_cache(maxsize=256)
def _draw(spec: bytes) -> str:
    return str(vl_convert.vegalite_to_svg(orjson.loads(spec)))
