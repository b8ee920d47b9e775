"""Two scenarios side by side: each with its elasticities, horizon, closure and baseline, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from amur import charts, kit
from amur.app.draft import Draft, draft_of, shipped
from amur.app.lab import Starts, headline, lab_origins, option_label, solve_draft
from amur.app.shell import Drawn, Where, collecting, part, twin_links
from amur.charts import OBJECT, SUBJECT, Axis, Key
from amur.errors import AmurError, ScenarioError
from amur.figures import Figure
from amur.kit import Chart, Column, Page, Section, Shown, Table, notice, served
from amur.origins import Origin
from amur.pages.simulation.pictures import Solved, page_origins, solved_runs
from amur.pages.simulation.words import change, told
from amur.scenario import shipped_scenarios
from amur.simulate import Simulation, capital, label
from amur.text import Text

SIDES = ("one", "other")
CHOICES = ("horizon", "theta", "closure", "economy")
MOST_ROWS = 12


@dataclass(frozen=True)
class Pair:
    """The two drafts that are compared."""

    one: Draft
    other: Draft

    def query(self) -> str:
        """The address of the two, below `lab/compare?`: each is the address of its lab, as one field."""
        return urlencode([("one", short_query(self.one)), ("other", short_query(self.other))])

    def of(self, side: str) -> Draft:
        """One of the two."""
        return self.one if side == "one" else self.other


def short_query(draft: Draft) -> str:
    """The address of a draft; one that ships is named alone, with its choices."""
    if draft.base and draft.rows == draft_of([("scenario", draft.base)]).rows:
        return replace(draft, rows=()).query()
    return draft.query()


@dataclass(frozen=True)
class Result:
    """A draft with its run, or why it has none."""

    draft: Draft
    simulation: Simulation | None
    solved: Solved | None
    trouble: str = ""


def pair_of(given: Mapping[str, str]) -> Pair:
    """The two drafts that an address holds; what is left out are the first two scenarios that ship.

    The choices of a form (`one.horizon`) take the place of those in the draft. Raises ScenarioError.
    """
    return Pair(*(_side(given, side) for side in SIDES))


def _side(given: Mapping[str, str], side: str) -> Draft:
    query = given.get(side, "") or f"scenario={shipped_scenarios()[SIDES.index(side)]}"
    try:
        fields = dict(parse_qsl(query, max_num_fields=200))
    except ValueError as error:
        raise ScenarioError("The address of a scenario holds too many fields.") from error
    chosen = {name: given[f"{side}.{name}"] for name in CHOICES if given.get(f"{side}.{name}")}
    draft = draft_of(list((fields | chosen).items()))
    if not draft.is_ready:
        raise ScenarioError("Name who sells and who buys in every shock of both scenarios.")
    return draft


def solved_pair(pair: Pair, starts: Starts) -> tuple[Result, Result]:
    """Both runs; one that has no equilibrium says why and leaves the other."""
    return _solved(pair.one, starts), _solved(pair.other, starts)


def _solved(draft: Draft, starts: Starts) -> Result:
    try:
        simulation = solve_draft(draft, starts)
        return Result(draft, simulation, solved_runs(simulation)[0])
    except (AmurError, IndexError) as error:
        return Result(draft, None, None, str(error))


# ── the page ────────────────────────────────────────────────────────────────────────────────────


def compare_page(where: Where, pair: Pair, starts: Starts) -> Drawn:
    """The form for both, the figures of each, the chart of the two, and every country in a table."""
    text, found = where.text, dict[str, Chart]()
    address, query = where.address("lab/compare"), pair.query()
    results = solved_pair(pair, starts)
    sections = [Section("choose", text("app.compare.choose"), (_form(where, pair),))]
    with served(collecting(found, address, query)):
        for side, result in zip(SIDES, results, strict=True):
            parts = _figures(where, pair, side, result)
            sections.append(Section(side, text(f"app.compare.{side}"), parts))
        together = _together(results, text)
    sections.append(
        Section("together", text("app.compare.together"), (*together, twin_links(where, address, query=query)))
    )
    return Drawn(
        Page(
            title=text("app.compare.title"),
            description=text("app.compare.description"),
            eyebrow=text("app.nav.lab"),
            sections=tuple(sections),
            origins=tuple(dict.fromkeys(item for draft in (pair.one, pair.other) for item in lab_origins(draft))),
        ),
        found,
    )


def trouble_page(where: Where, trouble: str) -> Page:
    """The form with what was wrong."""
    pair = pair_of({})
    parts = (notice(trouble), _form(where, pair))
    return Page(
        title=where.text("app.compare.title"),
        description=where.text("app.compare.description"),
        eyebrow=where.text("app.nav.lab"),
        sections=(Section("choose", where.text("app.compare.choose"), parts),),
    )


def _form(where: Where, pair: Pair) -> Markup:
    text = where.text
    sides = [
        {
            "name": side,
            "label": text(f"app.compare.{side}"),
            "options": _scenarios(pair.of(side), where),
            "choices": [_choice(side, name, pair.of(side), text) for name in CHOICES],
        }
        for side in SIDES
    ]
    return part("compare", text, action=where.address("lab/compare"), sides=sides)


def _scenarios(draft: Draft, where: Where) -> list[dict[str, object]]:
    """The scenario at hand as it was composed, and those that ship."""
    own = short_query(replace(draft, choices={}))
    known = {f"scenario={name}": shipped(name).title.in_language(where.language) for name in shipped_scenarios()}
    options = known if own in known else {own: _title(draft, where.text), **known}
    return [{"value": value, "label": title, "chosen": value == own} for value, title in options.items()]


def _choice(side: str, name: str, draft: Draft, text: Text) -> dict[str, object]:
    options = [
        {"value": value, "label": option_label(name, value, text), "chosen": value == draft.choice(name)}
        for value in draft.possible(name)
    ]
    return {"name": f"{side}.{name}", "label": text(f"app.lab.{name}"), "options": options}


def _title(draft: Draft, text: Text) -> str:
    return draft.scenario().title.in_language(text.language)


def _figures(where: Where, pair: Pair, side: str, result: Result) -> tuple[str, ...]:
    text, draft = where.text, result.draft
    other = pair.of("other" if side == "one" else "one")
    lab = f"{where.address('lab')}?{short_query(draft)}&{urlencode([('against', short_query(other))])}"
    links = [
        (text("app.compare.edit"), lab),
        (text("app.lab.full"), f"{where.address('lab/result')}?{draft.query()}"),
        (text("app.lab.yaml"), f"{where.address('lab')}.yaml?{draft.query()}"),
    ]
    lead = kit.paragraph(_title(draft, text))
    if result.simulation is None or result.solved is None:
        return (lead, notice(result.trouble), part("links", text, links=links))
    strip = kit.headline(headline(draft, result.simulation, result.solved, text), text)
    setting = kit.paragraph(", ".join(option_label(name, draft.choice(name), text) for name in CHOICES))
    return (lead, setting, strip, part("links", text, links=links))


def _together(results: tuple[Result, Result], text: Text) -> tuple[str, ...]:
    one, other = (result.solved for result in results)
    if one is None or other is None:
        return (notice(text("app.compare.missing")),)
    rows = compared(one, other)
    return (
        kit.chart(_chart(one, other, rows, text), text),
        kit.table(_table("compare-all", rows, text), text, downloads=False),
    )


def compared(one: Solved, other: Solved) -> list[dict[str, Any]]:
    """Change of real income of every country in both, and the difference, the largest difference first."""
    first, second = (
        dict(item.outcome.countries().select("country", "real_income_change").iter_rows()) for item in (one, other)
    )
    rows = [
        {"country": code, "one": value, "other": second[code], "difference": second[code] - value}
        for code, value in first.items()
        if code in second
    ]
    return sorted(rows, key=lambda row: -abs(row["difference"]))


def _chart(one: Solved, other: Solved, rows: list[dict[str, Any]], text: Text) -> Chart:
    shown = sorted(rows[:MOST_ROWS], key=lambda row: float(row["one"]))  # type: ignore[arg-type]
    drawn = [
        {"label": capital(label(str(row["country"]), text)), "start": row["one"], "end": row["other"]} for row in shown
    ]
    ends = (Key(text("app.compare.one"), SUBJECT), Key(text("app.compare.other"), OBJECT))
    title = text("app.compare.chart")
    return Chart(
        name="compare-income",
        title=title,
        finding=_finding(one, other, str(rows[0]["country"]), text),
        draw=partial(charts.dumbbell, drawn, axis=Axis(text("simulate.chart.gains_axis"), "fraction"), ends=ends),
        table=_table("compare-income-data", shown, text),
        origins=_origins(one, other),
        note=text("app.compare.note", n=len(shown)),
    )


def _finding(one: Solved, other: Solved, code: str, text: Text) -> kit.Sentence:
    values: dict[str, Shown | Figure | str] = {"country": label(code, text)}
    for name, item in (("one", one), ("other", other)):
        values[name] = change(told(item.outcome.figure("real_income_change", code), item.run, text), text)
    return kit.finding(text, "app.compare.finding", values)


def _table(name: str, rows: list[dict[str, Any]], text: Text) -> Table:
    columns = (
        Column("name", text("simulate.table.country")),
        Column("one", text("app.compare.one"), "percent", digits=2),
        Column("other", text("app.compare.other"), "percent", digits=2),
        Column("difference", text("app.compare.difference"), "points", digits=2),
    )
    named = [{**row, "name": capital(label(str(row["country"]), text))} for row in rows]
    return Table(name, text("app.compare.table"), columns, named)


def _origins(one: Solved, other: Solved) -> tuple[Origin, ...]:
    return page_origins(one.outcome, other.outcome)


def compare_rows(pair: Pair, starts: Starts) -> list[dict[str, object]]:
    """Every country in both. Raises ScenarioError that says which of the two has no result."""
    results = solved_pair(pair, starts)
    for side, result in zip(SIDES, results, strict=True):
        if result.solved is None:
            raise ScenarioError(f"The scenario '{side}' has no result: {result.trouble}")
    return compared(*(result.solved for result in results))  # type: ignore[arg-type]
