"""Pair: whose trade is to be explained, from when to when; and the levels at both ends from one source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from amur.arithmetic import subtract
from amur.changes.reported_shares import REPORTER, share_figure
from amur.figures import Figure
from amur.indicators import Query, answers
from amur.indicators.question import Flow
from amur.periods import Period

MODEL = "oecd-icio"

MIRRORED: dict[str, Flow] = {"exports": "imports", "imports": "exports", "total": "total"}
FLOWS: tuple[Flow, ...] = ("total", "exports", "imports")
MEASURES: dict[Flow, str] = {"total": "turnover", "exports": "exports", "imports": "imports"}


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


def level_change(pair: Pair, flow: Flow, *, like: Figure | None = None) -> Figure | None:
    """The change of a level, both ends from the preferred source that has both, or from that of `like`."""
    both = both_ends(MEASURES[flow], pair, pair.a, pair.b, Query(flow=flow, data=pair.data), like=like)
    return None if both is None else difference(pair, *both)


def difference(pair: Pair, before: Figure, after: Figure) -> Figure:
    """After less before, as a figure of the later period with the earlier as its base."""
    return replace(subtract(after, before, period=pair.after), base_period=pair.before)


def both_ends(
    measure: str, pair: Pair, a: str, b: str, query: Query, *, like: Figure | None = None
) -> tuple[Figure, Figure] | None:
    """The measure before and after from the preferred source that has both; observed figures before the model's.

    With `like`, only the reporter of that figure will do, and of its tables the same one first.
    """
    sides = [answers(measure, a, b, replace(query, period=period)).figures for period in (pair.before, pair.after)]
    matched = [(earlier, later) for later in sides[1] for earlier in sides[0] if _alike(earlier, later)]
    if like is not None:
        matched = [both for both in matched if both[1].reporter == like.reporter]
    same = set(like.origins) if like else set()
    return min(matched, key=lambda both: (MODEL in both[1].origins, not same & set(both[1].origins)), default=None)


def share_ends(
    pair: Pair, subject: str, other: str, *, flow: Flow, like: Figure | None = None
) -> tuple[Figure, Figure] | None:
    """The other's share in the subject's flow before and after, each with its part and whole.

    The subject's own report of all its partners comes first, since no model stands between. With `like`, only
    its source will do.
    """
    if flow == "exports" and pair.data is None and (like is None or like.reporter == REPORTER):
        before, after = (share_figure(subject, other, period) for period in (pair.before, pair.after))
        if before and after:
            return before, after
    return both_ends("share", pair, subject, other, Query(flow=flow, data=pair.data), like=like)


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
