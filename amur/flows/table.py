"""The flows table: its columns, the checks that every flow passes, and the loader of bundled sources."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import narwhals as nw

from amur import codes, store
from amur.errors import FlowsError, PeriodError
from amur.periods import Period
from amur.sources import Source, source, sources

# Column → what it holds. `value` is in `currency`, as reported; `value_usd` is null where no rate exists.
COLUMNS: dict[str, type] = {
    "exporter": str,
    "importer": str,
    "product": str,
    "nomenclature": str,
    "period": str,
    "value": float,
    "currency": str,
    "value_usd": float,
    "quantity": float,
    "unit": str,
    "origin": str,
}
KEY = ("exporter", "importer", "product", "nomenclature", "period", "origin")
SHOWN = 5

# Flows come lazily from DuckDB; a user's own polars or pandas frame through `narwhals.from_native` is as good.
Frame = nw.LazyFrame | nw.DataFrame


def load_flows(source_key: str | None = None, *, data: str | Path | None = None) -> nw.LazyFrame:
    """Flows of one bundled source, of all of them, or of the user's own file.

    `source_key` is a key of `amur.sources.sources()`; with None all sources stand below each other, told
    apart by `origin` (add nothing up across origins). With `data` the user's file takes their place, read
    and checked. Values are nominal; dollars of euro amounts are at the ECB's monthly means.
    """
    if data is not None:
        from amur.flows.reading import read_flows

        return read_flows(data)
    wanted = (source(source_key),) if source_key else sources()
    return store.query(" UNION ALL ".join(_select(item) for item in wanted))


def countries_only(frame: Frame) -> nw.LazyFrame:
    """The rows whose exporter and importer are both countries or the rest of the world of a closed table.

    Leaves out what sources report as if it were a partner (`EU27`, `WLD`, unspecified partners …), so that
    sums over partners count nothing twice.
    """
    aggregates = [item.code for item in codes.blocs() if item.code != "ROW"]
    return frame.lazy().filter(~nw.col("exporter").is_in(aggregates), ~nw.col("importer").is_in(aggregates))


def check_flows(frame: Frame, *, self_trade: bool = False) -> nw.LazyFrame:
    """The same frame, if it keeps the contract of flows; rows are counted and named, and none is dropped.

    Raises FlowsError for missing columns, unknown codes or periods, duplicate keys, negative or missing
    values, a unit that differs within a product, and (unless `self_trade`) a country that sells to itself.
    """
    frame = frame.lazy()
    present = set(frame.collect_schema().names())
    if missing := [name for name in COLUMNS if name not in present]:
        raise FlowsError(f"The flows lack the columns {', '.join(missing)}. They need {', '.join(COLUMNS)}.")
    _check_codes(frame)
    _check_periods(frame)
    _refuse(frame.filter(nw.col("value").is_null(), nw.col("quantity").is_null()), "neither value nor quantity")
    _refuse(frame.filter((nw.col("value") < 0) | (nw.col("quantity") < 0)), "a negative value or quantity")
    _refuse(frame.filter(~nw.col("value").is_finite()), "a value that is no finite number")
    if not self_trade:
        _refuse(
            frame.filter(nw.col("exporter") == nw.col("importer")),
            "trade of a country with itself",
            remedy="Remove it, or say that home sales are meant.",
        )
    repeated = frame.group_by(*KEY).agg(nw.len().alias("rows")).filter(nw.col("rows") > 1)
    _refuse(repeated, "a key that occurs more than once", remedy="Add the rows up or keep one of each.")
    units = frame.filter(~nw.col("unit").is_null()).group_by("product", "nomenclature", "origin")
    _refuse(
        units.agg(nw.col("unit").n_unique().alias("units")).filter(nw.col("units") > 1), "several units for a product"
    )
    return frame


def _select(item: Source) -> str:
    return f"SELECT *, '{item.origin}' AS origin FROM ({item.sql('{data}')})"


def _check_codes(frame: nw.LazyFrame) -> None:
    for column in ("exporter", "importer"):
        counted = frame.group_by(column).agg(nw.len().alias("rows")).collect()
        rows = dict(zip(counted[column].to_list(), counted["rows"].to_list(), strict=True))
        if unknown := sorted((code for code in rows if code not in codes.place_codes()), key=str):
            raise FlowsError(unknown_codes(column, unknown, sum(rows[code] for code in unknown)))


def unknown_codes(column: str, unknown: Sequence[str], rows: int) -> str:
    """The sentence about codes that `codes` does not know, with what each may have been meant to be."""
    listed = ", ".join(f"'{code}'{_meant(code)}" for code in unknown[:SHOWN])
    more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
    return (
        f"{rows} row{'s' if rows != 1 else ''} {'have' if rows != 1 else 'has'} an unknown {column}: {listed}{more}. "
        "Use ISO3 codes or the codes of data/blocs.csv."
    )


def _meant(code: str) -> str:
    if not code:
        return " (empty)"
    old = codes.historical(code)
    if old:
        return f" (an old code, now {old.iso3})" if old.iso3 else f" ({old.name}, without single successor)"
    near = codes.suggest(code)
    return f" (did you mean {near}?)" if near else ""


def _check_periods(frame: nw.LazyFrame) -> None:
    for label in frame.select("period").unique().collect()["period"].to_list():
        try:
            canonical = Period.parse(str(label)).label
        except PeriodError as error:
            raise FlowsError(f"A period cannot be read: {error}") from error
        if canonical != label:
            raise FlowsError(
                f"The period '{label}' is written '{canonical}' here. Write it so, that equal periods match."
            )


def _refuse(bad: nw.LazyFrame, what: str, *, remedy: str = "Correct or remove them.") -> None:
    rows = bad.head(SHOWN + 1).collect()
    if len(rows) == 0:
        return
    count = len(rows) if len(rows) <= SHOWN else int(bad.select(nw.len()).collect().item())
    names = [name for name in ("exporter", "importer", "product", "period", "value", "unit") if name in rows.columns]
    shown = [
        " ".join(f"{cell}" for cell in row if cell is not None)
        for row in rows.select(names).head(SHOWN).iter_rows()
    ]  # fmt: skip
    raise FlowsError(f"{count} row{'s have' if count != 1 else ' has'} {what}: {'; '.join(shown)}. {remedy}")
