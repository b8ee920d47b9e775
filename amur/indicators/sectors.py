"""Dependence by sector: who supplies how much of what, as one row a sector with figures that can be traced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import narwhals as nw
import polars as pl

from amur import arithmetic
from amur.errors import NoDataError
from amur.figures import Figure
from amur.indicators import amounts
from amur.indicators import ledger as books
from amur.indicators.concentration import concentrations
from amur.indicators.ledger import Ledger
from amur.indicators.question import Query, Question, ask
from amur.indicators.shares import THRESHOLD, TIE, partner_ranks
from amur.indicators.weights import is_nowcast
from amur.periods import Period


@dataclass(frozen=True)
class SectorRow:
    """One sector of a subject's flow: the partner's share and rank, concentration, and the largest partner.

    `distance` is the threshold less the partner's share as a fraction: negative where the partner is above it.
    `weight` is the sector's share of the subject's flow in all goods.
    """

    sector: str
    share: Figure
    weight: Figure
    rank: int | None
    hhi: float
    top: str
    top_share: float
    distance: float

    @property
    def dependent(self) -> bool:
        """Whether the partner's share reaches the threshold, within the rounding of the engine."""
        return self.distance <= TIE


def sector_rows(a: str, b: str, query: Query | None = None, *, threshold: float = THRESHOLD) -> tuple[SectorRow, ...]:
    """The sectors of `a`'s exports, imports or total with `b`'s weight in each, the largest share first.

    From the preferred table of the world that divides trade by sector and can give totals of `a`; observed
    years come before nowcasts. Raises NoDataError with every table's reason where none can.
    """
    question = ask(a, b, query or Query())
    refusals = []
    for ledger in question.ledgers():
        try:
            period = question.period or _newest_observed(question, ledger)
            return _rows(question, ledger, period, threshold)
        except NoDataError as reason:
            refusals.append(str(reason))
    raise NoDataError(" ".join(dict.fromkeys(refusals)) or f"No table divides trade of {a} with {b} by sector.")


def _newest_observed(question: Question, ledger: Ledger) -> Period:
    """The newest period that is no nowcast for the two; the newest of all where every one is."""
    blocs = books.merged(ledger, "", question.subject, question.other)
    found = books.periods(ledger, "", question.subject.code, question.other.code, blocs)
    if not found:
        raise NoDataError(f"{ledger.name} has no trade between {question.subject.code} and {question.other.code}.")
    observed = [period for period in found if not is_nowcast(question, ledger, period)]
    return (observed or list(found))[-1]


def _rows(question: Question, ledger: Ledger, period: Period, threshold: float) -> tuple[SectorRow, ...]:
    if ledger.totals != "both":
        raise NoDataError(f"{ledger.name} does not hold trade with all partners by sector.")
    blocs = books.merged(ledger, "", question.subject, question.other)
    books.refuse_hole(ledger, question.subject, period, blocs)
    code, flow = question.subject.code, question.flow
    ranked, spread = _tables(ledger, period.label, blocs, code)
    whole = float(spread[f"{flow}_usd_all"].sum())
    found = [
        _row(question, ledger, (period, whole, threshold), ranked.filter(pl.col("product") == item["product"]), item)
        for item in spread.filter(pl.col(f"{flow}_usd_all") > 0).iter_rows(named=True)
    ]
    return tuple(sorted(found, key=lambda row: (-row.share.value, row.sector)))


@lru_cache(maxsize=16)
def _tables(ledger: Ledger, period: str, blocs: tuple[str, ...], code: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The subject's partners by sector with ranks, and its concentration by sector with totals."""
    mine = books.sector_table(ledger, period, blocs, around=(code,)).lazy()
    ranked = partner_ranks(mine).filter(nw.col("subject") == code).collect("polars").to_native()
    spread = concentrations(mine).filter(nw.col("subject") == code).collect("polars").to_native()
    totals = ranked.group_by("product").agg(pl.col("exports_usd_all", "imports_usd_all", "total_usd_all").first())
    return ranked, spread.join(totals, on="product")


def _row(
    question: Question,
    ledger: Ledger,
    scale: tuple[Period, float, float],
    partners: pl.DataFrame,
    spread: dict[str, float | str],
) -> SectorRow:
    (period, whole, threshold), flow = scale, question.flow
    asked = replace(question, query=replace(question.query, product=str(spread["product"])))
    pair = partners.filter(pl.col("object") == question.other.code)
    first = partners.filter(pl.col(f"rank_by_{flow}") == 1).sort("object").row(0, named=True)
    amount = 0.0 if pair.is_empty() else float(pair[f"{flow}_usd"][0])
    all_partners = replace(
        amounts.described(asked, ledger, flow, period, float(spread[f"{flow}_usd_all"])), object=amounts.WORLD
    )
    all_goods = replace(amounts.described(question, ledger, flow, period, whole), object=amounts.WORLD)
    part = amounts.described(asked, ledger, flow, period, amount)
    share = replace(arithmetic.share(part, all_partners), vintage=part.vintage)
    return SectorRow(
        sector=str(spread["product"]),
        share=share,
        weight=replace(arithmetic.share(all_partners, all_goods, measure="sector_weight"), vintage=part.vintage),
        rank=None if pair.is_empty() else pair[f"rank_by_{flow}"][0],
        hhi=float(spread[f"hhi_{flow}"]),
        top=first["object"],
        top_share=float(first[f"share_of_{flow}"]),
        distance=threshold - share.value,
    )
