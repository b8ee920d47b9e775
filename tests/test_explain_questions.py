"""Questions of `amur explain` beside trade: what the bundled data must yield, and simulated truth on own tables."""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from amur import cli
from amur.changes.asked import QUESTIONS, Answer, Asked, ask
from amur.changes.explain import explain_change
from amur.errors import AmurError, CodeError, FlowsError, MeasureError, NoDataError
from amur.pages.explanation import answer_page, answers, write_answer_page
from amur.periods import Period
from amur.text import Language, Text, entries

# Sums of doubles of the size of the change.
EXACT = 1e-9
RUN = CliRunner()

BUNDLED = {
    "months": ("CHN", "USA", "2023-01", "2024-12"),
    "shares": ("RUS", "CHN", "2018", "2019"),
    "dependence": ("EU27", "", "", "2019"),
    "complexity": ("SWE", "", "", "2019"),
    "baskets": ("EU27", "KGZ", "", ""),
    "rerouting": ("EU27", "RUS", "", ""),
    "events": ("EU27", "RUS", "2022", "2023"),
    "twin": ("EU27", "RUS", "", ""),
    "saturation": ("CHN", "RUS", "", ""),
}


@lru_cache(maxsize=32)
def asked(question: str, *words: str, flow: str = "total") -> Answer:
    a, b, start, end = (*words, "", "", "")[:4]
    return ask(question, Asked.read(a, b, start, end, flow))  # type: ignore[arg-type]


def rows_by(answer: Answer, column: str) -> dict[Any, dict[str, Any]]:
    return {row[column]: dict(row) for row in answer.rows}


def test_the_command_line_knows_every_question() -> None:
    assert get_args(cli.What) == ("trade", *QUESTIONS)


@pytest.mark.parametrize("question", BUNDLED)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_answer_is_told_in_both_languages(question: str, language: str) -> None:
    found = asked(question, *BUNDLED[question])
    sentences = found.sentences(language)
    assert sentences and all(sentence[0].isupper() or sentence[0].isdigit() for sentence in sentences)
    assert found.rows and found.to_dict(language)["sentences"] == sentences
    json.dumps(found.to_dict(language))
    html = answer_page(found, Text(language))
    assert f'lang="{language}"' in html and "http-equiv" in html and "<script src" not in html
    assert sentences != found.sentences("sv" if language == "en" else "en")


# ── on the bundled data ─────────────────────────────────────────────────────────────────────────


def test_crude_and_coal_are_split_month_by_month() -> None:
    rows = rows_by(asked("months", "RUS", "CHN", "2022", "2022"), "period")
    assert list(rows) == [f"2022-{month:02d}" for month in range(1, 13)]
    for row in rows.values():
        parts = sum(row[name] for name in ("price", "quantity", "mix", "entry", "exit", "unsplit"))
        assert parts == pytest.approx(row["priced_change"], rel=EXACT)
    assert rows["2022-03"]["price"] > 0 > rows["2022-03"]["quantity"]
    assert rows["2022-06"]["coverage"] == pytest.approx(0.639, abs=1e-3)


def test_us_imports_from_china_are_shown_raw_adjusted_and_by_share() -> None:
    found = asked("months", "CHN", "USA", "2023-01", "2024-12")
    rows = rows_by(found, "period")
    assert len(rows) == 24
    assert sum(rows[f"2024-{m:02d}"]["value"] for m in range(1, 13)) == pytest.approx(429.4e9, rel=1e-3)
    for label in ("2024-01", "2024-02"):
        assert rows[label]["growth_is_of"] == "2024-01/2024-02"
        assert rows[label]["growth_on_year"] == rows["2024-01"]["growth_on_year"]
    for row in rows.values():
        assert row["value"] == pytest.approx(row["adjusted"] * row["seasonal_factor"] * row["calendar_factor"])
        assert row["share_own"] + row["share_others"] == pytest.approx(row["share_change"], abs=EXACT)
    assert any("New Year" in sentence for sentence in found.sentences())


