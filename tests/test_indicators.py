"""Measures as figures: the known values, what is refused and why, blocs, nowcasts, words and the user's own data."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from amur import codes
from amur.errors import CodeError, MeasureError, NoDataError, PeriodError
from amur.figures import Figure, printed, written
from amur.indicators import (
    Answers,
    Query,
    answers,
    carried_countries,
    find_measure,
    levels,
    matrix,
    measure,
    measures,
    measures_markdown,
    missing_data,
    registry,
    sector_rows,
    series,
    spans,
    why_different,
)
from amur.indicators import ledger as books
from amur.indicators.amounts import by_closeness, whole
from amur.indicators.question import ask, text_of
from amur.indicators.releases import Releases
from amur.indicators.reported import Published
from amur.indicators.shares import partner_shares
from amur.indicators.weights import observed_first
from amur.origins import load_origins
from amur.periods import Period
from amur.sources import sources
from amur.text import LANGUAGES

SAME = 1e-12  # the same sum in another order
CLOSE = 1e-9  # after several operations


def one(name: str, a: str, b: str = "", **asked: object) -> Figure:
    """The preferred figure."""
    return measure(name, a, b, Query(**asked))[0]  # type: ignore[arg-type]


def by_reporter(name: str, a: str, b: str, **asked: object) -> dict[str, Figure]:
    found = measure(name, a, b, Query(**asked))  # type: ignore[arg-type]
    return {figure.reporter: figure for figure in reversed(found)}


# ── known values ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("period", "billions"),
    [("2021", 146.9), ("2022", 190.3), ("2023", 240.1), ("2024", 244.8), ("2025", 228.1), ("2025-H1", 106.48),
     ("2025-01/2025-07", 125.8)],
)  # fmt: skip
def test_turnover_of_china_and_russia_is_the_same_from_both_sides(period: str, billions: float) -> None:
    there, back = one("turnover", "CHN", "RUS", period=period), one("turnover", "RUS", "CHN", period=period)
    assert there.value == back.value
    assert round(there.value / 1e9, 2 if billions == 106.48 else 1) == billions
    assert there.printed
    assert there.interval_kind == "rounding"
    assert (there.unit, there.currency, there.reporter) == ("USD", "USD", "GACC")
    assert (back.subject, back.object, back.flow) == ("RUS", "CHN", "total")
    assert back.period == Period.parse(period)


@pytest.mark.parametrize(
    ("period", "published", "computed"),
    [("2025-H1", -0.091, -0.089), ("2025-01/2025-07", -0.081, -0.0795), ("2025", -0.069, -0.0683)],
)
def test_growth_as_published_stands_before_growth_computed_from_levels(
    period: str, published: float, computed: float
) -> None:
    first, second, *_ = measure("growth", "RUS", "CHN", Query(period=period))
    assert (first.value, first.printed != "", first.derivation) == (pytest.approx(published), True, None)
    assert round(second.value, 3 if computed == -0.089 else 4) == computed
    assert second.derivation is not None
    assert "revised" in second.note
    assert second.base_period == Period.parse(period).shift_years(-1)


def test_the_newest_growth_is_that_of_the_newest_span() -> None:
    figure = one("growth", "RUS", "CHN")
    assert (figure.period, figure.value) == (Period.year_to_date(2026, 4), pytest.approx(0.197))
    with pytest.raises(NoDataError, match="2026-01/2026-04"):
        measure("implied_level", "RUS", "CHN", Query(period="2026-05"))


def test_growth_since_a_base_is_computed() -> None:
    figure = one("growth", "RUS", "CHN", period="2024", base="2021")
    assert figure.value == pytest.approx(244.819 / 146.887 - 1)
    assert figure.base_period == Period.of_year(2021)
    assert figure.interval_kind == "rounding"
    on_table = one("growth", "SWE", "DEU", source="icio", period=2022, base=2015)
    assert on_table.base_period == Period.of_year(2015)
    monthly = one("growth_month", "RUS", "CHN", period="2025-07")
    assert (monthly.measure, monthly.base_period) == ("growth_month", Period.of_month(2025, 6))
    assert monthly.value == pytest.approx(19.14 / 17.6 - 1)
    first = one("growth_month", "SWE", "DEU", source="icio", period=2019)
    assert first.measure == "growth_month"
    assert first.value == pytest.approx(one("growth", "SWE", "DEU", source="icio", period=2019).value)


def test_growth_in_another_currency_stands_last_and_says_so() -> None:
    found = measure("growth", "CHN", "RUS", Query(period="2025"))
    assert found[-1].value == pytest.approx(-0.065)
    assert "yuan" in found[-1].basis
    assert "dollars" in found[0].basis


def test_july_2025_follows_from_the_spans_around_it() -> None:
    july = one("implied_growth", "CHN", "RUS", period="2025-07")
    assert (round(july.value, 3), round(july.low or 0, 3), round(july.high or 0, 3)) == (-0.022, -0.029, -0.015)
    level = one("implied_level", "CHN", "RUS", period="2025-07")
    assert (level.low, level.high) == (pytest.approx(19.265e9), pytest.approx(19.375e9))
    assert "19.14" in level.note
    published = one("turnover", "RUS", "CHN", period="2025-07")
    assert published.value == pytest.approx(19.14e9)
    assert "revised" in published.note
    assert published.note.count("19.") == 3
    assert july.value in [figure.value for figure in measure("growth", "CHN", "RUS", Query(period="2025-07"))]


def test_the_year_before_is_the_base_that_the_publisher_used() -> None:
    base = one("implied_base", "CHN", "RUS", period="2024")
    assert base.value == pytest.approx(228.105e9 / 0.931)
    assert base.period == Period.of_year(2024)
    with pytest.raises(NoDataError, match="not known"):
        measure("implied_base", "CHN", "RUS", Query(period="2019-H1"))


def test_years_that_were_never_printed_are_filled_by_derived_figures_only() -> None:
    for year, billions in ((2018, 107.1), (2020, 108.2)):
        figure = one("turnover", "RUS", "CHN", period=year)
        assert (figure.printed, figure.derivation is not None) == ("", True)
        assert round(figure.value / 1e9, 1) == billions


def test_a_level_whose_parts_do_not_add_up_stands_behind_what_others_imply() -> None:
    first, doubtful, *_ = measure("turnover", "CHN", "RUS", Query(period="2023-01/2023-02"))
    assert first.value == pytest.approx(37.01e9 / 1.093)
    assert first.derivation is not None
    assert doubtful.value == pytest.approx(36.7e9)
    assert "do not add up" in doubtful.note


def test_two_figures_of_one_publisher_for_one_period_both_stand_the_finer_first() -> None:
    found = measure("turnover", "CHN", "RUS", Query(period="2024-H1"))
    assert [figure.printed for figure in found if figure.printed] == ["116.87", "116.9"]
    assert all("several figures" in figure.note for figure in found[:2])


def test_exports_of_the_silent_side_are_the_imports_of_the_other_and_say_so() -> None:
    sold = one("exports", "RUS", "CHN", period="2024")
    bought = one("imports", "CHN", "RUS", period="2024")
    assert sold.value == bought.value == pytest.approx(129.32e9)
    assert (sold.measure, sold.flow, bought.measure, bought.flow) == ("exports", "exports", "imports", "imports")
    assert "imports of the reporting country" in sold.basis
    assert sold.basis == bought.basis
    assert "exports of the reporting country" in one("exports", "CHN", "RUS", period="2024").basis
    derived = one("exports", "RUS", "CHN", period="2025")
    assert derived.value == pytest.approx(124.805e9)
    assert "imports of the reporting country" in derived.basis


def test_balance_is_antisymmetric() -> None:
    there, back = one("balance", "RUS", "CHN", period="2024"), one("balance", "CHN", "RUS", period="2024")
    assert there.value == pytest.approx(129.32e9 - 115.49e9)
    assert back.value == pytest.approx(-there.value)


@pytest.mark.parametrize(
    ("a", "b", "source", "percent"),
    [("RUS", "CHN", "icio", 20.4), ("CHN", "RUS", "icio", 2.8), ("CHN", "RUS", "baci-2023", 4.4)],
)
def test_shares_of_goods_trade(a: str, b: str, source: str, percent: float) -> None:
    figure = one("share", a, b, source=source)
    assert round(100 * figure.value, 1) == percent
    assert figure.unit == "fraction"
    assert figure.interval_kind == "none"
    assert figure.derivation is not None
    part, whole = figure.derivation.inputs
    assert (part.object, whole.object) == (b, "WLD")
    assert figure.value == pytest.approx(part.value / whole.value, rel=SAME)
    assert "re-exports taken out" in figure.basis if source == "icio" else "reconciled" in figure.basis


def test_stated_shares_stand_beside_with_who_says_so() -> None:
    total = by_reporter("share", "RUS", "CHN")
    assert (total["The Economist"].value, total["The Economist"].period) == (pytest.approx(0.34), Period.of_year(2024))
    assert total["The Economist"].interval_kind == "rounding"
    assert by_reporter("share", "CHN", "RUS")["The Economist"].value == pytest.approx(0.04)
    assert by_reporter("share", "RUS", "CHN", flow="exports")["Gaidar Institute"].value == pytest.approx(0.27)
    assert by_reporter("share", "RUS", "CHN", flow="imports")["Gaidar Institute"].value == pytest.approx(0.36)
    vague = by_reporter("share", "RUS", "CHN", flow="imports")["Capital Economics"]
    assert vague.interval_kind == "none"
    assert "approximate" in vague.note
    assert measure("share", "RUS", "CHN", Query(period="2024"))[0].reporter == "The Economist"


def test_a_share_of_two_published_amounts() -> None:
    found = by_reporter("share", "CHN", "RUS", period="2025")
    assert found["GACC"].value == pytest.approx(228.105 / 6480)
    assert found["GACC"].interval_kind == "rounding"
    assert (found["GACC"].subject, found["GACC"].object) == ("CHN", "RUS")


def test_asymmetry_of_stated_shares_carries_their_rounding() -> None:
    ratio = by_reporter("asymmetry_ratio", "RUS", "CHN")["The Economist"]
    assert (ratio.value, round(ratio.low or 0, 1), round(ratio.high or 0, 1)) == (pytest.approx(8.5), 7.4, 9.9)
    seeds = by_reporter("asymmetry_ratio", "RUS", "CHN", flow="imports")["Gaidar Institute"]
    assert round(seeds.value, 1) == 13.3
    difference = by_reporter("asymmetry_difference", "RUS", "CHN")["The Economist"]
    assert difference.value == pytest.approx(0.30)


@pytest.mark.parametrize("name", ["asymmetry_difference", "asymmetry_log_ratio"])
@pytest.mark.parametrize(("flow", "met"), [("total", "total"), ("exports", "imports")])
def test_asymmetry_changes_sign_with_the_countries(name: str, flow: str, met: str) -> None:
    there = one(name, "RUS", "CHN", source="icio", flow=flow)
    back = one(name, "CHN", "RUS", source="icio", flow=met)
    assert there.value > 0
    assert there.value == pytest.approx(-back.value, rel=CLOSE)
    assert (there.measure, there.subject, there.flow) == (name, "RUS", flow)


# ── refusals ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["RUS", "KOR", "POL", "VNM", "PHL", "ARG", "BLR"])
@pytest.mark.parametrize("name", ["share", "rank", "hhi", "asymmetry_ratio", "trade_intensity"])
def test_a_country_in_a_hole_gets_no_total_from_that_file(code: str, name: str) -> None:
    partner = "" if name == "hhi" else "DEU"
    with pytest.raises(NoDataError, match="missing and not zero"):
        measure(name, code, partner, Query(source="baci-2023"))


@pytest.mark.parametrize("code", ["MEX", "CHN", "USA", "SWE", "DEU", "UZB"])
def test_a_country_outside_the_hole_passes(code: str) -> None:
    partner = "JPN"
    assert 0 < one("share", code, partner, source="baci-2023").value < 1
    assert one("hhi", code, source="baci-2023").value < 1


def test_a_pair_inside_the_hole_is_missing_and_not_zero() -> None:
    for pair in (("KOR", "VNM"), ("RUS", "BLR")):
        with pytest.raises(NoDataError, match="BACI database"):
            measure("turnover", *pair, Query(source="baci-2023"))


def test_one_country_in_a_hole_is_enough_to_doubt_an_absent_flow() -> None:
    ledger = next(item for item in books.ledgers() if item.key == "baci-2023")
    year = Period.of_year(2023)
    frame = books.in_period(ledger, "", year)
    traded = {(row["exporter"], row["importer"]) for row in frame.to_dicts()}
    listed = sorted(books.places(ledger, ""))
    hidden = {code for code in listed if books.in_hole(ledger, code, year)}
    absent = [(a, b) for a in listed for b in listed if a != b and (a, b) not in traded and (b, a) in traded]
    doubtful = next((a, b) for a, b in absent if (a in hidden) != (b in hidden))
    with pytest.raises(NoDataError, match="missing, not zero"):
        measure("exports", *doubtful, Query(source="baci-2023"))
    certain = next((a, b) for a, b in absent if not hidden & {a, b})
    assert one("turnover", *certain, source="baci-2023").value > 0


def test_intensity_refuses_a_hole_around_the_partner_as_well() -> None:
    with pytest.raises(NoDataError, match="missing and not zero"):
        measure("trade_intensity", "CHN", "RUS", Query(source="baci-2023"))


def test_every_source_that_could_not_answer_says_why() -> None:
    found = answers("share", "RUS", "CHN", Query(period="2023"))
    assert found.figures == ()
    assert any("ICIO table does not hold 2023" in reason for reason in found.refusals)
    assert any("missing and not zero" in reason for reason in found.refusals)
    with pytest.raises(NoDataError, match="does not hold 2023"):
        measure("share", "RUS", "CHN", Query(period="2023"))


@pytest.mark.parametrize(
    ("a", "b", "query", "error", "words"),
    [
        ("RUS", "RUS", Query(), MeasureError, "both sides"),
        ("RUS", "Rusia", Query(), CodeError, "Did you mean"),
        ("DEU", "EU27", Query(), MeasureError, "overlap in DEU"),
        ("RUS", "CHN", Query(flow="sideways"), MeasureError, "no flow"),
        ("RUS", "CHN", Query(period="sommar"), PeriodError, "not a period"),
        ("RUS", "CHN", Query(source="nowhere"), MeasureError, "no source 'nowhere'"),
        ("RUS", "CHN", Query(product="X99"), NoDataError, "does not hold the product 'X99'"),
        ("RUS", "", Query(), MeasureError, "two countries"),
    ],
)
def test_what_is_asked_wrongly_is_named(a: str, b: str, query: Query, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        measure("share", a, b, query)


def test_an_unknown_measure_suggests_the_nearest() -> None:
    with pytest.raises(MeasureError, match=r"Did you mean share or share_of_gdp\?"):
        find_measure("shar")
    with pytest.raises(MeasureError, match="The measures are"):
        find_measure("zzzzzz")
    with pytest.raises(MeasureError, match="one flow only"):
        measure("exports", "RUS", "CHN", Query(flow="imports"))
    with pytest.raises(MeasureError, match="no growth"):
        measure("growth", "RUS", "CHN", Query(period="2024", base="2024"))


# ── tables behind the figures ───────────────────────────────────────────────────────────────────


def test_figures_are_the_rows_of_the_tables() -> None:
    ledger = next(item for item in books.ledgers() if item.key == "icio")
    table = partner_shares(books.in_period(ledger, "", Period.of_year(2019)).lazy()).collect("polars").to_native()
    row = next(item for item in table.to_dicts() if (item["subject"], item["object"]) == ("SWE", "DEU"))
    for flow in ("exports", "imports", "total"):
        figure = one("share", "SWE", "DEU", source="icio", period=2019, flow=flow)
        assert figure.value == pytest.approx(row[f"share_of_{flow}"], rel=SAME)
        level = one("turnover" if flow == "total" else flow, "SWE", "DEU", source="icio", period=2019)
        assert level.value == pytest.approx(row[f"{flow}_usd"], rel=SAME)


def test_goods_leave_out_services_and_home_sales() -> None:
    goods, services, everything = (
        one("turnover", "SWE", "DEU", source="icio", product=product) for product in ("", "services", "all")
    )
    assert goods.value + services.value == pytest.approx(everything.value, rel=CLOSE)
    assert (goods.product, services.product) == ("goods", "services")
    assert "; services; " in services.basis
    assert "goods and services" in everything.basis
    assert "goods (27 sectors)" in goods.basis
    shares = [one("share", "SWE", code, source="icio").value for code in _partners("SWE")]
    assert sum(shares) == pytest.approx(1, rel=CLOSE)


def _partners(code: str) -> list[str]:
    ledger = next(item for item in books.ledgers() if item.key == "icio")
    return sorted(books.places(ledger, "") - {code})


def test_a_sector_is_a_product() -> None:
    whole = one("imports", "RUS", "CHN", source="icio").value
    ledger = next(item for item in books.ledgers() if item.key == "icio")
    rows = books.sector_table(ledger, "2022", around=("RUS",)).to_dicts()
    parts = {row["product"]: row["value_usd"] for row in rows if (row["exporter"], row["importer"]) == ("CHN", "RUS")}
    assert len(parts) == 27
    assert sum(parts.values()) == pytest.approx(whole, rel=CLOSE)
    assert one("imports", "RUS", "CHN", source="icio", product="C26").value == pytest.approx(parts["C26"], rel=SAME)
    electronics = one("share", "RUS", "CHN", flow="imports", product="C26")
    assert electronics.product == "C26"
    assert "Electronics" in electronics.basis


def test_rank_and_concentration_of_sweden() -> None:
    assert one("rank", "SWE", "DEU", source="icio").value == 1
    assert one("rank", "SWE", "DEU", source="icio").derivation is not None
    n = len(_partners("SWE"))
    hhi = one("hhi", "SWE", source="icio").value
    assert 1 / n < hhi < 1
    assert one("effective_partners", "SWE", source="icio").value == pytest.approx(1 / hhi, rel=CLOSE)
    assert one("hirschman", "SWE", source="icio").value == pytest.approx(hhi**0.5, rel=CLOSE)
    normalised = one("hhi_normalised", "SWE", source="icio").value
    assert normalised == pytest.approx((hhi - 1 / n) / (1 - 1 / n), rel=CLOSE)
    both = measure("hhi", "SWE", "DEU", Query(source="icio"))
    assert [(figure.subject, figure.object) for figure in both] == [("SWE", ""), ("DEU", "")]


def test_structure_of_trade() -> None:
    advantages = measure("rca", "RUS", "", Query(source="icio"))
    assert len(advantages) == 27
    assert {(figure.flow, figure.object) for figure in advantages} == {("exports", "")}
    assert [figure.value for figure in advantages] == sorted((figure.value for figure in advantages), reverse=True)
    assert one("rca", "RUS", source="icio", product="B06").product == "B06"
    intensity = one("trade_intensity", "SWE", "NOR", source="icio")
    assert intensity.value > 3
    assert intensity.derivation is not None
    share, partner, rest = intensity.derivation.inputs
    assert intensity.value == pytest.approx(share.value / (partner.value / rest.value), rel=CLOSE)
    assert 0 < one("complementarity", "RUS", "CHN", source="icio").value < 1
    there, back = (one("grubel_lloyd", *pair, source="icio").value for pair in (("SWE", "DEU"), ("DEU", "SWE")))
    assert there == pytest.approx(back, rel=CLOSE)
    steps = one("grubel_lloyd", "SWE", "DEU", source="icio").derivation
    assert steps is not None
    one_way, turnover = steps.inputs
    assert there == pytest.approx(1 - one_way.value / turnover.value, rel=CLOSE)
    cars = one("grubel_lloyd", "SWE", "DEU", source="icio", product="C29")
    assert (cars.product, 0 < cars.value < 1) == ("C29", True)


def test_trade_over_gdp() -> None:
    figure = one("share_of_gdp", "RUS", "CHN", period=2023)
    assert figure.value == pytest.approx(240.11e9 / 2.02e12, rel=0.01)
    assert set(figure.origins) == {"facts-gacc", "world-bank-gdp"}
    assert one("share_of_gdp", "RUS", "CHN").period == Period.of_year(2023)
    assert one("share_of_gdp", "CHN", "RUS", period=2023).value < figure.value / 5
    with pytest.raises(NoDataError, match="not for 2025"):
        measure("share_of_gdp", "RUS", "CHN", Query(period="2025"))
    with pytest.raises(NoDataError, match="no GDP of TWN"):
        measure("share_of_gdp", "TWN", "CHN")
    bloc = one("share_of_gdp", "EU27", "CHN", period=2022)
    assert 0.01 < bloc.value < 0.10


def test_the_world_as_partner_is_trade_with_all() -> None:
    everything = one("exports", "SWE", "WLD", source="icio", period=2019)
    share = one("share", "SWE", "DEU", source="icio", period=2019, flow="exports")
    assert share.derivation is not None
    assert everything.value == pytest.approx(share.derivation.inputs[1].value, rel=SAME)
    assert one("growth", "SWE", "WLD", source="icio", period=2019).value == pytest.approx(
        one("turnover", "SWE", "WLD", source="icio", period=2019).value
        / one("turnover", "SWE", "WLD", source="icio", period=2018).value
        - 1,
        rel=CLOSE,
    )
    balance = one("balance", "SWE", "WLD", source="icio", period=2019).value
    imports = one("imports", "SWE", "WLD", source="icio", period=2019).value
    assert balance == pytest.approx(everything.value - imports, rel=CLOSE)
    assert one("turnover", "CHN", "WLD").reporter == "GACC"
    assert one("imports", "USA", "WLD", source="us-census-naics3", period=2024).value > 3e12


def test_months_make_years_and_years_to_date() -> None:
    year = one("imports", "USA", "MEX", source="us-census-naics3", period=2024)
    assert year.value == pytest.approx(503.4e9, rel=0.01)
    months = [
        one("imports", "USA", "MEX", source="us-census-naics3", period=month)
        for month in Period.of_year(2024).split_months()
    ]
    assert sum(month.value for month in months) == pytest.approx(year.value, rel=CLOSE)
    newest = one("imports", "USA", "MEX", source="us-census-naics3")
    assert newest.period == Period.year_to_date(2025, 11)
    with pytest.raises(NoDataError, match="does not hold 2025"):
        measure("imports", "USA", "MEX", Query(source="us-census-naics3", period=2025))
    with pytest.raises(NoDataError, match="does not hold what USA sold to MEX"):
        measure("exports", "USA", "MEX", Query(source="us-census-naics3", period=2024))
    share = one("share", "USA", "MEX", source="us-census-naics3", flow="imports", period=2024)
    assert share.derivation is not None
    assert share.derivation.inputs[1].object == "WLD"


def test_mirror_values_stand_side_by_side_and_are_never_mixed() -> None:
    found = measure("mirror", "EU27", "RUS", Query(flow="exports", period=2022))
    values = [figure for figure in found if figure.measure == "mirror"]
    gaps = [figure for figure in found if figure.measure == "mirror_gap"]
    assert len(values) >= 2
    assert len({figure.origins for figure in values}) == len(values)
    assert all(figure.basis for figure in values)
    assert len(gaps) == len(values) - 1
    assert gaps[0].unit == "log points"
    assert gaps[0].value == pytest.approx(math.log(values[1].value / values[0].value), rel=CLOSE)
    assert "Filed by the exporter." in values[0].note
    assert "Balanced in a model" in values[-1].note
    customs = measure("mirror", "RUS", "CHN", Query(flow="exports", period=2024))[0]
    assert "Filed by the importer." in customs.note


# ── blocs and nowcasts ──────────────────────────────────────────────────────────────────────────


def test_trade_inside_a_bloc_is_left_out_and_said() -> None:
    figure = one("share", "EU27", "CHN", source="icio", period=2019)
    assert "trade inside the EU27 left out" in figure.basis
    members = codes.bloc("EU27").members
    ledger = next(item for item in books.ledgers() if item.key == "icio")
    rows = books.in_period(ledger, "", Period.of_year(2019)).to_dicts()
    part = sum(
        r["value_usd"]
        for r in rows
        if {r["exporter"], r["importer"]} & members and "CHN" in (r["exporter"], r["importer"])
    )
    whole = sum(r["value_usd"] for r in rows if (r["exporter"] in members) != (r["importer"] in members))
    assert figure.value == pytest.approx(part / whole, rel=CLOSE)
    assert "dates unknown" in one("share", "CHN", "WEST", source="icio").basis
    assert one("turnover", "CHN", "EU27", source="icio").value == pytest.approx(
        sum(one("turnover", "CHN", code, source="icio").value for code in sorted(members)), rel=CLOSE
    )


def test_a_nowcast_is_never_called_observed() -> None:
    for name in ("share", "turnover", "rank", "asymmetry_ratio", "grubel_lloyd", "growth"):
        figure = one(name, "RUS", "CHN", source="icio", period=2022)
        assert figure.basis.startswith("a nowcast and not an observation"), name
        assert carried_countries(figure) == ("RUS", "CHN")
    observed = one("share", "RUS", "CHN", source="icio", period=2019)
    assert "nowcast" not in observed.basis
    assert carried_countries(observed) == ()
    assert carried_countries(one("share", "SWE", "CHN", source="icio", period=2022)) == ("CHN",)


def test_observed_years_stand_before_nowcasts() -> None:
    first, second, *_ = measure("share", "CHN", "RUS")
    assert (first.origins, second.origins) == (("baci-2023",), ("oecd-icio",))


def test_order_of_answers_by_observation_and_by_the_end_of_the_period() -> None:
    question = ask("RUS", "CHN", Query())
    table = one("share", "RUS", "CHN", source="icio", period=2022)

    def at(*labels: str) -> list[Figure]:
        return [replace(table, period=Period.parse(label)) for label in labels]

    def order(figures: list[Figure]) -> list[str]:
        return [figure.period.label for figure in observed_first(question, figures) if figure.period]

    assert order(at("2022", "2018", "2019")) == ["2019", "2018", "2022"]
    assert order(at("2019-H1", "2019", "2019-Q1")) == ["2019", "2019-H1", "2019-Q1"]
    assert order([*at("2022"), replace(table, origins=(), period=Period.of_year(2016))]) == ["2016", "2022"]


def test_levels_closest_to_a_declaration_stand_first() -> None:
    filed = measure("exports", "EU27", "CHN", Query(period=2023))
    assert [figure.origins for figure in filed] == [("eurostat-annual",), ("baci-2023",)]
    modelled = measure("exports", "EU27", "RUS", Query(period=2022))
    assert modelled[-1].origins == ("oecd-icio",)
    assert len(modelled) > 1


def test_gdp_is_taken_of_the_newest_year_that_has_the_flow() -> None:
    assert one("share_of_gdp", "KOR", "VNM").period == Period.of_year(2022)


def test_a_matrix_comes_from_one_source() -> None:
    cells = matrix("share", ("RUS", "CHN", "USA", "EU27"))
    assert len(cells) == 12
    assert {figure.origins for figure in cells} == {("oecd-icio",)}
    assert {figure.period for figure in cells} == {Period.of_year(2022)}
    west = matrix("asymmetry_ratio", ("SWE", "DEU", "USA", "EU27"))
    assert {("SWE", "EU27"), ("EU27", "DEU")}.isdisjoint({(figure.subject, figure.object) for figure in west})
    assert len(west) == 8
    assert matrix("share", ("RUS", "CHN"), Query(source="baci-2023"))[0].subject == "CHN"


def test_a_series_holds_every_year_of_every_source() -> None:
    turnover = series("turnover", "CHN", "RUS")
    customs = {figure.period.year for figure in turnover if figure.period and figure.reporter == "GACC"}
    assert {2016, 2018, 2020, 2021, 2022, 2023, 2024, 2025} <= customs
    shares = series("share", "RUS", "CHN", Query(source="icio", period="2015/2019"))
    assert [figure.period.year for figure in shares if figure.period] == [2015, 2016, 2017, 2018, 2019]
    assert [figure.subject for figure in series("hhi", "SWE", "", Query(source="icio", period="2018/2019"))] == [
        "SWE"
    ] * 2


# ── sectors ─────────────────────────────────────────────────────────────────────────────────────


def test_sectors_of_a_pair() -> None:
    rows = sector_rows("RUS", "CHN", Query(flow="imports"))
    assert [row.share.value for row in rows] == sorted((row.share.value for row in rows), reverse=True)
    assert sum(row.weight.value for row in rows) == pytest.approx(1, rel=CLOSE)
    year = rows[0].share.period
    assert year == Period.of_year(2019)  # the newest that is no nowcast
    whole = one("share", "RUS", "CHN", source="icio", period=2019, flow="imports").value
    assert sum(row.share.value * row.weight.value for row in rows) == pytest.approx(whole, rel=CLOSE)
    for row in rows:
        assert row.distance == pytest.approx(0.5 - row.share.value, abs=SAME)
        assert row.dependent == (row.share.value >= 0.5)
        assert row.top_share >= row.share.value - SAME
        assert (row.rank == 1) == (row.top == "CHN")
        assert row.share.value**2 <= row.hhi <= 1
        assert row.share.product == row.sector
    assert any(row.dependent for row in rows)
    assert not any(row.dependent for row in sector_rows("RUS", "CHN", Query(flow="imports"), threshold=0.9))
    assert sector_rows("RUS", "CHN", Query(flow="imports", period=2022))[0].share.period == Period.of_year(2022)


def test_a_sector_that_the_partner_does_not_trade_in_has_a_share_of_zero() -> None:
    absent = [row for row in sector_rows("LAO", "ISL", Query(flow="imports")) if row.rank is None]
    assert absent
    assert all(row.share.value == 0 and row.distance == 0.5 for row in absent)


def test_sectors_without_a_table_say_so() -> None:
    with pytest.raises(NoDataError, match="does not list UZB"):
        sector_rows("UZB", "CHN")


# ── why they differ, and what is missing ────────────────────────────────────────────────────────


def test_reasons_are_computed_from_the_sources() -> None:
    figures = (*measure("share", "RUS", "CHN"), *measure("share", "RUS", "CHN", Query(flow="exports")))
    reasons = " ".join(why_different(figures))
    for words in ("2022, 2024 and 2025", "trade and exports", "basic prices", "re-exports", "carried forward",
                  "Russia has published no trade by partner since February 2022", "Gaidar Institute"):  # fmt: skip
        assert words in reasons
    plain = " ".join(why_different(measure("share", "SWE", "DEU")))
    assert "carried forward" not in plain
    assert "published no trade" not in plain
    assert "BACI" in plain
    assert why_different(measure("share", "SWE", "DEU")[:1]) == ()
    assert "different flows" not in plain
    assert len(why_different(figures)) == 6
    stated = [reason for reason in why_different(measure("share", "CHN", "RUS")) if reason.startswith("How")]
    assert stated == ["How The Economist arrived at the stated figures is not known here."]
    assert not any("published no trade" in reason for reason in why_different(measure("share", "CHN", "RUS")))


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("UZB", "CHN", "ICIO table does not list Uzbekistan"),
        ("TWN", "CHN", "BACI database does not list Taiwan"),
        ("RUS", "CHN", "lacks too much of Russia’s trade"),
        ("EU27", "CHN", "no customs releases"),
    ],
)
def test_what_is_missing_is_one_sentence(a: str, b: str, words: str) -> None:
    sentence = missing_data(a, b)
    assert words in sentence
    assert sentence.count(".") == 1
    swedish = missing_data(a, b, Query(language="sv"))
    assert swedish.startswith("Detta saknas")
    assert swedish != sentence
    assert ("no customs releases" in sentence) == ((a, b) != ("RUS", "CHN"))


def test_a_pair_without_any_trade_is_named_as_such() -> None:
    ledger = next(item for item in books.ledgers() if item.key == "baci-2023")
    listed = sorted(books.places(ledger, ""))
    a, b = next((a, b) for a in listed for b in listed if a < b and not books.periods(ledger, "", a, b))
    assert "no trade between the two" in missing_data(a, b)
    with pytest.raises(NoDataError, match=r"no trade between|missing, not zero"):
        measure("turnover", a, b)


# ── words ───────────────────────────────────────────────────────────────────────────────────────


def test_every_measure_is_explained_in_every_language() -> None:
    assert len({item.name for item in measures()}) == len(measures())
    for item in measures():
        english, swedish = item.to_dict("en"), item.to_dict("sv")
        assert list(english) == ["name", "definition", "formula", "unit", "denominator", "source"]
        assert all(english.values())
        assert all(english[part] != swedish[part] for part in ("definition", "denominator", "source"))
        assert find_measure(item.name) is item


def test_every_source_has_a_name_a_basis_and_a_reason() -> None:
    for language in LANGUAGES:
        text = Query(language=language)
        for item in sources():
            for part in ("name", "basis", "why"):
                assert text_of(text.language).has(f"measures.table.{item.key}.{part}"), (item.key, part)


def test_basis_and_notes_are_written_in_the_language_asked_for() -> None:
    asked = Query(period="2025-07", language="sv")
    english = measure("turnover", "RUS", "CHN", Query(period="2025-07"))[0]
    swedish = measure("turnover", "RUS", "CHN", asked)[0]
    assert replace(swedish, basis="", note="") == replace(english, basis="", note="")
    assert "Kinas tullverk" in swedish.basis
    assert "miljarder\u00a0dollar" in swedish.note
    assert "Denominator" not in measure("share", "RUS", "CHN", Query(language="sv"))[-1].note
    assert "framskrivning" in measure("share", "RUS", "CHN", Query(language="sv"))[0].basis


def test_ranks_and_indices_are_written_as_numbers_alone() -> None:
    rank, partners = one("rank", "SWE", "DEU", source="icio"), one("effective_partners", "SWE", source="icio")
    assert (written(rank), text_of("sv").figure(rank)) == ("1", "1")
    assert text_of("sv").figure(partners).replace(",", "").isdigit()
    assert text_of("en").figure(one("hhi", "SWE", source="icio")).startswith("0.0")


def test_the_page_of_measures_names_each_once() -> None:
    page = measures_markdown()
    for item in measures():
        assert page.count(f"## `{item.name}`:") == 1
        assert f"`{item.formula}`" in page
    assert "Nämnare" in measures_markdown(language="sv")


def test_every_figure_names_a_known_origin_and_says_that_it_is_nominal() -> None:
    for name in ("turnover", "share", "growth", "rank", "hhi", "trade_intensity", "rca", "share_of_gdp", "mirror"):
        for figure in answers(name, "SWE", "DEU").figures:
            assert figure.origins
            assert set(figure.origins) <= set(load_origins())
            assert figure.vintage
            assert figure.period is not None
            assert "current dollars" in figure.basis, name


# ── the user's own data ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own_flows(tmp_path: Path) -> Path:
    file = tmp_path / "own.csv"
    file.write_text(
        "exporter,importer,period,value_usd\n"
        "SWE,DEU,2030,60\nSWE,NOR,2030,40\nDEU,SWE,2030,30\nNOR,SWE,2030,10\nDEU,NOR,2030,5\nNOR,DEU,2030,5\n"
        "SWE,DEU,2029,50\nSWE,NOR,2029,40\nDEU,SWE,2029,30\nNOR,SWE,2029,10\nDEU,NOR,2029,5\nNOR,DEU,2029,5\n",
        encoding="utf-8",
    )
    return file


def test_own_flows_take_the_place_of_the_bundled(own_flows: Path) -> None:
    figure = one("share", "SWE", "DEU", data=own_flows)
    assert figure.value == pytest.approx(90 / 140, rel=SAME)
    assert figure.period == Period.of_year(2030)
    assert figure.origins == ("user:own.csv",)
    assert "own data" in figure.basis
    assert one("share", "SWE", "DEU", data=own_flows, flow="exports").value == pytest.approx(0.6, rel=SAME)
    assert one("growth", "SWE", "DEU", data=own_flows).value == pytest.approx(90 / 80 - 1, rel=SAME)
    assert one("rank", "SWE", "NOR", data=own_flows).value == 2
    assert one("hhi", "SWE", data=own_flows, flow="exports").value == pytest.approx(0.52, rel=SAME)
    with pytest.raises(NoDataError, match="does not list RUS"):
        measure("share", "RUS", "DEU", Query(data=own_flows))


def test_a_hole_is_found_in_any_file(tmp_path: Path) -> None:
    ledger = next(item for item in books.ledgers() if item.key == "baci-2023")
    file = tmp_path / "bilateral.parquet"
    books.table(ledger, "").select("exporter", "importer", "period", "value_usd").write_parquet(file)
    with pytest.raises(NoDataError, match="missing and not zero"):
        measure("share", "KOR", "CHN", Query(data=file))
    bundled = one("share", "SWE", "DEU", source="baci-2023").value
    assert one("share", "SWE", "DEU", data=file).value == pytest.approx(bundled, rel=SAME)


def test_own_flows_are_read_again_when_they_change(own_flows: Path) -> None:
    before = one("turnover", "SWE", "DEU", data=own_flows).value
    own_flows.write_text(own_flows.read_text(encoding="utf-8").replace("DEU,2030,60", "DEU,2030,66"), encoding="utf-8")
    assert one("turnover", "SWE", "DEU", data=own_flows).value == pytest.approx(before + 6)


def test_a_direction_that_nobody_filed_is_not_taken_for_zero(tmp_path: Path) -> None:
    file = tmp_path / "one-way.csv"
    file.write_text(
        "exporter,importer,period,value_usd\nSWE,DEU,2030,60\nSWE,NOR,2030,40\nNOR,DEU,2030,9\n", encoding="utf-8"
    )
    assert one("exports", "SWE", "DEU", data=file).value == 60
    for name, flow in (("imports", "imports"), ("turnover", "total"), ("balance", "balance")):
        with pytest.raises(NoDataError, match="holds no exports of DEU or no imports of SWE"):
            measure(name, "SWE", "DEU", Query(data=file, flow="total" if flow == "balance" else flow))
    assert one("share", "SWE", "DEU", data=file, flow="exports").value == pytest.approx(0.6)
    for name in ("share", "rank"):
        with pytest.raises(NoDataError, match="holds no imports of SWE"):
            measure(name, "SWE", "DEU", Query(data=file))
    with pytest.raises(NoDataError, match="holds no imports of SWE"):
        measure("hhi", "SWE", "", Query(data=file))


def test_a_share_of_zero_has_a_difference_and_no_ratio(tmp_path: Path) -> None:
    file = tmp_path / "zero.csv"
    file.write_text(
        "exporter,importer,period,value_usd\nSWE,DEU,2030,60\nDEU,SWE,2030,0\nNOR,SWE,2030,5\nDEU,NOR,2030,5\n",
        encoding="utf-8",
    )
    query = {"data": file, "flow": "imports"}
    assert one("asymmetry_difference", "SWE", "DEU", **query).value == 0
    for name in ("asymmetry_ratio", "asymmetry_log_ratio"):
        with pytest.raises(NoDataError, match="is zero"):
            measure(name, "SWE", "DEU", Query(**query))  # type: ignore[arg-type]


def test_own_products_are_added_up_and_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(
        "exporter,importer,product,period,value_usd\n"
        "SWE,DEU,cars,2030,60\nSWE,DEU,steel,2030,40\nDEU,SWE,cars,2030,20\nDEU,SWE,steel,2030,0\n",
        encoding="utf-8",
    )
    assert one("turnover", "SWE", "DEU", data=file).value == 120
    assert one("exports", "SWE", "DEU", data=file, product="steel").value == 40
    assert one("grubel_lloyd", "SWE", "DEU", data=file).value == pytest.approx(1 - 80 / 120)
    assert [row.sector for row in sector_rows("SWE", "DEU", Query(data=file, flow="exports"))] == ["cars", "steel"]


def test_an_amount_without_an_exchange_rate_is_not_zero(tmp_path: Path) -> None:
    file = tmp_path / "roubles.csv"
    file.write_text(
        "exporter,importer,period,value,currency\nRUS,CHN,2024,5,RUB\nCHN,RUS,2024,7,RUB\n", encoding="utf-8"
    )
    with pytest.raises(NoDataError, match="no exchange rate"):
        measure("turnover", "RUS", "CHN", Query(data=file))


def test_own_reports_become_flows_by_the_stated_rule(tmp_path: Path) -> None:
    file = tmp_path / "reports.csv"
    file.write_text(
        "reporter,partner,direction,period,value_usd\n"
        "SWE,DEU,export,2030,50\nDEU,SWE,import,2030,55\nDEU,SWE,export,2030,20\n",
        encoding="utf-8",
    )
    assert one("exports", "SWE", "DEU", data=file).value == 55
    assert one("imports", "SWE", "DEU", data=file).value == 20
    exporter, importer, reconciled, *gaps = measure("mirror", "SWE", "DEU", Query(data=file, flow="exports"))
    assert (exporter.value, importer.value, reconciled.value) == (50, 55, 55)
    assert ("exporter" in exporter.note, "importer" in importer.note) == (True, True)
    assert "importer’s report is taken" in reconciled.note
    assert gaps[0].value == pytest.approx(math.log(55 / 50), rel=CLOSE)
    only, taken = measure("mirror", "SWE", "DEU", Query(data=file, flow="imports"))[:2]
    assert (only.value, taken.value) == (20, 20)
    assert "importer filed none" in taken.note


def test_own_facts_are_levels_and_growth_like_any_other(tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    file.write_text(
        "subject,object,measure,flow,concept,printed,scale,unit,currency,period,base_period,reporter\n"
        "SWE,DEU,turnover,total,flow,10.5,1e9,USD,USD,2030,,SCB\n"
        "SWE,DEU,growth,total,outcome,5.0,0.01,fraction,USD,2030,2029,SCB\n"
        "SWE,DEU,share,total,outcome,11,0.01,fraction,,2030-H1,,SCB\n"
        "SWE,DEU,share,total,outcome,12,0.01,fraction,,2030,,SCB\n"
        "SWE,DEU,growth,exports,outcome,7.0,0.01,fraction,USD,2032,2031,SCB\n",
        encoding="utf-8",
    )
    assert one("turnover", "DEU", "SWE", data=file).value == 10.5e9
    assert one("growth", "SWE", "DEU", data=file).value == pytest.approx(0.05)
    assert one("growth", "SWE", "DEU", data=file, flow="exports").period == Period.of_year(2032)
    assert one("implied_base", "SWE", "DEU", data=file, period=2029).value == pytest.approx(1e10)
    assert one("share", "SWE", "DEU", data=file).value == pytest.approx(0.12)
    with pytest.raises(NoDataError):
        measure("share", "DEU", "SWE", Query(data=file))
    one_sided = tmp_path / "one-sided.csv"
    one_sided.write_text(
        "subject,measure,concept,printed,unit,period,reporter\nSWE,gdp,flow,1,USD,2030,SCB\n", encoding="utf-8"
    )
    with pytest.raises(NoDataError, match="among the published figures"):
        measure("turnover", "SWE", "DEU", Query(data=one_sided))


def test_at_most_two_names_are_suggested() -> None:
    with pytest.raises(MeasureError, match=r"Did you mean asymmetry_ratio or asymmetry_log_ratio\?$"):
        find_measure("asymmetry_rati")


# source: how many of the two ordered pairs it answers, the years of its figures, whether one is a nowcast
WORTHS = {
    "one": (1, (2024,), False),
    "nowcast": (2, (2023, 2023), True),
    "uneven": (2, (2020, 2022), False),
    "even": (2, (2021, 2021), False),
}


@pytest.mark.parametrize(
    ("sources", "chosen"),
    [
        (("one", "nowcast"), "nowcast"),
        (("nowcast", "uneven"), "uneven"),
        (("uneven", "nowcast"), "uneven"),
        (("uneven", "even"), "even"),
        (("one", "nowcast", "uneven", "even"), "even"),
    ],
)
def test_a_matrix_takes_the_source_that_answers_most_then_no_nowcast_then_the_newest(
    sources: tuple[str, ...], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(name: str, a: str, b: str, query: Query) -> Answers:
        count, years, _ = WORTHS[query.source]
        at = ("CHN", "RUS").index(a)
        found = Figure(name, a, b, period=Period.of_year(years[min(at, count - 1)]), origins=(query.source,))
        return Answers((found, replace(found, note="second")) if at < count else ())

    listed = [SimpleNamespace(key=source, totals="both") for source in sources]
    listed.append(SimpleNamespace(key="partial", totals="importer"))
    monkeypatch.setattr(registry, "ledgers", lambda data: listed)
    monkeypatch.setattr(registry, "answers", answer)
    monkeypatch.setattr(
        registry,
        "carried_countries",
        lambda figure, query: ("CHN",) if WORTHS[figure.origins[0]][2] and figure.subject == "CHN" else (),
    )
    found = matrix("share", ("CHN", "RUS"))
    assert [figure.origins for figure in found] == [(chosen,)] * WORTHS[chosen][0]
    assert {figure.note for figure in found} == {""}


# ── levels out of a few published figures ───────────────────────────────────────────────────────


def published(monkeypatch: pytest.MonkeyPatch, *figures: tuple[str, str, str]) -> None:
    """Let only these be known of SWE and DEU: flow or `growth`, period, printed text (in billion dollars, per cent)."""
    found: list[Figure] = []
    for flow, label, text in figures:
        rate = flow == "growth"
        measure_name = "growth" if rate else {"total": "turnover"}.get(flow, flow)
        bare = Figure(measure_name, "SWE", "DEU", "total" if rate else flow, period=Period.parse(label), reporter="R")
        unit = replace(bare, unit="fraction") if rate else replace(bare, unit="USD", currency="USD")
        figure = printed(unit, text, scale=0.01 if rate else 1e9)
        found.append(replace(figure, base_period=Period.parse(label).shift_years(-1)) if rate else figure)
    rates = tuple(figure for figure in found if figure.measure == "growth")
    known = Releases(Published(tuple(figure for figure in found if figure not in rates), rates), (), (), ())
    monkeypatch.setattr(levels, "releases", lambda question: known)


def test_a_level_that_was_not_printed_is_the_best_implied_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    published(
        monkeypatch,
        *(("total", "2025-H1", "106.48"), ("total", "2025-Q2", "56.10")),
        *(("exports", "2025-Q1", "30.02"), ("imports", "2025-Q1", "20.3")),
    )
    found = measure("turnover", "SWE", "DEU", Query(period="2025-Q1", source="facts"))
    assert [figure.value for figure in found] == [pytest.approx(50.38e9, rel=CLOSE)]
    assert measure("implied_level", "SWE", "DEU", Query(period="2025-Q1", source="facts"))[1].value == pytest.approx(
        50.32e9, rel=CLOSE
    )


def test_what_growth_implies_of_a_revised_base_is_no_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    published(monkeypatch, ("total", "2024", "100.0"), ("total", "2025", "120.0"), ("growth", "2025", "10.0"))
    (level,) = measure("turnover", "SWE", "DEU", Query(period=2024, source="facts"))
    assert (level.value, level.note) == (pytest.approx(100e9), "")


def test_the_newest_growth_is_of_the_longest_span_that_ends_last(monkeypatch: pytest.MonkeyPatch) -> None:
    published(monkeypatch, ("growth", "2025-H2", "5.0"), ("growth", "2025", "4.0"), ("growth", "2025-H1", "3.0"))
    assert measure("growth", "SWE", "DEU", Query(source="facts"))[0].period == Period.of_year(2025)


def test_a_refusal_lists_the_six_newest_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    published(monkeypatch, *(("total", str(year), "100.0") for year in range(2015, 2024)))
    with pytest.raises(NoDataError, match=r"level are: 2018, 2019, 2020, 2021, 2022, 2023\."):
        measure("implied_level", "SWE", "DEU", Query(period="2024-Q1", source="facts"))


@pytest.mark.parametrize("known", [("total", "2025", "110.0"), ("growth", "2025", "10.0")])
def test_a_base_takes_both_a_level_and_its_growth(known: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    published(monkeypatch, known)
    with pytest.raises(NoDataError, match="the base in 2024 is not known"):
        measure("implied_base", "SWE", "DEU", Query(period=2024, source="facts"))


@pytest.mark.parametrize(("name", "other"), [("rca", ""), ("complementarity", "DEU"), ("exports", "DEU")])
def test_measures_of_exports_take_no_other_flow(name: str, other: str) -> None:
    with pytest.raises(MeasureError, match=f"{name} has one flow only, exports"):
        measure(name, "SWE", other, Query(flow="imports"))


# ── amounts of tables ───────────────────────────────────────────────────────────────────────────


def test_filed_tables_stand_before_reconciled_ones_and_those_before_models() -> None:
    table = books.ledgers()[0]
    sides = ("model", "reconciled", "importer", "either", "model", "exporter")
    ordered = by_closeness(tuple(replace(table, side=side) for side in sides))
    assert [item.side for item in ordered] == ["importer", "either", "exporter", "reconciled", "model", "model"]


def test_a_balance_is_exports_less_imports_with_one_partner_and_with_all(tmp_path: Path) -> None:
    file = tmp_path / "flows.csv"
    rows = [("SWE", "DEU", 21), ("DEU", "SWE", 30), ("SWE", "NOR", 20), ("NOR", "SWE", 15), ("NOR", "DEU", 9)]
    lines = [f"{exporter},{importer},total,2024,{value}e9,USD" for exporter, importer, value in rows]
    file.write_text("\n".join(["exporter,importer,product,period,value,currency", *lines]), encoding="utf-8")
    (balance,) = measure("balance", "SWE", "DEU", Query(data=file))
    assert balance.value == pytest.approx(-9e9, rel=SAME)
    (turned,) = measure("balance", "DEU", "SWE", Query(data=file))
    assert turned.value == pytest.approx(9e9, rel=SAME)
    with_all = whole(ask("SWE", "DEU", Query(data=file)), books.ledgers(file)[0], "balance", Period.of_year(2024))
    assert with_all.value == pytest.approx(-4e9, rel=SAME)


# ── mirrors ─────────────────────────────────────────────────────────────────────────────────────


def test_an_office_filed_as_the_exporter_what_its_own_country_sold_and_as_the_importer_what_it_bought() -> None:
    sides = {
        (a, b, flow): measure("mirror", a, b, Query(flow=flow, period=2024))[0].note
        for a, b in (("CHN", "RUS"), ("RUS", "CHN"))
        for flow in ("exports", "imports")
    }
    assert "Filed by the exporter." in sides["CHN", "RUS", "exports"]
    assert "Filed by the importer." in sides["CHN", "RUS", "imports"]
    assert "Filed by the importer." in sides["RUS", "CHN", "exports"]
    assert "Filed by the exporter." in sides["RUS", "CHN", "imports"]


def test_reports_of_other_flows_products_and_periods_are_not_mixed_in(tmp_path: Path) -> None:
    file = tmp_path / "reports.csv"
    file.write_text(
        "reporter,partner,direction,product,period,value_usd\n"
        "SWE,DEU,export,total,2030,50\nDEU,SWE,import,total,2030,0\n"
        "SWE,NOR,export,total,2030,7\nNOR,DEU,export,total,2030,8\nDEU,SWE,export,total,2030,9\n"
        "SWE,DEU,export,total,2029,10\nSWE,DEU,export,8703,2030,11\n",
        encoding="utf-8",
    )
    found = measure("mirror", "SWE", "DEU", Query(data=file, flow="exports", period=2030))
    values = [figure for figure in found if figure.measure == "mirror"]
    assert [figure.value for figure in values] == [50, 0, 0]
    # A report of nothing has no gap in logarithms.
    assert [figure for figure in found if figure.measure == "mirror_gap"] == []
    cars = measure("mirror", "SWE", "DEU", Query(data=file, flow="exports", period=2030, product="8703"))
    assert {figure.value for figure in cars if figure.measure == "mirror"} == {11}
    with pytest.raises(NoDataError, match="no report of what DEU sold to NOR"):
        measure("mirror", "DEU", "NOR", Query(data=file, flow="exports", period=2030, source=file.name))


def test_a_gap_names_both_sides_and_keeps_the_pair() -> None:
    first, *_, gap = measure("mirror", "CHN", "RUS", Query(flow="exports", period=2022))
    assert (gap.measure, gap.subject, gap.object, gap.period) == ("mirror_gap", "CHN", "RUS", first.period)
    assert "the OECD’s ICIO table against the General Administration of Customs of China" in gap.note


# ── years of a series ───────────────────────────────────────────────────────────────────────────


def test_years_run_from_the_first_start_to_the_last_end_of_what_was_published(monkeypatch: pytest.MonkeyPatch) -> None:
    rate = Figure("growth", "SWE", "DEU", period=Period.parse("2019/2021"))
    known = Releases(Published((replace(rate, period=Period.of_month(2023, 2)),), (rate,)), (), (), ())
    monkeypatch.setattr(spans, "releases", lambda question: known)
    found = spans.years_of(ask("SWE", "DEU", Query(source="facts")))
    assert found == tuple(Period.of_year(year) for year in (2019, 2020, 2021, 2022, 2023))
    monkeypatch.setattr(spans, "releases", lambda question: Releases(Published(), (), (), ()))
    assert spans.years_of(ask("SWE", "DEU", Query(source="facts"))) == ()


def test_years_of_a_pair_are_those_of_its_own_flows_and_of_one_place_all_of_the_table(tmp_path: Path) -> None:
    file = tmp_path / "flows.csv"
    rows = [("SWE", "DEU", 2021), ("SWE", "NOR", 2019), ("NOR", "DEU", 2023), ("DEU", "SWE", 2022)]
    lines = [f"{exporter},{importer},total,{year},5e9,USD" for exporter, importer, year in rows]
    file.write_text("\n".join(["exporter,importer,product,period,value,currency", *lines]), encoding="utf-8")
    assert [year.label for year in spans.years_of(ask("SWE", "DEU", Query(data=file)))] == ["2021", "2022"]
    assert [year.label for year in spans.years_of(ask("SWE", "", Query(data=file)))] == [
        str(year) for year in range(2019, 2024)
    ]


def test_a_table_of_your_own_is_monthly_only_where_every_period_is_a_month(tmp_path: Path) -> None:
    for name, periods, frequency in (
        ("months", ("2024-01", "2024-02"), "month"),
        ("years", ("2023", "2024"), "year"),
        ("mixed", ("2024-01", "2023"), "year"),
    ):
        file = tmp_path / f"{name}.csv"
        lines = [f"SWE,DEU,total,{period},5e9,USD" for period in periods]
        file.write_text("\n".join(["exporter,importer,product,period,value,currency", *lines]), encoding="utf-8")
        assert books.ledgers(file)[0].frequency == frequency
