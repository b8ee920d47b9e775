"""Acceptance on five articles that may not ship: each known slip and each figure that holds gets its verdict.

The articles lie in `seeds/` below the folder that AMUR_SHARED names (`./dev acceptance DIR`). Claims are
found again by document, measure and value, so that no words of the articles stand here. T1 to T18 are the
findings that a reader made by hand before the checker was written.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amur.claims.check import check
from amur.claims.report import Checked, Report
from amur.text import LANGUAGES

pytestmark = pytest.mark.shared

# Values come out of printed digits; only arithmetic on floats stands between them and these.
CLOSE = 1e-9

# The order of the articles by file name: a daily, two essays in translation, an analysis, a regional paper, a weekly.
DAILY, ESSAYS, ANALYSIS, REGIONAL, WEEKLY = range(5)


def articles() -> list[str]:
    folder = Path(os.environ["AMUR_SHARED"]) / "seeds"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]


@pytest.fixture(scope="module")
def together() -> Report:
    return check(articles())


@pytest.fixture(scope="module")
def alone() -> Callable[[int], Report]:
    found: dict[int, Report] = {}

    def one(document: int) -> Report:
        if document not in found:
            found[document] = check(articles()[document])
        return found[document]

    return one


def claim(report: Report, document: int, measure: str, value: float | None = None, **slots: object) -> Checked:
    """The first claim of a document with this measure, value and slots."""
    for one in report.of_document(document):
        reading = one.item.reading
        same = value is None or (reading.value is not None and abs(reading.value - value) <= CLOSE * max(1, abs(value)))
        if reading.measure == measure and same and all(getattr(reading, name) == slot for name, slot in slots.items()):
            return one
    raise AssertionError(f"document {document} has no claim {measure} {value} {slots}")


def verdicts(report: Report, document: int, measure: str, **slots: object) -> set[str]:
    """The verdicts of all claims of a document with this measure and slots."""
    return {
        one.code
        for one in report.of_document(document)
        if one.item.reading.measure == measure
        and all(getattr(one.item.reading, name) == slot for name, slot in slots.items())
    }


def conflict(report: Report, *claims: Checked) -> dict[str, Any]:
    """The conflict of the report that holds all these claims and the fewest others."""
    keys = {one.key for one in claims}
    listed: list[Any] = report.to_dict()["conflicts"]  # type: ignore[assignment]
    found = [one for one in listed if keys <= set(one["claims"])]
    assert found, f"no conflict holds {keys}"
    return min(found, key=lambda one: len(one["claims"]))


# ── T1, T2 ──────────────────────────────────────────────────────────────────────────────────────


def legs(report: Report) -> tuple[Checked, Checked]:
    document = WEEKLY if len(report.documents) > 1 else 0
    return claim(report, document, "growth", -0.034), claim(report, document, "growth", -0.099)


def test_t1_the_growth_of_the_two_legs_is_exchanged(together: Report) -> None:
    sold, bought = legs(together)
    assert sold.code == bought.code == "roles_swapped"
    whole = claim(together, WEEKLY, "growth", -0.065)
    found = conflict(together, sold, bought, whole)
    assert found["verdict"] == "roles_swapped"
    assert found["identity"] == "weighted growth"
    # The weight of the first half stands in for that of the year, and the report says so.
    assert found["borrowed_from"] == "2024-H1"
    (repair,) = found["repairs"]
    assert repair["kind"] == "values"
    assert {edit["claim"] for edit in repair["edits"]} == {sold.key, bought.key}


def test_t1_the_weights_are_those_of_the_identity(together: Report) -> None:
    sold, _ = legs(together)
    clash = next(one for one in together.clashes if one.identity == "weighted growth" and sold.key in one.claims)
    weight = next(item for item in clash.implications if item.key.startswith("stand-in"))
    assert (weight.stated.low, weight.stated.high) == pytest.approx((0.5, 2 / 3), abs=1e-3)
    assert weight.implied is not None
    assert (weight.implied.low, weight.implied.high) == pytest.approx((0.46, 0.49), abs=5e-3)


def test_t2_the_shares_show_the_same_exchange(together: Report) -> None:
    sold, bought = legs(together)
    old, new = claim(together, WEEKLY, "share", 0.032), claim(together, WEEKLY, "share", 0.027)
    found = conflict(together, sold, old, new)
    assert found["verdict"] == "roles_swapped"
    assert found["identity"] == "growth of a share"
    assert {edit["claim"] for edit in found["repairs"][0]["edits"]} == {sold.key, bought.key}
    assert found["data"][0]["value"] == pytest.approx(0.061)


def test_t1_and_t2_within_the_one_article(alone: Callable[[int], Report]) -> None:
    report = alone(WEEKLY)
    assert [one.code for one in legs(report)] == ["roles_swapped", "roles_swapped"]


# ── T3, T4 ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("within", [False, True])
def test_t3_the_conversion_is_at_another_rate(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    report, document = (alone(WEEKLY), 0) if within else (together, WEEKLY)
    dollars, yuan = claim(report, document, "value", 234e9), claim(report, document, "value", 1.63e12)
    assert dollars.code == "conversion"
    found = conflict(report, dollars, yuan)
    stated, mean, customs = (figure["value"] for figure in found["figures"])
    assert (stated, mean, customs) == pytest.approx((6.966, 7.188, 7.146), abs=1e-3)
    for sentence in found["sentences"].values():
        for rate in ("6.966", "7.188", "7.146"):
            assert rate in sentence.replace(",", ".")


def test_t4_growth_in_yuan_beside_levels_in_dollars(together: Report) -> None:
    growth = claim(together, WEEKLY, "growth", -0.065)
    assert growth.code == "mixed_currency"
    found = conflict(together, growth, claim(together, WEEKLY, "value", 234e9), claim(together, DAILY, "value", 245e9))
    assert found["verdict"] == "mixed_currency"
    assert found["figures"][0]["value"] == pytest.approx(234 / 245 - 1)


# ── T5 to T9 ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("within", [False, True])
def test_t5_doubled_holds_against_another_base(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    doubled = claim(alone(DAILY) if within else together, DAILY, "growth", 1.0, qualifier="more_than")
    assert doubled.code == "supported_only_for"
    assert doubled.judgement.edit is not None
    assert str(doubled.judgement.edit.after) == "2020"
    assert doubled.judgement.evidence[0].figure.value > 1


def test_t6_levels_and_growth_agree_within_the_rounding_of_both(together: Report) -> None:
    base = [
        claim(together, DAILY, "growth", 0.30),
        claim(together, DAILY, "value", 191e9),
        claim(together, ESSAYS, "growth", 0.66),
        claim(together, ANALYSIS, "growth", 0.64),
    ]
    assert {one.code for one in base} == {"supported_within_rounding"}
    keys = {one.key for one in base}
    assert not any(len(keys & set(clash.claims)) > 1 for clash in together.clashes)


def test_t7_july_follows_from_two_totals(together: Report) -> None:
    july = next(one for one in together.insights if one.figure.period and one.figure.period.label == "2025-07")
    assert july.figure.value == pytest.approx(19.3e9)
    assert july.second is not None
    assert july.second.interval is not None
    bounds = (july.second.value, july.second.interval.low, july.second.interval.high)
    assert bounds == pytest.approx((-0.022, -0.029, -0.014), abs=1e-3)


@pytest.mark.parametrize("within", [False, True])
def test_t8_the_parts_of_the_half_add_up(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    report, document = (alone(REGIONAL), 0) if within else (together, REGIONAL)
    assert [claim(report, document, "growth", value).code for value in (-0.091, -0.096, -0.084)] == ["supported"] * 3


@pytest.mark.parametrize("within", [False, True])
def test_t9_five_times_is_four(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    report, document = (alone(WEEKLY), 0) if within else (together, WEEKLY)
    ratio = claim(report, document, "ratio", 5.0)
    assert ratio.code == "contradicted"
    assert ratio.judgement.evidence[0].figure.value == pytest.approx(420.05 / 103.3, rel=1e-3)


# ── T10 to T15 ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("within", [False, True])
def test_t10_a_target_is_no_outcome(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    target = claim(alone(DAILY) if within else together, DAILY, "value", 200e9)
    assert target.code == "not_an_outcome"
    assert target.judgement.evidence[0].figure.value == pytest.approx(240.11e9)


@pytest.mark.parametrize("within", [False, True])
def test_t11_the_level_was_a_record_and_not_the_growth(
    together: Report, alone: Callable[[int], Report], within: bool
) -> None:
    report, document = (alone(REGIONAL), 0) if within else (together, REGIONAL)
    assert "level_growth_confusion" in verdicts(report, document, "record")


@pytest.mark.parametrize("within", [False, True])
def test_t12_whose_market_is_full(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    report = alone(DAILY) if within else together
    chinese, russian = (claim(report, DAILY, "saturation", subject=code) for code in ("CHN", "RUS"))
    assert chinese.code == russian.code == "inconsistent_with"
    assert conflict(report, chinese, russian)["identity"] == "roles"


@pytest.mark.parametrize("within", [False, True])
def test_t13_growth_and_decline_are_both_expected(
    together: Report, alone: Callable[[int], Report], within: bool
) -> None:
    report, document = (alone(REGIONAL), 0) if within else (together, REGIONAL)
    assert "inconsistent_with" in verdicts(report, document, "trend", modality="forecast", direction=1)
    assert {clash.identity for clash in report.clashes} >= {"trend"}


def test_t14_a_pipeline_is_no_stock(together: Report, alone: Callable[[int], Report]) -> None:
    pipeline = claim(together, REGIONAL, "value", 130e9)
    assert pipeline.code == "different_concept"
    assert pipeline.judgement.evidence[0].figure.value == pytest.approx(130 / 18)
    assert claim(alone(REGIONAL), 0, "value", 130e9).code == "different_concept"


@pytest.mark.parametrize("within", [False, True])
def test_t15_cargo_of_no_stated_time_and_kind(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    report, document = (alone(REGIONAL), 0) if within else (together, REGIONAL)
    assert claim(report, document, "quantity", 56e6).code == "underspecified"
    assert claim(report, document, "share", 0.86).code == "underspecified"


# ── T16 to T18 ──────────────────────────────────────────────────────────────────────────────────


def test_t16_points_and_percent_of_a_share(together: Report) -> None:
    change = next(
        one for one in together.insights if one.kind == "share_change" and one.figure.value == pytest.approx(-0.13)
    )
    assert change.figure.unit == "pp"
    assert change.second is not None
    assert change.second.value == pytest.approx(-0.206, abs=5e-4)


def test_t17_two_firsts_of_different_series(together: Report) -> None:
    monthly = claim(together, DAILY, "first_decline", modality="outcome")
    yearly = claim(together, WEEKLY, "growth", -0.065)
    assert any(set(note.claims) == {monthly.key, yearly.key} for note in together.notes)
    assert not any({monthly.key, yearly.key} <= set(clash.claims) for clash in together.clashes)


@pytest.mark.parametrize("within", [False, True])
def test_t18_twice_as_many_holds(together: Report, alone: Callable[[int], Report], within: bool) -> None:
    report, document = (alone(ESSAYS), 0) if within else (together, ESSAYS)
    shares = [claim(report, document, "share", value) for value in (0.56, 0.27)]
    assert [one.code for one in shares] == ["supported", "supported"]
    assert shares[0].judgement.evidence[0].figure.value == pytest.approx(56 / 27)


# ── the report as a whole ───────────────────────────────────────────────────────────────────────


def test_every_claim_is_told_in_every_language(together: Report) -> None:
    for language in LANGUAGES:
        told = together.to_dict(language)
        documents: list[Any] = told["documents"]  # type: ignore[assignment]
        for document in documents:
            for one in document["claims"]:
                assert one["sentence"] == one["sentences"][language]
                assert one["sentence"][-1] in ".!?"
                assert "{" not in one["sentence"]


def test_quotes_are_the_words_of_the_articles(together: Report) -> None:
    for one in together.claims:
        text = articles()[one.item.document]
        assert text[one.item.claim.start : one.item.claim.end] == one.item.claim.quote
