"""Baskets over time and over definitions: codes that hold in another HS revision, and results for every list.

A list is written in one HS revision. Where a code does not exist in another, it is refused by name: the
one-to-one tables that force a target map two kinds of semiconductor devices to telephones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from amur import codes
from amur.codes import Basket
from amur.errors import CodeError
from amur.intervals import Interval
from amur.origins import DATA

_TABLE = "hs_concordances_bec_isic_sitc.parquet"


@dataclass(frozen=True)
class Conversion:
    """A basket's codes in another revision: those that hold as they are, and those refused with the forced target."""

    basket: str
    version: str
    revision: str
    codes: tuple[str, ...]
    refused: Mapping[str, str]

    def exact(self) -> tuple[str, ...]:
        """All codes, or a CodeError that names those that do not exist in the revision."""
        if self.refused:
            listed = ", ".join(f"{code} (forced to {target or 'nothing'})" for code, target in self.refused.items())
            raise CodeError(
                f"{len(self.refused)} of the {len(self.refused) + len(self.codes)} codes of {self.basket} do not exist "
                f"in {self.revision}: {listed}. Use data in the list's own revision, or the {len(self.codes)} codes "
                "that hold, and say so."
            )
        return self.codes


def convert(basket: Basket, revision: str) -> Conversion:
    """The basket in another HS revision (`HS2017` for lists written in `HS2022`).

    A code of six digits holds where it exists in both revisions and the correspondence table maps it to
    itself. Shorter codes hold where any code under them does. Nothing is mapped to another code.
    """
    if basket.nomenclature == revision:
        return Conversion(basket.code, basket.version, revision, basket.codes, {})
    table = _table(basket.nomenclature, revision)
    held, refused = [], {}
    for code in basket.codes:
        if len(code) >= 6:
            target = table.get(code[:6], "")
            holds = target == code[:6]
        else:
            under = [item for item in table if item.startswith(code)]
            target, holds = "", any(table[item] == item for item in under)
        if holds:
            held.append(code)
        else:
            refused[code] = target
    return Conversion(basket.code, basket.version, revision, tuple(held), refused)


@cache
def _table(nomenclature: str, revision: str) -> dict[str, str]:
    """The correspondence of six-digit codes, code → target; only codes that the target revision has may be targets."""
    source = "HS2022" if nomenclature in ("HS2022", "CN8", "HS4") else nomenclature
    found = (
        pl.read_parquet(DATA / _TABLE)
        .filter((pl.col("hs_revision") == source) & (pl.col("target") == revision))
        .select("hs6", "code")
    )
    if found.is_empty():
        raise CodeError(
            f"There is no table from {source} to {revision}. Tables exist from HS2022 to HS2017 and HS2012."
        )
    return dict(found.iter_rows())


def tiers_of(basket: Basket) -> tuple[Basket, ...]:
    """Each tier of a list as a list of its own, coded `CHPL/3.A`; none where the list has no tiers."""
    names = sorted(set(basket.tiers.values()) - {""})
    return tuple(_tier(basket, name) for name in names)


def _tier(basket: Basket, name: str) -> Basket:
    chosen = basket.of_tier(name)
    tiers = dict.fromkeys(chosen, name)
    return replace(basket, code=f"{basket.code}/{name}", name_en=f"{basket.name_en}, tier {name}",
                   name_sv=f"{basket.name_sv}, nivå {name}", codes=chosen, tiers=tiers)  # fmt: skip


def find_list(code: str) -> Basket:
    """A list by its code, or a tier of it by list and tier: `CHPL`, `CHPL/1`."""
    name, _, tier = code.partition("/")
    whole = codes.basket(name)
    return _tier(whole, tier) if tier else whole


def matching(basket: Basket, products: Iterable[str]) -> tuple[str, ...]:
    """The products of a table that are on the list or lie under a code of it, in order."""
    return tuple(sorted(product for product in products if basket.contains(product)))


@dataclass(frozen=True)
class BasketSpan:
    """One result for every basket, and the span over them: a number that hangs on the list is no number."""

    results: Mapping[str, float]

    @property
    def span(self) -> Interval:
        """From the least to the largest result."""
        return Interval(min(self.results.values()), max(self.results.values()))


def over_baskets(baskets: Iterable[Basket], measure: Callable[[Basket], float | None]) -> BasketSpan:
    """The result of `measure` for every basket; baskets without one (None) are left out."""
    found = {basket.code: measure(basket) for basket in baskets}
    known = {code: value for code, value in found.items() if value is not None}
    if not known:
        raise CodeError(
            f"No basket of {', '.join(found) or 'none'} has goods in the table. Choose another table or list."
        )
    return BasketSpan(known)
