"""What trade looks like: concentration, intensity, comparative advantage, fit and two-way trade, as figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import polars as pl

from amur.errors import NoDataError
from amur.figures import Derivation, Figure
from amur.indicators import amounts
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.indicators.question import Answers, Question, gather
from amur.indicators.structure import complementarities, grubel_lloyd, grubel_lloyd_by_product, revealed_advantages
from amur.indicators.values import MIRRORED, Frame
from amur.indicators.weights import ledger_share, observed_first
from amur.periods import Period

_CONCENTRATION = {
    "hhi": ("hhi", "index"),
    "hhi_normalised": ("hhi_normalised", "index"),
    "effective_partners": ("effective", "partners"),
    "hirschman": ("hirschman", "index"),
}
# What `explain` prints for an index over many partners, whose terms would fill a page.
_SHOWN = {
    "hhi": "Σ s² (n = {n})",
    "hhi_normalised": "(Σ s² − 1/{n}) / (1 − 1/{n})",
    "effective_partners": "1 / Σ s² (n = {n})",
    "hirschman": "√(Σ s²) (n = {n})",
}
_BY_SECTOR: dict[str, Callable[[Any], Frame]] = {
    "rca": revealed_advantages,
    "complementarity": complementarities,
    "grubel_lloyd": grubel_lloyd,
    "grubel_lloyd_by_product": grubel_lloyd_by_product,
}


# ── concentration ───────────────────────────────────────────────────────────────────────────────


def concentration(measure: str) -> Callable[[Question], Answers]:
    """The function that answers one of the measures of concentration over partners."""
    column, unit = _CONCENTRATION[measure]

    def answer(question: Question) -> Answers:
        """The measure in every ledger that has it, observed figures first."""

        def attempt(ledger: Ledger) -> list[Figure]:
            period = question.period or _newest_of(question, ledger)
            row = amounts.tabular_row("concentration", question, ledger, period)
            derivation = Derivation(measure, (), _SHOWN[measure].format(n=row[f"partners_{question.flow}"]))
            figure = _table_figure(question, ledger, (measure, unit), period, row[f"{column}_{question.flow}"])
            return [replace(figure, derivation=derivation)]

        tries = [lambda ledger=ledger: attempt(ledger) for ledger in question.ledgers()]
        answers = gather(tries)
        return Answers(observed_first(question, answers.figures), answers.refusals)

    return answer


# ── structure ───────────────────────────────────────────────────────────────────────────────────


def trade_intensity(question: Question) -> Answers:
    """How much more the pair trades than the partner's weight in the rest of the world would give."""

    def attempt(ledger: Ledger) -> list[Figure]:
        """The intensity within one ledger, refused where a hole would stand in it."""
        period = amounts.newest(question, ledger)
        row = amounts.tabular_row("intensity", question, ledger, period)
        # The partner's own total stands in the denominator, so a hole around it would be as bad.
        books.refuse_hole(
            ledger, question.other, period, books.merged(ledger, question.product, question.subject, question.other)
        )
        value = row[f"intensity_of_{question.flow}"]
        figure = _table_figure(question, ledger, ("trade_intensity", "ratio"), period, value)
        return [replace(figure, derivation=_intensity_steps(question, ledger, period, row))]

    return _from_tables(question, attempt)


def _intensity_steps(question: Question, ledger: Ledger, period: Period, row: dict[str, Any]) -> Derivation:
    """Share over weight: the partner's own trade in the world's without the subject."""
    met = MIRRORED[question.flow]
    share = ledger_share(question, ledger, period)
    partner = replace(
        amounts.described(question, ledger, met, period, row[f"partner_{met}"]),
        subject=question.other.code,
        object=amounts.WORLD,
    )
    rest = replace(
        amounts.described(question, ledger, met, period, row[f"rest_{met}"]), subject=amounts.WORLD, object=""
    )
    return Derivation("trade_intensity", (share, partner, rest), "{0} / ({1} / {2})")


def rca(question: Question) -> Answers:
    """Revealed comparative advantage of the subject: in the sector asked for, else in all, the largest first."""

    def attempt(ledger: Ledger) -> list[Figure]:
        """The advantage within one ledger, by sector."""
        period = question.period or _newest_of(replace(question, query=replace(question.query, product="")), ledger)
        found = _sector_rows("rca", question, ledger, period).filter(pl.col("subject") == question.subject.code)
        if question.product:
            found = found.filter(pl.col("product") == question.product)
        rows = found.filter(pl.col("rca").is_not_null()).sort("rca", descending=True).to_dicts()
        if not rows:
            raise NoDataError(
                f"{ledger.name} has no exports of {question.product or 'goods'} by {question.subject.code}."
            )
        return [
            replace(
                _table_figure(question, ledger, ("rca", "ratio"), period, row["rca"], product=row["product"]),
                derivation=Derivation("rca", (), f"{row['share_in_exports']:.4%} / {row['share_in_world']:.4%}"),
            )
            for row in rows
        ]

    return _from_tables(question, attempt)