@pytest.mark.parametrize("flow", ["exports", "imports", "total"])
def test_shares_add_up_by_sector_and_to_the_change(flow: str) -> None:
    found = asked("shares", "SWE", "NOR", "2011", "2022", flow=flow)
    assert len(found.rows) == 27
    for row in found.rows:
        assert float(row["own"]) + float(row["others"]) == pytest.approx(row["change"], abs=EXACT)  # type: ignore[arg-type]
    change = found.remarks[0].values["change"].value  # type: ignore[attr-defined]
    parts = sum(float(row["within"]) + float(row["between"]) for row in found.rows)  # type: ignore[arg-type]
    assert parts == pytest.approx(change, abs=EXACT)
    market = next(item for item in found.remarks if item.key == "market")
    amounts = {name: item.value for name, item in market.values.items()}  # type: ignore[attr-defined]
    assert amounts.pop("change") == pytest.approx(sum(amounts.values()), rel=EXACT)
    assert market.places["exporter"] == ("NOR" if flow == "imports" else "SWE")


def test_years_carried_forward_are_named() -> None:
    keys = [item.key for item in asked("shares", "RUS", "CHN", "2021", "2022").remarks]
    assert keys.count("nowcast") == 2
    assert "nowcast" not in [item.key for item in asked("shares", "RUS", "CHN", "2018", "2019").remarks]
    assert "nowcast" in [item.key for item in asked("dependence", "RUS", "", "", "2022").remarks]


def test_eu_export_shares_are_explained_partner_by_partner() -> None:
    found = asked("shares", "EU27", "", "2021", "2023")
    assert found.origins == ("eurostat-annual",) and found.rows[0]["partner"] == "RUS"
    russia = found.rows[0]
    assert russia["share_before"] == pytest.approx(0.0414, abs=1e-4) and float(russia["own"]) < 0  # type: ignore[arg-type]
    assert sum(float(row["share_after"]) for row in found.rows) == pytest.approx(1)  # type: ignore[arg-type]
    assert asked("shares", "SWE", "", "2018", "2019").origins == ("oecd-icio",)


def test_dependence_has_all_criteria_by_sector_and_distance_by_six_digits() -> None:
    sectors = asked("dependence", "EU27", "", "", "2019")
    row = sectors.rows[0]
    assert {"import_hhi", "world_hhi", "imports_to_exports", "residual_supply", "persistent", "churned"} <= set(row)
    assert {"outside_share", "outside_to_exports", "binding", "distance"} <= set(row) and len(sectors.rows) == 27
    distances = [float(row["distance"]) for row in sectors.rows]  # type: ignore[arg-type]
    assert distances == sorted(distances, reverse=True)
    products = asked("dependence", "USA")
    assert len(products.rows) > 5000 and products.origins == ("us-census-hs6",)
    assert products.problems[0].kind == "counted_elsewhere" and products.problems[0].examples == ("SVK",)
    top = asked("dependence", "SWE", "CHN", "", "2022").rows
    assert top and all(row["top_supplier"] == "CHN" for row in top)


def test_listed_goods_grow_as_reported_on_every_list() -> None:
    rows = rows_by(asked("baskets", "EU27", "KGZ"), "basket")
    assert rows["EU-SANCTIONED-CN8"]["ratio"] == pytest.approx(7.07, abs=0.01)
    assert rows["CHPL"]["refused"] == 6 and {"CHPL/1", "CHPL/2", "CHPL/3.A", "ENERGY", "CARS"} <= set(rows)
    tiers = [row for name, row in rows.items() if name.startswith("CHPL/")]
    assert sum(row["listed_after"] for row in tiers) == pytest.approx(rows["CHPL"]["listed_after"])
    assert "between 4.7 and 31.6" in asked("baskets", "EU27", "KGZ").sentences()[0]


def test_every_route_has_its_control_interval_and_span_over_lists() -> None:
    found = asked("rerouting", "EU27", "RUS")
    rows = rows_by(found, "importer")
    for country, ratio in {"KGZ": 7.07, "ARM": 3.91, "KAZ": 2.22, "RUS": 0.41}.items():
        row = rows[country]
        assert row["ratio"] == pytest.approx(ratio, abs=0.005)
        assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"] and row["untouched_ratio"] > 0
    for country in set(rows) - {"RUS"}:
        assert rows[country]["excess_low"] <= rows[country]["excess"] <= rows[country]["excess_high"]
        assert rows[country]["transit_low"] == 0 <= rows[country]["transit_high"]
    assert rows["RUS"]["transit_high"] is None
    assert [item.key for item in found.remarks if item.key.startswith("placebo")] == [
        "placebo_dates", "placebo_products", "placebo_countries"
    ]  # fmt: skip
    assert "at most" in found.sentences()[0] and "nothing" in found.sentences()[0]


