"""Why a share moved, sector by sector for a pair, or partner by partner for one country: every part adds up."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from amur import codes
from amur.changes.asked.answer import Answer, Asked, Change, Remark, carried, fraction
from amur.changes.asked.own import own_flows
from amur.changes.dependence_tables import YEARS, sector_flows
from amur.changes.reported_shares import SOURCE, export_share_changes, outside_exports
from amur.changes.share_tables import market_cells, sector_parts, share_changes
from amur.errors import MeasureError, NoDataError
from amur.flows import collapse_bloc
from amur.indicators.ledger import refuse_overlap
from amur.periods import Period

_MODEL = ("oecd-icio",)


def answer(asked: Asked) -> Answer:
    """The change of a share by sector of a pair, or of every partner's share where only one place is named."""
    before, after = _periods(asked)
    if not asked.b:
        return _by_partner(asked, before, after)
    a, b = asked.pair("shares")
    refuse_overlap(codes.place(a), codes.place(b))
    flows = _flows(asked, (before, after), (a, b))
    table = share_changes(flows, before=before, after=after, flow=asked.flow)
    pair = table.filter((pl.col("subject") == a) & (pl.col("object") == b))
    parts = sector_parts(table, a, b)
    moved = {name: k for k, name in enumerate(parts.products)}
    rows = [
        {
            "product": row["product"],
            **{name: row[name] for name in ("share_before", "share_after", "change", "own", "others")},
            "within": float(parts.parts.within[moved[row["product"]]]),
            "between": float(parts.parts.between[moved[row["product"]]]),
        }
        for row in pair.iter_rows(named=True)
    ]
    remarks = [_whole(asked, (a, b), parts.parts.change, parts.parts), *_markets(asked, flows, (a, b), (before, after))]
    if asked.data is None:
        remarks += carried((a, b), (before, after))
    return Answer("shares", tuple(rows), tuple(remarks), (), _origins(asked))


def _whole(asked: Asked, who: tuple[str, str], change: float, parts: object) -> Remark:
    within, between = (float(getattr(parts, name).sum()) for name in ("within", "between"))
    values = {"change": Change(change), "within": Change(within), "between": Change(between)}
    return Remark(f"share_{asked.flow}", {"subject": who[0], "object": who[1]}, values)


def _markets(asked: Asked, flows: pl.DataFrame, who: tuple[str, str], span: tuple[Period, Period]) -> list[Remark]:
    """Constant market share of what the first sells to the second, and of all that it sells."""
    exporter, importer = (who[1], who[0]) if asked.flow == "imports" else who
    cells = market_cells(flows, exporter, before=span[0], after=span[1])
    found = []
    for key, parts in (("market", cells.of(importer)), ("markets", cells.total)):
        causes = ("change", "world", "sectors", "competitiveness")
        values = {name: Change(getattr(parts, name), "USD") for name in causes}
        values["demand"] = Change(parts.markets, "USD")
        places = {"exporter": exporter} | ({"importer": importer} if key == "market" else {})
        found.append(Remark(key, places, values))
    return found


def _by_partner(asked: Asked, before: Period, after: Period) -> Answer:
    """Every partner's share in one exporter's or importer's trade."""
    a = codes.place(asked.a).code
    flow = "exports" if asked.flow == "total" and asked.data is None else asked.flow
    reported = asked.data is None and flow == "exports" and _reports_exports(a)
    if reported:
        table = export_share_changes(a, before=before, after=after)
    else:
        flows = _flows(asked, (before, after), (a,)).with_columns(product=pl.lit("total"))
        keys = ("exporter", "importer", "product", "period")
        table = share_changes(
            flows.group_by(keys).agg(pl.col("value_usd").sum()), before=before, after=after, flow=flow
        )
        table = table.filter(pl.col("subject") == a)
    if table.is_empty():
        raise NoDataError(f"The table has no {flow} of {a} in both {before.label} and {after.label}.")
    names = ("share_before", "share_after", "change", "own", "others")
    order = table.with_columns(size=pl.col("change").abs()).sort("size", descending=True)
    rows = tuple({"partner": row["object"], **{name: row[name] for name in names}} for row in order.to_dicts())
    first = rows[0]
    values: dict[str, object] = {name: fraction(float(first[name])) for name in ("share_before", "share_after")}
    values |= {name: Change(float(first[name])) for name in ("own", "others")}
    places = {"subject": a, "object": str(first["partner"])}
    return Answer(
        "shares", rows, (Remark(f"partner_{flow}", places, values),), (), (SOURCE,) if reported else _origins(asked)
    )


def _reports_exports(a: str) -> bool:
    try:
        return not outside_exports(a).is_empty()
    except NoDataError:
        return False


def _flows(asked: Asked, span: tuple[Period, Period], places: tuple[str, ...]) -> pl.DataFrame:
    """Flows of both periods with the blocs among the places merged, home sales left out."""
    if asked.data is not None:
        frame = nw.from_native(own_flows(asked.data).lazy())
        labels = [period.label for period in span]
        table = frame.filter(nw.col("period").is_in(labels), nw.col("exporter") != nw.col("importer"))
    else:
        if not {period.label for period in span} <= {str(year) for year in YEARS}:
            raise NoDataError(
                f"Trade by sector is known for the years {YEARS[0]} to {YEARS[-1]}, not for {span[0].label} and "
                f"{span[1].label}. Choose two of them (--from, --to), or give a table (--data FILE)."
            )
        table = nw.concat([sector_flows(period.start.year).lazy() for period in span])
    blocs = {item.code for item in codes.blocs()}
    for place in places:
        if place in blocs:
            table = collapse_bloc(table, place)
    return table.lazy().collect("polars").to_native()


def _periods(asked: Asked) -> tuple[Period, Period]:
    if asked.start is None or asked.end is None:
        raise MeasureError("A share moves between two periods. Name both (--from, --to).")
    if asked.start.start >= asked.end.start:
        raise MeasureError(f"{asked.end.label} does not come after {asked.start.label}. Give the earlier period first.")
    return asked.start, asked.end


def _origins(asked: Asked) -> tuple[str, ...]:
    return _MODEL if asked.data is None else (f"user:{asked.data.name}",)
