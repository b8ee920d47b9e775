"""The scenario lab: shocks in a form, one run redrawn as the sliders move, and the full result page behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np
import yaml
from markupsafe import Markup

from amur import kit
from amur.app.draft import KINDS, MOST_SHOCKS, Draft, Kind, Row, draft_of, shipped
from amur.app.home import place_names
from amur.app.shell import Drawn, Where, collecting, part, twin_links
from amur.app.work import Shelf
from amur.charts import NARROW, WIDE, Canvas, bars
from amur.charts.plain import plain_bars
from amur.charts.rendering import picture
from amur.errors import AmurError, MeasureError, NoEquilibriumError, NotConvergedError
from amur.figures import Figure
from amur.kit import Chart, KeyFigure, Page, Section, Shown, served
from amur.kit.charting import legend
from amur.pages.simulation import result_page as result_page_of
from amur.pages.simulation import result_record
from amur.pages.simulation.pictures import Solved, gains_chart, solved_runs
from amur.pages.simulation.words import change, model_figure, told
from amur.scenario import shipped_scenarios
from amur.simulate import Simulation, capital, label, notes, simulate
from amur.solver import Anderson, Equilibrium
from amur.text import Text

MOST_NAMED = 3
"""Of the places that the shocks name, so many have their change shown first."""

_FIRST_NUMBER = 5000
"""Notes of a part that is sent later are numbered from here, so that none has the number of one on the page."""

Starts = Shelf[Equilibrium]


# ── solving ─────────────────────────────────────────────────────────────────────────────────────


def solve_draft(draft: Draft, starts: Starts) -> Simulation:
    """The one run of a draft, begun from the last equilibrium of the same baseline and horizon where there is one."""
    plan = draft.plan()
    scenario = draft.scenario()
    key = (plan.economies, plan.thetas, plan.closures, plan.horizons)
    near = starts.find(key)
    solved = None
    if near is not None:
        try:
            solved = simulate(scenario, plan, method=Anderson(start=near, max_steps=200))
        except (NotConvergedError, NoEquilibriumError):
            # What was near may lead nowhere, as after a ban; the common start decides.
            solved = None
    if solved is None:
        solved = simulate(scenario, plan)
    found = solved.runs[0].equilibrium
    if found is not None and np.isfinite(found.state).all():
        starts.put(key, found)
    return solved


def solve_fully(draft: Draft) -> Simulation:
    """Every run of the result page: both horizons, and the other choices beside."""
    return simulate(draft.scenario(), draft.full_plan())


# ── the page ────────────────────────────────────────────────────────────────────────────────────


def lab_page(where: Where, draft: Draft, starts: Starts) -> Drawn:
    """The form with its result beside; without shocks, the scenarios that ship."""
    text = where.text
    sections = [Section("shocks", text("app.lab.shocks"), (lab_form(where, draft),))]
    if draft.is_ready:
        sections.append(Section("outcome", text("app.lab.outcome"), (_outcome(where, draft, starts),)))
    sections.append(Section("shipped", text("app.lab.shipped"), (_shipped(where),)))
    return Drawn(
        Page(
            title=text("app.lab.title"),
            description=text("app.lab.description"),
            sections=tuple(sections),
            origins=lab_origins(draft),
            rebuild=f"amur simulate {draft.base}" if draft.base else "",
        )
    )


def lab_origins(draft: Draft) -> tuple[Any, ...]:
    """The origins of the baseline that a draft is solved on."""
    from amur.economy import load_economy
    from amur.origins import known_origins

    return known_origins(load_economy(draft.choice("economy")).origins)


def _outcome(where: Where, draft: Draft, starts: Starts) -> Markup:
    try:
        inner = lab_part(where, draft, starts)
    except AmurError as error:
        inner = kit.notice(str(error))
    return part("outcome", where.text, inner=inner, part=where.address("lab/part"))


def lab_part(where: Where, draft: Draft, starts: Starts, size: str = "") -> Markup:
    """The result of one run: who loses and gains, in numbers and a picture, and what to know beside.

    `size` is `large` or `small` where only one width of page is asked for, which halves the drawing.

    Raises ScenarioError, NoEquilibriumError or NotConvergedError with what to change.
    """
    text = where.text
    simulation = solve_draft(draft, starts)
    shown = solved_runs(simulation)
    chart = gains_chart(shown, text)
    address, query = where.address("lab"), draft.query()
    against = against_of(where, draft)
    links = [
        (text("app.lab.compare"), f"{address}/compare?{urlencode([('one', query), ('other', against)])}"),
        (text("app.lab.full"), f"{address}/result?{query}"),
        (text("app.lab.yaml"), f"{address}.yaml?{query}"),
    ]
    parts = [
        kit.headline(headline(draft, simulation, shown[0], text), text),
        *(kit.notice(words, kind="info") for words in notes(simulation, text)),
        _chart(chart, text, _Place(f"{address}/chart", query), size),
        part("links", text, links=links),
        twin_links(where, address, query=query),
    ]
    return kit.joined(parts)


def against_of(where: Where, draft: Draft) -> str:
    """The scenario to compare with: the one that the address names, else the draft's own as it ships, or the first."""
    named = dict(parse_qsl(where.query, max_num_fields=200)).get("against", "")
    own = draft.base if draft.base and draft.rows != draft_of([("scenario", draft.base)]).rows else ""
    return named or f"scenario={own or shipped_scenarios()[0]}"


