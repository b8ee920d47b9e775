"""Flows: checks that name rows, the reader of the user's own file, blocs, holes, nowcasts, mirror."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from amur import codes, flows
from amur.errors import FlowsError, NoDataError
from amur.flows.exchange import usd_rate
from amur.periods import Period

# Sums in another order differ by rounding alone.
SUM = 1e-12
PLACES = ("RUS", "CHN", "USA", "DEU", "SWE", "FRA")
ENGINES: dict[str, Callable[[pl.DataFrame], flows.Frame]] = {
    "polars": nw.from_native,
    "polars lazy": lambda frame: nw.from_native(frame.lazy()),
    "pandas": lambda frame: nw.from_native(pd.DataFrame(frame.to_dict(as_series=False))),
}
reading = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def table(rows: list[tuple[str, str, float]], **columns: object) -> pl.DataFrame:
    """A flows table of exporter, importer and value; the other columns as given (one value or a list) or usual."""
    frame = pl.DataFrame(rows, schema={"exporter": pl.String, "importer": pl.String, "value": pl.Float64}, orient="row")
    usual = {"product": "total", "nomenclature": "total", "period": "2023", "currency": "USD", "origin": "test"}
    empty = {"quantity": None, "unit": None}
    whole = {
        name: pl.Series(value) if isinstance(value, list) else pl.lit(value)
        for name, value in {**usual, **empty, **columns}.items()
    }
    frame = frame.with_columns(value_usd=pl.col("value"), **whole)
    return frame.cast({"quantity": pl.Float64, "unit": pl.String}).select(list(flows.COLUMNS))


@st.composite
def trade(draw: st.DrawFn) -> pl.DataFrame:
    pairs = [(a, b) for a in PLACES for b in PLACES if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1))
    values = draw(st.lists(st.floats(0, 1e12), min_size=len(chosen), max_size=len(chosen)))
    return table([(*pair, value) for pair, value in zip(chosen, values, strict=True)])


# ── checks ──────────────────────────────────────────────────────────────────────────────────────


@given(trade())
def test_a_sound_table_passes_and_keeps_every_row(frame: pl.DataFrame) -> None:
    checked = flows.check_flows(nw.from_native(frame.lazy())).collect()
    assert len(checked) == frame.height


@pytest.mark.parametrize(
    ("rows", "columns", "parts"),
    [
        ([("RUS", "XXQ", 1.0)], {}, ("1 row has an unknown importer", "'XXQ'")),
        ([("ROM", "CHN", 1.0)], {}, ("'ROM' (an old code, now ROU)",)),
        ([("Rusia", "CHN", 1.0)], {}, ("did you mean RUS?",)),
        ([("RUS", "CHN", -5.0)], {}, ("1 row has a negative value", "RUS CHN total 2023 -5.0")),
        ([("RUS", "CHN", math.nan)], {}, (" RUS CHN total 2023 nan",)),
        ([("RUS", "CHN", math.inf)], {}, ("no finite number",)),
        ([("RUS", "RUS", 1.0)], {}, ("trade of a country with itself", "RUS RUS")),
        ([("RUS", "CHN", 1.0), ("RUS", "CHN", 2.0)], {}, ("a key that occurs more than once",)),
        ([("RUS", "CHN", 1.0)], {"period": "2023-13"}, ("A period cannot be read", "2023-13")),
        ([("RUS", "CHN", 1.0)], {"period": "2023-01/2023-12"}, ("is written '2023' here",)),
        ([("RUS", "CHN", 1.0), ("CHN", "RUS", 1.0)], {"quantity": 1.0, "unit": ["t", "kg"]}, ("several units",)),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_broken_contract_names_its_rows(
    rows: list[tuple[str, str, float]], columns: dict[str, object], parts: tuple[str, ...], engine: str
) -> None:
    with pytest.raises(FlowsError) as caught:
        flows.check_flows(ENGINES[engine](table(rows, **columns)))
    assert all(part in str(caught.value) for part in parts), str(caught.value)


def test_all_offending_rows_are_counted() -> None:
    rows = [(place, "CHN", -1.0) for place in ("RUS", "USA", "DEU", "SWE", "FRA", "ITA", "ESP")]
    with pytest.raises(FlowsError, match="7 rows have a negative value"):
        flows.check_flows(nw.from_native(table(rows)))


def test_missing_columns_are_named() -> None:
    with pytest.raises(FlowsError, match="lack the columns value_usd"):
        flows.check_flows(nw.from_native(table([("RUS", "CHN", 1.0)]).drop("value_usd")))


def test_home_sales_are_allowed_where_asked() -> None:
    frame = nw.from_native(table([("RUS", "RUS", 1.0)]))
    assert len(flows.check_flows(frame, self_trade=True).collect()) == 1


# ── the user's own file ─────────────────────────────────────────────────────────────────────────

HEADER = "exporter,importer,period,value_usd"


def write(folder: Path, text: str | bytes, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    frame = flows.load_flows(
        data=write(tmp_path, f"{HEADER}\nRUS,CHN,2024,129.3e9\nCHN,RUS,2024-H1,51.7e9\n")
    ).collect()
    assert frame.columns == list(flows.COLUMNS)
    assert frame.select("exporter", "importer", "product", "period", "value", "currency", "origin").rows() == [
        ("RUS", "CHN", "total", "2024", 129.3e9, "USD", "user:mine.csv"),
        ("CHN", "RUS", "total", "2024-H1", 51.7e9, "USD", "user:mine.csv"),
    ]


def test_periods_are_written_the_usual_way_and_parquet_years_may_be_numbers(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    pl.DataFrame({"exporter": ["RUS"], "importer": ["CHN"], "period": [2024], "value_usd": [5]}).write_parquet(path)
    assert flows.read_flows(path).collect()["period"].to_list() == ["2024"]
    csv = write(tmp_path, f"{HEADER}\nRUS,CHN,2024-01/2024-12,5\n")
    assert flows.read_flows(csv).collect()["period"].to_list() == ["2024"]


def test_other_currencies_become_dollars_where_there_is_a_rate(tmp_path: Path) -> None:
    lines = ("exporter,importer,period,value,currency", "DEU,RUS,2021-03,100,EUR", "RUS,CHN,2023-03,100,RUB",
             "SWE,DEU,2021,9,SEK")  # fmt: skip
    text = "\n".join(lines) + "\n"
    frame = flows.read_flows(write(tmp_path, text)).collect()
    march = usd_rate("EUR", Period.parse("2021-03"))
    assert march is not None
    assert frame["value_usd"].to_list() == [pytest.approx(100 * march), None, None]
    assert frame["currency"].to_list() == ["EUR", "RUB", "SEK"]


def test_a_byte_order_mark_and_blank_lines_are_no_fault(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + f"{HEADER}\nRUS,CHN,2024,1\n\n\n".encode())
    assert len(flows.read_flows(path).collect()) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("is empty",)),
        (HEADER + "\n", ("has a header and no rows",)),
        ("exporter,importer,period\nRUS,CHN,2024\n", ("no value_usd",)),
        ("exporter,importer,period,value\nRUS,CHN,2024,1\n", ("no value_usd", "currency")),
        ("exporter,importr,period,value_usd\nRUS,CHN,2024,1\n", ("'importr'", "Did you mean 'importer'?")),
        ("exporter,period,value_usd\nRUS,2024,1\n", ("lacks the column importer",)),
        ("exporter,exporter,importer,period,value_usd\nRUS,RUS,CHN,2024,1\n", ("'exporter' twice",)),
        (HEADER.replace(",", ";") + "\nRUS;CHN;2024;1\n", ("semicolons",)),
        (f"{HEADER}\nRUS,CHN,2024,12 5\n", ("column value_usd", "line 2 '12 5'", "no number")),
        (f'{HEADER}\nRUS,CHN,2024,1\nRUS,CHN,2023,"1,5"\n', ("line 3 '1,5'",)),
        (f"{HEADER}\nRUS,CHN,2024,\n", ("line 2 ''", "have no value")),
        (f"{HEADER}\nRUS,CHN,2024,nan\n", ("not finite", "line 2")),
        (f"{HEADER}\nRUS,CHN,2024,inf\n", ("not finite", "line 2")),
        (f"{HEADER}\nRUS,CHN,2024,-3\n", ("negative", "line 2 '-3.0'")),
        (f"{HEADER}\nRUS,CHN,2024,1e15\n", ("above 1e+14", "Check the unit")),
        (f"{HEADER}\nRUS,Chinna,2024,1\n", ("line 2", "'Chinna'", "did you mean CHN?")),
        (f"{HEADER}\nRUS,,2024,1\n", ("unknown importer", "(empty)")),
        (f"{HEADER}\nRUS,CHN,2024,1\nRUS,CHN,20x4,1\n", ("line 3, column period", "20x4")),
        (f"{HEADER}\nRUS,RUS,2024,1\n", ("sell to themselves", "line 2")),
        (f"{HEADER}\nRUS,CHN,2024,1\nCHN,RUS,2024,1\nRUS,CHN,2024,2\n", ("lines 2, 4", "RUS CHN total")),
        (f"{HEADER}\nRUS,CHN,2024,1,extra\n", ("Line 2", "5 fields where the header has 4")),
        (f"{HEADER}\nRUS,CHN\n", ("line 2 ''", "have no value")),
        (f'{HEADER}\nRUS,"CHN,2024,1\nCHN,RUS,2024,1\n', ("Line 2",)),
        (f"{HEADER},quantity\nRUS,CHN,2024,1,5\n", ("quantity without unit",)),
        (f"{HEADER},quantity,unit\nRUS,CHN,2024,1,5,t\nRUS,USA,2024,1,5,kg\n", ("several units: kg, t",)),
        (f"{HEADER},quantity,unit\nRUS,CHN,2024,1,-5,t\n", ("column quantity", "negative")),
        (f"{HEADER}\nRUS,CHN,2024,1\n".encode("utf-16"), ("not UTF-8",)),
        (f"{HEADER}\nRUS,CHN,2024,1\n".encode() + b"R\xffS,CHN,2024,1\n", ("UTF-8",)),
    ],
)
def test_a_faulty_file_is_refused_with_one_sentence(tmp_path: Path, text: str | bytes, parts: tuple[str, ...]) -> None:
    with pytest.raises(FlowsError) as caught:
        flows.read_flows(write(tmp_path, text))
    message = str(caught.value)
    assert all(part in message for part in parts), message
    assert "\n" not in message
    assert message.endswith((".", "?"))


def test_a_missing_file_a_directory_and_a_truncated_parquet(tmp_path: Path) -> None:
    with pytest.raises(FlowsError, match="There is no file"):
        flows.read_flows(tmp_path / "none.csv")
    with pytest.raises(FlowsError, match="is a directory"):
        flows.read_flows(tmp_path)
    buffer = io.BytesIO()
    table([("RUS", "CHN", 1.0)]).write_parquet(buffer)
    with pytest.raises(FlowsError, match="truncated"):
        flows.read_flows(write(tmp_path, buffer.getvalue()[:-20], "cut.parquet"))


@reading
@given(data=st.data(), frame=trade())
def test_a_reader_names_the_malformed_line_and_drops_none(
    tmp_path: Path, data: st.DataObject, frame: pl.DataFrame
) -> None:
    rows = frame.select("exporter", "importer", "period", "value_usd").rows()
    lines = [",".join((a, b, p, repr(v))) for a, b, p, v in rows]
    assert len(flows.read_flows(write(tmp_path, "\n".join([HEADER, *lines]) + "\n")).collect()) == len(lines)
    where = data.draw(st.integers(0, len(lines) - 1))
    exporter, importer, period, value = rows[where]
    broken = data.draw(
        st.sampled_from(
            [f"{exporter}X,{importer},{period},{value!r}", f"{exporter},{importer},{period},{value!r}x",
             f"{exporter},{importer},{period},-1", f"{exporter},{importer},,{value!r}",
             f"{exporter},{exporter},{period},{value!r}"]
        )
    )  # fmt: skip
    lines[where] = broken
    with pytest.raises(FlowsError, match=rf"line {where + 2}\b"):
        flows.read_flows(write(tmp_path, "\n".join([HEADER, *lines]) + "\n"))


@reading
@given(cut=st.integers(0, 200))
def test_a_file_cut_anywhere_is_read_whole_or_refused(tmp_path: Path, cut: int) -> None:
    whole = (
        "\n".join([HEADER, *(f"{place},CHN,2024,{index}.5" for index, place in enumerate(("RUS", "USA", "DEU")))])
        + "\n"
    )
    text = whole[:cut]
    try:
        found = flows.read_flows(write(tmp_path, text)).collect()
    except FlowsError as error:
        assert str(error)[-1] in ".?"
    else:
        assert len(found) == len([line for line in text.splitlines()[1:] if line])


def test_a_large_file_is_read_in_good_time(tmp_path: Path) -> None:
    places = [item.iso3 for item in codes.countries()]
    pairs = [(a, b) for a in places for b in places if a != b]
    lines = [f"{a},{b},{year},{index}" for year in (2022, 2023) for index, (a, b) in enumerate(pairs)]
    frame = flows.read_flows(write(tmp_path, "\n".join([HEADER, *lines])))
    assert frame.select(nw.len()).collect().item() == len(lines)


# ── blocs ───────────────────────────────────────────────────────────────────────────────────────


@given(trade())
def test_a_bloc_trades_what_its_members_trade_with_others(frame: pl.DataFrame) -> None:
    members = codes.bloc("EU27").members
    merged = flows.collapse_bloc(nw.from_native(frame), "EU27").collect()
    outward = frame.filter(pl.col("exporter").is_in(members), ~pl.col("importer").is_in(members))["value"].sum()
    inside = frame.filter(pl.col("exporter").is_in(members), pl.col("importer").is_in(members))["value"].sum()
    exports = merged.filter(nw.col("exporter") == "EU27")
    assert exports["value"].sum() == pytest.approx(outward, rel=SUM)
    assert merged["value"].sum() == pytest.approx(frame["value"].sum() - inside, rel=1e-9, abs=1e-3)
    assert not set(merged["exporter"].to_list()) & members


def test_members_change_with_the_period() -> None:
    rows = [("GBR", "CHN", 1.0), ("GBR", "CHN", 1.0), ("DEU", "CHN", 1.0), ("DEU", "CHN", 1.0)]
    frame = table(rows, period=["2019", "2020", "2019", "2020"])
    merged = flows.collapse_bloc(nw.from_native(frame), codes.bloc("EU")).collect().to_native()
    found = {(row["exporter"], row["period"]): row["value"] for row in merged.iter_rows(named=True)}
    assert found == {("EU", "2019"): 2.0, ("EU", "2020"): 1.0, ("GBR", "2020"): 1.0}


def test_a_bloc_reported_beside_its_members_is_not_added_up() -> None:
    with pytest.raises(FlowsError, match="reports EU27 as exporter beside its members"):
        flows.collapse_bloc(flows.load_flows("eurostat-neighbours"), "EU27")
    with pytest.raises(FlowsError, match="aggregate without members"):
        flows.collapse_bloc(flows.load_flows("baci-2023"), "WLD")


def test_dollars_of_a_bloc_are_unknown_where_a_member_s_are() -> None:
    frame = table([("DEU", "CHN", 1.0), ("FRA", "CHN", 2.0)]).with_columns(value_usd=pl.Series([1.0, None]))
    merged = flows.collapse_bloc(nw.from_native(frame), "EU27").collect()
    assert merged["value"].to_list() == [3.0]
    assert merged["value_usd"].to_list() == [None]


# ── holes ───────────────────────────────────────────────────────────────────────────────────────


def test_the_hole_of_the_2023_file_is_found_and_its_neighbours_pass() -> None:
    found = {hole.country for hole in flows.holes(flows.load_flows("baci-2023"))}
    assert {"RUS", "KOR", "POL", "VNM", "PHL", "ARG", "BLR"} <= found
    assert not {"MEX", "CHN", "USA", "SWE", "DEU", "UZB", "ISR"} & found


def test_whole_tables_have_no_hole() -> None:
    goods = flows.load_flows("icio").filter(nw.col("product") != "SERV", nw.col("period").is_in(["2011", "2022"]))
    assert flows.holes(goods) == ()


def test_a_refusal_says_what_is_missing_and_what_it_weighs() -> None:
    with pytest.raises(
        NoDataError, match=r"Russia has no flow with 53 partners in 2023 \(South Korea, Vietnam"
    ) as caught:
        flows.refuse_holes(flows.load_flows("baci-2023"), "RUS")
    assert "missing and not zero" in str(caught.value)
    flows.refuse_holes(flows.load_flows("baci-2023"), "SWE")


def gravity(sizes: np.ndarray) -> pl.DataFrame:
    names = [item.iso3 for item in codes.countries()][: len(sizes)]
    rows = [(a, b, float(sizes[i] * sizes[j])) for i, a in enumerate(names) for j, b in enumerate(names) if i != j]
    return table(rows)


SIZES = st.lists(st.floats(0.2, 5.0), min_size=12, max_size=16).map(np.array)


@given(SIZES)
def test_a_complete_table_passes(sizes: np.ndarray) -> None:
    assert flows.holes(nw.from_native(gravity(sizes))) == ()


@given(SIZES, st.integers(0, 11), st.floats(1e-6, 1e9))
def test_a_country_that_lost_half_its_partners_is_found_in_any_unit(sizes: np.ndarray, lost: int, scale: float) -> None:
    frame = gravity(sizes)
    names = sorted(set(frame["exporter"]))
    gone = [name for index, name in enumerate(names) if index != lost][::2]
    weight = sum(sizes[names.index(name)] for name in gone) / (sizes.sum() - sizes[lost])
    assume(weight > 0.2)
    here, there = pl.col("exporter"), pl.col("importer")
    dropped = ((here == names[lost]) & there.is_in(gone)) | ((there == names[lost]) & here.is_in(gone))
    kept = frame.filter(~dropped).with_columns(value_usd=pl.col("value_usd") * scale)
    for engine in ENGINES.values():
        assert names[lost] in {hole.country for hole in flows.holes(engine(kept))}


def test_small_absences_do_not_count() -> None:
    sizes = np.array([100.0] * 10 + [1e-3] * 5)
    frame = gravity(sizes)
    small = sorted(set(frame["exporter"]))[10:]
    kept = frame.filter(~(pl.col("exporter").is_in(small) & pl.col("importer").is_in(small)))
    assert flows.holes(nw.from_native(kept)) == ()


def test_in_a_file_of_one_reporter_only_its_own_totals_stand() -> None:
    found = {hole.country for hole in flows.holes(flows.load_flows("us-census-hs6"))}
    assert "USA" not in found
    assert {"CHN", "MEX", "JPN"} <= found


# ── nowcasts ────────────────────────────────────────────────────────────────────────────────────


def test_the_carried_forward_years_of_icio() -> None:
    found = flows.nowcasts(flows.load_flows("icio"))
    latest = {item.country for item in found if item.period == "2022"}
    assert latest == {"RUS", "BRA", "CAN", "CHN", "EGY", "HKG", "IND", "MMR", "STP", "THA", "TUR", "ZAF"}
    russia = {item.period: item.change for item in found if item.country == "RUS"}
    assert russia == {"2021": pytest.approx(0.0009, abs=5e-5), "2022": pytest.approx(0.0001, abs=5e-5)}
    assert all(0.009 < item.median < 0.016 for item in found)


@given(st.integers(0, 11), st.integers(0, 10**6))
def test_a_frozen_mix_is_found_whatever_its_size(frozen: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [item.iso3 for item in codes.countries()][:12]
    old = rng.uniform(1, 10, (12, 6))
    new = old * rng.uniform(1.5, 3, (12, 6))
    new[frozen] = old[frozen] * 7.0
    rows, periods, products = [], [], []
    for period, sales in (("2021", old), ("2022", new)):
        for i, name in enumerate(names):
            for p in range(6):
                rows.append((name, names[(i + 1) % 12], float(sales[i, p])))
                periods.append(period)
                products.append(f"P{p}")
    frame = table(rows, period=periods, product=products)
    found = {item.country: item for item in flows.nowcasts(nw.from_native(frame))}
    assert found[names[frozen]].change == pytest.approx(0.0, abs=1e-12)
    assert all(item.change < 0.2 * item.median for item in found.values())
    shares = [sales / sales.sum(axis=1, keepdims=True) for sales in (old, new)]
    moved = np.abs(shares[1] - shares[0]).sum(axis=1) / 2
    assert set(found) == {name for name, change in zip(names, moved, strict=True) if change < 0.2 * np.median(moved)}


def test_too_little_to_compare_finds_nothing() -> None:
    assert flows.nowcasts(flows.load_flows("baci-2023")) == ()


# ── mirror ──────────────────────────────────────────────────────────────────────────────────────


def reports(rows: list[tuple[str, str, str, float]]) -> nw.DataFrame:
    frame = pl.DataFrame(rows, schema=["reporter", "partner", "direction", "value"], orient="row")
    return nw.from_native(
        frame.with_columns(
            product=pl.lit("total"), nomenclature=pl.lit("total"), period=pl.lit("2023"), currency=pl.lit("USD"),
            value_usd=pl.col("value"), quantity=pl.lit(None, pl.Float64), unit=pl.lit(None, pl.String),
            basis=pl.lit(""), origin=pl.lit("test"),
        )
    )  # fmt: skip


SIDES = st.lists(
    st.tuples(
        st.sampled_from(PLACES), st.sampled_from(PLACES), st.sampled_from(["export", "import"]), st.floats(1.0, 1e9)
    ),
    min_size=1, unique_by=lambda row: row[:3],
).map(lambda rows: [row for row in rows if row[0] != row[1]]).filter(bool)  # fmt: skip


@given(SIDES, st.sampled_from(["importer first", "exporter first", "geometric mean"]))
def test_both_reports_stay_apart_and_none_is_lost(
    rows: list[tuple[str, str, str, float]], rule: flows.MirrorRule
) -> None:
    paired = flows.mirror(reports(rows), rule=rule).collect()
    by_exporter = [value for value in paired["reported_by_exporter"].to_list() if value is not None]
    by_importer = [value for value in paired["reported_by_importer"].to_list() if value is not None]
    assert sorted(by_exporter) == sorted(row[3] for row in rows if row[2] == "export")
    assert sorted(by_importer) == sorted(row[3] for row in rows if row[2] == "import")
    for row in paired.to_native().iter_rows(named=True):
        said = [row[name] for name in ("reported_by_exporter", "reported_by_importer") if row[name] is not None]
        assert min(said) * (1 - SUM) <= row["reconciled"] <= max(said) * (1 + SUM)
        assert row["how"]


@given(SIDES)
def test_rules_take_the_side_they_name(rows: list[tuple[str, str, str, float]]) -> None:
    for rule, first, second in (
        ("importer first", "reported_by_importer", "reported_by_exporter"),
        ("exporter first", "reported_by_exporter", "reported_by_importer"),
    ):
        for row in flows.mirror(reports(rows), rule=rule).collect().to_native().iter_rows(named=True):
            assert row["reconciled"] == (row[first] if row[first] is not None else row[second])
            assert row["how"] == (first if row[first] is not None else second).removeprefix("reported_by_")


def test_what_mirror_says_about_how() -> None:
    both = [("RUS", "CHN", "export", 90.0), ("CHN", "RUS", "import", 100.0), ("USA", "CHN", "export", 7.0)]
    found = {row["exporter"]: row for row in flows.mirror(reports(both)).collect().to_native().iter_rows(named=True)}
    assert (found["RUS"]["reconciled"], found["RUS"]["how"]) == (100.0, "importer")
    assert (found["USA"]["reconciled"], found["USA"]["how"]) == (7.0, "exporter")
    mean = flows.mirror(reports(both), rule="geometric mean").collect().to_native()
    assert mean.filter(pl.col("exporter") == "RUS")["reconciled"].to_list() == [pytest.approx(math.sqrt(9000.0))]
    less = flows.mirror(reports(both), cif_margin=0.06).collect().to_native().filter(pl.col("exporter") == "RUS")
    assert less["reconciled"].to_list() == [pytest.approx(100 / 1.06)]
    assert less["how"].to_list() == ["importer / 1.06"]
    assert less["reported_by_importer"].to_list() == [100.0]


def test_reconciled_values_are_flows_again() -> None:
    paired = flows.mirror(reports([("RUS", "CHN", "export", 90.0), ("CHN", "RUS", "import", 100.0)]))
    frame = flows.check_flows(flows.mirror_flows(paired, origin="user:mirror")).collect()
    assert frame.columns == list(flows.COLUMNS)
    assert frame["value_usd"].to_list() == [100.0]


def test_two_reports_of_one_side_are_refused() -> None:
    twice = reports([("RUS", "CHN", "export", 1.0)]).to_native()
    with pytest.raises(
        FlowsError, match="reported more than once by the same side, first RUS's export with CHN in 2023"
    ):
        flows.mirror(nw.from_native(pl.concat([twice, twice.with_columns(origin=pl.lit("other"))])))
    with pytest.raises(FlowsError, match="negative"):
        flows.mirror(reports([("RUS", "CHN", "export", 1.0)]), cif_margin=-0.1)


def test_bundled_double_reports_meet() -> None:
    ours = flows.bundled_reports().filter(
        nw.col("nomenclature") == "total", nw.col("origin").is_in(["eurostat-annual", "us-census-naics3"])
    )
    paired = flows.mirror(ours).filter(nw.col("exporter") == "EU27").collect()
    assert len(paired) > 1000
    assert set(paired["how"].to_list()) == {"exporter"}


def test_the_user_s_reports_are_read_and_mirrored(tmp_path: Path) -> None:
    text = "reporter,partner,direction,period,value_usd\nRUS,CHN,export,2023,90\nCHN,RUS,import,2023,100\n"
    paired = flows.mirror(flows.read_reports(write(tmp_path, text))).collect()
    assert paired.select("reported_by_exporter", "reported_by_importer", "reconciled").rows() == [(90.0, 100.0, 100.0)]
    with pytest.raises(FlowsError, match="line 2 'exports'"):
        flows.read_reports(write(tmp_path, text.replace("export,", "exports,")))


# ── exchange ────────────────────────────────────────────────────────────────────────────────────


def test_rates_are_period_means_and_missing_where_the_table_ends() -> None:
    year = usd_rate("CNY", Period.parse("2025"))
    assert year is None or 1 / year == pytest.approx(7.188, abs=0.01)
    assert usd_rate("USD", Period.parse("2025")) == 1.0
    assert usd_rate("RUB", Period.parse("2023")) is None
    assert usd_rate("SEK", Period.parse("2021")) is None
    assert usd_rate("EUR", Period.parse("2021-03-05")) is None
    quarter = [usd_rate("EUR", Period.parse(f"2021-0{month}")) for month in (1, 2, 3)]
    assert usd_rate("EUR", Period.parse("2021-Q1")) == pytest.approx(sum(filter(None, quarter)) / 3, rel=1e-12)
