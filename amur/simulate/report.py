"""Rows of a simulation: a comparison of runs for the screen, whole tables for files, and what a reader must know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amur import codes
from amur.errors import CodeError
from amur.outcome import TABLES
from amur.simulate.plan import Setting
from amur.simulate.runs import Run, Simulation
from amur.text import Text

EXPECTED = ("real_income_change", "real_wage_change", "price_index_change")
"""Measures that the expected results of a shipped scenario hold."""

LITTLE_LEFT = 0.1
"""A buyer left with less than this share of its suppliers is named: results there lie far outside the data."""


@dataclass(frozen=True)
class Stranded:
    """A buyer that the bans leave with a small part of its suppliers of one sector."""

    country: str
    sector: str
    share_left: float


def overview(simulation: Simulation, text: Text) -> list[dict[str, str]]:
    """One row a country, worst first: the change of real income in every run, as the language writes it."""
    heads = column_heads(simulation, text)
    gains = [run.outcome.real_income_changes if run.outcome else None for run in simulation.runs]
    first = next(gain for gain in gains if gain is not None)
    countries = sorted(first, key=lambda code: (first[code], code))
    digits = percent_digits(list(first.values()))
    columns = {}
    for head, gain in zip(heads, gains, strict=True):
        if gain is None:
            columns[head] = dict.fromkeys(countries, text("simulate.table.none"))
        else:
            columns[head] = {code: text.percent(gain[code], digits=digits, sign=True) for code in countries}
    name = text("simulate.table.country")
    return [
        {name: capital(label(code, text))} | {head: cells[code] for head, cells in columns.items()}
        for code in countries
    ]


def percent_digits(fractions: Sequence[float]) -> int:
    """Decimals with which the largest of some fractions shows three digits in percent; two at least, six at most."""
    largest = max((abs(value) for value in fractions), default=0.0)
    return 2 if largest == 0 else min(6, max(2, 2 - math.floor(math.log10(100 * largest))))


def column_heads(simulation: Simulation, text: Text) -> list[str]:
    """The head of each run's column: the horizon, and what departs from the default."""
    return [run_name(run.setting, text) for run in simulation.runs]


def run_name(setting: Setting, text: Text) -> str:
    """A run in words: `long run, FGH22`, `short run, balanced trade`."""
    horizon = text(f"simulate.horizon.{setting.horizon}")
    if setting.departs == "closure":
        return f"{horizon}, {text(f'simulate.closure.{setting.closure}')}"
    return f"{horizon}, {setting.economy if setting.departs == 'economy' else setting.theta}"


def rows(simulation: Simulation, table: str = "country") -> list[dict[str, object]]:
    """Every row of a table in every run, with the run's setting in front: what `--format csv` writes."""
    found: list[dict[str, object]] = []
    for run in simulation.runs:
        setting = _setting(run)
        if run.outcome is None:
            found.append(setting | {"reason": run.reason})
        else:
            found += [setting | row for row in run.outcome.table(table).to_dicts()]
    return found


def expected_rows(simulation: Simulation) -> list[dict[str, object]]:
    """The results that a shipped scenario is held to: three measures of every country in every run."""
    found: list[dict[str, object]] = []
    for run in simulation.runs:
        setting = _setting(run)
        if run.outcome is None:
            found.append(setting | {"country": "", **dict.fromkeys(EXPECTED)})
            continue
        table = run.outcome.countries().select("country", *EXPECTED)
        found += [
            setting | {k: v if k == "country" else f"{v:.9f}" for k, v in row.items()} for row in table.to_dicts()
        ]
    return found


def notes(simulation: Simulation, text: Text) -> list[str]:
    """What a reader must know beside the numbers: runs without result, limits, blocs, and far extrapolation."""
    found = [
        text.sentence("simulate.note.reason", run=run_name(run.setting, text), reason=run.reason)
        for run in simulation.unsolved
    ]
    first = next(run for run in simulation.runs if run.outcome is not None)
    for run in simulation.runs:
        if not run.setting.departs:
            found += [_bound_note(run, number, text) for number in range(len(run.bounds))]
    if first.compiled is not None:
        for outside in first.compiled.outside:
            listed = ", ".join(label(code, text) for code in outside.members)
            found.append(text.sentence("simulate.note.outside", bloc=label(outside.bloc, text), members=listed))
    far = stranded(first)
    if far:
        listed = ", ".join(f"{label(item.country, text)} ({lowered(sector_label(item.sector, text))})" for item in far)
        found.append(text.sentence("simulate.note.stranded", share=text.percent(LITTLE_LEFT, digits=0), buyers=listed))
    return found


def stranded(run: Run) -> tuple[Stranded, ...]:
    """Buyers that bans leave with less than a tenth of their baseline suppliers of a sector, the worst first."""
    solved = run.equilibrium
    if solved is None or solved.shock.cost_hat is None:
        return ()
    economy = solved.economy
    left = (economy.pi * np.isfinite(solved.shock.cost_hat)).sum(axis=0)
    found = [
        Stranded(economy.regions[n], economy.sectors[s], float(left[n, s]))
        for n, s in np.argwhere((left < LITTLE_LEFT) & (economy.expenditure > 0))
    ]
    return tuple(sorted(found, key=lambda item: item.share_left))


def label(code: str, text: Text) -> str:
    """The name of a country or bloc; regions of one's own economy stand as they are."""
    try:
        return text.country(code)
    except CodeError:
        return code


def sector_label(code: str, text: Text) -> str:
    """The short name of a sector; sectors of one's own economy stand as they are."""
    if code == "total":
        return text("simulate.table.all_sectors")
    try:
        return codes.sector(code).name(text.language)
    except CodeError:
        return code


def capital(name: str) -> str:
    """A name as it stands alone: with a capital first letter."""
    return name[:1].upper() + name[1:]


def lowered(name: str) -> str:
    """A name as it stands inside a sentence: a small first letter, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _setting(run: Run) -> dict[str, object]:
    setting = run.setting
    return {
        "economy": setting.economy,
        "theta": setting.theta,
        "closure": setting.closure,
        "horizon": setting.horizon,
    }


def _bound_note(run: Run, number: int, text: Text) -> str:
    bound = run.bounds[number]
    about = {
        "run": run_name(run.setting, text),
        "exporter": _joined(bound.exporter, text),
        "importer": _joined(bound.importer, text),
        "sector": ", ".join(lowered(sector_label(code, text)) for code in bound.sector.split()),
    }
    if not bound.binds:
        return text.sentence("simulate.note.slack", **about)
    rent = text.money(bound.rent_usd, "USD", digits=2)
    keeper = text(f"simulate.rent.{bound.rent_to}")
    return text.sentence(
        f"simulate.note.{bound.kind}",
        **about,
        wedge=text.percent(bound.wedge),
        level=text.percent(bound.limit, digits=0),
        rent=rent,
        keeper=keeper,
    )


def _joined(listed: str, text: Text) -> str:
    members = listed.split()
    if len(members) > 6:
        return text("simulate.table.countries", n=len(members))
    return ", ".join(label(code, text) for code in members)


__all__ = [
    "TABLES",
    "Stranded",
    "capital",
    "column_heads",
    "expected_rows",
    "label",
    "lowered",
    "notes",
    "overview",
    "percent_digits",
    "rows",
    "run_name",
    "sector_label",
    "stranded",
]
