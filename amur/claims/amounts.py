"""Statements about amounts: what a printed figure says, as exact linear bounds on quantities in the world.

A quantity is one amount that exists whether or not anybody prints it: the goods that one country
shipped to another in a period, in one currency. A turnover is the sum of two of them. Every printed
level, growth rate, change, share or ratio bounds such sums linearly, since the printed interval of a
rate is a pair of constants: a growth between g and h says (1 + g)·old ≤ new ≤ (1 + h)·old.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from amur.errors import FigureError
from amur.figures import Figure
from amur.intervals import Interval
from amur.periods import Period

Relation = Literal["level", "growth", "change", "share", "ratio", "share change", "rank", "share of gdp"]

# How many statements are kept as bounds, since repairs ask for the same ones over and over.
_REMEMBERED = 4096
WORLD = "WLD"
ANY = ""
"""The unit of a growth rate or share whose currency is not stated: it is read in every currency at hand."""


@dataclass(frozen=True)
class Quantity:
    """An amount moving from `source` to `target`: goods, investment, or the share of an opinion."""

    kind: str
    source: str
    target: str
    product: str
    period: Period | None
    unit: str

    @property
    def series(self) -> tuple[str, str, str, str, str]:
        """All that names it but the period."""
        return (self.kind, self.source, self.target, self.product, self.unit)


Amount = tuple[tuple[Quantity, int], ...]


@dataclass(frozen=True)
class Bound:
    """`low` ≤ sum of coefficient × quantity ≤ `high`; None is no bound. `name` is the identity behind it.

    `doubt` is the relative width of the datum that it rests on; 0 for what holds by definition.
    """

    terms: tuple[tuple[Quantity, Fraction], ...]
    low: Fraction | None
    high: Fraction | None
    name: str = ""
    doubt: float = 0.0


@dataclass(frozen=True)
class Alternative:
    """One way to read a statement. Of all alternatives with the same `choice`, one `unit` holds throughout."""

    bounds: tuple[Bound, ...]
    choice: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Statement:
    """A figure that somebody states: `key` names the claim, `relation` says what kind of figure it is.

    `kind` is what the amount is of (`trade`, `investment`, `opinion` …; only trade has a direction that
    another flow mirrors). `against` is the figure of the other side: the denominator of a share or
    ratio; a share without it is out of the subject's flow with the whole world. `given` marks data:
    they are believed and never repaired. `firm` marks a claim that the data bear out: it counts as a claim,
    but is never repaired either. `series` is whose figures these are (a document, a release):
    rates of one series between the same periods are in one currency, even if it is not stated.
    `assumes` names the statements behind a stand-in. `counted` is the unit of what a rate is of, where it is told.
    """

    key: str
    figure: Figure
    relation: Relation = "level"
    kind: str = "trade"
    against: Figure | None = None
    given: bool = False
    firm: bool = False
    series: str = ""
    assumes: tuple[str, ...] = ()
    counted: str = ""

    @property
    def interval(self) -> Interval:
        """The values that the printed figure admits."""
        return self.figure.interval or Interval.point(self.figure.value)

    @property
    def units(self) -> tuple[str, ...]:
        """The unit in which its amounts are measured; ANY where a rate leaves it open."""
        if self.relation in ("level", "change"):
            return (self.figure.currency or self.figure.unit,)
        return (self.counted or self.figure.currency,)


def amount(figure: Figure, *, kind: str = "trade", unit: str = "", period: Period | None = None) -> Amount:
    """The quantities that a level of this figure's subject, object, flow and product is made of."""
    subject, partner = figure.subject, figure.object or WORLD
    span = period or figure.period
    product = figure.product or "total"

    def moved(source: str, target: str) -> Quantity:
        return Quantity(kind, source, target, product, span, unit)

    if kind != "trade":
        named = f"{kind} {figure.flow}".strip()
        return ((Quantity(named, subject, partner, product, span, unit), 1),)
    out, back = (moved(subject, partner), 1), (moved(partner, subject), 1)
    by_flow: Mapping[str, Amount] = {
        "exports": (out,),
        "imports": (back,),
        "total": (out, back),
        "": (out, back),
        "balance": (out, (back[0], -1)),
    }
    if figure.flow not in by_flow:
        raise FigureError(f"{figure.name} has the flow '{figure.flow}'. Use one of {', '.join(filter(None, by_flow))}.")
    return by_flow[figure.flow]


def sides(statement: Statement, unit: str) -> tuple[Amount, Amount]:
    """What the statement speaks of and what it is set against (empty for a level), in one unit."""
    figure = statement.figure
    left = amount(figure, kind=statement.kind, unit=unit)
    if statement.relation == "level":
        return left, ()
    if statement.relation == "share change" or (statement.relation == "growth" and statement.against):
        return _shares(statement, unit)
    if statement.relation in ("growth", "change"):
        return left, amount(figure, kind=statement.kind, unit=unit, period=base_of(figure))
    return left, amount(whole_of(statement), kind=statement.kind, unit=unit)


def base_of(figure: Figure) -> Period:
    """The period that a change is counted from: as stated, else the same months of the year before."""
    if figure.base_period:
        return figure.base_period
    if figure.period is None:
        raise FigureError(f"{figure.name} is a change without a period. Give the period and the base.")
    return figure.period.shift_years(-1)


