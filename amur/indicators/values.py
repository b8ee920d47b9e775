"""Levels of trade as tables: each pair seen from both sides, each country's total, and how they grew.

Every function here and in its siblings is one narwhals expression: it takes a flows table (exporter,
importer, product, period, value_usd) of DuckDB, Polars, pandas or PySpark and gives a lazy frame of the
same engine. `subject` is the country whose total is the denominator, `object` the partner. What a
country sells to itself is left out. A sum that holds an unknown amount is unknown, never smaller.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrame

from amur.errors import MeasureError
from amur.periods import Period

Frame = nw.LazyFrame[Any]
AnyFrame = IntoFrame | nw.DataFrame[Any] | nw.LazyFrame[Any]
"""A table of any engine that narwhals knows, wrapped or not."""

FLOWS = ("exports", "imports", "total")
"""The three flows of a subject, each a column `<flow>_usd`."""

MIRRORED = {"exports": "imports", "imports": "exports", "total": "total"}
"""The same flow as the other side calls it."""

NEEDED = ("exporter", "importer", "product", "period", "value_usd")
PAIR = ("subject", "object", "product", "period")
COUNTRY = ("subject", "product", "period")


def flows_frame(flows: AnyFrame) -> Frame:
    """The five columns that measures need, lazily; a table without them is refused."""
    frame = nw.from_native(flows).lazy()
    missing = [name for name in NEEDED if name not in frame.collect_schema().names()]
    if missing:
        raise MeasureError(f"The flows table lacks the columns {', '.join(missing)}. Give {', '.join(NEEDED)}.")
    return frame.select(*NEEDED)


def pair_values(flows: AnyFrame) -> Frame:
    """Each pair from both sides: exports_usd, imports_usd, total_usd, balance_usd by product and period.

    exports_usd is what the subject sells to the object, imports_usd what it buys there; total is their
    sum (turnover), balance exports minus imports. A direction without a row counts as zero.
    """
    frame = flows_frame(flows).filter(nw.col("exporter") != nw.col("importer"))
    keys = ("product", "period")
    sold = frame.select(
        nw.col("exporter").alias("subject"),
        nw.col("importer").alias("object"),
        *keys,
        nw.col("value_usd").alias("exports_usd"),
        nw.lit(0.0).alias("imports_usd"),
    )
    bought = frame.select(
        nw.col("importer").alias("subject"),
        nw.col("exporter").alias("object"),
        *keys,
        nw.lit(0.0).alias("exports_usd"),
        nw.col("value_usd").alias("imports_usd"),
    )
    return _with_totals(known_sums(nw.concat([sold, bought]), PAIR, ("exports_usd", "imports_usd")))


def country_values(flows: AnyFrame) -> Frame:
    """Each country's trade with all others: exports_usd, imports_usd, total_usd, balance_usd."""
    return _with_totals(known_sums(pair_values(flows), COUNTRY, ("exports_usd", "imports_usd")))


def world_values(flows: AnyFrame) -> Frame:
    """World trade by product and period: exports_usd (equal to imports_usd) and total_usd, twice as much."""
    summed = known_sums(pair_values(flows), ("product", "period"), ("exports_usd", "imports_usd"))
    return _with_totals(summed).drop("balance_usd")


def sum_products(flows: AnyFrame, products: tuple[str, ...], name: str) -> Frame:
    """The flows of several products as one product called `name`."""
    frame = flows_frame(flows).filter(nw.col("product").is_in(list(products)))
    summed = known_sums(frame, ("exporter", "importer", "period"), ("value_usd",))
    return summed.with_columns(nw.lit(name).alias("product")).select(*NEEDED)


def growth_rates(flows: AnyFrame, *, period: Period, base: Period) -> Frame:
    """Growth of each pair's flows from `base` to `period`, as fractions; null where the base is zero."""
    if period == base:
        raise MeasureError(f"Growth from {base.label} to itself is no growth. Choose another base.")
    pairs = pair_values(flows)
    new = pairs.filter(nw.col("period") == period.label).drop("balance_usd")
    old = pairs.filter(nw.col("period") == base.label).drop("period", "balance_usd")
    joined = new.join(old, on=["subject", "object", "product"], how="inner", suffix="_base")
    rates = [
        quotient(nw.col(f"{flow}_usd") - nw.col(f"{flow}_usd_base"), nw.col(f"{flow}_usd_base")).alias(
            f"growth_of_{flow}"
        )
        for flow in FLOWS
    ]
    return joined.with_columns(*rates, nw.lit(base.label).alias("base_period"))


def known_sums(frame: Frame, keys: tuple[str, ...], columns: tuple[str, ...]) -> Frame:
    """Sums by group; null where any term is null, since a sum without an unknown term is too small."""
    marked = frame.with_columns(*(nw.col(name).is_null().cast(nw.Int64).alias(f"_{name}_unknown") for name in columns))
    summed = marked.group_by(*keys).agg(
        *(nw.col(name).sum() for name in columns),
        *(nw.col(f"_{name}_unknown").sum() for name in columns),
    )
    known = [nw.when(nw.col(f"_{name}_unknown") == 0).then(nw.col(name)).alias(name) for name in columns]
    return summed.with_columns(*known).drop(*(f"_{name}_unknown" for name in columns))


def quotient(numerator: nw.Expr, denominator: nw.Expr) -> nw.Expr:
    """Numerator over denominator; null where the denominator is not above zero."""
    return nw.when(denominator > 0).then(numerator / denominator)


def _with_totals(frame: Frame) -> Frame:
    exports, imports = nw.col("exports_usd"), nw.col("imports_usd")
    return frame.with_columns(total_usd=exports + imports, balance_usd=exports - imports)
