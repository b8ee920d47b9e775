"""Figure: a number that carries its interval, unit, period, derivation and origins.

Values are SI: money in units of its currency, rates and shares as fractions, and always nominal
unless `basis` says otherwise. `amur.arithmetic` computes with figures; here they are kept and written.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from amur.errors import FigureError
from amur.intervals import Interval, read_printed
from amur.periods import Period

IntervalKind = Literal["rounding", "sources", "estimate", "elasticity", "none"]

BARE = ("", "ratio", "index", "rank", "partners")
"""Units that are written as a number alone; a rank has no decimals."""

_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


@dataclass(frozen=True)
class Derivation:
    """How a figure was computed: the operation, its inputs, the formula with `{0}`, `{1}` … for them."""

    operation: str
    inputs: tuple[Figure, ...]
    formula: str
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One number with all that a reader may ask about it.

    `subject` is the country whose total is the denominator (or whom the number is about), `object`
    the partner, `flow` is seen from the subject. `low` and `high` are None where `interval_kind` is
    `none`: the value then makes no claim about its own precision.
    """

    measure: str
    subject: str
    object: str = ""
    flow: str = ""
    product: str = "total"
    period: Period | None = None
    value: float = math.nan
    low: float | None = None
    high: float | None = None
    interval_kind: IntervalKind = "none"
    unit: str = ""
    currency: str = ""
    basis: str = ""
    reporter: str = ""
    vintage: str = ""
    derivation: Derivation | None = None
    origins: tuple[str, ...] = ()
    base_period: Period | None = None
    printed: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if (self.interval_kind == "none") != (self.low is None) or (self.low is None) != (self.high is None):
            raise FigureError(
                f"{self.name} has interval kind '{self.interval_kind}' but bounds {self.low} and {self.high}. "
                "Give both bounds and their kind, or neither."
            )
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise FigureError(f"{self.name}: {self.value:g} lies outside its interval [{self.low:g}, {self.high:g}].")

    @property
    def interval(self) -> Interval | None:
        """Its interval, or None where it has none."""
        return None if self.low is None or self.high is None else Interval(self.low, self.high)

    @property
    def name(self) -> str:
        """What it is, in one line: `share total RUS–CHN 2024`."""
        who = f"{self.subject}–{self.object}" if self.object else self.subject
        parts = (
            self.measure,
            self.flow,
            who,
            self.product if self.product != "total" else "",
            str(self.period or ""),
        )
        return " ".join(part for part in parts if part)

    def described(self, template: Figure) -> Figure:
        """The same number under the measure, subject, object, flow, product and basis of `template`."""
        return replace(
            self,
            measure=template.measure,
            subject=template.subject,
            object=template.object,
            flow=template.flow,
            product=template.product,
            basis=template.basis or self.basis,
        )

    def explain(self, write: Callable[[Figure], str] | None = None) -> str:
        """The arithmetic as one would do it on paper, one line a step, inputs indented below."""
        return "\n".join(_steps(self, write or written, 0))

    def to_dict(self) -> dict[str, object]:
        """The JSON shape that every command and page shares."""
        derivation = self.derivation
        return {
            "measure": self.measure,
            "subject": self.subject,
            "object": self.object,
            "flow": self.flow,
            "product": self.product,
            "period": self.period.to_dict() if self.period else None,
            "value": None if math.isnan(self.value) else self.value,
            "low": _finite(self.low),
            "high": _finite(self.high),
            "interval_kind": self.interval_kind,
            "unit": self.unit,
            "currency": self.currency,
            "basis": self.basis,
            "reporter": self.reporter,
            "vintage": self.vintage,
            "base_period": self.base_period.to_dict() if self.base_period else None,
            "printed": self.printed,
            "note": self.note,
            "derivation": None
            if derivation is None
            else {
                "operation": derivation.operation,
                "formula": derivation.formula,
                "arithmetic": self.explain().splitlines()[0],
                "note": derivation.note,
                "inputs": [figure.to_dict() for figure in derivation.inputs],
            },
            "origins": list(self.origins),
        }


