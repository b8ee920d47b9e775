"""The page of a pair: the brief, alive, with years, flow, sectors and third parties in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from markupsafe import Markup

from amur import codes, kit
from amur.app.forms import FLOWS, Field, flow_options, form
from amur.app.shell import Drawn, Where, collecting, fragment, part, twin_links
from amur.app.twins import page_csv, page_json
from amur.app.view import view_charts
from amur.brief import brief_of, brief_page, make_pair
from amur.brief.pair import Choice, Pair
from amur.coverage import coverage
from amur.errors import MeasureError
from amur.indicators.ledger import refuse_overlap
from amur.kit import Chart, Page, Section, notice, served
from amur.pages.explanation import why_it_moved, why_record

MOST_THIRDS = 4
MOST_SECTORS = 12
_FIRST, _LAST = 1900, 2100


@dataclass(frozen=True)
class Chosen:
    """What the reader chose, as the address holds it."""

    since: int | None = None
    until: int | None = None
    flow: str = "total"
    sectors: tuple[str, ...] = ()
    thirds: tuple[str, ...] = ()

    @property
    def choice(self) -> Choice:
        """What of it the brief follows."""
        return Choice(self.since, self.until, self.sectors, self.thirds)

    def query(self) -> str:
        """Its place in an address, what was not chosen left out."""
        pairs = [
            ("from", str(self.since or "")),
            ("to", str(self.until or "")),
            ("flow", "" if self.flow == "total" else self.flow),
            ("sectors", ",".join(self.sectors)),
            ("third", ",".join(self.thirds)),
        ]
        return urlencode([pair for pair in pairs if pair[1]])


def chosen_of(given: Mapping[str, str], a: str, b: str) -> Chosen:
    """What an address chooses for a pair. Raises MeasureError or CodeError that say which field and what to write."""
    since, until = (_year(given.get(name, ""), name) for name in ("from", "to"))
    if since and until and since > until:
        raise MeasureError(f"The years go from {since} to {until}. Give the earlier one first.")
    flow = given.get("flow", "") or "total"
    if flow not in FLOWS:
        raise MeasureError(f"'{flow[:40]}' is no flow. Use one of: {', '.join(FLOWS)}.")
    sectors = tuple(dict.fromkeys(codes.sector(word).code for word in _words(given.get("sectors", ""), MOST_SECTORS)))
    thirds = tuple(dict.fromkeys(codes.place(word).code for word in _words(given.get("third", ""), MOST_THIRDS)))
    for third in thirds:
        for other in (a, b):
            refuse_overlap(codes.place(third), codes.place(other))
    return Chosen(since, until, flow, sectors, thirds)


def _year(raw: str, name: str) -> int | None:
    raw = raw.strip()
    if not raw:
        return None
    if not (raw.isdecimal() and len(raw) == 4 and _FIRST <= int(raw) <= _LAST):
        raise MeasureError(f"The field {name} holds '{raw[:20]}', which is no year. Write one such as 2015.")
    return int(raw)


def _words(raw: str, most: int) -> list[str]:
    words = [word.strip()[:80] for word in raw[:400].split(",") if word.strip()]
    if len(words) > most:
        raise MeasureError(f"The page takes {most} at once, and the address holds {len(words)}. Leave some out.")
    return words


# ── the page ────────────────────────────────────────────────────────────────────────────────────


def pair_page(where: Where, a: str, b: str, chosen: Chosen = Chosen(), *, whole: bool = False) -> Drawn:
    """The brief on two places as a page of the app. Raises CodeError or MeasureError where they are no pair.

    The chapter on why trade moved comes after the page, unless the `whole` is wanted, as its twins do.
    """
    charts: dict[str, Chart] = {}
    address, query = where.address(f"pair/{a}/{b}"), chosen.query()
    pair = make_pair(a, b, lang=where.language, choice=chosen.choice)
    later = {} if whole else {"why": _later(where, f"{address}/why", "app.pair.why", "")}
    with served(collecting(charts, address, query)):
        page = brief_of(pair, later)
        view = _view(where, pair, chosen, address, whole=whole)
    twins = twin_links(where, address, kinds=("json", "csv", "html"), query=query)
    more = Section("further", where.text("app.pair.further"), (_further(where, a, b), twins))
    return Drawn(replace(page, sections=(view, *page.sections, more)), charts)


def _view(where: Where, pair: Pair, chosen: Chosen, address: str, *, whole: bool) -> Section:
    """The form and, once something was chosen, the charts of the flow."""
    parts: tuple[str, ...] = (_form(where, pair, chosen),)
    if whole:
        parts = (*parts, *(kit.chart(record, pair.text) for record in view_charts(pair, chosen.flow)))
    elif chosen.query():
        parts = (*parts, _later(where, f"{address}/view", "app.pair.view", chosen.query()))
    return Section("view", where.text("app.pair.choose"), parts)


def _later(where: Where, address: str, words: str, query: str) -> Markup:
    end = f"?{query}" if query else ""
    return part("later", where.text, address=f"{address}/part{end}", page=f"{address}{end}", words=where.text(words))


def _form(where: Where, pair: Pair, chosen: Chosen) -> Markup:
    text, a, b = where.text, pair.a.code, pair.b.code
    years = tuple(str(year) for year in _years(a, b))
    flows = flow_options(text, a)
    names = ", ".join(text.country(code) for code in chosen.thirds)
    fields = [
        Field("from", text("app.pair.from"), str(chosen.since or ""), listed=years, numeric=True),
        Field("to", text("app.pair.to"), str(chosen.until or ""), listed=years, numeric=True),
        Field("flow", text("app.flow.label"), chosen.flow, flows),
        Field("third", text("app.pair.third"), names, place=True),
        Field("sectors", text("app.pair.sectors"), ", ".join(chosen.sectors)),
    ]
    return form(where, where.address(f"pair/{a}/{b}"), fields, text("app.pair.show"), anchor="choose")


def _years(a: str, b: str) -> list[int]:
    rows = coverage(a, b).rows
    if not rows:
        return []
    return list(range(max(row.last.end.year for row in rows), min(row.first.start.year for row in rows) - 1, -1))


def trouble_page(where: Where, a: str, b: str, trouble: str) -> Page:
    """The form of a pair with what was wrong about its address."""
    pair = make_pair(a, b, lang=where.language)
    names = {"a": where.text.the(a), "b": where.text.the(b)}
    parts = (notice(trouble), _form(where, pair, Chosen()))
    return Page(
        title=where.text.sentence("brief.title", **names),
        description=where.text.sentence("brief.description", **names),
        sections=(Section("view", where.text("app.pair.choose"), parts),),
    )


def _further(where: Where, a: str, b: str) -> Markup:
    text = where.text
    cut = f"lab?s1.kind=ban&s1.from={a}&s1.to={b}&s1.both=1&s1.sectors=all"
    links = [
        (text("app.pair.cut"), where.address("") + cut),
        (text("app.pair.explain"), where.address(f"explain/{a}/{b}")),
        (text("app.pair.leverage"), where.address(f"leverage/{a}/{b}")),
        (text("app.pair.world"), where.address("world") + f"?subject={a}"),
        (text("app.pair.turned"), where.address(f"pair/{b}/{a}")),
    ]
    return part("links", text, links=links)


# ── parts that come after ───────────────────────────────────────────────────────────────────────


def why_page(where: Where, a: str, b: str) -> Drawn:
    """The chapter on why trade moved as a page of its own."""
    charts: dict[str, Chart] = {}
    with served(collecting(charts, where.address(f"pair/{a}/{b}/why"))):
        page = why_record(a, b, why_it_moved(a, b, where.text), where.text)
    return Drawn(_with_way_back(page, where, a, b, ""), charts)


def why_part(where: Where, a: str, b: str) -> bytes:
    """The same as the page of the pair fetches it."""
    with served(collecting({}, where.address(f"pair/{a}/{b}/why"))):
        page = why_record(a, b, why_it_moved(a, b, where.text), where.text)
    return fragment(kit.joined(page.sections[0].parts))


def view_page(where: Where, a: str, b: str, chosen: Chosen) -> Drawn:
    """The charts of the flow as a page of their own."""
    charts: dict[str, Chart] = {}
    pair = make_pair(a, b, lang=where.language, choice=chosen.choice)
    with served(collecting(charts, where.address(f"pair/{a}/{b}/view"), chosen.query())):
        parts = _view_parts(where, pair, chosen)
    section = Section("view", where.text("app.pair.view"), parts)
    page = replace(trouble_page(where, a, b, ""), sections=(section,))
    return Drawn(_with_way_back(page, where, a, b, chosen.query()), charts)


def view_part(where: Where, a: str, b: str, chosen: Chosen) -> bytes:
    """The same as the page of the pair fetches it."""
    pair = make_pair(a, b, lang=where.language, choice=chosen.choice)
    with served(collecting({}, where.address(f"pair/{a}/{b}/view"), chosen.query())):
        return fragment(kit.joined(_view_parts(where, pair, chosen)), first=8000)


def _view_parts(where: Where, pair: Pair, chosen: Chosen) -> tuple[str, ...]:
    shown = tuple(kit.chart(record, where.text) for record in view_charts(pair, chosen.flow))
    return shown or (notice(where.text("app.pair.nothing")),)


def _with_way_back(page: Page, where: Where, a: str, b: str, query: str) -> Page:
    end = f"?{query}" if query else ""
    back = part("links", where.text, links=[(where.text("app.pair.back"), where.address(f"pair/{a}/{b}") + end)])
    return replace(page, sections=(*page.sections, Section("further", where.text("app.pair.further"), (back,))))


# ── data ────────────────────────────────────────────────────────────────────────────────────────


def pair_json(where: Where, a: str, b: str, chosen: Chosen) -> bytes:
    """The page as data: its key figures, every chart's finding and rows, what exists for the pair, and the sources."""
    drawn = pair_page(where, a, b, chosen, whole=True)
    newest = drawn.page.newest.label if drawn.page.newest else None
    about = {"pair": [a, b], "newest": newest, "coverage": coverage(a, b).to_dict()["rows"]}
    return page_json(drawn, about)


def pair_file(where: Where, a: str, b: str, chosen: Chosen) -> bytes:
    """The brief as one file that needs no server, as `amur brief` writes it."""
    return brief_page(make_pair(a, b, lang=where.language, choice=chosen.choice)).encode("utf-8")


def pair_csv(where: Where, a: str, b: str, chosen: Chosen) -> bytes:
    """The rows of all charts, one line a cell: chart, row, column, value."""
    return page_csv(pair_page(where, a, b, chosen, whole=True))
