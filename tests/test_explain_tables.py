"""Questions of `amur explain` on the user's own tables, small enough to reckon the answer by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from own_tables import asked, months, told, wave, write_flows, write_reports

from amur import codes
from amur.changes.asked import Answer, Asked, own, saturation
from amur.changes.asked import events as asked_events
from amur.changes.asked import months as asked_months
from amur.changes.asked.answer import Change, Good, Number, Remark, Weights, Years, problem_sentence
from amur.changes.events import events
from amur.changes.monthly import Monthly, month_number
from amur.changes.problems import problem
from amur.changes.rerouted import ratio_over_baskets, redirected
from amur.errors import FlowsError, MeasureError, NoDataError
from amur.periods import Period
from amur.text import Text

YEAR = Period.of_year
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes rows of flows into a file of its own."""
    return partial(write_flows, tmp_path)


# ── words ───────────────────────────────────────────────────────────────────────────────────────


def test_the_command_asks_the_same_again() -> None:
    plain = Asked.read("RUS", "CHN", "2021", "2022-03", "exports", "CHPL", Path("/tmp/own.csv"))
    assert plain.start == YEAR(2021) and plain.end == Period.parse("2022-03")
    assert plain.command("baskets") == (
        "amur explain baskets RUS CHN --from 2021 --to 2022-03 --flow exports --basket CHPL --data own.csv"
    )
    assert Asked.read("RUS", "", "", "2022").command("twin") == "amur explain twin RUS --to 2022"


def test_numbers_in_sentences() -> None:
    text, swedish = Text("en"), Text("sv")
    name = codes.sector("C26").name("en")
    assert Good("C26").words(text) == name[0].lower() + name[1:] and Good("854231").words(text) == "854231"
    assert Number(2.346, 2).words(text) == "2.35"
    assert Number(7.0).words(swedish) == "7,0" and Change(-0.01234).words(text) == "−1.23\xa0percentage points"
    assert "5" in Change(5e9, "USD").words(text) and "+" in Change(5e9, "USD").words(text)
    assert Weights([("CHN", 0.6), ("NOR", 0.4)]).words(text) == "China (60%) and Norway (40%)"
    assert Years([YEAR(2021), YEAR(2022)]).words(swedish) == "2021 och 2022"


def test_defects_are_counted_beyond_the_five_that_are_named() -> None:
    text = Text("en")
    seven = problem_sentence(problem("refused", "abcdefg"), text)
    assert "a, b, c, d, e" in seven and "2 more" in seven and "7" in seven
    five = problem_sentence(problem("refused", "abcde"), text)
    assert "a, b, c, d and e" in five and "more" not in five


def test_a_terminal_shows_forty_rows_and_the_columns_that_matter() -> None:
    rows = tuple({"n": n, "m": -n} for n in range(41))
    assert [row["n"] for row in Answer("x", rows, ()).shown()] == list(range(40))
    assert Answer("x", rows, (), narrow=("m",)).shown()[3] == {"m": -3}
    remark = Remark("bounds", {}, {})
    assert Answer("x", rows, (remark,)).rows == rows


# ── the table ───────────────────────────────────────────────────────────────────────────────────

MIXED = [
    ("CHN", "SWE", "44", 2021, 30), ("CHN", "SWE", "440710", 2021, 10), ("CHN", "SWE", "440711", 2021, 15),
    ("NOR", "SWE", "480100", 2022, 7), ("SWE", "WLD", "480100", 2022, 9), ("WLD", "SWE", "480100", 2022, 70),
    ("ROW", "SWE", "480100", 2022, 5), ("SWE", "NOR", "480100", 2022, 4), ("SWE", "CHN", "480100", 2020, 3),
]  # fmt: skip
LEVELS = {"nomenclature": ["HS2"] + ["HS6"] * 8}


