"""Ledgers: tables of flows prepared for measures, and what may be asked of each.

A ledger is one source of flows, bundled or the user's own. It adds products up to what was asked for,
merges the members of blocs, puts years together from months, and refuses what its table cannot answer:
a country that it does not list, a period that it does not hold, a total of which too much is missing.
Tables are read once and kept, since every measure of a page asks the same few.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl

from amur import codes
from amur.errors import MeasureError, NoDataError
from amur.flows import collapse_bloc, holes, load_flows, mirror, mirror_flows, nowcasts, read_reports
from amur.flows.reading import columns_of
from amur.indicators.values import NEEDED, known_sums
from amur.periods import Period
from amur.sources import Frequency, Side, Source, Totals, sources
from amur.text import Text

ALL_GOODS = ("", "total", "goods")
SERVICES, EVERYTHING = "services", "all"
_ICIO = "ICIO28"
_KEPT, _KEPT_PERIODS = 64, 160
"""Tables that are held in memory: of all periods of a source, and of single ones, of which a page asks many."""


@dataclass(frozen=True)
class Ledger:
    """One table of flows: its name, where it is from, who filed it, and whose totals are complete.

    `data` is the user's file and `changed` the time of its last change, so that what was computed from an older
    version is not used again.
    """

    key: str
    origin: str
    side: Side
    totals: Totals
    frequency: Frequency
    nomenclatures: tuple[str, ...]
    complete: bool = True
    total_partner: str = ""
    home_sales: bool = False
    data: Path | None = None
    changed: int = 0

    @property
    def own(self) -> bool:
        """Whether it is the user's file."""
        return self.data is not None

    @property
    def name(self) -> str:
        """What it is called in an error message, in English."""
        text, key = Text("en"), f"measures.table.{self.key}.name"
        return text(key) if text.has(key) else self.key


@dataclass(frozen=True)
class Selection:
    """The products that a question means in one ledger: a nomenclature, its codes (None: all), and their name."""

    nomenclature: str
    products: tuple[str, ...] | None
    label: str


def ledgers(data: str | Path | None = None) -> tuple[Ledger, ...]:
    """The ledgers in order of preference: the user's own alone where a file of flows or reports is given."""
    if data is None:
        return tuple(_bundled(item) for item in sources())
    path = Path(data)
    if "subject" in columns_of(path):
        return ()
    changed = path.stat().st_mtime_ns
    frame = _own_frame(path, changed)
    nomenclatures = tuple(sorted(set(frame["nomenclature"].to_list())))
    frequency: Frequency = (
        "month" if all(Period.parse(label).kind == "month" for label in set(frame["period"])) else "year"
    )
    return (
        Ledger(
            path.name, f"user:{path.name}", "reconciled", "both", frequency, nomenclatures, data=path, changed=changed
        ),
    )


def _bundled(item: Source) -> Ledger:
    return Ledger(
        key=item.key,
        origin=item.origin,
        side=item.side,
        totals=item.totals,
        frequency=item.frequency,
        nomenclatures=item.nomenclatures,
        complete=item.complete,
        total_partner=item.total_partner,
        home_sales=item.home_sales,
    )


# ── tables ──────────────────────────────────────────────────────────────────────────────────────


def select(ledger: Ledger, product: str) -> Selection:
    """What a product means in a ledger; NoDataError where the ledger does not hold it."""
    goods = product in ALL_GOODS
    if goods and "total" in ledger.nomenclatures and (not ledger.own or "total" in _products(ledger)):
        return Selection("total", ("total",), "total")
    if _ICIO in ledger.nomenclatures and (goods or product in (SERVICES, EVERYTHING)):
        chosen = tuple(item.code for item in codes.sectors() if product == EVERYTHING or item.is_goods == goods)
        return Selection(_ICIO, chosen, "goods" if goods else product)
    if goods and ledger.complete:
        return Selection(ledger.nomenclatures[0], None, "total")
    known = {item.code: _ICIO for item in codes.sectors()} if ledger.nomenclatures == (_ICIO,) else _products(ledger)
    if product in known:
        return Selection(known[product], (product,), product)
    raise NoDataError(f"{ledger.name} does not hold the product '{product or 'total'}'.")


