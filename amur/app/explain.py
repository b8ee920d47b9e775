"""Why trade moved: the page of `amur explain`, with the span and the flow in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from markupsafe import Markup

from amur.app.forms import FLOWS, Field, flow_options, form
from amur.app.home import EXAMPLES
from amur.app.shell import Drawn, Where, collecting, part, twin_links
from amur.app.twins import page_csv, page_json
from amur.changes.explain import explain_change
from amur.changes.explanation import Explanation
from amur.coverage import coverage
from amur.errors import MeasureError
from amur.kit import Chart, Page, Section, notice, render_page, served
from amur.output import as_csv, as_json
from amur.pages.explanation import explanation_record, why_it_moved, why_record
from amur.periods import Period
from amur.simulate import capital, label
from amur.text import Text

_NEWEST_FIRST = 40


@dataclass(frozen=True)
class Span:
    """From when to when, and which flow; empty where the newest two years are meant."""

    start: str = ""
    end: str = ""
    flow: str = "total"

    @property
    def is_open(self) -> bool:
        """Whether no span was chosen."""
        return not self.start

    def query(self) -> str:
        """Its place in an address."""
        pairs = [("from", self.start), ("to", self.end), ("flow", "" if self.flow == "total" else self.flow)]
        return urlencode([pair for pair in pairs if pair[1]])


def span_of(given: Mapping[str, str]) -> Span:
    """The span that an address holds. Raises PeriodError or MeasureError with the remedy."""
    start, end = (given.get(name, "").strip()[:40] for name in ("from", "to"))
    flow = given.get("flow", "") or "total"
    if flow not in FLOWS:
        raise MeasureError(f"'{flow[:40]}' is no flow. Use one of: {', '.join(FLOWS)}.")
    if not (start or end) and flow == "total":
        return Span()
    if not (start and end):
        raise MeasureError("An explanation goes from one period to another. Give both, such as 2021 and 2022.")
    return Span(Period.parse(start).label, Period.parse(end).label, flow)


@lru_cache(maxsize=64)
def explanation_of(a: str, b: str, span: Span) -> Explanation:
    """The explanation of a span that was chosen."""
    return explain_change(a, b, start=span.start, end=span.end, flow=span.flow)  # type: ignore[arg-type]


def explain_home(where: Where, given: Mapping[str, str], trouble: str = "") -> Drawn:
    """The form for a pair and a span."""
    text = where.text
    places = [
        Field(name, text(f"app.home.{key}"), given.get(name, "")[:80], place=True, required=True)
        for name, key in (("a", "first"), ("b", "second"))
    ]
    ask = form(where, where.address("explain/find"), [*places, *_fields(where, given, ())], text("app.explain.go"))
    links = [
        (text("app.home.pair", a=capital(label(a, text)), b=label(b, text)), where.address(f"explain/{a}/{b}"))
        for a, b in EXAMPLES
    ]
    parts = (*((notice(trouble),) if trouble else ()), ask, part("links", text, links=links))
    return Drawn(
        Page(
            title=text("app.explain.title"),
            description=text("app.explain.description"),
            sections=(Section("pair", text("app.home.search"), parts),),
        )
    )


def _fields(where: Where, given: Mapping[str, str], years: tuple[str, ...], place: str = "") -> list[Field]:
    text = where.text
    spans = [
        Field(name, text(f"app.explain.{name}"), given.get(name, "")[:40], listed=years, numeric=True)
        for name in ("from", "to")
    ]
    return [*spans, Field("flow", text("app.flow.label"), given.get("flow", "") or "total", flow_options(text, place))]


def explain_page(where: Where, a: str, b: str, span: Span) -> Drawn:
    """The page with the form to choose another span; without a span, the newest that the data carry."""
    text, found = where.text, dict[str, Chart]()
    address = where.address(f"explain/{a}/{b}")
    with served(collecting(found, address, span.query())):
        page = _record(text, a, b, span)
    again = Section("span", text("app.explain.span"), (_again(where, a, b, span),))
    links = [
        (text("app.leverage.measured"), where.address(f"pair/{a}/{b}")),
        (text("app.pair.turned"), where.address(f"explain/{b}/{a}")),
    ]
    parts = (
        part("links", text, links=links),
        twin_links(where, address, kinds=("json", "csv", "html"), query=span.query()),
    )
    more = Section("further", text("app.pair.further"), parts)
    return Drawn(replace(page, sections=(again, *page.sections, more)), found)


def _again(where: Where, a: str, b: str, span: Span) -> Markup:
    given = {"from": span.start, "to": span.end, "flow": span.flow}
    fields = _fields(where, given, _years(a, b), a)
    return form(where, where.address(f"explain/{a}/{b}"), fields, where.text("app.explain.go"))


@lru_cache(maxsize=64)
def _years(a: str, b: str) -> tuple[str, ...]:
    """The years of which anything is held on the pair, the newest first."""
    rows = coverage(a, b).rows
    spans = [(row.first.start.year, row.last.end.year) for row in rows]
    if not spans:
        return ()
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    return tuple(str(year) for year in range(last, first - 1, -1))[:_NEWEST_FIRST]


def explain_json(where: Where, a: str, b: str, span: Span) -> bytes:
    """The explanation as `amur explain --format json` prints it; the page's charts where no span was chosen."""
    if span.is_open:
        return page_json(explain_page(where, a, b, span), {"pair": [a, b]})
    return as_json(explanation_of(a, b, span).to_dict(where.language)).encode("utf-8")


def explain_file(where: Where, a: str, b: str, span: Span) -> bytes:
    """The page as one file that needs no server."""
    return render_page(_record(where.text, a, b, span), where.text).encode("utf-8")


def _record(text: Text, a: str, b: str, span: Span) -> Page:
    if span.is_open:
        return why_record(a, b, why_it_moved(a, b, text), text)
    return explanation_record(explanation_of(a, b, span), text)


def explain_csv(where: Where, a: str, b: str, span: Span) -> bytes:
    """Its rows."""
    if span.is_open:
        return page_csv(explain_page(where, a, b, span))
    return as_csv(explanation_of(a, b, span).rows(where.language)).encode("utf-8")
