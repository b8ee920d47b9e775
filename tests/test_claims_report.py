"""Claims against each other and the report: clashes, insights, notes, sentences in both languages, JSON, the page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from claim_makers import A, B, linked, reading, write_facts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import amur.claims
from amur.claims.check import check
from amur.claims.evidence import NOTHING, Knowledge
from amur.claims.insights import Insight, insights, notes
from amur.claims.link import Linked, stated
from amur.claims.report import Checked, Report
from amur.claims.settle import MOST_CONFLICTS, Clash, clashes, distinct, readings_of, resettled
from amur.claims.telling import insight_sentence, note_sentence
from amur.claims.verdict import CODES, Judgement, judge
from amur.errors import ClaimsError
from amur.pages.check import report_page
from amur.text import LANGUAGES, Text

SCHEMA = json.loads((Path(amur.claims.__file__).parent / "schema.json").read_text(encoding="utf-8"))
CLOSE = 1e-9  # arithmetic on printed digits


def open_verdicts(items: tuple[Linked, ...], code: str = "outside_data") -> dict[str, Judgement]:
    return {item.key: Judgement(code, item.links[0], 0.9) for item in items}  # type: ignore[arg-type]


def found(
    *items: Linked, data: Knowledge | None = None, judged: Mapping[str, Judgement] | None = None
) -> tuple[Clash, ...]:
    return clashes(items, items, judged or open_verdicts(items), data or Knowledge(NOTHING)).found


def said(items: tuple[Linked, ...]) -> list[Any]:
    return distinct(stated(items, {item.key: item.links[0] for item in items}))


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_facts(tmp_path_factory.mktemp("facts") / "facts.csv")


# ── clashes ─────────────────────────────────────────────────────────────────────────────────────


def test_parts_that_do_not_add_up_clash_and_every_part_is_named() -> None:
    items = linked(
        reading("value", 60e9, "2024", half=0.5e9),
        reading("value", 10e9, "2024", half=0.5e9, flow="exports"),
        reading("value", 44e9, "2024", half=0.5e9, flow="imports"),
    )
    (clash,) = found(*items)
    assert (clash.code, clash.identity) == ("inconsistent_with", "parts and total")
    assert clash.claims == clash.culprits == ("1.1", "1.2", "1.3")
    after = resettled(open_verdicts(items), [clash])
    assert {one.code for one in after.values()} == {"inconsistent_with"}
    assert after["1.1"].others == ("1.2", "1.3")


def test_what_the_data_settle_stands_and_what_they_leave_open_follows_the_clash() -> None:
    items = linked(
        reading("value", 60e9, "2024", half=0.5e9),
        reading("value", 10e9, "2024", half=0.5e9, flow="exports"),
        reading("value", 44e9, "2024", half=0.5e9, flow="imports"),
    )
    judged = open_verdicts(items) | {
        "1.2": Judgement("supported", items[1].links[0], 0.9),
        "1.3": Judgement("contradicted", items[2].links[0], 0.9),
    }
    after = resettled(judged, found(*items, judged=judged))
    assert [after[key].code for key in ("1.1", "1.2", "1.3")] == ["inconsistent_with", "supported", "contradicted"]
    assert after["1.2"].others == ("1.1", "1.3")


def legs(first: float, second: float) -> tuple[Linked, ...]:
    return linked(
        reading("growth", -0.065, "2025", half=0.0005),
        reading("growth", first, "2025", half=0.0005, flow="exports"),
        reading("growth", second, "2025", half=0.0005, flow="imports"),
        reading("growth", -0.091, "2025-H1", half=0.0005),
        reading("growth", -0.096, "2025-H1", half=0.0005, flow="exports"),
        reading("growth", -0.084, "2025-H1", half=0.0005, flow="imports"),
    )


def test_exchanged_legs_are_roles_swapped() -> None:
    (clash,) = found(*legs(-0.099, -0.034))
    assert (clash.code, clash.identity) == ("roles_swapped", "weighted growth")
    assert set(clash.culprits) == {"1.2", "1.3"}
    assert set(clash.claims) == {"1.1", "1.2", "1.3", "1.4", "1.5", "1.6"}
    assert found(*legs(-0.034, -0.099)) == ()
    after = resettled(open_verdicts(legs(-0.099, -0.034)), [clash])
    assert {key for key, one in after.items() if one.code == "roles_swapped"} == {"1.2", "1.3"}
    assert after["1.2"].edit is not None
    assert after["1.2"].edit.figure.value == pytest.approx(-0.034)


def test_values_exchanged_between_years_are_no_roles() -> None:
    items = linked(
        reading("value", 100e9, "2023", half=0.5e9),
        reading("value", 90e9, "2024", half=0.5e9),
        reading("growth", 0.11, "2024", half=0.005),
    )
    (clash,) = found(*items)
    assert clash.code == "inconsistent_with"


def test_a_wrong_conversion_is_pinned_on_the_amount_that_data_do_not_bear_out() -> None:
    items = linked(
        reading("value", 234e9, "2025", half=0.5e9),
        reading("value", 1.63e12, "2025", half=0.005e12, currency="CNY", unit="CNY"),
    )
    (clash,) = found(*items)
    assert (clash.code, clash.identity) == ("conversion", "conversion")
    assert clash.culprits == ("1.2",)
    dollars_wrong = open_verdicts(items) | {"1.2": Judgement("supported", items[1].links[0], 0.9)}
    (clash,) = found(*items, judged=dollars_wrong)
    assert clash.culprits == ("1.1",)
    assert resettled(dollars_wrong, [clash])["1.1"].code == "conversion"
    stated_rate, mean = clash.figures[0], clash.figures[1]
    assert stated_rate.value == pytest.approx(1630 / 234)
    assert (stated_rate.subject, stated_rate.object) == ("USD", "CNY")
    assert mean.value == pytest.approx(7.188, abs=1e-3)


def test_what_the_data_bear_out_is_never_mended(facts: Path) -> None:
    data = Knowledge(facts)
    items = linked(
        reading("value", 125.4e9, "2024", half=0.05e9),
        reading("value", 80.0e9, "2024", half=0.05e9, flow="imports"),
        reading("value", 50.0e9, "2024", half=0.05e9, flow="exports"),
    )
    judged = {item.key: judge(item, data) for item in items}
    assert [one.code for one in judged.values()] == ["supported", "supported", "contradicted"]
    (clash,) = found(*items, data=data, judged=judged)
    assert {key for repair in clash.repairs for key, _ in repair.edits} == {"1.3"}
    (every,) = found(*items, data=data)
    assert {key for repair in every.repairs for key, _ in repair.edits} > {"1.3"}


def test_published_figures_that_were_revised_are_no_clash_of_the_text(tmp_path: Path) -> None:
    rows = (
        {"measure": "turnover", "flow": "total", "printed": "100.0", "period": "2023"},
        {"measure": "turnover", "flow": "total", "printed": "125.4", "period": "2024"},
        {"measure": "growth", "flow": "total", "printed": "24.1", "period": "2024", "base_period": "2023"},
    )
    data = Knowledge(write_facts(tmp_path / "facts.csv", rows))
    items = linked(
        reading("value", 125.4e9, "2024", half=0.05e9),
        reading("value", 100.0e9, "2023", half=0.05e9),
        reading("growth", 0.241, "2024", half=0.0005),
    )
    judged = {item.key: judge(item, data) for item in items}
    assert {one.code for one in judged.values()} == {"supported"}
    assert found(*items, data=data, judged=judged) == ()
    assert len(found(*items, data=data)) == 1


def test_growth_of_one_currency_beside_levels_in_another() -> None:
    items = linked(
        reading("growth", -0.065, "2025", half=0.0005),
        reading("value", 1.63e12, "2025", half=0.005e12, currency="CNY", unit="CNY"),
        reading("value", 228e9, "2025", half=0.5e9),
        reading("value", 239e9, "2024", half=0.5e9),
    )
    mixed = [clash for clash in found(*items) if clash.code == "mixed_currency"]
    assert [clash.claims for clash in mixed] == [("1.1", "1.3", "1.4")]
    implied, growth = mixed[0].figures
    assert implied.value == pytest.approx(228 / 239 - 1)
    assert (implied.currency, growth.currency) == ("USD", "CNY")
    supported = open_verdicts(items, "supported")
    assert resettled(supported, mixed)["1.1"].code == "mixed_currency"
    assert resettled(supported, mixed)["1.3"].code == "supported"
    assert not any(clash.code == "mixed_currency" for clash in found(*items[:1], *items[2:]))
    agreeing = (replace_value(items[0], -0.046), *items[1:])
    assert not any(clash.code == "mixed_currency" for clash in found(*agreeing))


def replace_value(item: Linked, value: float) -> Linked:
    """The same claim with another number, under the same key."""
    (made,) = linked(replace(item.reading, value=value, low=value - 0.0005, high=value + 0.0005))
    statements = [replace(link.statement, key=item.key) for link in made.links if link.statement]
    links = tuple(replace(link, statement=one) for link, one in zip(made.links, statements, strict=True))
    return replace(made, key=item.key, links=links)


def test_published_growth_of_the_whole_joins_two_shares(tmp_path: Path) -> None:
    about = {"subject": A, "object": "WLD", "measure": "growth", "flow": "exports"}
    world = {**about, "printed": "6.1", "period": "2025", "base_period": "2024"}
    mine = Knowledge(write_facts(tmp_path / "facts.csv", (world,)))
    items = linked(
        reading("share", 0.032, "2024", half=0.0005, flow="exports"),
        reading("share", 0.027, "2025", half=0.0005, flow="exports"),
        reading("growth", -0.034, "2025", half=0.0005, flow="exports"),
    )
    (clash,) = found(*items, data=mine)
    assert (clash.code, clash.identity) == ("inconsistent_with", "growth of a share")
    assert [item.given for item in clash.members] == [False, False, False, True]
    assert clash.claims == ("1.1", "1.2", "1.3")
    assert found(*items) == ()


def test_forecasts_of_one_speaker_may_not_oppose_each_other() -> None:
    up, down = (reading("trend", None, None, direction=way, modality="forecast") for way in (1, -1))
    items = linked(up, down)
    (clash,) = found(*items)
    assert (clash.code, clash.identity, clash.claims) == ("inconsistent_with", "trend", ("1.1", "1.2"))
    judged = open_verdicts(items, "not_an_outcome")
    assert {one.code for one in resettled(judged, [clash]).values()} == {"inconsistent_with"}
    assert found(*linked(up, replace(down, attributed_to="A"))) != ()
    assert found(*linked(replace(up, attributed_to="A"), replace(down, attributed_to="B"))) == ()
    assert found(*linked(up, replace(down, flow="exports"))) == ()
    assert found(*linked(up, replace(down, product="steel"))) == ()
    assert found(*linked(up, replace(down, subject="ISL", object="DNK"))) == ()
    assert found(*linked(up, replace(down, modality="outcome"))) == ()
    assert found(*linked(up, up)) == ()


def test_the_market_of_the_seller_is_not_the_market_of_the_buyer() -> None:
    buyer = reading("saturation", None, "2025", concept="market", subject="SWE", object="NOR")
    seller = replace(buyer, subject="NOR", object="")
    (clash,) = found(*linked(buyer, seller))
    assert (clash.code, clash.identity) == ("inconsistent_with", "roles")
    assert found(*linked(buyer, replace(seller, subject="ISL"))) == ()
    assert found(*linked(buyer, buyer)) == ()


def test_a_figure_printed_twice_is_one_statement() -> None:
    one = reading("value", 60e9, "2024", half=0.5e9)
    mirrored = replace(one, subject=B, object=A)
    assert len(said(linked(one, one))) == 1
    assert len(said(linked(one, replace(one, period=None)))) == 1
    assert len(said(linked(one, replace(one, value=61e9, low=60.5e9, high=61.5e9)))) == 2
    assert len(said(linked(reading("value", 1e9, "2024", flow="exports"), replace(mirrored, flow="exports")))) == 2


def test_a_reading_that_holds_for_another_base_is_held_against_others_in_that_one(facts: Path) -> None:
    report_items = linked(reading("growth", 1.0, "2024", low=1.0, high=float("inf"), base="2022"))
    from amur.claims.verdict import judge

    judged = {item.key: judge(item, Knowledge(facts)) for item in report_items}
    (link,) = readings_of(judged).values()
    assert judged["1.1"].code == "supported_only_for"
    assert link.statement is not None
    assert str(link.statement.figure.base_period) == "2021"


# ── insights and notes ──────────────────────────────────────────────────────────────────────────


def implied(*items: Linked) -> tuple[Insight, ...]:
    return insights(said(items), items)


def test_no_growth_is_told_from_months_in_which_nothing_was_traded() -> None:
    items = linked(
        reading("value", 6e9, "2024", half=0.0),
        reading("value", 4e9, "2024-H1", half=0.0),
        reading("growth", 0.5, "2024", half=0.0),
        reading("growth", 0.0, "2024-H1", half=0.0),
    )
    (between,) = insights(said(items), items)
    assert between.second is None


def test_the_months_between_two_totals() -> None:
    items = linked(
        reading("value", 125.8e9, "2025-01/2025-07", half=0.05e9),
        reading("growth", -0.081, "2025-01/2025-07", half=0.0005),
        reading("value", 106.5e9, "2025-H1", half=0.05e9),
        reading("growth", -0.091, "2025-H1", half=0.0005),
    )
    (july,) = implied(*items)
    assert (july.kind, july.claims) == ("between", ("1.1", "1.3", "1.2", "1.4"))
    assert july.figure.value == pytest.approx(19.3e9)
    assert july.figure.period is not None
    assert july.figure.period.label == "2025-07"
    assert july.second is not None
    assert july.second.value == pytest.approx(19.3 / (125.8 / 0.919 - 106.5 / 0.909) - 1)
    (bare,) = implied(items[0], items[2], items[3])
    assert bare.second is None
    assert bare.claims == ("1.1", "1.3")


def test_no_month_is_implied_twice_or_where_it_is_stated_or_of_another_series() -> None:
    long, short = (
        reading("value", 125.8e9, "2025-01/2025-07", half=0.05e9),
        reading("value", 106.5e9, "2025-H1", half=0.05e9),
    )
    stated_july = reading("value", 19.3e9, "2025-07", half=0.05e9)
    assert implied(*linked(long, short, stated_july)) == ()
    mirrored = replace(short, subject=B, object=A)
    assert len(implied(*linked(long, short, mirrored))) == 1
    assert implied(*linked(long, replace(short, flow="exports"))) == ()
    assert implied(*linked(long, replace(short, currency="EUR", unit="EUR"))) == ()
    assert implied(*linked(long, replace(short, period=stated_july.period.previous()))) == ()  # type: ignore[union-attr]
    assert implied(*linked(long, long)) == ()


def test_asymmetry_of_two_shares() -> None:
    items = linked(
        reading("share", 0.34, "2024", half=0.005), reading("share", 0.04, "2024", half=0.005, subject=B, object=A)
    )
    (found_one,) = implied(*items)
    assert (found_one.kind, found_one.claims) == ("asymmetry", ("1.1", "1.2"))
    assert found_one.figure.value == pytest.approx(8.5)
    assert (
        implied(*linked(items[0].reading, replace(items[1].reading, period=items[0].reading.period.previous()))) == ()
    )  # type: ignore[union-attr]
    assert implied(*linked(items[0].reading, replace(items[1].reading, flow="exports"))) == ()
    (turned,) = implied(*linked(items[1].reading, items[0].reading))
    assert turned.figure.value == pytest.approx(8.5)


def test_a_share_that_moves_is_told_in_points_and_percent() -> None:
    items = linked(reading("share", 0.63, "2023", half=0.005), reading("share", 0.50, "2025", half=0.005))
    (moved,) = implied(*items)
    assert (moved.kind, moved.figure.unit) == ("share_change", "pp")
    assert moved.figure.value == pytest.approx(-0.13)
    assert moved.second is not None
    assert moved.second.value == pytest.approx(-0.13 / 0.63)
    assert implied(*linked(items[1].reading, items[0].reading)) == ()
    assert implied(*linked(items[0].reading, replace(items[1].reading, object="ISL"))) == ()
    assert implied(*linked(items[0].reading, replace(items[1].reading, concept="opinion"))) == ()
    assert implied(*linked(replace(items[0].reading, value=0.0, low=0.0, high=0.01), items[1].reading)) == ()


def test_two_firsts_of_different_series_are_noted() -> None:
    monthly = reading("first_decline", None, "2023-07", flow="exports")
    yearly = reading("first_decline", None, "2025")
    (note,) = notes(linked(monthly, yearly))
    assert (note.kind, note.claims) == ("different_series", ("1.1", "1.2"))
    assert notes(linked(yearly, replace(yearly, period=monthly.period))) != ()
    assert notes(linked(yearly, replace(yearly, period=yearly.period.previous()))) == ()  # type: ignore[union-attr]
    assert notes(linked(yearly, replace(monthly, modality="negated"))) == ()
    assert notes(linked(yearly, replace(monthly, object="ISL"))) == ()
    assert notes(linked(yearly, reading("first_rise", None, "2023-07"))) == ()
    assert notes(linked(replace(monthly, subject=B, object=A), yearly)) != ()


# ── sentences of our own, each with a planted slip ──────────────────────────────────────────────

PLANTED = {
    "digits": (
        "Trade between China and Russia was $254 billion in 2024.",
        "Handeln mellan Kina och Ryssland uppgick till 254 miljarder dollar 2024.",
        254e9,
        "contradicted",
        "digits",
    ),
    "scale": (
        "Trade between China and Russia was $244.8 million in 2024.",
        "Handeln mellan Kina och Ryssland uppgick till 244,8 miljoner dollar 2024.",
        244.8e6,
        "contradicted",
        "scale",
    ),
    "sign": (
        "Trade between China and Russia fell by 26.3 percent in 2023.",
        "Handeln mellan Kina och Ryssland minskade med 26,3 procent 2023.",
        -0.263,
        "contradicted",
        "sign",
    ),
    "stale year": (
        "Trade between China and Russia was $240.1 billion in 2024.",
        "Handeln mellan Kina och Ryssland uppgick till 240,1 miljarder dollar 2024.",
        240.1e9,
        "supported_only_for",
        "period",
    ),
    "direction": (
        "Chinese exports to Russia were worth $129.1 billion in 2023.",
        "Kinas export till Ryssland uppgick till 129,1 miljarder dollar 2023.",
        129.1e9,
        "roles_swapped",
        "roles",
    ),
    "flow": (
        "Trade between China and Russia was $129.1 billion in 2023.",
        "Handeln mellan Kina och Ryssland uppgick till 129,1 miljarder dollar 2023.",
        129.1e9,
        "supported_only_for",
        "flow",
    ),
    "target": (
        "The target for trade between China and Russia was set at $200 billion for 2023.",
        "Målet för handeln mellan Kina och Ryssland sattes till 200 miljarder dollar för 2023.",
        200e9,
        "not_an_outcome",
        None,
    ),
    "true": (
        "Trade between China and Russia was $240.1 billion in 2023.",
        "Handeln mellan Kina och Ryssland uppgick till 240,1 miljarder dollar 2023.",
        240.1e9,
        "supported",
        None,
    ),
    "nowhere": (
        "Trade between China and Russia was $271.6 billion in 2023.",
        "Handeln mellan Kina och Ryssland uppgick till 271,6 miljarder dollar 2023.",
        271.6e9,
        "contradicted",
        None,
    ),
}


def of_value(report: Report, value: float) -> Checked:
    return next(one for one in report.claims if one.item.reading.value == pytest.approx(value, rel=CLOSE))


@pytest.mark.parametrize("slip", PLANTED)
@pytest.mark.parametrize("language", [0, 1])
def test_a_planted_slip_is_found_in_both_languages(slip: str, language: int) -> None:
    sentence, value, code, kind = PLANTED[slip][language], *PLANTED[slip][2:]
    claim = of_value(check(sentence, date="2025-06-01"), value)
    assert claim.code == code
    assert (claim.judgement.edit.kind if claim.judgement.edit else None) == kind


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "Trade between Sweden and Norway was $60 billion in 2024: exports of $10 billion and imports of $44 billion.",  # noqa: E501
            {60e9: "inconsistent_with", 10e9: "inconsistent_with", 44e9: "inconsistent_with"},
        ),
        (
            "Sveriges import från Norge ökade med 25 procent 2024, till 64 miljarder dollar. 2023 uppgick Sveriges import från Norge till 46 miljarder dollar.",  # noqa: E501
            {0.25: "inconsistent_with", 64e9: "inconsistent_with", 46e9: "inconsistent_with"},
        ),
    ],
)
def test_figures_that_do_not_go_together_need_no_data(text: str, codes: dict[float, str]) -> None:
    report = check(text, date="2025-06-01", against=NOTHING)
    assert {value: of_value(report, value).code for value in codes} == codes
    assert report.contradicted


def test_percent_and_points_are_told_apart() -> None:
    wrong = check(
        "Russia's share of Chinese exports fell 0.5 percent to 2.7 percent in 2025 from 3.2 percent in 2024.",
        date="2026-02-01",
    )
    claim = of_value(wrong, -0.005)
    assert claim.code == "unit_confusion"
    assert claim.judgement.edit is not None
    assert (claim.judgement.edit.before, claim.judgement.edit.after) == ("percent", "points")
    right = check(
        "Russia's share of Chinese exports fell 15.6 percent to 2.7 percent in 2025 from 3.2 percent in 2024.",
        date="2026-02-01",
    )
    assert of_value(right, -0.156).code == "supported"


def test_what_projects_are_worth_is_no_investment() -> None:
    text = (
        "The commission has received 63 projects worth $130 billion in Chinese investment in Russia. "
        "Chinese direct investment in Russia was $18 billion in 2024."
    )
    report = check(text, date="2025-08-22")
    claim = of_value(report, 130e9)
    assert claim.code == "different_concept"
    assert "7.2 times" in report.to_dict("en")["documents"][0]["claims"][-2]["sentence"] or claim.judgement.others  # type: ignore[index]


# ── the report ──────────────────────────────────────────────────────────────────────────────────

ARTICLE = """Trade slows

