"""Rerouting on the bundled Eurostat tables: listed goods from the EU to a sanctioned country's neighbours.

Listed goods are those of a basket among the codes of the sanctions table; untouched goods are the total
trade less everything listed. Four-digit and eight-digit rows overlap, so a basket takes one level only. A
code without a row in a month that others report was not traded then, which is how Eurostat leaves out zeros.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import narwhals as nw
import polars as pl

from amur import codes
from amur.baskets import BasketSpan, find_list, matching, over_baskets
from amur.changes.counterfactual import LEVEL_ONLY, LINE, Departure, depart
from amur.changes.diversion import Replacement, TradeChange, replacement
from amur.changes.events import find_events
from amur.changes.monthly import Monthly, month_number, month_of, monthly
from amur.changes.problems import Problem, found, problem
from amur.changes.rerouting import Excess, PlaceboRate, Transit, excess_exports, placebo_rate, transit_bounds
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.flows import load_flows
from amur.intervals import Interval
from amur.periods import Period

LISTED, TOTALS = "eurostat-cn8", "eurostat-hs27"
BASKET = "EU-SANCTIONED-CN8"


@dataclass(frozen=True)
class Route:
    """What happened on one route: an exporter's listed goods to one importer, beside its untouched goods there.

    Values in euros as reported, over the same months of two years; `ratio` is after over before.
    """

    exporter: str
    importer: str
    basket: str
    before: Period
    after: Period
    listed: Monthly
    control: Monthly | None
    listed_before: float
    listed_after: float
    control_before: float | None
    control_after: float | None

    @property
    def ratio(self) -> float:
        """Listed goods after over before."""
        return self.listed_after / self.listed_before

    @property
    def control_ratio(self) -> float | None:
        """Untouched goods after over before; None where they are not known."""
        return self.control_after / self.control_before if self.control_after and self.control_before else None

    @property
    def ratio_to_control(self) -> float | None:
        """How many times more listed than untouched goods grew."""
        return None if self.control_ratio is None else self.ratio / self.control_ratio


@dataclass(frozen=True)
class Rerouting:
    """One transit country: the route, the excess under every counterfactual since the event, bounds of transit."""

    route: Route
    event: Period
    excess: Excess
    transit: Transit

    def controlled(self) -> Departure | None:
        """The departure from the level of the ratio to untouched goods; None without a control."""
        return self.excess.departures.get("control_level")


@lru_cache(maxsize=1)
def _listed_rows() -> pl.DataFrame:
    return _rows(LISTED)


@lru_cache(maxsize=1)
def _total_rows() -> pl.DataFrame:
    return _rows(TOTALS)


def _rows(source: str) -> pl.DataFrame:
    columns = ("exporter", "importer", "product", "nomenclature", "period", "value")
    return load_flows(source).select(*columns).collect(backend="polars").to_native()


@lru_cache(maxsize=8)
def _values(column: str, nomenclature: str = "") -> list[str]:
    """The values of a column of the sanctions table in order, at one level of digits if named."""
    table = _listed_rows()
    kept = table.filter(pl.col("nomenclature") == nomenclature) if nomenclature else table
    return kept[column].unique().sort().to_list()


def destinations() -> tuple[str, ...]:
    """The importers of the sanctions table."""
    return tuple(_values("importer"))


def basket_products(basket: codes.Basket) -> tuple[str, ...]:
    """The codes of the sanctions table that belong to a basket, at one level of digits."""
    level = "HS4" if basket.nomenclature == "HS4" else "CN8"
    return matching(basket, set(_values("product", level)))


@lru_cache(maxsize=256)
def listed_goods(exporter: str, importer: str, *, products: tuple[str, ...], name: str = "listed") -> Monthly:
    """Monthly exports of some codes of the sanctions table, in euros as reported."""
    table = _listed_rows()
    months = _values("period")
    pair = table.filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))
    if pair.is_empty():
        raise NoDataError(
            f"The sanctions table has no exports from {exporter} to {importer}. It has exports of EU27 to "
            f"{', '.join(destinations())}."
        )
    sums = dict(
        pair.filter(pl.col("product").is_in(products)).group_by("period").agg(pl.col("value").sum()).iter_rows()
    )
    values = [sums.get(month, 0.0) for month in months]
    return _series(f"{name} {exporter} to {importer}", months, values)


@lru_cache(maxsize=64)
def untouched_goods(exporter: str, importer: str) -> Monthly:
    """Monthly exports of all goods less everything in the sanctions table, each listed good taken off once."""
    table = _total_rows()
    reported = exporter in table["exporter"].unique().to_list()
    members = frozenset({exporter}) if reported else codes.bloc(exporter).members
    total = table.filter(
        pl.col("exporter").is_in(sorted(members)) & (pl.col("importer") == importer) & (pl.col("product") == "total")
    )
    if total.is_empty():
        raise NoDataError(f"The table of totals has no exports from {exporter} to {importer}.")
    sums = dict(total.group_by("period").agg(pl.col("value").sum()).iter_rows())
    listed = listed_goods(exporter, importer, products=_listed_once())
    months = [month_of(int(number)).label for number in listed.months]
    values = [sums.get(month, 0.0) - value for month, value in zip(months, listed.values.tolist(), strict=True)]
    return _series(f"untouched {exporter} to {importer}", months, values)


@lru_cache(maxsize=1)
def _listed_once() -> tuple[str, ...]:
    """Four-digit headings of the table, and eight-digit codes under none of them."""
    codes_by_level = _listed_rows().select("product", "nomenclature").unique()
    headings, digits = (
        set(codes_by_level.filter(pl.col("nomenclature") == level)["product"].to_list()) for level in ("HS4", "CN8")
    )
    return tuple(sorted(headings | {code for code in digits if code[:4] not in headings}))


def first_event(exporter: str, final: str) -> Period:
    """The first whole month after the exporter's first sanctions on the final country, from the registry."""
    acts = find_events(exporter, final, instruments=("sanctions_package", "export_control", "export_ban"))
    own = [event for event in acts if event.acts(exporter) and event.targets_place(final)]
    if not own:
        raise MeasureError(f"The registry has no sanctions of {exporter} on {final}. Give the month of the event.")
    return own[0].month.next()


