"""Arithmetic on figures: each result carries its interval, its derivation and the origins of its inputs.

Every operation is one formula, written once; it is evaluated on values, on intervals and, to judge
how far the interval can be trusted to be tight, on degrees. Where an input enters more than once,
plain interval arithmetic is too wide; the result is then narrowed to the range over the corners of
the inputs. That is exact when the formula is a ratio of terms that are linear in each repeated
input, since such a function is monotone in every input between its poles.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from amur.errors import FigureError
from amur.figures import Derivation, Figure, IntervalKind
from amur.intervals import Interval
from amur.periods import Period

# Where inputs differ in kind, the result carries the one that says most about what may be wrong.
_STRONGEST_FIRST: tuple[IntervalKind, ...] = ("none", "estimate", "elasticity", "sources", "rounding")
_MOST_CORNERS = 12


def _ln(x: Any) -> Any:
    return math.log(x) if isinstance(x, float) else x.log()


_FORMULAS: Mapping[str, Callable[..., Any]] = {
    "sum": lambda *x: sum(x[1:], x[0]),
    "difference": lambda a, b: a - b,
    "ratio": lambda a, b: a / b,
    "share": lambda part, rest: 1 / (1 + rest / part),
    "growth": lambda new, old: new / old - 1,
    "growth of shares": lambda part, whole: (1 + part) / (1 + whole) - 1,
    "implied base": lambda level, rate: level / (1 + rate),
    "implied level": lambda base, rate: base * (1 + rate),
    "product": lambda a, b: a * b,
    "log ratio": lambda a, b: _ln(a / b),
}


# ── operations ──────────────────────────────────────────────────────────────────────────────────


def add(figures: Sequence[Figure], *, period: Period | None = None) -> Figure:
    """The sum; periods that adjoin are joined, as months into a half."""
    if not figures:
        raise FigureError("A sum needs at least one figure. Give some.")
    _same_unit(figures)
    formula = " + ".join(f"{{{index}}}" for index in range(len(figures)))
    result = _apply(Derivation("sum", tuple(figures), formula))
    return replace(result, period=period or _joined_period(figures))


def subtract(minuend: Figure, subtrahend: Figure, *, period: Period | None = None) -> Figure:
    """The difference; of two spans that share an end it is what lies between: January–July less first half."""
    _same_unit((minuend, subtrahend))
    result = _apply(Derivation("difference", (minuend, subtrahend), "{0} − {1}"))
    return replace(result, period=period or _difference_period(minuend, subtrahend))


def ratio(numerator: Figure, denominator: Figure, *, measure: str = "ratio") -> Figure:
    """Numerator over denominator, as a bare ratio; both in the same unit and currency."""
    _same_unit((numerator, denominator))
    return _rate(_quotient(numerator, denominator), measure, "ratio")


def share(part: Figure, whole: Figure, *, measure: str = "share") -> Figure:
    """Part over whole, as a fraction; `whole` is the denominator that the share must name."""
    _same_unit((part, whole))
    return _rate(_quotient(part, whole), measure, "fraction")


def share_of_sum(part: Figure, rest: Figure, *, measure: str = "share") -> Figure:
    """Part over part plus rest, as a fraction, with the exact interval."""
    _same_unit((part, rest))
    if part.value == 0 or part.value + rest.value == 0:
        raise FigureError(f"{part.name} as a share of itself and {rest.name} needs two amounts above zero.")
    return _rate(_apply(Derivation("share", (part, rest), "{0} / ({0} + {1})")), measure, "fraction")


def growth(new: Figure, old: Figure, *, measure: str = "growth") -> Figure:
    """New over old less one, as a fraction; the period of `old` is kept as the base."""
    _same_unit((new, old))
    if old.value == 0:
        raise FigureError(f"Growth from zero has no meaning: {old.name} is 0. Choose another base.")
    result = _rate(_apply(Derivation("growth", (new, old), "{0} / {1} − 1")), measure, "fraction")
    return replace(result, base_period=old.period)


def growth_of_share(part: Figure, whole: Figure, *, measure: str = "growth of share") -> Figure:
    """How a share moves when its part grows by `part` and its whole by `whole`: (1 + part) / (1 + whole) − 1."""
    _rates((part, whole))
    derivation = Derivation("growth of shares", (part, whole), "(1 + {0}) / (1 + {1}) − 1")
    return _rate(_apply(derivation), measure, "fraction")


def implied_base(level: Figure, rate: Figure, *, period: Period | None = None) -> Figure:
    """The level that `level` grew from when it grew by `rate`: level / (1 + rate)."""
    _rates((rate,))
    if rate.value == -1:
        raise FigureError(f"{rate.name} is −100 %, from which no base can be computed.")
    span = period or rate.base_period or (level.period.shift_years(-1) if level.period else None)
    return replace(_apply(Derivation("implied base", (level, rate), "{0} / (1 + {1})")), period=span)


def implied_level(base: Figure, rate: Figure, *, period: Period | None = None) -> Figure:
    """The level that `base` reaches when it grows by `rate`: base × (1 + rate)."""
    _rates((rate,))
    result = _apply(Derivation("implied level", (base, rate), "{0} × (1 + {1})"))
    return replace(result, period=period or rate.period)


def convert(amount: Figure, rate: Figure, currency: str) -> Figure:
    """The amount in another currency; `rate` is units of `currency` for one unit of the amount's own."""
    if not amount.currency:
        raise FigureError(f"{amount.name} is not an amount of money, so it cannot be turned into {currency}.")
    return replace(_apply(Derivation("product", (amount, rate), "{0} × {1}")), unit=currency, currency=currency)