@dataclass(frozen=True)
class _Place:
    """Where files of the lab's charts are: an address and the query of the draft."""

    base: str
    query: str

    def __call__(self, name: str, kind: str) -> str:
        return f"{self.base}/{name}.{kind.lower()}?{self.query}"


def _chart(chart: Chart, text: Text, place: _Place, size: str) -> Markup:
    if size not in _WIDTHS:
        return kit.chart(chart, text, address=place)

    def drawn(record: Chart) -> dict[str, Markup]:
        svg = _picture(record, text, _WIDTHS[size])
        return {name: Markup(svg) if name == size else Markup() for name in _WIDTHS}

    with served(kit.Served(place, drawn)):
        return kit.chart(chart, text)


def _picture(record: Chart, text: Text, width: int) -> str:
    """The picture at one width: plain bars without the renderer, anything else with it."""
    draw, words = record.draw, legend(record, text)
    if isinstance(draw, partial) and draw.func is bars:
        return plain_bars(draw.args[0], Canvas(text, width), axis=draw.keywords["axis"], legend=words)
    return picture(draw, text, legend=words, width=width)


_WIDTHS = {"large": WIDE, "small": NARROW}


def part_html(where: Where, draft: Draft, starts: Starts, size: str = "") -> bytes:
    """The same as a piece of a page that is sent alone."""
    return kit.with_ids(lab_part(where, draft, starts, size), first=_FIRST_NUMBER).encode("utf-8")


def headline(draft: Draft, simulation: Simulation, item: Solved, text: Text) -> tuple[KeyFigure, ...]:
    ranked = item.ranked["country"].to_list()
    items = []
    for code in _named(draft, item):
        figure = told(item.outcome.figure("real_income_change", code), item.run, text)
        items.append(KeyFigure(text("app.lab.income", country=label(code, text)), change(figure, text)))
    for kind, code in (("loser", ranked[0]), ("gainer", ranked[-1])):
        figure = told(item.outcome.figure("real_income_change", code), item.run, text)
        items.append(KeyFigure(text(f"app.lab.{kind}"), change(figure, text), capital(label(code, text))))
    world = item.outcome.blocs().filter(bloc="WLD")["real_income_change"].item()
    items.append(KeyFigure(text("app.lab.world"), _shown(item, "world_change", world, text)))
    flows = item.outcome.flows("touched")
    before, after = float(flows["value_baseline"].sum()), float(flows["value_new"].sum())
    if before:
        items.append(KeyFigure(text("app.lab.hit"), _shown(item, "hit_trade_change", after / before - 1, text)))
    return tuple(items)


def _shown(item: Solved, measure: str, value: float, text: Text) -> Shown | Figure:
    figure = told(model_figure(item.outcome, measure, "WLD", value), item.run, text)
    return change(figure, text)


def _named(draft: Draft, item: Solved) -> Iterator[str]:
    """Regions that the shocks name one by one, in the order in which they stand."""
    names: dict[str, None] = {}
    regions = item.outcome.economy.regions
    for shock in draft.scenario().shocks:
        data = shock.model_dump()
        for side in ("exporters", "importers", "countries"):
            for name in data.get(side) or ():
                if name in regions:
                    names[name] = None
    yield from list(names)[:MOST_NAMED]


