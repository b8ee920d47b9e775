"""Switching between the readings of a claim: each has the verdict that it would have by itself."""

from __future__ import annotations

import re

import pytest

from amur.claims.check import check
from amur.claims.evidence import Knowledge
from amur.kit import render_page
from amur.pages.check import report_record
from amur.pages.readings import readings_of
from amur.text import Text

OPEN = "Trade between Russia and China grew. Imports fell 9% in 2023."
CLEAR = "Trade between China and Russia fell by 8.1% in the first seven months of 2025."


@pytest.mark.parametrize("language", ["en", "sv"])
def test_an_open_claim_has_several_readings_in_words_of_their_own(language: str) -> None:
    report = check(OPEN, date="2024-09-01")
    teller, knowledge = report.teller(language), Knowledge()
    found = [readings_of(claim, teller, knowledge) for claim in report.claims]
    several = next(some for some in found if some)
    assert len({item.words for item in several}) == len(several) > 1
    assert all(item.sentence for item in several)


def test_the_first_reading_is_the_one_that_the_verdict_took() -> None:
    report = check(OPEN, date="2024-09-01")
    teller, knowledge = report.teller("en"), Knowledge()
    for claim in report.claims:
        some = readings_of(claim, teller, knowledge)
        if some:
            assert some[0].code == claim.code


def test_a_reading_that_the_reader_means_gets_the_verdict_of_the_claim_that_says_so() -> None:
    report = check(OPEN, date="2024-09-01")
    teller, knowledge = report.teller("en"), Knowledge()
    [some] = [found for claim in report.claims if (found := readings_of(claim, teller, knowledge))]
    meant = next(item for item in some[1:] if item.words.startswith("China’s imports from Russia"))
    said = check("China's imports from Russia fell by 9% in 2023 compared with 2022.").claims[0]
    assert (meant.code, said.code) == (said.code, "contradicted")


def test_a_span_that_cannot_be_filled_in_leaves_the_claim_as_it_was_read() -> None:
    report = check("Trade between Russia and China grew. Imports fell 9% from January to July.", date="2024-09-01")
    assert all(claim.item.links for claim in report.claims)


def test_a_clear_claim_has_nothing_to_switch() -> None:
    report = check(CLEAR)
    assert readings_of(report.claims[0], report.teller("en"), Knowledge()) == ()


def test_the_page_offers_the_switch_without_script_only_where_the_data_are_known() -> None:
    report, text = check(OPEN, date="2024-09-01"), Text("en")
    page = render_page(report_record(report, text, Knowledge()), text)
    assert page.count('type="radio"') >= 2
    names = set(re.findall(r'type="radio" name="([^"]+)"', page))
    assert len(re.findall(r'type="radio"[^>]* checked', page)) == len(names)
    assert 'type="radio"' not in render_page(report_record(report, text), text)
