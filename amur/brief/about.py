"""Chapter: definitions of what the page shows, and which data exist for the pair."""

from __future__ import annotations

from amur.brief.pair import Chapter, Pair, Parts, column
from amur.coverage import Covered, coverage
from amur.indicators.registry import find_measure
from amur.kit import Table, definitions, paragraph, sentence
from amur.origins import known_origins
from amur.sources import sources

DEFINED = ("turnover", "growth", "implied_level", "implied_growth", "share", "asymmetry_ratio", "hhi")


def about_chapter(pair: Pair) -> Chapter:
    """Each measure in words, with its denominator; then the data that exist, from whom and to when."""
    parts = Parts(pair)
    parts.add(paragraph(pair.text("brief.nominal")))
    items = []
    for name in DEFINED:
        measure = find_measure(name)
        words = [measure.words(what, pair.text.language) for what in ("name", "definition", "denominator")]
        base = pair.text("brief.about.denominator", denominator=words[2])
        items.append((words[0], sentence(f"{words[1]} {base} {measure.formula}.")))
    parts.add(definitions(items), _coverage(pair))
    return parts.chapter("about")


def _coverage(pair: Pair) -> Table:
    """One row a source: what it is called, its first and last period for the pair, how many periods of all measures."""
    rows = coverage(pair.a.code, pair.b.code, data=pair.data).rows
    by_source: dict[str, list[Covered]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row)
    named = [
        {
            "source": _called(source),
            "first": min((row.first for row in some), key=lambda span: span.start),
            "last": max((row.last for row in some), key=lambda span: span.end),
            "count": sum(row.count for row in some),
        }
        for source, some in by_source.items()
    ]
    return Table(
        "coverage",
        pair.text("brief.about.coverage"),
        (
            column(pair, "source"),
            column(pair, "first", kind="period"),
            column(pair, "last", kind="period"),
            column(pair, "count", kind="number", digits=0),
        ),
        named,
        note=pair.say("about.coverage_note", code_a=pair.a.code, code_b=pair.b.code),
    )


def _called(source: str) -> str:
    """Producer and title of a source; a file of the user's own keeps its name."""
    keys = {item.key: item.origin for item in sources()}
    found = known_origins([keys.get(source, source)])
    return f"{found[0].producer}: {found[0].title}" if found else source