Trade between China and Russia fell by 8.1 percent to $125.8 billion in January–July 2025. In the first half
trade between China and Russia fell by 9.1 percent to $106.5 billion. Chinese exports to Russia were worth
$129.1 billion in 2023. The <b>target</b> for trade between China and Russia was set at $200 billion for 2023.

Trade between China and Russia was 1.63 trillion yuan ($234 billion) in 2025. It was $254 billion in 2024.
Trade between Sweden and Norway was $60 billion in 2024: exports of $10 billion and imports of $44 billion.
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return check(ARTICLE, date="2026-02-01")


def test_a_report_is_as_its_schema_says(report: Report) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for language in LANGUAGES:
        told = json.loads(json.dumps(report.to_dict(language), allow_nan=False))
        validator.validate(told)
    empty = check("Nothing to see here.", against=NOTHING).to_dict()
    validator.validate(empty)
    assert SCHEMA["$defs"]["verdict"]["enum"] == list(CODES)


def test_each_claim_has_words_verdict_arithmetic_and_sentence(report: Report) -> None:
    told: Any = report.to_dict("en")
    for claim in told["documents"][0]["claims"]:
        assert ARTICLE[claim["start"] : claim["end"]] == claim["quote"]
        assert claim["sentence"][0].isupper() or not claim["sentence"][0].isalpha()
        assert claim["sentence"].endswith((".", "!", "?"))
        assert claim["sentences"]["en"] == claim["sentence"] != claim["sentences"]["sv"]
        if claim["verdict"] in ("supported", "contradicted", "roles_swapped"):
            assert claim["evidence"]
            assert claim["arithmetic"]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("China's exports to Russia fell 9.9% in 2025.", "Exports from China to Russia fell by 9.9% from 2024 to 2025"),
        ("In 2024 the US imposed a 25% tariff on Mexico.", "the United States–Mexico, 2024"),
        ("Russia's trade with China hit a record in 2024.", "Russia–China, 2024"),
    ],
)
def test_a_row_says_what_the_words_were_taken_to_mean(text: str, meaning: str) -> None:
    rows = check(text, date="2026-02-01").rows()
    assert [row["meaning"] for row in rows] == [meaning]


