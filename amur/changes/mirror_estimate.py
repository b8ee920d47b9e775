"""Mirror estimate: the imports of a country that no longer reports, from what its partners say they sent.

`M̂ = Σ partners' exports × (1 + freight) / coverage` (own derivation, in the spirit of CEPII's BACI).
Coverage is the share of the partners that still report in the country's own imports while it reported;
freight covers insurance, freight and lasting disagreement. The interval comes from leaving out one of
those years at a time: how wrong the method was where the truth is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from amur.changes.problems import Problem, found, problem
from amur.errors import MeasureError
from amur.intervals import Interval

Reports = Mapping[int, Mapping[str, float]]

_FEWEST_YEARS = 3


@dataclass(frozen=True)
class MirrorEstimate:
    """An estimate of unreported imports in the currency of the reports; it never replaces a reported figure.

    `coverage` and `freight` are fractions; `errors` are the log errors of the left-out years; `silent`
    are partners that reported in the base years and do not now.
    """

    year: int
    partners_sum: float
    value: float
    interval: Interval
    coverage: float
    freight: float
    errors: dict[int, float]
    partners: tuple[str, ...]
    silent: tuple[str, ...]
    problems: tuple[Problem, ...]


def mirror_estimate(partner_reports: Reports, own_reports: Reports, *, year: int) -> MirrorEstimate:
    """Estimate the imports of `year` from partners' exports, `{year: {partner: value}}` both.

    Base years are those in which both sides reported. Partners that report in `year` and in every base
    year carry the estimate; those that joined later or skipped a year are counted and left out.
    """
    now = partner_reports.get(year)
    if not now:
        raise MeasureError(f"No partner reports exports in {year}. Choose a year that some report.")
    base = sorted(set(partner_reports) & set(own_reports) - {year})
    if len(base) < _FEWEST_YEARS:
        raise MeasureError(
            f"An interval needs {_FEWEST_YEARS} years in which both sides reported; there are {len(base)} ({base})."
        )
    steady = sorted(name for name in now if all(partner_reports[y].get(name, 0) > 0 for y in base))
    if not steady:
        raise MeasureError(f"No partner that reports in {year} reported in all of {base}. Choose fewer base years.")
    # The years after: they only ever widen what is known, so partners new since the base are named, not used.
    unused = sorted(set(now) - set(steady))
    silent = sorted({name for y in base for name in partner_reports[y]} - set(now))
    factors = {y: _factors(partner_reports[y], own_reports[y], steady) for y in base}
    errors = {}
    for left_out in base:
        others = [factors[y] for y in base if y != left_out]
        sent = sum(partner_reports[left_out][name] for name in steady)
        errors[left_out] = math.log(_estimate(sent, others) / sum(own_reports[left_out].values()))
    partners_sum = float(sum(now[name] for name in steady))
    value = _estimate(partners_sum, list(factors.values()))
    spread = np.array(list(errors.values()))
    half = float(stdtrit(len(spread) - 1, 0.975)) * float(spread.std(ddof=1)) * math.sqrt(1 + 1 / len(spread))
    share = sum(now[name] for name in unused) / sum(now.values())
    return MirrorEstimate(
        year=year,
        partners_sum=partners_sum,
        value=value,
        interval=Interval(value * math.exp(-half), value * math.exp(half)),
        coverage=_geometric(item[0] for item in factors.values()),
        freight=_geometric(item[1] for item in factors.values()) - 1,
        errors=errors,
        partners=tuple(steady),
        silent=tuple(silent),
        problems=found(problem("incomplete", unused, float(share))),
    )


def _factors(sent: Mapping[str, float], received: Mapping[str, float], steady: list[str]) -> tuple[float, float]:
    """Coverage, and one plus freight, of one year in which both sides reported."""
    known = sum(received.get(name, 0.0) for name in steady)
    total = sum(received.values())
    if known <= 0:
        raise MeasureError("The country reported no imports from the partners that still report. Check the names.")
    return known / total, known / sum(sent[name] for name in steady)


def _estimate(sent: float, factors: list[tuple[float, float]]) -> float:
    return sent * _geometric(item[1] for item in factors) / _geometric(item[0] for item in factors)


def _geometric(values: Iterable[float]) -> float:
    numbers = list(values)
    return math.exp(sum(math.log(value) for value in numbers) / len(numbers))
