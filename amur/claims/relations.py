"""Relations between quantities that hold whatever anybody says: time, products and partners add up."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cache

from amur import codes
from amur.claims.amounts import (
    ANY,
    WORLD,
    Alternative,
    Bound,
    Quantity,
    Statement,
    alternatives,
    base_of,
    sides,
    spoken_of,
)
from amur.figures import Figure
from amur.intervals import Interval
from amur.periods import Period

TIME, PRODUCT, PARTNER, CURRENCY = "time", "product", "partner", "currency"

# Kinds of amount whose values over months add up to the value over the year. Stocks, prices and shares do not.
FLOWS = frozenset({"trade", "investment flow", "cargo"})
# Kinds of amount of which products and partners have parts.
PARTED = FLOWS | {"investment stock"}

# To how many digits a rate of exchange is taken at its word.
_RATE_DIGITS = 6
_ONE, _LESS = Fraction(1), Fraction(-1)
_DAY = timedelta(days=1)

# The mean price of one unit of the first currency in the second over a period, with the lowest and the
# highest within it as its interval; None where it is not known.
Rates = Callable[[str, str, Period], Figure | None]


def no_rates(currency: str, other: str, period: Period) -> Figure | None:
    """Knows no exchange rate."""
    return None


def relations(quantities: Iterable[Quantity], *, rates: Rates = no_rates) -> tuple[Bound, ...]:
    """Every relation among the quantities; stretches of time that nobody names are added where needed."""
    known = list(dict.fromkeys(quantities))
    return (*_in_time(known), *_in_products(known), *_in_partners(known), *_in_currencies(known, rates))


def _in_time(known: Sequence[Quantity]) -> tuple[Bound, ...]:
    """January–July is the first half and July: each period is the sum of the stretches it is cut into."""
    series: dict[tuple[str, ...], dict[Period, Quantity]] = defaultdict(dict)
    for quantity in known:
        if quantity.kind in FLOWS and quantity.period:
            series[quantity.series][quantity.period] = quantity
    return tuple(bound for held in series.values() for bound in _as_sums(held))


def _as_sums(held: Mapping[Period, Quantity]) -> Iterator[Bound]:
    """Each period as the sum of the shortest stretches that the ends of all overlapping periods cut it into."""
    for whole, quantity in held.items():
        touching = [period for period in held if period.overlaps(whole) and period != whole]
        inner = [span for span in _stretches(held, whole) if touching]
        if len(inner) > 1:
            parts = (held.get(span) or replace(quantity, period=span) for span in inner)
            terms = ((quantity, _ONE), *((part, _LESS) for part in parts))
            yield Bound(terms, Fraction(0), Fraction(0), TIME)


def _stretches(periods: Iterable[Period], whole: Period) -> list[Period]:
    """`whole`, cut wherever one of the periods begins or ends."""
    starts = {whole.start}
    for period in periods:
        after = period.end + _DAY if period.end < whole.end else whole.start
        starts |= {day for day in (period.start, after) if whole.start < day <= whole.end}
    cuts = sorted(starts)
    ends = [day - _DAY for day in cuts[1:]] + [whole.end]
    return [Period(start, end) for start, end in zip(cuts, ends, strict=True)]


def _in_products(known: Sequence[Quantity]) -> tuple[Bound, ...]:
    """A product is no more than a product group that holds it."""
    return _at_most(known, lambda q: (q.kind, q.source, q.target, q.period, q.unit), _holds_product, PRODUCT)


def _holds_product(whole: Quantity, part: Quantity) -> bool:
    return product_within(part.product, whole.product)


@cache
def product_within(part: str, whole: str) -> bool:
    """Whether all trade in `part` is trade in `whole`: everything is in the total, 270900 in 27."""
    if part == whole:
        return False
    if whole == "total":
        return True
    inner, outer = _codes_of(part), _codes_of(whole)
    return bool(inner and outer) and all(any(code.startswith(top) for top in outer) for code in inner)


@cache
def _codes_of(product: str) -> tuple[str, ...]:
    """The customs codes of a product that is named by its code or by a list of them; none for other names."""
    name = product.removeprefix("HS")
    if name.isdigit():
        return (name,)
    return next((basket.codes for basket in codes.baskets() if basket.code == product), ())


def _in_partners(known: Sequence[Quantity]) -> tuple[Bound, ...]:
    """What goes to one partner is no more than what goes to a bloc that holds it, or to the world."""
    targets = _at_most(known, _to_anyone, lambda a, b: _holds(a.target, b.target), PARTNER)
    sources = _at_most(known, _from_anyone, lambda a, b: _holds(a.source, b.source), PARTNER)
    return (*targets, *sources, *_all_partners(known))


def _holds(whole: str, part: str) -> bool:
    if whole == part:
        return False
    return whole == WORLD or part in _members(whole)


@cache
def _members(code: str) -> frozenset[str]:
    """The countries of a bloc; none for a country or a region."""
    return next((bloc.members for bloc in codes.blocs() if bloc.code == code), frozenset())


def _all_partners(known: Sequence[Quantity]) -> tuple[Bound, ...]:
    """All single countries together receive no more than the world does."""
    countries = _countries()
    ends = (("target", _to_anyone), ("source", _from_anyone))
    parts: dict[object, list[Quantity]] = defaultdict(list)
    for part in known:
        for end, group in ends:
            if part.kind in PARTED and getattr(part, end) in countries and WORLD not in (part.source, part.target):
                parts[end, group(part)].append(part)
    return tuple(
        Bound(((quantity, _ONE), *((part, _LESS) for part in among)), Fraction(0), None, PARTNER)
        for quantity in known
        for end, group in ends
        if getattr(quantity, end) == WORLD and len(among := parts.get((end, group(quantity)), ())) > 1
    )


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.code for country in codes.countries())


def _to_anyone(quantity: Quantity) -> object:
    return quantity.kind, quantity.source, quantity.product, quantity.period, quantity.unit


def _from_anyone(quantity: Quantity) -> object:
    return quantity.kind, quantity.target, quantity.product, quantity.period, quantity.unit


def _in_currencies(known: Sequence[Quantity], rates: Rates) -> tuple[Bound, ...]:
    """An amount in one currency is that in the other times a rate of the period."""
    same: dict[Quantity, list[str]] = defaultdict(list)
    for quantity in known:
        if quantity.period and is_currency(quantity.unit):
            same[replace(quantity, unit="")].append(quantity.unit)
    return tuple(bound for quantity, units in same.items() for bound in _at_rates(quantity, units, rates))


def _at_rates(quantity: Quantity, units: Sequence[str], rates: Rates) -> Iterator[Bound]:
    """The amount in each two of the currencies; two whose rate to the first is one number are tied by that already."""
    tied: set[str] = set()
    for one, other in itertools.combinations(units, 2):
        rate = rates(one, other, quantity.period) if quantity.period and not {one, other} <= tied else None
        if rate is None:
            continue
        span = rate.interval or Interval.point(rate.value)
        if one == units[0] and not span.width:
            tied.add(other)
        low, high = _with_margin(span)
        doubt = float(high / low - 1)
        left, right = replace(quantity, unit=other), replace(quantity, unit=one)
        yield Bound(((left, _ONE), (right, -low)), Fraction(0), None, CURRENCY, doubt)
        yield Bound(((left, _ONE), (right, -high)), None, Fraction(0), CURRENCY, doubt)


def _with_margin(span: Interval) -> tuple[Fraction, Fraction]:
    """The range of a rate, one unit of its last kept digit wider at both ends.

    The mean of a month is a single number. Three of them between three currencies would contradict each
    other in the last digit to which quotients are rounded, whatever the text says.
    """
    return _decimal(span.low) - _last_digit(span.low), _decimal(span.high) + _last_digit(span.high)


def _decimal(value: float) -> Fraction:
    return Fraction(f"{value:.{_RATE_DIGITS - 1}e}")


def _last_digit(value: float) -> Fraction:
    """One unit of the last kept digit of a rate."""
    return Fraction(10) ** (math.floor(math.log10(value)) - _RATE_DIGITS + 1)


def _at_most(
    known: Sequence[Quantity],
    group: Callable[[Quantity], object],
    holds: Callable[[Quantity, Quantity], bool],
    name: str,
) -> tuple[Bound, ...]:
    groups: dict[object, list[Quantity]] = defaultdict(list)
    for quantity in known:
        groups[group(quantity)].append(quantity)
    return tuple(
        Bound(((whole, _ONE), (part, _LESS)), Fraction(0), None, name)
        for members in groups.values()
        for whole, part in itertools.permutations(members, 2)
        if whole.kind in PARTED and holds(whole, part)
    )


# ── from statements to bounds ───────────────────────────────────────────────────────────────────


def joined(
    statements: Sequence[Statement], *, about: tuple[Statement, str] | None = None, rates: Rates = no_rates
) -> tuple[dict[str, tuple[Alternative, ...]], tuple[Bound, ...]]:
    """What each statement says, by its key, and the relations among all quantities that they name.

    The quantities of the statement in `about` are related too, in the unit given with it, while what it
    says is left open; rates of its release are read in that unit as well.
    """
    units = units_of((*statements, about[0]) if about else statements)
    if about:
        units |= {item.key: (about[1],) for item in statements if _one_choice(item, about[0])}
    stated = {item.key: alternatives(item, units[item.key]) for item in _by_release(statements, units)}
    named = list(spoken_of(stated.values()))
    if about:
        named += [quantity for side in sides(*about) for quantity, _ in side]
    return stated, relations(named, rates=rates)


def _by_release(statements: Sequence[Statement], units: Mapping[str, tuple[str, ...]]) -> Iterator[Statement]:
    """The statements, with rates of one series kept apart where no currency at hand is common to them.

    A text that quotes the rates of two countries between the same periods may do so in a currency of each.
    """
    common: dict[object, list[set[str]]] = defaultdict(list)
    for item in statements:
        if item.relation not in ("growth", "share change") or len(units[item.key]) < 2:
            yield item
            continue
        releases = common[item.series, item.figure.period, base_of(item.figure)]
        number = next((n for n, shared in enumerate(releases) if shared & set(units[item.key])), len(releases))
        if number == len(releases):
            releases.append(set(units[item.key]))
        releases[number] &= set(units[item.key])
        yield replace(item, series=f"{item.series}|{number}") if number else item


def _one_choice(one: Statement, other: Statement) -> bool:
    """Whether two rates are of one release and one span, so that one currency holds for both."""
    if one.units != (ANY,) or other.units != (ANY,) or "growth" not in (one.relation, other.relation):
        return False
    same_span = (one.figure.period, one.figure.base_period) == (other.figure.period, other.figure.base_period)
    return one.relation == other.relation and one.series == other.series and same_span


def units_of(statements: Sequence[Statement]) -> dict[str, tuple[str, ...]]:
    """The units in which each statement is read: its own, or all in which others state the same amounts.

    A growth rate printed without a currency is read in every currency in which amounts of that pair are
    stated for its years, because that is how a reader sets it against the levels.
    """
    used: dict[tuple[object, ...], dict[str, None]] = defaultdict(dict)
    for item in statements:
        for about in _about(item):
            used[about].update(dict.fromkeys(unit for unit in item.units if unit != ANY))

    def read_in(item: Statement) -> tuple[str, ...]:
        if item.units != (ANY,):
            return item.units
        found = tuple(dict.fromkeys(unit for about in _about(item) for unit in used[about]))
        # Trade is measured in money where any money is named: tonnes of it are another series.
        return tuple(unit for unit in found if is_currency(unit)) or found or (ANY,)

    return {item.key: read_in(item) for item in statements}


def is_currency(unit: str) -> bool:
    """Whether a unit is the code of a currency."""
    return unit.isupper() and len(unit) == len("USD")


def _about(statement: Statement) -> Iterator[tuple[object, ...]]:
    """The kind of amount with each country, each product and each year that a statement is about."""
    for figure in (statement.figure, statement.against):
        if figure is None:
            continue
        for place in (figure.subject, figure.object):
            if place not in ("", WORLD):
                yield from ((statement.kind, place, figure.product, year) for year in _years(statement))


def _years(statement: Statement) -> tuple[int, ...]:
    period = statement.figure.period
    if period is None:
        return (0,)
    spans = (period, base_of(statement.figure)) if statement.relation in ("growth", "change") else (period,)
    return tuple(dict.fromkeys(span.end.year for span in spans))
