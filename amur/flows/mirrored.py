"""Mirror: what the exporter and the importer say about the same flow, kept apart, and one value from the two.

A flow is reported twice. The two differ because importers count freight and insurance, because goods change
destination on the way, and because someone does not report. Amur shows both beside each other and never
mixes them unsaid: `reconciled` comes with `how`. The default takes the importer's report where there is one,
since customs collect duty on imports and so watch origin and value more closely than on exports; the price is
that the value includes freight where the importer does not say otherwise. No freight is taken off unless a
margin is given: published margins differ by pair and product more than by the usual few percent.
"""

from __future__ import annotations

from typing import Literal

import narwhals as nw

from amur import store
from amur.errors import FlowsError
from amur.flows.table import COLUMNS, Frame
from amur.origins import DATA
from amur.sources import sources

MirrorRule = Literal["importer first", "exporter first", "geometric mean"]
FLOW = ("exporter", "importer", "product", "nomenclature", "period")


def bundled_reports() -> nw.LazyFrame:
    """All bundled flows that somebody filed, as reports: reporter, partner, direction and the flow columns."""
    data = DATA.as_posix()
    parts = [
        f"SELECT reporter, CASE WHEN reporter = exporter THEN importer ELSE exporter END AS partner, "
        f"CASE WHEN reporter = exporter THEN 'export' ELSE 'import' END AS direction, product, nomenclature, period, "
        f"value, currency, value_usd, quantity, unit, '{item.valuation}' AS basis, '{item.origin}' AS origin "
        f"FROM (SELECT *, {item.reporter} AS reporter FROM ({item.sql(data)}))"
        for item in sources()
        if item.reporter
    ]
    return store.query(" UNION ALL ".join(parts))


def mirror(reports: Frame, *, rule: MirrorRule = "importer first", cif_margin: float = 0.0) -> nw.LazyFrame:
    """Both reports of each flow side by side in USD, and one value from the two.

    Columns: exporter, importer, product, nomenclature, period, `reported_by_exporter`,
    `reported_by_importer` (null where not reported), `reconciled`, and `how` it was made. `cif_margin` is the share of
    freight and insurance in the exporter's value (0.06 for six percent) that is taken off importers' reports in
    `reconciled` only. Raises FlowsError where one side reports a flow more than once: choose one origin for each
    reporter first.
    """
    if cif_margin < 0:
        raise FlowsError(f"The freight margin {cif_margin} is negative. Give 0 or a share such as 0.06.")
    reports = reports.lazy()
    _refuse_double_filing(reports)
    exports = nw.col("direction") == "export"
    sides = reports.with_columns(
        nw.when(exports).then(nw.col("reporter")).otherwise(nw.col("partner")).alias("exporter"),
        nw.when(exports).then(nw.col("partner")).otherwise(nw.col("reporter")).alias("importer"),
        nw.when(exports).then(nw.col("value_usd")).alias("by_exporter"),
        nw.when(~exports).then(nw.col("value_usd")).alias("by_importer"),
    )
    # One report a side: the maximum of one value is that value, and null where there is none.
    paired = sides.group_by(*FLOW).agg(
        nw.col("by_exporter").max().alias("reported_by_exporter"),
        nw.col("by_importer").max().alias("reported_by_importer"),
    )
    return _reconciled(paired, rule, 1 + cif_margin)


def mirror_flows(mirrored: Frame, *, origin: str) -> nw.LazyFrame:
    """The reconciled values as a flows table; `origin` is a key for what was reconciled."""
    whole = (
        mirrored.lazy()
        .filter(~nw.col("reconciled").is_null())
        .with_columns(
            nw.col("reconciled").alias("value"),
            nw.lit("USD").alias("currency"),
            nw.col("reconciled").alias("value_usd"),
            nw.lit(None, nw.Float64).alias("quantity"),
            nw.lit(None, nw.String).alias("unit"),
            nw.lit(origin).alias("origin"),
        )
    )
    return whole.select(list(COLUMNS))


def _reconciled(paired: nw.LazyFrame, rule: MirrorRule, freight: float) -> nw.LazyFrame:
    by_exporter, by_importer = nw.col("reported_by_exporter"), nw.col("reported_by_importer") / freight
    has_exporter, has_importer = ~nw.col("reported_by_exporter").is_null(), ~nw.col("reported_by_importer").is_null()
    importer = "importer" if freight == 1 else f"importer / {freight:g}"
    if rule == "geometric mean":
        both = has_exporter & has_importer
        value = nw.when(both).then((by_exporter * by_importer).sqrt())
        how = nw.when(both).then(nw.lit(f"geometric mean of exporter and {importer}"))
        rest_value = nw.when(has_importer).then(by_importer).otherwise(by_exporter)
        rest_how = nw.when(has_importer).then(nw.lit(importer)).otherwise(nw.lit("exporter"))
        return paired.with_columns(
            value.otherwise(rest_value).alias("reconciled"), how.otherwise(rest_how).alias("how")
        )
    preferred = has_importer if rule == "importer first" else has_exporter
    values = (by_importer, by_exporter) if rule == "importer first" else (by_exporter, by_importer)
    names = (importer, "exporter") if rule == "importer first" else ("exporter", importer)
    return paired.with_columns(
        nw.when(preferred).then(values[0]).otherwise(values[1]).alias("reconciled"),
        nw.when(preferred).then(nw.lit(names[0])).otherwise(nw.lit(names[1])).alias("how"),
    )


def _refuse_double_filing(reports: nw.LazyFrame) -> None:
    key = ("reporter", "partner", "direction", "product", "nomenclature", "period")
    repeated = reports.group_by(*key).agg(nw.len().alias("reports")).filter(nw.col("reports") > 1)
    first = repeated.sort(*key).head(1).collect()
    if len(first):
        row = dict(zip(first.columns, first.row(0), strict=True))
        count = int(repeated.select(nw.len()).collect().item())
        raise FlowsError(
            f"{count} flows are reported more than once by the same side, first {row['reporter']}'s "
            f"{row['direction']} with {row['partner']} in {row['period']} ({row['reports']} reports). "
            "Filter to one origin for each reporter."
        )