def test_events_are_studied_where_there_are_months() -> None:
    rows = rows_by(asked("events", "EU27", "RUS", "2022", "2023"), "event")
    fall = rows["2022-03-15-sanctions_package"]
    assert fall["factor"] < 0.7 and fall["beyond_noise"] and fall["factor_low"] < fall["factor"] < fall["factor_high"]
    assert all(row["source"].startswith("http") and row["confidence"] for row in rows.values())
    plain = asked("events", "RUS", "CHN", "2022", "2023")
    assert all(row["factor"] is None for row in plain.rows) and len(plain.remarks) == 1


def test_the_twin_names_its_donors_under_every_pool() -> None:
    found = asked("twin", "EU27", "RUS")
    assert [row["year"] for row in found.rows] == list(range(2010, 2024))
    assert found.rows[-1]["actual"] == pytest.approx(38.2e9, rel=1e-3)
    assert [item.key for item in found.remarks] == ["twin", "pool_exact", "pool_exact", "pool", "pool"]
    assert asked("twin", "EU27", "RUS", "2022").rows == found.rows


def test_a_ceiling_that_the_years_do_not_show_is_not_made_up() -> None:
    found = asked("saturation", "CHN", "RUS", flow="exports")
    assert found.remarks[0].key == "no_ceiling_exports" and "not identified" in found.sentences()[0]


