"""The parts of an explanation on figures and tables small enough to reckon by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from amur.changes import explain, explain_blocks, explain_value
from amur.changes.dependence_tables import SectorTrade
from amur.changes.explain import explain_change
from amur.changes.explanation import Block, Explanation, Part, Untold
from amur.changes.pairs import Flow, Pair
from amur.changes.price_quantity import match_goods, split_value
from amur.changes.priced import Priced
from amur.errors import MeasureError, NoDataError
from amur.figures import Derivation, Figure
from amur.indicators import Query
from amur.periods import Period

YEAR = Period.of_year
LN2, LN3 = math.log(2), math.log(3)


def pair(flow: Flow = "exports", a: str = "SWE", b: str = "NOR", data: Path | None = None) -> Pair:
    return Pair(a, b, flow, YEAR(2021), YEAR(2022), data)


def figure(value: float, **more: Any) -> Figure:
    usual: dict[str, Any] = {"measure": "exports", "subject": "SWE", "object": "NOR", "flow": "exports", "unit": "USD"}
    return Figure(**usual | {"currency": "USD", "origins": ("tables",), "value": value} | more)


def share(part: float, whole: float, **more: Any) -> Figure:
    inputs = (figure(part), figure(whole, object="WLD"))
    told = figure(part / whole if whole else 0.0, measure="share", unit="fraction", currency="", **more)
    return replace(told, derivation=Derivation("share", inputs, "{0} / {1}"))


def priced(before: list[tuple[Any, ...]], after: list[tuple[Any, ...]], exporter: str = "SWE") -> Priced:
    """The split of goods given as (name, value, quantity)."""
    names = ("product", "value", "quantity", "unit", "group")
    sides = [[dict(zip(names, (*row, "t", ""), strict=True)) for row in rows] for rows in (before, after)]
    split = split_value(match_goods(*sides, period_before="2021", period_after="2022"))
    other = "NOR" if exporter == "SWE" else "SWE"
    return Priced(exporter, other, YEAR(2021), YEAR(2022), split, None, figure(1000.0), ("customs",))


# 10 t at 10, then 20 t at 20: 300 more, of which half is price and half quantity.
FOURFOLD = priced([("timber", 100, 10)], [("timber", 400, 20)])


def causes(parts: tuple[Part, ...]) -> dict[str, float]:
    return {part.cause: part.figure.value for part in parts}


# ── the change of value ─────────────────────────────────────────────────────────────────────────


def test_price_and_quantity_leave_the_unpriced_rest_of_one_direction() -> None:
    parts = explain_value.value_parts(pair(), figure(500.0), (FOURFOLD,))
    assert causes(parts) == pytest.approx({"price": 150, "quantity": 150, "unpriced": 200})
    assert {part.figure.flow for part in parts} == {"exports"} and parts[-1].method == "residual"
    price = parts[0]
    assert price.method == "lmdi" and price.coverage == pytest.approx(0.4) and parts[-1].coverage is None
    # Price first 100 → 200, or last 200 → 400: the span over both orders.
    assert (price.figure.low, price.figure.high) == pytest.approx((100, 200))
    assert (price.figure.period, price.figure.base_period) == (YEAR(2022), YEAR(2021))
    assert price.figure.origins == ("customs",) and parts[-1].figure.origins == ("tables",)
    fall = explain_value.value_parts(pair(), figure(-100.0), (FOURFOLD,))
    assert causes(fall)["unpriced"] == pytest.approx(-400)
    assert causes(explain_value.value_parts(pair(), None, (FOURFOLD,))) == pytest.approx(
        {"price": 150, "quantity": 150}
    )


@pytest.mark.parametrize(("beyond", "shown"), [(1e-10, False), (1e-8, True), (-1e-10, False), (-1e-8, True)])
def test_a_rest_of_rounding_size_is_not_shown(beyond: float, shown: bool) -> None:
    parts = explain_value.value_parts(pair(), figure(300 * (1 + beyond)), (FOURFOLD,))
    assert ("unpriced" in causes(parts)) is shown and "rest" not in causes(parts) and "rounding" not in causes(parts)


def test_a_flow_that_did_not_change_has_no_rest_of_nothing() -> None:
    still = priced([("timber", 100, 10)], [("timber", 100, 10)])
    assert causes(explain_value.value_parts(pair(), figure(0.0), (still,))) == {"price": 0, "quantity": 0}


def test_causes_that_did_nothing_are_left_out_but_price_and_quantity_stay() -> None:
    still = priced([("timber", 100, 10), ("ore", 5, None)], [("timber", 200, 20), ("paper", 7, None)])
    parts = {part.cause: part for part in explain_value.value_parts(pair(), figure(102.0), (still,))}
    assert causes(tuple(parts.values())) == pytest.approx({"price": 0, "quantity": 100, "entry": 7, "exit": -5})
    assert parts["entry"].figure.interval_kind == "none" and parts["entry"].figure.low is None
    assert parts["entry"].method == "count" and parts["exit"].method == "count"
    loose = priced([("timber", 100, 10), ("ore", 5, None)], [("timber", 100, 10), ("ore", 9, None)])
    assert causes(explain_value.value_parts(pair(), figure(4.0), (loose,))) == {"price": 0, "quantity": 0, "unsplit": 4}
    mixed = priced([("pine", 10, 10), ("oak", 40, 10)], [("pine", 10, 10), ("oak", 80, 20)])
    assert causes(explain_value.value_parts(pair(), figure(40.0), (mixed,)))["mix"] > 0


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says how much each direction changed."""

    def put(**known: Figure | None) -> None:
        def found(_: Pair, flow: str, *, like: Figure | None = None) -> Figure | None:
            assert like is not None
            return known.get(flow)

        monkeypatch.setattr(explain_value, "level_change", found)

    return put


