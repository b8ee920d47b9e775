"""Twins, premia, mirrors, gaps and dependence on the user's own tables, small enough to reckon the answer by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from own_tables import asked, months, told, wave, write_flows, write_reports

from amur.changes.asked import dependence as asked_dependence
from amur.changes.complexity import complexity
from amur.changes.dependence_tables import sector_flows, sector_persistence
from amur.errors import AmurError, FlowsError, MeasureError, NoDataError

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes rows of flows into a file of its own."""
    return partial(write_flows, tmp_path)


# ── twins, premia, mirrors, gaps ────────────────────────────────────────────────────────────────


def test_the_twin_of_an_own_table_by_hand(write: Write) -> None:
    size = {"RUS": 8e9, "NOR": 2e9, "FIN": 6e8, "BRA": 4e7, "IND": 7e9}
    rows = [
        ("SWE", place, product, 2010 + k, wave(k * (1 + n), base) * (0.5 if place == "RUS" and k >= 9 else 1) / 2)
        for n, (place, base) in enumerate(size.items())
        for k in range(12)
        for product in ("440710", "480100")
    ]
    found = asked("twin", "SWE", "RUS", "2019", data=write(rows))
    assert [row["year"] for row in found.rows] == list(range(2010, 2022))
    assert found.rows[0]["actual"] == pytest.approx(wave(0, 8e9)) and found.rows[0]["currency"] == "USD"
    # Above five billion one donor is left, and that is too few.
    assert set(found.rows[0]) == {"year", "actual", "currency", "twin", "twin_1e+08", "twin_1e+09"}
    effect = told(found, "twin")
    gaps = [
        float(found.rows[-1]["actual"]) - float(found.rows[-1][name]) for name in ("twin", "twin_1e+08", "twin_1e+09")
    ]  # type: ignore[arg-type]
    assert (effect["low"], effect["high"]) == pytest.approx((min(gaps), max(gaps))) and effect["year"] == "2021"
    assert (effect["rank_low"], effect["rank_high"]) == pytest.approx((1 / 5, 1 / 3))
    assert (effect["exporter"], effect["partner"]) == ("SWE", "RUS")
    pools = [item for item in found.remarks if item.key.startswith("pool")]
    assert [item.values["n"] for item in pools] == [4, 3, 2] and [item.values["floor"].value for item in pools] == [
        0,
        1e8,
        1e9,
    ]  # type: ignore[attr-defined]
    weights = [pool.values["donors"].places for pool in pools]  # type: ignore[attr-defined]
    for places in weights:
        assert 0 < len(places) <= 3 and all(weight > 0 for _, weight in places)
        assert [weight for _, weight in places] == sorted((weight for _, weight in places), reverse=True)
    assert asked("twin", "SWE", "RUS", "2019-07/2020-06", data=write(rows)).rows == found.rows
    with pytest.raises(MeasureError, match="XKX is not in the panel"):
        asked("twin", "SWE", "XKX", "2019", data=write(rows))


