"""What published levels and growth rates say about a pair, and what they imply for other periods.

Published levels are spans of time with an amount: a year, a half, January to July, one month. A period
that was not published is put together from spans that were: July is January–July less the first half.
Spans are edges between the first days of periods, and the shortest path from the start of the wanted
period to the day after its end, taken forwards (added) or backwards (taken away), is the derivation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from amur import arithmetic
from amur.figures import Figure
from amur.indicators.values import MIRRORED
from amur.periods import Period

MOST_SPANS = 4
"""Published spans in one derivation; each adds its rounding, so longer ones say little."""

LEVELS: Mapping[str, str] = {"total": "turnover", "exports": "exports", "imports": "imports", "balance": "balance"}
"""The measure that holds the level of a flow."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """Levels and growth rates that were published for one pair, all as seen from its subject.

    `levels` and `rates` are figures with measure `turnover`, `exports`, `imports` or `growth`, in one
    currency; `doubtful` names those that contradict their own parts: they are shown, never built upon.
    """

    levels: tuple[Figure, ...] = ()
    rates: tuple[Figure, ...] = ()
    doubtful: frozenset[Figure] = field(default_factory=frozenset)

    # ── levels ──────────────────────────────────────────────────────────────────────────────────

    def published_levels(self, flow: str, period: Period) -> list[Figure]:
        """Levels printed for just this flow and period, sound ones first, then the more precise."""
        found = [figure for figure in self.levels if figure.flow == flow and figure.period == period]
        return sorted(found, key=lambda figure: (figure in self.doubtful, _width(figure)))

    def implied_levels(self, flow: str, period: Period) -> list[Figure]:
        """Levels that other published figures imply, each way of deriving it once.

        Ways: spans of time added and taken away, and one flow from the two others, the more precise first; then
        the level of a year later over its published growth, which is the base that the publisher compared with
        and so includes revisions.
        """
        at_the_time = (self._over_time(flow, period), self._from_other_flows(flow, period))
        found = sorted((figure for figure in at_the_time if figure is not None), key=_width)
        revised = self._from_growth(flow, period)
        return [*found, revised] if revised else found

    def level(self, flow: str, period: Period) -> Figure | None:
        """The best level there is: printed, else implied; None where there is none."""
        sound = [figure for figure in self.published_levels(flow, period) if figure not in self.doubtful]
        return next(iter((*sound, *self.implied_levels(flow, period))), None)

    def _over_time(self, flow: str, period: Period) -> Figure | None:
        paths = shortest_paths((span for span in self._spans(flow) if span.period != period), period)
        sums = [_summed(path, period) for path in paths]
        return min(sums, key=_width, default=None)

    def _from_other_flows(self, flow: str, period: Period) -> Figure | None:
        def known(name: str) -> Figure | None:
            printed = [figure for figure in self.published_levels(name, period) if figure not in self.doubtful]
            return printed[0] if printed else self._over_time(name, period)

        pairs: Mapping[str, tuple[str, str, Callable[[Figure, Figure], Figure]]] = {
            "total": ("exports", "imports", lambda a, b: arithmetic.add((a, b))),
            "exports": ("total", "imports", arithmetic.subtract),
            "imports": ("total", "exports", arithmetic.subtract),
            "balance": ("exports", "imports", arithmetic.subtract),
        }
        first, second, combine = pairs[flow]
        parts = known(first), known(second)
        if flow == "balance":
            parts = (
                parts[0] or self._from_other_flows("exports", period),
                parts[1] or self._from_other_flows("imports", period),
            )
        if parts[0] is None or parts[1] is None:
            return None
        return _as_level(combine(parts[0], parts[1]), flow)

    def _from_growth(self, flow: str, period: Period) -> Figure | None:
        later = period.shift_years(1)
        rates = [rate for rate in self.published_rates(flow, later, period) if rate not in self.doubtful]
        levels = [level for level in self.published_levels(flow, later) if level not in self.doubtful]
        if not rates or not levels:
            return None
        return arithmetic.implied_base(levels[0], rates[0], period=period)

    def _spans(self, flow: str) -> tuple[Figure, ...]:
        return self._spans_by_flow.get(flow, ())

    @cached_property
    def _spans_by_flow(self) -> dict[str, tuple[Figure, ...]]:
        """Sound levels by flow, the most precise of each period only."""
        best: dict[tuple[str, Period], Figure] = {}
        for figure in self.levels:
            if figure.period is None or figure in self.doubtful:
                continue
            key = figure.flow, figure.period
            if key not in best or _width(figure) < _width(best[key]):
                best[key] = figure
        spans: dict[str, tuple[Figure, ...]] = {}
        for (flow, _), figure in best.items():
            spans[flow] = (*spans.get(flow, ()), figure)
        return spans

    # ── growth ──────────────────────────────────────────────────────────────────────────────────

    def published_rates(self, flow: str, period: Period, base: Period) -> list[Figure]:
        """Growth printed for just this flow, period and base, the more precise first."""
        found = [rate for rate in self.rates if (rate.flow, rate.period, rate.base_period) == (flow, period, base)]
        return sorted(found, key=_width)

    def implied_rate(self, flow: str, period: Period) -> Figure | None:
        """Growth on the year before that published levels *and* rates of longer spans imply for a part of them.

        July against July: the new level is a difference of two published spans, the old level the difference
        of the bases that their published growth rates compare with.
        """
        longer = [span for span in self._spans(flow) if span.period != period]
        bases = {span: arithmetic.implied_base(span, rate) for span in longer if (rate := self._rate_of(span))}
        before, candidates = period.shift_years(-1), []
        for path in shortest_paths(bases, period):
            old = _summed([(sign, bases[span]) for sign, span in path], before)
            candidates.append(arithmetic.growth(_summed(path, period), old))
        return min(candidates, key=_width, default=None)

    def computed_rate(self, flow: str, period: Period, base: Period) -> Figure | None:
        """Growth from the published or implied level of the base to that of the period."""
        new, old = self.level(flow, period), self.level(flow, base)
        if new is None or old is None or old.value == 0:
            return None
        return arithmetic.growth(new, old)

    def _rate_of(self, level: Figure) -> Figure | None:
        if level.period is None:
            return None
        rates = self.published_rates(level.flow, level.period, level.period.shift_years(-1))
        return next((rate for rate in rates if rate not in self.doubtful), None)

    # ── what there is ───────────────────────────────────────────────────────────────────────────

    def periods(self, flow: str) -> tuple[Period, ...]:
        """Periods with a printed level of the flow, in order."""
        return tuple(sorted({figure.period for figure in self.levels if figure.flow == flow and figure.period}))

    def latest(self, flow: str) -> Period | None:
        """The newest period with a printed level: the one that ends last, the longest of those."""
        return max(self.periods(flow), key=lambda period: (period.end, period.days), default=None)


# ── paths ───────────────────────────────────────────────────────────────────────────────────────


Step = tuple[int, Figure]
"""A span that is added (+1) or taken away (−1)."""


def shortest_paths(spans: Iterable[Figure], period: Period, *, most: int = MOST_SPANS) -> list[list[Step]]:
    """All ways to put the period together from the fewest published spans; none where it takes more than `most`."""
    edges: dict[date, list[tuple[date, Step]]] = {}
    for span in spans:
        if span.period is not None:
            first, after = span.period.start, span.period.end + _DAY
            edges.setdefault(first, []).append((after, (1, span)))
            edges.setdefault(after, []).append((first, (-1, span)))
    goal = period.end + _DAY
    frontier: list[tuple[date, list[Step]]] = [(period.start, [])]
    seen = {period.start}
    for _ in range(most):
        frontier = [(to, [*path, step]) for at, path in frontier for to, step in edges.get(at, ()) if to not in seen]
        if done := [path for at, path in frontier if at == goal]:
            return done
        seen |= {at for at, _ in frontier}
    return []


def _summed(path: Sequence[Step], period: Period) -> Figure:
    """Spans added less spans taken away, as one figure for the period."""
    plus = sorted((span for sign, span in path if sign == 1), key=_start)
    minus = sorted((span for sign, span in path if sign == -1), key=_start)
    added = plus[0] if len(plus) == 1 else arithmetic.add(plus, period=_hull(plus))
    if not minus:
        return replace(added, period=period)
    taken = minus[0] if len(minus) == 1 else arithmetic.add(minus, period=_hull(minus))
    return arithmetic.subtract(added, taken, period=period)


def _hull(figures: Sequence[Figure]) -> Period | None:
    periods = [figure.period for figure in figures if figure.period]
    return Period(min(item.start for item in periods), max(item.end for item in periods)) if periods else None


def _start(figure: Figure) -> date:
    return figure.period.start if figure.period else date.min


def _width(figure: Figure) -> float:
    return figure.interval.width if figure.interval else float("inf")


def _as_level(figure: Figure, flow: str) -> Figure:
    return replace(figure, flow=flow, measure=LEVELS[flow])


# ── agreement ───────────────────────────────────────────────────────────────────────────────────


def disagreements(figures: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    """Pairs of a printed and an implied figure for the same thing whose intervals share no value."""
    printed = [figure for figure in figures if figure.printed]
    implied = [figure for figure in figures if not figure.printed and figure.derivation]
    for left in printed:
        for right in implied:
            if left.interval and right.interval and not left.interval.overlaps(right.interval):
                yield left, right


def turned(figure: Figure) -> Figure:
    """The same flow as seen by the other country: A's imports from B are B's exports to A."""
    flow = MIRRORED[figure.flow]
    measure = MIRRORED.get(figure.measure, figure.measure)
    return replace(figure, subject=figure.object, object=figure.subject, flow=flow, measure=measure)