def test_directions_that_are_not_split_stand_as_they_are(levels: Callable[..., None]) -> None:
    levels(
        exports=figure(60.0, origins=("tables",)), imports=figure(30.0, flow="imports", origins=("tables", "facts-scb"))
    )
    parts = explain_value.value_parts(pair("total"), figure(100.0), ())
    assert [(part.cause, part.method) for part in parts] == [
        ("exports", "table"), ("imports", "published"), ("rest", "residual")
    ]  # fmt: skip
    assert causes(parts) == {"exports": 60, "imports": 30, "rest": 10} and parts[-1].figure.flow == "total"
    levels(exports=figure(500.0), imports=figure(30.0))
    split = explain_value.value_parts(pair("total"), figure(530.0), (FOURFOLD,))
    assert causes(split) == pytest.approx({"price": 150, "quantity": 150, "unpriced": 200, "imports": 30})
    # Where the direction itself is not known, what the split leaves over is part of the whole.
    levels(imports=figure(30.0))
    unknown = explain_value.value_parts(pair("total"), figure(400.0), (FOURFOLD,))
    assert causes(unknown) == pytest.approx({"price": 150, "quantity": 150, "imports": 30, "rest": 70})


@pytest.mark.parametrize(
    ("whole", "cause"), [(90.9, "rounding"), (91.0, "rounding"), (91.1, "rest"), (89.0, "rounding"), (88.9, "rest")]
)
def test_published_figures_may_fail_to_add_up_by_their_rounding(
    levels: Callable[..., None], whole: float, cause: str
) -> None:
    def rounded(value: float, half: float, kind: str = "rounding") -> Figure:
        return figure(value, low=value - half, high=value + half, interval_kind=kind)

    # Half a unit of the whole and a quarter of each side; an interval of another kind is no rounding.
    levels(exports=rounded(60, 0.25), imports=rounded(30, 0.25))
    parts = explain_value.value_parts(pair("total"), rounded(whole, 0.5), ())
    assert parts[-1].cause == cause and parts[-1].figure.value == pytest.approx(whole - 90)
    levels(exports=rounded(60, 0.25), imports=rounded(30, 9, "estimate"))
    assert explain_value.value_parts(pair("total"), rounded(90.75, 0.5), ())[-1].cause == "rounding"
    assert explain_value.value_parts(pair("total"), rounded(90.76, 0.5), ())[-1].cause == "rest"


@pytest.mark.parametrize(
    ("whole", "beyond", "shown"),
    [(100.0, 5e-8, False), (100.0, 5e-7, True), (0.25, 8e-10, False), (0.25, 15e-10, True)],
)
def test_a_remainder_of_the_size_of_doubles_is_none(
    levels: Callable[..., None], whole: float, beyond: float, shown: bool
) -> None:
    levels(exports=figure(whole - beyond), imports=figure(0.0))
    parts = explain_value.value_parts(pair("total"), figure(whole), ())
    assert ("rest" in causes(parts)) is shown