@lru_cache(maxsize=256)
def route(exporter: str, importer: str, *, basket: str = BASKET, after: Period | None = None) -> Route:
    """Listed and untouched goods to one importer over a span of months and the same months a year before.

    The span is by default all months of the last year that the table holds.
    """
    goods = find_list(basket)
    listed = listed_goods(exporter, importer, products=basket_products(goods), name=goods.code)
    last = listed.period.end
    later = after or Period.year_to_date(last.year, last.month)
    earlier = later.shift_years(-1)
    try:
        control: Monthly | None = untouched_goods(exporter, importer)
    except NoDataError:
        control = None
    return Route(
        exporter,
        importer,
        goods.code,
        earlier,
        later,
        listed,
        control,
        listed.sum_of(earlier),
        listed.sum_of(later),
        control.sum_of(earlier) if control else None,
        control.sum_of(later) if control else None,
    )


def rerouting(exporter: str, via: str, *, final: str, basket: str = BASKET, event: Period | None = None) -> Rerouting:
    """Excess exports of listed goods to a transit country since the event, and bounds on what went on.

    The tables hold nothing of what the transit country sends on, so the lower bound is zero here.
    """
    month = event or first_event(exporter, final)
    found_route = route(exporter, via, basket=basket)
    excess = excess_exports(via, found_route.listed, event=month_number(month), control=found_route.control)
    return Rerouting(found_route, month, excess, transit_bounds(excess.interval))


@dataclass(frozen=True)
class Routes:
    """All transit countries that can be judged, the largest upper bound first; `refused` has the reasons of others."""

    found: tuple[Rerouting, ...]
    refused: Mapping[str, str]

    @property
    def bounds(self) -> Interval:
        """The sum of the transit bounds: from what is seen to leave, to all excess."""
        return Interval(sum(item.transit.low for item in self.found), sum(item.transit.high for item in self.found))


@lru_cache(maxsize=16)
def all_routes(exporter: str, *, final: str, basket: str = BASKET) -> Routes:
    """Every transit country of the table; a country whose series cannot be judged is refused by name."""
    judged, refused = [], {}
    for via in destinations():
        if via == final:
            continue
        try:
            judged.append(rerouting(exporter, via, final=final, basket=basket))
        except (MeasureError, FlowsError) as reason:
            refused[via] = str(reason)
    return Routes(tuple(sorted(judged, key=lambda item: -item.transit.high)), refused)


# ── baskets, comparable codes ───────────────────────────────────────────────────────────────────


def ratio_over_baskets(exporter: str, importer: str, *, baskets: tuple[str, ...] = ()) -> BasketSpan:
    """The ratio of `route` for every list that has goods in the table, and the span over them."""
    lists = [find_list(code) for code in baskets] if baskets else list(codes.baskets())

    def measured(basket: codes.Basket) -> float | None:
        if not basket_products(basket):
            return None
        found_route = route(exporter, importer, basket=basket.code)
        return found_route.ratio if found_route.listed_before > 0 else None

    return over_baskets(lists, measured)


@dataclass(frozen=True)
class ComparableCodes:
    """Codes of a basket that the table knows before and after a year began, and those that only one side knows."""

    codes: tuple[str, ...]
    problems: tuple[Problem, ...]


def comparable_codes(basket: str = BASKET, *, since: Period) -> ComparableCodes:
    """Codes that are traded with anybody both before and after `since` begins.

    A revision of the nomenclature, as in January 2022, ends codes and begins others; a ratio over all codes
    then counts their trade on one side only.
    """
    wanted = basket_products(find_list(basket))
    table = _listed_rows().filter(pl.col("product").is_in(wanted) & (pl.col("value") > 0))
    first = since.start.isoformat()[:7]
    old, new = (set(table.filter(side)["product"]) for side in (pl.col("period") < first, pl.col("period") >= first))
    total = float(table["value"].sum())
    only = [sorted(new - old), sorted(old - new)]
    shares = [float(table.filter(pl.col("product").is_in(side))["value"].sum()) / total for side in only]
    return ComparableCodes(
        tuple(sorted(old & new)),
        found(*(problem("incomplete", side, share) for side, share in zip(only, shares, strict=True))),
    )


