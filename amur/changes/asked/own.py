"""The user's own table: flows, or reports of both sides, read and checked once for each version of the file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import narwhals as nw
import polars as pl

from amur import codes
from amur.changes.problems import Problem, found, problem
from amur.errors import FlowsError, NoDataError
from amur.flows import load_flows, mirror, mirror_flows, read_reports
from amur.flows.reading import columns_of
from amur.flows.table import unknown_codes
from amur.periods import Period


def own_flows(data: Path) -> pl.DataFrame:
    """The flows of the file, of its finest nomenclature; reports become flows, the importer's before the exporter's.

    A file may hold totals beside their parts; adding both up would count trade twice.
    """
    table = _flows(data, data.stat().st_mtime_ns if data.exists() else 0)  # same either way
    counts = table.group_by("nomenclature").agg(pl.col("product").n_unique()).sort("product", "nomenclature")
    return table.filter(pl.col("nomenclature") == counts["nomenclature"][-1])


def own_reports(data: Path) -> pl.DataFrame:
    """Both sides' reports of every flow: the columns of `amur.flows.mirror`."""
    if "reporter" not in columns_of(data):
        raise FlowsError(
            f"{data.name} holds flows, which have one value each. Give reports of both sides, with the columns "
            "reporter, partner, direction, period and value_usd."
        )
    return _reports(data, data.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _flows(data: Path, changed: int) -> pl.DataFrame:
    if data.exists() and "reporter" in columns_of(data):
        frame = mirror_flows(nw.from_native(_reports(data, changed).lazy()), origin=f"user:{data.name}")
    else:
        frame = load_flows(data=data)
    return frame.collect("polars").to_native()


@lru_cache(maxsize=2)
def _reports(data: Path, changed: int) -> pl.DataFrame:
    del changed
    return mirror(read_reports(data)).collect("polars").to_native()


def own_pair(data: Path, exporter: str, importer: str) -> pl.DataFrame:
    """The flows of the file from one place to another; an error that names the file where there are none."""
    table = own_flows(data).filter((pl.col("exporter") == exporter) & (pl.col("importer") == importer))
    if table.is_empty():
        raise NoDataError(f"{data.name} has no exports from {exporter} to {importer}. Check the codes.")
    return table


def months_of(table: pl.DataFrame, data: Path) -> list[str]:
    """The months of a table in order; an error that counts periods of another length."""
    labels = table["period"].unique().to_list()
    if other := sorted(label for label in labels if Period.parse(label).months != 1):
        raise FlowsError(
            f"{data.name}: {len(other)} periods are no months ({', '.join(other[:5])}). This question needs months."
        )
    return sorted(labels)


def values_by(table: pl.DataFrame, column: str = "period") -> dict[str, float]:
    """Dollars by period, or by another column; an error where a value has no rate into dollars."""
    if missing := table["value_usd"].null_count():
        raise FlowsError(f"{missing} rows have no value in dollars: the table of rates has none for their currency.")
    return dict(table.group_by(column).agg(pl.col("value_usd").sum()).sort(column).iter_rows())


def one_year(data: Path, period: Period | None) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """One period of the table, the last by default: exporter, importer, product, period and dollars.

    Aggregates among the places are counted and left out. A Parquet file in dollars is scanned for the one
    period, so that a year of the world (6.5 million rows) is never held as text; the checks that need all rows
    are those of `code_flows`.
    """
    rows, periods = _rows(data), periods_of(data)
    label = period.label if period else periods[-1]
    if label not in periods:
        raise NoDataError(f"{data.name} does not hold {label}. It holds {', '.join(periods[:5])} (--to).")
    table = rows.filter(pl.col("period") == label).select(*_KEYS, "period", "value_usd").collect()
    table = table.with_columns(pl.col(_KEYS).cast(pl.Categorical))
    named = {str(name) for column in _KEYS[:2] for name in table[column].unique().cast(pl.String)}
    if unknown := sorted(named - codes.place_codes()):
        raise FlowsError(f"{data.name}: {unknown_codes('place', unknown, len(unknown))}")
    aggregates = sorted({item.code for item in codes.blocs() if item.code != "ROW"} & named)
    if missing := table["value_usd"].null_count():
        raise FlowsError(f"{missing} rows of {data.name} have no value in dollars.")
    double = pl.col("exporter").is_in(aggregates) | pl.col("importer").is_in(aggregates)
    kept = table.filter(~double) if aggregates else table
    return kept, found(problem("counted_elsewhere", aggregates))


def periods_of(data: Path) -> list[str]:
    """The periods of the table in order of their labels."""
    return sorted(_rows(data).select(pl.col("period").unique()).collect()["period"])


_KEYS = ("exporter", "importer", "product")


def _rows(data: Path) -> pl.LazyFrame:
    return _scanned(data) if _is_scannable(data) else own_flows(data).lazy()


def _is_scannable(data: Path) -> bool:
    """Whether the file is Parquet with the columns of flows in dollars."""
    return data.suffix.lower() in (".parquet", ".pq") and data.exists() and set(columns_of(data)) >= _SCANNED


_SCANNED = {*_KEYS, "period", "value_usd"}


def _scanned(data: Path) -> pl.LazyFrame:
    """The rows of the finest nomenclature, where the file names any."""
    rows = pl.scan_parquet(data)
    if "nomenclature" not in rows.collect_schema().names():
        return rows.with_columns(pl.col("period").cast(pl.String))
    finest = rows.group_by("nomenclature").agg(pl.col("product").n_unique()).sort("product", "nomenclature").collect()
    return rows.filter(pl.col("nomenclature") == finest["nomenclature"][-1]).with_columns(
        pl.col("period").cast(pl.String)
    )