def test_a_premium_by_hand(write: Write) -> None:
    goods = ("854231", "854232", "854239", "845710", "440710", "480100", "610910", "640399")
    rows: list[tuple[Any, ...]] = []
    for year in (2021, 2024):
        for good in goods:
            for buyer in ("RUS", "IND", "BRA"):
                doubled = year == 2024 and buyer == "RUS" and good[:2] in ("84", "85")
                rows.append(("CHN", buyer, good, year, 200.0 if doubled else 100.0))
    rows.append(("IND", "RUS", "854231", 2024, 1.0))
    file = write(rows, quantity=[10.0] * len(rows), unit=["kg"] * len(rows))
    found = asked("premium", "CHN", "RUS", "2021", "2024", data=file)
    by_goods = {row["goods"]: row for row in found.rows}
    assert by_goods["listed"]["log_premium"] == pytest.approx(math.log(2))
    assert by_goods["listed"]["premium"] == pytest.approx(1) and by_goods["listed"]["products"] == 4
    assert by_goods["listed"]["median_buyer"] == pytest.approx(2) and by_goods["listed"]["median_others"] == 1
    assert by_goods["difference"]["log_premium"] == pytest.approx(math.log(2))
    assert by_goods["all"]["log_premium"] == pytest.approx(math.log(2) / 2) and by_goods["all"]["products"] == 8
    listed = told(found, "premium_listed")
    assert (listed["value"], listed["low"], listed["high"]) == pytest.approx((1, 1, 1)) and listed["buyer"] == "RUS"
    baskets = {item.key: item.basket for item in found.remarks}
    assert baskets["premium_all"] == "" and baskets["premium_listed"] == "CHPL" == baskets["premium_difference"]
    assert told(found, "kept")["share"] == 1
    none = asked("premium", "CHN", "RUS", "2021", "2024", data=file, basket="CARS")
    assert [row["goods"] for row in none.rows] == ["all"]
    assert {item.key for item in none.remarks} == {"premium_all", "no_premium_listed", "no_premium_difference", "kept"}
    with pytest.raises(NoDataError, match="too few goods with quantities from CHN to SWE"):
        asked("premium", "CHN", "SWE", "2021", "2024", data=file)
    for start, end in (("2021", ""), ("", "2024")):
        with pytest.raises(MeasureError, match="Name both"):
            asked("premium", "CHN", "RUS", start, end, data=file)


def test_a_premium_stands_between_its_bounds(write: Write) -> None:
    rows: list[tuple[Any, ...]] = []
    for k, good in enumerate(("854231", "854232", "854239", "845710", "440710", "480100", "610910", "640399")):
        for buyer in ("RUS", "IND", "BRA"):
            rise = (1.8 if buyer == "RUS" else 1.0) * (1 + 0.03 * (k % 3))
            rows += [("CHN", buyer, good, 2021, 100.0), ("CHN", buyer, good, 2024, 100.0 * rise)]
            if buyer == "RUS":
                rows[-1] = ("CHN", buyer, good, 2024, 100.0 * rise * (1 + 0.04 * (k % 4)))
    found = asked("premium", "CHN", "RUS", "2021", "2024",
                  data=write(rows, quantity=[10.0] * len(rows), unit=["kg"] * len(rows)))  # fmt: skip
    for row in found.rows:
        assert row["low"] < row["log_premium"] < row["high"]  # type: ignore[operator]
        remark = told(found, f"premium_{row['goods']}")
        assert remark["low"] == pytest.approx(math.expm1(float(row["low"])))  # type: ignore[arg-type]
        assert remark["high"] == pytest.approx(math.expm1(float(row["high"])))  # type: ignore[arg-type]


