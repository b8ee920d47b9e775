"""Files written whole or not at all, and rows as JSON, CSV or a table in the terminal."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from amur.errors import OutputError

Format = Literal["table", "json", "csv"]
Row = Mapping[str, Any]


def write_file(path: str | Path, content: str | bytes) -> Path:
    """Write a file atomically: it is complete under its name, or the name is as it was before."""
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    if target.is_dir():
        raise OutputError(f"'{target}' is a folder, not a file. Name a file in it.")
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent or ".", prefix=f".{target.name}.")
    except OSError as error:
        raise OutputError(
            f"Cannot write '{target}': {_reason(error)}. Choose a folder that you may write to."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
    except OSError as error:
        raise OutputError(f"Cannot write '{target}': {_reason(error)}. Nothing was changed.") from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target


def as_json(value: object) -> str:
    """Plain JSON, two spaces a level; what is not a number is null."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_csv(rows: Sequence[Row]) -> str:
    """Rows as CSV with a head; the columns are those of all rows in order of first appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _cell(row.get(key)) for key in columns} for row in rows)
    return text.getvalue()


def as_table(rows: Sequence[Row], *, title: str = "", width: int | None = None) -> str:
    """Rows as a plain table for the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text as RichText

    columns = list(dict.fromkeys(key for row in rows for key in row))
    table = Table(title=title or None, box=None, pad_edge=False, title_justify="left", header_style="bold")
    for column in columns:
        numeric = all(isinstance(row.get(column), int | float | None) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(RichText(_cell(row.get(column))) for column in columns))
    text = io.StringIO()
    Console(file=text, width=width or _terminal_width(), no_color=True, highlight=False).print(table)
    return text.getvalue()


def _terminal_width() -> int:
    try:
        return os.get_terminal_size().columns
    except OSError:
        # Piped output has no width: leave lines whole.
        return 200


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) and math.isfinite(value) else str(value)


def _plain(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return _plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool | None) else str(value)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
