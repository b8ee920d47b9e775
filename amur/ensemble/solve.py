"""run_ensemble: a scenario or shock under every draw, wherever the work is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import FloatArray
from amur.ensemble.elasticities import require_draws
from amur.ensemble.runners import Advance, Place, run
from amur.ensemble.summary import Ensemble
from amur.ensemble.work import Range, Work, with_numbers
from amur.errors import ScenarioError
from amur.models.shock import Closure, Horizon, LongRun, Shock
from amur.scenario import Scenario


@dataclass(frozen=True)
class Settings:
    """Choices of an ensemble; None is the scenario's own. `ranges` are drawn evenly with `seed`."""

    closure: Closure | None = None
    horizon: Horizon | None = None
    ranges: Sequence[Range] = ()
    seed: int = 0
    place: Place = Place()  # noqa: RUF009 — frozen


def run_ensemble(
    economy: Economy,
    scenario: Scenario | Shock,
    thetas: FloatArray,
    settings: Settings = Settings(),
    *,
    advance: Advance | None = None,
) -> Ensemble:
    """Solve a scenario or shock under every row of `thetas` `[draw, sector]`, and with its ranges drawn.

    The central equilibrium, at the economy's own elasticities, must exist; a draw without one keeps its reason.
    """
    ranges = tuple(settings.ranges)
    if ranges:
        _require_bounds(scenario, ranges)
    thetas = require_draws(economy, thetas)
    closure: Closure = settings.closure or getattr(scenario, "closure", None) or "fixed"
    horizon = settings.horizon or getattr(scenario, "horizon", None) or LongRun()
    numbers = {item.path: item.draw(len(thetas), seed=settings.seed) for item in ranges}
    work = Work(economy, scenario, thetas, closure, horizon, numbers)
    _ = work.central  # raises where there is none, before any worker starts
    chunks = run(work, settings.place, advance=advance)
    values = np.concatenate([chunk.values for chunk in chunks])
    return Ensemble(work, values, tuple(reason for chunk in chunks for reason in chunk.reasons))


def _require_bounds(scenario: Scenario | Shock, ranges: Sequence[Range]) -> None:
    """Refuse ranges at whose ends the scenario cannot be, before anything is solved."""
    if isinstance(scenario, Shock):
        raise ScenarioError("Ranges name numbers of a scenario; a shock in arrays has none. Give a scenario.")
    for end in ("low", "high"):
        with_numbers(scenario, {item.path: getattr(item, end) for item in ranges})