@pytest.mark.parametrize(
    ("question", "words", "message"),
    [
        ("months", ("RUS",), "about two places"),
        ("months", ("NOR", "XKX"), "by month"),
        ("shares", ("RUS", "CHN"), "Name both"),
        ("shares", ("RUS", "CHN", "2019", "2018"), "does not come after"),
        ("shares", ("RUS", "CHN", "2019", "2024"), "2011 to 2022"),
        ("shares", ("SWE", "EU27", "2018", "2019"), "overlap"),
        ("dependence", ("SWE",), "Goods by sector are known"),
        ("dependence", ("USA", "", "", "2023"), "2024, not for 2023"),
        ("dependence", ("SWE", "XKX", "", "2019"), "largest supplier of SWE for no good"),
        ("complexity", ("SWE", "", "", "2024"), "2011 to 2022"),
        ("complexity", ("XKX", "", "", "2019"), "no exports of XKX"),
        ("baskets", ("EU27", "CHN"), "no exports from EU27 to CHN"),
        ("rerouting", ("EU27", "CHN"), "no exports from EU27 to CHN"),
        ("events", ("SWE", "FIN"), "no event"),
        ("twin", ("SWE", "RUS", "2022"), "no exports of SWE"),
        ("saturation", ("NOR", "XKX"), "by year"),
        ("premium", ("CHN", "RUS"), "--data"),
        ("mirror", ("RUS",), "--data"),
        ("gaps", ("DEU", "RUS"), "--data"),
    ],
)  # fmt: skip
def test_what_the_bundled_data_cannot_answer_is_said(question: str, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(AmurError, match=message):
        asked(question, *words)


def test_questions_that_there_are_not_are_refused() -> None:
    with pytest.raises(MeasureError, match="no question 'weather'"):
        ask("weather", Asked("RUS"))  # type: ignore[arg-type]
    with pytest.raises(CodeError):
        ask("dependence", Asked("Rusia"))


# ── on the user's own table, with known truth ───────────────────────────────────────────────────


def write(file: Path, rows: list[dict[str, Any]]) -> Path:
    pl.DataFrame(rows).write_csv(file)
    return file


def own(question: str, file: Path, *words: str, basket: str = "", flow: str = "total") -> Answer:
    a, b, start, end = (*words, "", "", "")[:4]
    return ask(question, Asked.read(a, b, start, end, flow, basket, file))  # type: ignore[arg-type]


LISTED, PLAIN = ("854231", "854232"), ("440710", "480100", "610910")


def flow_row(exporter: str, importer: str, product: str, month: Period, value: float) -> dict[str, Any]:
    return {
        "exporter": exporter,
        "importer": importer,
        "product": product,
        "nomenclature": "HS6",
        "period": month.label,
        "value_usd": value,
    }


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Germany to Kazakhstan and Turkey, and on to Russia: half of Kazakhstan's rise goes on, none of Turkey's."""
    rng = np.random.default_rng(5)
    rows: list[dict[str, Any]] = []
    passed = 0.0
    months = [month for year in range(2018, 2023) for month in Period.of_year(year).split_months()]
    for month in months:
        after = month.start.year >= 2022 and month.label >= "2022-03"
        for country in ("KAZ", "TUR", "RUS"):
            factor = {"KAZ": 4.0, "TUR": 1.0, "RUS": 0.2}[country] if after else 1.0
            for product in (*LISTED, *PLAIN):
                listed = product in LISTED
                value = 1e6 * float(np.exp(0.05 * rng.normal())) * (factor if listed else 1.0)
                rows.append(flow_row("DEU", country, product, month, value))
        for product in LISTED:
            onward = 1e5 * float(np.exp(0.05 * rng.normal())) + (1.5e6 if after else 0.0)
            passed += 1.5e6 if after else 0.0
            rows.append(flow_row("KAZ", "RUS", product, month, onward))
    return write(tmp_path_factory.mktemp("routes") / "routes.csv", rows), passed


def test_bounds_hold_the_truth_on_a_simulated_table(routes: tuple[Path, float]) -> None:
    file, passed = routes
    found = own("rerouting", file, "DEU", "RUS", "2022-03")
    rows = rows_by(found, "importer")
    assert set(rows) == {"KAZ", "TUR"} and found.rows[0]["importer"] == "KAZ"
    assert rows["KAZ"]["ratio"] == pytest.approx(3.5, rel=0.05) and rows["KAZ"]["beyond_noise"]
    assert 0 < rows["KAZ"]["transit_low"] <= passed <= rows["KAZ"]["transit_high"]
    assert rows["TUR"]["transit_low"] == 0 and not rows["TUR"]["beyond_noise"]
    assert rows["KAZ"]["untouched_ratio"] == pytest.approx(1, abs=0.05)
    moved = next(item for item in found.remarks if item.key == "redirected")
    assert moved.values["ratio"].value > 0 and found.remarks[0].key == "transit"  # type: ignore[attr-defined]


def test_lists_are_compared_on_an_own_table(routes: tuple[Path, float]) -> None:
    found = own("baskets", routes[0], "DEU", "KAZ")
    rows = rows_by(found, "basket")
    assert rows["SEMICONDUCTORS"]["ratio"] == rows["CHPL"]["ratio"] == rows["CHPL/1"]["ratio"]
    assert found.problems[0].examples[0] == "CHPL/2" and found.problems[0].kind == "empty_list" and "CARS" not in rows


def test_months_and_events_of_an_own_table(routes: tuple[Path, float]) -> None:
    months = own("months", routes[0], "DEU", "KAZ", flow="exports")
    assert len(months.rows) == 60 and {"value", "adjusted", "growth_on_year"} <= set(months.rows[-1])
    studied = own("events", routes[0], "DEU", "RUS", "2022-03", "2022-03", flow="exports")
    assert studied.rows and all(row["factor"] < 0.9 and row["beyond_noise"] for row in studied.rows)  # type: ignore[operator]


def test_a_ceiling_is_found_in_years_and_in_months(tmp_path: Path) -> None:
    def value(time: float) -> float:
        return 8e9 / (1 + np.exp(-0.9 * (time - 2016)))

    years = [flow_row("CHN", "RUS", "870323", Period.of_year(year), value(year)) for year in range(2010, 2025)]
    found = own("saturation", write(tmp_path / "years.csv", years), "RUS", "CHN", flow="imports")
    ceiling = found.remarks[0].values["ceiling"]
    assert found.remarks[0].key == "ceiling_imports" and ceiling.value == pytest.approx(8e9, rel=1e-3)  # type: ignore[attr-defined]
    months = [
        flow_row("CHN", "RUS", "870323", month, value(month.start.year + month.start.month / 12) / 12)
        for year in range(2010, 2025)
        for month in Period.of_year(year).split_months()
    ]
    monthly = own("saturation", write(tmp_path / "months.csv", months[3:]), "CHN", "RUS", flow="exports")
    assert monthly.remarks[0].values["ceiling"].value == pytest.approx(8e9, rel=0.02)  # type: ignore[attr-defined]
    assert len(monthly.rows) == 14
    short = own("saturation", tmp_path / "years.csv", "CHN", "RUS", "2010", "2016", flow="exports")
    assert [row["time"] for row in short.rows] == [float(year) for year in range(2010, 2017)]
    assert monthly.rows[-1]["time"] == pytest.approx(2024 + 11 / 12)
    gap = [row for row in years if row["period"] != "2011"]
    with pytest.raises(FlowsError, match=r"1 years are missing \(2011\)"):
        own("saturation", write(tmp_path / "gap.csv", gap), "CHN", "RUS", flow="exports")
    with pytest.raises(FlowsError, match="several lengths"):
        own("saturation", write(tmp_path / "mixed.csv", [*years, months[0]]), "CHN", "RUS", flow="exports")


def test_a_premium_is_found_on_an_own_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    rows = []
    for k, product in enumerate(
        ["845710", "845811", "854231", "854232", "854233", "880211", *(f"4407{n:02d}" for n in range(9))]
    ):
        for year, rise in (("2021", 1.0), ("2024", 1.1)):
            for buyer in ("RUS", "IND", "BRA"):
                more = 1.8 if (buyer, year) == ("RUS", "2024") and not product.startswith("44") else 1.0
                price = (1 + k) * rise * more * float(np.exp(0.02 * rng.normal()))
                row = flow_row("CHN", buyer, product, Period.parse(year), 100 * price)
                rows.append({**row, "quantity": 100.0, "unit": "kg"})
    rows[0]["quantity"] = 0.0
    found = own("premium", write(tmp_path / "own.csv", rows), "CHN", "RUS", "2021", "2024")
    by_goods = rows_by(found, "goods")
    # The goods 880211 are on no list: the premium there is outside of what the list explains.
    assert by_goods["listed"]["premium"] == pytest.approx(0.8, abs=0.06)
    assert by_goods["difference"]["low"] < np.log(1.8) < by_goods["difference"]["high"] + 0.1
    bad = {item.kind: item for item in found.problems}
    assert bad["quantity_zero"].count == 1 and bad["quantity_zero"].examples == ("845710 to RUS",)
    with pytest.raises(MeasureError, match="Name both"):
        own("premium", tmp_path / "own.csv", "CHN", "RUS")
    with pytest.raises(NoDataError, match="no rows in 2020"):
        own("premium", tmp_path / "own.csv", "CHN", "RUS", "2020", "2024")


def reports(tmp_path: Path) -> tuple[Path, float]:
    rng = np.random.default_rng(8)
    rows, truth = [], 0.0
    for year in range(2015, 2024):
        for size, partner in enumerate(("CHN", "DEU", "TUR", "IND", "USA"), start=1):
            sent = 1e9 * size * float(np.exp(0.02 * rng.normal())) * (1 + 0.03 * (year - 2015))
            if year < 2022 or partner != "USA":
                rows.append(report(partner, "RUS", "export", year, sent))
            if year < 2022:
                rows.append(report("RUS", partner, "import", year, sent * 1.06))
            elif year == 2023:
                truth += sent * 1.06
    return write(tmp_path / "reports.csv", rows), truth


def report(reporter: str, partner: str, direction: str, year: int, value: float) -> dict[str, Any]:
    return {"reporter": reporter, "partner": partner, "direction": direction, "period": str(year), "value_usd": value}


def test_mirrors_hold_the_truth_on_an_own_table(tmp_path: Path) -> None:
    file, truth = reports(tmp_path)
    found = own("mirror", file, "RUS")
    rows = rows_by(found, "year")
    assert set(rows) == {2022, 2023} and rows[2023]["low"] <= truth <= rows[2023]["high"]
    assert rows[2023]["freight"] == pytest.approx(0.06, abs=1e-6) and rows[2023]["silent"] == 1
    assert any("USA" in sentence for sentence in found.sentences())
    tested = own("mirror", file, "RUS", "", "", "2021")
    assert [row["year"] for row in tested.rows] == [2021]
    with pytest.raises(FlowsError, match="Give reports of both sides"):
        own("mirror", write(tmp_path / "flows.csv", [flow_row("CHN", "RUS", "1", Period.of_year(2020), 1.0)]), "RUS")
    with pytest.raises(NoDataError, match="no reports of trade to SWE"):
        own("mirror", file, "SWE")


def test_gaps_and_false_declarations_are_found_in_reports_of_both_sides(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    rows = []
    for month in (m for year in (2019, 2020, 2021, 2022) for m in Period.of_year(year).split_months()):
        after = month.label >= "2022-03"
        for place, lost in (("KAZ", 0.4), ("TUR", 0.0)):
            for product in ("854231", "854290", "440710"):
                sent = 1e6 * float(np.exp(0.02 * rng.normal()))
                # Of listed goods some never arrive under their code, and half of these turn up under the next.
                arrived = sent * 1.05 * float(np.exp(0.02 * rng.normal()))
                if after:
                    arrived *= {"854231": 1 - lost, "854290": 1 + lost / 2}.get(product, 1.0)
                both = (report("DEU", place, "export", 0, sent), report(place, "DEU", "import", 0, arrived))
                key = {"period": month.label, "product": product, "nomenclature": "HS6"}
                rows += [{**one, **key} for one in both]
    file = write(tmp_path / "reports.csv", rows)
    found = own("gaps", file, "DEU", "RUS")
    by_place = rows_by(found, "importer")
    assert list(by_place) == ["KAZ", "TUR"] and by_place["KAZ"]["lost"] == pytest.approx(0.4, abs=0.02)
    assert by_place["KAZ"]["low"] < -np.log(0.6) < by_place["KAZ"]["high"] and by_place["KAZ"]["beyond_noise"]
    assert by_place["KAZ"]["misclassified"] == pytest.approx(np.log(1.2 / 0.6), abs=0.03)
    assert by_place["KAZ"]["misclassified_low"] < np.log(2) < by_place["KAZ"]["misclassified_high"]
    assert by_place["TUR"]["gap"] == pytest.approx(0, abs=0.02)
    assert "on 1 of 2 routes" in found.sentences()[0] or not by_place["TUR"]["beyond_noise"]
    assert own("gaps", file, "DEU", "", "2022-03").rows[0] == found.rows[0]
    with pytest.raises(MeasureError, match="Name its month"):
        own("gaps", file, "DEU")
    with pytest.raises(NoDataError, match="no reports of exports from SWE"):
        own("gaps", file, "SWE", "RUS")
    assert explain_change("DEU", "KAZ", start="2021", end="2022", flow="exports", data=file).change is not None


def test_own_tables_of_a_year_have_dependence_persistence_and_complexity(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    places, goods = ("CHN", "DEU", "SWE", "USA", "IND", "BRA"), [f"{n:06d}" for n in range(10, 30)]
    rows = [
        flow_row(one, other, good, Period.of_year(year), float(np.exp(rng.normal())))
        for year in (2020, 2021, 2022)
        for one in places
        for other in places
        for good in goods
        if one != other and rng.random() < 0.7
    ]
    rows.append(flow_row("SWE", "WLD", goods[0], Period.of_year(2022), 1e9))
    file = write(tmp_path / "world.csv", rows)
    found = own("dependence", file, "SWE")
    assert {"persistent", "churned", "residual_supply"} <= set(found.rows[0]) and found.problems[0].examples == ("WLD",)
    assert any(row["persistent"] is not None for row in found.rows)
    parquet = tmp_path / "world.parquet"
    pl.read_csv(file, schema_overrides={"product": pl.String, "period": pl.String}).write_parquet(parquet)
    assert own("dependence", parquet, "SWE", "", "", "2022").rows == found.rows
    assert "persistent" not in own("dependence", file, "SWE", "", "", "2020").rows[0]
    bloc = own("dependence", file, "EU27")
    assert "outside_share" in bloc.rows[0] and all(row["top_supplier"] not in ("DEU", "SWE") for row in bloc.rows)
    assert own("complexity", file, "SWE", "", "", "2021").rows[0]["rank"] == 1
    shares = own("shares", file, "SWE", "CHN", "2020", "2022", flow="imports")
    assert shares.origins == ("user:world.csv",) and len(shares.rows) <= 20
    with pytest.raises(NoDataError, match="does not hold 2019"):
        own("dependence", file, "SWE", "", "", "2019")
    with pytest.raises(NoDataError, match="no imports of NOR"):
        own("dependence", file, "NOR")


def test_a_twin_of_an_own_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    growth = np.cumsum(0.1 * rng.normal(size=(14, 6)), axis=0)
    growth[10:, 0] -= 1
    rows = [
        flow_row("CHN", place, "total", Period.of_year(2010 + k), 6e9 * float(np.exp(growth[k, n])))
        for n, place in enumerate(("RUS", "IND", "BRA", "SWE", "DEU", "USA"))
        for k in range(14)
    ]
    file = write(tmp_path / "own.csv", rows)
    found = own("twin", file, "CHN", "RUS", "2020")
    assert found.rows[-1]["actual"] < found.rows[-1]["twin"] and found.rows[0]["currency"] == "USD"  # type: ignore[operator]
    with pytest.raises(NoDataError, match="no exports of NOR"):
        own("twin", file, "NOR", "RUS", "2020")
    with pytest.raises(FlowsError, match="are no years"):
        month = flow_row("CHN", "RUS", "1", Period.parse("2020-01"), 1.0)
        own("twin", write(tmp_path / "m.csv", [month]), "CHN", "RUS", "2020")


# ── the command line ────────────────────────────────────────────────────────────────────────────


def test_answers_are_printed_in_every_form(tmp_path: Path) -> None:
    words = ["explain", "baskets", "EU27", "KGZ"]
    table = RUN.invoke(cli.app, words)
    assert table.exit_code == 0 and "CHPL/1" in table.stdout and "between 4.7 and 31.6" in table.stderr
    record = json.loads(RUN.invoke(cli.app, [*words, "-f", "json", "--lang", "sv"]).stdout)
    assert record["question"] == "baskets" and "listor" in record["sentences"][0]
    lines = list(csv.DictReader(RUN.invoke(cli.app, [*words, "-f", "csv"]).stdout.splitlines()))
    assert [row["basket"] for row in record["rows"]] == [line["basket"] for line in lines]
    page = tmp_path / "page.html"
    assert RUN.invoke(cli.app, [*words, "-o", str(page), "--lang", "sv"]).exit_code == 0
    assert "listade varor" in page.read_text(encoding="utf-8").lower()
    many = RUN.invoke(cli.app, ["explain", "dependence", "USA"])
    assert many.stdout.count("\n") == 41 and "40 of" in many.stderr
    assert isinstance(RUN.invoke(cli.app, ["explain", "trade", "RUS"]).exception, MeasureError)
    assert write_answer_page(asked("baskets", "EU27", "KGZ"), tmp_path / "again.html").exists()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_head_that_says_millions_stands_over_millions_however_small(language: Language) -> None:
    text = Text(language)
    names = [key.removeprefix("explain.column.") for key in entries("en") if key.startswith("explain.column.")]
    said = {name for name in names if "(million)" in str(Text("en").template(f"explain.column.{name}"))}
    assert said - {"twin_of"} == answers._MILLIONS
    for name in (*sorted(answers._MILLIONS), "twin_1000000000.0"):
        assert answers._number(49_369.0, name, text) == text.number(0.049, digits=3)
        assert answers._number(-2_911_290.0, name, text) == text.number(-2.9)
        assert answers._number(0.0, name, text) == text.number(0.0)
    assert answers._number(49_369.0, "ratio", text) == text.number(49_369.0, digits=3)
    assert answers._number(949_369.4, "median_buyer", text) == text.number(949_369.0, digits=0)
