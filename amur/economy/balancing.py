"""Spending that follows from shares, and the nearest balanced economy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from amur.economy.baseline import Economy, FloatArray, sector_first
from amur.errors import EconomyError

SWEEPS = 5000
TOLERANCE = 1e-14


def solve_expenditure(economy: Economy) -> FloatArray:
    """Spending [region, sector] that shares, value added and deficits imply; linear, found by iteration."""
    return _iterate(economy, keep_value_added=False)[0]


def balance(economy: Economy) -> Economy:
    """The balanced economy with the same shares, technology and value added; final spending and deficits move.

    Value added embodied in final spending must equal each region's value added. The deficit is what income lacks to
    pay for the final spending that achieves it; deficits then sum to zero by themselves. Refused where a region
    would need negative final spending.
    """
    spending, income = _iterate(economy, keep_value_added=True)
    if (income <= 0).any():
        region = economy.regions[int(np.argmin(income))]
        raise EconomyError(
            f"Economy {economy.name!r} cannot be balanced with its shares: {region} would need final spending of "
            f"{income.min():.4g}. Check its value added against its cost shares."
        )
    moved = replace(economy, expenditure=spending, deficit=np.zeros_like(economy.deficit))
    deficit = income - economy.va - moved.tariff_revenue
    largest = float(np.abs(deficit - economy.deficit).max() / economy.va.sum())
    note = f"{economy.note} Balanced: deficits moved by at most {largest:.2g} of world value added.".strip()
    return replace(moved, deficit=deficit - deficit.sum() * economy.va / economy.va.sum(), note=note)


def _iterate(economy: Economy, *, keep_value_added: bool) -> tuple[FloatArray, FloatArray]:
    """Iterate spending, and income too where value added is to be met; returns both."""
    border = sector_first(economy.pi) / (1 + sector_first(economy.tariff))
    duty = 1 - border.sum(axis=1).T
    income = economy.va + economy.deficit
    spending = economy.alpha * income[:, None] * 2
    scale = float(economy.va.sum())
    for _ in range(SWEEPS):
        output = np.matvec(border, np.ascontiguousarray(spending.T)).T
        if keep_value_added:
            moved = income + economy.va - (economy.beta * output).sum(axis=1)
        else:
            moved = economy.va + economy.deficit + (spending * duty).sum(axis=1)
        after = np.matvec(economy.gamma, output) + economy.alpha * moved[:, None]
        change = np.abs(after - spending).max() + np.abs(moved - income).max()
        spending, income = after, moved
        if change <= TOLERANCE * scale:
            return spending, income
    raise EconomyError(
        f"Spending of economy {economy.name!r} does not settle in {SWEEPS} rounds: its cost shares leave too little "
        "value added somewhere. Check beta and gamma."
    )
