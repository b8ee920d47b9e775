"""Dependence on the data at hand: sectors of 81 economies by year, products of US imports, or the user's own table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import narwhals as nw
import polars as pl

from amur import codes
from amur.changes.dependence import (
    GEODEP,
    Thresholds,
    bloc_indicators,
    dependence,
    import_concentration,
    persistence,
)
from amur.errors import NoDataError
from amur.flows import Frame, collapse_bloc, countries_only, load_flows

SOURCE = "icio"
YEARS = tuple(range(2011, 2023))

BlocAs = Literal["one", "members"]


def sector_flows(year: int, *, bloc: str = "") -> Frame:
    """Goods flows of one year between the economies of the input-output tables, home sales left out.

    With `bloc`, its members are merged into one, trade among them left out.
    """
    if year not in YEARS:
        raise NoDataError(f"The input-output tables run from {YEARS[0]} to {YEARS[-1]}, without {year}.")
    goods = [sector.code for sector in codes.sectors() if sector.is_goods]
    flows = load_flows(SOURCE).filter(
        nw.col("period") == str(year), nw.col("exporter") != nw.col("importer"), nw.col("product").is_in(goods)
    )
    return collapse_bloc(flows, bloc) if bloc else flows


@lru_cache(maxsize=len(YEARS))
def _goods_of(year: int) -> pl.DataFrame:
    """Goods flows of one year, home sales included: the same table for every pair."""
    goods = [sector.code for sector in codes.sectors() if sector.is_goods]
    rows = load_flows(SOURCE).filter(nw.col("period") == str(year), nw.col("product").is_in(goods))
    names = ("exporter", "importer", "product")
    table: pl.DataFrame = rows.select(*names, "value_usd").collect(backend="polars").to_native()
    return table.with_columns(pl.col("exporter", "importer").cast(pl.Categorical))  # same either way


@dataclass(frozen=True)
class SectorTrade:
    """A subject's trade by goods sector in one year: exports and imports, with the object and with all, in dollars."""

    products: tuple[str, ...]
    exports: tuple[float, ...]
    imports: tuple[float, ...]
    exports_all: tuple[float, ...]
    imports_all: tuple[float, ...]


def sector_trade(subject: str, other: str, *, year: int) -> SectorTrade:
    """One subject's trade by sector with one object and with all; trade inside a bloc is left out on both sides."""
    if year not in YEARS:
        raise NoDataError(f"The input-output tables run from {YEARS[0]} to {YEARS[-1]}, without {year}.")
    inside, beyond = _members(subject), _members(other)
    goods = _goods_of(year)
    for place, members in ((subject, inside), (other, beyond)):
        # A place that the tables do not name is inside their rest of the world: its trade is unknown, not zero.
        if not set(members) & set(goods["exporter"].unique().cast(pl.String)):
            raise NoDataError(f"The input-output tables have no trade of {place} in {year}.")
    sells, buys = pl.col("exporter").is_in(inside), pl.col("importer").is_in(inside)
    sold_to, bought_from = pl.col("importer").is_in(beyond), pl.col("exporter").is_in(beyond)
    value = pl.col("value_usd")
    sums = (
        goods.filter(sells != buys)
        .group_by("product")
        .agg(
            exports_all=value.filter(sells).sum(),
            imports_all=value.filter(buys).sum(),
            exports=value.filter(sells & sold_to).sum(),
            imports=value.filter(buys & bought_from).sum(),
        )
        .sort("product")
    )
    names = ("exports", "imports", "exports_all", "imports_all")
    return SectorTrade(tuple(sums["product"]), *(tuple(sums[name]) for name in names))


def _members(place: str) -> list[str]:
    """The countries of a bloc, or the country itself."""
    blocs = {item.code: item for item in codes.blocs()}
    members = blocs[place].members if place in blocs else frozenset()
    return sorted(members) or [place]