def table(ledger: Ledger, product: str, blocs: tuple[str, ...] = ()) -> pl.DataFrame:
    """All flows of the chosen products, added up, with the members of each bloc merged: the columns of flows."""
    return _table(ledger, select(ledger, product), tuple(sorted(blocs)))


_MANY: ContextVar[bool] = ContextVar("many", default=False)


@contextmanager
def many_pairs() -> Iterator[None]:
    """Inside, tables of measures are made once for all pairs instead of for each: for questions about a whole world."""
    before = _MANY.set(True)
    try:
        yield
    finally:
        _MANY.reset(before)


def around(*places: str) -> tuple[str, ...]:
    """The places whose flows a measure of them needs; none named, which means all, where many pairs are asked for."""
    return () if _MANY.get() else places


def sector_table(
    ledger: Ledger, period: str, blocs: tuple[str, ...] = (), *, around: tuple[str, ...] = ()
) -> pl.DataFrame:
    """The flows of one period by product, all goods of the finest complete division that the ledger has.

    With `around` only the flows into and out of these places.
    """
    detailed = [name for name in ledger.nomenclatures if name != "total"]
    if ledger.own and not detailed and "total" not in _products(ledger):
        detailed = ["total"]
    if not detailed or not ledger.complete:
        raise NoDataError(f"{ledger.name} does not divide trade by sector.")
    return _sector_table(ledger, detailed[0], period, tuple(sorted(blocs)), tuple(sorted(around)))


def in_period(ledger: Ledger, product: str, period: Period, blocs: tuple[str, ...] = ()) -> pl.DataFrame:
    """The flows of one period, put together from its months where the ledger has months.

    Raises NoDataError where the ledger does not hold the whole period.
    """
    return _in_period(ledger, select(ledger, product), period, tuple(sorted(blocs)))


@lru_cache(maxsize=_KEPT)
def _table(ledger: Ledger, selection: Selection, blocs: tuple[str, ...]) -> pl.DataFrame:
    if not blocs:
        return _summed(ledger, selection)
    frame: Any = nw.from_native(_table(ledger, selection, blocs[1:]).lazy())
    return _collapsed(frame, blocs[0])


def _collapsed(frame: Any, bloc: str) -> pl.DataFrame:
    return collapse_bloc(frame, bloc).collect("polars").to_native()


def _summed(ledger: Ledger, selection: Selection) -> pl.DataFrame:
    frame = _load(ledger).filter(nw.col("nomenclature") == selection.nomenclature)
    if selection.products is not None:
        frame = frame.filter(nw.col("product").is_in(list(selection.products)))
    summed = known_sums(frame, ("exporter", "importer", "period"), ("value_usd",)).collect("polars").to_native()
    return _in_schema(summed.with_columns(product=pl.lit(selection.label)), selection.nomenclature, ledger.origin)


@lru_cache(maxsize=_KEPT)
def _sector_table(
    ledger: Ledger, nomenclature: str, period: str, blocs: tuple[str, ...], around: tuple[str, ...]
) -> pl.DataFrame:
    frame = _load(ledger).filter(nw.col("nomenclature") == nomenclature, nw.col("period") == period)
    if nomenclature == _ICIO:
        frame = frame.filter(nw.col("product").is_in([item.code for item in codes.sectors() if item.is_goods]))
    if around:
        named = sorted({code for name in around for code in _codes_of(codes.place(name))})
        frame = frame.filter(nw.col("exporter").is_in(named) | nw.col("importer").is_in(named))
    found = _in_schema(frame.select(*NEEDED).collect("polars").to_native(), nomenclature, ledger.origin)
    if found.is_empty():
        raise NoDataError(f"{ledger.name} has no flows by sector in {period}.")
    for bloc in blocs:
        found = _collapsed(nw.from_native(found.lazy()), bloc)
    return found.select(NEEDED)


def _codes_of(place: codes.Place) -> frozenset[str]:
    return frozenset({place.code}) | (place.members_ever if isinstance(place, codes.Bloc) else frozenset())


