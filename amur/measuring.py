"""Every measure by its name: those of flows and published figures, and the closed forms of a cut tie."""

from __future__ import annotations

from amur import cutoff
from amur.figures import Figure
from amur.indicators import Measure, Query, registry


def measures() -> tuple[Measure, ...]:
    """All measures, in the order in which they are explained."""
    return (*registry.measures(), *cutoff.MEASURES)


def find_measure(name: str) -> Measure:
    """The measure of a name. Raises MeasureError with the nearest names on a miss."""
    return registry.find_measure(name, measures())


def measure(name: str, a: str, b: str = "", query: Query | None = None) -> tuple[Figure, ...]:
    """The figures of a measure for two places, the preferred source first; see `amur.indicators.measure`.

    `a` is the subject, whose total is the denominator; `b` its partner, which measures of one country do without.
    """
    return registry.measure(find_measure(name), a, b, query)
