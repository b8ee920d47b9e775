"""Which years sources hold for a question, for series."""

from __future__ import annotations

from amur.errors import NoDataError
from amur.indicators import ledger as books
from amur.indicators.question import Question
from amur.indicators.releases import releases
from amur.periods import Period


def years_of(question: Question) -> tuple[Period, ...]:
    """All calendar years from the first to the last in which a source has something on the two places."""
    spans = [span for item in question.ledgers() for span in _ledger_spans(question, item)]
    known = releases(question)
    spans += [figure.period for figure in (*known.dollars.levels, *known.dollars.rates, *known.shares) if figure.period]
    if not spans:
        return ()
    first, last = min(span.start.year for span in spans), max(span.end.year for span in spans)
    return tuple(Period.of_year(year) for year in range(first, last + 1))


def _ledger_spans(question: Question, ledger: books.Ledger) -> tuple[Period, ...]:
    places = dict.fromkeys((question.subject, question.other))
    try:
        blocs = books.merged(ledger, question.product, *places)
        if question.subject == question.other:
            labels = books.table(ledger, question.product)["period"].unique().to_list()
            return tuple(Period.parse(label) for label in labels)
        return books.periods(ledger, question.product, question.subject.code, question.other.code, blocs)
    except NoDataError:
        return ()