@pytest.mark.parametrize("name", ["own.csv", "own.parquet", "own.pq"])
def test_one_year_is_the_last_of_the_finest_nomenclature_without_aggregates(write: Write, name: str) -> None:
    file = write(MIXED, name, **LEVELS)
    table, problems = own.one_year(file, None)
    keys = ("exporter", "importer", "value_usd")
    assert sorted(table.select(pl.col(keys[:2]).cast(pl.String), keys[2]).iter_rows()) == [
        ("NOR", "SWE", 7), ("ROW", "SWE", 5), ("SWE", "NOR", 4)
    ]  # fmt: skip
    assert [(item.kind, item.examples) for item in problems] == [("counted_elsewhere", ("WLD",))]
    earlier, none = own.one_year(file, YEAR(2021))
    assert sorted(earlier["value_usd"]) == [10, 15] and none == ()
    assert own.periods_of(file) == ["2020", "2021", "2022"] and own._is_scannable(file) is (name != "own.csv")
    with pytest.raises(NoDataError, match=r"does not hold 2019\. It holds 2020, 2021, 2022"):
        own.one_year(file, YEAR(2019))


def test_a_parquet_file_of_other_columns_is_read_as_flows(write: Write, tmp_path: Path) -> None:
    file = write(MIXED[1:3], "own.parquet")
    plain = tmp_path / "plain.parquet"
    pl.read_parquet(file).drop("nomenclature").write_parquet(plain)
    assert own._is_scannable(plain) and sorted(own.one_year(plain, None)[0]["value_usd"]) == [10, 15]
    pl.read_parquet(file).drop("product").filter(pl.col("value_usd") == 10).write_parquet(tmp_path / "whole.parquet")
    assert not own._is_scannable(tmp_path / "whole.parquet")
    assert own.one_year(tmp_path / "whole.parquet", None)[0]["value_usd"].to_list() == [10]
    for name in ("gone.parquet", "gone.csv"):
        with pytest.raises(FlowsError, match="There is no file"):
            own.one_year(tmp_path / name, None)
    odd = write([("CHN", "SWE", "440710", 2021, 10), ("CHN", "Q1", "440710", 2021, 10)], "odd.parquet")
    with pytest.raises(FlowsError, match=r"odd\.parquet: .*Q1"):
        own.one_year(odd, None)
    pl.read_parquet(file).with_columns(value_usd=pl.lit(None, pl.Float64)).write_parquet(tmp_path / "null.parquet")
    with pytest.raises(FlowsError, match=r"2 rows of null\.parquet have no value in dollars"):
        own.one_year(tmp_path / "null.parquet", None)


def test_pairs_months_and_sums_of_a_table(write: Write) -> None:
    file = write(MIXED, **LEVELS)
    assert own.own_pair(file, "CHN", "SWE")["value_usd"].to_list() == [10, 15]
    assert own.values_by(own.own_flows(file)) == {"2020": 3, "2021": 25, "2022": 95}
    assert own.values_by(own.own_pair(file, "CHN", "SWE"), "product") == {"440710": 10, "440711": 15}
    with pytest.raises(NoDataError, match=r"own\.csv has no exports from NOR to CHN"):
        own.own_pair(file, "NOR", "CHN")
    mixed = pl.DataFrame({"period": ["2022-02", "2022-01", "2022-02", *map(str, range(2010, 2016))]})
    assert own.months_of(mixed[:3], file) == ["2022-01", "2022-02"]
    with pytest.raises(FlowsError, match=r"6 periods are no months \(2010, 2011, 2012, 2013, 2014\)"):
        own.months_of(mixed, file)
    with pytest.raises(FlowsError, match="1 rows have no value in dollars"):
        own.values_by(pl.DataFrame({"period": ["2020", "2020"], "value_usd": [1.0, None]}))


def test_reports_become_flows_the_importers_before_the_exporters(tmp_path: Path) -> None:
    file = write_reports(tmp_path, [
        ("SWE", "NOR", "export", "440710", "2021", 100.0), ("NOR", "SWE", "import", "440710", "2021", 106.0),
        ("SWE", "CHN", "export", "440710", "2021", 50.0),
    ])  # fmt: skip
    flows = {row["importer"]: row["value_usd"] for row in own.own_flows(file).iter_rows(named=True)}
    # Where the importer is silent the exporter's own number stands, with or without a mean freight on it.
    assert flows["NOR"] == 106 and flows["CHN"] >= 50
    both = own.own_reports(file).filter(pl.col("importer") == "NOR").to_dicts()[0]
    assert (both["reported_by_exporter"], both["reported_by_importer"]) == (100, 106)
    odd = tmp_path / "odd.csv"
    odd.write_text("exporter,importer,partner,period,value_usd\nSWE,NOR,NOR,2021,1\n")
    with pytest.raises(FlowsError, match=r"odd\.csv holds flows"):
        own.own_reports(odd)
    with pytest.raises(FlowsError, match="a column 'partner' that is not understood"):
        own.own_flows(odd)


