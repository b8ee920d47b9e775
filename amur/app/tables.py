"""The pages that say what Amur holds and how it counts: sources and methods."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from amur.app.shell import Drawn, Where, twin_links
from amur.coverage import described_sources
from amur.indicators.registry import NOTATION
from amur.kit import Column, Page, Section, Table, definitions, paragraph, table
from amur.measuring import measures


def sources_page(where: Where) -> Drawn:
    """Every file of data: from whom, as of when, under which licence, and which span it covers."""
    text = where.text
    columns = tuple(
        Column(name, text(f"app.sources.{name}"))
        for name in ("producer", "title", "vintage", "licence", "licence_status", "first", "last", "file")
    )
    rows = [_source_row(item, where) for item in described_sources()]
    listed = table(Table("sources", text("app.sources.caption", n=len(rows)), columns, rows), text)
    return Drawn(
        Page(
            title=text("app.sources.heading"),
            description=text("app.sources.description"),
            sections=(Section("all-sources", text("app.sources.all"), (listed, _twins(where, "sources"))),),
        )
    )


def _source_row(item: dict[str, Any], where: Where) -> dict[str, Any]:
    covered = item["coverage"] or {}
    status = where.text(f"kit.licence.{item['licence_status']}")
    return {**item, "licence_status": status, "first": covered.get("first"), "last": covered.get("last")}


def methods_page(where: Where) -> Drawn:
    """Every measure from the registry that computes it: definition, formula, denominator, unit."""
    text = where.text
    terms = [
        (
            item.words("name", text.language),
            Markup("{} <code>{}</code>. {} {}").format(
                item.words("definition", text.language),
                item.formula,
                text("app.methods.denominator", words=item.words("denominator", text.language)),
                text("app.methods.name", name=item.name),
            ),
        )
        for item in measures()
    ]
    parts = (paragraph(text("app.methods.lead")), definitions(terms), _twins(where, "methods"))
    return Drawn(
        Page(
            title=text("app.methods.heading"),
            description=text("app.methods.description"),
            sections=(
                Section("measures", text("app.methods.measures"), parts),
                Section("notation", text("app.methods.notation"), (paragraph(NOTATION),)),
            ),
        )
    )


def _twins(where: Where, path: str) -> Markup:
    return twin_links(where, where.address(path))