@lru_cache(maxsize=64)
def sector_dependence(year: int, *, bloc: str = "", thresholds: Thresholds = GEODEP) -> pl.DataFrame:
    """All criteria for every economy and goods sector of one year, see `dependence`.

    Sectors are broad, so concentration is lower and own exports higher than product by product: a sector
    that crosses the thresholds is a stronger case than a product that does. The rest of the world counts
    as one supplier.
    """
    return dependence(sector_flows(year, bloc=bloc), thresholds=thresholds)


def sector_persistence(
    years: Iterable[int] = YEARS, *, bloc: str = "", thresholds: Thresholds = GEODEP
) -> pl.DataFrame:
    """The fourth criterion and the churn for every economy, sector and year, see `persistence`."""
    tables = {year: sector_dependence(year, bloc=bloc, thresholds=thresholds) for year in years}
    return persistence(tables, thresholds=thresholds)


def sector_bloc_indicators(year: int, bloc: str) -> pl.DataFrame:
    """The European Commission's three indicators for a bloc, by goods sector."""
    return bloc_indicators(sector_flows(year), codes.bloc(bloc).members)


# ── six digits ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Partners:
    """A table of imports in which nobody stands twice, and how: the aggregates left out, the members merged."""

    flows: pl.DataFrame
    names: tuple[str, ...]
    left_out: tuple[str, ...]


def import_partners(importer: str, *, bloc: str = "EU", bloc_as: BlocAs = "one") -> Partners:
    """US imports of 2024 by six digits with each partner once.

    The bloc is a row that contains its members. As `one` supplier the members listed beside it are left
    out; as `members` those listed stand alone and the rest of the bloc is one supplier, which understates
    concentration if that rest is many countries. All other aggregates are left out.
    """
    columns = ("exporter", "importer", "product", "value_usd")
    rows = load_flows("us-census-hs6").filter(nw.col("importer") == importer, nw.col("value_usd") > 0)
    table: pl.DataFrame = rows.select(*columns).collect(backend="polars").to_native()
    if table.is_empty():
        raise NoDataError(f"The table of imports by six digits is about the USA, not {importer}. Give a file (--data).")
    members = codes.bloc(bloc).members
    plain = countries_only(nw.from_native(table)).collect(backend="polars").to_native()
    listed = sorted(set(plain["exporter"]) & members)
    whole = table.filter(pl.col("exporter") == bloc)
    if bloc_as == "one":
        kept = pl.concat([plain.filter(~pl.col("exporter").is_in(listed)), whole])
        dropped = tuple(listed)
    else:
        inside = plain.filter(pl.col("exporter").is_in(listed)).group_by("product").agg(pl.col("value_usd").sum())
        rest = whole.join(inside, on="product", how="left", suffix="_listed").with_columns(
            pl.col("value_usd") - pl.col("value_usd_listed").fill_null(0.0)
        )
        kept = pl.concat([plain, rest.filter(pl.col("value_usd") > 0).select(columns)])
        dropped = ()
    aggregates = sorted(set(table["exporter"]) - set(plain["exporter"]) - {bloc})
    return Partners(kept, tuple(sorted(set(kept["exporter"]))), (*dropped, *aggregates))


@lru_cache(maxsize=4)
def import_dependence(
    importer: str = "USA", *, bloc_as: BlocAs = "one", thresholds: Thresholds = GEODEP
) -> pl.DataFrame:
    """Concentration, top supplier and distance to the threshold of six-digit imports, see `import_concentration`."""
    return import_concentration(import_partners(importer, bloc_as=bloc_as).flows, thresholds=thresholds)


def own_dependence(data: str | Path, *, period: str, thresholds: Thresholds = GEODEP) -> pl.DataFrame:
    """All criteria on one period of the user's own table of world trade."""
    frame = countries_only(load_flows(data=data)).filter(nw.col("period") == period)
    return dependence(frame.filter(nw.col("exporter") != nw.col("importer")), thresholds=thresholds)