# ── months ──────────────────────────────────────────────────────────────────────────────────────


def test_months_inside_the_span_asked_for() -> None:
    span = Asked.read("SWE", "NOR", "2021", "2022-03")
    inside = [label for label in months("2020-11", "2022-05") if asked_months._inside(span, label)]
    assert inside == months("2021-01", "2022-03")
    assert [asked_months._inside(Asked("SWE", start=YEAR(2021)), label) for label in ("2020-12", "2021-01")] == [
        False,
        True,
    ]
    assert [asked_months._inside(Asked("SWE", end=YEAR(2021)), label) for label in ("2021-12", "2022-01")] == [
        True,
        False,
    ]


def test_a_month_counts_where_all_of_it_is_asked_for() -> None:
    span = Asked.read("SWE", "NOR", "2021-01-15/2021-02-01", "2021-05-01/2021-06-15")
    inside = [label for label in months("2020-12", "2021-08") if asked_months._inside(span, label)]
    assert inside == months("2021-02", "2021-05")


def test_a_short_table_by_month_is_shown_raw_with_prices(write: Write) -> None:
    labels = months("2020-12", "2022-02")
    rows = [("SWE", "NOR", "440710", label, 100.0 * (k + 1)) for k, label in enumerate(labels)]
    file = write(rows, quantity=[10.0 * (k + 1) for k in range(15)], unit=["t"] * 15)
    found = asked("months", "SWE", "NOR", data=file)
    assert [row["period"] for row in found.rows] == labels and [row["value"] for row in found.rows] == [
        100.0 * (k + 1) for k in range(15)
    ]
    by_month = {row["period"]: row for row in found.rows}
    assert by_month["2022-02"]["currency"] == "USD" and "adjusted" not in by_month["2022-02"]
    assert all("raw" not in row for row in found.rows)
    # Against a year before the price stands still and the amount grows by 120 t, at 10 dollars.
    for label in ("2021-12", "2022-01", "2022-02"):
        assert by_month[label]["quantity"] == pytest.approx(1200) and by_month[label]["price"] == pytest.approx(0)
        assert by_month[label]["coverage"] == pytest.approx(1) and by_month[label]["priced_change"] == 1200
    assert "price" not in by_month["2021-11"] and told(found, "no_season")["n"] == 15
    price = told(found, "month_price")
    assert price["month"] == Period.parse("2022-02") and price["quantity"] == pytest.approx(1200)
    assert (price["exporter"], price["importer"]) == ("SWE", "NOR") and found.origins == ("user:own.csv",)
    back = asked("months", "NOR", "SWE", data=file, flow="imports")
    assert [row["value"] for row in back.rows] == [row["value"] for row in found.rows]
    cut = asked("months", "SWE", "NOR", "2021", "2021", data=file)
    assert [row["period"] for row in cut.rows] == months("2021-01", "2021-12")
    with pytest.raises(NoDataError, match="no exports from NOR to SWE"):
        asked("months", "NOR", "SWE", data=file)
    with pytest.raises(NoDataError, match="by month in the span asked for"):
        asked("months", "SWE", "NOR", "2024", "2024", data=file)


def test_the_direction_and_last_share_of_the_bundled_months_are_told() -> None:
    found = asked("months", "CHN", "USA")
    season, share = told(found, "season"), told(found, "month_share")
    assert (season["exporter"], season["importer"]) == ("CHN", "USA") == (share["exporter"], share["importer"])
    last = found.rows[-1]
    assert "raw" not in last and {"adjusted", "trend", "growth_on_year"} <= set(last)
    assert share["month"].label == last["period"] and share["share"] == pytest.approx(last["share"])
    assert share["change"] == pytest.approx(last["share_change"]) and share["own"] == pytest.approx(last["share_own"])
    holiday = told(found, "new_year")
    assert 0 <= holiday["days"] <= 60 and holiday["effect"] < 0