def test_a_flow_without_parts_is_split_by_its_market(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*both: Figure | None) -> tuple[Part, ...]:
        monkeypatch.setattr(explain_value, "share_ends", lambda *_, **__: both if all(both) else None)
        return explain_value.value_parts(pair(), figure(40.0), ())

    # 20 of 100, then 60 of 150: by the logarithmic mean of 20 and 60.
    mean = 40 / LN3
    parts = told(share(20, 100), share(60, 150))
    assert causes(parts) == pytest.approx({"market": mean * math.log(1.5), "share_of_market": mean * LN2})
    assert [(part.method, part.coverage, part.figure.flow) for part in parts] == [("lmdi", 1.0, "exports")] * 2
    assert causes(told(share(100, 100), share(50, 100))) == pytest.approx({"market": 0, "share_of_market": -50})
    assert causes(told(share(0.2, 0.5), share(0.2, 0.25))) == pytest.approx(
        {"market": -0.2 * LN2, "share_of_market": 0.2 * LN2}
    )
    assert causes(told(share(0, 100), share(50, 100))) == pytest.approx({"market": 0, "share_of_market": 50})
    for bad in (share(101, 100), share(-1, 100), share(0, 0), figure(0.2)):
        assert told(bad, share(50, 100)) == () == told(share(50, 100), bad)
    three = Derivation("share", (figure(1.0), figure(2.0), figure(3.0)), "")
    assert told(replace(share(20, 100), derivation=three), share(60, 150)) == () == told(None, None)


def test_fisher_stands_beside_in_the_direction_of_the_split() -> None:
    # Fisher's price and volume indices are both 2: each takes half of 300.
    parts = explain_value.fisher_parts(pair(), FOURFOLD)
    assert [(part.cause, part.method, part.figure.flow) for part in parts] == [
        ("price", "fisher", "exports"), ("volume", "fisher", "exports")
    ]  # fmt: skip
    assert [part.figure.value for part in parts] == pytest.approx([150, 150])
    assert parts[0].coverage == pytest.approx(0.4) and parts[0].figure.origins == ("customs",)
    back = replace(FOURFOLD, exporter="NOR", importer="SWE")
    assert {part.figure.flow for part in explain_value.fisher_parts(pair("imports"), back)} == {"imports"}
    assert explain_value.fisher_parts(pair(), priced([("ore", 5, None)], [("ore", 7, None)])) == []


def test_missing_quantities_are_told_with_their_first_and_last_period(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = ["440710,2015,9,3,t", "440710,2019,9,3,t", "480100,2017,9,3,t", "480100,2022,9,,t", "270900,2021,5,,t"]
    head = "exporter,importer,product,nomenclature,period,value_usd,quantity,unit\n"
    lines = [f"SWE,NOR,{row.replace(',', ',HS6,', 1)}" for row in rows]
    file.write_text(head + "\n".join(lines) + "\n")
    found, untold = explain_value.priced_directions(pair("total", data=file))
    assert found == () and [item.key for item in untold] == ["quantities_end", "no_quantities"]
    assert untold[0].places == {"exporter": "SWE", "importer": "NOR"}
    assert untold[1].places == {"exporter": "NOR", "importer": "SWE"} and untold[0].products == ("440710", "480100")
    assert untold[0].values == {
        "first": YEAR(2015), "last": YEAR(2019), "before": YEAR(2021), "after": YEAR(2022)
    }  # fmt: skip


# ── shares, sectors, what was replaced ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("part", "whole", "found"),
    [
        (20, 100, (20, 80)),
        (0, 100, (0, 100)),
        (100, 100, (100, 0)),
        (101, 100, None),
        (-1, 100, None),
        (0, 0, None),
        (0.2, 0.5, (0.2, 0.3)),
    ],
)
def test_a_share_needs_a_part_within_a_whole(part: float, whole: float, found: object) -> None:
    assert explain_blocks._part_and_rest(share(part, whole)) == found


def test_a_share_that_was_published_as_such_has_no_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert explain_blocks._part_and_rest(figure(0.2)) is None
    three = Derivation("share", (figure(1.0), figure(2.0), figure(3.0)), "")
    assert explain_blocks._part_and_rest(replace(share(20, 100), derivation=three)) is None
    plain = figure(0.5, unit="fraction", currency="")
    for both in ((share(20, 100), plain), (plain, share(20, 100)), None):
        monkeypatch.setattr(explain_blocks, "share_ends", lambda *_, both=both, **__: both)
        assert explain_blocks.share_blocks(pair()) == ()


