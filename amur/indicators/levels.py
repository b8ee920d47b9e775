"""Turnover, exports, imports, balance, their growth, and what published periods imply for others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from amur import arithmetic
from amur.errors import MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import amounts, wording
from amur.indicators.ledger import Ledger
from amur.indicators.question import Answers, Question, gather
from amur.indicators.releases import releases
from amur.indicators.reported import Published, disagreements
from amur.periods import Period


def level(question: Question) -> Answers:
    """The level of a flow: as published, as other published figures imply, then as flow tables hold it."""
    flow = question.flow
    published = [lambda: _published_level(question, flow)] if question.asks_facts else []
    return gather([*published, *_from_ledgers(question, flow)])


def implied_level(question: Question) -> Answers:
    """The level that other published periods, flows or growth rates imply, the most precise first."""
    return gather([lambda: _implied_level(question)])


def implied_base(question: Question) -> Answers:
    """The level of the year before that published growth was measured against."""
    return gather([lambda: _implied_base(question)])


def growth(question: Question) -> Answers:
    """Growth on the year before, or on the base asked for: as published first, then computed, then from tables."""
    published = [lambda: _published_growth(question)] if question.asks_facts else []
    return gather([*published, *_growth_from_ledgers(question, _year_before)])


def growth_month(question: Question) -> Answers:
    """Growth on the period of the same length just before."""
    published = [lambda: _sequential_growth(question)] if question.asks_facts else []
    return gather([*published, *_growth_from_ledgers(question, lambda period: period.previous(), "growth_month")])


def implied_growth(question: Question) -> Answers:
    """Growth of a period that published levels and rates of the spans around it imply."""
    return gather([lambda: _implied_growth(question)])


# ── published ───────────────────────────────────────────────────────────────────────────────────


def _published_level(question: Question, flow: str) -> list[Figure]:
    published = releases(question).dollars
    period = question.period or published.latest(flow) or published.latest("total")
    if period is None:
        raise _nothing_published(question)
    printed = published.published_levels(flow, period)
    sound = [figure for figure in printed if figure not in published.doubtful]
    implied = [_rebased(question, figure) for figure in published.implied_levels(flow, period)]
    found = _noted(question, printed if sound else [*implied[:1], *printed], implied)
    if not found:
        raise NoDataError(
            f"No level of {flow} of {question.subject.code} with {question.other.code} in {period.label} is among the "
            "published figures here, and none follows from those that are."
        )
    return found


def _noted(question: Question, shown: list[Figure], implied: list[Figure]) -> list[Figure]:
    """Printed figures with a note where the periods around them imply something else."""
    clashes = dict(disagreements([*shown, *(item for item in implied if _over_time(item))]))
    return [
        _with_note(figure, _clash(question, figure, clashes[figure])) if figure in clashes else figure
        for figure in shown
    ]


def _rebased(question: Question, figure: Figure) -> Figure:
    """A figure out of other flows with the basis of its own flow."""
    text = question.text
    basis = wording.customs_basis(figure.reporter, figure.subject, figure.flow, text)
    return replace(figure, basis=wording.together(basis, text("measures.basis.nominal")))


def _over_time(figure: Figure) -> bool:
    """Whether it was put together from other spans of time, which are of its own flow."""
    derivation = figure.derivation
    if derivation is None or derivation.operation not in ("sum", "difference"):
        return False
    return derivation.inputs[0].flow == figure.flow


def _clash(question: Question, printed: Figure, implied: Figure) -> str:
    text, period = question.text, printed.period
    return text(
        "measures.note.implied_differs",
        period=text.period(period) if period else "",
        printed=text.figure(printed),
        implied=text.interval(implied),
    )


def _with_note(figure: Figure, note: str) -> Figure:
    return replace(figure, note=" ".join(part for part in (note, figure.note) if part))


def _implied_level(question: Question) -> list[Figure]:
    published = releases(question).dollars
    period = _required_period(question, published)
    found = [_rebased(question, figure) for figure in published.implied_levels(question.flow, period)]
    if not found:
        raise NoDataError(
            f"Published figures imply no {question.flow} of {question.subject.code} with {question.other.code} in "
            f"{period.label}. Periods with a level are: {_listed(published, question.flow)}."
        )
    printed = published.published_levels(question.flow, period)
    clashes = {implied: against for against, implied in disagreements([*printed, *found])}
    return [_with_note(item, _clash(question, clashes[item], item)) if item in clashes else item for item in found]


def _implied_base(question: Question) -> list[Figure]:
    published = releases(question).dollars
    period = _required_period(question, published)
    later = period.shift_years(1)
    rates = published.published_rates(question.flow, later, period)
    levels = published.published_levels(question.flow, later)
    if not rates or not levels:
        raise NoDataError(
            f"No level and growth of {question.flow} of {question.subject.code} with {question.other.code} in "
            f"{later.label} were published together, so the base in {period.label} is not known."
        )
    return [arithmetic.implied_base(levels[0], rates[0], period=period)]


def _published_growth(question: Question) -> list[Figure]:
    known = releases(question)
    published = known.dollars
    period = question.period or _latest_growth(published, question.flow)
    if period is None:
        raise _nothing_published(question)
    base = question.base or _year_before(period)
    _refuse_same(period, base)
    printed = published.published_rates(question.flow, period, base)
    others = [
        rate
        for rate in known.other_rates
        if (rate.flow, rate.period, rate.base_period) == (question.flow, period, base)
    ]
    implied = published.implied_rate(question.flow, period) if base == _year_before(period) else None
    computed = published.computed_rate(question.flow, period, base)
    noted = [replace(computed, note=_why_computed(question, computed, printed))] if computed else []
    second = [*noted, *([implied] if implied else [])] if printed else [*([implied] if implied else []), *noted]
    found = [*printed, *second, *others]
    if not found:
        raise NoDataError(
            f"No growth of {question.flow} of {question.subject.code} with {question.other.code} from {base.label} to "
            f"{period.label} was published or follows from published levels."
        )
    return found


def _why_computed(question: Question, computed: Figure, printed: list[Figure]) -> str:
    """Why a computed rate stands behind the printed one: another base, where their intervals share no value."""
    mine, theirs = computed.interval, printed[0].interval if printed else None
    if mine is None or theirs is None:
        return question.text("measures.note.computed_unrevised")
    agree = mine.overlaps(theirs)
    return question.text("measures.note.computed_agrees" if agree else "measures.note.computed_growth")


def _implied_growth(question: Question) -> list[Figure]:
    published = releases(question).dollars
    period = _required_period(question, published)
    found = published.implied_rate(question.flow, period)
    if found is None:
        raise NoDataError(
            f"Published levels and growth rates imply no growth of {question.flow} of {question.subject.code} with "
            f"{question.other.code} in {period.label}. It takes longer spans that differ by just this period, "
            "each with its growth."
        )
    return [found]


def _sequential_growth(question: Question) -> list[Figure]:
    published = releases(question).dollars
    period = _required_period(question, published)
    base = period.previous()
    found = published.computed_rate(question.flow, period, base)
    if found is None:
        raise NoDataError(
            f"There are no published levels of {question.flow} of {question.subject.code} with "
            f"{question.other.code} for both {base.label} and {period.label}."
        )
    return [replace(found, measure="growth_month")]


# ── from ledgers ────────────────────────────────────────────────────────────────────────────────


def _from_ledgers(question: Question, flow: str) -> list[Callable[[], Iterable[Figure]]]:
    def attempt(ledger: Ledger) -> list[Figure]:
        return [amounts.amount(question, ledger, flow, amounts.newest(question, ledger))]

    return [lambda ledger=ledger: attempt(ledger) for ledger in amounts.by_closeness(question.ledgers())]


def _growth_from_ledgers(
    question: Question, before: Callable[[Period], Period], measure: str = "growth"
) -> list[Callable[[], Iterable[Figure]]]:
    def attempt(ledger: Ledger) -> list[Figure]:
        """Growth within one ledger, from the base asked for or the one before."""
        period = amounts.newest(question, ledger)
        base = question.base or before(period)
        _refuse_same(period, base)
        new = amounts.amount(question, ledger, question.flow, period)
        old = amounts.amount(question, ledger, question.flow, base)
        if old.value <= 0:
            raise NoDataError(f"{ledger.name} has no trade to grow from in {base.label}.")
        return [replace(arithmetic.growth(new, old, measure=measure), vintage=new.vintage)]

    return [lambda ledger=ledger: attempt(ledger) for ledger in amounts.by_closeness(question.ledgers())]


# ── periods ─────────────────────────────────────────────────────────────────────────────────────


def _year_before(period: Period) -> Period:
    return period.shift_years(-1)


def _latest_growth(published: Published, flow: str) -> Period | None:
    spans = {rate.period for rate in published.rates if rate.flow == flow and rate.period}
    newest = published.latest(flow)
    return max({*spans, *((newest,) if newest else ())}, key=lambda span: (span.end, span.days), default=None)


def _required_period(question: Question, published: Published) -> Period:
    period = question.period or published.latest(question.flow)
    if period is None:
        raise _nothing_published(question)
    return period


def _refuse_same(period: Period, base: Period) -> None:
    if period == base:
        raise MeasureError(f"Growth from {base.label} to itself is no growth. Choose another base.")


def _nothing_published(question: Question) -> NoDataError:
    return NoDataError(
        f"No {question.flow} of {question.subject.code} with {question.other.code} is among the published figures here."
    )


def _listed(published: Published, flow: str) -> str:
    return ", ".join(period.label for period in published.periods(flow)[-6:]) or "none"