def test_each_side_counts_trade_in_its_own_way() -> None:
    text = (
        "Exports from Norway to Poland were 9.0 billion dollars in 2024, according to Norwegian customs.\n\n"
        "Poland's imports from Norway were 9.8 billion dollars in 2024, according to Polish customs."
    )
    found = check(text, date="2025-05-05", against=NOTHING)
    assert (found.clashes, [note.kind for note in found.notes]) == ((), ["mirror"])
    assert "each side counts" in str(found.to_dict()["notes"])
    for other in (
        text.replace("Polish customs", "Norwegian customs"),
        text.replace(", according to Polish customs", ""),
    ):
        assert len(check(other, date="2025-05-05", against=NOTHING).clashes) == 1
    agreeing = check(text.replace("9.8", "9.0"), date="2025-05-05", against=NOTHING)
    assert (agreeing.clashes, agreeing.notes) == ((), ())


def test_the_same_texts_give_the_same_report(report: Report) -> None:
    assert check(ARTICLE, date="2026-02-01").to_dict() == report.to_dict()


def test_several_texts_clash_with_each_other_and_keep_their_ids() -> None:
    texts = {
        "first": "Trade between Sweden and Norway was $60 billion in 2024.",
        "second": "In 2024 trade between Sweden and Norway was $70 billion.",
    }
    together = check(texts, date="2025-06-01", against=NOTHING)
    assert [document.title for document in together.documents] == ["first", "second"]
    (clash,) = together.clashes
    assert clash.claims == ("1.1", "2.1")
    assert [one.item.document for one in together.claims] == [0, 1]
    assert not check(next(iter(texts.values())), date="2025-06-01", against=NOTHING).contradicted


