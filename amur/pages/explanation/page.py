"""The page of `amur explain`: one self-contained file in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from amur import kit
from amur.changes.explanation import COLUMNS, Explanation
from amur.kit import Chart, Column, Page, Section, Table
from amur.origins import known_origins
from amur.output import write_file
from amur.pages.explanation.chapter import Why, why_parts
from amur.text import Text


def write_explanation_page(
    explanation: Explanation, path: str | Path, *, lang: str = "en", data: str | Path | None = None
) -> Path:
    """Write the page to `path`, whole or not at all."""
    return write_file(path, explanation_page(explanation, Text(lang), data=data))


def explanation_page(explanation: Explanation, text: Text, *, data: str | Path | None = None) -> str:
    """The page as HTML."""
    return kit.render_page(explanation_record(explanation, text, data=data), text)


def explanation_record(explanation: Explanation, text: Text, *, data: str | Path | None = None) -> Page:
    """The page as a record, which a file and the app render alike."""
    why = why_parts(explanation, text, data=data)
    page = why_record(explanation.a, explanation.b, why, text)
    parts = Section("parts", text("explain.page.parts"), (kit.table(parts_table(explanation, text), text),))
    return replace(page, sections=(*page.sections, parts), rebuild=_rebuild(explanation, text))


def why_record(a: str, b: str, why: Why, text: Text) -> Page:
    """The chapter alone as a page."""
    names = {"a": text.the(a), "b": text.the(b)}
    records = [part for part in why.parts if isinstance(part, Chart)]
    drawn = dict(zip(map(id, records), kit.charts(records, text), strict=True))
    shown = [kit.table(part, text) if isinstance(part, Table) else drawn.get(id(part), part) for part in why.parts]
    title = text.sentence("explain.page.title", **names)
    return Page(
        title=title,
        description=text.sentence("explain.page.description", **names),
        eyebrow=text("explain.page.eyebrow"),
        sections=(Section("why", text("explain.page.why"), tuple(shown)),),  # type: ignore[arg-type]
        origins=known_origins(why.origins),
        cite=text("explain.page.cite", title=title),
    )


def parts_table(explanation: Explanation, text: Text) -> Table:
    """All parts of all blocks, as `amur explain` prints them."""
    # The unit stands in every amount, as the reader's language writes it.
    shown = [name for name in COLUMNS if name != "unit"]
    columns = tuple(
        Column(name, text(f"explain.table.{name}"), "percent" if name == "coverage" else "text") for name in shown
    )
    rows = [
        {**row, **{name: _plain(row[name], str(row["unit"]), text) for name in ("value", "low", "high")}}
        for row in explanation.part_rows(text.language)
    ]
    return Table("explain-parts", text("explain.page.parts"), columns, rows)


def _plain(value: object, unit: str, text: Text) -> str:
    """A number as the table writes it, by its unit: units differ from row to row."""
    if not isinstance(value, int | float):
        return "–"
    if unit == "fraction":
        return text.points(value, digits=2)
    if unit == "ratio":
        return text.number(value, digits=2)
    return text.money(value, unit, digits=2, sign=True)


def _rebuild(explanation: Explanation, text: Text) -> str:
    change = explanation.change
    span = ""
    if change and change.period and change.base_period:
        span = f" --from {change.base_period.label} --to {change.period.label}"
    return f"amur explain trade {explanation.a} {explanation.b}{span} --lang {text.language} -o page.html"