def with_interval(figure: Figure, interval: Interval, kind: IntervalKind) -> Figure:
    """The figure with another interval; the interval is stretched to hold the value."""
    held = interval.hull(Interval.point(figure.value))
    return replace(figure, low=held.low, high=held.high, interval_kind=kind)


def printed(template: Figure, text: str, *, scale: float = 1.0) -> Figure:
    """`template` with the value of a printed number; its interval is half a unit of the last digit."""
    value, _ = read_printed(text)
    interval = Interval.of_printed(text, scale=scale)
    return with_interval(replace(template, value=float(value) * scale, printed=text), interval, "rounding")


# ── on paper ────────────────────────────────────────────────────────────────────────────────────


def written(figure: Figure) -> str:
    """The value in plain English with as many digits as its interval warrants: `19.3 billion USD`."""
    return _with_unit(figure, significant(figure, figure.value))


def significant(figure: Figure, number: float) -> str:
    """A number in the figure's own scale, with the digits that the figure's interval warrants."""
    factor, _ = display_scale(figure)
    return f"{number / factor:,.{display_digits(figure)}f}".replace("-", "−")


def written_interval(figure: Figure) -> str:
    """Its interval in the scale of the value, `[19.27, 19.37]`; empty where it has none."""
    if not figure.interval:
        return ""
    factor, _ = display_scale(figure)
    # The half unit behind a printed digit needs one digit more than the value itself.
    digits = display_digits(figure) + bool(figure.printed)
    ends = (figure.interval.low / factor, figure.interval.high / factor)
    return "[" + ", ".join(f"{end:,.{digits}f}".replace("-", "−") for end in ends) + "]"


def display_scale(figure: Figure) -> tuple[float, str]:
    """The factor and word to show a figure in: (1e9, "billion") for large amounts, (0.01, "%") for fractions."""
    if figure.unit == "fraction":
        return 0.01, "%"
    if figure.unit in (*BARE[1:], "log points"):
        return 1.0, ""
    return next(((factor, word) for factor, word in _SCALES if abs(figure.value) >= factor), (1.0, ""))


def display_digits(figure: Figure) -> int:
    """Decimals to show: the printed ones, else those that the interval warrants, else three significant digits."""
    factor, _ = display_scale(figure)
    if figure.unit == "rank":
        return 0
    if figure.printed:
        return max(0, -int(read_printed(figure.printed)[0].as_tuple().exponent))
    width = figure.interval.width / factor if figure.interval else 0.0
    if 0 < width < math.inf:
        # Outward rounding must not make a width of one tenth look wider than that.
        warranted = 1 + math.ceil(-math.log10(width) - 1e-6)
        return min(_digits_of_size(figure, 4), max(0, warranted))
    return _digits_of_size(figure, 3)


def _digits_of_size(figure: Figure, significant_digits: int) -> int:
    """Decimals that show a value with so many significant digits, at most six."""
    size = abs(figure.value / display_scale(figure)[0])
    if size == 0 or not math.isfinite(size):
        return 0
    return min(6, max(0, significant_digits - 1 - math.floor(math.log10(size))))


def _with_unit(figure: Figure, number: str) -> str:
    _, word = display_scale(figure)
    unit = "" if figure.unit in ("fraction", *BARE) else figure.unit
    return " ".join(part for part in (number, word, unit) if part)


def _steps(figure: Figure, write: Callable[[Figure], str], depth: int) -> list[str]:
    indent, derivation = "  " * depth, figure.derivation
    bounds = f" {written_interval(figure)}" if figure.interval else ""
    if derivation is None:
        source = f", {figure.reporter}" if figure.reporter else ""
        return [f"{indent}{figure.name}: {write(figure)}{bounds}{source}"]
    sides = [write(item) for item in derivation.inputs]
    lines = [f"{indent}{figure.name} = {derivation.formula.format(*sides)} = {write(figure)}{bounds}"]
    if derivation.note:
        lines.append(f"{indent}  ({derivation.note})")
    for item in derivation.inputs:
        lines += _steps(item, write, depth + 1)
    return lines


def _finite(value: float | None) -> float | None:
    """Infinite ends are written as null: JSON has no infinity."""
    return value if value is not None and math.isfinite(value) else None
