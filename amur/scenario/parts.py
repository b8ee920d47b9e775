"""Flows split in parts that an instrument reaches or misses, and how they become one flow again.

Where a share `e` of a flow escapes an instrument, the flow is two varieties: `1 - e` of its baseline that meets
it and `e` that does not. Each further instrument may split them again. To the end they are kept apart, and then
written as one flow whose cost, duty and export tax give the same spending, revenue and sales:

    k_l     = d_l (1+t_l)/(1+t_0) (1+x_l)                     of part l with weight w_l
    f, g, h = sum_l w_l k_l^-theta {1, 1/(1+t_l), 1/((1+t_l)(1+x_l))}
    1+t     = f/g        1+x = g/h        d = f^(-1/theta) (1+t_0) / ((1+t)(1+x))

This holds in every equilibrium, because the parts share the seller's cost and the buyer's price index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.errors import ScenarioError
from amur.scenario.instruments import Ban, Barrier, ExportTax, Tariff, Transport

Direct = Tariff | Barrier | Transport | ExportTax | Ban
"""Instruments that change the cost, duty or export tax of a flow."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of every flow under one treatment; arrays [exporter, importer, sector], weights sum to one over parts."""

    weight: FloatArray
    cost_hat: FloatArray
    tariff: FloatArray
    export_tax: FloatArray


@dataclass(frozen=True)
class Collapsed:
    """The parts as one flow each; an array is None where it is everywhere the baseline's."""

    cost_hat: FloatArray | None
    tariff_new: FloatArray | None
    export_tax_new: FloatArray | None


def untreated(economy: Economy) -> Part:
    """All trade as it is in the baseline."""
    return Part(economy.full(1.0), economy.full(1.0), economy.tariff, economy.full(0.0))


def split(parts: Sequence[Part], instrument: Direct, cells: BoolArray) -> tuple[Part, ...]:
    """The parts after an instrument on `cells`, each split in two where a share escapes."""
    after: list[Part] = []
    for part in parts:
        treated = treat(part, instrument, cells)
        if instrument.escapes == 0:
            after.append(treated)
            continue
        meets = np.where(cells, part.weight * (1 - instrument.escapes), part.weight)
        after += [replace(treated, weight=meets), replace(part, weight=part.weight - meets)]
    return tuple(after)


def treat(part: Part, instrument: Direct, cells: BoolArray) -> Part:
    """One part after an instrument that reaches all of it."""
    if isinstance(instrument, Tariff):
        rates = _TARIFF_RULES[instrument.choice](part.tariff, instrument.amount)
        return replace(part, tariff=np.where(cells, rates, part.tariff))
    if isinstance(instrument, ExportTax):
        rates = part.export_tax * (instrument.choice == "add") + instrument.amount
        return replace(part, export_tax=np.where(cells, rates, part.export_tax))
    return replace(part, cost_hat=np.where(cells, part.cost_hat * cost_factor(instrument), part.cost_hat))


def cost_factor(instrument: Barrier | Transport | Ban) -> float:
    """The factor on the cost of delivery; infinite for a ban."""
    if isinstance(instrument, Ban):
        return np.inf
    if isinstance(instrument, Transport):
        return 1 + instrument.days * instrument.cost_per_day
    return instrument.amount if instrument.choice == "multiply" else 1 + instrument.amount


_TARIFF_RULES: dict[str, Callable[[FloatArray, float], FloatArray]] = {
    "set": np.full_like,
    "add": lambda rate, points: rate + points,
    "multiply": lambda rate, factor: rate * factor,
    "linear_cut": lambda rate, cut: rate * (1 - cut),
    "maximum_rate": np.minimum,
    "swiss_coefficient": lambda rate, a: a * rate / (a + rate),
}


def changes(before: Sequence[Part], after: Sequence[Part], splits: bool) -> BoolArray:
    """Flows in which some part meets a change that matters: no rate matters where the part is banned anyway."""
    differs = np.zeros(before[0].weight.shape, dtype=bool)
    for old, new in zip(before, after[::2] if splits else after, strict=True):
        rates = (old.tariff != new.tariff) | (old.export_tax != new.export_tax)
        differs |= (new.weight > 0) & ((old.cost_hat != new.cost_hat) | (rates & np.isfinite(new.cost_hat)))
    return differs


def require_admissible(parts: Sequence[Part], cells: BoolArray, describe: Callable[[BoolArray], str]) -> None:
    """Refuse duties below zero, and export subsidies that would leave sellers nothing."""
    for part in parts:
        if (bad := cells & (part.tariff < 0)).any():
            lowest = float(part.tariff[bad].min())
            raise ScenarioError(
                f"makes the duty on {describe(bad)} negative ({lowest:.4g}). Use linear_cut or multiply to lower "
                "duties, and export_tax for subsidies"
            )
        if (bad := cells & (part.export_tax <= -1)).any():
            raise ScenarioError(f"makes the export subsidy on {describe(bad)} 100 % or more. Use a smaller one")


def collapse(parts: Sequence[Part], economy: Economy, theta: FloatArray) -> Collapsed:
    """One flow for the parts of each, at the trade elasticities `theta` of the horizon."""
    if len(parts) == 1:
        cost, tariff, tax = parts[0].cost_hat, parts[0].tariff, parts[0].export_tax
    else:
        cost, tariff, tax = _merged(parts, economy, theta)
    return Collapsed(
        cost_hat=None if (cost == 1).all() else cost,
        tariff_new=None if (tariff == economy.tariff).all() else tariff,
        export_tax_new=None if (tax == 0).all() else tax,
    )


def _merged(parts: Sequence[Part], economy: Economy, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    spending, border, sales = (economy.full(0.0) for _ in range(3))
    for part in parts:
        cost = part.cost_hat * (1 + part.tariff) / (1 + economy.tariff) * (1 + part.export_tax)
        value = part.weight * np.where(np.isinf(cost), 0.0, cost**-theta)
        spending += value
        border += value / (1 + part.tariff)
        sales += value / ((1 + part.tariff) * (1 + part.export_tax))
    first = parts[0]
    alive = (spending > 0) & ~_agree(parts, ("cost_hat", "tariff", "export_tax"))
    safe = [np.where(alive, total, 1.0) for total in (spending, border, sales)]
    # A rate on which the parts agree is kept as it is, free of the rounding of the sums.
    tariff = np.where(alive & ~_agree(parts, ("tariff",)), safe[0] / safe[1] - 1, first.tariff)
    tax = np.where(alive & ~_agree(parts, ("export_tax",)), safe[1] / safe[2] - 1, first.export_tax)
    factor = safe[0] ** (-1 / theta) * (1 + economy.tariff) / ((1 + tariff) * (1 + tax))
    cost = np.where(alive, factor, np.where(spending > 0, first.cost_hat, np.inf))
    return cost, tariff, tax


def _agree(parts: Sequence[Part], names: Sequence[str]) -> BoolArray:
    """Flows in which all parts with any weight are treated alike in the named respects."""
    first = parts[0]
    alike = [
        np.logical_and.reduce([getattr(part, name) == getattr(first, name) for name in names]) | (part.weight == 0)
        for part in parts[1:]
    ]
    return np.logical_and.reduce(alike)