def test_rows_are_as_many_as_claims(report: Report) -> None:
    rows = report.rows("sv")
    assert [row["claim"] for row in rows] == [claim.key for claim in report.claims]
    assert all(row["code"] in CODES and row["verdict"] and row["sentence"] for row in rows)
    by_code = {str(row["code"]): row for row in rows}
    assert all(row["meaning"] for row in rows)
    assert str(by_code["supported"]["source"]).split(", ")[0] == "Kinas tullverk"
    assert by_code["roles_swapped"]["repair"]


def test_a_report_is_told_in_the_language_of_its_text(report: Report) -> None:
    assert report.language == "en"
    swedish = check("Handeln mellan Sverige och Norge uppgick till 60 miljarder dollar 2024.", against=NOTHING)
    assert swedish.language == "sv"
    assert swedish.to_dict()["language"] == "sv"
    assert swedish.to_dict("en")["language"] == "en"


def test_no_text_is_an_error_with_a_remedy() -> None:
    with pytest.raises(ClaimsError, match="Give at least one"):
        check([])


def test_where_more_claims_conflict_than_are_told_a_note_says_so() -> None:
    countries = ("Norway", "Poland", "Brazil", "India", "Japan", "Mexico", "Canada", "Kenya", "Chile", "Egypt")
    pairs = [(one, other) for one in countries for other in countries if one < other]
    text = "\n\n".join(
        f"In 2023, exports from {one} to {other} were {amount} billion dollars."
        for amount in (3, 5, 8)
        for one, other in pairs
    )
    told = check(text, date="2025-05-05", against=NOTHING, lang="en")
    assert len(told.clashes) == MOST_CONFLICTS
    (note,) = told.notes
    conflicting = [claim.key for claim in told.claims if any(claim.key in clash.claims for clash in told.clashes)]
    assert (note.kind, note.claims) == ("left_out", (conflicting[0], conflicting[-1]))
    for language in LANGUAGES:
        assert note_sentence(told.teller(language), note)
        record = json.loads(json.dumps(told.to_dict(language), allow_nan=False))
        jsonschema.Draft202012Validator(SCHEMA).validate(record)
    again = check(text, date="2025-05-05", against=NOTHING, lang="en")
    assert [clash.claims for clash in again.clashes] == [clash.claims for clash in told.clashes]