@lru_cache(maxsize=_KEPT_PERIODS)
def _in_period(ledger: Ledger, selection: Selection, period: Period, blocs: tuple[str, ...]) -> pl.DataFrame:
    whole, known = _table(ledger, selection, blocs), _labels_of(ledger, selection, blocs)
    if period.label in known:
        return whole.filter(pl.col("period") == period.label).select(NEEDED)
    months = [month.label for month in period.split_months()] if period.months else []
    if ledger.frequency != "month" or not months or not known.issuperset(months):
        raise NoDataError(f"{ledger.name} does not hold {period.label}.")
    part = whole.filter(pl.col("period").is_in(months))
    summed = known_sums(nw.from_native(part.lazy()), ("exporter", "importer", "product"), ("value_usd",))
    return summed.collect("polars").to_native().with_columns(period=pl.lit(period.label)).select(NEEDED)


@lru_cache(maxsize=_KEPT)
def _labels_of(ledger: Ledger, selection: Selection, blocs: tuple[str, ...]) -> frozenset[str]:
    """The periods of a table as it holds them."""
    return frozenset(_table(ledger, selection, blocs)["period"].unique().to_list())


def _load(ledger: Ledger) -> nw.LazyFrame[Any]:
    if ledger.data is None:
        return load_flows(ledger.key)
    return nw.from_native(_own_frame(ledger.data, ledger.changed).lazy())


@lru_cache(maxsize=4)
def _own_frame(path: Path, changed: int) -> pl.DataFrame:
    """The user's file, read and checked once for each version of it; reports become flows by the default rule."""
    filed = _own_reports(path, changed)
    if filed is not None:
        return mirror_flows(nw.from_native(filed.lazy()), origin=f"user:{path.name}").collect("polars").to_native()
    return load_flows(data=path).collect("polars").to_native()


@lru_cache(maxsize=4)
def _own_reports(path: Path, changed: int) -> pl.DataFrame | None:
    del changed
    if "reporter" not in columns_of(path):
        return None
    return mirror(read_reports(path)).collect("polars").to_native()


def reports(ledger: Ledger) -> pl.DataFrame | None:
    """Both sides' reports in the user's file, side by side; None where it holds flows, and for bundled tables."""
    return None if ledger.data is None else _own_reports(ledger.data, ledger.changed)


def _in_schema(frame: pl.DataFrame, nomenclature: str, origin: str) -> pl.DataFrame:
    """The full columns of flows, which merging blocs asks for."""
    return frame.with_columns(
        pl.lit(nomenclature).alias("nomenclature"),
        pl.col("value_usd").alias("value"),
        pl.lit("USD").alias("currency"),
        pl.lit(None, pl.Float64).alias("quantity"),
        pl.lit(None, pl.String).alias("unit"),
        pl.lit(origin).alias("origin"),
    )


@lru_cache(maxsize=_KEPT)
def _products(ledger: Ledger) -> dict[str, str]:
    """Each product code of a ledger with its nomenclature."""
    pairs = _load(ledger).select("product", "nomenclature").unique().collect("polars").to_native()
    return dict(pairs.iter_rows())


# ── what it can answer ──────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=_KEPT)
def places(ledger: Ledger, product: str) -> frozenset[str]:
    """The codes that occur as exporter or importer."""
    found = table(ledger, product)
    return frozenset(found["exporter"].to_list()) | frozenset(found["importer"].to_list())


def merged(ledger: Ledger, product: str, *asked: codes.Place) -> tuple[str, ...]:
    """The blocs among the places asked for that the ledger must put together from members.

    A bloc that the source reports by itself is left as reported. Raises NoDataError where a place is neither
    listed nor made of listed members.
    """
    listed = places(ledger, product)
    blocs = []
    for place in asked:
        if place.code in listed:
            continue
        members = place.members_ever if isinstance(place, codes.Bloc) else frozenset()
        if not members & listed:
            raise NoDataError(f"{ledger.name} does not list {place.code} ({place.name_en}).")
        blocs.append(place.code)
    return tuple(blocs)


def common_members(one: codes.Place, other: codes.Place) -> frozenset[str]:
    """The codes that belong to both places: trade inside a bloc is no trade of the bloc."""
    first, second = (
        frozenset({place.code}) | (place.members if isinstance(place, codes.Bloc) else frozenset())
        for place in (one, other)
    )
    return first & second


