"""Small slips that writers make, each as an edit of one figure: its base, period, flow, digits, sign or scale.

The same list serves two searches: under which reading would the data bear a claim out, and which is
the smallest change that lets several claims hold together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from amur.figures import Figure, with_interval
from amur.intervals import Interval, read_printed

EditKind = Literal[
    "values",
    "roles",
    "digits",
    "sign",
    "scale",
    "base",
    "period",
    "flow",
    "currency",
    "rate",
    "unit",
    "concept",
    "withdraw",
]

# What an edit costs: one slip of the pen each, except to take back a claim or to say that it speaks of another thing.
COST: dict[EditKind, int] = {
    "values": 1,
    "roles": 1,
    "digits": 1,
    "sign": 1,
    "scale": 1,
    "base": 1,
    "period": 1,
    "flow": 1,
    "currency": 1,
    "rate": 1,
    "unit": 1,
    "concept": 2,
    "withdraw": 3,
}

_FLOWS = ("exports", "imports", "total")
_SCALES = (1e3, 1e-3, 1e6, 1e-6, 10.0, 0.1)
# How many years back or forth a base or a period may have slipped, the nearest first.
_NEAR_BASES = (-1, 1, -2, 2, -3)
_NEAR_YEARS = (-1, 1)


@dataclass(frozen=True)
class Edit:
    """One change: what kind, the figure after it, and the two values of what changed, as data."""

    kind: EditKind
    figure: Figure
    before: object = ""
    after: object = ""

    @property
    def cost(self) -> int:
        """How large the slip is."""
        return COST[self.kind]


def edits(figure: Figure, *, relation: str) -> Iterator[Edit]:
    """Every small edit of a figure that states a `relation`, the likelier slips first."""
    if relation in ("level", "growth", "share", "change") and figure.object:
        yield from _roles(figure)
        yield from _flows(figure)
    if relation in ("growth", "change", "share change"):
        yield from _bases(figure)
        yield from _sign(figure)
    yield from _periods(figure)
    yield from _digits(figure)
    if relation in ("level", "change"):
        yield from _scales(figure)


def _roles(figure: Figure) -> Iterator[Edit]:
    """Subject and object exchanged: what A sells to B for what B sells to A."""
    swapped = replace(figure, subject=figure.object, object=figure.subject)
    if figure.flow in ("total", "") and figure.unit != "fraction":
        return
    yield Edit("roles", swapped, (figure.subject, figure.object), (figure.object, figure.subject))


def _flows(figure: Figure) -> Iterator[Edit]:
    for flow in _FLOWS:
        if figure.flow in _FLOWS and flow != figure.flow:
            yield Edit("flow", replace(figure, flow=flow), figure.flow, flow)


def _bases(figure: Figure) -> Iterator[Edit]:
    if figure.period is None:
        return
    base = figure.base_period or figure.period.shift_years(-1)
    seen = {base}
    whole_year = type(figure.period).of_year(base.start.year)
    candidates = [whole_year, figure.period.previous(), *(base.shift_years(step) for step in _NEAR_BASES)]
    if base != whole_year:
        candidates += [whole_year.shift_years(step) for step in _NEAR_BASES]
    for other in candidates:
        if other not in seen and other.end < figure.period.end and not other.contains(figure.period):
            seen.add(other)
            yield Edit("base", replace(figure, base_period=other), base, other)


def _sign(figure: Figure) -> Iterator[Edit]:
    if figure.value:
        yield Edit("sign", scaled(figure, -1.0), figure.value, -figure.value)


def _periods(figure: Figure) -> Iterator[Edit]:
    if figure.period is None:
        return
    for step in _NEAR_YEARS:
        moved = figure.period.shift_years(step)
        base = figure.base_period.shift_years(step) if figure.base_period else None
        yield Edit("period", replace(figure, period=moved, base_period=base), figure.period, moved)


def _digits(figure: Figure) -> Iterator[Edit]:
    """Two neighbouring digits exchanged in the printed number."""
    for text in transposed(figure.printed):
        yield Edit("digits", reprinted(figure, text), figure.printed, text)


def _scales(figure: Figure) -> Iterator[Edit]:
    for factor in _SCALES:
        yield Edit("scale", scaled(figure, factor), 1.0, factor)


def transposed(printed: str) -> tuple[str, ...]:
    """The numbers that exchanging two neighbouring digits of a printed one gives: 254 gives 524 and 245."""
    places = [index for index, character in enumerate(printed) if character.isdigit()]
    found = []
    for first, second in itertools.pairwise(places):
        characters = list(printed)
        characters[first], characters[second] = characters[second], characters[first]
        text = "".join(characters)
        leading_zero = text.lstrip("-−").startswith("0") and not printed.lstrip("-−").startswith("0")
        if text != printed and not leading_zero and text not in found:
            found.append(text)
    return tuple(found)


def reprinted(figure: Figure, text: str) -> Figure:
    """The figure as if `text` had been printed: value and interval move with it in the same scale."""
    old, new = (float(read_printed(item)[0]) for item in (figure.printed, text))
    if not old:
        return figure
    scale = figure.value / old
    shift = (new - old) * scale
    moved = replace(figure, value=figure.value + shift, printed=text, low=None, high=None, interval_kind="none")
    held = figure.interval
    if held is None:
        return moved
    return with_interval(moved, Interval(held.low + shift, held.high + shift), figure.interval_kind)


def scaled(figure: Figure, factor: float) -> Figure:
    """The figure times a number; a negative one turns the interval over."""
    moved = replace(figure, value=figure.value * factor, low=None, high=None, interval_kind="none")
    held = figure.interval
    return moved if held is None else with_interval(moved, held * factor, figure.interval_kind)
