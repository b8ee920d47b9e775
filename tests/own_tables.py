"""Tables of the user's own for tests of explanations, and questions asked of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from amur.changes.asked import Answer, Asked, ask
from amur.periods import Period


def write_flows(folder: Path, rows: list[tuple[Any, ...]], name: str = "own.csv", **more: list[Any]) -> Path:
    """Rows of flows, given as (exporter, importer, product, period, dollars), in a file; `more` are further columns."""
    names = ("exporter", "importer", "product", "period", "value_usd")
    columns = {key: [row[k] for row in rows] for k, key in enumerate(names)}
    columns["period"] = [str(label) for label in columns["period"]]
    table = pl.DataFrame({"nomenclature": ["HS6"] * len(rows), **columns, **more}, strict=False)
    table = table.with_columns(pl.col("value_usd").cast(pl.Float64))
    file = folder / name
    (table.write_parquet if file.suffix in (".parquet", ".pq") else table.write_csv)(file)
    return file


def write_reports(folder: Path, rows: list[tuple[Any, ...]]) -> Path:
    """Rows of reports, given as (reporter, partner, direction, product, period, dollars), in a file."""
    names = ("reporter", "partner", "direction", "product", "nomenclature", "period", "value_usd")
    file = folder / "reports.csv"
    pl.DataFrame([(*row[:4], "HS6", *row[4:]) for row in rows], schema=list(names), orient="row").write_csv(file)
    return file


def asked(question: str, *words: str, data: Path | None = None, flow: str = "total", basket: str = "") -> Answer:
    """The answer to a question, words in the order of the command line."""
    a, b, start, end = (*words, "", "", "")[:4]
    return ask(question, Asked.read(a, b, start, end, flow, basket, data))  # type: ignore[arg-type]


def told(found: Answer, key: str) -> dict[str, Any]:
    """The values of the first remark of a key, numbers bare."""
    remark = next(item for item in found.remarks if item.key == key)
    return {name: getattr(item, "value", item) for name, item in remark.values.items()} | dict(remark.places)


def months(first: str, last: str) -> list[str]:
    """The labels of the months from the first to the last."""
    return [month.label for month in Period.parse(f"{first}/{last}").split_months()]


def wave(k: int, size: float) -> float:
    """A level with a ripple that has no trend."""
    return size * (1 + 0.05 * (-1) ** k + 0.03 * (k % 3 - 1))
