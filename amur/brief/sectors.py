"""Chapter: dependence by sector, both ways: share, concentration, top supplier, distance to one half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from amur import codes
from amur.brief.pair import Chapter, Pair, Parts, capital, column, draw_of, sector_flows
from amur.charts import Axis, threshold_dots
from amur.charts.timelines import Level
from amur.errors import CodeError
from amur.figures import Figure
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.indicators.shares import THRESHOLD
from amur.kit import Chart, Table, notice
from amur.periods import Period

MOST_SECTORS = 12
"""Sectors drawn; the table below holds all."""

SMALL = 0.002
"""A sector below this part of a country's imports is not drawn: a share of little says little."""


@dataclass(frozen=True)
class SectorShare:
    """What a country buys of one sector: `share` is the partner's part, `part` the sector's part of all imports."""

    product: str
    share: Figure
    part: float
    hhi: float
    top: str
    top_share: float


def sectors_chapter(pair: Pair) -> Chapter:
    """A picture and a table for each direction."""
    parts = Parts(pair)
    found = sector_flows(pair)
    if found is None:
        parts.add(notice(pair.say("sectors.none")))
        return parts.chapter("sectors")
    ledger, period, flows = found
    for one, other in pair.both_ways:
        shares = sector_shares(pair, flows, (one, other), ledger, period)
        if pair.choice.sectors:
            shares = [item for item in shares if item.product in pair.choice.sectors]
        if shares:
            parts.add(_chart(pair, parts, shares, one, other))
    return parts.chapter("sectors")


def sector_shares(
    pair: Pair, flows: pl.DataFrame, way: tuple[str, str], ledger: Ledger, period: Period
) -> list[SectorShare]:
    """The partner's share of what a country imports in each sector, the largest first."""
    importer, exporter = way
    bought = flows.filter(pl.col("importer") == importer, pl.col("exporter") != importer, pl.col("value_usd") > 0)
    total = float(bought["value_usd"].sum())
    found = []
    for (product,), rows in sorted(bought.group_by("product"), key=lambda item: str(item[0])):
        whole = float(rows["value_usd"].sum())
        shares = dict(zip(rows["exporter"], rows["value_usd"] / whole, strict=True))
        top = max(shares, key=lambda code: (shares[code], code))
        figure = Figure(
            measure="share",
            subject=importer,
            object=exporter,
            flow="imports",
            product=str(product),
            period=period,
            value=shares.get(exporter, 0.0),
            unit="fraction",
            basis=_basis(pair, importer, ledger, period),
            reporter=_producer(ledger),
            origins=(ledger.origin,),
        )
        hhi = sum(share**2 for share in shares.values())
        found.append(SectorShare(str(product), figure, whole / total, hhi, top, shares[top]))
    return sorted(found, key=lambda item: (-item.share.value, item.product))


def most_dependent(shares: list[SectorShare]) -> SectorShare | None:
    """The sector of some weight in which the partner's share is largest."""
    return next((item for item in shares if item.part >= SMALL and item.share.value > 0), None)


def sector_name(pair: Pair, product: str) -> str:
    """A sector's name in the page's language; a product of a user's own table keeps its code."""
    try:
        return codes.sector(product).name(pair.text.language)
    except CodeError:
        return product


def in_sentence(name: str) -> str:
    """A sector's name inside a sentence, where it begins small."""
    return name[:1].lower() + name[1:]


def _basis(pair: Pair, importer: str, ledger: Ledger, period: Period) -> str:
    if books.carried_forward(ledger, codes.place(importer), period):
        return pair.text("kit.status.nowcast")
    return ""


def _producer(ledger: Ledger) -> str:
    from amur.indicators import wording

    return wording.producer(ledger.origin)


def _chart(pair: Pair, parts: Parts, shares: list[SectorShare], one: str, other: str) -> Chart:
    shown = [item for item in shares if item.part >= SMALL][:MOST_SECTORS] or shares[:MOST_SECTORS]
    rows = [{"label": sector_name(pair, item.product), "value": item.share.value} for item in shown]
    over = [item for item in shares if item.share.value > THRESHOLD + 1e-9]
    leader = most_dependent(shares) or shares[0]
    values = {
        "sector": in_sentence(sector_name(pair, leader.product)),
        "share": leader.share,
        "period": leader.share.period,
        "n": len(over),
        "all": len(shares),
    }
    title = capital(pair.say("sectors.chart", (one, other)))
    threshold = Level(THRESHOLD, pair.text("brief.sectors.half"))
    return Chart(
        name=f"sectors-{one.lower()}",
        title=title,
        finding=pair.told("sectors.finding", values, way=(one, other)),
        draw=draw_of(threshold_dots, rows, axis=Axis(unit="fraction"), threshold=threshold),
        table=_table(pair, shares, one, other),
        origins=parts.cite(item.share for item in shown),
        note=pair.text("brief.sectors.small", share=pair.text.percent(SMALL)),
    )


def _table(pair: Pair, shares: list[SectorShare], one: str, other: str) -> Table:
    rows: list[dict[str, Any]] = [
        {
            "sector": sector_name(pair, item.product),
            "share": item.share,
            "distance": item.share.value - THRESHOLD,
            "part": item.part,
            "hhi": item.hhi,
            "top": pair.text.country(item.top),
            "top_share": item.top_share,
        }
        for item in shares
    ]
    return Table(
        f"sectors-{one.lower()}-data",
        pair.say("sectors.table", (one, other)),
        (
            column(pair, "sector"),
            column(pair, "share", kind="value"),
            column(pair, "distance", kind="points"),
            column(pair, "part", kind="percent"),
            column(pair, "hhi", kind="number", digits=3),
            column(pair, "top"),
            column(pair, "top_share", kind="percent"),
        ),
        rows,
    )
