"""The charts of the chapter: parts of the value, parts of the shares, listed goods on every route, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from amur import charts, kit
from amur.changes.counterfactual import Departure
from amur.changes.explanation import Block, Explanation, Part
from amur.changes.monthly import Monthly, month_of
from amur.changes.rerouted import Rerouting
from amur.changes.twin import TwinSpan
from amur.charts import Axis, Key, Marks
from amur.errors import MeasureError
from amur.figures import Figure
from amur.kit import Chart, Column, Sentence, Shown, Table
from amur.origins import known_origins
from amur.pages.explanation.flags import pair_flags
from amur.pages.explanation.words import direction, points, signed, size, times, together
from amur.text import Text

_FACTOR_ORIGINS = ("eurostat-cn8", "eurostat-total-hs27")


# ── the value ───────────────────────────────────────────────────────────────────────────────────


def value_chart(explanation: Explanation, text: Text) -> Chart | None:
    """Parts of the change of value as a waterfall; None where the change or its parts are not known."""
    change, parts = explanation.change, explanation.parts
    if change is None or not parts:
        return None
    rows: list[dict[str, Any]] = [
        {"label": _cause(part, explanation, text), "value": part.figure.value, "kind": "part", **_bounds(part)}
        for part in parts
    ]
    rows.append(
        {"label": text("explain.table.change"), "value": change.value, "kind": "total", "low": None, "high": None}
    )
    title = text("explain.chart.value")
    columns = (
        Column("label", text("explain.table.cause")),
        Column("value", text("explain.table.value"), "money", unit=change.currency, digits=2),
        Column("low", text("explain.table.low"), "money", unit=change.currency, digits=2),
        Column("high", text("explain.table.high"), "money", unit=change.currency, digits=2),
    )
    return Chart(
        name="why-value",
        title=title,
        finding=value_sentence(explanation, text),
        draw=partial(charts.waterfall, rows, axis=Axis(title, change.currency)),
        table=Table("why-value-data", title, columns, rows),
        origins=known_origins(key for part in parts for key in part.figure.origins),
    )


def _cause(part: Part, explanation: Explanation, text: Text) -> str:
    """The cause, with its direction where the flow holds both."""
    name = text(f"explain.cause.{part.cause}")
    told = part.figure.flow
    if explanation.flow != "total" or told == "total" or part.cause in ("exports", "imports"):
        return name
    return text("explain.chart.of_flow", cause=name, flow=text(f"common.flow.{told}"))


def _bounds(part: Part) -> dict[str, float | None]:
    return {"low": part.figure.low, "high": part.figure.high}


def value_sentence(explanation: Explanation, text: Text) -> Sentence:
    """How far the value moved, and how much of it prices, quantities and directions account for."""
    change = explanation.change
    if change is None or change.period is None or change.base_period is None:
        raise MeasureError("The change has no periods, so there is no sentence about it. Explain between two periods.")
    names = {"a": text.the(explanation.a), "b": text.the(explanation.b)}
    opening = kit.finding(
        text,
        f"explain.finding.change_{explanation.flow}_{direction(change.value)}",
        {
            **names,
            "change": size(change, text),
            "before": text.period(change.base_period),
            "after": text.period(change.period),
        },
    )
    sentences = [opening]
    by_cause = {part.cause: part.figure for part in explanation.parts}
    if "price" in by_cause:
        sentences.append(_price_sentence(explanation, text))
    if {"exports", "imports"} <= by_cause.keys():
        figures = {name: signed(by_cause[name], text) for name in ("exports", "imports")}
        sentences.append(kit.finding(text, "explain.finding.directions", {**names, **figures}))
    if "market" in by_cause:
        figures = {name: signed(by_cause[name], text) for name in ("market", "share_of_market")}
        about = {"subject": text.the(explanation.a), "object": text.genitive(explanation.b)}
        sentences.append(kit.finding(text, f"explain.finding.market_{explanation.flow}", {**about, **figures}))
    if "rest" in by_cause:
        sentences.append(kit.finding(text, "explain.finding.rest", {"rest": signed(by_cause["rest"], text)}))
    return together(sentences)


def _price_sentence(explanation: Explanation, text: Text) -> Sentence:
    by_cause = {part.cause: part for part in explanation.parts}
    price, quantity = by_cause["price"].figure, by_cause["quantity"].figure
    values = {
        "price": signed(price, text),
        "price_range": text.interval(price),
        "quantity": signed(quantity, text),
        "quantity_range": text.interval(quantity),
    }
    return kit.finding(text, "explain.finding.price_quantity", values)


# ── the shares ──────────────────────────────────────────────────────────────────────────────────


def share_chart(explanation: Explanation, text: Text) -> Chart | None:
    """Own growth and others' fall behind the share of each of the two; None where no share is known."""
    blocks = [block for block in explanation.more if block.name == "share" and block.change]
    if not blocks:
        return None
    rows = [
        {"label": _whose(block, text), "value": part.figure.value, "group": text(f"explain.cause.{part.cause}")}
        for block in blocks
        for part in block.parts
    ]
    title = text("explain.chart.share")
    columns = (
        Column("label", text("explain.table.about")),
        Column("group", text("explain.table.cause")),
        Column("value", text("explain.table.value"), "points", digits=2),
    )
    drawn = [{**row, "label": f"{row['label']}: {row['group']}"} for row in rows]
    return Chart(
        name="why-share",
        title=title,
        finding=together([share_sentence(block, text) for block in blocks]),
        draw=partial(charts.bars, drawn, axis=Axis(title, "points", digits=2)),
        table=Table("why-share-data", title, columns, rows),
        origins=known_origins(key for block in blocks for part in block.parts for key in part.figure.origins),
    )


