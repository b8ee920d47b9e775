"""Partners' shares in an exporter's reported yearly exports, where the source lists every partner.

The reported total is missing in the later years of the table, so the whole is the sum of all partners
outside, those that are not specified included; in the years that have the reported total the two agree
to a thousandth, which a test holds.
"""

from __future__ import annotations

from functools import lru_cache

import narwhals as nw
import polars as pl

from amur import codes
from amur.changes.share_tables import share_changes
from amur.changes.shares import share_parts
from amur.errors import NoDataError
from amur.figures import Derivation, Figure
from amur.flows import load_flows
from amur.periods import Period
from amur.sources import source

SOURCE = "eurostat-annual"
REPORTER = "Eurostat"
_INSIDE = frozenset({"INTRA-EU27", "UNSPECIFIED-INTRA"})


@lru_cache(maxsize=4)
def outside_exports(exporter: str) -> pl.DataFrame:
    """Yearly exports of an exporter to every partner outside it, each once: the columns of flows that shares need."""
    blocs = {item.code: item for item in codes.blocs()}
    members = blocs[exporter].members if exporter in blocs else frozenset()
    inside = sorted(members | _INSIDE | {source(SOURCE).total_partner})
    columns = ("exporter", "importer", "product", "period", "value_usd")
    flows = load_flows(SOURCE).filter(nw.col("exporter") == exporter, ~nw.col("importer").is_in(inside))
    table: pl.DataFrame = flows.select(*columns).collect(backend="polars").to_native()
    if table.is_empty():
        raise NoDataError(f"The table of yearly exports is about the EU27, not about {exporter}. Give a file (--data).")
    return table


def export_share_changes(exporter: str, *, before: Period, after: Period) -> pl.DataFrame:
    """Own growth and others' fall behind every partner's share of the exports, see `share_changes`."""
    changes = share_changes(outside_exports(exporter), before=before, after=after, flow="exports")
    return changes.filter(pl.col("subject") == exporter)


def export_shares(exporter: str, partner: str) -> dict[Period, float]:
    """A partner's share of the exports by year, as fractions."""
    table = outside_exports(exporter)
    whole = dict(table.group_by("period").agg(pl.col("value_usd").sum()).iter_rows())
    own = table.filter(pl.col("importer") == partner).sort("period")
    return {Period.parse(label): value / whole[label] for label, value in own.select("period", "value_usd").iter_rows()}


def share_figure(exporter: str, partner: str, period: Period) -> Figure | None:
    """The partner's share as a figure with its part and whole; None where the table does not hold it."""
    try:
        table = outside_exports(exporter).filter(pl.col("period") == period.label)
    except NoDataError:
        return None
    own = table.filter(pl.col("importer") == partner)["value_usd"]
    if own.is_empty():
        return None

    def told(other: str, value: float) -> Figure:
        return Figure(
            measure="exports",
            subject=exporter,
            object=other,
            flow="exports",
            period=period,
            value=value,
            unit="USD",
            currency="USD",
            reporter=REPORTER,
            origins=(SOURCE,),
        )

    part, whole = told(partner, float(own.sum())), told("WLD", float(table["value_usd"].sum()))
    return Figure(
        measure="share",
        subject=exporter,
        object=partner,
        flow="exports",
        period=period,
        value=part.value / whole.value,
        unit="fraction",
        reporter=REPORTER,
        origins=(SOURCE,),
        derivation=Derivation("share", (part, whole), "{0} / {1}"),
    )


# ── by month ────────────────────────────────────────────────────────────────────────────────────

MONTHLY = "us-census-naics3"


@lru_cache(maxsize=16)
def import_shares_by_month(importer: str, partner: str) -> pl.DataFrame:
    """A partner's share of an importer's reported imports by month, and why it moved since a year before.

    Columns: period, value, whole (dollars), share, change, own, others (fractions; the last three are null in
    the first twelve months). The whole is the total that the importer reports.
    """
    total = source(MONTHLY).total_partner
    flows = load_flows(MONTHLY).filter(
        nw.col("importer") == importer, nw.col("product") == "total", nw.col("exporter").is_in([partner, total])
    )
    rows: pl.DataFrame = flows.select("exporter", "period", "value_usd").collect(backend="polars").to_native()
    own = rows.filter(pl.col("exporter") == partner).select("period", value="value_usd")
    whole = rows.filter(pl.col("exporter") == total).select("period", whole="value_usd")
    table = own.join(whole, on="period").sort("period")
    if table.is_empty():
        raise NoDataError(f"The table of monthly imports has none of {importer} from {partner}. See: amur sources.")
    year_before = table.select(
        pl.col("period").map_elements(_year_later, return_dtype=pl.String), before="value", whole_before="whole"
    )
    joined = table.join(year_before, on="period", how="left")
    a0, a1, b0, b1 = (joined[name].to_numpy() for name in ("before", "value", "whole_before", "whole"))
    parts = share_parts(a0, a1, others_before=b0 - a0, others_after=b1 - a1)
    return joined.select(
        "period", "value", "whole", share=a1 / b1, change=a1 / b1 - a0 / b0, own=parts[0], others=parts[1]
    ).with_columns(pl.col("change", "own", "others").fill_nan(None))


def _year_later(label: str) -> str:
    return Period.parse(label).shift_years(1).label