def test_insights_and_notes_are_told_in_both_languages(report: Report) -> None:
    july = next(one for one in report.insights if one.figure.period and one.figure.period.label == "2025-07")
    told = [insight_sentence(report.teller(language), july).replace("\u00a0", " ") for language in LANGUAGES]
    assert told[0] == "The totals imply 19.30 billion dollars for July 2025, a change of −2.2% on the year before."
    assert "19,30 miljarder dollar" in told[1]
    items = linked(
        reading("first_decline", None, "2023-07", flow="exports"),
        reading("first_decline", None, "2025"),
        quotes=("first fall", "falls for the first time"),
    )
    made = Report(
        (), tuple(Checked(item, judged) for item, judged in zip(items, open_verdicts(items).values(), strict=True))
    )
    (note,) = notes(items)
    told = note_sentence(made.teller("en"), note)
    assert "first fall" in told
    assert "exports, July 2023" in told


def test_every_verdict_can_be_told_in_both_languages(facts: Path) -> None:
    """Each code with and without evidence, so that no sentence of the catalogue lacks what it asks for."""
    knowledge = Knowledge(facts)
    claims = (
        reading("value", 125.4e9, "2024", half=0.05e9),
        reading("growth", 0.254, "2024", half=0.0005),
        reading("share", 0.081, "2024", half=0.0005, subject=B, object=A, flow="exports"),
        reading("change", 25.4e9, "2024", half=0.05e9, base="2023"),
        reading("value", 80e9, "2024", half=0.05e9, flow="exports"),
        reading("value", 100.0e9, "2024", half=0.05e9),
        reading("growth", 1.0, "2024", low=1.0, high=float("inf"), base="2022", qualifier="more_than"),
        reading("value", 45.4e9, "2024", half=0.05e9),
        reading("value", 152.4e9, "2024", half=0.05e9),
        reading("growth", -0.254, "2024", half=0.0005),
        reading("value", 125.4e6, "2024", half=0.05e6),
        reading("value", 150e9, "2024", half=0.5e9),
        reading("value", 18.2e9, "2024", half=0.05e9, subject=B, object=A, flow="", concept="investment"),
        reading("value", 1e9, "2024", product="crude_oil", flow="exports"),
        reading("value", 1e9, None, subject="", object="", assumed=("subject", "object", "period")),
        reading("rank", 1.0, "2024", unit="rank"),
        reading("ratio", 2.0, "2024"),
        *(reading("value", 1e9, "2024", modality=word) for word in ("target", "forecast", "norm", "opinion", "hypothetical", "negated")),  # noqa: E501
        reading("trend", None, "2024", direction=1),
        reading("trend", None, "2024", direction=-1),
        reading("record", None, "2024"),
        reading("record", None, "2024", direction=1),
        reading("record", None, "2025"),
        reading("balance", None, "2023", flow="balance"),
    )  # fmt: skip
    from amur.claims.predicates import judge_predicate
    from amur.claims.verdict import judge

    items = linked(*claims)
    seen = set()
    for item in items:
        judged = judge(item, knowledge) if item.reading.value is not None else judge_predicate(item, knowledge)
        seen.add(judged.code)
        for language in LANGUAGES:
            one = Report((), (Checked(item, judged),))
            (row,) = one.rows(language)
            sentence = str(row["sentence"])
            assert sentence.endswith(".")
            assert not re.search(r"[{}]|None|nan", sentence)
    assert seen >= {"supported", "supported_only_for", "contradicted", "roles_swapped", "different_concept", "not_an_outcome", "underspecified", "outside_data", "level_growth_confusion"}  # fmt: skip  # noqa: E501