def test_mirrors_leave_one_year_out_and_name_five_silent_partners(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = []
    for year, factor in ((2018, 1.0), (2019, 1.1), (2020, 1.21), (2021, None)):
        rows.append(("CHN", "RUS", "export", "440710", str(year), 100.0))
        if factor is not None:
            rows.append(("RUS", "CHN", "import", "440710", str(year), 100.0 * factor))
            rows += [(name, "RUS", "export", "480100", str(year), 1.0) for name in ("SWE", "FIN", "NOR", "ITA", "FRA")]
    found = asked("mirror", "RUS", data=write_reports(tmp_path, rows))
    # Freight steps up by ln 1.1 a year: without one of the ends the mean of the others misses it by one and a half.
    assert found.rows[0]["largest_error"] == pytest.approx(1.5 * math.log(1.1))
    assert found.rows[0]["low"] < found.rows[0]["estimate"] < found.rows[0]["high"]  # type: ignore[operator]
    mirror = told(found, "mirror")
    assert (mirror["low"], mirror["high"]) == (found.rows[0]["low"], found.rows[0]["high"])
    assert told(found, "silent")["names"] == "FIN, FRA, ITA, NOR, SWE"


def test_gaps_have_bounds_and_months_without_listed_goods_are_counted(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = []
    for k, label in enumerate(months("2020-01", "2022-08")):
        lost = 0.6 if label >= "2022-03" else 1.0
        for good, arrived in (("854231", wave(k, 105.0) * lost), ("854290", wave(k + 1, 105.0)), ("440710", 50.0)):
            if (good, label) != ("854231", "2021-05"):
                rows += [("DEU", "KAZ", "export", good, label, 100.0), ("KAZ", "DEU", "import", good, label, arrived)]
    found = asked("gaps", "DEU", "RUS", data=write_reports(tmp_path, rows))
    (row,) = found.rows
    assert row["low"] < -math.log(0.6) < row["high"] and row["low"] < row["gap"] < row["high"]  # type: ignore[operator]
    assert row["misclassified_low"] < row["misclassified"] < row["misclassified_high"]  # type: ignore[operator]
    assert row["misclassified"] == pytest.approx(row["gap"] - row["unlisted_gap"])  # type: ignore[operator]
    assert [(item.kind, item.examples) for item in found.problems] == [("value_zero", ("2021-05",))]


def test_mirrors_of_an_own_table_by_hand(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = []
    for year in range(2018, 2023):
        for partner, value in (("CHN", 80.0), ("DEU", 10.0)):
            rows.append((partner, "RUS", "export", "440710", str(year), value * (1.25 if year > 2020 else 1)))
            if year < 2021:
                rows.append(("RUS", partner, "import", "440710", str(year), value * 1.1))
        if year < 2021:
            rows.append(("RUS", "BRA", "import", "440710", str(year), 33.0))
            rows += [
                (name, "RUS", "export", "480100", str(year), 1.0) for name in ("SWE", "FIN", "NOR", "ITA", "FRA", "ESP")
            ]
    file = write_reports(tmp_path, rows)
    found = asked("mirror", "RUS", data=file)
    assert [row["year"] for row in found.rows] == [2021, 2022]
    row = found.rows[0]
    # Two partners cover 99 of 132 at a freight of a tenth.
    assert (row["coverage"], row["freight"], row["partners_sum"]) == pytest.approx((0.75, 0.1, 112.5))
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx((165, 165, 165)) and row["partners"] == 2
    assert row["silent"] == 6 and row["largest_error"] == pytest.approx(0, abs=1e-12)
    mirror, silent = told(found, "mirror"), told(found, "silent")
    assert mirror["year"] == "2021" and mirror["n"] == 2 and mirror["value"] == pytest.approx(165)
    assert silent["n"] == 6 and silent["names"] == "ESP, FIN, FRA, ITA, NOR …"
    assert [item.key for item in found.remarks] == ["mirror", "mirror", "silent", "silent"]
    with pytest.raises(MeasureError):
        asked("mirror", "RUS", "", "", "2020", data=file)
    with pytest.raises(NoDataError, match="no reports of trade to SWE"):
        asked("mirror", "SWE", data=file)
    full = write_reports(tmp_path, [row for row in rows if row[4] < "2021"])
    with pytest.raises(NoDataError, match="RUS reported in every year"):
        asked("mirror", "RUS", data=full)
    by_month = write_reports(tmp_path, [("CHN", "RUS", "export", "1", f"2021-{n:02d}", 1.0) for n in range(1, 8)])
    with pytest.raises(FlowsError, match=r"7 periods are no years \(2021-01, .*2021-05\)"):
        asked("mirror", "RUS", data=by_month)


def test_gaps_of_an_own_table_by_hand(tmp_path: Path) -> None:
    labels = months("2020-01", "2022-08")
    rows: list[tuple[Any, ...]] = []
    for label in labels:
        for place, lost, moved in (("KAZ", 0.5, 2.0), ("TUR", 0.0, 1.0), ("RUS", 0.0, 1.0)):
            after = label >= "2022-03"
            for good, factor in (("854231", 1 - lost), ("854290", moved), ("440710", 1.0)):
                rows.append(("DEU", place, "export", good, label, 100.0))
                rows.append((place, "DEU", "import", good, label, 110.0 * (factor if after else 1)))
    rows += [("DEU", "ARM", "export", "854231", label, 5.0) for label in labels]
    file = write_reports(tmp_path, rows)
    found = asked("gaps", "DEU", "RUS", data=file)
    assert [row["importer"] for row in found.rows] == ["KAZ", "TUR"]
    row = found.rows[0]
    # Half of the listed goods are lost, and their neighbours double.
    assert (row["gap"], row["lost"], row["unlisted_gap"]) == pytest.approx((math.log(2), 0.5, -math.log(2)))
    assert row["misclassified"] == pytest.approx(2 * math.log(2)) and row["beyond_noise"]
    assert (row["misclassified_low"], row["misclassified_high"]) == pytest.approx((2 * math.log(2),) * 2)
    assert (row["low"], row["high"]) == pytest.approx((math.log(2),) * 2) and found.rows[1]["gap"] == pytest.approx(0)
    remark = told(found, "gaps")
    assert (remark["lost"], remark["n"], remark["tried"]) == pytest.approx((0.5, remark["n"], 2)) and remark["n"] >= 1
    assert (remark["exporter"], remark["importer"]) == ("DEU", "KAZ")
    refused = found.problems[-1]
    assert refused.kind == "refused" and refused.count == 1 and refused.examples[0].startswith("ARM: ")
    wood = asked("gaps", "DEU", "", "2022-03", data=file)
    assert {row["importer"] for row in wood.rows} == {"KAZ", "TUR", "RUS"}
    lone = write_reports(tmp_path, [row for row in rows if row[3] != "854290"])
    alone = asked("gaps", "DEU", "RUS", data=lone).rows[0]
    assert alone["unlisted_gap"] is None and alone["misclassified"] is None and alone["misclassified_low"] is None
    with pytest.raises(NoDataError, match=r"no route with reports of both sides\. ARM: "):
        asked("gaps", "DEU", "RUS", data=write_reports(tmp_path, [row for row in rows if row[1] == "ARM"]))
    years = write_reports(tmp_path, [("DEU", "KAZ", "export", "854231", str(year), 1.0) for year in range(2010, 2016)])
    with pytest.raises(FlowsError, match=r"6 periods are no months \(2010, 2011, 2012, 2013, 2014\)"):
        asked("gaps", "DEU", "RUS", data=years)


# ── dependence and complexity ───────────────────────────────────────────────────────────────────


def test_dependence_on_an_own_table_by_hand(write: Write) -> None:
    rows: list[tuple[Any, ...]] = []
    for year in (2019, 2020, 2021, 2022):
        rows += [
            ("CHN", "SWE", "854231", year, 90),
            ("DEU", "SWE", "854231", year, 10),
            ("CHN", "NOR", "854231", year, 5),
        ]
        rows += [
            ("NOR", "SWE", "440710", year, 50),
            ("DEU", "SWE", "440710", year, 50),
            ("SWE", "CHN", "440710", year, 500),
        ]
    file = write(rows)
    found = asked("dependence", "SWE", data=file)
    by_good = {row["product"]: row for row in found.rows}
    assert found.rows[0]["product"] == "854231" and len(found.rows) == 2
    chips = by_good["854231"]
    assert chips["import_hhi"] == pytest.approx(0.82) and (chips["top_supplier"], chips["top_share"]) == ("CHN", 0.9)
    remark = told(found, found.remarks[0].key)
    assert (remark["place"], remark["supplier"], remark["goods"]) == ("SWE", "CHN", 2)
    assert remark["share"] == 0.9 and remark["n"] == sum(bool(row["dependent"]) for row in found.rows)
    only = asked("dependence", "SWE", "CHN", data=file)
    assert [row["product"] for row in only.rows] == ["854231"]
    with pytest.raises(NoDataError, match="IND is the largest supplier of SWE for no good"):
        asked("dependence", "SWE", "IND", data=file)
    with pytest.raises(NoDataError, match="no imports of FIN"):
        asked("dependence", "FIN", data=file)
    bloc = {row["product"]: row for row in asked("dependence", "EU27", data=file).rows}
    # Within the bloc nothing is imported: China sells all the chips, Norway all the wood.
    assert (bloc["854231"]["top_share"], bloc["440710"]["top_supplier"]) == (1, "NOR")
    assert bloc["854231"]["outside_share"] == pytest.approx(0.9) and bloc["440710"]["outside_share"] == 0.5


def test_sectors_of_a_year_hold_for_the_three_years_that_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    windows: list[list[int]] = []

    def watched(years: list[int], *, bloc: str) -> pl.DataFrame:
        windows.append(list(years))
        return sector_persistence(years, bloc=bloc)

    monkeypatch.setattr(asked_dependence, "sector_persistence", watched)
    for year, window in ((2014, range(2012, 2015)), (2012, range(2011, 2013))):
        held = sector_persistence(window).filter(pl.col("year") == year, pl.col("importer").cast(pl.String) == "RUS")
        wanted = {str(row["product"]): (row["persistent"], row["churned"]) for row in held.iter_rows(named=True)}
        found = asked("dependence", "RUS", "", "", str(year))
        assert {row["product"]: (row["persistent"], row["churned"]) for row in found.rows} == wanted
        assert found.origins == ("oecd-icio",) and windows[-1] == list(window)


def test_persistence_needs_years_before_in_the_window(write: Write) -> None:
    def seen(*years: int, end: str = "") -> bool:
        rows = [
            (exporter, "SWE", good, year, 5) for year in years for exporter in ("CHN", "NOR") for good in ("1", "2")
        ]
        return "persistent" in asked("dependence", "SWE", "", "", end, data=write(rows)).rows[0]

    # The window is three years with the last.
    assert seen(2021, 2022) and seen(2020, 2022) and not seen(2022) and not seen(2019, 2022)
    assert not seen(2021, 2022, end="2021") and seen(2021, 2022, end="2022")


def test_the_complex_stand_first_with_their_rank(write: Write) -> None:
    held = {"SWE": "abcd", "DEU": "abc", "CHN": "ab", "NOR": "bd", "BRA": "ad"}
    rows = [(name, "USA", good, 2022, 10) for name, goods in held.items() for good in goods]
    rows.append(("SWE", "USA", "e", 2021, 10))
    found = asked("complexity", "SWE", "", "", "2022", data=write(rows))
    values = [row["complexity"] for row in found.rows]
    assert values == sorted(values, reverse=True) and [row["rank"] for row in found.rows] == [1, 2, 3, 4, 5]  # type: ignore[type-var]
    diversity = {row["country"]: row["diversity"] for row in found.rows}
    assert set(diversity) == set(held) and diversity["DEU"] >= 1
    remark = told(found, "complexity")
    own_row = next(row for row in found.rows if row["country"] == "SWE")
    assert (remark["rank"], remark["n"], remark["goods"], remark["year"]) == (own_row["rank"], 5, 4, "2022")
    with pytest.raises(NoDataError, match="no exports of USA in 2022"):
        asked("complexity", "USA", data=write(rows))


def test_the_newest_year_of_the_bundled_tables_is_the_default() -> None:
    newest, named = asked("complexity", "SWE"), asked("complexity", "SWE", "", "", "2022")
    assert newest.rows == named.rows and told(newest, "complexity")["year"] == "2022"
    assert "ROW" not in {row["country"] for row in newest.rows} and len(newest.rows) == 80
    countries = sector_flows(2022).filter(nw.col("exporter") != "ROW", nw.col("importer") != "ROW")
    whole = complexity(countries.select("exporter", "importer", "product", "value_usd"))
    eci = dict(zip(whole.countries, whole.eci.tolist(), strict=True))
    assert {row["country"]: row["complexity"] for row in newest.rows} == pytest.approx(eci)
    for label in ("2010", "2023", "2022-01"):
        with pytest.raises(AmurError, match="2011 to 2022"):
            asked("complexity", "SWE", "", "", label)
