"""Tables: caption, units in the heads, numbers to the right, sortable, with CSV, JSON and XLSX twins."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from markupsafe import Markup

from amur.figures import Figure, display_scale
from amur.kit.downloads import Download, of_text
from amur.kit.markup import part, slug
from amur.kit.numbers import Sentence, Shown, figure
from amur.periods import Period
from amur.text import Text

Kind = Literal["text", "number", "percent", "points", "money", "figure", "value", "period"]
_NUMERIC: frozenset[Kind] = frozenset({"number", "percent", "points", "money", "figure", "value"})
_SORTABLE_FROM = 3
_FILTER_FROM = 15
_LONG = 48
# A fixed date keeps the same table the same file.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Column:
    """A column: the key of its cells, its head, and how they are written.

    `number`, `percent`, `points` and `money` write plain values; `figure` writes Figures that explain
    themselves, `value` writes Figures plainly, for tables of many. `unit` stands in the head; for
    `money` it is the currency code of the values.
    """

    key: str
    head: str
    kind: Kind = "text"
    unit: str = ""
    digits: int = 1


@dataclass(frozen=True)
class Table:
    """Rows to show and to download. Cells are raw values: shares as fractions, money in units."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    note: str = ""


@dataclass(frozen=True)
class _Cell:
    shown: str
    style: str
    head: bool
    sort: str | None


def table(record: Table, text: Text, *, downloads: bool = True, quiet: bool = False) -> Markup:
    """A table as markup; `quiet` hides the caption where a heading just above says the same."""
    scales = [_scale(column, record.rows, text) for column in record.columns]
    heads = [_head(column, scale, text) for column, scale in zip(record.columns, scales, strict=True)]
    rows = [
        [_cell(row.get(scale.column.key), scale, text, head=n == 0) for n, scale in enumerate(scales)]
        for row in record.rows
    ]
    options = {
        "sortable": len(rows) >= _SORTABLE_FROM,
        "filter": text("kit.table.filter") if len(rows) >= _FILTER_FROM else "",
        "scroll": text("kit.table.scroll", caption=record.caption),
        "quiet": quiet,
        "note": record.note,
        "links": table_downloads(record) if downloads else (),
        "lead": text("kit.table.download", title=record.caption),
    }
    return part("table", slug(record.name), record.caption, heads, rows, options)


def table_cells(record: Table, text: Text) -> list[dict[str, str]]:
    """The cells as the page writes them, by head and unit, for a terminal; a missing one is empty."""
    scales = [_scale(column, record.rows, text) for column in record.columns]
    heads = [str(_head(scale.column, scale, text)["label"]) for scale in scales]
    return [
        {
            head: "" if (value := row.get(scale.column.key)) is None else str(_shown(value, scale, text))
            for head, scale in zip(heads, scales, strict=True)
        }
        for row in record.rows
    ]


def records(record: Table) -> list[dict[str, Any]]:
    """The rows as plain values under the columns' keys; a figure brings its bounds where it has them."""
    bounded = {
        column.key
        for column in record.columns
        for row in record.rows
        if (held := _figure(row.get(column.key))) is not None and held.interval is not None
    }
    flat = []
    for row in record.rows:
        line: dict[str, Any] = {}
        for column in record.columns:
            value = row.get(column.key)
            line[column.key] = _raw(value)
            if column.key in bounded:
                held = _figure(value)
                line[f"{column.key}_low"] = None if held is None else _finite(held.low)
                line[f"{column.key}_high"] = None if held is None else _finite(held.high)
        flat.append(line)
    return flat


def table_csv(record: Table) -> str:
    """The rows as CSV with full precision; a unit stands in the head in brackets."""
    flat = records(record)
    keys = _flat_keys(record, flat)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_flat_heads(record, keys))
    writer.writerows(["" if line[key] is None else line[key] for key in keys] for line in flat)
    return stream.getvalue()


def table_json(record: Table) -> dict[str, Any]:
    """The table in the JSON shape of pages: columns with units, rows with figures in full."""
    columns = [{"key": c.key, "head": c.head, "kind": c.kind, "unit": _unit_of(c)} for c in record.columns]
    rows = [{column.key: _jsonable(row.get(column.key)) for column in record.columns} for row in record.rows]
    return {"name": record.name, "caption": record.caption, "columns": columns, "rows": rows, "note": record.note}


def table_xlsx(record: Table, text: Text, *, about: Sequence[str] = ()) -> bytes:
    """The rows as an Excel workbook, with a second sheet that says what they are and whose."""
    import xlsxwriter

    flat = records(record)
    keys = _flat_keys(record, flat)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": record.caption, "created": _CREATED})
    sheet, bold = book.add_worksheet(text("kit.table.sheet")), book.add_format({"bold": True})
    for n, head in enumerate(_flat_heads(record, keys)):
        sheet.write_string(0, n, head, bold)
        sheet.set_column(n, n, min(max(len(head) + 2, 10), 40))
    for m, line in enumerate(flat, 1):
        for n, key in enumerate(keys):
            _write_cell(sheet, (m, n), line[key])
    sheet.freeze_panes(1, 1)
    words = book.add_worksheet(text("kit.table.about"))
    words.set_column(0, 0, 110)
    for m, line in enumerate([record.caption, *about, record.note]):
        words.write_string(m, 0, line)
    book.close()
    return stream.getvalue()