def log_ratio(numerator: Figure, denominator: Figure, *, measure: str = "log_ratio") -> Figure:
    """Natural logarithm of numerator over denominator."""
    _same_unit((numerator, denominator))
    if numerator.value <= 0 or denominator.value <= 0:
        raise FigureError(f"{numerator.name} over {denominator.name} has no logarithm. Both must be positive.")
    return _rate(_apply(Derivation("log ratio", (numerator, denominator), "ln({0} / {1})")), measure, "log points")


# ── one result ──────────────────────────────────────────────────────────────────────────────────


def _quotient(numerator: Figure, denominator: Figure) -> Figure:
    if denominator.value == 0:
        raise FigureError(f"{numerator.name} cannot be divided by {denominator.name}, which is 0.")
    return _apply(Derivation("ratio", (numerator, denominator), "{0} / {1}"))


def _rate(figure: Figure, measure: str, unit: str) -> Figure:
    return replace(figure, measure=measure, unit=unit, currency="")


def _apply(derivation: Derivation) -> Figure:
    """The figure that a derivation gives, described like its first input, with the origins of all."""
    inputs = derivation.inputs
    value = _FORMULAS[derivation.operation](*(figure.value for figure in inputs))
    kind = _joint_kind(inputs)
    interval = None if kind == "none" else _range(derivation)
    held = interval.hull(Interval.point(value)) if interval else None
    return replace(
        inputs[0],
        value=value,
        low=held.low if held else None,
        high=held.high if held else None,
        interval_kind=kind if held else "none",
        reporter=_agreed(figure.reporter for figure in inputs),
        vintage=_agreed(figure.vintage for figure in inputs),
        derivation=derivation,
        origins=tuple(dict.fromkeys(key for figure in inputs for key in figure.origins)),
        base_period=None,
        printed="",
        note="",
    )


def _range(derivation: Derivation) -> Interval | None:
    """All values the formula takes over its inputs' intervals; None where it is unbounded."""
    try:
        wide = _FORMULAS[derivation.operation](*(figure.interval for figure in derivation.inputs))
    except FigureError:
        # A rounding interval that reaches zero leaves the quotient unbounded: the value stands alone.
        return None
    corners = _corners(derivation)
    return wide if corners is None else (wide.intersect(corners) or wide)


def _corners(derivation: Derivation) -> Interval | None:
    """The range over the corners of all leaves, where that range is exact; else None."""
    degrees = _evaluate(derivation, lambda leaf: _Degrees({leaf: (1, 0)}))
    leaves = [leaf for leaf in degrees.of if leaf.interval and leaf.interval.width > 0]
    repeated = any(_count(derivation, leaf) > 1 for leaf in leaves)
    if not repeated or len(leaves) > _MOST_CORNERS or any(max(pair) > 1 for pair in degrees.of.values()):
        return None
    ends = [(leaf.interval.low, leaf.interval.high) for leaf in leaves if leaf.interval]
    values = []
    for corner in itertools.product(*ends):
        at = dict(zip(leaves, corner, strict=True))
        values.append(_evaluate(derivation, lambda leaf, at=at: at.get(leaf, leaf.value)))
    return Interval(min(values), max(values)).widen(1e-12 * max(map(abs, values)))


