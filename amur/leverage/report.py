"""leverage(a, b): what each side of a tie loses at the margin and when it is cut, over baselines and horizons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from amur.economy import DEFAULT_THETA_SET, Economy, bundled_economies, load_economy
from amur.economy.baseline import FloatArray
from amur.economy.elasticities import COMPANION_THETA_SET
from amur.ensemble import QUANTILES, Ensemble, Place, Settings, published_draws, run_ensemble
from amur.leverage.cut import CutLoss, World, closed_form_cut, exact_cut, first_order_cut, sector_cuts
from amur.leverage.sides import Party, Side, cells, parties
from amur.leverage.slopes import Marginal, marginal, party_slopes
from amur.models.shock import Closure, Horizon, LongRun, Shock, ShortRun
from amur.scenario import HORIZONS, HorizonName
from amur.solver import Anderson, solve

Advance = Callable[[int, int], None]

METHOD = Anderson(atol=1e-10)


@dataclass(frozen=True)
class Setting:
    """One baseline, set of elasticities, closure and horizon."""

    economy: str
    theta: str
    closure: Closure
    horizon: HorizonName

    def to_dict(self) -> dict[str, object]:
        """All fields."""
        return dict(vars(self))


@dataclass(frozen=True, eq=False)
class Part:
    """Leverage between two parties in one setting; `sectors` are exact cuts of single sectors, where they were made."""

    setting: Setting
    marginal: tuple[Marginal, ...]
    exact: tuple[CutLoss, ...]
    first_order: tuple[CutLoss, ...]
    closed_form: tuple[CutLoss, ...]
    sectors: tuple[CutLoss, ...] = ()


@dataclass(frozen=True)
class Span:
    """The lowest and highest loss over the sets of elasticities, all else as in the default setting."""

    country: str
    side: Side
    horizon: HorizonName
    loss: float
    low: float
    high: float


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
        return _found(self.part(horizon), country, side)

    def spans(self) -> tuple[Span, ...]:
        """Each exact loss with its range over the sets of elasticities that were run."""
        spans = []
        for first in (part for part in self.parts if _is_default(part, self.default)):
            alike = [part for part in self.parts if replace(part.setting, theta="") == replace(first.setting, theta="")]
            for row in first.exact:
                found = [_found(part, row.country, row.side) for part in alike]
                values = [value for value in found if value is not None]
                if row.loss is not None:
                    horizon = first.setting.horizon
                    spans.append(Span(row.country, row.side, horizon, row.loss, min(values), max(values)))
        return tuple(spans)

    def to_dict(self) -> dict[str, object]:
        """The JSON of `amur leverage`: losses are fractions of real income, for one percent where marginal."""
        return {
            "pair": [
                {"code": party.code, "regions": list(party.regions), "income_usd": self._income(party)}
                for party in (self.a, self.b)
            ],
            "settings": [part.setting.to_dict() for part in self.parts],
            "marginal": self._rows(lambda part: part.marginal),
            "cut": {
                "exact": self._rows(lambda part: part.exact + part.sectors),
                "first_order": self._rows(lambda part: part.first_order),
                "closed_form": self._rows(lambda part: part.closed_form),
                "range_over_elasticities": [dict(vars(span)) for span in self.spans()],
            },
            "draws": self.draws,
        }

    def _rows(self, pick: Callable[[Part], Sequence[Marginal | CutLoss]]) -> list[dict[str, object]]:
        """The rows of every setting; those of single sectors only in the default ones."""
        return [
            part.setting.to_dict() | row.to_dict()
            for part in self.parts
            for row in pick(part)
            if row.sector == "total" or _is_default(part, self.default)
        ]

    def _income(self, party: Party) -> float:
        return party.income_usd(load_economy(self.default.setting.economy))


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
    names = tuple(economies) or _bundled()
    settings = [
        Setting(name, theta, closure, horizon)
        for name in names
        for theta in _thetas(load_economy(name))[: None if name == names[0] else 1]
        for horizon in HORIZONS
    ]
    pair = parties(load_economy(names[0]), a, b)
    found = []
    for number, setting in enumerate(settings):
        found.append(compute_part(setting, a, b, by_sector=number == 0))
        if advance:
            advance(number + 1, len(settings))
    return Leverage(*pair, tuple(found), draws={})


def with_draws(found: Leverage, count: int, place: Place = Place(), *, advance: Advance | None = None) -> Leverage:  # noqa: B008
    """The same leverage with the cut in the long run solved under published draws of the default elasticities."""
    setting = found.default.setting
    economy = load_economy(setting.economy).with_theta(setting.theta)
    cost = economy.full(1.0)
    cost[cells(economy, found.a, found.b, "both")] = np.inf
    settings = Settings(setting.closure, LongRun(), place=place)
    drawn = run_ensemble(economy, Shock(cost_hat=cost), published_draws(economy, count), settings, advance=advance)
    losses = {party.code: drawn_losses(drawn, party) for party in (found.a, found.b)}
    record: dict[str, object] = {
        "count": count,
        "solved": len(drawn.solved),
        "failures": [{"draw": number, "reason": reason} for number, reason in drawn.failures],
        "theta_set": setting.theta,
        "losses": [
            {
                "country": code,
                "quantiles": dict(zip(map(str, QUANTILES), np.quantile(values, QUANTILES).tolist(), strict=True)),
                "probability_of_loss": float((values > 0).mean()),
            }
            for code, values in losses.items()
        ],
        "probability_first_loses_more": float((losses[found.a.code] > losses[found.b.code]).mean()),
        "drivers": [_drivers(drawn, party) for party in (found.a, found.b) if len(party.regions) == 1],
    }
    return replace(found, draws=record)


def drawn_losses(drawn: Ensemble, party: Party) -> FloatArray:
    """Loss of real income of a party in every solved draw, its regions weighted by baseline income."""
    economy = drawn.work.central.economy
    weight = economy.income[party.rows(economy)]
    changes = np.stack([drawn.draws(code) for code in party.regions], axis=1)
    return -(changes @ weight) / weight.sum()


def _drivers(drawn: Ensemble, party: Party) -> dict[str, object]:
    found = drawn.drivers(party.regions[0])
    rows = [{**vars(driver), "sectors": list(driver.sectors)} for driver in found.drivers[:10]]
    return {"country": party.code, "explained": found.explained, "drivers": rows}


def compute_part(setting: Setting, a: str, b: str, *, by_sector: bool = False) -> Part:
    """Leverage of a pair in one setting; `by_sector` adds exact cuts of every sector alone."""
    economy = load_economy(setting.economy).with_theta(setting.theta)
    world = World(economy, setting.closure, _horizon(setting.horizon))
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


@dataclass(frozen=True)
class Row:
    """What a party loses in a tie, in one line: a cut and one percent, exact, to first order and in closed form."""

    country: str
    other: str
    side: str
    horizon: HorizonName
    cut: float | None
    cut_low: float | None
    cut_high: float | None
    cut_usd: float | None
    first_order: float | None
    closed_form: float | None
    one_percent: float
    one_percent_usd: float


def overview(found: Leverage) -> tuple[Row, ...]:
    """One line a party, side and horizon in the default settings, for tables and CSV."""
    spans = {(span.country, span.side, span.horizon): span for span in found.spans()}
    rows = []
    for part in (part for part in found.parts if _is_default(part, found.default)):
        horizon = part.setting.horizon
        for row in part.exact:
            key = (row.country, row.side)
            span = spans.get((*key, horizon))
            hit = _friction(part, row)
            rows.append(
                Row(
                    row.country,
                    row.other,
                    row.side,
                    horizon,
                    row.loss,
                    span.low if span else None,
                    span.high if span else None,
                    row.loss_usd,
                    _loss_in(part.first_order, *key),
                    _loss_in(part.closed_form, *key),
                    hit.own_loss,
                    hit.own_loss_usd,
                )
            )
    return tuple(rows)


def chokepoints(part: Part, country: str, *, most: int = 5) -> list[tuple[str, str, float]]:
    """Side, sector and loss of the sectors whose cut alone hurts a party most, the worst first."""
    rows = [row for row in part.sectors if row.country == country and row.loss is not None]
    ordered = sorted(rows, key=lambda row: -(row.loss or 0))
    return [(row.side, row.sector, float(row.loss or 0)) for row in ordered[:most]]


def _friction(part: Part, cut: CutLoss) -> Marginal:
    """The total for one percent of friction on the same flows, with the party as the user."""
    return next(
        row
        for row in part.marginal
        if (row.user, row.side, row.instrument, row.sector) == (cut.country, cut.side, "friction", "total")
    )


def _loss_in(rows: Sequence[CutLoss], country: str, side: str) -> float | None:
    for row in rows:
        if (row.country, row.side, row.sector) == (country, side, "total"):
            return row.loss
    return None


def _found(part: Part, country: str, side: str) -> float | None:
    return _loss_in(part.exact, country, side)


def _is_default(part: Part, default: Part) -> bool:
    same = replace(part.setting, horizon=default.setting.horizon)
    return same == default.setting


def _horizon(name: HorizonName) -> Horizon:
    return LongRun() if name == "long" else ShortRun()


def _bundled() -> tuple[str, ...]:
    base = bundled_economies()[0]
    return base, *(name for name in bundled_economies() if name.startswith(f"{base}-"))


def _thetas(economy: Economy) -> tuple[str, ...]:
    known = [name for name in (DEFAULT_THETA_SET, COMPANION_THETA_SET) if _has(economy, name)]
    return tuple(known) or (economy.theta_set,)


def _has(economy: Economy, theta: str) -> bool:
    return theta == economy.theta_set or theta in economy.theta_sets


__all__ = [
    "Leverage",
    "Part",
    "Row",
    "Setting",
    "Span",
    "chokepoints",
    "compute_part",
    "drawn_losses",
    "leverage",
    "overview",
    "with_draws",
]
