"""Interval: a closed span of numbers, rounded outwards so that the true value stays inside."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from amur.errors import FigureError


@dataclass(frozen=True)
class Interval:
    """A closed interval from `low` to `high`; either end may be infinite."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise FigureError(f"[{self.low}, {self.high}] is not an interval. Put the smaller number first.")

    @classmethod
    def point(cls, value: float) -> Interval:
        """The interval that holds one value only."""
        return cls(value, value)

    @classmethod
    def of_printed(cls, text: str, *, scale: float = 1.0) -> Interval:
        """What a printed number may stand for: half a unit of its last digit to either side."""
        value, half = read_printed(text)
        return cls(_down(float(value - half) * scale), _up(float(value + half) * scale))

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low

    def contains(self, value: float) -> bool:
        """Whether `value` lies in it, ends included."""
        return self.low <= value <= self.high

    def overlaps(self, other: Interval) -> bool:
        """Whether the two share a point."""
        return self.low <= other.high and other.low <= self.high

    def intersect(self, other: Interval) -> Interval | None:
        """What the two share; None where they are apart."""
        if not self.overlaps(other):
            return None
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def widen(self, margin: float) -> Interval:
        """The same with `margin` added at either end."""
        return Interval(_down(self.low - margin), _up(self.high + margin))

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        return Interval(_down(self.low + other.low), _up(self.high + other.high))

    def __sub__(self, other: Interval | float) -> Interval:
        return self + -_interval(other)

    def __mul__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        return _hull_of(_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high))

    def __truediv__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        if other.low <= 0 <= other.high:
            raise FigureError(f"Cannot divide by [{other.low:g}, {other.high:g}], which holds zero.")
        return self * _hull_of((1 / other.low, 1 / other.high))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Interval:
        return _interval(other) - self

    def __rtruediv__(self, other: float) -> Interval:
        return _interval(other) / self

    def log(self) -> Interval:
        """The natural logarithm; both ends must be positive."""
        if self.low <= 0:
            raise FigureError(f"[{self.low:g}, {self.high:g}] has no logarithm, since it reaches zero or below.")
        return _hull_of((math.log(self.low), math.log(self.high)))


def read_printed(text: str) -> tuple[Decimal, Decimal]:
    """The value of a printed number such as `240.1`, and half a unit of its last digit."""
    try:
        value = Decimal(text.strip().replace("−", "-"))
    except InvalidOperation as error:
        raise FigureError(
            f"'{text}' is not a number as printed. Write it with a decimal point, such as 240.1."
        ) from error
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise FigureError(f"'{text}' is not a finite number. Write it with digits, such as 240.1.")
    return value, Decimal(5).scaleb(min(exponent, 0) - 1)


def _interval(value: Interval | float) -> Interval:
    return value if isinstance(value, Interval) else Interval.point(float(value))


def _hull_of(values: Iterable[float]) -> Interval:
    numbers = tuple(values)
    return Interval(_down(min(numbers)), _up(max(numbers)))


def _times(a: float, b: float) -> float:
    """Product in which zero times infinity is zero, as bounds need it."""
    return 0.0 if a == 0 or b == 0 else a * b


def _down(value: float) -> float:
    return math.nextafter(value, -math.inf) if math.isfinite(value) else value


def _up(value: float) -> float:
    return math.nextafter(value, math.inf) if math.isfinite(value) else value