# ── the form ────────────────────────────────────────────────────────────────────────────────────


def lab_form(where: Where, draft: Draft) -> Markup:
    """The fields of a draft; the address that they send is the address of the page."""
    text = where.text
    rows = draft.rows or (Row({"kind": next(iter(KINDS)), "sectors": "goods"}),)
    choices = [
        {
            "name": name,
            "label": text(f"app.lab.{name}"),
            "options": [
                {"value": value, "label": option_label(name, value, text), "chosen": value == draft.choice(name)}
                for value in draft.possible(name)
            ],
        }
        for name in ("horizon", "theta", "closure", "economy")
    ]
    return part(
        "lab",
        text,
        action=where.address("lab"),
        base=draft.base,
        against=dict(parse_qsl(where.query, max_num_fields=200)).get("against", ""),
        rows=[_row_fields(number, row, text) for number, row in enumerate(rows, start=1)],
        kinds=[{"name": name, "label": text(f"app.kind.{name.replace('.', '_')}")} for name in KINDS],
        spans={name: _span(kind) for name, kind in KINDS.items()},
        choices=choices,
        places=place_names(where.language),
        can_add=len(rows) < MOST_SHOCKS,
    )


def option_label(name: str, value: str, text: Text) -> str:
    if name == "horizon":
        return text(f"simulate.horizon.{value}")
    if name == "closure":
        return text(f"simulate.closure.{value}")
    return value


def _span(kind: Kind) -> dict[str, object]:
    return {"low": kind.low, "high": kind.high, "step": kind.step, "style": kind.style, "start": kind.start,
            "valued": bool(kind.choice), "one": kind.instrument == "productivity"}  # fmt: skip


def _row_fields(number: int, row: Row, text: Text) -> dict[str, Any]:
    kind = row.kind
    value = row.number("value", kind.start)
    shown = text.percent(value, digits=0) if kind.style == "percent" else text.number(value, digits=2)
    # A value of the address that lies beyond the slider widens it.
    span = _span(kind) | {"low": min(kind.low, value), "high": max(kind.high, value)}
    return {"number": number, "fields": row.fields, "value": value, "shown": shown, "span": span, "kind": kind.name}


def _shipped(where: Where) -> Markup:
    links = []
    for name in shipped_scenarios():
        scenario = shipped(name)
        links.append((scenario.title.in_language(where.language), where.address("lab") + f"?scenario={name}"))
    return part("links", where.text, links=links)


# ── results ─────────────────────────────────────────────────────────────────────────────────────


def result_page(where: Where, draft: Draft) -> Drawn:
    """The page of `amur simulate`, with its charts drawn when the reader comes to them."""
    charts: dict[str, Chart] = {}
    address, query = where.address("lab/result"), draft.query()
    with served(collecting(charts, address, query)):
        page = result_record(solve_fully(draft), where.text)
    links = part("links", where.text, links=[(where.text("app.lab.back"), f"{where.address('lab')}?{query}")])
    more = Section(
        "further",
        where.text("app.pair.further"),
        (links, twin_links(where, address, kinds=("json", "csv", "html"), query=query)),
    )
    return Drawn(replace(page, sections=(*page.sections, more)), charts)


def result_file(draft: Draft, language: str) -> bytes:
    """The same page as one file that needs no server."""
    return result_page_of(solve_fully(draft), Text(language)).encode("utf-8")


def quick_chart(where: Where, draft: Draft, name: str, starts: Starts) -> Chart:
    """The chart of the lab by name. Raises MeasureError for another name."""
    chart = gains_chart(solved_runs(solve_draft(draft, starts)), where.text)
    if chart.name != name:
        raise MeasureError(f"The lab has no chart '{name}'.")
    return chart


def draft_yaml(draft: Draft) -> bytes:
    """The scenario as a file that `amur simulate` reads."""
    data = draft.scenario().to_dict()
    data.pop("name", None)
    horizons = dict.fromkeys((draft.choice("horizon"), *draft.scenario().horizons))
    data |= {"horizons": list(horizons)}
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120).encode("utf-8")
