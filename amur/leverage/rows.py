"""Leverage in rows: one a party, side, horizon and baseline, for tables and CSV, and the worst sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from amur.leverage.cut import CutLoss
from amur.leverage.records import Part, spans
from amur.leverage.slopes import Marginal
from amur.scenario import HorizonName

DRAWN = ("0.05", "0.95")
"""The quantiles of the draws between which an interval lies."""


@dataclass(frozen=True)
class Row:
    """What a party loses in a tie, in one line: a cut and one percent, exact, to first order and in closed form.

    `cut_low` and `cut_high` are the lowest and highest over sets of elasticities, `drawn_low` and `drawn_high` the
    5th and 95th percentile of draws; None where they were not run. `one_percent` is what the party itself loses by
    one percent more cost on its side of the tie, `other_one_percent` what the other loses by the same, `ratio` how
    many times as much, in shares of income, and `ratio_usd` in money; None where the party does not lose.
    """

    country: str
    other: str
    side: str
    economy: str
    horizon: HorizonName
    cut: float | None
    cut_low: float | None
    cut_high: float | None
    drawn_low: float | None
    drawn_high: float | None
    cut_usd: float | None
    first_order: float | None
    closed_form: float | None
    one_percent: float
    one_percent_usd: float
    other_one_percent: float
    other_one_percent_usd: float
    ratio: float | None
    ratio_usd: float | None


class Found(Protocol):
    """What `leverage` and `survey` return: settings, the default first, and draws where there are any."""

    @property
    def parts(self) -> tuple[Part, ...]: ...

    @property
    def draws(self) -> dict[str, object]: ...


def overview(found: Found) -> tuple[Row, ...]:
    """One line a party, side, horizon and baseline at the default elasticities, the default baseline first."""
    parts = found.parts
    ranges = {(span.country, span.other, span.side, span.horizon): span for span in spans(parts)}
    drawn = _drawn(found.draws)
    rows = []
    for part in (part for part in parts if part.leads(parts[0])):
        default = part.is_default(parts[0])
        first_order, closed_form = _losses(part.first_order), _losses(part.closed_form)
        hits = {(row.user, row.target, row.side): row for row in part.marginal if _is_friction(row)}
        for row in part.exact:
            key = (row.country, row.other, row.side)
            span = ranges.get((*key, part.setting.horizon)) if default else None
            hit = hits[key]
            between = (None, None)
            if default and part.setting.horizon == "long" and row.side == "both":
                between = drawn.get(row.country, between)
            rows.append(
                Row(
                    *key,
                    economy=part.setting.economy,
                    horizon=part.setting.horizon,
                    cut=row.loss,
                    cut_low=span.low if span else None,
                    cut_high=span.high if span else None,
                    drawn_low=between[0],
                    drawn_high=between[1],
                    cut_usd=row.loss_usd,
                    first_order=first_order.get(key),
                    closed_form=closed_form.get(key),
                    one_percent=hit.own_loss,
                    one_percent_usd=hit.own_loss_usd,
                    other_one_percent=hit.loss,
                    other_one_percent_usd=hit.loss_usd,
                    ratio=hit.ratio,
                    ratio_usd=hit.ratio_usd,
                )
            )
    return tuple(rows)


@dataclass(frozen=True)
class Asymmetry:
    """Who loses the larger part of its income by the cut in the long run: both losses, in shares and in dollars."""

    more: str
    less: str
    loss_more: float
    loss_less: float
    usd_more: float
    usd_less: float

    @property
    def times(self) -> float | None:
        """How many times the other's share; None where the other does not lose."""
        return self.loss_more / self.loss_less if self.loss_less > 0 else None


def asymmetry(found: Found) -> Asymmetry | None:
    """The two losses of a cut tie beside each other; None where it has no equilibrium."""
    default, *_ = found.parts
    losses = sorted((loss, usd, row.country) for row, loss, usd in _known(default.exact) if row.side == "both")
    if len(losses) != 2:
        return None
    (loss_less, usd_less, less), (loss_more, usd_more, more) = losses
    return Asymmetry(more, less, loss_more, loss_less, usd_more, usd_less)


def chokepoints(part: Part, country: str, *, most: int = 5) -> list[tuple[str, str, float]]:
    """Side, sector and loss of the sectors whose cut alone hurts a party most, the worst first."""
    losses = [(row.side, row.sector, loss) for row, loss, _ in _known(part.sectors) if row.country == country]
    return sorted(losses, key=lambda item: -item[2])[:most]


def _known(cuts: Sequence[CutLoss]) -> list[tuple[CutLoss, float, float]]:
    """Cuts that have an equilibrium, with the loss as a fraction and in dollars."""
    return [(row, row.loss, row.loss_usd) for row in cuts if row.loss is not None and row.loss_usd is not None]


def _is_friction(row: Marginal) -> bool:
    return (row.instrument, row.sector) == ("friction", "total")


def _losses(cuts: Sequence[CutLoss]) -> dict[tuple[str, str, str], float | None]:
    return {(row.country, row.other, row.side): row.loss for row in cuts if row.sector == "total"}


def _drawn(draws: Mapping[str, object]) -> dict[str, tuple[float, float]]:
    """The interval of each party's loss over the draws."""
    losses = cast("Sequence[Mapping[str, Any]]", draws.get("losses", ()))
    low, high = DRAWN
    return {str(row["country"]): (row["quantiles"][low], row["quantiles"][high]) for row in losses}


__all__ = ["DRAWN", "Asymmetry", "Row", "asymmetry", "chokepoints", "overview"]