def _whose(block: Block, text: Text) -> str:
    change = block.change
    if change is None:
        return ""
    key = f"explain.chart.share_of_{change.flow if change.flow in ('exports', 'imports') else 'total'}"
    name = text(key, subject=text.genitive(change.subject), object=text.the(change.object))
    return name[:1].upper() + name[1:]


def share_sentence(block: Block, text: Text) -> Sentence:
    """How a share moved, and what own growth and others' fall did to it."""
    change = block.change
    own, others = (part.figure for part in block.parts)
    if change is None:
        raise MeasureError("A share block without its change cannot be told. Give the change of the share.")
    flow = change.flow if change.flow in ("exports", "imports") else "total"
    key = f"explain.finding.share_{flow}{'_carried' if block.is_nowcast else ''}"
    values = {
        "subject": text.genitive(change.subject),
        "object": text.genitive(change.object),
        "change": points(change, text),
        "own": points(own, text),
        "others": points(others, text),
    }
    return kit.finding(text, key, values)


# ── listed goods and transit ────────────────────────────────────────────────────────────────────


def routes_chart(routes: Sequence[Rerouting], ratios: Mapping[str, Figure], text: Text) -> Chart | None:
    """Growth of listed and of untouched goods on every route, joined; None without routes."""
    judged = [item for item in routes if item.route.control_ratio is not None]
    if not judged:
        return None
    rows = [
        {
            "label": text.country(item.route.importer),
            "start": item.route.control_ratio,
            "end": item.route.ratio,
            "low": item.transit.low,
            "high": item.transit.high,
        }
        for item in sorted(judged, key=lambda item: -item.route.ratio)
    ]
    title = text("explain.chart.routes")
    columns = (
        Column("label", text("explain.table.country")),
        Column("end", text("explain.cause.listed"), "number", digits=2),
        Column("start", text("explain.cause.untouched"), "number", digits=2),
        Column("low", text("explain.table.transit_low"), "money", unit="EUR"),
        Column("high", text("explain.table.transit_high"), "money", unit="EUR"),
    )
    ends = (Key(text("explain.chart.untouched"), charts.THIRD), Key(text("explain.chart.listed"), charts.OBJECT))
    return Chart(
        name="why-routes",
        title=title,
        finding=routes_sentence(judged, ratios, text),
        draw=partial(charts.dumbbell, rows, axis=Axis(title, "ratio", digits=1), ends=ends),
        table=Table("why-routes-data", title, columns, rows, note=text("explain.say.bounds")),
        origins=known_origins(_FACTOR_ORIGINS),
    )


def routes_sentence(routes: Sequence[Rerouting], ratios: Mapping[str, Figure], text: Text) -> Sentence:
    """The route whose listed goods outgrew its untouched goods most, and the bounds over all routes."""
    widest = max(routes, key=lambda item: item.route.ratio_to_control or 0.0)
    code = widest.route.importer
    total = sum(item.transit.high for item in routes)
    values: dict[str, object] = {
        "country": text.the(code),
        "period": text.period(widest.route.after),
        "listed": times(ratios[f"listed {code}"], text),
        "untouched": times(ratios[f"untouched {code}"], text),
        "routes": len(routes),
        "high": size(_eur("explain_transit", total, widest), text),
    }
    return kit.finding(text, "explain.finding.routes", values)


def route_ratios(routes: Sequence[Rerouting]) -> dict[str, Figure]:
    """The two ratios of every route as figures, by `listed XXX` and `untouched XXX`."""
    found = {}
    for item in routes:
        both = {"listed": item.route.ratio, "untouched": item.route.control_ratio}
        for name, value in both.items():
            if value is not None:
                found[f"{name} {item.route.importer}"] = Figure(
                    measure=f"explain_{name}",
                    subject=item.route.exporter,
                    object=item.route.importer,
                    flow="exports",
                    product=item.route.basket,
                    period=item.route.after,
                    base_period=item.route.before,
                    value=value,
                    unit="ratio",
                    reporter="Eurostat",
                    origins=_FACTOR_ORIGINS,
                )
    return found


def _eur(measure: str, value: float, item: Rerouting) -> Figure:
    return Figure(
        measure=measure,
        subject=item.route.exporter,
        flow="exports",
        product=item.route.basket,
        period=item.route.after,
        value=value,
        unit="EUR",
        currency="EUR",
        reporter="Eurostat",
        origins=_FACTOR_ORIGINS,
    )


