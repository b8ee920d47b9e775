"""What can be differentiated: real income, nominal income, prices, flows and tariff revenue of an equilibrium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amur.adjoint.reverse import ReverseMap, Seeds
from amur.economy.baseline import FloatArray
from amur.errors import EconomyError
from amur.solver import Equilibrium


@dataclass(frozen=True)
class RealIncome:
    """Log of the real income of a country, or of several together: sum of `I'/P` at baseline prices."""

    regions: tuple[str, ...]


@dataclass(frozen=True)
class NominalIncome:
    """Log of the income of a country, or of several together, with world value added as the numeraire."""

    regions: tuple[str, ...]


@dataclass(frozen=True)
class SectorPrice:
    """Log of the price index of a sector in a region."""

    region: str
    sector: str


@dataclass(frozen=True)
class FlowValue:
    """Log of the value at the border of what an exporter sells to an importer, in the sectors named (all if none)."""

    exporter: str
    importer: str
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class TariffRevenue:
    """Tariff revenue of a region, in the economy's units of money."""

    region: str


Target = RealIncome | NominalIncome | SectorPrice | FlowValue | TariffRevenue


def value_of(equilibrium: Equilibrium, target: Target) -> float:
    """The outcome at an equilibrium."""
    economy = equilibrium.economy
    match target:
        case RealIncome(regions):
            rows = _regions(equilibrium, regions)
            return float(np.log((equilibrium.income_new / equilibrium.P_hat)[rows].sum()))
        case NominalIncome(regions):
            return float(np.log(equilibrium.income_new[_regions(equilibrium, regions)].sum()))
        case SectorPrice(region, sector):
            return float(np.log(equilibrium.p_hat[economy.region(region), economy.sector(sector)]))
        case FlowValue(exporter, importer, sectors):
            cells = _sectors(equilibrium, sectors)
            return float(np.log(_flow(equilibrium, exporter, importer)[cells].sum()))
        case TariffRevenue(region):
            return float(equilibrium.tariff_revenue_new[economy.region(region)])


def seeds_of(equilibrium: Equilibrium, reverse: ReverseMap, targets: Sequence[Target]) -> Seeds:
    """The derivatives of all targets by what a sweep computes, one column each."""
    region, columns = len(equilibrium.economy.regions), len(targets)
    sectors = len(equilibrium.economy.sectors)
    income, duties = np.zeros((region, columns)), np.zeros((region, columns))
    log_p, a, x = (np.zeros((sectors, region, columns)) for _ in range(3))
    price = np.zeros((sectors, region, columns))
    for column, target in enumerate(targets):
        match target:
            case RealIncome(regions) | NominalIncome(regions):
                rows = _regions(equilibrium, regions)
                real = isinstance(target, RealIncome)
                deflator = equilibrium.P_hat if real else np.ones(region)
                weight = (equilibrium.income_new / deflator)[rows]
                weight = weight / weight.sum()
                income[rows, column] = weight / equilibrium.income_new[rows]
                if real:
                    price[:, rows, column] = -weight
            case SectorPrice(name, sector):
                log_p[equilibrium.economy.sector(sector), equilibrium.economy.region(name), column] = 1.0
            case FlowValue():
                _seed_flow(equilibrium, target, a[..., column], x[..., column])
            case TariffRevenue(name):
                duties[equilibrium.economy.region(name), column] = 1.0
    return Seeds(income=income, duties=duties, log_p=log_p + reverse.model.consumer_prices(price), a=a, x=x)


def flow_weights(equilibrium: Equilibrium, target: FlowValue) -> FloatArray:
    """Share of each sector in the flow that is named, `[sector]`; zero in the sectors left out."""
    flow = _flow(equilibrium, target.exporter, target.importer)
    cells = _sectors(equilibrium, target.sectors)
    kept = np.zeros_like(flow)
    kept[cells] = flow[cells]
    if kept.sum() <= 0:
        raise EconomyError(
            f"{target.exporter} sells nothing to {target.importer} here, so its logarithm has no derivative."
        )
    return kept / kept.sum()


def _seed_flow(equilibrium: Equilibrium, target: FlowValue, a: FloatArray, x: FloatArray) -> None:
    economy, now = equilibrium.economy, equilibrium.sweep
    i, n = economy.region(target.exporter), economy.region(target.importer)
    weight = flow_weights(equilibrium, target)
    used = weight > 0
    a[used, i] += weight[used] / now.a[used, i]
    x[used, n] += weight[used] / now.x[used, n]


def _flow(equilibrium: Equilibrium, exporter: str, importer: str) -> FloatArray:
    economy, now = equilibrium.economy, equilibrium.sweep
    i, n = economy.region(exporter), economy.region(importer)
    return equilibrium.joint.kernel.border_full()[:, i, n] * now.a[:, i] * now.x[:, n]


def _regions(equilibrium: Equilibrium, names: Sequence[str]) -> list[int]:
    if not names:
        raise EconomyError("An income needs at least one region. Name one.")
    return [equilibrium.economy.region(name) for name in names]


def _sectors(equilibrium: Equilibrium, names: Sequence[str]) -> list[int]:
    economy = equilibrium.economy
    return [economy.sector(name) for name in names] if names else list(range(len(economy.sectors)))
