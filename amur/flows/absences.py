"""Holes: countries whose missing partners weigh too much for their totals, shares and ranks to mean anything.

A pair that is absent from a bilateral file is either a true zero (Tonga and Mongolia) or a report that is
missing (Korea and Viet Nam). The file cannot tell, but size can: two large traders do not trade nothing. So
each pair without a flow in either direction is weighed by the trade expected of it, the product of the two
countries' total trade over the world's, all from the file itself. Expectations below a millionth of world
trade do not count: true zeros are common there. A country is refused where the absent pairs make up more than
a twentieth of what is expected of all its pairs.

Why a size product, and not distance as well: the rule must work on any file a user brings, and only needs to
tell a hole from a zero, a difference of an order of magnitude. Distance would lower the weight of far pairs
and with it the weight of a hole that lies far away. Why total trade, and not exports times imports: in a file
of one reporter every partner has a single flow, and only its total shows that it is large and so that its
other flows are missing. Why a twentieth: missing that much moves a share by as much as the rounding of two
printed digits; and in the one bundled file with a known hole, the large countries inside lose 0.08 and more, those
outside less than 0.03. The totals of a country in a hole are too small themselves, so its weight is if anything
understated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import narwhals as nw
import numpy as np

from amur import codes
from amur.errors import NoDataError
from amur.flows.table import Frame

# Expected trade that counts, as a share of all trade in the period; and the weight of absences that is too much.
NEGLIGIBLE = 1e-6
TOO_MUCH = 0.05


@dataclass(frozen=True)
class Hole:
    """A country of which too much is missing in a period of a bilateral file.

    `weight` is the share of its expected trade that falls on absent pairs; `missing` are its absent
    partners that weigh most, the heaviest first, and `absent` counts all that matter.
    """

    country: str
    period: str
    weight: float
    missing: tuple[str, ...]
    absent: int

    @property
    def reason(self) -> str:
        """One English sentence for the error: what is missing and how much it would weigh."""
        named = ", ".join(codes.place(code).name() for code in self.missing)
        return (
            f"{codes.place(self.country).name()} has no flow with {self.absent} partners in {self.period} ({named} …) "
            f"that would carry about {self.weight:.0%} of its trade, so they are missing and not zero"
        )


def holes(frame: Frame, *, countries: Iterable[str] | None = None) -> tuple[Hole, ...]:
    """The countries, by period, whose missing partners weigh too much, the worst first.

    `frame` holds flows of goods between countries, all products and partners that the file has; products
    are added up, aggregates and home sales are left out. With `countries` only these are returned. In a file of
    one reporter every partner is found: only the reporter's own totals can be had from it.
    """
    wanted = None if countries is None else set(countries)
    found: list[Hole] = []
    for period, (names, trade) in _matrices(frame.lazy()).items():
        found += [hole for hole in _holes_of(period, names, trade) if wanted is None or hole.country in wanted]
    return tuple(sorted(found, key=lambda hole: (-hole.weight, hole.country, hole.period)))


def refuse_holes(frame: Frame, country: str) -> None:
    """Raise NoDataError with the reason where the file has a hole around a country."""
    found = holes(frame, countries=[country])
    if found:
        raise NoDataError(
            f"No share, rank or concentration can be had for {country} from these flows: {found[0].reason}. "
            "Use another source for it."
        )


def _matrices(frame: nw.LazyFrame) -> dict[str, tuple[list[str], np.ndarray]]:
    """Trade [exporter, importer] in USD by period, with the codes of both axes."""
    aggregates = [item.code for item in codes.blocs() if item.code != "ROW"]
    summed = (
        frame.filter(
            nw.col("exporter") != nw.col("importer"),
            ~nw.col("exporter").is_in(aggregates),
            ~nw.col("importer").is_in(aggregates),
        )
        .group_by("exporter", "importer", "period")
        .agg(nw.col("value_usd").sum())
        .collect()
    )
    rows = zip(*(summed[name].to_list() for name in ("period", "exporter", "importer", "value_usd")), strict=True)
    by_period: dict[str, list[tuple[str, str, float]]] = {}
    for period, exporter, importer, value in rows:
        by_period.setdefault(period, []).append((exporter, importer, value or 0.0))
    return {period: _matrix(cells) for period, cells in sorted(by_period.items())}


def _matrix(cells: list[tuple[str, str, float]]) -> tuple[list[str], np.ndarray]:
    names = sorted({code for exporter, importer, _ in cells for code in (exporter, importer)})
    place = {code: index for index, code in enumerate(names)}
    trade = np.zeros((len(names), len(names)))
    for exporter, importer, value in cells:
        trade[place[exporter], place[importer]] += value
    return names, trade


def _holes_of(period: str, names: list[str], trade: np.ndarray) -> list[Hole]:
    total = trade.sum()
    if total <= 0:
        return []
    both_ways = trade + trade.T
    size = both_ways.sum(axis=1)
    expected = np.outer(size, size) / size.sum()
    np.fill_diagonal(expected, 0.0)
    lost = np.where((both_ways == 0) & (expected > NEGLIGIBLE * total), expected, 0.0)
    weight = lost.sum(axis=1) / np.maximum(expected.sum(axis=1), np.finfo(float).tiny)
    found = []
    for index in np.flatnonzero(weight > TOO_MUCH):
        heaviest = [names[other] for other in np.argsort(-lost[index])[:4] if lost[index, other] > 0]
        absent = int((lost[index] > 0).sum())
        found.append(Hole(names[index], period, float(weight[index]), tuple(heaviest), absent))
    return found
