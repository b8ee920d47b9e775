"""Why shares moved, for every pair and product at once: own growth or others' fall, and within or between sectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from amur.changes.coded import Flows
from amur.changes.shares import (
    MARKET_CAUSES,
    MarketShareParts,
    WithinBetween,
    market_shares,
    share_parts,
    within_between,
)
from amur.errors import NoDataError
from amur.indicators.question import Flow
from amur.indicators.shares import partner_shares
from amur.periods import Period

_KEYS = ("subject", "object", "product")


def share_changes(flows: Flows, *, before: Period, after: Period, flow: Flow = "imports") -> pl.DataFrame:
    """The change of every object's share in every subject's flow, by product, and its two parts.

    Columns: subject, object, product, value_before, value_after, all_before, all_after (dollars),
    share_before, share_after, change, own, others (share points as fractions; own + others = change).
    A pair without a row in one period traded nothing then. Subjects without any trade in one of the
    periods are left out, since they have no share.
    """
    amounts = partner_amounts(flows, flow=flow)
    sides = [_of_period(amounts, period) for period in (before, after)]
    for period, side in zip((before, after), sides, strict=True):
        if side.is_empty():
            raise NoDataError(f"The table has no {flow} in {period.label}. Choose a period that it holds.")
    totals = [side.group_by("subject", "product").agg(pl.col("all").first()) for side in sides]
    joined = sides[0].drop("all").join(sides[1].drop("all"), on=_KEYS, how="full", coalesce=True, suffix="_after")
    whole = totals[0].join(totals[1], on=["subject", "product"], suffix="_after")
    table = joined.join(whole, on=["subject", "product"]).with_columns(pl.col("value", "value_after").fill_null(0.0))
    table = table.filter((pl.col("all") > 0) & (pl.col("all_after") > 0)).sort(_KEYS)
    a0, a1, all0, all1 = (table[name].to_numpy() for name in ("value", "value_after", "all", "all_after"))
    # What is left of a sum less its largest term may be a rounding below zero.
    own, others = share_parts(a0, a1, others_before=np.maximum(all0 - a0, 0), others_after=np.maximum(all1 - a1, 0))
    return table.rename({"value": "value_before", "all": "all_before"}).with_columns(
        share_before=a0 / all0, share_after=a1 / all1, change=a1 / all1 - a0 / all0, own=own, others=others
    )


def partner_amounts(flows: Flows, *, flow: Flow) -> pl.DataFrame:
    """Amounts by subject, object, product and period: `value` with the object, `all` with everybody, in dollars."""
    shares = partner_shares(nw.to_native(nw.from_native(flows))).select(
        *_KEYS, "period", nw.col(f"{flow}_usd").alias("value"), nw.col(f"{flow}_usd_all").alias("all")
    )
    return shares.collect(backend="polars").to_native().drop_nulls()


@dataclass(frozen=True)
class SectorParts:
    """Within and between parts of a pair's share by sector, in the order of `products`."""

    products: tuple[str, ...]
    parts: WithinBetween


def sector_parts(changes: pl.DataFrame, subject: str, obj: str) -> SectorParts:
    """Within and between sectors, from a table of `share_changes` that covers all sectors of the subject."""
    pair = changes.filter((pl.col("subject") == subject) & (pl.col("object") == obj))
    if pair.is_empty():
        raise NoDataError(f"The table has no trade of {subject} with {obj}. Choose another pair or table.")
    # Sectors in which the subject trades with others only carry weight as well.
    every = (
        changes.filter(pl.col("subject") == subject)
        .group_by("product")
        .agg(pl.col("all_before").first(), pl.col("all_after").first())
    )
    table = every.join(pair.select("product", "value_before", "value_after"), on="product", how="left").fill_null(0.0)
    table = table.sort("product")
    own0, own1, all0, all1 = (
        table[name].to_numpy() for name in ("value_before", "value_after", "all_before", "all_after")
    )
    return SectorParts(tuple(table["product"]), within_between(own0, own1, all_before=all0, all_after=all1))


@dataclass(frozen=True)
class MarketCells:
    """Constant-market-share parts of an exporter's change of exports, by market."""

    by_market: Mapping[str, MarketShareParts]

    @property
    def total(self) -> MarketShareParts:
        """Over all markets."""
        rows = self.by_market.values()
        return MarketShareParts(*(sum(getattr(row, name) for row in rows) for name in MARKET_CAUSES))

    def of(self, market: str) -> MarketShareParts:
        """In one market; nothing where nothing was sold or bought there."""
        return self.by_market.get(market, MarketShareParts(0.0, 0.0, 0.0, 0.0))


def market_cells(flows: Flows, exporter: str, *, before: Period, after: Period) -> MarketCells:
    """Constant-market-share parts of an exporter's change of exports over all products of a table, by market."""
    amounts = partner_amounts(flows, flow="imports").rename({"subject": "market", "object": "exporter"})
    amounts = amounts.filter(pl.col("market") != exporter)
    sides = [amounts.filter(pl.col("period") == period.label) for period in (before, after)]
    markets = sorted({*sides[0]["market"], *sides[1]["market"]})
    products = sorted({*sides[0]["product"], *sides[1]["product"]})
    sold, demand = [], []
    for period, side in zip((before, after), sides, strict=True):
        own = side.filter(pl.col("exporter") == exporter)
        if own.is_empty():
            raise NoDataError(f"The table has no exports of {exporter} in {period.label}. Choose another period.")
        whole = side.group_by("market", "product").agg(pl.col("all").first().alias("value"))
        sold.append(_matrix(own, markets, products))
        demand.append(_matrix(whole, markets, products))
    # Demand is a sum that holds the exports, so rounding alone can put it a hair below them.
    demand = [np.maximum(whole, own) for whole, own in zip(demand, sold, strict=True)]
    rows = market_shares(sold[0], sold[1], demand_before=demand[0], demand_after=demand[1])
    return MarketCells(dict(zip(markets, rows, strict=True)))


def _of_period(amounts: pl.DataFrame, period: Period) -> pl.DataFrame:
    return amounts.filter(pl.col("period") == period.label).drop("period")


def _matrix(table: pl.DataFrame, markets: list[str], products: list[str]) -> np.ndarray:
    rows, columns = {name: k for k, name in enumerate(markets)}, {name: k for k, name in enumerate(products)}
    out = np.zeros((len(markets), len(products)))
    for market, product, value in table.select("market", "product", "value").iter_rows():
        out[rows[market], columns[product]] = value
    return out