# ── shares ──────────────────────────────────────────────────────────────────────────────────────


def test_shares_of_a_pair_by_hand(write: Write) -> None:
    file = write([
        ("NOR", "SWE", "440710", 2020, 30), ("CHN", "SWE", "440710", 2020, 70), ("NOR", "SWE", "440710", 2021, 60),
        ("CHN", "SWE", "440710", 2021, 60), ("CHN", "SWE", "480100", 2020, 100), ("CHN", "SWE", "480100", 2021, 80),
        ("NOR", "DNK", "480100", 2020, 5), ("NOR", "DNK", "480100", 2021, 10), ("SWE", "NOR", "440710", 2020, 1),
        ("SWE", "NOR", "440710", 2021, 2), ("NOR", "SWE", "480100", 2021, 0),
    ])  # fmt: skip
    found = asked("shares", "SWE", "NOR", "2020", "2021", data=file, flow="imports")
    first = found.rows[0]
    assert (first["product"], first["share_before"], first["share_after"]) == ("440710", 0.3, 0.5)
    # Weights 1/2 and 3/5, mean share 0.4; the whole share 0.15 → 0.3.
    assert first["within"] == pytest.approx(0.55 * 0.2) and first["between"] == pytest.approx((0.4 - 0.225) * 0.1)
    whole = told(found, "share_imports")
    assert whole["change"] == pytest.approx(0.15) and (whole["subject"], whole["object"]) == ("SWE", "NOR")
    assert whole["within"] + whole["between"] == pytest.approx(0.15) and whole["within"] == pytest.approx(0.11)
    market, markets = told(found, "market"), told(found, "markets")
    assert (market["exporter"], market["importer"], market["change"]) == ("NOR", "SWE", pytest.approx(30))
    assert "importer" not in markets and markets["change"] == pytest.approx(35)
    for item in (market, markets):
        names = ("world", "sectors", "demand", "competitiveness")
        assert sum(item[name] for name in names) == pytest.approx(item["change"])
    assert market["competitiveness"] == pytest.approx(110 * 0.2)
    sold = asked("shares", "NOR", "SWE", "2020", "2021", data=file, flow="exports")
    assert told(sold, "market")["exporter"] == "NOR" and told(sold, "share_exports")["subject"] == "NOR"


def test_partners_stand_by_the_size_of_their_change(write: Write) -> None:
    file = write([
        ("NOR", "SWE", "440710", 2020, 10), ("NOR", "SWE", "480100", 2020, 20), ("CHN", "SWE", "440710", 2020, 70),
        ("NOR", "SWE", "440710", 2021, 33), ("CHN", "SWE", "440710", 2021, 60), ("DNK", "SWE", "440710", 2021, 7),
        ("NOR", "CHN", "440710", 2021, 7),
    ])  # fmt: skip
    found = asked("shares", "SWE", "", "2020", "2021", data=file, flow="imports")
    assert [(row["partner"], row["change"]) for row in found.rows] == [
        ("CHN", pytest.approx(-0.1)), ("DNK", pytest.approx(0.07)), ("NOR", pytest.approx(0.03))
    ]  # fmt: skip
    first = told(found, "partner_imports")
    assert (first["object"], first["share_before"], first["share_after"]) == ("CHN", 0.7, 0.6)
    assert first["own"] + first["others"] == pytest.approx(-0.1) and first["subject"] == "SWE"
    sold = asked("shares", "NOR", "", "2020", "2021", data=file, flow="exports")
    assert [(row["partner"], row["share_after"]) for row in sold.rows] == [("SWE", 0.825), ("CHN", 0.175)]
    assert sold.origins == ("user:own.csv",)
    both = asked("shares", "NOR", "", "2020", "2021", data=file)
    assert both.remarks[0].key == "partner_total"
    with pytest.raises(NoDataError, match="no exports of SWE in both 2020 and 2021"):
        asked("shares", "SWE", "", "2020", "2021", data=file, flow="exports")
    for start, end in (("2020", ""), ("", "2021")):
        with pytest.raises(MeasureError, match="Name both"):
            asked("shares", "SWE", "", start, end, data=file)
    with pytest.raises(MeasureError, match="2021 does not come after 2021"):
        asked("shares", "SWE", "", "2021", "2021", data=file)