def table_downloads(record: Table) -> tuple[Download, ...]:
    """CSV and JSON inside the page."""
    shape = json.dumps(table_json(record), ensure_ascii=False, allow_nan=False)
    label = record.caption
    return (
        of_text("CSV", table_csv(record), name=record.name, label=label),
        of_text("JSON", shape, name=record.name, label=label),
    )


# ── cells ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Scale:
    """How a column is written: what its values are divided by, and the unit in its head."""

    column: Column
    divisor: float = 1.0
    unit: str = ""


def _scale(column: Column, rows: Sequence[Mapping[str, Any]], text: Text) -> _Scale:
    match column.kind:
        case "percent":
            return _Scale(column, 0.01, text("common.percent", number="").strip())
        case "points":
            return _Scale(column, 0.01, text("kit.unit.points"))
        case "money":
            values = (row.get(column.key) for row in rows)
            largest = max((abs(value) for value in values if isinstance(value, int | float)), default=0.0)
            divisor, word = display_scale(Figure(measure="", subject="", value=largest, unit=column.unit))
            scale = text(f"common.scale.{word}", n=2, number="").strip() if word else ""
            words = text("common.amount", number=scale, unit=text.currency(column.unit)).replace("\u00a0", " ")
            return _Scale(column, divisor, words.strip())
        case _:
            return _Scale(column, 1.0, column.unit)


def _head(column: Column, scale: _Scale, text: Text) -> dict[str, Any]:
    label = f"{column.head} ({scale.unit})" if scale.unit else column.head
    up, down = (text(f"kit.table.sorted_{way}", column=column.head) for way in ("up", "down"))
    return {"label": label, "numeric": column.kind in _NUMERIC, "up": up, "down": down}


def _unit_of(column: Column) -> str:
    return {"percent": "fraction", "points": "fraction"}.get(column.kind, column.unit)


def _cell(value: Any, scale: _Scale, text: Text, *, head: bool) -> _Cell:
    numeric = scale.column.kind in _NUMERIC
    style = "n" if numeric else "long" if isinstance(value, str) and len(value) > _LONG else ""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        gone = Markup('<span class="gone">{}</span>').format(text("kit.figure.missing"))
        return _Cell(gone, style, head, "" if numeric else None)
    return _Cell(_shown(value, scale, text), style, head, _sort_key(value, numeric))


def _shown(value: Any, scale: _Scale, text: Text) -> str:
    column = scale.column
    if isinstance(value, Figure | Shown):
        if column.kind == "figure":
            return figure(value, text)
        return value.written if isinstance(value, Shown) else text.figure(value)
    if isinstance(value, Period):
        return text.period(value)
    if isinstance(value, date):
        return text.date(value)
    if isinstance(value, Sentence):
        return value.markup
    if isinstance(value, str) or column.kind in ("text", "figure", "value", "period"):
        return value if isinstance(value, str) else str(value)
    # The unit stands in the head, so the cell holds the number alone.
    return text.number(value / scale.divisor, digits=column.digits, sign=column.kind == "points")


def _sort_key(value: Any, numeric: bool) -> str | None:
    raw = _raw(value)
    if isinstance(value, Period):
        return str(value.start.toordinal())
    if isinstance(value, date):
        return str(value.toordinal())
    if numeric and isinstance(raw, int | float):
        return repr(raw)
    return None


def _figure(value: Any) -> Figure | None:
    return value.figure if isinstance(value, Shown) else value if isinstance(value, Figure) else None


def _raw(value: Any) -> Any:
    held = _figure(value)
    if held is not None:
        return _finite(held.value)
    if isinstance(value, Period):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _finite(value)
    return str(value) if isinstance(value, Sentence) else value


def _jsonable(value: Any) -> Any:
    held = _figure(value)
    return _raw(value) if held is None else held.to_dict()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _flat_keys(record: Table, flat: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(flat[0]) if flat else [column.key for column in record.columns]


def _flat_heads(record: Table, keys: Sequence[str]) -> list[str]:
    units = {column.key: _unit_of(column) for column in record.columns}
    return [f"{key} ({units[key]})" if units.get(key) else key for key in keys]


def _write_cell(sheet: Any, spot: tuple[int, int], value: Any) -> None:
    if isinstance(value, bool | str):
        sheet.write_string(*spot, str(value))
    elif value is not None:
        sheet.write_number(*spot, value)
