"""Writing the files of the data build: atomically, and to the same bytes every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq


def write_bytes(content: bytes, path: Path) -> None:
    """Write beside the target and move into place, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(content)
    draft.replace(path)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as zstd Parquet; the caller has sorted it, so equal rows give equal bytes."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    buffer = io.BytesIO()
    pq.write_table(
        frame.to_arrow(compat_level=pl.CompatLevel.oldest()),
        buffer,
        compression="zstd",
        compression_level=19,
        row_group_size=1 << 20,
        store_schema=False,
        # A dictionary pays for repeated text; for numbers it makes these files a tenth larger.
        use_dictionary=texts,  # pyright: ignore[reportArgumentType] - the stub knows bool only
    )
    write_bytes(buffer.getvalue(), path)


def write_rows(header: Sequence[str], rows: Iterable[Mapping[str, object]], path: Path) -> None:
    """Write dictionaries as CSV with one line end; None is an empty cell."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(header), lineterminator="\n", extrasaction="raise")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: "" if row[key] is None else row[key] for key in header})
    write_bytes(buffer.getvalue().encode(), path)
