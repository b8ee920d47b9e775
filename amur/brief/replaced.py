"""Chapter: who replaced whom: exports by month of those that report them, and partners whose share moved most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from amur import codes
from amur.brief.pair import Chapter, Pair, Parts, column, draw_of
from amur.charts import Axis, Key, dumbbell, time_lines
from amur.charts.timelines import Marks
from amur.errors import NoDataError
from amur.figures import Figure
from amur.indicators import ledger as books
from amur.indicators.gaps import missing_partners
from amur.indicators.ledger import Ledger
from amur.indicators.shares import partner_shares
from amur.kit import Chart, Table, notice
from amur.pages.explanation.flags import pair_flags
from amur.periods import Period

MOST_PARTNERS = 10
"""Partners drawn; those whose share moved most, either way."""

MOST_LINES = 6
"""Destinations drawn by month."""

WINDOW = 12
"""Months added up, so that the season does not show as a change."""


def replaced_chapter(pair: Pair) -> Chapter:
    """Monthly exports to the pair and its neighbours where they are reported; then who gained and who lost."""
    parts = Parts(pair)
    for ledger in pair.ledgers():
        drawn = _monthly(pair, parts, ledger)
        if drawn is not None:
            parts.add(drawn)
            break
    for one, _ in pair.both_ways:
        drawn = _movers(pair, parts, one)
        parts.add(drawn or notice(pair.say("replaced.none", (one, one))))
    return parts.chapter("replaced")


# ── by month ────────────────────────────────────────────────────────────────────────────────────


def _monthly(pair: Pair, parts: Parts, ledger: Ledger) -> Chart | None:
    """Exports of one bloc to one of the pair and to the other buyers that its monthly table follows.

    The table must list few buyers beside one of the pair: it was made to follow goods on their way to it.
    """
    if ledger.frequency != "month" or ledger.totals != "none" or not ledger.complete:
        return None
    flows = books.table(ledger, "").filter(pl.col("value_usd").is_not_null())
    sellers = flows.group_by("exporter").agg(pl.col("value_usd").sum()).sort("value_usd", "exporter", descending=True)
    groups = {item.code for item in codes.blocs()}
    blocs = [code for code in sellers["exporter"] if code in groups]
    pairs = {pair.a.code, pair.b.code}
    for seller in blocs:
        sold = flows.filter(pl.col("exporter") == seller)
        buyers = set(sold["importer"])
        if buyers & pairs and seller not in pairs and len(buyers) <= MOST_LINES + 3:
            return _month_chart(pair, parts, ledger, sold)
    return None


def _month_chart(pair: Pair, parts: Parts, ledger: Ledger, sold: pl.DataFrame) -> Chart:
    seller = str(sold["exporter"][0])
    target = next(code for code in (pair.a.code, pair.b.code) if code in set(sold["importer"]))
    rows = _rolling(sold)
    first, last = rows[0]["period"], rows[-1]["period"]
    changes = {
        code: (_at(rows, code, first), _at(rows, code, last)) for code in dict.fromkeys(row["importer"] for row in rows)
    }
    grown = {code: new / old for code, (old, new) in changes.items() if old and new and code != target}
    most = max(grown, key=lambda code: grown[code])
    drawn = [{**row, "series": pair.text.country(row["importer"])} for row in rows]
    values: dict[str, object] = {
        "seller_s": pair.text.genitive(seller),
        "target": pair.text.the(target),
        "before": _money(ledger, seller, target, changes[target][0], first),
        "after": _money(ledger, seller, target, changes[target][1], last),
        "first": first,
        "last": last,
        "most": pair.text.the(most),
        "times": pair.text.number(grown[most], digits=1),
    }
    lines = _indexed(drawn)
    marks = Marks(events=pair_flags(seller, target, lines, pair.text))
    title = pair.text.sentence("brief.replaced.monthly", seller_s=pair.text.genitive(seller))
    return Chart(
        name="monthly",
        title=title,
        finding=pair.told("replaced.monthly_finding", values),
        draw=draw_of(time_lines, lines, axis=Axis(unit="ratio", scale="log"), marks=marks),
        table=Table(
            "monthly-data",
            title,
            (
                column(pair, "series"),
                column(pair, "period", kind="period"),
                column(pair, "amount", kind="money", unit="USD"),
            ),
            [{**row, "amount": row["value"]} for row in drawn],
        ),
        origins=parts.cite((Figure("exports", seller, origins=(ledger.origin,)),)),
        note=pair.text("brief.replaced.index_note", n=WINDOW, period=first),
    )


def _rolling(sold: pl.DataFrame) -> list[dict[str, Any]]:
    """Sums of the last twelve months by buyer, for buyers and months where all twelve are there."""
    wide = sold.group_by("importer", "period").agg(pl.col("value_usd").sum()).sort("importer", "period")
    rows = []
    for (buyer,), months in wide.group_by("importer", maintain_order=True):
        values = dict(zip(months["period"], months["value_usd"], strict=True))
        for label in values:
            end = Period.parse(label).end
            window = Period.rolling(end.year, end.month, WINDOW)
            known = [values.get(month.label) for month in window.split_months()]
            if None not in known:
                rows.append({"importer": str(buyer), "period": window, "value": sum(v for v in known if v is not None)})
    return sorted(rows, key=lambda row: (row["period"], row["importer"]))


def _at(rows: Sequence[dict[str, Any]], code: str, period: Period) -> float | None:
    return next((row["value"] for row in rows if row["importer"] == code and row["period"] == period), None)


def _indexed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each line as a ratio to its first window, dated by the window's last month."""
    base: dict[str, float] = {}
    indexed = []
    for row in rows:
        first = base.setdefault(row["series"], row["value"])
        end = row["period"].end
        indexed.append({**row, "value": row["value"] / first, "period": Period.of_month(end.year, end.month)})
    return indexed


