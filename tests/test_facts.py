"""Facts: printed digits, marks found by rule, gaps, the user's own table, and coverage of a pair."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur import codes, facts
from amur.coverage import coverage, described_sources
from amur.errors import CodeError, FactsError
from amur.facts import Fact
from amur.intervals import Interval
from amur.origins import load_origins
from amur.periods import Period

FACTS = facts.load_facts()
WITH_VALUE = [fact for fact in FACTS if fact.value is not None]
CUSTOMS = [fact for fact in FACTS if fact.origin == "facts-gacc"]
# Value and printed × scale are the same product computed twice.
PRODUCT = 1e-12


def customs(measure: str, period: str = "") -> list[Fact]:
    span = Period.parse(period) if period else None
    return [fact for fact in CUSTOMS if fact.measure == measure and span in (None, fact.period)]


@given(st.sampled_from(WITH_VALUE))
def test_a_fact_is_what_was_printed(fact: Fact) -> None:
    assert fact.value == pytest.approx(float(Decimal(fact.printed)) * fact.scale, rel=PRODUCT)
    figure = fact.figure()
    assert figure.value == pytest.approx(fact.value, rel=PRODUCT)
    assert figure.printed == fact.printed
    assert figure.origins == (fact.origin,)
    assert figure.reporter == fact.reporter
    if fact.vague:
        assert figure.interval is None
    else:
        digits = Decimal(fact.printed).as_tuple().exponent
        assert isinstance(digits, int)
        half = 0.5 * 10.0 ** min(digits, 0) * fact.scale
        assert figure.interval_kind == "rounding"
        assert figure.interval is not None
        assert figure.interval.width == pytest.approx(2 * half, rel=1e-6)
        assert figure.interval.contains(figure.value)


@given(st.sampled_from(FACTS))
def test_every_fact_keeps_its_contract(fact: Fact) -> None:
    assert fact.origin in load_origins()
    assert fact.concept in facts.CONCEPTS
    assert fact.measure
    assert fact.confidence
    assert fact.source_title or fact.source_url
    assert fact.unit != "%"
    if fact.currency and fact.unit == fact.currency:
        assert fact.value is None or abs(fact.value) < 1e15


def test_ids_are_unique_and_places_are_known_or_words() -> None:
    assert len({fact.id for fact in FACTS}) == len(FACTS)
    for fact in FACTS:
        for place in (fact.subject, fact.object):
            assert place in codes.place_codes() or len(place) != 3 or place == "", fact.id


def test_known_turnover_of_china_and_russia() -> None:
    wanted = {"2021": "146.887", "2022": "190.27", "2023": "240.11", "2024": "244.819", "2025": "228.105",
              "2025-H1": "106.48", "2025-01/2025-07": "125.8"}  # fmt: skip
    best = {fact.period.label: fact.printed for fact in facts.best(customs("turnover")) if fact.period}
    assert {label: best[label] for label in wanted} == wanted
    (july,) = customs("turnover", "2025-07")
    assert (july.printed, july.value) == ("19.14", pytest.approx(19.14e9))
    growth = {fact.period.label: fact.value for fact in customs("growth") if fact.period}
    assert (growth["2025-H1"], growth["2025-01/2025-07"], growth["2025"]) == pytest.approx((-0.091, -0.081, -0.069))


def test_growth_carries_the_period_it_is_measured_from() -> None:
    (figure,) = (fact.figure() for fact in customs("growth", "2025-H1"))
    assert figure.base_period == Period.parse("2024-H1")
    assert figure.unit == "fraction"
    assert "in USD" in figure.basis


def test_the_58_rows_are_all_there_as_single_figures() -> None:
    assert len({(fact.period, fact.source_url) for fact in CUSTOMS}) == 58


def test_rows_whose_parts_do_not_add_up_are_found_by_rule() -> None:
    marked = {fact.period.label for fact in CUSTOMS if "parts do not add up" in fact.marks and fact.period}
    by_row: dict[tuple[object, str], dict[str, Interval]] = {}
    for fact in CUSTOMS:
        if fact.measure != "growth" and fact.period:
            found = by_row.setdefault((fact.period.label, fact.source_url), {})
            found[fact.measure] = Interval.of_printed(fact.printed)
    wrong = {
        str(label) for (label, _), parts in by_row.items()
        if len(parts) == 3 and not parts["turnover"].overlaps(parts["exports"] + parts["imports"])
    }  # fmt: skip
    assert marked == wrong
    assert "2023-01/2023-02" in marked
    worst = customs("turnover", "2023-01/2023-02")
    assert "36.7" in worst[0].note
    assert "18.65" in worst[0].note


def test_the_doubled_half_year_keeps_both_figures_and_prefers_the_longer() -> None:
    both = customs("turnover", "2024-H1")
    assert sorted(fact.printed for fact in both) == ["116.87", "116.9"]
    assert all("several figures for this period" in fact.marks for fact in both)
    assert [fact.printed for fact in facts.best(both)] == ["116.87"]


def test_years_that_nobody_reported_are_gaps() -> None:
    assert [period.label for period in facts.gaps(customs("turnover"))] == ["2018", "2020"]
    assert facts.gaps([]) == ()


def test_a_target_a_conversion_and_a_forecast_are_not_outcomes() -> None:
    target = [fact for fact in facts.find(subject="CHN", object="RUS", measure="turnover", period="2023")
              if fact.concept == "target"]  # fmt: skip
    assert [fact.value for fact in target] == [200e9]
    press = [fact for fact in FACTS if fact.concept == "conversion"]
    assert [(fact.value, "press conversion" in fact.marks) for fact in press] == [(234e9, True)]
    assert all(fact.vague for fact in FACTS if fact.concept == "forecast")


def test_shares_as_others_state_them() -> None:
    def said(subject: str, flow: str, period: str, reporter: str) -> list[float | None]:
        found = facts.find(subject=subject, measure="share", period=period)
        return [fact.value for fact in found if fact.flow == flow and fact.reporter == reporter]

    assert said("RUS", "total", "2024", "The Economist") == pytest.approx([0.34])
    assert said("CHN", "total", "2024", "The Economist") == pytest.approx([0.04])
    assert said("RUS", "exports", "2025", "Gaidar Institute") == pytest.approx([0.27])
    assert said("RUS", "imports", "2025", "Gaidar Institute") == pytest.approx([0.36])
    claims = [fact for fact in FACTS if fact.confidence == "press_claim"]
    assert {fact.reporter for fact in claims} == {"The Economist", "Gaidar Institute"}


def test_growth_in_dollars_and_in_yuan_stay_apart() -> None:
    found = facts.find(subject="CHN", object="RUS", measure="growth", period="2025")
    totals = {fact.currency: fact.value for fact in found if fact.flow == "total"}
    assert totals == {"USD": pytest.approx(-0.069), "CNY": pytest.approx(-0.065)}
    legs = {fact.flow: fact.value for fact in found if fact.currency == "CNY"}
    assert legs == {"total": pytest.approx(-0.065), "exports": pytest.approx(-0.099), "imports": pytest.approx(-0.034)}


def test_vague_numbers_have_no_interval() -> None:
    (crude,) = [fact for fact in facts.find(subject="CHN", object="RUS", measure="quantity", period="2023")
                if fact.product == "crude oil"]  # fmt: skip
    assert crude.printed == "107"
    assert "approximate" in crude.marks
    (saudi,) = [fact for fact in facts.find(subject="CHN", object="SAU", measure="quantity", period="2023")
                if fact.product == "crude oil"]  # fmt: skip
    assert saudi.marks == ()


def test_a_fact_without_level_is_no_figure() -> None:
    (empty,) = [fact for fact in FACTS if fact.value is None]
    with pytest.raises(FactsError, match="gives no number"):
        empty.figure()


def test_reporters_have_names_in_both_languages() -> None:
    found = facts.reporters()
    assert found["GACC"].name("sv") == "Kinas tullverk"
    assert found["GACC"].place == "CHN"
    assert {reporter.place for reporter in found.values()} - {""} <= codes.place_codes()


# ── the user's own facts ────────────────────────────────────────────────────────────────────────

HEADER = "subject,object,measure,flow,concept,printed,scale,unit,currency,period,reporter"
GOOD = "CHN,RUS,turnover,total,flow,240.1,1e9,USD,USD,2023,GACC"


def write(folder: Path, text: str) -> Path:
    path = folder / "facts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_user_s_facts_become_figures(tmp_path: Path) -> None:
    (fact,) = facts.load_facts(data=write(tmp_path, f"{HEADER}\n{GOOD}\n"))
    figure = fact.figure()
    assert figure.value == pytest.approx(240.1e9)
    assert figure.interval is not None
    assert figure.interval.width == pytest.approx(0.1e9, rel=1e-6)
    assert (fact.product, fact.origin, fact.id) == ("total", "user:facts.csv", "facts.csv:2")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("240.1", "240,1", "facts.csv"),
        ("240.1", "about 240", "line 2"),
        ("flow,240.1", "outcomes,240.1", "'outcomes' is no concept"),
        ("CHN,RUS", "CHN,RUSS", "Did you mean RUS?"),
        ("2023,GACC", "2023-14,GACC", "line 2"),
        ("2023,GACC", "2023,", "column reporter is empty"),
        ("subject,", "who,", "'who' that is not understood"),
        (",reporter", "", "fields"),
    ],
)
def test_faulty_facts_are_refused_with_the_line(tmp_path: Path, old: str, new: str, part: str) -> None:
    text = f"{HEADER}\n{GOOD}\n".replace(old, new, 1)
    with pytest.raises(FactsError) as caught:
        facts.read_facts(write(tmp_path, text))
    assert part in str(caught.value), str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_value_that_contradicts_its_print_and_a_repeated_id(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="is not printed × scale"):
        facts.read_facts(write(tmp_path, f"{HEADER},value\n{GOOD},241e9\n"))
    with pytest.raises(FactsError, match="uses the id 'a' twice"):
        facts.read_facts(write(tmp_path, f"{HEADER},id\n{GOOD},a\n{GOOD.replace('2023', '2022')},a\n"))
    with pytest.raises(FactsError, match="lacks the column"):
        facts.read_facts(write(tmp_path, "subject,measure\nCHN,turnover\n"))


# ── coverage ────────────────────────────────────────────────────────────────────────────────────


def test_what_exists_for_a_pair() -> None:
    found = coverage("RUS", "Kina")
    by_key = {(row.source, row.measure): row for row in found.rows}
    icio = by_key["icio", "exports by ICIO28"]
    assert (icio.first.label, icio.last.label, icio.frequency, icio.count) == ("2011", "2022", "year", 12)
    turnover = by_key["facts-gacc", "turnover of CHN"]
    assert [period.label for period in turnover.missing] == ["2018", "2020"]
    assert turnover.last.label == "2026-01/2026-04"
    assert ("facts-extra", "turnover of CHN (target)") in by_key
    assert found.newest == turnover.last
    assert found.to_dict()["pair"] == ["RUS", "CHN"]


def test_coverage_is_the_same_seen_from_either_side() -> None:
    one, other = coverage("SWE", "DEU"), coverage("DEU", "SWE")
    swap = {"exports": "imports", "imports": "exports"}
    turned = {(row.source, swap[row.measure.split()[0]] + row.measure[7:], row.first, row.last) for row in other.rows}
    assert {(row.source, row.measure, row.first, row.last) for row in one.rows} == turned


@pytest.mark.parametrize(
    ("first", "second", "there", "absent"),
    [("UZB", "CHN", "baci-2023", "icio"), ("TWN", "CHN", "icio", "baci-2023"), ("EU27", "CHN", "eurostat-annual", "x")],
)
def test_sources_that_lack_a_pair_are_not_listed(first: str, second: str, there: str, absent: str) -> None:
    listed = {row.source for row in coverage(first, second).rows}
    assert there in listed
    assert absent not in listed


def test_a_bloc_is_covered_by_itself_and_by_its_members() -> None:
    rows = {(row.source, row.measure): row for row in coverage("EU27", "CHN").rows}
    assert "by members" in rows["icio", "exports by ICIO28"].note
    assert "by members" not in rows["eurostat-annual", "exports"].note


def test_an_empty_pair_and_a_pair_of_one() -> None:
    assert coverage("PCN", "ABW").rows == ()
    assert coverage("PCN", "ABW").newest is None
    with pytest.raises(CodeError, match="stands on both sides"):
        coverage("CHN", "China")


def test_coverage_of_the_user_s_own_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("exporter,importer,period,value_usd\nRUS,CHN,2021,1\nRUS,CHN,2023,1\n", encoding="utf-8")
    (row,) = coverage("RUS", "CHN", data=path).rows
    assert (row.source, row.measure, [period.label for period in row.missing]) == ("mine.csv", "exports", ["2022"])
    (fact,) = coverage("RUS", "CHN", data=write(tmp_path, f"{HEADER}\n{GOOD}\n")).rows
    assert (fact.source, fact.measure) == ("user:facts.csv", "turnover of CHN")


def test_sources_are_described_with_their_span() -> None:
    rows = {str(row["key"]): row for row in described_sources()}
    assert set(rows) == set(load_origins())
    icio = rows["oecd-icio"]["coverage"]
    assert isinstance(icio, dict)
    assert (icio["first"], icio["last"], icio["frequency"]) == ("2011", "2022", "year")
    customs_span = rows["facts-gacc"]["coverage"]
    assert isinstance(customs_span, dict)
    assert customs_span["last"] == "2026-01/2026-04"
    assert rows["world-atlas-50m"]["coverage"] is None