# ── lists of goods ──────────────────────────────────────────────────────────────────────────────


LABELS = months("2019-01", "2022-06")


def routed() -> list[tuple[Any, ...]]:
    """Germany sells integrated circuits and sawn wood; the circuits rise to Kazakhstan from March 2022."""
    rows: list[tuple[Any, ...]] = []
    for k, label in enumerate(LABELS):
        after = label >= "2022-03"
        for place, factor in (("KAZ", 3.0), ("TUR", 2.0), ("RUS", 0.2)):
            rows.append(("DEU", place, "854231", label, wave(k, 10.0) * (factor if after else 1)))
            rows.append(("DEU", place, "440710", label, wave(k + 1, 40.0)))
    return rows


def total(size: float, first: str, last: str, factor: float = 1.0) -> float:
    return sum(
        wave(k, size) * (factor if label >= "2022-03" else 1)
        for k, label in enumerate(LABELS)
        if first <= label <= last
    )


def test_lists_set_the_last_months_against_the_year_before(write: Write) -> None:
    # Machine tools, on the longer list only and in another tier, are sold as before.
    tools = [("DEU", "KAZ", "845710", label, wave(k, 30.0)) for k, label in enumerate(LABELS)]
    found = asked("baskets", "DEU", "KAZ", data=write([*routed(), *tools]))
    rows = {row["basket"]: row for row in found.rows}
    row = rows["SEMICONDUCTORS"]
    before, after = total(10, "2021-01", "2021-06"), total(10, "2022-01", "2022-06", 3)
    assert (row["before"], row["after"]) == ("2021-H1", "2022-H1")
    assert (row["listed_before"], row["listed_after"], row["ratio"]) == pytest.approx((before, after, after / before))
    assert row["untouched_ratio"] == pytest.approx(1, abs=0.02) and row["comparable_ratio"] is None
    assert row["codes"] == 3 and row["refused"] == 0 and rows["CHPL"]["refused"] == 6
    # Whole lists count in the span, their tiers do not: that of machine tools alone did not grow.
    assert {name for name in rows if "/" not in str(name)} == {"CHPL", "SEMICONDUCTORS"}
    tiers = [row["ratio"] for name, row in rows.items() if "/" in str(name)]
    span, wide = told(found, "baskets"), rows["CHPL"]["ratio"]
    assert (span["low"], span["high"], span["n"]) == (wide, row["ratio"], 2) and min(tiers) < wide < row["ratio"]  # type: ignore[operator, type-var]
    assert (span["exporter"], span["importer"]) == ("DEU", "KAZ")
    assert found.problems[0].kind == "empty_list" and found.problems[0].count > 5
    late = [row for row in routed() if row[3] >= "2022-01" or row[2] != "854231"]
    with pytest.raises(NoDataError, match="No list has goods in the table of exports from DEU to KAZ"):
        asked("baskets", "DEU", "KAZ", data=write(late, "late.csv"))


