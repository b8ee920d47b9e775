"""What an ensemble says: quantiles, how sure a sign or a rank is, and which elasticity drives the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np

from amur.adjoint import Gradient, RealIncome, gradient, gradients
from amur.economy.baseline import FloatArray
from amur.ensemble.work import MEASURES, Measure, Work
from amur.errors import MeasureError

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

TOGETHER = 1 - 1e-9
"""Elasticities whose draws are correlated more than this are one parameter."""

TOLD = 10
"""So many drivers are told."""


@dataclass(frozen=True)
class Driver:
    """One elasticity, or several that are drawn as one, and its part in the spread of an answer.

    `index` is its share of the variance to first order, from the gradient; elasticities that are drawn together share
    what they do together, and all indices sum to one. `by_draws` is the share of the variance of the draws that a
    line in its inverse explains; it is higher for one that moves with others. `slope` is by the inverse elasticity.
    """

    sectors: tuple[str, ...]
    slope: float
    index: float
    by_draws: float


@dataclass(frozen=True)
class Drivers:
    """All drivers of one country's real income, the greatest first, and how much they explain together.

    `explained` is the squared correlation of the draws with the first-order prediction.
    """

    country: str
    drivers: tuple[Driver, ...]
    explained: float

    @property
    def rows(self) -> list[dict[str, object]]:
        """The greatest as plain data."""
        return [{**vars(driver), "sectors": list(driver.sectors)} for driver in self.drivers[:TOLD]]


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Draws of an outcome: `values` [draw, measure, region], NaN where a draw has no equilibrium."""

    work: Work
    values: FloatArray
    reasons: tuple[str, ...]

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions of the economy."""
        return self.work.economy.regions

    @cached_property
    def solved(self) -> FloatArray:
        """`values` of the draws that have an equilibrium."""
        return self.values[[not reason for reason in self.reasons]]

    @property
    def failures(self) -> tuple[tuple[int, str], ...]:
        """Number (from 1) and reason of each draw without an equilibrium."""
        return tuple((number + 1, reason) for number, reason in enumerate(self.reasons) if reason)

    def draws(self, country: str, measure: Measure = "real_income_change") -> FloatArray:
        """Every solved draw of a measure of a country."""
        if measure not in MEASURES:
            raise MeasureError(f"Ensembles keep {', '.join(MEASURES)}, not {measure!r}.")
        if not len(self.solved):
            raise MeasureError(
                f"None of the {len(self.reasons)} draws has an equilibrium. The first: {self.reasons[0]}"
            )
        return self.solved[:, MEASURES.index(measure), self.work.economy.region(country)]

    def joint_draws(self, countries: Sequence[str]) -> FloatArray:
        """Every solved draw of the change of the real income of some countries together, by baseline income."""
        economy = self.work.central.economy
        weight = economy.income[[economy.region(code) for code in countries]]
        return np.stack([self.draws(code) for code in countries], axis=1) @ weight / weight.sum()

    def quantiles(
        self, country: str, measure: Measure = "real_income_change", at: Sequence[float] = QUANTILES
    ) -> tuple[float, ...]:
        """Quantiles of a measure, by linear interpolation between draws."""
        return tuple(float(value) for value in np.quantile(self.draws(country, measure), at))

    def probability_of_loss(self, country: str) -> float:
        """Share of draws in which real income falls."""
        return float((self.draws(country) < 0).mean())

    def probability_hurt_more(self, first: str, second: str) -> float:
        """Share of draws in which the first loses a larger part of its real income than the second."""
        return float((self.draws(first) < self.draws(second)).mean())

    def rank_probabilities(self, countries: Sequence[str]) -> FloatArray:
        """`[country, place]`: share of draws in which a country is the worst, the second worst … of those named."""
        losses = np.stack([self.draws(country) for country in countries])
        ranks = losses.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
        return np.stack([(ranks == place).mean(axis=1) for place in range(len(countries))], axis=1)

    def drivers(self, *countries: str) -> Drivers:
        """Which elasticities the real income of a country, or of several together, hangs on.

        From one gradient, to first order in the inverse of each elasticity, in which the loss from a cut is closest
        to linear; and what the draws say.
        """
        return self._drivers(gradient(self.work.central, RealIncome(countries)))

    def all_drivers(self, countries: Sequence[str]) -> Iterator[Drivers]:
        """The drivers of each country by itself, from one linear solve."""
        targets = tuple(RealIncome((code,)) for code in countries)
        return (self._drivers(slopes) for slopes in gradients(self.work.central, targets))

    def _drivers(self, slopes: Gradient) -> Drivers:
        countries = cast("RealIncome", slopes.target).regions
        slope = -slopes.theta * self.work.central.economy.theta**2
        inverse = self._inverse
        outcome = np.log1p(self.joint_draws(countries))
        prediction = inverse @ slope
        spread = float(prediction.var()) or 1.0
        found = []
        for group in self._groups:
            part = inverse[:, group] @ slope[group]
            shared = float(np.mean((part - part.mean()) * prediction)) / spread
            sectors = tuple(self.work.economy.sectors[k] for k in group)
            found.append(Driver(sectors, float(slope[group].sum()), shared, _fit(inverse[:, group[0]], outcome)))
        ordered = tuple(sorted(found, key=lambda driver: -driver.index))
        return Drivers(" ".join(countries), ordered, _fit(prediction, outcome))

    @cached_property
    def _groups(self) -> list[list[int]]:
        return _groups(self._inverse)

    @property
    def _inverse(self) -> FloatArray:
        """One over each elasticity [draw, sector] less that of the first, for the draws that have an equilibrium.

        So what is not drawn is zero to the last digit, and no rounding can make a driver of it.
        """
        inverse = 1 / self.work.thetas[[not reason for reason in self.reasons]]
        return inverse - inverse[:1]

    def to_dict(self, countries: Sequence[str]) -> dict[str, object]:
        """Plain data for JSON: quantiles, probabilities and drivers of the countries named."""
        ranks = self.rank_probabilities(countries)
        return {
            "count": len(self.reasons),
            "solved": len(self.solved),
            "failures": [{"draw": number, "reason": reason} for number, reason in self.failures],
            "theta_set": self.work.economy.theta_set,
            "interval_kind": "elasticity",
            "countries": [
                {
                    "country": country,
                    "central": float(self.work.central.real_income_hat[self.work.economy.region(country)] - 1),
                    "quantiles": {
                        measure: dict(zip(map(str, QUANTILES), self.quantiles(country, measure), strict=True))
                        for measure in MEASURES
                    },
                    "probability_of_loss": self.probability_of_loss(country),
                    "rank_probabilities": [float(value) for value in row],
                    "drivers": drivers.rows,
                    "drivers_explain": drivers.explained,
                }
                for country, row, drivers in zip(countries, ranks, self.all_drivers(countries), strict=True)
            ],
        }


def _groups(values: FloatArray) -> list[list[int]]:
    """Columns that move as one, together; columns that do not move are left out."""
    moving = [k for k in range(values.shape[1]) if values[:, k].std() > 0]
    groups: list[list[int]] = []
    for column in moving:
        for group in groups:
            if np.corrcoef(values[:, group[0]], values[:, column])[0, 1] > TOGETHER:
                group.append(column)
                break
        else:
            groups.append([column])
    return groups


def _fit(explanation: FloatArray, outcome: FloatArray) -> float:
    """Squared correlation; zero where one of the two does not move."""
    if not np.ptp(explanation) or not np.ptp(outcome):
        return 0.0
    return float(np.corrcoef(explanation, outcome)[0, 1] ** 2)
