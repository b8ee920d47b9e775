"""Tidy tables of an outcome: countries, sectors, flows and blocs.

Money is in current USD of the baseline's year, with world value added as numeraire; changes are fractions of the
baseline. Flows are valued before import duty, export taxes included. Volumes are at baseline prices: the new
value divided by the change of the producer's price and of its export tax.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from amur import codes
from amur.economy.baseline import BoolArray, FloatArray
from amur.outcome.welfare import PARTS, exact_parts, first_order_parts
from amur.solver import Equilibrium

if TYPE_CHECKING:
    import polars as pl

Detail = Literal["pairs", "sectors", "touched"]
WORLD = "WLD"
TOTAL = "total"


def country_table(equilibrium: Equilibrium) -> pl.DataFrame:
    """One row a country: incomes, prices, revenue, trade and volumes."""
    import polars as pl

    return pl.DataFrame(country_columns(equilibrium)).with_columns(pl.selectors.float().fill_nan(None))


def country_columns(equilibrium: Equilibrium) -> dict[str, FloatArray | list[str]]:
    """The columns of the country table, an entry a country; not a number where there is none."""
    economy, unit = equilibrium.economy, equilibrium.economy.unit_usd
    old, new, volume = foreign_flows(equilibrium)
    gain = equilibrium.real_income_hat - 1
    return {
        "country": list(economy.regions),
        "real_income_change": gain,
        "real_income_change_usd": gain * economy.income * unit,
        "nominal_income_change": equilibrium.income_new / economy.income - 1,
        "real_wage_change": equilibrium.real_wage_hat - 1,
        "wage_change": equilibrium.w_hat - 1,
        "price_index_change": equilibrium.P_hat - 1,
        "terms_of_trade_change": terms_of_trade(equilibrium) - 1,
        "income_baseline_usd": economy.income * unit,
        "tariff_revenue_baseline_usd": economy.tariff_revenue * unit,
        "tariff_revenue_new_usd": equilibrium.tariff_revenue_new * unit,
        "export_tax_revenue_new_usd": equilibrium.export_tax_revenue_new * unit,
        "deficit_baseline_usd": economy.deficit * unit,
        "deficit_new_usd": equilibrium.deficit_new * unit,
        "exports_baseline_usd": old.sum(axis=(1, 2)) * unit,
        "exports_new_usd": new.sum(axis=(1, 2)) * unit,
        "export_volume_change": _change(volume.sum(axis=(1, 2)), old.sum(axis=(1, 2))),
        "imports_baseline_usd": old.sum(axis=(0, 2)) * unit,
        "imports_new_usd": new.sum(axis=(0, 2)) * unit,
        "import_volume_change": _change(volume.sum(axis=(0, 2)), old.sum(axis=(0, 2))),
    }


def sector_table(equilibrium: Equilibrium) -> pl.DataFrame:
    """One row a country and sector: output, prices, home share, exports and imports."""
    import polars as pl

    economy, unit = equilibrium.economy, equilibrium.economy.unit_usd
    old, new, _ = foreign_flows(equilibrium)
    home = [np.einsum("nns->ns", shares) for shares in (economy.pi, equilibrium.pi_new)]
    produced = economy.output > 0
    columns = {
        "output_baseline_usd": economy.output * unit,
        "output_new_usd": equilibrium.output * unit,
        "output_volume_change": _change(equilibrium.output / equilibrium.c_hat, economy.output),
        "producer_price_change": np.where(produced, equilibrium.c_hat - 1, np.nan),
        "price_change": np.where(economy.expenditure > 0, equilibrium.p_hat - 1, np.nan),
        "home_share_baseline": home[0],
        "home_share_new": home[1],
        "exports_baseline_usd": old.sum(axis=1) * unit,
        "exports_new_usd": new.sum(axis=1) * unit,
        "imports_baseline_usd": old.sum(axis=0) * unit,
        "imports_new_usd": new.sum(axis=0) * unit,
    }
    regions, sectors = np.array(economy.regions), np.array(economy.sectors)
    labels = {"country": np.repeat(regions, len(sectors)), "sector": np.tile(sectors, len(regions))}
    table = pl.DataFrame(labels | {name: np.ascontiguousarray(array).ravel() for name, array in columns.items()})
    return table.with_columns(pl.selectors.float().fill_nan(None))


def flow_table(equilibrium: Equilibrium, touched: BoolArray, detail: Detail) -> pl.DataFrame:
    """One row a flow: values, volume, and the exporter's share of the importer's imports.

    `pairs` adds up sectors (`sector` is `total`), `sectors` has every flow with trade, `touched` those that the
    scenario changes.
    """
    import polars as pl

    economy, unit = equilibrium.economy, equilibrium.economy.unit_usd
    old, new, volume = foreign_flows(equilibrium)
    if detail == "pairs":
        old, new, volume = (array.sum(axis=2, keepdims=True) for array in (old, new, volume))
    chosen = old > 0
    if detail == "touched":
        chosen = chosen & touched
    exporter, importer, sector = np.nonzero(chosen)
    regions = np.array(economy.regions)
    sectors = np.array([TOTAL] if detail == "pairs" else economy.sectors)
    shares = [_ratio(flows, flows.sum(axis=0, keepdims=True))[chosen] for flows in (old, new)]
    columns = {
        "exporter": regions[exporter],
        "importer": regions[importer],
        "sector": sectors[sector],
        "value_baseline": old[chosen] * unit,
        "value_new": new[chosen] * unit,
        "volume_change": _change(volume, old)[chosen],
        "share_of_imports_baseline": shares[0],
        "share_of_imports_new": shares[1],
    }
    return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))


def bloc_table(equilibrium: Equilibrium) -> pl.DataFrame:
    """One row a bloc with at least two members in the economy, and the world.

    Real income of a bloc is the sum over members of baseline income times change, over the sum of incomes: what
    the change is worth at baseline prices. Exports and imports are with the rest of the world.
    """
    import polars as pl

    economy, unit = equilibrium.economy, equilibrium.economy.unit_usd
    old, new, _ = (array.sum(axis=2) for array in foreign_flows(equilibrium))
    gain = (equilibrium.real_income_hat - 1) * economy.income
    rows = []
    for code, member in bloc_members(economy.regions).items():
        income = economy.income[member].sum()
        out, into = np.ix_(member, ~member), np.ix_(~member, member)
        rows.append(
            {
                "bloc": code,
                "members": int(member.sum()),
                "real_income_change": gain[member].sum() / income,
                "real_income_change_usd": gain[member].sum() * unit,
                "nominal_income_change": equilibrium.income_new[member].sum() / income - 1,
                "exports_baseline_usd": old[out].sum() * unit,
                "exports_new_usd": new[out].sum() * unit,
                "imports_baseline_usd": old[into].sum() * unit,
                "imports_new_usd": new[into].sum() * unit,
                "trade_within_baseline_usd": old[np.ix_(member, member)].sum() * unit,
                "trade_within_new_usd": new[np.ix_(member, member)].sum() * unit,
            }
        )
    return pl.DataFrame(rows)


def welfare_table(equilibrium: Equilibrium) -> pl.DataFrame:
    """One row a country: the exact parts of its change in real income, and the paper's first-order ones beside."""
    import polars as pl

    exact, first = exact_parts(equilibrium), first_order_parts(equilibrium)
    columns = {"country": list(equilibrium.economy.regions), "real_income_change": equilibrium.real_income_hat - 1}
    columns |= {name: exact[name] for name in PARTS}
    columns |= {f"first_order_{name}": array for name, array in first.items()}
    return pl.DataFrame(columns)