def test_both_countries_shares_are_split_by_own_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ends(_: Pair, subject: str, other: str, *, flow: str) -> tuple[Figure, Figure]:
        asked.append((subject, other, flow))
        who = {"subject": subject, "object": other, "flow": flow, "reporter": "Somebody"}
        return tuple(replace(share(*both), period=period, note="estimate", **who)
                     for both, period in (((20, 100), YEAR(2021)), ((80, 160), YEAR(2022))))  # type: ignore[return-value]  # fmt: skip

    monkeypatch.setattr(explain_blocks, "share_ends", ends)
    blocks = explain_blocks.share_blocks(pair("imports"))
    assert asked == [("SWE", "NOR", "imports"), ("NOR", "SWE", "exports")] and len(blocks) == 2
    own, others = blocks[0].parts
    # Own grows fourfold and others stand still.
    assert (own.cause, others.cause) == ("own", "others") and blocks[0].change is not None
    assert (own.figure.value, others.figure.value) == pytest.approx((0.3, 0))
    assert own.figure.note == "estimate" and own.coverage == 1 and not blocks[0].is_nowcast
    assert (own.figure.period, own.figure.base_period, own.figure.unit) == (YEAR(2022), YEAR(2021), "fraction")
    assert blocks[0].change.value == pytest.approx(0.3) and (own.figure.subject, own.figure.object) == ("SWE", "NOR")


def test_only_the_models_own_shares_are_carried_forward() -> None:
    russia = Pair("RUS", "CHN", "total", YEAR(2019), YEAR(2022), None)
    model, seen = figure(1.0, origins=("oecd-icio",)), figure(1.0)
    assert explain_blocks._is_carried(russia, model) and not explain_blocks._is_carried(russia, seen)
    early = replace(russia, before=YEAR(2018), after=YEAR(2019))
    assert not explain_blocks._is_carried(early, model) and explain_blocks.carried_years(early) == {}
    carried = explain_blocks.carried_years(replace(russia, before=YEAR(2021)))
    assert carried["RUS"] == (YEAR(2021), YEAR(2022))
    assert explain_blocks.carried_years(russia)["RUS"] == (YEAR(2022),)


TRADE = {
    2018: SectorTrade(("A", "B"), (1, 2), (10, 20), (100, 100), (1000, 500)),
    2019: SectorTrade(("B", "C"), (3, 4), (30, 40), (300, 400), (3000, 4000)),
}


@pytest.mark.parametrize(("flow", "own", "everybody"), [
    ("exports", [0, 3, 4], [0, 300, 400]), ("imports", [0, 30, 40], [0, 3000, 4000]),
    ("total", [0, 33, 44], [0, 3300, 4400]),
])  # fmt: skip
def test_sectors_without_a_row_did_not_trade(flow: Flow, own: list[float], everybody: list[float]) -> None:
    found = explain_blocks._amounts(TRADE[2019], ["A", "B", "C"], flow)
    assert found[0].tolist() == own and found[1].tolist() == everybody


def test_sectors_are_explained_for_two_years_of_the_tables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def trade(subject: str, other: str, *, year: int) -> SectorTrade:
        if subject == "XKX":
            raise NoDataError("unknown")
        return TRADE[year]

    monkeypatch.setattr(explain_blocks, "sector_trade", trade)
    asked = replace(pair("exports"), before=YEAR(2018), after=YEAR(2019))
    blocks = explain_blocks.sector_blocks(asked)
    assert [block.change.subject for block in blocks if block.change] == ["SWE", "NOR"] and len(blocks) == 2
    sold, bought = (block.change for block in blocks)
    assert sold is not None and sold.value == pytest.approx(7 / 700 - 3 / 200)
    assert bought is not None and bought.value == pytest.approx(70 / 7000 - 30 / 1500) and bought.flow == "imports"
    within, between = (part.figure.value for part in blocks[0].parts)
    assert within + between == pytest.approx(sold.value, abs=1e-15) and sold.unit == "fraction"
    # Only B traded in both years, and its share fell from 0.02 to 0.01.
    assert within == pytest.approx((1 / 2 + 3 / 7) / 2 * -0.01) and blocks[0].parts[0].coverage == 1
    assert len(explain_blocks.sector_blocks(replace(asked, b="XKX"))) == 1
    for other in (
        replace(asked, data=Path("own.csv")), replace(asked, before=Period.parse("2018-01")),
        replace(asked, after=Period.parse("2019-H1")), replace(asked, after=YEAR(2023)),
        replace(asked, before=YEAR(2010)),
    ):  # fmt: skip
        assert explain_blocks.sector_blocks(other) == ()


