"""The triangle as data and for the screen: the tables of its page, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence

from amur.kit.tables import records, table_cells, table_json
from amur.pages.triangle import places_of, triangle_tables
from amur.text import Text

PLACES = ("subject", "object")


def triangle_data(places: Sequence[str], text: Text) -> dict[str, object]:
    """Every table of the page by name, in the shape of its JSON twin."""
    listed = places_of(places)
    return {
        "places": list(listed),
        **{name: table_json(table) for name, table in triangle_tables(listed, text).items()},
    }


def triangle_rows(places: Sequence[str], text: Text) -> list[dict[str, object]]:
    """Every number of the page in one long table: which table, of whom, with whom, which measure."""
    return [
        {"table": name, **{key: row.get(key) for key in PLACES}, "measure": key, "value": value}
        for name, table in triangle_tables(places_of(places), text).items()
        for row in records(table)
        for key, value in row.items()
        if key not in PLACES
    ]


def triangle_cells(places: Sequence[str], text: Text) -> list[tuple[str, list[dict[str, str]]]]:
    """Titles and cells, as the page writes them."""
    return [(table.caption, table_cells(table, text)) for table in triangle_tables(places_of(places), text).values()]


__all__ = ["triangle_cells", "triangle_data", "triangle_rows"]