def test_routes_of_an_own_table_by_hand(write: Write, tmp_path: Path) -> None:
    onward = [
        ("KAZ", "RUS", "854231", label, wave(k, 5) * (4 if label >= "2022-03" else 1)) for k, label in enumerate(LABELS)
    ]
    tool = ("DEU", "RUS", "845710", "2021-05", 6.0)
    short = [("DEU", "ARM", "854231", LABELS[-1], 1.0), ("DEU", "GEO", "440710", LABELS[-1], 1.0)]
    found = asked("rerouting", "DEU", "RUS", "2022-03", data=write([*routed(), *onward, *short, tool]))
    assert [row["importer"] for row in found.rows] == ["KAZ", "TUR"]
    kazakh, turk = found.rows
    assert kazakh["listed_before"] == pytest.approx(total(10, "2021-01", "2021-06"))
    assert kazakh["ratio"] == pytest.approx(total(10, "2022-01", "2022-06", 3) / total(10, "2021-01", "2021-06"))
    assert kazakh["ratio_to_control"] == pytest.approx(kazakh["ratio"] / kazakh["untouched_ratio"])  # type: ignore[operator]
    assert kazakh["since"] == "2022-03" and kazakh["excess"] == pytest.approx(80, rel=0.1) and kazakh["beyond_noise"]
    assert kazakh["excess_low"] < kazakh["excess"] < kazakh["excess_high"]  # type: ignore[operator]
    # Fifteen a month are sent on, for four months: no more than the excess that arrived.
    assert 40 < kazakh["transit_low"] <= 60 < kazakh["transit_high"] and turk["transit_low"] == 0  # type: ignore[operator]
    bounds = told(found, "transit")
    assert bounds["n"] == 2 and bounds["high"] == pytest.approx(kazakh["transit_high"] + turk["transit_high"])  # type: ignore[operator]
    assert bounds["low"] == pytest.approx(kazakh["transit_low"]) and bounds["final"] == "RUS"
    assert [item.split(":")[0] for item in found.problems[0].examples] == ["ARM", "GEO"]
    moved = told(found, "redirected")
    rise = (
        total(10, "2022-01", "2022-06", 3)
        + total(10, "2022-01", "2022-06", 2)
        - 2 * total(10, "2021-01", "2021-06")
        + 1
    )
    fall = total(10, "2021-01", "2021-06") - total(10, "2022-01", "2022-06", 0.2)
    # Of two goods whose sales fell, nobody else bought more of the machine tool.
    assert moved["ratio"] == pytest.approx(rise / (fall + 6)) and moved["share"] == pytest.approx(fall / (fall + 6))
    assert found.remarks[1].values["ratio"].digits == 2  # type: ignore[attr-defined]
    later = asked("rerouting", "DEU", "RUS", "2022-04", data=tmp_path / "own.csv")
    assert {row["since"] for row in later.rows} == {"2022-04"}
    quiet = [
        (*row[:4], wave(LABELS.index(row[3]), 10.0)) if row[1] == "RUS" and row[2] == "854231" else row
        for row in routed()
    ]
    plain = asked("rerouting", "DEU", "RUS", data=write(quiet, "quiet.csv"), basket="SEMICONDUCTORS")
    assert [item.key for item in plain.remarks] == ["transit_upper"] and "low" not in plain.remarks[0].values
    assert plain.rows[0]["since"] == "2022-03"
    with pytest.raises(NoDataError, match=r"no route that can be judged\. GEO: "):
        asked("rerouting", "DEU", "RUS", data=write(short[1:], "short.csv"))


def test_bundled_routes_end_with_the_direct_one_and_name_their_defects() -> None:
    found = asked("rerouting", "EU27", "RUS")
    *ways, direct = (dict(row) for row in found.rows)
    assert direct["importer"] == "RUS" and [row["transit_high"] for row in ways] == sorted(
        (row["transit_high"] for row in ways), reverse=True
    )
    assert direct.keys() == ways[0].keys() and direct["excess"] is None and direct["since"] is None
    assert direct["ratio"] == pytest.approx(direct["listed_after"] / direct["listed_before"])
    assert direct["ratio_to_control"] == pytest.approx(direct["ratio"] / direct["untouched_ratio"])
    spans = {row["importer"]: (row["ratio_low"], row["ratio_high"]) for row in found.rows}
    for place, (low, high) in spans.items():
        lists = ratio_over_baskets("EU27", str(place)).results.values()
        assert (low, high) == (min(lists), max(lists))
    assert set(found.shown()[0]) == {
        "importer", "before", "after", "ratio", "ratio_low", "ratio_high", "untouched_ratio"
    }  # fmt: skip
    upper = told(found, "transit_upper")
    assert upper["n"] == 6 == len(ways) and upper["high"] == pytest.approx(sum(row["transit_high"] for row in ways))
    assert (upper["exporter"], upper["final"]) == ("EU27", "RUS") and found.remarks[0].values["high"].currency == "EUR"  # type: ignore[attr-defined]
    moved = redirected("EU27", "RUS")
    assert found.remarks[1].values["ratio"] == Number(moved.total, 2)
    assert told(found, "redirected")["share"] == moved.replaced
    dates = told(found, "placebo_dates")
    assert (dates["tried"], dates["nominal"]) == (18, pytest.approx(0.05)) and 0 <= dates["n"] < 18
    narrow = asked("rerouting", "EU27", "RUS", basket="SEMICONDUCTORS")
    refused = next(item for item in narrow.problems if item.kind == "refused")
    assert refused.count == 6 - (len(narrow.rows) - 1) and narrow.rows[-1]["importer"] == "RUS"


