"""Verdicts against a small set of published facts: each code, each near miss, and what is never claimed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from claim_makers import FACTS, A, B, linked, reading, write_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.claims.amounts import Statement
from amur.claims.check import check
from amur.claims.claim import Reading
from amur.claims.evidence import NOTHING, Evidence, Knowledge, exchange_rate
from amur.claims.link import Linked
from amur.claims.predicates import judge_predicate
from amur.claims.verdict import CODES, Judgement, fit, judge
from amur.figures import Figure
from amur.periods import Period

# Exact arithmetic on printed digits, apart from floating point.
CLOSE = 1e-9


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return Knowledge(write_facts(tmp_path_factory.mktemp("facts") / "facts.csv"))


def verdict(knowledge: Knowledge, *readings: Reading) -> Judgement:
    (item,) = linked(*readings)
    return judge(item, knowledge) if item.reading.value is not None else judge_predicate(item, knowledge)


def evidence(knowledge: Knowledge, claim: Reading) -> tuple[Evidence, ...]:
    (item,) = linked(claim)
    statement = item.links[0].statement
    assert statement is not None
    return knowledge.evidence(statement)


# ── what holds ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "claim",
    [
        reading("value", 125.4e9, "2024", half=0.05e9),
        reading("value", 125e9, "2024", half=0.5e9),
        # Norway's exports to Sweden are Sweden's imports from Norway.
        reading("value", 80e9, "2024", half=0.5e9, flow="imports"),
        reading("value", 45e9, "2024", half=0.5e9, flow="exports"),
        reading("value", 80e9, "2024", half=0.5e9, subject=B, object=A, flow="exports"),
        reading("growth", 0.254, "2024", half=0.0005),
        reading("growth", 0.25, "2024", half=0.005),
        reading("growth", 0.333, "2024", half=0.0005, flow="imports"),
        reading("growth", 0.135, "2024", half=0.0005, flow="exports"),
        reading("share", 0.081, "2024", half=0.0005, subject=B, object=A, flow="exports"),
        reading("value", 120e9, "2024", low=120e9, high=float("inf"), qualifier="more_than"),
        reading("value", 18.2e9, "2024", half=0.05e9, subject=B, object=A, flow="", concept="investment"),
        reading("change", 25.4e9, "2024", half=0.05e9, base="2023"),
        reading("growth", 0.5675, "2024", half=0.005, base="2022"),
    ],
)
def test_figures_that_round_to_the_data_are_supported(knowledge: Knowledge, claim: Reading) -> None:
    found = verdict(knowledge, claim)
    assert found.code == "supported"
    assert found.evidence
    assert 0 < found.confidence <= 1


def test_one_digit_off_is_rounding_and_two_are_not(knowledge: Knowledge) -> None:
    cut = verdict(knowledge, reading("value", 126e9, "2024", half=0.5e9))
    assert cut.code == "supported_within_rounding"
    assert verdict(knowledge, reading("value", 127e9, "2024", half=0.5e9)).code == "contradicted"
    assert verdict(knowledge, reading("value", 125.5e9, "2024", half=0.05e9)).code == "contradicted"


def test_growth_over_two_releases_is_believed_within_the_revisions_that_releases_show(knowledge: Knowledge) -> None:
    # 125.4 / 1.254 = 100.0 was printed as 100.0, 100 / 1.25 as 80.0, 80 / 1.333 as 60.0: revisions here are tiny.
    assert knowledge.revision < 0.001
    (computed,) = evidence(knowledge, reading("growth", 0.5675, "2024", base="2022"))
    assert computed.nature in ("computed", "implied")
    assert computed.figure.value == pytest.approx(125.4 / 80 - 1, rel=1e-2)


def test_mirrored_evidence_is_told_from_the_side_that_asks(knowledge: Knowledge) -> None:
    (level,) = evidence(knowledge, reading("value", 80e9, "2024", flow="imports"))
    assert (level.figure.subject, level.figure.object, level.figure.flow) == (A, B, "imports")
    rates = evidence(knowledge, reading("growth", 0.333, "2024", flow="imports"))
    assert {(one.figure.subject, one.figure.flow) for one in rates} == {(A, "imports")}


# ── what fails ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claim", "code", "kind", "after"),
    [
        (reading("value", 80e9, "2024", half=0.05e9, flow="exports"), "roles_swapped", "roles", ""),
        (reading("growth", 0.333, "2024", half=0.0005, flow="exports"), "roles_swapped", "roles", ""),
        (reading("value", 100.0e9, "2024", half=0.05e9), "supported_only_for", "period", "2023"),
        (reading("growth", 0.5675, "2024", half=0.00005, base="2021"), "supported_only_for", "base", "2022"),
        (reading("growth", 1.0, "2024", low=1.0, high=float("inf"), base="2022"), "supported_only_for", "base", "2021"),
        (reading("value", 45.4e9, "2024", half=0.05e9), "supported_only_for", "flow", "exports"),
        (reading("value", 152.4e9, "2024", half=0.05e9), "contradicted", "digits", "125.4"),
        (reading("growth", -0.254, "2024", half=0.0005), "contradicted", "sign", "0.254"),
        (reading("value", 125.4e6, "2024", half=0.05e6), "contradicted", "scale", "1000.0"),
    ],
)
def test_a_near_miss_names_its_slip(knowledge: Knowledge, claim: Reading, code: str, kind: str, after: str) -> None:
    found = verdict(knowledge, claim)
    assert found.code == code
    assert found.edit is not None
    assert found.edit.kind == kind
    assert after in str(found.edit.after)
    assert fit(Statement("", found.edit.figure, found.link.statement.relation), found.evidence[0]) == "equal"  # type: ignore[union-attr]


def test_a_figure_that_is_nowhere_is_contradicted_without_a_repair(knowledge: Knowledge) -> None:
    found = verdict(knowledge, reading("value", 137.9e9, "2024", half=0.05e9))
    assert (found.code, found.edit) == ("contradicted", None)
    assert found.evidence[0].figure.value == pytest.approx(125.4e9)


def test_few_digits_prove_no_slip(knowledge: Knowledge) -> None:
    # Eighty is also Norway's exports, but one digit fits too many figures.
    found = verdict(knowledge, reading("value", 80e9, "2023", half=5e9))
    assert (found.code, found.edit) == ("contradicted", None)


def test_open_ended_claims_look_for_another_base_only(knowledge: Knowledge) -> None:
    found = verdict(knowledge, reading("value", 130e9, "2024", low=130e9, high=float("inf")))
    assert (found.code, found.edit) == ("contradicted", None)


def test_a_target_reported_as_outcome_is_another_concept(knowledge: Knowledge) -> None:
    found = verdict(knowledge, reading("value", 150e9, "2024", half=0.5e9))
    assert found.code == "different_concept"
    assert found.evidence[0].figure.basis.startswith("target")
    assert any(one.figure.value == pytest.approx(125.4e9) for one in found.evidence)


# ── what cannot be told ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("modality", ["target", "forecast", "norm", "opinion", "hypothetical", "negated"])
def test_what_is_no_outcome_is_called_so_with_the_outcome_beside(knowledge: Knowledge, modality: str) -> None:
    found = verdict(knowledge, reading("value", 200e9, "2024", modality=modality))
    assert (found.code, found.detail) == ("not_an_outcome", modality)
    assert found.evidence[0].figure.value == pytest.approx(125.4e9)
    words = verdict(knowledge, reading("trend", None, "2024", direction=1, modality=modality))
    assert (words.code, words.detail) == ("not_an_outcome", modality)


def test_a_claim_without_time_and_place_is_underspecified(knowledge: Knowledge) -> None:
    open_claim = reading("value", 999e9, "2024", half=0.5e9, assumed=("subject", "object", "period"))
    assert verdict(knowledge, open_claim).code == "underspecified"
    assert verdict(knowledge, replace(open_claim, period=None)).code == "underspecified"
    assert verdict(knowledge, replace(open_claim, assumed=("period",))).code == "contradicted"
    assert verdict(knowledge, replace(open_claim, assumed=("subject", "object"))).code == "contradicted"
    assert verdict(knowledge, reading("value", 1e9, "2024", subject="", object="")).code == "underspecified"


def test_what_no_data_hold_is_outside_them(knowledge: Knowledge) -> None:
    for claim in (
        reading("value", 1e9, "2019"),
        reading("value", 1e9, "2024", object="DEU"),
        reading("value", 1e9, "2024", product="steel"),
        reading("quantity", 1e6, "2024", unit="t"),
        reading("count", 4.0, "2024", unit="companies"),
        reading("value", 1e9, "2024", subject="Tatarstan"),
    ):
        assert verdict(knowledge, claim).code == "outside_data"


def test_without_data_every_outcome_is_outside_them() -> None:
    silent = Knowledge(NOTHING)
    assert verdict(silent, reading("value", 125.4e9, "2024")).code == "outside_data"
    assert verdict(silent, reading("trend", None, "2024", direction=1)).code == "outside_data"
    assert evidence(silent, reading("growth", 0.254, "2024")) == ()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["value", "growth", "share", "change", "ratio", "rank", "deficit", "price", "trend", "record"]),
    st.floats(-1e12, 1e12),
    st.sampled_from(["2024", "2024-07", "2025-H1", "2022-02/2025-12", None]),
    st.sampled_from(["", "exports", "imports", "total"]),
    st.sampled_from([(), ("period",), ("subject", "object"), ("subject", "object", "period")]),
)
def test_every_reading_gets_a_verdict_of_the_list(
    knowledge: Knowledge, measure: str, value: float, period: str | None, flow: str, assumed: tuple[str, ...]
) -> None:
    number = None if measure in ("trend", "record") else value
    found = verdict(knowledge, reading(measure, number, period, half=abs(value) / 100, flow=flow, assumed=assumed))
    assert found.code in CODES
    assert 0 <= found.confidence <= 1


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([fact for fact in FACTS if fact.get("concept", "flow") == "flow" and fact["measure"] != "share"]),
    st.integers(0, 3),
)
def test_each_fact_supports_itself_however_it_is_rounded(
    knowledge: Knowledge, fact: dict[str, str], digits: int
) -> None:
    scale = 0.01 if fact["measure"] == "growth" else 1e9
    shown = round(float(fact["printed"]), digits)
    measure = "growth" if fact["measure"] == "growth" else "value"
    seen = {"exports": "imports", "imports": "exports"}.get(fact["flow"], "total")
    claim = reading(measure, shown * scale, fact["period"], half=0.5 * 10**-digits * scale, flow=seen)
    assert verdict(knowledge, claim).code in ("supported", "supported_within_rounding")


def test_confidence_is_that_of_the_reading_times_that_of_the_evidence(knowledge: Knowledge) -> None:
    def sureness(claim: Reading, read: float, data: Knowledge = knowledge) -> tuple[str, float]:
        (item,) = linked(claim)
        found = judge(replace(item, claim=replace(item.claim, confidence=read)), data)
        return found.evidence[0].nature, found.confidence

    rate = exchange_rate("USD", "EUR", Period.of_year(2024))
    assert rate is not None
    euros = reading("value", 125.4e9 * rate.value, "2024", half=0.05e9, unit="EUR", currency="EUR")
    table = reading("value", 440e9, "2023", half=5e9, subject="USA", object="CHN", flow="imports")
    bundled = Knowledge()
    assert sureness(reading("value", 125.4e9, "2024"), 0.5) == ("published", 0.48)
    assert sureness(reading("change", 25.4e9, "2024", half=0.05e9, base="2023"), 0.9) == ("computed", 0.77)
    assert sureness(balance("surplus", 34.6e9, subject=B, object=A), 0.9) == ("implied", 0.84)
    assert sureness(euros, 0.9) == ("converted", 0.72)
    assert sureness(reading("value", 150e9, "2024"), 0.9) == ("other concept", 0.77)
    assert sureness(table, 0.9, bundled) == ("table", 0.63)
    assert sureness(reading("value", 100.0e9, "2024", half=0.05e9), 0.5) == ("published", 0.38)
    words = linked(reading("trend", None, "2024", direction=1))[0]
    assert judge_predicate(replace(words, claim=replace(words.claim, confidence=0.5)), knowledge).confidence == 0.42


@pytest.mark.parametrize(
    ("assumed", "period", "slots", "code"),
    [
        (("object", "period"), "2024", {}, "underspecified"),
        (("subject", "period"), "2024", {}, "underspecified"),
        ((), None, {"object": ""}, "underspecified"),
        ((), None, {}, "underspecified"),
        (("object", "period"), "2019", {}, "outside_data"),
        (("object", "period"), "2019", {"concept": "transport"}, "underspecified"),
        ((), "2024", {"subject": ""}, "underspecified"),
        ((), "2024", {"object": ""}, "outside_data"),
    ],
)
def test_too_open_is_a_claim_without_a_time_and_one_of_its_countries(
    knowledge: Knowledge, assumed: tuple[str, ...], period: str | None, slots: dict[str, str], code: str
) -> None:
    assert verdict(knowledge, reading("value", 999e9, period, half=0.5e9, assumed=assumed, **slots)).code == code


def test_an_open_reading_is_undecided_while_one_of_its_figures_is() -> None:
    bundled = Knowledge()
    main = reading(
        "value", 1e9, "2023", subject="DEU", object="CHN", flow="imports", assumed=("subject", "object", "period")
    )
    (best,) = evidence(bundled, main)
    undecided = best.figure.value + (best.near + best.far) / 2
    far = replace(main, value=undecided, low=undecided, high=undecided, subject="CHN", object="USA", flow="exports")
    near = replace(main, value=undecided, low=undecided, high=undecided)
    (item,) = linked(far, others=(near,))
    found = judge(item, bundled)
    assert (found.code, found.detail) == ("outside_data", "undecided")
    assert found.link.reading == near


def test_a_contradiction_is_told_of_the_first_reading_that_data_can_answer(knowledge: Knowledge) -> None:
    nowhere = reading("value", 137.9e9, "2019", half=0.05e9)
    (item,) = linked(nowhere, others=(replace(nowhere, period=Period.of_year(2024)),))
    found = judge(item, knowledge)
    assert (found.code, found.link) == ("contradicted", item.links[1])
    assert found.evidence[0].figure.value == pytest.approx(125.4e9)


def test_tables_are_asked_where_the_partner_alone_has_published() -> None:
    bundled = Knowledge()
    claim = reading("value", 1e9, "2023", subject="MEX", object="USA", flow="exports")
    found = evidence(bundled, claim)
    baci = next(one for one in found if one.figure.reporter == "CEPII")
    exact = replace(claim, value=baci.figure.value, low=baci.figure.value, high=baci.figure.value)
    assert verdict(bundled, exact).code == "supported"


def test_growth_from_a_year_of_which_nothing_is_known_is_not_judged_on_another(knowledge: Knowledge) -> None:
    since = reading("growth", 0.90, "2020-03/2025-08", base="2020-03", half=0.005)
    assert verdict(knowledge, since).code == "outside_data"
    # 2020 is unknown, 2021 known: more than doubled since early 2021 holds for one of the years it may mean.
    event = reading("growth", 0.90, "2021-03/2025-08", base="2021-03", half=0.005)
    found = verdict(knowledge, event)
    assert (found.code, found.detail) == ("outside_data", "base")
    assert found.link.reading.base == Period.of_year(2021)
    right = verdict(knowledge, replace(event, value=1.09, low=1.085, high=1.095))
    assert (right.code, right.detail, right.confidence) == ("supported", "reading", 0.72)
    both_known = reading("growth", 0.90, "2022-03/2025-08", base="2022-03", half=0.005)
    assert verdict(knowledge, both_known).code == "contradicted"


def test_a_near_miss_shows_the_right_figure_too(knowledge: Knowledge) -> None:
    found = verdict(knowledge, reading("value", 100.0e9, "2024", half=0.05e9))
    assert [one.figure.value for one in found.evidence] == pytest.approx([100e9, 125.4e9, 150e9])
    two_digits = verdict(knowledge, reading("value", 45e9, "2024", half=0.5e9))
    assert (two_digits.code, two_digits.detail) == ("supported_only_for", "flow")


def test_a_share_of_exports_given_as_one_of_imports_is_roles_too(knowledge: Knowledge, tmp_path: Path) -> None:
    def of_imports(data: Knowledge, share: float, half: float) -> Judgement:
        return verdict(data, reading("share", share, "2024", half=half, subject=B, object=A, flow="imports"))

    row = {"measure": "share", "flow": "exports", "printed": "8.13", "period": "2024"}
    mine = Knowledge(write_facts(tmp_path / "facts.csv", (row,)))
    found = of_imports(mine, 0.0813, 0.00005)
    assert found.edit is not None
    assert (found.code, found.edit.kind, found.edit.after) == ("roles_swapped", "flow", "exports")
    assert (found.detail, found.confidence) == ("alone", 0.6)
    # Of its share of imports nothing is known here, and two digits may agree by chance.
    assert of_imports(knowledge, 0.081, 0.0005).code == "outside_data"
    both_ways = verdict(mine, reading("share", 0.0813, "2024", half=0.00005, subject=B, object=A))
    assert both_ways.code == "supported_only_for"


# ── balances ────────────────────────────────────────────────────────────────────────────────────


def balance(measure: str, value: float, period: str = "2024", **slots: object) -> Reading:
    """A surplus or deficit; Norway sells 80.0 and buys 45.4 billion in 2024, 60.0 and 40.0 in 2023."""
    slots = {"unit": "USD", "currency": "USD", "flow": "balance", "half": 0.05e9, **slots}
    return reading(measure, value, period, **slots)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (balance("deficit", 34.6e9), "supported"),
        (balance("surplus", 34.6e9, subject=B, object=A), "supported"),
        (balance("surplus", 34.6e9), "roles_swapped"),
        (balance("deficit", 34.6e9, subject=B, object=A), "roles_swapped"),
        (balance("deficit", 39.9e9), "contradicted"),
        (balance("change", -14.6e9), "supported"),
        (balance("change", 14.6e9, subject=B, object=A), "supported"),
        (reading("growth", 0.73, "2024", half=0.005, flow="balance"), "supported"),
        (reading("growth", 0.73, "2024", half=0.005, flow="balance", subject=B, object=A), "supported"),
        (reading("growth", 0.10, "2024", half=0.005, flow="balance"), "contradicted"),
        (reading("growth", 0.731, "2023", half=0.0005, flow="balance"), "outside_data"),
        (reading("share", 0.1, "2024", half=0.005, flow="balance"), "outside_data"),
    ],
)
def test_surpluses_and_deficits(knowledge: Knowledge, claim: Reading, code: str) -> None:
    assert verdict(knowledge, claim).code == code


def test_a_surplus_that_became_a_deficit_has_no_rate_of_growth(tmp_path: Path) -> None:
    sides = [(year, flow, printed) for year, flow, printed in (
        ("2023", "exports", "60"), ("2023", "imports", "40"), ("2024", "exports", "30"), ("2024", "imports", "50")
    )]  # fmt: skip
    rows = tuple({"measure": flow, "flow": flow, "printed": printed, "period": year} for year, flow, printed in sides)
    mine = Knowledge(write_facts(tmp_path / "facts.csv", rows))
    assert evidence(mine, reading("growth", 0.5, "2024", flow="balance")) == ()
    assert verdict(mine, balance("change", 40e9)).code == "supported"


@pytest.mark.parametrize("flow", ["", "exports", "imports", "total", "balance"])
@pytest.mark.parametrize("measure", ["value", "growth", "change", "share", "ratio", "rank", "deficit", "surplus"])
def test_bundled_data_answer_or_are_silent_but_never_break(measure: str, flow: str) -> None:
    bundled = Knowledge()
    for one, other in (("USA", "CHN"), ("CHN", "USA"), ("RUS", "CHN"), ("SWE", "EU"), ("CHN", ""), ("EU", "WLD")):
        claim = reading(
            measure, 5.0, "2024", half=0.5, subject=one, object=other, flow=flow, unit="USD", currency="USD"
        )
        assert verdict(bundled, claim).code in CODES


# ── how a figure fits ───────────────────────────────────────────────────────────────────────────


def shown(value: float, half: float) -> Statement:
    figure = Figure(
        "value",
        A,
        B,
        "total",
        value=value,
        low=value - half,
        high=value + half,
        interval_kind="rounding",
        unit="USD",
        currency="USD",
    )
    return Statement("", figure)


def known(value: float, *, near: float = 0.0, far: float = 0.0, half: float | None = None) -> Evidence:
    figure = Figure("turnover", A, B, "total", value=value, unit="USD", currency="USD")
    if half is not None:
        figure = replace(figure, low=value - half, high=value + half, interval_kind="rounding")
    return Evidence(figure, "published", near, far)


def test_fits_in_order_of_distance() -> None:
    claim = shown(100.0, 0.5)
    assert fit(claim, known(100.5)) == "equal"
    assert fit(claim, known(99.5)) == "equal"
    assert fit(claim, known(100.9)) == "within"
    assert fit(claim, known(99.1)) == "within"
    assert fit(claim, known(101.0)) == "off"
    assert fit(claim, known(101.4, half=1.0)) == "within"
    assert fit(claim, known(103.0, near=2.6, far=4.0)) == "within"
    assert fit(claim, known(103.0, near=2.4, far=4.0)) == "open"
    assert fit(claim, known(97.0, near=2.4, far=2.4)) == "off"
    assert fit(claim, known(97.0, near=2.5, far=4.0)) == "within"
    assert fit(claim, known(103.0, near=2.5, far=4.0)) == "within"
    assert fit(claim, known(103.0, near=1.0, far=2.5)) == "open"
    assert fit(shown(1.0, 0.5), known(0.0, half=0.5)) == "off"
    assert fit(claim, known(106.0, near=2.0, far=4.0)) == "off"


def test_one_digit_of_a_coarse_number_is_no_rounding() -> None:
    assert fit(shown(3.0, 0.5), known(3.9)) == "off"
    assert fit(shown(30.0, 0.5), known(30.9)) == "within"
    assert fit(shown(10.0, 0.25), known(10.4)) == "off"
    # The last digit is off by one whole unit, which floats make a little less of.
    assert fit(shown(0.101, 0.0005), known(0.102)) == "off"


# ── words ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("measure", "period", "slots", "code"),
    [
        ("trend", "2024", {"direction": 1}, "supported"),
        ("trend", "2024", {"direction": -1}, "contradicted"),
        ("trend", "2024", {"direction": 0}, "contradicted"),
        ("trend", "2025", {"direction": -1}, "supported"),
        ("trend", "2025", {"direction": 1, "assumed": ("period",)}, "underspecified"),
        ("trend", "2019", {"direction": 1}, "outside_data"),
        ("trend", None, {"direction": 1}, "underspecified"),
        ("record", "2024", {}, "supported"),
        ("record", "2023", {}, "supported"),
        ("record", "2025", {}, "contradicted"),
        ("record", "2024", {"direction": 1}, "level_growth_confusion"),
        ("record", "2022", {"direction": 1}, "outside_data"),
        ("balance", "2023", {"direction": 0}, "contradicted"),
        ("first_rise", "2024", {"base": "2022"}, "contradicted"),
        ("first_decline", "2024", {}, "contradicted"),
        ("saturation", "2024", {"concept": "market"}, "outside_data"),
        ("trend", "2024", {"direction": 1, "subject": ""}, "underspecified"),
    ],
)
def test_words_are_tested_on_series(
    knowledge: Knowledge, measure: str, period: str | None, slots: dict[str, object], code: str
) -> None:
    assert verdict(knowledge, reading(measure, None, period, **slots)).code == code


def test_a_first_fall_is_one_after_known_rises(tmp_path: Path) -> None:
    falling = (
        *FACTS,
        {"measure": "turnover", "flow": "total", "printed": "110.0", "period": "2025"},
        {"measure": "growth", "flow": "total", "printed": "-12.3", "period": "2025", "base_period": "2024"},
    )
    mine = Knowledge(write_facts(tmp_path / "facts.csv", falling))
    found = verdict(mine, reading("first_decline", None, "2025", base="2022"))
    assert found.code == "supported"
    assert found.evidence[0].figure.value == pytest.approx(-0.123)
    again = (
        *falling,
        {"measure": "growth", "flow": "total", "printed": "-1.0", "period": "2026", "base_period": "2025"},
    )
    later = Knowledge(write_facts(tmp_path / "later.csv", again))
    assert verdict(later, reading("first_decline", None, "2026", base="2022")).code == "contradicted"
    assert verdict(later, reading("first_decline", None, "2025-H1", base="2022")).code == "outside_data"


def test_balanced_means_less_than_a_fifth_apart(tmp_path: Path) -> None:
    even = ({"measure": "exports", "flow": "exports", "printed": "60.0", "period": "2024"},
            {"measure": "imports", "flow": "imports", "printed": "50.0", "period": "2024"})  # fmt: skip
    mine = Knowledge(write_facts(tmp_path / "facts.csv", even))
    found = verdict(mine, reading("balance", None, "2024", flow="balance"))
    assert found.code == "supported"
    assert {one.figure.flow for one in found.evidence} == {"exports", "imports"}


# ── currencies and tables ───────────────────────────────────────────────────────────────────────


def test_a_rate_lies_between_its_months() -> None:
    year = exchange_rate("USD", "CNY", Period.of_year(2025))
    assert year is not None
    assert year.interval is not None
    # The annual mean of 2025 in the ECB's table, by hand: 7.188.
    assert year.value == pytest.approx(7.188, abs=1e-3)
    assert year.interval.low < year.value < year.interval.high
    back = exchange_rate("CNY", "USD", Period.of_year(2025))
    assert back is not None
    assert back.value * year.value == pytest.approx(1, abs=1e-3)
    day = exchange_rate("EUR", "USD", Period.parse("2024-03-15"))
    month = exchange_rate("EUR", "USD", Period.of_month(2024, 3))
    assert day is not None
    assert month is not None
    assert day.value == month.value
    assert exchange_rate("RUB", "USD", Period.of_year(2024)) is None
    assert exchange_rate("USD", "USD", Period.of_year(2024)).value == 1  # type: ignore[union-attr]


def test_a_level_in_another_currency_is_converted_as_widely_as_the_rate_moved(knowledge: Knowledge) -> None:
    rate = exchange_rate("USD", "EUR", Period.of_year(2024))
    assert rate is not None
    assert rate.interval is not None
    claim = reading("value", 125.4e9 * rate.value, "2024", half=0.05e9, unit="EUR", currency="EUR")
    found = evidence(knowledge, claim)
    assert found[0].nature == "converted"
    assert found[0].figure.currency == "EUR"
    assert found[0].figure.value == pytest.approx(125.4e9 * rate.value)
    assert found[0].near == pytest.approx(
        125.4e9 * max(rate.interval.high - rate.value, rate.value - rate.interval.low)
    )
    assert verdict(knowledge, claim).code == "supported"
    far = reading("value", 150e9 * rate.value, "2024", half=0.05e9, unit="EUR", currency="EUR")
    assert verdict(knowledge, far).code == "contradicted"


@pytest.mark.parametrize(
    ("one", "other", "flow", "year"),
    [("DEU", "CHN", "imports", "2023"), ("USA", "MEX", "imports", "2023")],
)
def test_tables_support_what_is_near_and_contradict_what_is_far(one: str, other: str, flow: str, year: str) -> None:
    bundled = Knowledge()
    slots = {"subject": one, "object": other, "flow": flow}
    first = evidence(bundled, reading("value", 1e9, year, **slots))[-1]
    assert first.nature == "table"
    assert 0 < first.near < first.far

    def at(factor: float) -> str:
        value = first.figure.value * factor
        return fit(shown(value, 1e-4 * value), first)

    size = first.figure.value
    assert at(1.0) == "equal"
    assert at(1 + 0.9 * first.near / size) == "within"
    assert at(1 + 0.5 * (first.near + first.far) / size) == "open"
    assert at(1 + 1.2 * first.far / size) == "off"


def test_the_spread_of_reconciled_reports_is_what_the_bundled_tables_show() -> None:
    """Imports of the United States from its large suppliers in 2023: BACI against the Census Bureau."""
    bundled = Knowledge()
    gaps = []
    for supplier in ("CHN", "MEX", "CAN", "DEU", "JPN", "IND", "ITA", "GBR", "FRA", "BRA"):
        found = evidence(bundled, reading("value", 1e9, "2023", subject="USA", object=supplier, flow="imports"))
        by_reporter = {one.figure.reporter: one for one in found}
        census, baci = by_reporter["US Census Bureau"], by_reporter["CEPII"]
        gaps.append((abs(baci.figure.value - census.figure.value), baci.near, baci.far))
    assert sum(gap <= far for gap, _, far in gaps) >= 9
    assert 3 <= sum(gap <= near for gap, near, _ in gaps) <= 9


def test_what_the_partner_reports_decides_no_better_than_reconciled_reports() -> None:
    bundled = Knowledge()

    def census(subject: str, other: str, flow: str) -> Evidence:
        claim = reading("value", 1e9, "2023", subject=subject, object=other, flow=flow)
        return next(one for one in evidence(bundled, claim) if one.figure.reporter == "US Census Bureau")

    own, mirror = census("USA", "MEX", "imports"), census("MEX", "USA", "exports")
    assert own.figure.value == mirror.figure.value
    assert own.far < mirror.far


def test_ratios_need_both_sides() -> None:
    bundled = Knowledge()
    figure = Figure("ratio", "CHN", "USA", "exports", period=Period.of_year(2025), value=5.0, unit="ratio")
    both = Statement("", figure, "ratio", against=replace(figure, object="RUS"))
    (found,) = bundled.evidence(both)
    # 420.05 and 103.3 billion dollars, as Chinese customs published them.
    assert found.figure.value == pytest.approx(420.05 / 103.3)
    assert bundled.evidence(replace(both, against=replace(figure, object="ISL"))) == ()


def test_products_and_shares_of_products_come_from_facts_alone() -> None:
    bundled = Knowledge()
    crude = {"subject": "RUS", "object": "CHN", "flow": "exports", "product": "crude_oil"}
    assert verdict(bundled, reading("quantity", 107e6, "2023", half=0.5e6, unit="t", **crude)).code == "supported"
    # 107 over 86.2 million tonnes.
    assert verdict(bundled, reading("growth", 0.24, "2023", half=0.005, **crude)).code == "supported"
    # By value it may have grown otherwise, of which nothing is known here.
    assert verdict(bundled, reading("growth", 0.44, "2023", half=0.005, **crude)).code == "outside_data"
    assert verdict(bundled, reading("value", 62.42e9, "2024", half=0.005e9, **crude)).code == "supported"
    assert verdict(bundled, reading("quantity", 140e6, "2023", half=0.5e6, unit="t", **crude)).code == "contradicted"


def test_evidence_is_gathered_once(knowledge: Knowledge) -> None:
    claim: Linked = linked(reading("value", 125.4e9, "2024"))[0]
    statement = claim.links[0].statement
    assert statement is not None
    assert knowledge.evidence(statement) is knowledge.evidence(statement)
    assert evidence(knowledge, reading("growth", 0.1, "2024", base="2024")) == ()
    assert CLOSE < 1


def test_growth_of_a_product_is_denied_only_where_money_and_goods_both_deny_it(tmp_path: Path) -> None:
    rows = tuple(
        {"measure": measure, "flow": "exports", "product": "fish", "printed": printed, "period": year, "unit": unit}
        for measure, unit, old, new in (("value", "USD", "10.0", "12.0"), ("quantity", "t", "5.00", "5.50"))
        for year, printed in (("2023", old), ("2024", new))
    )
    claim = reading("growth", 0.44, "2024", half=0.005, subject=B, object=A, flow="exports", product="fish")
    both = Knowledge(write_facts(tmp_path / "both.csv", rows))
    assert verdict(both, claim).code == "contradicted"
    for right in (0.20, 0.10):
        assert verdict(both, replace(claim, value=right, low=right - 0.005, high=right + 0.005)).code == "supported"
    assert verdict(Knowledge(write_facts(tmp_path / "one.csv", rows[:2])), claim).code == "outside_data"


def test_a_figure_that_one_of_its_publishers_calls_approximate_supports_but_does_not_contradict(tmp_path: Path) -> None:
    exact = {"measure": "share", "flow": "exports", "printed": "27", "period": "2024"}
    about = {
        "measure": "share",
        "flow": "exports",
        "printed": "30",
        "period": "2024",
        "marks": "approximate",
        "reporter": "KI",
    }
    data = Knowledge(write_facts(tmp_path / "facts.csv", (exact, about)))
    shares = {value: reading("share", value, "2024", half=0.005, subject=B, object=A, flow="exports")
              for value in (0.27, 0.30, 0.33)}  # fmt: skip
    codes = [verdict(data, claim).code for claim in shares.values()]
    assert codes == ["supported", "supported", "contradicted"]


def test_a_model_may_support_but_never_contradicts() -> None:
    bundled = Knowledge()
    slots = {"subject": "POL", "object": "UKR"}
    (level,) = [one for one in evidence(bundled, reading("value", 1e9, "2021", **slots)) if one.nature == "table"]
    assert level.near == pytest.approx(0.08 * level.figure.value)
    right = reading("value", level.figure.value, "2021", half=0.01 * level.figure.value, **slots)
    assert verdict(bundled, right).code == "supported"
    wrong = replace(right, value=1e12, low=0.99e12, high=1.01e12)
    assert (verdict(bundled, wrong).code, verdict(bundled, wrong).detail) == ("outside_data", "undecided")
    assert verdict(bundled, reading("growth", -0.5, "2022", half=0.005, **slots)).code == "outside_data"


def test_small_flows_of_reconciled_reports_contradict_nothing() -> None:
    bundled = Knowledge()
    slots = {"subject": "ISL", "object": "MDA", "flow": "imports"}
    assert verdict(bundled, reading("value", 780e3, "2023", half=5e3, **slots)).code == "outside_data"


def test_sources_lie_apart_by_a_part_of_all_trade_not_of_its_balance() -> None:
    bundled = Knowledge()
    slots = {"subject": "DEU", "object": "CHN", "flow": "balance", "unit": "USD", "currency": "USD"}
    found = evidence(bundled, reading("deficit", 1e9, "2023", **slots))[0]
    both = evidence(bundled, reading("value", 1e9, "2023", subject="DEU", object="CHN"))
    traded = next(one.figure.value for one in both if one.figure.reporter == found.figure.reporter)
    assert traded > 2 * abs(found.figure.value)
    assert found.near == pytest.approx(0.08 * traded)
    assert found.far == pytest.approx(0.25 * traded)


def test_growth_of_tables_is_as_loose_as_it_is_large() -> None:
    bundled = Knowledge()
    slots = {"subject": "USA", "object": "CHE", "flow": "imports"}
    large = evidence(bundled, reading("growth", 1.0, "2025-Q1", **slots))[0]
    assert large.figure.value > 4
    assert (large.near, large.far) == pytest.approx((0.01 * (1 + large.figure.value), 0.1 * (1 + large.figure.value)))
    small = evidence(bundled, reading("growth", 1.0, "2024", subject="USA", object="CHN", flow="imports"))[0]
    size = max(1.0, 1 + small.figure.value)
    assert (small.near, small.far) == pytest.approx((0.01 * size, 0.1 * size))


def test_a_change_is_told_within_one_source() -> None:
    bundled = Knowledge()
    claim = reading("change", -14e9, "2023", subject="NLD", object="RUS", flow="imports", unit="EUR", currency="EUR")
    assert evidence(bundled, claim) == ()


# ── ranks and twins ─────────────────────────────────────────────────────────────────────────────


def test_a_rank_is_looked_up_in_the_list_of_the_other() -> None:
    bundled = Knowledge()
    claim = reading("rank", 1.0, "2023", subject="USA", object="DEU", flow="exports", unit="rank")
    assert verdict(bundled, claim).code == "supported"
    found = evidence(bundled, claim)[0].figure
    assert (found.subject, found.object) == ("DEU", "USA")


def test_two_figures_for_one_thing_in_one_sentence_are_doubted(tmp_path: Path) -> None:
    path = write_facts(tmp_path / "facts.csv")
    report = check(
        "In 2024 Norway's exports to Sweden were $80.0 billion, $43.1 billion in all.", date="2025-05-05", against=path
    )
    assert [one.code for one in report.claims] == ["supported", "underspecified"]
    assert report.claims[1].judgement.detail == "twice"
    assert report.clashes == ()
    apart = check(
        "In 2024 Norway's exports to Sweden were $80.0 billion. They were $43.1 billion.",
        date="2025-05-05",
        against=path,
    )
    assert [one.code for one in apart.claims] == ["supported", "contradicted"]


def test_since_a_year_reaches_to_the_newest_full_year(tmp_path: Path) -> None:
    path = write_facts(tmp_path / "facts.csv")
    text = "In 2023 trade between Sweden and Norway was $100.0 billion. Since 2021 it has grown by 109%."
    (_, grown) = check(text, date="2025-05-05", against=path).claims
    assert grown.code == "supported"
    assert grown.judgement.link.reading.period == Period.of_year(2024)


def test_goods_that_no_list_names_are_not_all_goods(tmp_path: Path) -> None:
    path = write_facts(tmp_path / "facts.csv")
    for text in (
        "Norwegian whisk exports to Sweden were worth $2.6 billion in 2024.",
        "Norway's exports of whisks to Sweden were worth $2.6 billion in 2024.",
        "Norges vispexport till Sverige var värd 2,6 miljarder dollar 2024.",
        "Norges export av vispar till Sverige var värd 2,6 miljarder dollar 2024.",
    ):
        (claim,) = check(text, date="2025-05-05", against=path).claims
        assert claim.code == "outside_data", text
        assert claim.item.reading.product.startswith(("whisk", "visp"))
    (every,) = check(
        "Norway's total annual exports to Sweden were worth $80.0 billion in 2024.", date="2025-05-05", against=path
    ).claims
    assert (every.code, every.item.reading.product) == ("supported", "total")