def complementarity(question: Question) -> Answers:
    """How well the subject's exports fit the partner's imports."""

    def attempt(ledger: Ledger) -> list[Figure]:
        period = amounts.newest(question, ledger)
        row = _pair_row("complementarity", question, ledger, period)
        figure = _table_figure(question, ledger, ("complementarity", "index"), period, row["complementarity"])
        return [replace(figure, derivation=Derivation("complementarity", (), "1 − ½ Σ |m − x|"))]

    return _from_tables(question, attempt)


def two_way_trade(question: Question) -> Answers:
    """Grubel and Lloyd's index over all goods sectors, or of the one asked for."""

    def attempt(ledger: Ledger) -> list[Figure]:
        bare = replace(question, query=replace(question.query, product=""))
        period = amounts.newest(bare, ledger)
        row = _pair_row("grubel_lloyd_by_product" if question.product else "grubel_lloyd", question, ledger, period)
        figure = _table_figure(question, ledger, ("grubel_lloyd", "index"), period, row["grubel_lloyd"])
        turnover = amounts.described(question, ledger, "total", period, row["total_usd"])
        one_way = replace(turnover, measure="one_way_trade", value=row["total_usd"] * (1 - row["grubel_lloyd"]))
        return [replace(figure, derivation=Derivation("grubel_lloyd", (one_way, turnover), "1 − {0} / {1}"))]

    return _from_tables(question, attempt)


def _from_tables(question: Question, attempt: Callable[[Ledger], list[Figure]]) -> Answers:
    answers = gather([lambda ledger=ledger: attempt(ledger) for ledger in question.ledgers()])
    return Answers(observed_first(question, answers.figures), answers.refusals)


def _pair_row(measure: str, question: Question, ledger: Ledger, period: Period) -> dict[str, Any]:
    found = _sector_rows(measure, question, ledger, period).filter(
        pl.col("subject") == question.subject.code, pl.col("object") == question.other.code
    )
    if measure == "grubel_lloyd_by_product":
        found = found.filter(pl.col("product") == question.product)
    if found.is_empty():
        raise NoDataError(
            f"{ledger.name} has no trade by sector between {question.subject.code} and {question.other.code} "
            f"in {period.label}."
        )
    return found.row(0, named=True)


def _sector_rows(measure: str, question: Question, ledger: Ledger, period: Period) -> pl.DataFrame:
    if ledger.totals != "both":
        raise NoDataError(f"{ledger.name} does not hold trade with all partners by sector.")
    blocs = books.merged(ledger, "", *dict.fromkeys((question.subject, question.other)))
    for place in dict.fromkeys((question.subject, question.other)):
        books.refuse_hole(ledger, place, period, blocs)
    # Advantage compares with the world; the others need the trade of the two places alone.
    around = () if measure == "rca" else books.around(question.subject.code, question.other.code)
    return _sector_measure(measure, ledger, period.label, blocs, around)


@lru_cache(maxsize=32)
def _sector_measure(
    measure: str, ledger: Ledger, period: str, blocs: tuple[str, ...], around: tuple[str, ...]
) -> pl.DataFrame:
    frame = books.sector_table(ledger, period, blocs, around=around)
    return _BY_SECTOR[measure](frame.lazy()).collect("polars").to_native()


def _newest_of(question: Question, ledger: Ledger) -> Period:
    """The newest period in which the subject trades with anyone."""
    books.merged(ledger, question.product, question.subject)
    return max(Period.parse(label) for label in books.labels(ledger, question.product))


def _table_figure(
    question: Question,
    ledger: Ledger,
    measure: tuple[str, str],
    period: Period,
    value: float | None,
    *,
    product: str = "",
) -> Figure:
    name, unit = measure
    if value is None:
        raise NoDataError(f"{ledger.name} gives no {name} of {question.subject.code} in {period.label}.")
    figure = amounts.described(question, ledger, question.flow, period, value)
    alone = question.subject == question.other
    return replace(
        figure,
        measure=name,
        object="" if alone else figure.object,
        product=product or figure.product,
        unit=unit,
        currency="",
    )