def _money(ledger: Ledger, seller: str, buyer: str, value: float | None, period: Period) -> Figure:
    return Figure(
        "exports", seller, buyer, "exports", period=period, value=value or 0.0, unit="USD", currency="USD",
        origins=(ledger.origin,),
    )  # fmt: skip


# ── partners that gained and lost ───────────────────────────────────────────────────────────────


def _movers(pair: Pair, parts: Parts, subject: str) -> Chart | None:
    """The partners whose share of a country's imports moved most between the first and the last year of a table."""
    for ledger in pair.ledgers():
        if ledger.totals not in ("both", "importer"):
            continue
        try:
            blocs = books.merged(ledger, "", codes.place(subject))
            flows = books.table(ledger, "", blocs)
        except NoDataError:
            continue
        mine = flows.filter(pl.col("importer") == subject, pl.col("value_usd") > 0)
        years = [year for year in _years(mine) if pair.choice.holds(year)]
        years = [year for year in years if not missing_partners(ledger, codes.place(subject), "imports", year)]
        if len(years) < 2:
            continue
        return _mover_chart(pair, parts, ledger, (subject, years[0], years[-1]), flows)
    return None


def _years(flows: pl.DataFrame) -> list[Period]:
    """The whole years of a table, in order."""
    return sorted(period for period in map(Period.parse, flows["period"].unique()) if period.kind == "year")


def _mover_chart(
    pair: Pair, parts: Parts, ledger: Ledger, span: tuple[str, Period, Period], flows: pl.DataFrame
) -> Chart:
    subject, first, last = span
    then, now = (_import_shares(flows, subject, year) for year in (first, last))
    countries = {item.code for item in codes.countries()}
    moved = {code: now.get(code, 0.0) - then.get(code, 0.0) for code in {*then, *now} & countries}
    ordered = sorted(moved, key=lambda code: (-abs(moved[code]), code))[:MOST_PARTNERS]
    ordered.sort(key=lambda code: (-moved[code], code))
    rows = [
        {"label": pair.text.country(code), "start": then.get(code), "end": now.get(code), "change": moved[code]}
        for code in ordered
    ]
    gain, loss = ordered[0], ordered[-1]
    text = pair.text
    values = {
        "a_s": text.genitive(subject),
        "gainer": text.the(gain),
        "gain_then": text.percent(then.get(gain, 0.0)),
        "gain_now": text.percent(now.get(gain, 0.0)),
        "loser": text.the(loss),
        "loss_then": text.percent(then.get(loss, 0.0)),
        "loss_now": text.percent(now.get(loss, 0.0)),
        "first": first,
        "last": last,
    }
    title = text.sentence("brief.replaced.movers", a_s=text.genitive(subject), first=first, last=last)
    ends = (Key(text.period(first), "c3"), Key(text.period(last), "c1"))
    return Chart(
        name=f"movers-{subject.lower()}",
        title=title,
        finding=pair.told("replaced.movers_finding", values),
        draw=draw_of(dumbbell, rows, axis=Axis(unit="fraction"), ends=ends),
        table=Table(
            f"movers-{subject.lower()}-data",
            title,
            (
                column(pair, "label"),
                column(pair, "start", kind="percent"),
                column(pair, "end", kind="percent"),
                column(pair, "change", kind="points"),
            ),
            rows,
        ),
        origins=parts.cite((Figure("share", subject, origins=(ledger.origin,)),)),
        note=_carried(pair, ledger, subject, last),
    )


def _import_shares(flows: pl.DataFrame, subject: str, year: Period) -> dict[str, float]:
    found = partner_shares(flows.filter(pl.col("period") == year.label).lazy()).collect("polars").to_native()
    rows = found.filter(pl.col("subject") == subject, pl.col("share_of_imports") > 0)
    return dict(zip(rows["object"], rows["share_of_imports"], strict=True))


def _carried(pair: Pair, ledger: Ledger, subject: str, year: Period) -> str:
    """A warning where the last year is a nowcast."""
    if not books.carried_forward(ledger, codes.place(subject), year):
        return ""
    return pair.text("brief.nowcast", a_s=pair.text.genitive(subject), period=year)