def test_what_one_lost_another_may_have_won(monkeypatch: pytest.MonkeyPatch) -> None:
    amounts = {"EU27": (100.0, 60.0), "CHN": (50.0, 80.0), "KAZ": (50.0, 40.0)}
    origins = {"EU27": ("lost",), "CHN": ("won", "lost"), "KAZ": ("won",)}

    def ends(measure: str, _: Pair, exporter: str, importer: str, query: Query) -> tuple[Figure, ...] | None:
        assert measure == query.flow == "exports"
        who = {"subject": exporter, "object": importer, "origins": origins.get(exporter, ())}
        pairs = zip(amounts.get(exporter, ()), (YEAR(2021), YEAR(2022)), strict=False)
        return tuple(figure(value, period=period, **who) for value, period in pairs) or None

    monkeypatch.setattr(explain_blocks, "both_ends", ends)
    (block,) = explain_blocks.diversion_blocks(pair("exports", "CHN", "RUS"))
    assert block.change is not None and block.change.value == pytest.approx(30 / 40) and not block.exact
    assert (block.change.subject, block.change.object, block.change.flow) == ("RUS", "CHN", "imports")
    assert block.change.origins == ("won", "lost") and (block.change.period, block.change.base_period) == (
        YEAR(2022),
        YEAR(2021),
    )
    assert [(part.cause, part.figure.value) for part in block.parts] == [("gained", 30), ("lost", -40)]
    # Seen from Russia it is the same trade; a fall is no gain, and may be told as such.
    (seen,) = explain_blocks.diversion_blocks(pair("total", "RUS", "CHN"))
    assert seen.change is not None and (seen.change.flow, seen.change.value) == ("imports", 30 / 40)
    (fall,) = explain_blocks.diversion_blocks(pair("exports", "KAZ", "RUS"))
    assert fall.change is not None and fall.change.value == pytest.approx(-0.25)
    empty = [
        pair("imports", "CHN", "RUS"), pair("exports", "EU27", "RUS"), pair("exports", "CHN", "BRA"),
        pair("exports", "NOR", "RUS"), pair("exports", "CHN", "RUS", Path("own.csv")),
    ]  # fmt: skip
    assert [explain_blocks.diversion_blocks(item) for item in empty] == [()] * 5
    for name in ("EU27", "CHN"):
        kept, origins[name] = origins[name], ("oecd-icio",)
        assert explain_blocks.diversion_blocks(pair("exports", "CHN", "RUS")) == ()
        origins[name] = kept
    amounts["EU27"] = (100.0, 95.0)
    assert explain_blocks.diversion_blocks(pair("exports", "CHN", "RUS")) == ()


# ── routes ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("before", "after", "shown"), [
    ("2021", "2022", True), ("2022", "2023", True), ("2021-06", "2022-01", True), ("2020", "2021", False),
    ("2022-12", "2023-01", False), ("2022-11", "2023-01", True), ("2021-01", "2021-07/2022-06", True),
    ("2021-01", "2021-12", False),
])  # fmt: skip
def test_the_table_of_listed_goods_speaks_about_its_own_months(before: str, after: str, shown: bool) -> None:
    asked = Pair("EU27", "KGZ", "total", Period.parse(before), Period.parse(after), None)
    assert bool(explain_blocks.routing_blocks(asked)) is shown
    assert explain_blocks.routing_blocks(replace(asked, data=Path("own.csv"))) == ()


def test_listed_goods_to_a_neighbour_have_an_excess_since_the_event() -> None:
    (block,) = explain_blocks.routing_blocks(Pair("KGZ", "EU27", "total", YEAR(2021), YEAR(2022), None))
    listed, untouched, excess = block.parts
    assert block.name == "listed_goods" and not block.exact and block.change == listed.figure
    for part in block.parts:
        assert (part.figure.subject, part.figure.object, part.figure.flow) == ("EU27", "KGZ", "exports")
    assert listed.figure.period == Period.parse("2022-01/2022-11") and listed.figure.base_period is not None
    assert (listed.figure.low, listed.figure.high) == pytest.approx((4.7, 31.6), abs=0.05)
    assert untouched.figure.low is None and 1 < untouched.figure.value < listed.figure.value
    assert excess.figure.period == Period.parse("2022-03/2022-11") and excess.figure.base_period is None
    low, high = excess.figure.low, excess.figure.high
    assert low is not None and high is not None and 0 < low < excess.figure.value < high


