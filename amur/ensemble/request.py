"""Draws as a user asks for them, the ensemble of a simulation that was run, and its rows for the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amur.economy import Economy, load_economy
from amur.economy.baseline import FloatArray
from amur.ensemble.elasticities import draws_from_file, published_draws
from amur.ensemble.runners import Advance, Place
from amur.ensemble.solve import Settings, run_ensemble
from amur.ensemble.summary import Driver, Drivers, Ensemble
from amur.ensemble.work import Range
from amur.errors import EconomyError
from amur.models.shock import LongRun, ShortRun
from amur.simulate import Simulation, capital, label, percent_digits, sector_label
from amur.text import Text

HELD = "fixed"
"""The word for elasticities that are not drawn."""

SETTING = ("economy", "theta", "closure", "horizon")
"""The columns that say which run a row belongs to."""

INTERVAL = (0.05, 0.5, 0.95)
"""Quantiles that a table of draws shows."""

NAMED = 3
"""Sectors that a driver names before the rest are counted."""


@dataclass(frozen=True)
class Request:
    """`count` draws: published ones where `elasticities` is empty, those of a file, or none of them (`fixed`).

    `ranges` are numbers of the scenario that are drawn evenly, such as `shocks.0.add=0.1:0.4`.
    """

    count: int
    elasticities: str = ""
    ranges: tuple[str, ...] = ()
    seed: int = 0

    def thetas(self, economy: Economy) -> FloatArray:
        """`[draw, sector]`. Raises EconomyError where there are not so many, or one is outside the model's domain."""
        if self.elasticities == HELD:
            if self.count < 1:
                raise EconomyError(f"{self.count} draws were asked for; ask for at least one.")
            return np.repeat(economy.theta[None], self.count, axis=0)
        if self.elasticities:
            return draws_from_file(economy, self.elasticities, self.count, seed=self.seed)
        return published_draws(economy, self.count, seed=self.seed)


def simulation_draws(
    simulation: Simulation,
    request: Request,
    place: Place = Place(),  # noqa: B008
    *,
    advance: Advance | None = None,
) -> Ensemble:
    """The default run of a simulation under every draw."""
    setting = simulation.default().setting
    economy = load_economy(setting.economy).with_theta(setting.theta)
    horizon = LongRun() if setting.horizon == "long" else ShortRun()
    ranges = tuple(Range.parse(text) for text in request.ranges)
    settings = Settings(setting.closure, horizon, ranges, request.seed, place)
    return run_ensemble(economy, simulation.scenario, request.thetas(economy), settings, advance=advance)


def ensemble_table(found: Ensemble, text: Text) -> tuple[str, list[dict[str, str]]]:
    """A title, and a row a country, worst first: real income, central and over the draws, and what drives it."""
    central = found.work.central
    changes = dict(zip(found.regions, central.real_income_hat - 1, strict=True))
    ordered = sorted(found.regions, key=lambda code: (changes[code], code))
    digits = percent_digits([float(change) for change in changes.values()])
    rows = []
    for code, drivers in zip(ordered, found.all_drivers(ordered), strict=True):
        low, middle, high = (
            text.percent(value, digits=digits, sign=True) for value in found.quantiles(code, at=INTERVAL)
        )
        rows.append(
            {
                text("simulate.table.country"): capital(label(code, text)),
                text("ensemble.table.central"): text.percent(float(changes[code]), digits=digits, sign=True),
                text("ensemble.table.low"): low,
                text("ensemble.table.middle"): middle,
                text("ensemble.table.high"): high,
                text("ensemble.table.loses"): text.percent(found.probability_of_loss(code), digits=0),
                text("ensemble.table.driver"): driver_words(drivers, text),
            }
        )
    return text("ensemble.table.title"), rows


def drawn_columns(found: Ensemble, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Rows of a simulation, those of its default run with the quantiles of real income over the draws."""
    first, *_ = rows
    default = [first[key] for key in SETTING]
    return [
        row | _quantile_columns(found, str(row["country"])) if [row[key] for key in SETTING] == default else row
        for row in rows
    ]


def _quantile_columns(found: Ensemble, code: str) -> dict[str, object]:
    low, middle, high = found.quantiles(code, at=INTERVAL)
    told = {"real_income_p05": low, "real_income_p50": middle, "real_income_p95": high}
    return {**told, "probability_of_loss": found.probability_of_loss(code)}


def ensemble_notes(found: Ensemble, text: Text) -> list[str]:
    """How many draws there are, what the interval is, and which draws have no equilibrium."""
    notes = [text.sentence("ensemble.note.interval", n=len(found.solved), theta=found.work.economy.theta_set)]
    if found.failures:
        number, reason = found.failures[0]
        notes.append(text.sentence("ensemble.note.failed", n=len(found.failures), number=number, reason=reason))
    return notes


def driver_words(drivers: Drivers, text: Text) -> str:
    """The elasticity that drives an answer most and its part; empty where none moves."""
    if not drivers.drivers:
        return ""
    first = drivers.drivers[0]
    return f"{_sectors(first, text)}: {text.percent(first.index, digits=0)}"


def _sectors(driver: Driver, text: Text) -> str:
    """The sectors of a driver by name, the first few of many."""
    named = ", ".join(sector_label(code, text) for code in driver.sectors[:NAMED])
    left = len(driver.sectors) - NAMED
    return named if left <= 0 else text("ensemble.table.more", named=named, n=left)


__all__ = ["HELD", "Request", "drawn_columns", "driver_words", "ensemble_notes", "ensemble_table", "simulation_draws"]
