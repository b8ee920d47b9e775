"""A page that uses every part of the kit, on figures that are invented and say so; for tests only."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from amur import arithmetic, charts, kit
from amur.charts import Axis, Classes, Event, Key, Level, Marks
from amur.figures import Figure, printed
from amur.kit import Chart, Column, KeyFigure, Link, Page, Section, Shown, Table
from amur.origins import Origin
from amur.periods import Period
from amur.text import Text

INVENTED = Origin(
    key="invented",
    producer="Nobody",
    title="Figures invented for a test",
    address="https://example.org/invented",
    licence="CC0",
    licence_read=False,
    vintage="2025-08-21",
    checksum="",
    file="",
)

SENTENCES = {
    "en": {
        "demo.turnover": "Invented trade rose by {growth} to {level} in {year}.",
        "demo.shares": "{object} is {share} of {owner} trade, five times the other way round.",
        "demo.plain": "An invented finding about {what}.",
    },
    "sv": {
        "demo.turnover": "Den påhittade handeln ökade med {growth} till {level} under {year}.",
        "demo.shares": "{object} står för {share} av {owner} handel, fem gånger så mycket som åt andra hållet.",
        "demo.plain": "Ett påhittat fynd om {what}.",
    },
}

WORDS = {
    "en": [
        "Invented page of the kit",
        "Every part of the kit, filled with invented figures.",
        "Turnover",
        "Dependence",
    ],
    "sv": [
        "Påhittad sida ur sidmallen",
        "Alla delar av mallen, fyllda med påhittade siffror.",
        "Omsättning",
        "Beroende",
    ],
}
SECTORS = {
    "en": [
        "Machinery and equipment",
        "Motor vehicles, trailers and semi-trailers",
        "Food",
        "Refined petroleum products",
    ],
    "sv": [
        "Maskiner och utrustning",
        "Motorfordon, släpfordon och påhängsvagnar",
        "Livsmedel",
        "Raffinerade petroleumprodukter",
    ],
}


def demo_text(language: str) -> Text:
    """The catalogue, with sentences of its own for the demonstration."""
    text = Text(language)
    text._entries = {**text._entries, **SENTENCES[language]}
    return text


def level(year: int, digits: str) -> Figure:
    """An invented turnover."""
    template = Figure(
        "turnover",
        "CHN",
        "RUS",
        flow="total",
        period=Period.of_year(year),
        unit="USD",
        currency="USD",
        reporter="invented customs",
        origins=("invented",),
    )
    return printed(template, digits, scale=1e9)


def demo_charts(text: Text) -> list[Chart]:
    """One chart of every kind."""
    made = [_chart(text, name, draw, rows) for name, (draw, rows) in _drawings(text).items()]
    rise = arithmetic.growth(level(2024, "120.4"), level(2023, "101.3"))
    told = {"growth": Shown(rise, text.percent(rise.value)), "level": level(2024, "120.4"), "year": "2024"}
    first = made[0]
    said = kit.finding(text, "demo.turnover", told)
    return [Chart(first.name, first.title, said, first.draw, first.table, (INVENTED,)), *made[1:]]


def demo_page(language: str) -> tuple[Page, Text]:
    """The page with all its parts."""
    text = demo_text(language)
    title, standfirst, one, two = WORDS[language]
    drawn = [kit.chart(one, text) for one in demo_charts(text)]
    now, before = level(2024, "120.4"), level(2023, "101.3")
    rise = arithmetic.growth(now, before)
    figures = (
        KeyFigure(one, now, text.period(Period.of_year(2024))),
        KeyFigure(two, rise, text.period(Period.of_year(2024))),
        KeyFigure(title, None),
        KeyFigure(one, before),
    )
    rows = [
        {"country": text.country(c), "level": level(2020 + n, f"{90 + 3 * n}.5"), "share": 0.1 * n}
        for n, c in enumerate(_CODES)
    ]
    columns = (Column("country", one), Column("level", two, "figure"), Column("share", one, "percent"))
    table = kit.table(Table("demo-table", standfirst, columns, rows), text)
    words = kit.finding(text, "demo.turnover", {"growth": rise, "level": now, "year": "2024"})
    sections = (
        Section("first", one, (kit.paragraph(words), *drawn[:4])),
        Section("second", two, (kit.notice(standfirst), *drawn[4:], table)),
        Section(
            "third", title, (kit.definitions([(one, words), (two, standfirst)]), kit.source_note((INVENTED,), text))
        ),
    )
    return (
        Page(
            title=title,
            description=standfirst,
            sections=sections,
            eyebrow=two,
            headline=figures,
            newest=Period.parse("2025-07"),
            origins=(INVENTED,),
            cite="Amur, 2025.",
            rebuild="amur brief RUS CHN",
            languages=kit.language_links((("en", "en.html"), ("sv", "sv.html")), text),
            navigation=(Link("#first", one, current=True), Link("#second", two)),
        ),
        text,
    )


_CODES = [
    "RUS",
    "CHN",
    "USA",
    "DEU",
    "SWE",
    "KAZ",
    "IND",
    "BRA",
    "FRA",
    "GBR",
    "TUR",
    "POL",
    "UKR",
    "CAN",
    "AUS",
    "ZAF",
]


def _chart(text: Text, name: str, draw: Any, rows: list[dict[str, Any]]) -> Chart:
    told = {key: value for key, value in rows[0].items() if key not in ("status", "source")}
    kinds = {key: "number" if isinstance(value, float) else "text" for key, value in told.items()}
    return Chart(
        name=name,
        title=f"{WORDS[text.language][0]}: {name}",
        finding=kit.finding(text, "demo.plain", {"what": name}),
        draw=draw,
        table=Table(f"{name}-data", name, tuple(Column(key, key, kind) for key, kind in kinds.items()), rows),
        origins=(INVENTED,),
        note=WORDS[text.language][1],
    )


def share_rows(text: Text) -> list[dict[str, Any]]:
    """Shares of sectors with their intervals."""
    return [
        {"label": name, "value": 0.11 + 0.17 * n, "low": 0.08 + 0.16 * n, "high": 0.16 + 0.18 * n}
        for n, name in enumerate(SECTORS[text.language])
    ]


def year_rows(text: Text) -> list[dict[str, Any]]:
    """Two series of yearly values with a derived point and a change of source."""
    return [
        {
            "series": text.country(code),
            "period": str(2010 + n),
            "value": (1 + k) * (40 + 4 * n + 6 * math.sin(n)) * 1e9,
            "status": "derived" if n == 9 else "reported",
            "source": "a" if n < 6 else "b",
        }
        for k, code in enumerate(["RUS", "CHN"])
        for n in range(15)
    ]


def pair_rows(text: Text, value: Callable[[int, int], float]) -> list[dict[str, Any]]:
    """Values for every ordered pair of four places."""
    names = [text.country(code) for code in ("RUS", "CHN", "USA", "EU27")]
    pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
    return [{"row": names[i], "column": names[j], "value": value(i, j)} for i, j in pairs]


def step_rows(text: Text) -> list[dict[str, Any]]:
    """A total, two parts, and the total that they lead to."""
    sectors = SECTORS[text.language]
    parts = [
        ("2021", 10e9, "total"),
        (sectors[0], 4e9, "part"),
        (sectors[2], -1.5e9, "part"),
        ("2022", 12.5e9, "total"),
    ]
    return [{"label": label, "value": value, "kind": kind} for label, value, kind in parts]


def plane_rows(text: Text) -> list[dict[str, Any]]:
    """Countries by two values."""
    return [{"x": 0.02 * n, "y": 0.001 * (n % 5), "label": text.country(code)} for n, code in enumerate(_CODES)]


def edge_rows(text: Text) -> list[dict[str, Any]]:
    """A frontier with one chosen point."""
    name = SECTORS[text.language][0]
    return [
        {"x": 0.001 * n, "y": 0.01 * math.sqrt(n), "label": name if n == 4 else "", "chosen": n == 4} for n in range(9)
    ]


def _drawings(text: Text) -> dict[str, tuple[Any, list[dict[str, Any]]]]:
    sectors, years, shares = SECTORS[text.language], year_rows(text), share_rows(text)
    share, dollars = Axis(WORDS[text.language][3], "fraction"), Axis(WORDS[text.language][2], "USD")
    ends = [{"label": row["label"], "start": row["value"] * 0.6, "end": row["value"]} for row in shares]
    pairs, logs = pair_rows(text, lambda i, j: 0.02 + 0.03 * (3 * i + j)), pair_rows(text, lambda i, j: 0.7 * (i - j))
    parts = [
        {"label": str(year), "part": name, "value": (2 + n + year % 3) * 1e9}
        for year in (2021, 2022, 2023)
        for n, name in enumerate(sectors)
    ]
    band = [{"period": str(2020 + n), "value": 1.0 + n, "low": 1.0 + 0.5 * n, "high": 1.0 + 2 * n} for n in range(8)]
    world = [{"country": code, "value": 0.01 * n * n} for n, code in enumerate(_CODES[1:])]
    marks = Marks(events=(Event(date(2014, 3, 18), sectors[2]), Event(date(2022, 2, 24), sectors[0])))
    return {
        "lines": (partial(charts.time_lines, years, axis=dollars, marks=marks), years),
        "bars": (partial(charts.bars, shares, axis=share), shares),
        "intervals": (partial(charts.intervals, shares, axis=share), shares),
        "dumbbell": (partial(charts.dumbbell, ends, axis=share, ends=(Key("2012", "c8"), Key("2022", "c1"))), ends),
        "matrix": (partial(charts.matrix, pairs, axis=share), pairs),
        "asymmetry": (partial(charts.matrix, logs, axis=Axis("log", digits=1), scheme="diverging"), logs),
        "stacks": (partial(charts.stacked_bars, parts, axis=dollars), parts),
        "threshold": (partial(charts.threshold_dots, shares, axis=share, threshold=Level(0.5, "50 %")), shares),
        "waterfall": (partial(charts.waterfall, step_rows(text), axis=dollars), step_rows(text)),
        "fan": (partial(charts.fan, band, axis=Axis("x")), band),
        "scatter": (partial(charts.scatter, plane_rows(text), x=share, y=share), plane_rows(text)),
        "frontier": (partial(charts.frontier, edge_rows(text), x=share, y=share), edge_rows(text)),
        "world": (partial(charts.world_map, world, axis=share, classes=Classes((0.05, 0.1, 0.5))), world),
    }


def drawings(text: Text) -> dict[str, Any]:
    """What draws each kind of chart."""
    return {name: draw for name, (draw, _) in _drawings(text).items()}
