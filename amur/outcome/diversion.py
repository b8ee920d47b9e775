"""Where trade goes that a scenario hits: other suppliers and buyers, home, ways round through third countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from amur.economy.baseline import BoolArray, FloatArray
from amur.solver import Equilibrium

if TYPE_CHECKING:
    import polars as pl


def diversion_table(equilibrium: Equilibrium, touched: BoolArray) -> pl.DataFrame:
    """One row for each country that the scenario hits as importer or exporter, in the sectors hit; values in USD.

    `lost` is baseline less new value of its hit flows. `third_countries` is what it buys more (or sells more) on
    flows abroad that are not hit, `home` on those with itself. The two need not add up to `lost`: prices
    and total demand move as well.
    """
    import polars as pl

    economy, unit = equilibrium.economy, equilibrium.economy.unit_usd
    old, new = economy.trade, equilibrium.trade_new
    home = np.einsum("nns->ns", new - old)
    elsewhere = _elsewhere(equilibrium, touched)
    tables = []
    for role, axis in (("importer", 0), ("exporter", 1)):
        sectors = touched.any(axis=axis)
        before, after = ((flows * touched).sum(axis=(axis, 2)) for flows in (old, new))
        columns = {
            "country": list(economy.regions),
            "role": [role] * len(economy.regions),
            "sectors": sectors.sum(axis=1),
            "value_baseline": before * unit,
            "value_new": after * unit,
            "lost": (before - after) * unit,
            "third_countries": (elsewhere.sum(axis=axis) * sectors).sum(axis=1) * unit,
            "home": (home * sectors).sum(axis=1) * unit,
        }
        tables.append(pl.DataFrame(columns).filter(pl.col("sectors") > 0))
    return pl.concat(tables)


def leakage_table(equilibrium: Equilibrium, touched: BoolArray) -> pl.DataFrame:
    """One row for each third country through which hit trade may leak, largest first; values in USD.

    `more_from_exporters`: its added purchases from the exporters that the scenario hits, in the sectors hit and
    on flows that are not hit themselves. `more_to_importers`: its added sales to the importers that are hit.
    `leakage_upper`: the sum over sectors of the smaller of the two where both rise. A country has no re-exports in
    the model, so this is the most that can have passed through it; the least is zero.
    """
    import polars as pl

    economy, unit = equilibrium.economy, equilibrium.economy.unit_usd
    bought, sold = _detours(equilibrium, touched)
    upper = np.minimum(np.maximum(bought, 0), np.maximum(sold, 0)).sum(axis=1)
    table = pl.DataFrame(
        {
            "country": list(economy.regions),
            "more_from_exporters": bought.sum(axis=1) * unit,
            "more_to_importers": sold.sum(axis=1) * unit,
            "leakage_upper": upper * unit,
        }
    )
    return table.filter(pl.col("leakage_upper") > 0).sort("leakage_upper", "country", descending=[True, False])


def _elsewhere(equilibrium: Equilibrium, touched: BoolArray) -> FloatArray:
    """The change of flows between countries that are not hit [exporter, importer, sector]; zero on all others."""
    foreign = ~np.eye(len(equilibrium.economy.regions), dtype=bool)[:, :, None]
    return np.where(foreign & ~touched, equilibrium.trade_new - equilibrium.economy.trade, 0.0)


def _detours(equilibrium: Equilibrium, touched: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Added purchases from hit exporters and added sales to hit importers [region, sector], on flows not hit."""
    change = _elsewhere(equilibrium, touched)
    exporters: BoolArray = np.any(touched, axis=1)
    importers: BoolArray = np.any(touched, axis=0)
    bought = (change * exporters[:, None, :]).sum(axis=0)
    sold = (change * importers[None, :, :]).sum(axis=1)
    return bought, sold