def refuse_overlap(one: codes.Place, other: codes.Place) -> None:
    """Raise MeasureError where the two places are the same or share a member."""
    if one == other:
        raise MeasureError(f"{one.code} stands on both sides. Name two different places.")
    if common := sorted(common_members(one, other)):
        raise MeasureError(
            f"{one.code} and {other.code} overlap in {', '.join(common[:5])}: trade inside a bloc is left out of its "
            "trade. Name two places without a common member."
        )


def refuse_hole(ledger: Ledger, place: codes.Place, period: Period, blocs: tuple[str, ...] = ()) -> None:
    """Raise NoDataError with the reason where too much of a place's trade is missing from the ledger."""
    for hole in _holes(ledger, period.label, tuple(sorted(blocs))):
        if hole.country == place.code:
            raise NoDataError(f"{ledger.name} cannot give totals of {place.code}: {hole.reason}.")


def in_hole(ledger: Ledger, code: str, period: Period, blocs: tuple[str, ...] = ()) -> bool:
    """Whether absent flows of a place are missing rather than zero."""
    return any(hole.country == code for hole in _holes(ledger, period.label, tuple(sorted(blocs))))


@lru_cache(maxsize=_KEPT)
def _holes(ledger: Ledger, label: str, blocs: tuple[str, ...]):
    # A balanced model of the world fills every pair, so what it leaves out is zero.
    if ledger.totals != "both" or ledger.side == "model":
        return ()
    found = in_period(ledger, "", Period.parse(label), blocs)
    merged_rows = nw.from_native(found.lazy())
    return holes(merged_rows)


def carried_forward(ledger: Ledger, place: codes.Place, period: Period) -> tuple[str, ...]:
    """The countries of a place whose structure the ledger carries forward in a period, so that it is a nowcast."""
    members = place.members if isinstance(place, codes.Bloc) else {place.code}
    return tuple(sorted(members & _nowcasts(ledger).get(period.label, frozenset())))


@lru_cache(maxsize=_KEPT)
def _nowcasts(ledger: Ledger) -> dict[str, frozenset[str]]:
    """Countries by period whose output mix hardly moved; only in tables that hold home sales, that is output."""
    if not ledger.home_sales:
        return {}
    found: dict[str, set[str]] = {}
    for item in nowcasts(_load(ledger)):
        found.setdefault(item.period, set()).add(item.country)
    return {period: frozenset(names) for period, names in found.items()}


def concerns(ledger: Ledger, product: str, one: codes.Place, other: codes.Place) -> bool:
    """Whether a ledger has anything to say about two places: a table of the world always, others where they name both.

    Asked about one place twice, only tables of the world concern it.
    """
    if ledger.totals == "both":
        return True
    try:
        blocs = merged(ledger, product, one, other)
    except NoDataError:
        return False
    return one != other and bool(periods(ledger, product, one.code, other.code, blocs))


def holds(ledger: Ledger, product: str, period: Period) -> bool:
    """Whether the period is one of the ledger's own, not one to be put together from shorter ones."""
    return period.label in labels(ledger, product)


def labels(ledger: Ledger, product: str) -> frozenset[str]:
    """The labels of the ledger's own periods."""
    return _labels(ledger, select(ledger, product))


@lru_cache(maxsize=_KEPT)
def _labels(ledger: Ledger, selection: Selection) -> frozenset[str]:
    return frozenset(_table(ledger, selection, ())["period"].to_list())


@lru_cache(maxsize=_KEPT)
def periods(ledger: Ledger, product: str, one: str, other: str, blocs: tuple[str, ...] = ()) -> tuple[Period, ...]:
    """The ledger's own periods in which the two trade with each other, in order."""
    found = table(ledger, product, blocs)
    forth = (pl.col("exporter") == one) & (pl.col("importer") == other)
    back = (pl.col("exporter") == other) & (pl.col("importer") == one)
    # An amount without a dollar value is trade all the same.
    traded = (pl.col("value_usd") > 0) | pl.col("value_usd").is_null()
    labels = found.filter((forth | back) & traded)["period"].unique().to_list()
    return tuple(sorted(Period.parse(label) for label in labels))
