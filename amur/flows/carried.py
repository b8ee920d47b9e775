"""Nowcasts: country-years of a table whose structure hardly moved, so that it was carried forward, not observed.

Producers of world tables extend a country beyond its last national table by holding its structure and
scaling it to newer totals. Such a year shows in the output mix: shares of sectors that move by a small
fraction of what they move elsewhere. The rule compares each country's change of mix with the median change
of all countries in the same year, so it needs no knowledge of the table: below a fifth of the median the
year is marked. In ICIO 2022 twelve countries lie below 0.16 of the median and the next at 0.25. This is
inferred from the numbers and not stated by the producer; what follows is that such a year may be used for
totals, but its shares by sector must not be printed as observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import narwhals as nw
import numpy as np

from amur.flows.table import Frame

# A change of mix below this fraction of the median of all countries marks a year as carried forward.
HARDLY = 0.2
# Fewer products or countries than this and a median change says nothing.
MIN_PRODUCTS = 5
MIN_COUNTRIES = 10


@dataclass(frozen=True)
class Nowcast:
    """A country and year whose output mix hardly moved.

    `change` is half the sum of absolute changes of the product shares since the period before (0 same mix,
    1 nothing in common), `median` the median over all countries.
    """

    country: str
    period: str
    change: float
    median: float


def nowcasts(frame: Frame) -> tuple[Nowcast, ...]:
    """The country-years whose mix of sales hardly moved since the period before, in order of period and country.

    `frame` holds flows by product over several years, with home sales where the table has them. Empty where it
    has too few products or countries to compare.
    """
    rows = (
        frame.lazy()
        .group_by("exporter", "product", "period")
        .agg(nw.col("value_usd").sum())
        .sort("period", "exporter", "product")
        .collect()
    )
    countries = sorted(set(rows["exporter"].to_list()))
    products = sorted(set(rows["product"].to_list()))
    periods = sorted(set(rows["period"].to_list()))
    if len(products) < MIN_PRODUCTS or len(countries) < MIN_COUNTRIES:
        return ()
    sales = np.zeros((len(periods), len(countries), len(products)))
    place = [{name: index for index, name in enumerate(axis)} for axis in (periods, countries, products)]
    cells = zip(*(rows[name].to_list() for name in ("period", "exporter", "product", "value_usd")), strict=True)
    for period, country, product, value in cells:
        sales[place[0][period], place[1][country], place[2][product]] = value or 0.0
    found = []
    for (before, old), (after, new) in pairwise(zip(periods, sales, strict=True)):
        del before
        found += _carried_forward(after, countries, old, new)
    return tuple(found)


def _carried_forward(period: str, countries: list[str], old: np.ndarray, new: np.ndarray) -> list[Nowcast]:
    traded = (old.sum(axis=1) > 0) & (new.sum(axis=1) > 0)
    if traded.sum() < MIN_COUNTRIES:
        return []
    shares = [table[traded] / table[traded].sum(axis=1, keepdims=True) for table in (old, new)]
    change = np.abs(shares[1] - shares[0]).sum(axis=1) / 2
    median = float(np.median(change))
    names = [name for name, kept in zip(countries, traded, strict=True) if kept]
    return [
        Nowcast(name, period, float(moved), median)
        for name, moved in zip(names, change, strict=True)
        if moved < HARDLY * median
    ]