def test_transit_to_the_sanctioned_country_is_told_by_neighbour() -> None:
    blocks = explain_blocks.routing_blocks(Pair("RUS", "CHN", "total", YEAR(2021), YEAR(2022), None))
    assert [block.name for block in blocks] == ["listed_goods", "transit"]
    # For the sanctioned country itself there is no excess to judge.
    assert [part.cause for part in blocks[0].parts] == ["listed", "untouched"]
    assert {part.figure.subject for part in blocks[1].parts} == {"ARM", "BLR", "GEO", "KAZ", "KGZ", "UZB"}
    for part in blocks[1].parts:
        told = part.figure
        assert told.object == "RUS" and told.value == told.high and told.low == 0 and told.flow == "exports"
        assert told.period == Period.parse("2022-03/2022-11") and part.method == "bounds"
    assert explain_blocks.is_sanctioned("RUS") and not explain_blocks.is_sanctioned("KGZ")
    assert explain_blocks._judged("RUS") is None and explain_blocks._judged("CHN") is None
    judged = explain_blocks._judged("ARM")
    assert judged is not None and judged.route.importer == "ARM"


# ── what cannot be told ─────────────────────────────────────────────────────────────────────────


def test_what_comes_later_is_told_by_its_start(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    head = "exporter,importer,product,nomenclature,period,value_usd\n"
    file.write_text(head + "SWE,NOR,44,HS2,2022,100\nSWE,NOR,44,HS2,2022-06,10\n")
    # The earlier period may end with the later one, and may not begin with it.
    assert explain_change("SWE", "NOR", start="2022", end="2022-06", flow="exports", data=file).change is not None
    for start, end in (("2022-06", "2022"), ("2022-01", "2022"), ("2022", "2022-01")):
        with pytest.raises(MeasureError, match="does not come after"):
            explain_change("SWE", "NOR", start=start, end=end, data=file)


def test_acts_are_listed_to_the_end_of_the_later_period(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("exporter,importer,period,value_usd\nDEU,RUS,2022,9\nDEU,RUS,2023,7\n")
    found = explain_change("DEU", "RUS", start="2022", end="2023", flow="exports", data=file).events
    assert found[0].date.isoformat() == "2022-02-23" and found[-1].date.isoformat() == "2023-12-18"


def test_a_known_direction_is_offered_where_both_ways_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[str] = set()
    monkeypatch.setattr(explain, "level_change", lambda _, flow: figure(1.0) if flow in known else None)
    assert explain._known_direction(pair("total")) == ""
    known.add("imports")
    assert explain._known_direction(pair("total")) == "One direction is known: --flow imports. "
    assert explain._known_direction(pair("imports")) == "" == explain._known_direction(pair("exports"))
    known.add("exports")
    assert explain._known_direction(pair("total")) == "One direction is known: --flow exports. "


def limits(main: Block, *splits: Priced, more: tuple[Block, ...] = (), data: Path | None = None) -> list[Untold]:
    return list(explain._limits(pair("exports", data=data), main, splits, more))


def test_limits_are_said_where_they_hold() -> None:
    change = figure(1.0)
    rest = Part("rest", figure(1.0), "residual")
    assert [item.key for item in limits(Block("value", None, ()), data=Path("x"))] == ["no_change", "events"]
    assert [item.key for item in limits(Block("value", change, ()), data=Path("x"))] == ["currency", "events"]
    unit_free = replace(change, currency="")
    for part in (rest, replace(rest, cause="unpriced")):
        found = limits(Block("value", unit_free, (part,)), data=Path("x"))
        assert [item.key for item in found] == ["rest", "events"]
    assert [item.key for item in limits(Block("value", unit_free, (replace(rest, cause="price"),)))] == [
        "no_products", "events"
    ]  # fmt: skip
    listed = (Block("listed_goods", None, ()),)
    assert [item.key for item in limits(Block("value", unit_free, ()), more=listed)] == [
        "no_products", "onward", "events"
    ]  # fmt: skip
    assert "onward" not in [
        item.key for item in limits(Block("value", unit_free, ()), more=(Block("share", None, ()),))
    ]


def test_limits_of_a_split_name_its_direction_and_goods() -> None:
    machines = priced([("845710", 90, 9), ("440710", 10, 1), ("ore", 5, None)], [("845710", 99, 9), ("440710", 200, 2),
                      ("ore", 7, None)])  # fmt: skip
    main = Block("value", replace(figure(1.0), currency=""), ())
    found = {item.key: item for item in limits(main, machines, data=Path("x"))}
    assert set(found) == {"coverage", "heterogeneous", "events"}
    assert found["coverage"].places == {"exporter": "SWE", "importer": "NOR"} == found["heterogeneous"].places
    assert found["coverage"].products == ("440710", "845710")
    # 299 of 1000 in the later period.
    assert found["coverage"].values == {"share": "30", "period": YEAR(2022)}
    plain = {item.key for item in limits(main, FOURFOLD, replace(FOURFOLD, total_after=None), data=Path("x"))}
    assert plain == {"coverage", "events"}


# ── rows ────────────────────────────────────────────────────────────────────────────────────────


def test_a_part_is_told_with_who_and_when() -> None:
    told = figure(5.0, low=4.0, high=7.0, interval_kind="estimate", period=YEAR(2022))
    part = Part("price", told, "lmdi", 0.25)
    assert part.to_dict() == {
        "cause": "price", "value": 5.0, "low": 4.0, "high": 7.0, "unit": "USD", "method": "lmdi", "coverage": 0.25,
        "subject": "SWE", "object": "NOR", "flow": "exports", "period": "2022",
    }  # fmt: skip
    bounds = Part("transit", replace(told, period=None), "bounds").to_dict()
    assert bounds["value"] is None and bounds["low"] == 4 and bounds["period"] is None


def explanation(change: Figure | None, *parts: Part, more: tuple[Block, ...] = ()) -> Explanation:
    check = (Part("price", figure(2.0, period=YEAR(2022)), "fisher", 0.5),)
    return Explanation("SWE", "NOR", "exports", Block("value", change, parts), check, more, (), (Untold("events"),))


def test_rows_show_the_change_its_parts_checks_and_blocks() -> None:
    told = figure(5.0, low=4.0, high=7.0, interval_kind="estimate", period=YEAR(2022))
    other = replace(told, period=YEAR(2021), subject="NOR", object="SWE")
    more = (
        Block(
            "share", replace(told, value=6.0), (Part("own", replace(other, value=4.5), "logit", 1.0),), is_nowcast=True
        ),
        Block("transit", None, (Part("transit", told, "bounds"),)),
    )
    found = explanation(told, Part("price", replace(told, value=4.0), "lmdi", 0.5), more=more)
    rows = found.part_rows()
    assert [(row["cause"], row["value"], row["low"], row["high"], row["coverage"]) for row in rows] == [
        ("change", 5, 4, 7, None), ("price", 4, 4, 7, 0.5), ("price", 2, None, None, 0.5),
        ("change", 6, 4, 7, None), ("own growth", 4.5, 4, 7, 1), (rows[-1]["cause"], None, 4, 7, None),
    ]  # fmt: skip
    assert rows[0]["method"] == "" and rows[1]["method"] and rows[0]["of"] == rows[1]["of"] != rows[2]["of"]
    # Only a row about another period than the usual one says which.
    assert [("2021" in str(row["about"]), "2022" in str(row["about"])) for row in rows] == [
        *[(False, False)] * 4, (True, False), (False, False)
    ]  # fmt: skip
    assert str(rows[4]["about"]).startswith("exports of Norway to Sweden")
    assert len(found.rows()) == 7 and found.rows()[-1]["value"] is None and found.rows()[:6] == rows
    bare = explanation(None, more=(replace(more[0], change=None),)).part_rows()
    assert [row["cause"] for row in bare] == ["price", "own growth"] and "2021" in str(bare[1]["about"])


def test_blocks_are_found_by_name_and_subject() -> None:
    one, two = figure(1.0), figure(2.0, subject="NOR")
    more = (Block("share", one, ()), Block("share", two, ()), Block("transit", None, ()))
    found = explanation(one, more=more)
    assert found.block("share") is more[0] and found.block("share", "NOR") is more[1]
    assert found.block("share", "DNK") is None and found.block("transit") is more[2]
    assert found.block("transit", "NOR") is None and found.block("sectors") is None
