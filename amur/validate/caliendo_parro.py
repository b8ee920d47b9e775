"""NAFTA in Caliendo and Parro (2015): Tables 2 and 3, and the benchmark column of Table 11."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from amur.economy import Economy, read_economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.models.shock import Shock
from amur.solver import Anderson, Equilibrium, purge_deficits, solve
from amur.validate.checks import Check

DATA = Path(__file__).resolve().parent.parent / "data" / "validation"

PRINTED = 0.006
"""Percentage points. The tables are printed to 0.01, so 0.005 is rounding; the rest is slack in their seven digits."""

SOURCE = "Caliendo and Parro (2015), Review of Economic Studies 82(1)"


@dataclass(frozen=True)
class LinearWelfare:
    """The paper's linear accounting of welfare, in percent of income, by region and group of partners."""

    terms_of_trade: FloatArray
    volume_of_trade: FloatArray


def linear_welfare(equilibrium: Equilibrium, partners: BoolArray) -> LinearWelfare:
    """Terms and volume of trade with some partners, Caliendo and Parro (2015) equations 16 and 17.

    Changes are `hat - 1`, weights and tariffs those of the baseline. Their sum over all partners is the paper's
    headline welfare; it is not the exact change of real income, from which it departs when tariffs fall far.
    """
    economy = equilibrium.economy
    trade = economy.trade * ~np.eye(len(economy.regions), dtype=bool)[:, :, None]
    cost = equilibrium.c_hat - 1
    growth = np.divide(equilibrium.trade_new, economy.trade, out=np.ones_like(trade), where=economy.trade > 0) - 1
    exports = np.einsum("ins,is,n->i", trade, cost, partners.astype(float))
    imports = np.einsum("ins,is,i->n", trade, cost, partners.astype(float))
    volume = np.einsum("ins,ins,i->n", economy.tariff * trade, growth - cost[:, None, :], partners.astype(float))
    scale = 100 / economy.income
    return LinearWelfare((exports - imports) * scale, volume * scale)


@lru_cache(maxsize=1)
def _printed() -> tuple[dict[str, str], ...]:
    """The published cells: table, region, variable, value."""
    with (DATA / "published.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def _members(economy: Economy) -> BoolArray:
    """The regions that the tables are about."""
    return np.isin(economy.regions, [row["region"] for row in _printed()])


@lru_cache(maxsize=1)
def nafta() -> Equilibrium:
    """NAFTA's tariff cuts from 1993 to 2005 in a world whose deficits were purged first, as in the paper."""
    file = DATA / "caliendo_parro_1993.npz"
    economy = purge_deficits(read_economy(file).require_balance())
    with np.load(file, allow_pickle=False) as archive:
        later = archive["tariff_2005"]
    members = _members(economy)
    inside = (members[:, None] & members[None, :])[:, :, None]
    return solve(economy, Shock(tariff_new=np.where(inside, later, economy.tariff)), Anderson(atol=1e-12))


def caliendo_parro_checks() -> Iterable[Check]:
    """The printed cells of Tables 2, 3 and 11, with exact real income beside the linear one."""
    equilibrium = nafta()
    ours = _nafta_values(equilibrium)
    exact = 100 * (equilibrium.real_income_hat - 1)
    for row in _printed():
        region, variable = row["region"], row["variable"]
        at = equilibrium.economy.region(region)
        note = ""
        if variable == "welfare_total_linear_pct":
            note = (
                f"exact real income in the same equilibrium: {exact[at]:+.3f} %. The printed figure weighs the growth "
                "of imports by the tariffs of 1993 throughout, although they fall on the way."
            )
        yield Check(
            name="caliendo-parro",
            kind="published",
            quantity=f"Table {row['table']}, {region}: {_LABELS[variable]} (%)",
            ours=float(ours[variable][at]),
            theirs=float(row["value"]),
            tolerance=PRINTED,
            source=SOURCE,
            note=note,
        )


_LABELS = {
    "welfare_total_linear_pct": "welfare, linear formula",
    "terms_of_trade_pct": "terms of trade",
    "volume_of_trade_pct": "volume of trade",
    "real_wage_pct": "real wages",
    "tot_nafta_pct": "terms of trade with NAFTA",
    "tot_row_pct": "terms of trade with the rest",
    "vot_nafta_pct": "volume of trade with NAFTA",
    "vot_row_pct": "volume of trade with the rest",
    "imports_benchmark": "growth of imports from NAFTA partners",
}


def _nafta_values(equilibrium: Equilibrium) -> Mapping[str, FloatArray]:
    """Our value of each printed variable, by region."""
    economy = equilibrium.economy
    members = _members(economy)
    inside, outside = linear_welfare(equilibrium, members), linear_welfare(equilibrium, ~members)
    foreign = members[:, None] & ~np.eye(len(members), dtype=bool)
    before = np.einsum("ins,in->n", economy.trade, foreign.astype(float))
    after = np.einsum("ins,in->n", equilibrium.trade_new, foreign.astype(float))
    terms = inside.terms_of_trade + outside.terms_of_trade
    volume = inside.volume_of_trade + outside.volume_of_trade
    return {
        "welfare_total_linear_pct": terms + volume,
        "terms_of_trade_pct": terms,
        "volume_of_trade_pct": volume,
        "real_wage_pct": 100 * (equilibrium.real_wage_hat - 1),
        "tot_nafta_pct": inside.terms_of_trade,
        "tot_row_pct": outside.terms_of_trade,
        "vot_nafta_pct": inside.volume_of_trade,
        "vot_row_pct": outside.volume_of_trade,
        "imports_benchmark": 100 * (after / before - 1),
    }
