"""The page kit: layout, type, colours, numbers that explain themselves, tables, charts and whole pages.

Components are functions from frozen records and a `Text` to markup; `render_page` puts them into one
self-contained file, or into a page of a server. Exports are lazy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amur.kit.assets import SERVER_POLICY, Assets, inline, linked, script, style
    from amur.kit.charting import Chart, Gallery, Served, chart, chart_file, charts, is_served, served
    from amur.kit.downloads import Download
    from amur.kit.markup import environment, joined, slug, with_ids
    from amur.kit.numbers import Sentence, Shown, figure, finding, sentence
    from amur.kit.page import (
        KeyFigure,
        Link,
        Page,
        Section,
        definitions,
        headline,
        language_links,
        notice,
        paragraph,
        render_page,
    )
    from amur.kit.sources import origin_entry, source_line, source_note
    from amur.kit.tables import Column, Table, table, table_csv, table_json, table_xlsx

_EXPORTS = {
    "Assets": "assets",
    "Chart": "charting",
    "Gallery": "charting",
    "Column": "tables",
    "Download": "downloads",
    "KeyFigure": "page",
    "Link": "page",
    "Page": "page",
    "SERVER_POLICY": "assets",
    "Section": "page",
    "Sentence": "numbers",
    "Served": "charting",
    "Shown": "numbers",
    "Table": "tables",
    "chart": "charting",
    "chart_file": "charting",
    "charts": "charting",
    "definitions": "page",
    "environment": "markup",
    "figure": "numbers",
    "finding": "numbers",
    "headline": "page",
    "inline": "assets",
    "is_served": "charting",
    "joined": "markup",
    "language_links": "page",
    "linked": "assets",
    "notice": "page",
    "origin_entry": "sources",
    "paragraph": "page",
    "render_page": "page",
    "script": "assets",
    "sentence": "numbers",
    "served": "charting",
    "slug": "markup",
    "source_line": "sources",
    "source_note": "sources",
    "style": "assets",
    "table": "tables",
    "table_csv": "tables",
    "table_json": "tables",
    "table_xlsx": "tables",
    "with_ids": "markup",
}

__all__ = [
    "SERVER_POLICY",
    "Assets",
    "Chart",
    "Column",
    "Download",
    "Gallery",
    "KeyFigure",
    "Link",
    "Page",
    "Section",
    "Sentence",
    "Served",
    "Shown",
    "Table",
    "chart",
    "chart_file",
    "charts",
    "definitions",
    "environment",
    "figure",
    "finding",
    "headline",
    "inline",
    "is_served",
    "joined",
    "language_links",
    "linked",
    "notice",
    "origin_entry",
    "paragraph",
    "render_page",
    "script",
    "sentence",
    "served",
    "slug",
    "source_line",
    "source_note",
    "style",
    "table",
    "table_csv",
    "table_json",
    "table_xlsx",
    "with_ids",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'amur.kit' has no attribute '{name}'")
    return getattr(import_module(f"amur.kit.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
