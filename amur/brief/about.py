"""Chapter: definitions of what the page shows, and which data exist for the pair."""

from __future__ import annotations

from amur.brief.pair import Chapter, Pair, Parts, column
from amur.coverage import coverage
from amur.indicators.registry import find_measure
from amur.kit import Table, definitions, paragraph, sentence

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
    rows = [
        {
            "source": row.source,
            "measure": row.measure,
            "first": row.first,
            "last": row.last,
            "count": row.count,
            "missing": len(row.missing),
        }
        for row in coverage(pair.a.code, pair.b.code, data=pair.data).rows
    ]
    return Table(
        "coverage",
        pair.text("brief.about.coverage"),
        (
            column(pair, "source"),
            column(pair, "measure"),
            column(pair, "first", kind="period"),
            column(pair, "last", kind="period"),
            column(pair, "count", kind="number", digits=0),
            column(pair, "missing", kind="number", digits=0),
        ),
        rows,
    )
