"""A page as data: its key figures, every chart's finding and rows, and its sources."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from amur.app.shell import Drawn
from amur.kit.tables import records
from amur.output import as_json


def page_json(drawn: Drawn, about: Mapping[str, object]) -> bytes:
    """The page as JSON: what it is `about` first, then what all pages have."""
    page = drawn.page
    return as_json(
        {
            **about,
            "title": page.title,
            "key_figures": [{"label": item.label, "figure": _held(item.value)} for item in page.headline],
            "charts": [
                {
                    "name": name,
                    "title": chart.title,
                    "finding": chart.finding.plain,
                    "rows": records(chart.table),
                    "origins": [origin.key for origin in chart.origins],
                }
                for name, chart in drawn.charts.items()
            ],
            "sources": [origin.to_dict() for origin in page.origins],
        }
    ).encode("utf-8")


def _held(value: Any) -> Any:
    return getattr(value, "figure", value)


def page_csv(drawn: Drawn) -> bytes:
    """The rows of all charts, one line a cell: chart, row, column, value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("chart", "row", "column", "value"))
    writer.writerows(_cells(drawn))
    return out.getvalue().encode("utf-8")


def _cells(drawn: Drawn) -> Iterator[tuple[str, int, str, object]]:
    for name, chart in drawn.charts.items():
        for number, row in enumerate(records(chart.table), start=1):
            for column, value in row.items():
                yield name, number, column, "" if value is None else value