def whole_of(statement: Statement) -> Figure:
    """The denominator: as stated, else the subject's same flow with the whole world."""
    return statement.against or replace(statement.figure, object=WORLD)


def alternatives(statement: Statement, units: Sequence[str]) -> tuple[Alternative, ...]:
    """What the statement says about quantities, in `units`.

    A share or ratio within one period is the same in every currency, so it is said in all of them. A
    growth rate is not, since exchange rates move: it holds in one of them, the same for its series.
    """
    return _alternatives(statement, tuple(units))


@lru_cache(maxsize=_REMEMBERED)
def _alternatives(statement: Statement, units: tuple[str, ...]) -> tuple[Alternative, ...]:
    ways = range(2 if _turns_sign(sides(statement, "")[1]) else 1)
    if statement.relation in ("growth", "share change") and len(units) > 1:
        figure = statement.figure
        choice = f"{statement.series}|{figure.period}|{base_of(figure)}"
        return tuple(
            Alternative(_bounds_in(statement, unit, negative=bool(way)), choice, unit) for unit in units for way in ways
        )
    return tuple(
        Alternative(tuple(bound for unit in units for bound in _bounds_in(statement, unit, negative=bool(way))))
        for way in ways
    )


def _turns_sign(whole: Amount) -> bool:
    """Whether what a multiple is taken of may be negative, as a balance may."""
    return any(sign < 0 for _, sign in whole)


def spoken_of(stated: Iterable[tuple[Alternative, ...]]) -> tuple[Quantity, ...]:
    """The quantities that statements name, in the order of first mention."""
    every = (bound for readings in stated for reading in readings for bound in reading.bounds)
    return tuple(dict.fromkeys(quantity for bound in every for quantity, _ in bound.terms))


def share_quantity(part: Amount, whole: Amount) -> Quantity:
    """The share itself as a quantity, so that points and percent of shares are linear too."""
    period = part[0][0].period
    return Quantity("share", _named(part), _named(whole), "", period, "fraction")


def _bounds_in(statement: Statement, unit: str, *, negative: bool) -> tuple[Bound, ...]:
    """The statement in one unit; a multiple of a balance is read once for a surplus and once for a deficit."""
    low, high = _exact_ends(statement.interval)
    left, right = sides(statement, unit)
    if statement.relation == "level":
        return (Bound(_sum((left, 1)), low, high),)
    if statement.relation in ("change", "share change"):
        return (Bound(_sum((left, 1), (right, -1)), low, high),)
    if statement.relation == "growth":
        ends = (None if low is None else 1 + low, None if high is None else 1 + high)
        return _multiple(left, right, *ends, negative=negative)
    as_level = Bound(((share_quantity(left, right), Fraction(1)),), low, high)
    return (*_multiple(left, right, low, high, negative=negative), as_level)


def _multiple(
    left: Amount, right: Amount, low: Fraction | None, high: Fraction | None, *, negative: bool
) -> tuple[Bound, ...]:
    """low · right ≤ left ≤ high · right, and the other way round where `right` is negative."""
    found = []
    if low is not None:
        found.append(Bound(_sum((left, 1), (right, -low)), *_above(negative)))
    if high is not None:
        found.append(Bound(_sum((left, 1), (right, -high)), *_above(not negative)))
    if _turns_sign(right):
        found.append(Bound(_sum((right, 1)), *_above(negative)))
    return tuple(found)


def _above(turned: bool) -> tuple[Fraction | None, Fraction | None]:
    """The ends of what is at least nothing, or where turned, at most nothing."""
    return (None, Fraction(0)) if turned else (Fraction(0), None)


def _shares(statement: Statement, unit: str) -> tuple[Amount, Amount]:
    """A share now and at its base, each as an amount of one quantity."""
    figure, whole = statement.figure, whole_of(statement)
    now, then = (
        share_quantity(
            amount(figure, kind=statement.kind, unit=unit, period=span),
            amount(whole, kind=statement.kind, unit=unit, period=span),
        )
        for span in (figure.period, base_of(figure))
    )
    return ((now, 1),), ((then, 1),)


def _sum(*weighted: tuple[Amount, int | Fraction]) -> tuple[tuple[Quantity, Fraction], ...]:
    """A weighted sum of amounts, each quantity once."""
    total: dict[Quantity, Fraction] = {}
    for amounts, weight in weighted:
        for quantity, sign in amounts:
            total[quantity] = total.get(quantity, Fraction(0)) + Fraction(weight) * sign
    return tuple((quantity, weight) for quantity, weight in total.items() if weight)


def _exact_ends(interval: Interval) -> tuple[Fraction | None, Fraction | None]:
    low, high = (exact(end) if math.isfinite(end) else None for end in (interval.low, interval.high))
    return low, high


def exact(value: float) -> Fraction:
    """The decimal that a printed bound stands for: 0.0845, not the binary fraction nearest to it."""
    return Fraction(f"{value:.12g}")


def _named(amounts: Amount) -> str:
    return "+".join(f"{q.kind}:{q.source}>{q.target}:{q.product}:{q.unit}" for q, _ in amounts)
