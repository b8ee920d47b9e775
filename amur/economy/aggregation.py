"""Merging regions and sectors of an economy with the weights that keep every account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from amur.economy.baseline import Economy, FloatArray, sector_first, sector_last
from amur.errors import EconomyError


def aggregate(
    economy: Economy, *, regions: Mapping[str, Sequence[str]], sectors: Mapping[str, Sequence[str]]
) -> Economy:
    """Merge groups of regions and of sectors; what is not named stays.

    Money is added up: flows, duties, spending, inputs, value added, deficits. A tariff becomes duties over flows, so
    trade inside a merged region keeps its duties on the diagonal. A merged sector's theta is the mean over its
    members by the value of trade between (merged) regions, the elasticity of that trade to a cost common to all.
    """
    region_names, by_region = _grouping(economy.regions, regions, "region", economy.name)
    sector_names, by_sector = _grouping(economy.sectors, sectors, "sector", economy.name)
    trade = _merge_bilateral(economy.trade, by_region, by_sector)
    duties = _merge_bilateral(economy.trade * economy.tariff, by_region, by_sector)
    spending = by_region @ economy.expenditure @ by_sector.T
    final = by_region @ economy.final @ by_sector.T
    gamma, beta = _merge_technology(economy, by_region, by_sector)
    tariff = np.divide(duties, trade, out=np.zeros_like(trade), where=trade > 0)
    paid = spending[None, :, :]
    pi = np.divide(trade + duties, paid, out=np.zeros_like(trade), where=np.broadcast_to(paid > 0, trade.shape))
    weight = _theta_weight(economy, by_region, by_sector)
    return replace(
        economy,
        name=f"{economy.name}, aggregated",
        regions=region_names,
        sectors=sector_names,
        pi=pi,
        gamma=gamma,
        beta=beta,
        alpha=final / final.sum(axis=1, keepdims=True),
        va=by_region @ economy.va,
        deficit=by_region @ economy.deficit,
        tariff=tariff,
        theta=weight @ economy.theta,
        expenditure=spending,
        theta_sets={name: weight @ values for name, values in economy.theta_sets.items()},
        theta_draws=None if economy.theta_draws is None else economy.theta_draws @ weight.T,
        goods=np.array([economy.goods[members > 0].all() for members in by_sector]),
    )


def _grouping(
    labels: tuple[str, ...], groups: Mapping[str, Sequence[str]], kind: str, economy: str
) -> tuple[tuple[str, ...], FloatArray]:
    """New labels in the order of their first members, and the 0/1 matrix [new, old]."""
    owner: dict[str, str] = {}
    for name, members in groups.items():
        unknown = [code for code in members if code not in labels]
        if unknown or not members:
            raise EconomyError(f"Group {name!r} of {kind}s names {unknown or 'nothing'}; economy {economy!r} lacks it.")
        for code in members:
            if owner.setdefault(code, name) != name:
                raise EconomyError(f"{kind.capitalize()} {code!r} is in two groups, {owner[code]!r} and {name!r}.")
    new = [owner.get(code, code) for code in labels]
    merged = tuple(dict.fromkeys(new))
    clash = [name for name in groups if name in labels and owner.get(name) != name]
    if clash:
        raise EconomyError(f"The name {clash[0]!r} of a group is also that of a {kind} outside it. Choose another.")
    return merged, np.array([[float(name == target) for name in new] for target in merged])


def _merge_bilateral(values: FloatArray, by_region: FloatArray, by_sector: FloatArray) -> FloatArray:
    by_pair = by_region @ sector_first(values) @ by_region.T
    return sector_last(np.tensordot(by_sector, by_pair, axes=1))


def _merge_technology(economy: Economy, by_region: FloatArray, by_sector: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Input coefficients by output; where nothing is made, the plain mean of the members' coefficients."""
    output = by_region @ economy.output @ by_sector.T
    idle = output <= 0
    made = economy.output + np.where(_spread(idle, by_region, by_sector), 1.0, 0.0)
    total = by_region @ made @ by_sector.T
    inputs = by_sector @ (economy.gamma * made[:, None, :]) @ by_sector.T
    gamma = np.tensordot(by_region, inputs, axes=1) / total[:, None, :]
    return gamma, by_region @ (economy.beta * made) @ by_sector.T / total


def _spread(merged: np.ndarray, by_region: FloatArray, by_sector: FloatArray) -> np.ndarray:
    """A flag of merged cells, back on the cells they were merged from."""
    return (by_region.T @ merged.astype(float) @ by_sector) > 0


def _theta_weight(economy: Economy, by_region: FloatArray, by_sector: FloatArray) -> FloatArray:
    """Weights [new sector, old sector]: trade between merged regions, else spending, else equal."""
    by_pair = by_region @ sector_first(economy.trade) @ by_region.T
    foreign = by_pair.sum(axis=(1, 2)) - np.einsum("snn->s", by_pair)
    weight = by_sector * foreign
    for fallback in (economy.expenditure.sum(axis=0), np.ones(len(economy.sectors))):
        weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, by_sector * fallback)
    return weight / weight.sum(axis=1, keepdims=True)