# ── what the tables are made of ─────────────────────────────────────────────────────────────────


def foreign_flows(equilibrium: Equilibrium) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Flows between countries [exporter, importer, sector]: baseline, new, and new at baseline prices."""
    foreign = ~np.eye(len(equilibrium.economy.regions), dtype=bool)[:, :, None]
    new = equilibrium.trade_new * foreign
    return equilibrium.economy.trade * foreign, new, new / seller_prices(equilibrium)


def seller_prices(equilibrium: Equilibrium) -> FloatArray:
    """Change of the price at the border [exporter, importer, sector]: the producer's, with its export tax."""
    prices = equilibrium.c_hat[:, None, :]
    tax = equilibrium.shock.export_tax_new
    return prices if tax is None else prices * (1 + tax)


def terms_of_trade(equilibrium: Equilibrium) -> FloatArray:
    """Törnqvist index [region] of export prices over that of import prices, new over old."""
    old, new, _ = foreign_flows(equilibrium)
    logs = np.log(np.broadcast_to(seller_prices(equilibrium), old.shape))
    index = []
    for axes in ((1, 2), (0, 2)):
        shares = [_ratio(flows, flows.sum(axis=axes, keepdims=True)) for flows in (old, new)]
        index.append(((shares[0] + shares[1]) / 2 * logs).sum(axis=axes))
    return np.exp(index[0] - index[1])


def bloc_members(regions: tuple[str, ...]) -> dict[str, BoolArray]:
    """Which regions belong to each bloc that has at least two of them, and to the world; equal blocs once."""
    found: dict[str, BoolArray] = {}
    for bloc in codes.blocs():
        member = np.array([code in bloc.members for code in regions])
        if member.sum() >= 2 and not any((member == other).all() for other in found.values()):
            found[bloc.code] = member
    return found | {WORLD: np.ones(len(regions), dtype=bool)}


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Part over whole, zero where the whole is zero."""
    shape = np.broadcast_shapes(np.shape(part), np.shape(whole))
    return np.divide(part, whole, out=np.zeros(shape), where=whole > 0)


def _change(new: FloatArray, old: FloatArray) -> FloatArray:
    """New over old less one; NaN where there was nothing."""
    return np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1, np.nan)