# ── the page ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_marks_each_claim_and_links_both_ways(report: Report, language: str) -> None:
    page = report_page(report, Text(language))
    for claim in report.claims:
        name = claim.key.replace(".", "-")
        assert f'href="#claim-{name}"' in page
        assert f'id="claim-{name}"' in page
        assert f'href="#mark-{name}"' in page
        assert f'id="mark-{name}"' in page
    assert page.count("<h2") == page.count("</h2>")
    assert Text(language)("check.page.conflicts") in page


def test_words_of_an_article_never_become_markup() -> None:
    text = '<script>alert(1)</script> "Trade & ties": trade between Sweden and Norway was $60 billion in 2024 <img src=x onerror=alert(2)>.'  # noqa: E501
    page = report_page(check({text[:40]: text}, date="2025-06-01", against=NOTHING), Text("en"))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "onerror=alert(2)&gt;" in page or "onerror" not in page


def test_the_text_of_the_page_is_the_text_of_the_article(report: Report) -> None:
    page = report_page(report, Text("en"))
    words = re.sub(r'<a class="ref".*?</a>|</?span[^>]*>', "", page)
    for line in (
        "Chinese exports to Russia were worth",
        "1.63 trillion yuan ($234 billion) in 2025",
        "exports of $10 billion and imports of $44 billion",
    ):
        assert line in words
    marked = [int(number) for number in re.findall(r'id="mark-1-(\d+)"', page)]
    assert sorted(marked) == list(range(1, len(report.claims) + 1))


def test_a_text_without_claims_says_so() -> None:
    page = report_page(check("The weather was fine.", against=NOTHING), Text("en"))
    assert Text("en")("check.page.none_found") in page
    assert Text("en")("check.page.table") not in page


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text_gives_a_report_or_one_clear_error(text: str | bytes) -> None:
    try:
        made = check(text, against=NOTHING)
    except ClaimsError as error:
        assert str(error).endswith((".", "?"))
        return
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(made.to_dict(), allow_nan=False)))
    assert all(first.key != second.key for first, second in pairwise(made.claims))
