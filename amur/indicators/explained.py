"""The page that explains every measure, written from the registry itself."""

from __future__ import annotations

from amur.indicators.question import text_of
from amur.indicators.registry import NOTATION, Measure, measures


def measures_markdown(*more: Measure, language: str = "en") -> str:
    """All measures, and any `more` of later stages, as one Markdown page."""
    text = text_of(language)
    parts = [f"# {text('measures.docs.title')}\n\n{text('measures.docs.intro')}\n\n`{NOTATION}`\n"]
    for item in (*measures(), *more):
        rows = (
            ("definition", item.words("definition", language)),
            ("formula", f"`{item.formula}`"),
            ("unit", text(f"measures.unit.{item.unit}")),
            ("denominator", item.words("denominator", language)),
            ("source", item.words("source", language)),
        )
        listed = "\n".join(f"- **{text(f'measures.docs.{name}')}:** {words}" for name, words in rows)
        parts.append(f"## `{item.name}`: {item.words('name', language)}\n\n{listed}\n")
    return "\n".join(parts)