def _evaluate(derivation: Derivation, at: Callable[[Figure], Any]) -> Any:
    arguments = (
        at(figure) if _is_leaf(figure) or figure.derivation is None else _evaluate(figure.derivation, at)
        for figure in derivation.inputs
    )
    return _FORMULAS[derivation.operation](*arguments)


def _is_leaf(figure: Figure) -> bool:
    return figure.derivation is None or figure.derivation.operation not in _FORMULAS


def _count(derivation: Derivation, leaf: Figure) -> int:
    """How often a leaf enters the formula, its own repetitions in a share not counted."""
    return sum(
        int(figure == leaf) if _is_leaf(figure) or figure.derivation is None else _count(figure.derivation, leaf)
        for figure in derivation.inputs
    )


@dataclass(frozen=True)
class _Degrees:
    """Upper bounds for the degree of numerator and denominator in each leaf of a rational formula."""

    of: Mapping[Figure, tuple[int, int]] = field(default_factory=dict)

    def _with(self, other: Any, combine: Callable[[int, int, int, int], tuple[int, int]]) -> _Degrees:
        theirs = other.of if isinstance(other, _Degrees) else {}
        leaves = dict.fromkeys((*self.of, *theirs))
        return _Degrees({leaf: combine(*self.of.get(leaf, (0, 0)), *theirs.get(leaf, (0, 0))) for leaf in leaves})

    def __add__(self, other: Any) -> _Degrees:
        return self._with(other, lambda p, q, r, s: (max(p + s, r + q), q + s))

    def __truediv__(self, other: Any) -> _Degrees:
        return self._with(other, lambda p, q, r, s: (p + s, q + r))

    def __mul__(self, other: Any) -> _Degrees:
        return self._with(other, lambda p, q, r, s: (p + r, q + s))

    def __rtruediv__(self, other: Any) -> _Degrees:
        return _Degrees() / self

    def log(self) -> _Degrees:
        """A logarithm is not rational: mark it as of too high a degree."""
        return _Degrees(dict.fromkeys(self.of, (9, 9)))

    __sub__ = __radd__ = __add__


def _joint_kind(figures: Sequence[Figure]) -> IntervalKind:
    kinds = {figure.interval_kind for figure in figures}
    return next(kind for kind in _STRONGEST_FIRST if kind in kinds)


def _agreed(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(value for value in values if value))


# ── what fits together ──────────────────────────────────────────────────────────────────────────


def _same_unit(figures: Sequence[Figure]) -> None:
    if len({(figure.unit, figure.currency) for figure in figures}) > 1:
        listed = ", ".join(f"{figure.name} in {figure.unit or 'no unit'}" for figure in figures)
        raise FigureError(f"These figures are in different units: {listed}. Convert one of them first.")


def _rates(figures: Sequence[Figure]) -> None:
    for figure in figures:
        if figure.unit != "fraction":
            raise FigureError(f"{figure.name} is in {figure.unit or 'no unit'}, not a growth rate. Give a fraction.")


def _joined_period(figures: Sequence[Figure]) -> Period | None:
    periods = [figure.period for figure in figures if figure.period]
    if not periods or all(period == periods[0] for period in periods):
        return periods[0] if periods else None
    ordered = sorted(periods)
    if len(periods) < len(figures) or not all(a.adjoins(b) for a, b in itertools.pairwise(ordered)):
        listed = ", ".join(period.label for period in periods)
        raise FigureError(f"The periods {listed} neither agree nor adjoin. Say which period the sum stands for.")
    return Period(ordered[0].start, ordered[-1].end)


def _difference_period(minuend: Figure, subtrahend: Figure) -> Period | None:
    if minuend.period is None or subtrahend.period is None or minuend.period == subtrahend.period:
        return minuend.period
    return minuend.period.minus(subtrahend.period)
