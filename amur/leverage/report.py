"""leverage(a, b): what each side of a tie loses at the margin and when it is cut, over baselines and horizons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from amur.economy import load_economy
from amur.economy.baseline import FloatArray
from amur.ensemble import QUANTILES, Ensemble, Place, Request, Settings, published_draws, run_ensemble
from amur.leverage.cut import World, closed_form_cut, exact_cut, first_order_cut, sector_cuts
from amur.leverage.records import (
    METHOD,
    Advance,
    Part,
    Setting,
    Span,
    default_economy,
    party_record,
    planned,
    record,
    spans,
)
from amur.leverage.sides import Party, cells, parties
from amur.leverage.slopes import marginal, party_slopes
from amur.models.shock import Closure, LongRun, Shock
from amur.progress import each
from amur.scenario import HorizonName
from amur.solver import solve

DRAWS = 100
"""So many draws are made where nobody says how many."""


@dataclass(frozen=True, eq=False)
class Leverage:
    """The answer of `amur leverage`: both parties and every setting, the default first."""

    a: Party
    b: Party
    parts: tuple[Part, ...]
    draws: dict[str, object]

    @property
    def default(self) -> Part:
        """The long run on the default baseline and elasticities."""
        return self.parts[0]

    def part(self, horizon: HorizonName) -> Part:
        """The first setting of a horizon."""
        return next(part for part in self.parts if part.setting.horizon == horizon)

    def loss(self, country: str, *, horizon: HorizonName = "long", side: str = "both") -> float | None:
        """The exact loss of a party in the default setting of a horizon; None where there is no equilibrium."""
        rows = (row for row in self.part(horizon).exact if (row.country, row.side) == (country, side))
        return next((row.loss for row in rows), None)

    def spans(self) -> tuple[Span, ...]:
        """Each exact loss with its range over the sets of elasticities that were run."""
        return spans(self.parts)

    def to_dict(self) -> dict[str, object]:
        """The JSON of `amur leverage`: losses are fractions of real income, for one percent where marginal."""
        economy = load_economy(self.default.setting.economy)
        return record([party_record(party, economy) for party in (self.a, self.b)], self.parts, self.draws)


def leverage(
    a: str,
    b: str,
    *,
    economies: Sequence[str] = (),
    closure: Closure = "fixed",
    advance: Advance | None = None,
) -> Leverage:
    """Who can hurt whom, for two countries or blocs: both horizons, the default elasticities and the companion set.

    `economies` are names or files, the default first; the bundled table and its updates unless given.
    """
    settings = planned(economies, closure)
    pair = parties(default_economy(economies), a, b)
    found = []
    for number, setting in enumerate(each(settings)):
        found.append(compute_part(setting, a, b, by_sector=number == 0))
        if advance:
            advance(number + 1, len(settings))
    return Leverage(*pair, tuple(found), draws={})


def pair_draws(economies: Sequence[str] = (), count: int | None = None, elasticities: str = "") -> FloatArray | None:
    """Draws `[draw, sector]` for a pair: `count` of them, a hundred where there are some to be had, or None for none.

    `elasticities` as for `Request`.
    """
    economy = default_economy(economies)
    if count is None:
        count = DRAWS if elasticities or economy.theta_draws is not None else 0
    return Request(count, elasticities).thetas(economy) if count else None


def with_draws(
    found: Leverage,
    draws: int | FloatArray,
    place: Place = Place(),  # noqa: B008
    *,
    advance: Advance | None = None,
) -> Leverage:
    """The same leverage with the cut in the long run solved under draws of the default setting's elasticities.

    `draws` is a number of published draws, or elasticities of one's own `[draw, sector]`.
    """
    setting = found.default.setting
    economy = setting.load()
    cost = economy.full(1.0)
    cost[cells(economy, found.a, found.b, "both")] = np.inf
    settings = Settings(setting.closure, LongRun(), place=place)
    thetas = published_draws(economy, draws) if isinstance(draws, int) else draws
    drawn = run_ensemble(economy, Shock(cost_hat=cost), thetas, settings, advance=advance)
    losses = {party.code: drawn_losses(drawn, party) for party in (found.a, found.b)}
    told: dict[str, object] = {
        "count": len(drawn.reasons),
        "solved": len(drawn.solved),
        "failures": [{"draw": number, "reason": reason} for number, reason in drawn.failures],
        "theta_set": setting.theta,
        "interval_kind": "elasticity",
        "losses": [
            {
                "country": code,
                "quantiles": dict(zip(map(str, QUANTILES), np.quantile(values, QUANTILES).tolist(), strict=True)),
                "probability_of_loss": float((values > 0).mean()),
            }
            for code, values in losses.items()
        ],
        "probability_first_loses_more": float((losses[found.a.code] > losses[found.b.code]).mean()),
        "drivers": [_drivers(drawn, party) for party in (found.a, found.b)],
    }
    return replace(found, draws=told)


def drawn_losses(drawn: Ensemble, party: Party) -> FloatArray:
    """Loss of real income of a party in every solved draw, its regions weighted by baseline income."""
    return -drawn.joint_draws(party.regions)


def _drivers(drawn: Ensemble, party: Party) -> dict[str, object]:
    found = drawn.drivers(*party.regions)
    return {"country": party.code, "explained": found.explained, "drivers": found.rows}


def compute_part(setting: Setting, a: str, b: str, *, by_sector: bool = False) -> Part:
    """Leverage of a pair in one setting; `by_sector` adds exact cuts of every sector alone."""
    economy = setting.load()
    world = World(economy, setting.closure, setting.adjustment)
    first, second = parties(economy, a, b)
    baseline = solve(world.start, Shock(), METHOD, horizon=world.horizon)
    slopes = party_slopes(baseline, first, second)
    return Part(
        setting,
        marginal(baseline, first, second, slopes=slopes),
        exact_cut(world, first, second, METHOD),
        first_order_cut(baseline, first, second, slopes=slopes),
        closed_form_cut(economy, first, second) if setting.horizon == "long" else (),
        sector_cuts(world, first, second) if by_sector else (),
    )


__all__ = ["Leverage", "compute_part", "drawn_losses", "leverage", "pair_draws", "with_draws"]