# ── events and ceilings ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("before", "method"), [(60, "line_seasons"), (59, "line"), (61, "line_seasons")])
def test_seasons_are_told_apart_with_five_years_before(before: int, method: str) -> None:
    event = next(item for item in events() if item.key == "2022-03-15-sanctions_package")
    first = month_number(Period.parse("2022-03")) - before
    values = np.array([wave(k, 10) * (0.5 if k >= before else 1) for k in range(before + 20)])
    found = asked_events._study(Monthly("x", first, values), event)
    assert found is not None and found.method == method and len(found.series.values) == 12
    assert found.factor == pytest.approx(0.5, rel=0.05) and found.is_beyond_noise
    assert asked_events._study(Monthly("x", first + 200, values), event) is None


def test_events_of_an_own_table_in_the_span_asked_for(write: Write) -> None:
    rows = [("DEU", "RUS", "440710", label, wave(k, 10) * (0.3 if label >= "2022-03" else 1)) for k, label in
            enumerate(months("2016-01", "2022-12"))]  # fmt: skip
    file = write(rows)
    found = asked("events", "DEU", "RUS", "2022-03", "2022-04", data=file, flow="exports")
    assert [row["date"] for row in found.rows] == sorted(row["date"] for row in found.rows)  # type: ignore[type-var]
    assert all("2022-03" <= str(row["date"]) < "2022-05" for row in found.rows) and told(found, "events")["n"] == len(
        found.rows
    )
    studied = told(found, "studied")
    assert studied == {"n": sum(bool(row["beyond_noise"]) for row in found.rows), "tried": len(found.rows)}
    for row in found.rows:
        assert row["factor_low"] < row["factor"] < row["factor_high"]  # type: ignore[operator]
    whole = asked("events", "RUS", "DEU", data=file, flow="imports")
    assert [row["event"] for row in whole.rows] == [
        item.key for item in events() if item.touches("RUS", "DEU")
    ]  # fmt: skip
    judged = [row for row in whole.rows if row["factor"] is not None]
    assert told(whole, "studied")["tried"] == len(judged) < len(whole.rows)
    undated = {item.key: item for item in events() if item.precision != "day"}
    for row in whole.rows:
        wanted = undated[str(row["event"])].month.label if row["event"] in undated else str(row["event"])[:10]
        assert row["date"] == wanted
    with pytest.raises(NoDataError, match="no event that touches DEU and RUS from 2000-01-01 to 2000-12-31"):
        asked("events", "DEU", "RUS", "2000", "2000", data=file, flow="exports")


def test_years_of_a_ceiling_are_those_asked_for() -> None:
    def kept(start: str, end: str) -> list[float]:
        span = Asked.read("SWE", "NOR", start, end)
        return [time for time in (2019.0, 2020.0, 2020 + 11 / 12, 2021.0, 2022.5) if saturation._inside(span, time)]

    assert kept("", "") == [2019, 2020, 2020 + 11 / 12, 2021, 2022.5]
    assert kept("2020", "2021") == [2020, 2020 + 11 / 12, 2021] and kept("2020", "") == kept("2020", "2022")
    assert kept("2020-06/2021-06", "") == kept("2020", "") and kept("", "2020-06/2021-06") == kept("", "2021")
    assert kept("", "2020-03") == [2019, 2020, 2020 + 11 / 12] and kept("2021-12", "") == [2021, 2022.5]


