"""The user's own tables: CSV or Parquet, read whole or refused with the line, column and value at fault."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from pathlib import Path

import narwhals as nw
import polars as pl

from amur import codes
from amur.errors import FlowsError, PeriodError
from amur.flows.exchange import usd_rate
from amur.flows.table import COLUMNS, SHOWN, unknown_codes
from amur.periods import Period

REPORT_COLUMNS = ("reporter", "partner", "direction", "product", "nomenclature", "period", "value", "currency",
                  "value_usd", "quantity", "unit", "basis", "origin")  # fmt: skip
DIRECTIONS = ("export", "import")
# More than this is a mistake of unit: all trade of the world is 2.5e13 USD a year.
LARGEST_USD = 1e14
LARGEST_OTHER = 1e19
_LINE = "_line"


def read_flows(path: str | Path, *, self_trade: bool = False) -> nw.LazyFrame:
    """The user's flows as a checked frame with the columns of `COLUMNS`; no row is dropped or mended.

    Needed: `exporter`, `importer`, `period` and either `value_usd` or `value` with `currency`. Optional:
    `product`, `nomenclature` (both `total` where absent), `quantity`, `unit`. Raises FlowsError that names
    line (the header is line 1; in Parquet the row), column and value.
    """
    raw, where = read_table(path, FlowsError)
    _check_columns(raw, where, needed=("exporter", "importer", "period"), known=COLUMNS)
    table = _finished(raw, where, places=("exporter", "importer"))
    if not self_trade:
        own = table.filter(pl.col("exporter") == pl.col("importer"))
        _refuse(own, where, "sell to themselves", "exporter", "Remove these rows: home sales are no trade.")
    _refuse_repeats(table, where, ("exporter", "importer", "product", "nomenclature", "period"))
    return nw.from_native(table.select(list(COLUMNS)).lazy())


def read_reports(path: str | Path) -> nw.LazyFrame:
    """The user's reports (who filed what about whom) as a checked frame with the columns of `REPORT_COLUMNS`.

    Needed: `reporter`, `partner`, `direction` (`export` or `import`, seen from the reporter), `period` and
    either `value_usd` or `value` with `currency`. Raises FlowsError as `read_flows` does.
    """
    raw, where = read_table(path, FlowsError)
    _check_columns(raw, where, needed=("reporter", "partner", "direction", "period"), known=REPORT_COLUMNS)
    wrong = raw.filter(~pl.col("direction").is_in(DIRECTIONS) | pl.col("direction").is_null())
    _refuse(wrong, where, "have no known direction", "direction", "Write export or import.")
    table = _finished(raw, where, places=("reporter", "partner"))
    _refuse_repeats(table, where, ("reporter", "partner", "direction", "product", "nomenclature", "period"))
    if "basis" not in table.columns:
        table = table.with_columns(basis=pl.lit(""))
    return nw.from_native(table.select(list(REPORT_COLUMNS)).lazy())


def columns_of(path: str | Path) -> tuple[str, ...]:
    """The column names of a CSV or Parquet file, to tell flows (`exporter`), reports and facts (`subject`) apart."""
    raw, _ = read_table(path, FlowsError, rows=0)
    return tuple(name for name in raw.columns if name != _LINE)


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def read_table(path: str | Path, error: type[Exception], *, rows: int | None = None) -> tuple[pl.DataFrame, str]:
    """A file as text columns (CSV) or its own types (Parquet), with the line of each row, and its name.

    Raises `error` with one sentence where the file is missing, empty, truncated or of another kind.
    """
    file = Path(path)
    if not file.exists():
        raise error(f"There is no file {file}. Check the name.")
    if not file.is_file():
        raise error(f"{file} is a directory. Name a CSV or Parquet file.")
    if file.stat().st_size == 0:
        raise error(f"{file.name} is empty. It needs a header and at least one row.")
    frame = _parquet(file, error, rows) if file.suffix.lower() in (".parquet", ".pq") else _csv(file, error, rows)
    if rows is None and frame.is_empty():
        raise error(f"{file.name} has a header and no rows. Add at least one.")
    return frame, file.name


def _parquet(file: Path, error: type[Exception], rows: int | None) -> pl.DataFrame:
    try:
        return pl.read_parquet(file, n_rows=rows).with_row_index(_LINE, offset=1)
    except (pl.exceptions.PolarsError, OSError) as cause:
        raise error(f"{file.name} is no whole Parquet file: it may be truncated. Write or copy it again.") from cause


def _csv(file: Path, error: type[Exception], rows: int | None) -> pl.DataFrame:
    header = _header(file, error)
    try:
        frame = pl.read_csv(file, infer_schema=False, n_rows=rows, truncate_ragged_lines=False)
    except (pl.exceptions.PolarsError, OSError) as cause:
        raise error(_csv_fault(file, len(header))) from cause
    if len(frame.columns) != len(header):
        raise error(_csv_fault(file, len(header)))
    frame = frame.rename(dict(zip(frame.columns, header, strict=True)))
    blank = pl.all_horizontal(pl.exclude(_LINE).is_null() | (pl.exclude(_LINE).str.strip_chars() == ""))
    frame = frame.with_row_index(_LINE, offset=2)
    return frame.filter(~blank) if rows is None else frame


def _header(file: Path, error: type[Exception]) -> list[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            header = [name.strip() for name in next(csv.reader(stream), [])]
    except UnicodeDecodeError as cause:
        raise error(f"{file.name} is not UTF-8 text. Save it as CSV in UTF-8, or as Parquet.") from cause
    except csv.Error as cause:
        raise error(f"The header of {file.name} cannot be read: {cause}. Save it as CSV with commas.") from cause
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise error(f"{file.name} separates columns by {'semicolons' if ';' in header[0] else 'tabs'}. Use commas.")
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        raise error(f"{file.name} has the column {repeated[0]!r} twice. Name each column once.")
    return header


def _csv_fault(file: Path, width: int) -> str:
    """Which line of a CSV file breaks it; read again line by line, since only then is the line known."""
    line = 1
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for row in reader:
                line = reader.line_num
                if row and len(row) != width:
                    return (f"Line {line} of {file.name} has {len(row)} fields where the header has {width}. "
                            "Give every column a value, and quote texts that hold commas.")  # fmt: skip
    except UnicodeDecodeError:
        return f"Line {line + 1} of {file.name} or one soon after is not UTF-8 text. Save it as CSV in UTF-8."
    except csv.Error as fault:
        return f"Line {line + 1} of {file.name} cannot be read as CSV ({fault}). Close its quotes."
    return f"{file.name} cannot be read as CSV. Save it again with commas and UTF-8."


# ── contents ────────────────────────────────────────────────────────────────────────────────────


def _check_columns(raw: pl.DataFrame, where: str, *, needed: tuple[str, ...], known: Iterable[str]) -> None:
    present = [name for name in raw.columns if name != _LINE]
    allowed = set(known)
    for name in present:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1)
            meant = f" Did you mean '{near[0]}'?" if near else " Remove it."
            raise FlowsError(f"{where} has a column '{name}' that is not understood.{meant}")
    if missing := [name for name in needed if name not in present]:
        raise FlowsError(f"{where} lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}. Add it.")
    if "value_usd" not in present and not {"value", "currency"} <= set(present):
        raise FlowsError(f"{where} has no value_usd. Give value_usd, or value together with currency.")
    if ("quantity" in present) != ("unit" in present):
        raise FlowsError(f"{where} has quantity without unit, or unit without quantity. Give both or neither.")


def _finished(raw: pl.DataFrame, where: str, *, places: tuple[str, str]) -> pl.DataFrame:
    """Checked text turned into the columns of the schema; every check sees the lines of the file."""
    table = _numbers(_texts(raw), where)
    for column in places:
        _check_places(table, where, column)
    table = _periods(table, where)
    if "unit" in table.columns:
        mixed = table.group_by("product", "nomenclature").agg(pl.col("unit").unique().drop_nulls().alias("units"))
        for product, _, units in mixed.filter(pl.col("units").list.len() > 1).iter_rows():
            raise FlowsError(
                f"{where} gives the product '{product}' in several units: {', '.join(sorted(units))}. Use one."
            )
    return _valued(table).with_columns(origin=pl.lit(f"user:{where}"))


def _texts(raw: pl.DataFrame) -> pl.DataFrame:
    texts = ("exporter", "importer", "reporter", "partner", "direction", "product", "nomenclature", "period",
             "currency", "unit", "basis")  # fmt: skip
    kept = [pl.col(name).cast(pl.String).str.strip_chars() for name in texts if name in raw.columns]
    table = raw.with_columns(kept).drop("origin", strict=False)
    absent = [pl.lit("total").alias(name) for name in ("product", "nomenclature") if name not in raw.columns]
    return table.with_columns(absent).with_columns(pl.col("product", "nomenclature").fill_null("total"))


def _numbers(table: pl.DataFrame, where: str) -> pl.DataFrame:
    for column in [name for name in ("value", "value_usd", "quantity") if name in table.columns]:
        text = pl.col(column).cast(pl.String).str.strip_chars()
        number = text.cast(pl.Float64, strict=False)
        spelled = text.is_not_null() & (text != "")
        _refuse(
            table.filter(spelled & number.is_null()),
            where,
            "are no number",
            column,
            "Write 1234.5, without signs or spaces.",
        )
        if column != "quantity":
            _refuse(table.filter(~spelled), where, "have no value", column, "Fill them in or remove the rows.")
        table = table.with_columns(number.alias(column))
        finite = pl.col(column).is_finite()
        _refuse(table.filter(~finite), where, "are not finite", column, "Write a number.")
        _refuse(table.filter(pl.col(column) < 0), where, "are negative", column, "Flows cannot be negative.")
        limit = LARGEST_USD if column == "value_usd" else LARGEST_OTHER
        _refuse(table.filter(pl.col(column) > limit), where, f"are above {limit:.0e}", column, "Check the unit.")
    return table


def _check_places(table: pl.DataFrame, where: str, column: str) -> None:
    counted = table.group_by(column).agg(pl.len(), pl.col(_LINE).min()).sort(_LINE)
    bad = counted.filter(~pl.col(column).is_in(sorted(codes.place_codes())) | pl.col(column).is_null())
    if not bad.is_empty():
        names = [name or "" for name in bad[column].to_list()]
        raise FlowsError(f"{where}, line {bad[_LINE][0]}: {unknown_codes(column, names, int(bad['len'].sum()))}")


def _periods(table: pl.DataFrame, where: str) -> pl.DataFrame:
    labels: dict[str, str] = {}
    for text, line in table.group_by("period").agg(pl.col(_LINE).min()).sort(_LINE).iter_rows():
        try:
            labels[text] = Period.parse(text or "").label
        except PeriodError as error:
            raise FlowsError(f"{where}, line {line}, column period: {error}") from error
    return table.with_columns(pl.col("period").replace_strict(labels))


def _valued(table: pl.DataFrame) -> pl.DataFrame:
    """Both value columns: dollars as given, or at the ECB's monthly means, or null where there is no rate."""
    if "value" not in table.columns:
        table = table.with_columns(value=pl.col("value_usd"), currency=pl.lit("USD"))
    if "value_usd" not in table.columns:
        pairs = table.select("currency", "period").unique().rows()
        rates = [usd_rate(currency, Period.parse(period)) for currency, period in pairs]
        schema = {"currency": pl.String, "period": pl.String, "_rate": pl.Float64}
        rated = pl.DataFrame([(*pair, rate) for pair, rate in zip(pairs, rates, strict=True)], schema, orient="row")
        table = table.join(rated, on=["currency", "period"], how="left", maintain_order="left")
        table = table.with_columns(value_usd=pl.col("value") * pl.col("_rate")).drop("_rate")
    if "currency" not in table.columns:
        table = table.with_columns(currency=pl.lit("USD"))
    if "quantity" not in table.columns:
        table = table.with_columns(quantity=pl.lit(None, pl.Float64), unit=pl.lit(None, pl.String))
    return table


def _refuse_repeats(table: pl.DataFrame, where: str, key: tuple[str, ...]) -> None:
    repeated = table.filter(pl.struct(key).is_duplicated())
    if not repeated.is_empty():
        first = repeated.row(0, named=True)
        same = repeated.filter(pl.all_horizontal(pl.col(name) == first[name] for name in key))
        lines = ", ".join(str(line) for line in same[_LINE].to_list()[:SHOWN])
        named = " ".join(str(first[name]) for name in key)
        raise FlowsError(
            f"{repeated.height} rows of {where} share a key with another, first on lines {lines} ({named}). "
            "Add them up or keep one of each."
        )


def _refuse(bad: pl.DataFrame, where: str, what: str, column: str, remedy: str) -> None:
    if bad.is_empty():
        return
    shown = [
        f"line {line} '{'' if cell is None else cell}'"
        for line, cell in bad.select(_LINE, column).head(SHOWN).iter_rows()
    ]
    more = f" and {bad.height - SHOWN} more" if bad.height > SHOWN else ""
    raise FlowsError(f"{where}, column {column}: {bad.height} cells {what}: {', '.join(shown)}{more}. {remedy}")
