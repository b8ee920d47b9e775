"""Rerouting on tables of two transit countries that can be reckoned by hand, put in place of the Eurostat tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from amur import codes
from amur.changes import rerouted
from amur.changes.monthly import Monthly, month_number
from amur.changes.rerouted import Routes, first_event, listed_goods, route, untouched_goods
from amur.changes.rerouting import Transit
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.periods import Period

MONTHS = [month.label for year in (2020, 2021, 2022) for month in Period.of_year(year).split_months()][:-1]
"""January 2020 to November 2022; the event is in March 2022, month 26."""
CN8 = codes.basket("EU-SANCTIONED-CN8").codes
HEADINGS = codes.basket("EU-SANCTIONED-HS4").codes
ONE, TWO, OLD, NEW = (next(c for c in CN8 if c[:4] == h) for h in ("8411", "8542", "8708", "8421"))
LONE = next(code for code in CN8 if code[:4] not in HEADINGS)
COLUMNS = ("exporter", "importer", "product", "nomenclature", "period", "value")

Fill = Callable[..., None]


def wave(k: int, size: float = 1.0) -> float:
    """A level with a ripple that has no trend."""
    return size * (1 + 0.05 * (-1) ** k + 0.03 * (k % 3 - 1))


def sanctions() -> pl.DataFrame:
    """Listed goods: Kyrgyzstan buys threefold after the event, Armenia twofold, Russia a fifth."""
    rows: list[tuple[Any, ...]] = []
    for k, month in enumerate(MONTHS):
        after = k >= 26
        for place, factor in (("KGZ", 3.0), ("ARM", 2.0), ("RUS", 0.2)):
            more = factor if after else 1.0
            rows.append(("EU27", place, ONE, "CN8", month, wave(k, 10) * more))
            rows.append(("EU27", place, TWO, "CN8", month, wave(k, 5) * more))
            rows.append(("EU27", place, ONE[:4], "HS4", month, wave(k, 12) * more))
    rows += [("EU27", "KGZ", LONE, "CN8", "2021-02", 4.0), ("EU27", "KGZ", LONE, "CN8", "2022-02", 1.0)]
    rows += [("EU27", "KGZ", OLD, "CN8", "2021-12", 6.0), ("EU27", "ARM", NEW, "CN8", "2022-01", 9.0)]
    rows += [("EU27", "ARM", OLD, "CN8", "2022-01", 0.0), ("NOR", "KGZ", ONE, "CN8", "2021-02", 100.0)]
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


def totals() -> pl.DataFrame:
    """All goods and fuels of two members, and of Norway, which is none; Armenia lacks a month of fuels."""
    rows: list[tuple[Any, ...]] = []
    for k, month in enumerate(MONTHS):
        for place in ("KGZ", "ARM", "RUS"):
            for exporter, size in (("DEU", 300), ("FRA", 200), ("NOR", 5000)):
                rows.append((exporter, place, "total", "HS2", month, wave(k + 1, size)))
                if exporter != "FRA" and (place, month) != ("ARM", "2021-05"):
                    rows.append((exporter, place, "27", "HS2", month, wave(k, size / 10)))
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


def american() -> pl.DataFrame:
    """US imports over more months than are wanted, from three partners, one of them a bloc."""
    numbers = range(month_number(Period.parse("2019-10")), month_number(Period.parse("2023-03")) + 1)
    labels = [rerouted.month_of(number).label for number in numbers]
    rows = [
        (
            name,
            "USA",
            product,
            "NAICS3",
            label,
            wave(k, 50 if product == "total" else 7) * (3 if name == "NOR" and label >= "2022-03" else 1),
        )
        for name in ("NOR", "MEX", "BLR", "EU")
        for product in ("total", "334")
        for k, label in enumerate(labels)
    ]
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


@pytest.fixture
def fill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fill]:
    """Puts tables in place of the bundled ones; by default those above."""

    def forget() -> None:
        for item in vars(rerouted).values():
            if hasattr(item, "cache_clear"):
                item.cache_clear()

    def put(listed: pl.DataFrame | None = None, total: pl.DataFrame | None = None) -> None:
        tables = {
            rerouted.LISTED: sanctions() if listed is None else listed,
            rerouted.TOTALS: totals() if total is None else total,
            "us-census-naics3": american(),
        }
        monkeypatch.setattr(rerouted, "load_flows", lambda source: nw.from_native(tables[source].lazy()))
        forget()

    yield put
    forget()


@pytest.fixture
def world(fill: Fill) -> None:
    fill()


def summed(size: float, first: str, last: str, after: float = 1.0) -> float:
    """The sum of a wave over months, after the event times a factor."""
    return sum(wave(k, size) * (after if k >= 26 else 1) for k, label in enumerate(MONTHS) if first <= label <= last)


# ── a route ─────────────────────────────────────────────────────────────────────────────────────


def test_listed_goods_are_zero_where_others_have_rows(world: None) -> None:
    found = listed_goods("EU27", "KGZ", products=(LONE,))
    assert len(found.values) == len(MONTHS) and found.values.sum() == 5 and found.values[13] == 4
    both = listed_goods("EU27", "KGZ", products=(LONE, ONE), name="two")
    assert both.values[13] == pytest.approx(4 + wave(13, 10)) and both.name == "two EU27 to KGZ"
    assert both.period.label == "2020-01/2022-11"
    with pytest.raises(NoDataError, match="no exports from NOR to ARM"):
        listed_goods("NOR", "ARM", products=(ONE,))
    with pytest.raises(NoDataError, match="no exports from EU27 to GEO"):
        listed_goods("EU27", "GEO", products=(ONE,))


def test_untouched_goods_take_each_listed_good_off_once(world: None) -> None:
    found = untouched_goods("EU27", "KGZ")
    # Of ONE and TWO one heading is in the table; ONE lies under it, TWO and LONE under none.
    off = [wave(k, 17) * (3 if k >= 26 else 1) for k in range(35)]
    off[13], off[23], off[25] = off[13] + 4, off[23] + 6, off[25] + 1
    assert found.values.tolist() == pytest.approx([wave(k + 1, 500) - off[k] for k in range(35)])
    assert found.name == "untouched EU27 to KGZ"
    with pytest.raises(NoDataError, match="The table of totals has no exports from EU27 to GEO"):
        untouched_goods("EU27", "GEO")


def test_an_exporter_that_the_totals_name_stands_for_itself(fill: Fill) -> None:
    rows = [("EU27", "KGZ", "total", "HS2", month, 1000.0) for month in MONTHS]
    fill(total=pl.concat([totals(), pl.DataFrame(rows, schema=list(COLUMNS), orient="row")]))
    assert untouched_goods("EU27", "KGZ").values[0] == pytest.approx(1000 - wave(0, 17))


def test_a_month_without_a_total_had_no_trade(fill: Fill) -> None:
    fill(total=totals().filter(pl.col("period") != "2021-04"))
    norway = untouched_goods("NOR", "KGZ").values
    assert norway[15] == 0 and norway[14] == pytest.approx(wave(15, 5000))
    # The European Union sold listed goods in that month, so that a total of nothing contradicts them.
    with pytest.raises(FlowsError, match=r"1 months are negative \(2021-04\)"):
        untouched_goods("EU27", "KGZ")


def test_a_route_sets_months_against_the_same_months(world: None) -> None:
    found = route("EU27", "KGZ")
    assert (found.before.label, found.after.label) == ("2021-01/2021-11", "2022-01/2022-11")
    before, after = summed(15, "2021-01", "2021-11") + 4, summed(15, "2022-01", "2022-11", 3) + 1
    assert (found.listed_before, found.listed_after) == pytest.approx((before, after))
    assert found.ratio == pytest.approx(after / before) and found.control is not None
    assert found.control_before == pytest.approx(found.control.sum_of(found.before))
    assert found.control_after == pytest.approx(found.control.sum_of(found.after))
    assert found.control_before is not None and found.control_after is not None
    assert found.control_ratio == pytest.approx(found.control_after / found.control_before)
    assert found.ratio_to_control == pytest.approx(found.ratio / (found.control_after / found.control_before))
    short = route("EU27", "KGZ", after=Period.parse("2022-03"))
    assert short.before.label == "2021-03" and short.ratio == pytest.approx(3 * wave(26) / wave(14))


def test_a_route_without_untouched_goods_has_no_control(fill: Fill) -> None:
    fill(total=totals().filter(pl.col("importer") != "KGZ"))
    found = route("EU27", "KGZ")
    assert found.control is None and found.control_before is None and found.control_after is None
    assert found.control_ratio is None and found.ratio_to_control is None and found.ratio > 2
    for before, after in ((0.0, 5.0), (5.0, 0.0), (None, 5.0), (5.0, None)):
        assert replace(found, control_before=before, control_after=after).control_ratio is None
    assert replace(found, control_before=4.0, control_after=5.0).control_ratio == 1.25


def test_the_first_act_is_one_of_the_exporter_on_the_final_country() -> None:
    assert first_event("EU27", "RUS").label == "2022-03"
    # China's controls on all the world of 2023 and what others do to either are no acts of China on the USA.
    assert first_event("CHN", "USA").label == "2025-01"
    assert first_event("USA", "BLR").label == "2022-04"
    for pair in (("RUS", "EU27"), ("EU27", "CHN"), ("USA", "CHN")):
        with pytest.raises(MeasureError, match=f"no sanctions of {pair[0]} on {pair[1]}"):
            first_event(*pair)


# ── all routes ──────────────────────────────────────────────────────────────────────────────────


def test_excess_is_counted_from_the_event_on(world: None) -> None:
    found = rerouted.rerouting("EU27", "KGZ", final="RUS")
    assert found.event.label == "2022-03" and found.transit.low == 0 and not found.transit.has_lower
    level = found.excess.departures["level"]
    assert level.series.first == month_number(Period.parse("2022-03")) and len(level.series.values) == 9
    assert level.actual_sum == pytest.approx(summed(45, "2022-03", "2022-11"))
    assert level.excess == pytest.approx(2 / 3 * level.actual_sum, rel=0.03)
    assert set(found.excess.departures) == {"level", "line", "control_level", "control_line"}
    assert found.controlled() is found.excess.departures["control_level"]
    late = rerouted.rerouting("EU27", "KGZ", final="RUS", event=Period.parse("2022-10"))
    assert late.event.label == "2022-10" and len(late.excess.departures["level"].series.values) == 2


def test_routes_stand_by_their_upper_bound_without_the_final_country(fill: Fill) -> None:
    more = [("EU27", "UZB", ONE, "CN8", month, 1.0) for month in MONTHS[::2]]
    fill(pl.concat([sanctions(), pl.DataFrame(more, schema=list(COLUMNS), orient="row")]))
    found = rerouted.all_routes("EU27", final="RUS")
    assert [item.route.importer for item in found.found] == ["KGZ", "ARM"] and set(found.refused) == {"UZB"}
    assert "is zero in 17 months" in found.refused["UZB"]
    first, second = found.found
    assert first.transit.high > second.transit.high
    told = tuple(
        replace(item, transit=Transit(low, high, True))
        for item, low, high in zip(found.found, (1, 2), (5, 9), strict=True)
    )
    assert (Routes(told, {}).bounds.low, Routes(told, {}).bounds.high) == (3, 14)
    assert (Routes((), {}).bounds.low, Routes((), {}).bounds.high) == (0, 0)


# ── lists and comparable codes ──────────────────────────────────────────────────────────────────


def test_lists_take_one_level_of_digits(world: None) -> None:
    assert rerouted.basket_products(codes.basket("EU-SANCTIONED-HS4")) == (ONE[:4],)
    assert rerouted.basket_products(codes.basket("EU-SANCTIONED-CN8")) == tuple(sorted((ONE, TWO, OLD, NEW, LONE)))
    assert rerouted.basket_products(codes.basket("SEMICONDUCTORS")) == (TWO,)
    assert rerouted.destinations() == ("ARM", "KGZ", "RUS")


def test_the_span_is_over_lists_that_were_sold_before(fill: Fill) -> None:
    fill(
        sanctions().filter(~((pl.col("product") == TWO) & (pl.col("period") < "2022") & (pl.col("importer") == "ARM")))
    )
    whole = rerouted.ratio_over_baskets("EU27", "KGZ")
    assert whole.results["SEMICONDUCTORS"] == pytest.approx(
        summed(5, "2022-01", "2022-11", 3) / summed(5, "2021-01", "2021-11")
    )
    assert whole.results["EU-SANCTIONED-CN8"] == pytest.approx(route("EU27", "KGZ").ratio)
    # Energy is not in the table, and Armenia bought no semiconductors before.
    assert "ENERGY" not in whole.results and "SEMICONDUCTORS" not in rerouted.ratio_over_baskets("EU27", "ARM").results
    assert list(rerouted.ratio_over_baskets("EU27", "KGZ", baskets=("SEMICONDUCTORS",)).results) == ["SEMICONDUCTORS"]


def test_a_list_sold_for_less_than_a_euro_has_a_ratio(fill: Fill) -> None:
    fill(sanctions().with_columns(pl.col("value") / 1e4))
    found = rerouted.ratio_over_baskets("EU27", "ARM").results
    assert found["SEMICONDUCTORS"] == pytest.approx(
        summed(5, "2022-01", "2022-11", 2) / summed(5, "2021-01", "2021-11")
    )


def test_codes_are_comparable_if_traded_on_both_sides(world: None) -> None:
    kept = rerouted.comparable_codes(since=Period.of_year(2022))
    # OLD ends with 2021: a row of zero is no trade. NEW begins in January 2022.
    assert kept.codes == tuple(sorted((ONE, TWO, LONE)))
    total = 100 + 5 + 6 + 9 + 15 * sum(
        summed(1, "2020", "2023", factor) for factor in (3, 2, 0.2)
    )  # fmt: skip
    assert [(item.kind, item.examples) for item in kept.problems] == [("incomplete", (NEW,)), ("incomplete", (OLD,))]
    assert [item.value_share for item in kept.problems] == pytest.approx([9 / total, 6 / total])
    later = rerouted.comparable_codes(since=Period.parse("2022-02"))
    assert later.codes == tuple(sorted((ONE, TWO, LONE))) and later.problems[0].examples == tuple(sorted((NEW, OLD)))
    first = rerouted.comparable_codes("SEMICONDUCTORS", since=Period.of_year(2022))
    assert first.codes == (TWO,) and first.problems == ()


def test_a_ratio_over_comparable_codes_leaves_new_ones_out(world: None) -> None:
    listed = {name: summed(15, *span, 2) for name, span in
              {"before": ("2021-01", "2021-11"), "after": ("2022-01", "2022-11")}.items()}  # fmt: skip
    assert route("EU27", "ARM").ratio == pytest.approx((listed["after"] + 9) / listed["before"])
    assert rerouted.comparable_ratio("EU27", "ARM") == pytest.approx(listed["after"] / listed["before"])


def test_sales_are_redirected_product_by_product(world: None) -> None:
    found = rerouted.redirected("EU27", "RUS")
    # Of the five codes OLD and NEW were not sold to Russia, nor was LONE: nothing was lost there.
    order = sorted((ONE, TWO, OLD, NEW, LONE))
    lost = {ONE: 10.0, TWO: 5.0}
    for code, size in lost.items():
        place = order.index(code)
        fall = summed(size, "2021-01", "2021-11") - summed(size, "2022-01", "2022-11", 0.2)
        rise = sum(summed(size, "2022-01", "2022-11", f) for f in (3, 2)) - 2 * summed(size, "2021-01", "2021-11")
        assert found.lost[place] == pytest.approx(fall) and found.gained[place] == pytest.approx(rise)
        assert found.ratio[place] == pytest.approx(rise / fall)
    assert found.gained[order.index(NEW)] == 9 and found.gained[order.index(LONE)] == -3
    assert found.gained[order.index(OLD)] == 0 and found.lost[order.index(OLD)] == 0
    assert int(np.isnan(found.ratio).sum()) == 3
    assert set(found.problems[0].examples) == {OLD, NEW, LONE} and found.replaced == 1
    with pytest.raises(MeasureError, match="No product fell by more than 95"):
        rerouted.redirected("EU27", "RUS", noise=0.95)


# ── placebos ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tried(world: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """The departures that stand behind every placebo."""
    monkeypatch.setattr(rerouted, "placebo_rate", list)
    return dict(rerouted.placebos("EU27", final="RUS"))  # type: ignore[arg-type]


def test_dates_are_tried_eight_months_early(tried: dict[str, list[Any]]) -> None:
    # A level, a line and the ratio to untouched goods on each of the two routes.
    assert [(item.series.name, item.method) for item in tried["dates"]] == [
        (f"listed EU27 to {place}", method) for place in ("ARM", "KGZ") for method in ("level", "line", "control_level")
    ]
    for item in tried["dates"]:
        assert item.series.period.label == "2021-07/2022-02"


def test_fuels_and_untouched_goods_are_tried_at_the_event(tried: dict[str, list[Any]]) -> None:
    assert [item.series.name for item in tried["products"]] == [
        *["untouched EU27 to ARM"] * 2, *["untouched EU27 to KGZ"] * 2, *["fuels EU27 to KGZ"] * 2
    ]  # fmt: skip
    assert {item.series.period.label for item in tried["products"]} == {"2022-03/2022-11"}
    fuels = tried["products"][-1].series.values
    # Germany alone of the members sold fuels; a month without any leaves the country out.
    assert fuels.tolist() == pytest.approx([wave(k, 30) for k in range(26, 35)])


def test_fuels_of_less_than_a_euro_are_fuels_and_none_are_not(fill: Fill) -> None:
    small = totals().with_columns(pl.col("value") / 1000)
    fill(total=small)
    assert rerouted._fuels("EU27", "ARM") is None
    kept = rerouted._fuels("EU27", "KGZ")
    assert kept is not None and kept.values[0] == pytest.approx(wave(0, 0.03))
    none = small.with_columns(
        pl.when(pl.col("period") == "2021-01").then(0.0).otherwise(pl.col("value")).alias("value")
    )
    fill(total=none)
    assert rerouted._fuels("EU27", "KGZ") is None


def test_partners_under_sanctions_are_no_placebos(tried: dict[str, list[Any]]) -> None:
    names = [item.series.name for item in tried["countries"]]
    assert names == [*["US imports from MEX"] * 2, *["US imports from NOR"] * 2]
    assert {item.series.period.label for item in tried["countries"]} == {"2022-03/2022-11"}
    mexico, norway = tried["countries"][0], tried["countries"][2]
    assert not mexico.is_beyond_noise and norway.is_beyond_noise
    # 26 months before: January 2020 is the fourth of the table.
    assert norway.series.values[0] == pytest.approx(3 * wave(29, 50))


def test_acts_count_from_two_months_before_to_eight_after(world: None, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = set()

    def none_found(a: str, b: str, *, period: Period) -> tuple[()]:
        assert a == b
        spans.add(period.label)
        return ()

    monkeypatch.setattr(rerouted, "find_events", none_found)
    found = rerouted._us_partners(month_number(Period.parse("2022-03")))
    assert spans == {"2022-01/2022-11"} and [len(item.values) for item in found] == [35] * 3
    assert {item.period.label for item in found} == {"2020-01/2022-11"}
    assert found[0].name == "US imports from BLR" and found[0].values[0] == pytest.approx(wave(3, 50))


def test_a_series_with_a_month_at_zero_allows_no_placebo() -> None:
    values = np.array([wave(k) for k in range(20)])
    plain, zero = Monthly("plain", 100, values), Monthly("zero", 100, np.where(np.arange(20) == 4, 0.0, values))
    assert [item.method for item in rerouted._tried(plain, 112, None)] == ["level", "line"]
    assert [item.method for item in rerouted._tried(plain, 112, plain)] == ["level", "line", "control_level"]
    assert rerouted._tried(zero, 112, None) == [] == rerouted._tried(None, 112, None)