def band_chart(item: Rerouting, final: str, text: Text) -> Chart | None:
    """Listed goods on one route by month, the band that its untouched goods let expect, and acts on `final`."""
    departure = item.controlled()
    if departure is None:
        return None
    rows = _band_rows(item.route.listed, departure, text)
    title = text("explain.chart.band", country=text.country(item.route.importer))
    columns = (
        Column("period", text("explain.table.month")),
        Column("value", text("explain.table.actual"), "money", unit="EUR"),
        Column("low", text("explain.table.low"), "money", unit="EUR"),
        Column("high", text("explain.table.high"), "money", unit="EUR"),
    )
    figure = _eur("explain_effect", departure.excess, item)
    held = departure.excess_interval
    finding = kit.finding(
        text,
        f"explain.finding.band_{'beyond' if departure.is_beyond_noise else 'within'}",
        {
            "country": text.the(item.route.importer),
            "excess": Shown(figure, text.money(figure.value, "EUR")),
            "low": text.money(held.low, "EUR"),
            "high": text.money(held.high, "EUR"),
            "since": text.period(item.event),
        },
    )
    marks = Marks(events=pair_flags(item.route.exporter, final, rows, text))
    return Chart(
        name=f"why-band-{item.route.importer.lower()}",
        title=title,
        finding=finding,
        draw=partial(charts.fan, rows, axis=Axis(title, "EUR"), marks=marks),
        table=Table(f"why-band-{item.route.importer.lower()}-data", title, columns, rows),
        origins=known_origins(_FACTOR_ORIGINS),
    )


def _band_rows(series: Monthly, departure: Departure, text: Text) -> list[dict[str, Any]]:
    band = dict(zip(departure.series.months.tolist(), zip(departure.low, departure.high, strict=True), strict=True))
    rows = []
    for number, value in zip(series.months.tolist(), series.values.tolist(), strict=True):
        low, high = band.get(number, (value, value))
        rows.append(
            {
                "period": month_of(number).label,
                "value": value,
                "low": float(low),
                "high": float(high),
                "band_label": text("explain.chart.expected"),
            }
        )
    return rows


# ── over time, with events ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Words:
    """What is said around a chart of lines."""

    title: str
    finding: Sentence
    currency: str
    origins: tuple[str, ...]
    note: str = ""


def lines_chart(name: str, series: Mapping[str, Monthly], pair: tuple[str, str], words: Words, text: Text) -> Chart:
    """Monthly lines with the events between two places in their span."""
    rows = [
        {"series": label, "period": month_of(number).label, "value": value}
        for label, item in series.items()
        for number, value in zip(item.months.tolist(), item.values.tolist(), strict=True)
    ]
    columns = (
        Column("period", text("explain.table.month")),
        Column("series", text("explain.table.series")),
        Column("value", text("explain.table.value"), "money", unit=words.currency),
    )
    return Chart(
        name=name,
        title=words.title,
        finding=words.finding,
        draw=partial(
            charts.time_lines,
            rows,
            axis=Axis(words.title, words.currency),
            marks=Marks(events=pair_flags(*pair, rows, text)),
        ),
        table=Table(f"{name}-data", words.title, columns, rows, note=words.note),
        origins=known_origins(words.origins),
    )


def twin_chart(span: TwinSpan, exporter: str, text: Text) -> Chart:
    """Actual yearly exports and the synthetic twins of every donor pool."""
    first = next(iter(span.results.values()))
    rows: list[dict[str, Any]] = [
        {"series": text("explain.chart.actual"), "period": str(year), "value": value, "style": "solid"}
        for year, value in zip(first.times, first.actual.tolist(), strict=True)
    ]
    for floor, item in span.results.items():
        label = (
            text("explain.chart.twin_all")
            if not floor
            else text("explain.chart.twin_floor", floor=text.money(floor, "EUR", digits=0))
        )
        rows += [
            {"series": label, "period": str(year), "value": value, "style": "dash"}
            for year, value in zip(item.times, item.synthetic.tolist(), strict=True)
        ]
    last = span.effect[-1]
    title = text("explain.chart.twin", country=text.country(first.unit))
    finding = kit.finding(
        text,
        "explain.finding.twin",
        {
            "country": text.the(first.unit),
            "year": str(first.times[-1]),
            "low": text.money(last.low, "EUR", sign=True),
            "high": text.money(last.high, "EUR", sign=True),
            "rank_low": text.percent(span.p_values.low, digits=0),
            "rank_high": text.percent(span.p_values.high, digits=0),
        },
    )
    columns = (
        Column("period", text("explain.table.year")),
        Column("series", text("explain.table.series")),
        Column("value", text("explain.table.value"), "money", unit="EUR"),
    )
    marks = Marks(events=pair_flags(exporter, first.unit, rows, text))
    return Chart(
        name="why-twin",
        title=title,
        finding=finding,
        draw=partial(charts.time_lines, rows, axis=Axis(title, "EUR"), marks=marks),
        table=Table("why-twin-data", title, columns, rows, note=text("explain.say.twin")),
        origins=known_origins(("eurostat-annual",)),
    )
