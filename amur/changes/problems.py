"""Problem: what is wrong with given data, named and counted; nothing is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "value_missing",
    "value_negative",
    "value_zero",
    "quantity_missing",
    "quantity_zero",
    "quantity_not_comparable",
    "mixed_units",
    "outlier",
    "gap",
    "incomplete",
    "too_small",
    "counted_elsewhere",
    "refused",
    "empty_list",
]

_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """One kind of defect: how often it occurs, examples of where, and what share of the value it touches.

    `value_share` is a fraction of the value under study, None where it has no meaning.
    """

    kind: ProblemKind
    count: int
    examples: tuple[str, ...]
    value_share: float | None = None

    def to_dict(self) -> dict[str, object]:
        """JSON shape."""
        return {
            "kind": self.kind,
            "count": self.count,
            "examples": list(self.examples),
            "value_share": self.value_share,
        }


def problem(kind: ProblemKind, where: Iterable[object], value_share: float | None = None) -> Problem:
    """A problem from the places where it occurs; the first five are kept as examples."""
    places = [str(item) for item in where]
    return Problem(kind, len(places), tuple(places[:_SHOWN]), value_share)


def found(*problems: Problem) -> tuple[Problem, ...]:
    """Those that occur at all."""
    return tuple(item for item in problems if item.count)
