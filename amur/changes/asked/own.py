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
from amur.periods import Period


def own_flows(data: Path) -> pl.DataFrame:
    """The flows of the file, of its finest nomenclature; reports become flows, the importer's before the exporter's.

    A file may hold totals beside their parts; adding both up would count trade twice.
    """
    table = _flows(data, data.stat().st_mtime_ns if data.exists() else 0)
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
    """One period of the table, the last by default; aggregates among the places are counted and left out."""
    table = own_flows(data)
    periods = sorted(set(table["period"]))
    label = period.label if period else periods[-1]
    if label not in periods:
        raise NoDataError(f"{data.name} does not hold {label}. It holds {', '.join(periods[:5])} (--to).")
    table = table.filter(pl.col("period") == label)
    aggregates = [item.code for item in codes.blocs() if item.code != "ROW"]
    double = pl.col("exporter").is_in(aggregates) | pl.col("importer").is_in(aggregates)
    named = sorted({*table.filter(double)["exporter"], *table.filter(double)["importer"]} & set(aggregates))
    if missing := table["value_usd"].null_count():
        raise FlowsError(f"{missing} rows of {data.name} have no value in dollars, for want of a rate.")
    return table.filter(~double), found(problem("counted_elsewhere", named))
