"""Published figures of a pair out of the facts table, seen from the country that was named first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from amur import facts
from amur.figures import Figure
from amur.indicators import wording
from amur.indicators.question import Question, text_of
from amur.indicators.reported import Published, turned
from amur.text import Text

DOUBTFUL, SEVERAL = "parts do not add up", "several figures for this period"
LEVEL_MEASURES = ("turnover", "exports", "imports")
_PLAIN = ("flow", "outcome")
_GOODS = ("total", "goods")


@dataclass(frozen=True)
class Releases:
    """What was published on a pair: levels and growth in dollars, growth in other currencies, shares both ways."""

    dollars: Published
    other_rates: tuple[Figure, ...]
    shares: tuple[Figure, ...]
    reverse_shares: tuple[Figure, ...]


def releases(question: Question) -> Releases:
    """The published figures on the two places of a question; empty where none are known or none are asked for."""
    if not question.asks_facts:
        return Releases(Published(), (), (), ())
    data = question.query.data
    changed = Path(data).stat().st_mtime_ns if data else 0
    return _releases(question.subject.code, question.other.code, str(data or ""), changed, question.query.language)


@lru_cache(maxsize=64)
def _releases(subject: str, other: str, data: str, changed: int, language: str) -> Releases:
    del changed
    pool = _pool(data)
    text = text_of(language)
    mine = [_oriented(fact, subject, text) for fact in pool if {fact.subject, fact.object} == {subject, other}]
    known = [(fact, figure) for fact, figure in mine if figure is not None]
    levels = [figure for fact, figure in known if fact.measure in LEVEL_MEASURES and fact.unit == "USD"]
    rates = [(fact, figure) for fact, figure in known if fact.measure == "growth"]
    doubtful = frozenset(figure for fact, figure in known if DOUBTFUL in fact.marks)
    shares = [figure for fact, figure in known if fact.measure == "share" and fact.subject == subject]
    reverse = [_figure(fact, text) for fact, _ in known if fact.measure == "share" and fact.subject == other]
    return Releases(
        Published(tuple(levels), tuple(figure for fact, figure in rates if fact.currency == "USD"), doubtful),
        tuple(figure for fact, figure in rates if fact.currency != "USD"),
        tuple(shares),
        tuple(reverse),
    )


def _pool(data: str) -> tuple[facts.Fact, ...]:
    """Facts of goods trade: bundled, or the user's own; a file of flows holds none."""
    from amur.flows.reading import columns_of

    if data and "subject" not in columns_of(data):
        return ()
    wanted = (*LEVEL_MEASURES, "growth", "share")
    return tuple(
        fact
        for fact in facts.load_facts(data=data or None)
        if fact.measure in wanted and fact.concept in _PLAIN and fact.product in _GOODS and fact.value is not None
    )


def _oriented(fact: facts.Fact, subject: str, text: Text) -> tuple[facts.Fact, Figure | None]:
    """The fact as a figure of `subject`; a share keeps its own subject, since its denominator would change."""
    figure = _figure(fact, text)
    if fact.subject == subject or fact.measure == "share":
        return fact, figure
    return fact, turned(figure)


def _figure(fact: facts.Fact, text: Text) -> Figure:
    """The fact with basis and notes from the catalogue; the note of its source is English and stays out elsewhere."""
    said = [text("measures.note.doubtful")] if DOUBTFUL in fact.marks else []
    said += [text("measures.note.several")] if SEVERAL in fact.marks else []
    said += [text("measures.note.vague")] if fact.vague else []
    said += [fact.note] if fact.note and text.language == "en" else []
    basis = wording.together(
        wording.fact_basis(fact, text), text("measures.basis.nominal") if fact.unit == fact.currency else ""
    )
    return replace(fact.figure(), basis=basis, note=" ".join(said), vintage=fact.source_title)