def comparable_ratio(exporter: str, importer: str, *, basket: str = BASKET) -> float:
    """The ratio of `route` over comparable codes only."""
    whole = route(exporter, importer, basket=basket)
    kept = comparable_codes(basket, since=whole.after).codes
    series = listed_goods(exporter, importer, products=kept)
    return series.sum_of(whole.after) / series.sum_of(whole.before)


def redirected(exporter: str, final: str, *, basket: str = BASKET, noise: float = 0.1) -> Replacement:
    """Product by product: the rise of exports to all transit countries over the fall of exports to the final one."""
    products = basket_products(find_list(basket))
    table = _listed_rows().filter((pl.col("exporter") == exporter) & pl.col("product").is_in(products))
    lost = route(exporter, final, basket=basket)
    spans = lost.before, lost.after

    def sums(period: Period, to_final: bool) -> dict[str, float]:
        months = [month.label for month in period.split_months()]
        side = pl.col("importer") == final if to_final else pl.col("importer") != final
        rows = table.filter(side & pl.col("period").is_in(months))
        return dict(rows.group_by("product").agg(pl.col("value").sum()).iter_rows())

    def change(to_final: bool) -> TradeChange:
        before, after = (sums(span, to_final) for span in spans)
        return TradeChange.of([before.get(code, 0.0) for code in products], [after.get(code, 0.0) for code in products])

    return replacement(change(True), change(False), noise=noise, products=products)


# ── placebos ────────────────────────────────────────────────────────────────────────────────────


def placebos(exporter: str, *, final: str) -> Mapping[str, PlaceboRate]:
    """False-positive rates of the method where nothing happened: earlier dates, other products, other countries.

    `dates`: listed goods on every route, as if the event had come eight months before. `products`: fuels, and
    untouched goods, on every route. `countries`: US imports from every partner in the months of the event.
    """
    event = month_number(first_event(exporter, final))
    vias = [name for name in destinations() if name != final]
    products = basket_products(find_list(BASKET))
    early: list[Departure] = []
    other: list[Departure] = []
    for via in vias:
        listed, control = listed_goods(exporter, via, products=products), untouched_goods(exporter, via)
        before = Period(listed.period.start, month_of(event - 1).end)
        early += _tried(listed.within(before), event - 8, control.within(before))
        other += _tried(control, event, None) + _tried(_fuels(exporter, via), event, None)
    return {
        "dates": placebo_rate(early),
        "products": placebo_rate(other),
        "countries": placebo_rate([item for series in _us_partners(event) for item in _tried(series, event, None)]),
    }


def _tried(series: Monthly | None, event: int, control: Monthly | None) -> list[Departure]:
    """The departures that a series allows; one with zero months allows none."""
    if series is None or (series.values <= 0).any():
        return []
    plain = [depart(series, event, trend=trend) for trend in (LEVEL_ONLY, LINE)]
    return plain + ([depart(series, event, control=control, trend=LEVEL_ONLY)] if control is not None else [])


def _fuels(exporter: str, importer: str) -> Monthly | None:
    table = _total_rows().filter((pl.col("product") == "27") & (pl.col("importer") == importer))
    rows = table.filter(pl.col("exporter").is_in(sorted(codes.bloc(exporter).members)))
    sums = dict(rows.group_by("period").agg(pl.col("value").sum()).iter_rows())
    months = sorted(set(_total_rows()["period"]))
    if any(sums.get(month, 0.0) <= 0 for month in months):
        return None
    return _series(f"fuels {exporter} to {importer}", months, [sums[month] for month in months])


def _us_partners(event: int) -> list[Monthly]:
    """US imports by partner over the span of the sanctions table; partners under sanctions are not placebos."""
    months = [month_of(number).label for number in range(event - 26, event + 9)]
    flows = load_flows("us-census-naics3").filter(nw.col("product") == "total", nw.col("period").is_in(months))
    table: pl.DataFrame = flows.select("exporter", "period", "value").collect(backend="polars").to_native()
    aggregates = {item.code for item in codes.blocs()}
    out = []
    for name in sorted(set(table["exporter"]) - aggregates):
        if find_events(name, name, period=Period(month_of(event - 2).start, month_of(event + 8).end)):
            continue
        rows = table.filter(pl.col("exporter") == name).sort("period")
        out.append(_series(f"US imports from {name}", rows["period"].to_list(), rows["value"].to_list()))
    return out


def _series(name: str, months: list[str], values: list[float]) -> Monthly:
    return monthly(name, zip(months, values, strict=True))
