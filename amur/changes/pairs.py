"""Pair: whose trade is to be explained, from when to when; and the levels at both ends from one source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from amur.arithmetic import subtract
from amur.figures import Figure
from amur.indicators import Query, answers
from amur.periods import Period

Flow = Literal["exports", "imports", "total"]

MODEL = "oecd-icio"

MIRRORED: dict[str, Flow] = {"exports": "imports", "imports": "exports", "total": "total"}
MEASURES = {"total": "turnover", "exports": "exports", "imports": "imports"}


@dataclass(frozen=True)
class Pair:
    """What is asked: the flow between `a` and `b` seen from `a`, before and after."""

    a: str
    b: str
    flow: Flow
    before: Period
    after: Period
    data: str | Path | None

    def directions(self) -> tuple[tuple[str, str, Flow], ...]:
        """(exporter, importer, flow as `a` calls it) of every direction that the flow holds."""
        both: tuple[tuple[str, str, Flow], ...] = ((self.a, self.b, "exports"), (self.b, self.a, "imports"))
        return tuple(item for item in both if self.flow in ("total", item[2]))


def level_change(pair: Pair, flow: Flow, a: str, b: str) -> Figure | None:
    """The change of a level, both ends from the preferred source that has both."""
    return change_of(MEASURES[flow], pair, a, b, Query(flow=flow, data=pair.data))


def change_of(measure: str, pair: Pair, a: str, b: str, query: Query) -> Figure | None:
    both = both_ends(measure, pair, a, b, query)
    return None if both is None else subtract(both[1], both[0], period=pair.after)


def both_ends(measure: str, pair: Pair, a: str, b: str, query: Query) -> tuple[Figure, Figure] | None:
    """The measure before and after from the preferred source that has both; observed figures before the model's."""
    sides = [answers(measure, a, b, replace(query, period=period)).figures for period in (pair.before, pair.after)]
    matched = [(earlier, later) for later in sides[1] for earlier in sides[0] if _alike(earlier, later)]
    return min(matched, key=lambda both: MODEL in both[1].origins, default=None)


def _alike(one: Figure, other: Figure) -> bool:
    """Whether two figures are of one source and one scope, so that their difference is a change."""
    scope = (one.reporter, one.currency, one.product) == (other.reporter, other.currency, other.product)
    return scope and (bool(one.reporter) or one.origins == other.origins)


def amount(pair: Pair, cause: str, value: float, flow: str, like: Figure | None) -> Figure:
    """An amount without an interval of its own, with the sources of the figure that it was taken from."""
    return Figure(
        measure=f"explain_{cause}",
        subject=pair.a,
        object=pair.b,
        flow=flow,
        period=pair.after,
        base_period=pair.before,
        value=value,
        unit=like.unit if like else "USD",
        currency=like.currency if like else "USD",
        reporter=like.reporter if like else "",
        origins=like.origins if like else (),
    )
