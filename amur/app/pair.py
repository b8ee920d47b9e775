"""The page of a pair: the brief, alive, with its charts drawn when the reader comes to them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from amur.app.shell import Drawn, Where, collecting, part, twin_links
from amur.brief import brief_of, make_pair
from amur.coverage import coverage
from amur.kit import Chart, Section, served
from amur.kit.tables import records
from amur.output import as_json


def pair_page(where: Where, a: str, b: str) -> Drawn:
    """The brief on two places as a page of the app. Raises CodeError or MeasureError where they are no pair."""
    charts: dict[str, Chart] = {}
    address = where.address(f"pair/{a}/{b}")
    with served(collecting(charts, address)):
        page = brief_of(make_pair(a, b, lang=where.language))
    more = Section("further", where.text("app.pair.further"), (_further(where, a, b), twin_links(where, address)))
    return Drawn(replace(page, sections=(*page.sections, more)), charts)


def _further(where: Where, a: str, b: str) -> Any:
    text = where.text
    cut = f"lab?s1.kind=ban&s1.from={a}&s1.to={b}&s1.both=1&s1.sectors=all"
    links = [
        (text("app.pair.cut"), where.address("") + cut),
        (text("app.pair.explain"), where.address(f"explain/{a}/{b}")),
        (text("app.pair.leverage"), where.address(f"leverage/{a}/{b}")),
        (text("app.pair.turned"), where.address(f"pair/{b}/{a}")),
    ]
    return part("links", text, links=links)


def pair_json(drawn: Drawn, a: str, b: str) -> bytes:
    """The page as data: its key figures, every chart's finding and rows, what exists for the pair, and the sources."""
    page = drawn.page
    return as_json(
        {
            "pair": [a, b],
            "title": page.title,
            "newest": page.newest.label if page.newest else None,
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
            "coverage": coverage(a, b).to_dict()["rows"],
            "sources": [origin.to_dict() for origin in page.origins],
        }
    ).encode("utf-8")


def _held(value: Any) -> Any:
    return getattr(value, "figure", value)


def pair_csv(drawn: Drawn) -> bytes:
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