def test_sums_of_twelve_months_end_with_the_last(write: Write) -> None:
    labels = months("2019-11", "2022-12")
    rows = [("SWE", "NOR", "440710", label, k + 1) for k, label in enumerate(labels)]
    rows += [("NOR", "SWE", "440710", label, 100) for label in labels]

    def points(flow: str, file: Path) -> tuple[list[float], list[float]]:
        given = Asked.read("SWE", "NOR", "", "", flow, "", file)
        return saturation._own(given, "SWE", "NOR")[:2]

    file = write(rows)
    # Of 38 months the last 36 make three sums, from January to December.
    sums = [sum(range(3 + 12 * k, 15 + 12 * k)) for k in range(3)]
    assert points("exports", file) == ([year + 11 / 12 for year in (2020, 2021, 2022)], sums)
    assert points("imports", file)[1] == [1200] * 3
    assert points("total", file)[1] == [value + 1200 for value in sums]
    years = write([("SWE", "NOR", "440710", year, year - 2000) for year in (2022, 2020, 2021)], "years.csv")
    assert points("exports", years) == ([2020, 2021, 2022], [20, 21, 22])
    gap = write([("SWE", "NOR", "440710", year, 1) for year in (2010, *range(2017, 2020))], "gap.csv")
    with pytest.raises(FlowsError, match=r"6 years are missing \(2011, 2012, 2013, 2014, 2015\)"):
        points("exports", gap)


def test_a_series_of_years_with_a_gap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(reporter: str, origin: str, years: list[int]) -> list[Any]:
        return [
            SimpleNamespace(period=YEAR(year), reporter=reporter, origins=(origin,), value=float(year))
            for year in years
        ]

    held = [*figures("A", "a", [2010, 2011, 2012]), *figures("B", "b", [2012, 2013]), *figures("A", "a", [2013])]
    held.append(SimpleNamespace(period=Period.parse("2014-01"), reporter="A", origins=("a",), value=1.0))
    held.append(SimpleNamespace(period=None, reporter="A", origins=("a",), value=1.0))
    monkeypatch.setattr(saturation, "series", lambda *_: held)
    span = Asked("SWE", "NOR")
    assert saturation._bundled(span, "SWE", "NOR") == ([2010, 2011, 2012, 2013], [2010, 2011, 2012, 2013], ("a",))
    held += figures("A", "a", [2020])
    with pytest.raises(MeasureError, match=r"6 years have no value \(2014, 2015, 2016, 2017, 2018\)"):
        saturation._bundled(span, "SWE", "NOR")


def test_the_ceiling_is_told_with_its_interval(write: Write) -> None:
    def logistic(year: int) -> float:
        return 8e9 / (1 + math.exp(-0.9 * (year - 2016))) * (1 + 0.01 * (-1) ** year)

    file = write([("CHN", "RUS", "870323", year, logistic(year)) for year in range(2010, 2025)])
    found = asked("saturation", "CHN", "RUS", data=file, flow="exports")
    ceiling = told(found, "ceiling_exports")
    assert ceiling["low"] < ceiling["ceiling"] < ceiling["high"] and ceiling["ceiling"] == pytest.approx(8e9, rel=0.02)
    assert ceiling["filled"] == pytest.approx(1, abs=0.02) and ceiling["n"] == 15
    assert ceiling["speed"] == pytest.approx(0.9, rel=0.05) and (ceiling["subject"], ceiling["object"]) == (
        "CHN",
        "RUS",
    )
    rows = [
        ("CHN", "RUS", "870323", year, math.exp(0.3 * (year - 2000) + 0.02 * (-1) ** year))
        for year in range(2010, 2025)
    ]
    early = asked("saturation", "CHN", "RUS", "2011", "2020", data=write(rows), flow="exports")
    bound = told(early, "no_ceiling_exports")
    assert bound["n"] == 10 and bound["speed"] == pytest.approx(0.3, rel=0.05) and bound["bound"] > rows[8][4]
