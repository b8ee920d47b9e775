"""Sources of bundled flows: one file each, which says how its table becomes the flows schema and what it holds.

A source is a query over shipped files that yields the columns of `flows.COLUMNS` without `origin`, and the
facts about it that decide what may be done with its numbers: who reported, how goods are valued, whose
totals are complete. Within one nomenclature of one source products never overlap, so sums are right;
rows that overlap (a total and its parts, four and eight digits) stand in different nomenclatures.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from amur.errors import StoreError

Side = Literal["exporter", "importer", "either", "reconciled", "model"]
Totals = Literal["exporter", "importer", "both", "none"]
Frequency = Literal["year", "month"]

# Preferred first: the order in which measures offer their answers.
_MODULES = (
    "icio",
    "baci",
    "eurostat_annual",
    "eurostat_neighbours",
    "eurostat_hs27",
    "eurostat_cn8",
    "us_census_naics3",
    "us_census_hs6",
    "china_energy",
)

# Euro amounts become dollars at the monthly mean of the ECB's reference rate, a year at the mean of its twelve months.
ECB_MONTHS = "(SELECT month, eur_usd AS usd_per_eur FROM read_parquet('{data}/trade/ecb_fx_monthly.parquet'))"
ECB_YEARS = (
    "(SELECT left(month, 4) AS year, avg(eur_usd) AS usd_per_eur "
    "FROM read_parquet('{data}/trade/ecb_fx_monthly.parquet') GROUP BY 1 HAVING count(*) = 12)"
)


@dataclass(frozen=True)
class Source:
    """A bundled table of flows.

    `side` says who reported: the `exporter` (free on board), the `importer` (mostly with freight and
    insurance), `either` of them, both `reconciled`, or a `model` table. `reporter` is the SQL expression of who
    filed a row, empty where nobody did. `totals` says whose trade with all partners together is complete, so
    that it may stand as a denominator, and `total_partner` under which code the source reports it.
    `complete` is false where only some products are in it.
    """

    key: str
    origin: str
    query: str
    side: Side
    valuation: str
    frequency: Frequency
    first: str
    last: str
    nomenclatures: tuple[str, ...]
    totals: Totals
    reporter: str = ""
    total_partner: str = ""
    complete: bool = True
    home_sales: bool = False
    note: str = ""

    def sql(self, data: str) -> str:
        """The query with the directory of the shipped files filled in."""
        return self.query.replace("{data}", data)


@cache
def sources() -> tuple[Source, ...]:
    """All bundled sources of flows, the preferred ones first."""
    return tuple(importlib.import_module(f"amur.sources.{name}").SOURCE for name in _MODULES)


def source(key: str) -> Source:
    """The source of a key. Raises StoreError with the known keys on a miss."""
    found = {item.key: item for item in sources()}
    if key not in found:
        raise StoreError(f"There is no source '{key}'. The sources are: {', '.join(found)}.")
    return found[key]
