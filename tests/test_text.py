"""Sentences use all they are given, and numbers are written as each language writes them."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur.errors import TextError
from amur.figures import Figure, printed
from amur.periods import Period
from amur.text import LANGUAGES, Text

NBSP = "\u00a0"


def amount(text: str = "240.1") -> Figure:
    template = Figure("turnover", "CHN", "RUS", period=Period.of_year(2023), unit="USD", currency="USD")
    return printed(template, text, scale=1e9)


def test_a_sentence_that_drops_a_number_is_an_error() -> None:
    text = Text("en")
    assert text("common.range", low="1", high="2") == "1 to 2"
    with pytest.raises(TextError, match=r"leaves out \['extra'\]"):
        text("common.range", low="1", high="2", extra="3")
    with pytest.raises(TextError, match=r"needs \['high'\]"):
        text("common.range", low="1")


def test_what_the_catalogue_lacks_is_named() -> None:
    with pytest.raises(TextError, match=r"no text 'common\.nothing'"):
        Text("sv")("common.nothing")
    with pytest.raises(TextError, match="no catalogue for the language 'de'"):
        Text("de")
    with pytest.raises(TextError, match="plural forms"):
        Text("sv")("common.scale.billion", number="1")
    assert not Text("sv").has("common.nothing")


@pytest.mark.parametrize(
    ("language", "value", "digits", "shown"),
    [
        ("en", 1234567.891, 1, "1,234,567.9"),
        ("sv", 1234567.891, 1, f"1{NBSP}234{NBSP}567,9"),
        ("en", -0.04, 1, "0.0"),
        ("en", -0.06, 1, "−0.1"),
        ("sv", -8.1, 1, "−8,1"),
        ("sv", 2.5, 0, "2"),
    ],
)
def test_numbers(language: str, value: float, digits: int, shown: str) -> None:
    assert Text(language).number(value, digits=digits) == shown


def test_signs_are_real_and_zero_has_none() -> None:
    text = Text("en")
    assert text.number(3.25, digits=1, sign=True) in ("+3.2", "+3.3")
    assert text.number(0.0, sign=True) == "0.0"
    assert text.points(0.1) == f"+10.0{NBSP}percentage points"
    assert text.percent(-0.081, sign=True) == "−8.1%"


@given(st.floats(min_value=-1e9, max_value=1e9), st.integers(min_value=0, max_value=4))
def test_a_written_number_reads_back(value: float, digits: int) -> None:
    for language in LANGUAGES:
        shown = Text(language).number(value, digits=digits)
        plain = shown.replace(NBSP, "").replace("−", "-")
        plain = plain.replace(",", ".") if language == "sv" else plain.replace(",", "")
        assert math.isclose(float(plain), value, abs_tol=0.5000001 * 10**-digits)


def test_amounts_in_both_languages() -> None:
    assert Text("en").figure(amount()) == f"240.1{NBSP}billion{NBSP}dollars"
    assert Text("sv").figure(amount()) == f"240,1{NBSP}miljarder{NBSP}dollar"
    assert Text("sv").figure(amount("1")) == f"1{NBSP}miljard{NBSP}dollar"
    assert Text("sv").money(1.63e12, "CNY", digits=2) == f"1,63{NBSP}biljoner{NBSP}yuan"
    assert Text("en").money(512.0, "EUR", digits=0) == f"512{NBSP}euros"
    assert Text("en").interval(amount()) == f"240.05 to 240.15{NBSP}billion{NBSP}dollars"
    assert Text("sv").interval(amount()) == f"240,05 till 240,15{NBSP}miljarder{NBSP}dollar"
    assert Text("sv").interval(Figure("x", "CHN", value=1.0)) == ""
    assert Text("en").currency("XYZ") == "XYZ"
    assert Text("sv").unit("t") == "ton"


def test_rates_in_both_languages() -> None:
    share = printed(Figure("share", "RUS", "CHN", unit="fraction"), "20.4", scale=0.01)
    assert Text("en").figure(share) == "20.4%"
    assert Text("sv").figure(share) == f"20,4{NBSP}%"
    assert Text("sv").figure(Figure("asymmetry", "RUS", "CHN", value=8.5, unit="ratio")) == "8,50"


@pytest.mark.parametrize(
    ("label", "english", "swedish"),
    [
        ("2024", "2024", "2024"),
        ("2025-H1", "first half of 2025", "första halvåret 2025"),
        ("2025-H2", "second half of 2025", "andra halvåret 2025"),
        ("2025-Q1", "first quarter of 2025", "första kvartalet 2025"),
        ("2025-Q4", "fourth quarter of 2025", "fjärde kvartalet 2025"),
        ("2025-07", "July 2025", "juli 2025"),
        ("2025-01/2025-07", "January–July 2025", "januari–juli 2025"),
        ("2024-08/2025-07", "August 2024–July 2025", "augusti 2024–juli 2025"),
        ("2020/2024", "2020–2024", "2020–2024"),
        ("2025-08-21", "21 August 2025", "21 augusti 2025"),
        ("2025-02-24/2025-03-04", "24 February 2025–4 March 2025", "24 februari 2025–4 mars 2025"),
    ],
)
def test_periods_in_words(label: str, english: str, swedish: str) -> None:
    assert Text("en").period(Period.parse(label)) == english
    assert Text("sv").period(Period.parse(label)) == swedish


def test_dates_and_values_inside_sentences() -> None:
    assert Text("sv").date(date(2025, 8, 21)) == "21 augusti 2025"
    assert Text("en")("common.range", low=Period.of_month(2025, 7), high=1200) == "July 2025 to 1,200"
    assert Text("en")("common.range", low=amount(), high="x").startswith("240.1")


@pytest.mark.parametrize(
    ("code", "the_en", "genitive_en", "genitive_sv"),
    [
        ("CHN", "China", "China’s", "Kinas"),
        ("USA", "the United States", "the United States’", "USA:s"),
        ("BLR", "Belarus", "Belarus’", "Belarus"),
        ("SWE", "Sweden", "Sweden’s", "Sveriges"),
    ],
)
def test_countries_in_sentences(code: str, the_en: str, genitive_en: str, genitive_sv: str) -> None:
    assert Text("en").the(code) == the_en
    assert Text("en").genitive(code) == genitive_en
    assert Text("sv").genitive(code) == genitive_sv


def test_a_sentence_begins_with_a_capital() -> None:
    assert Text("sv").sentence("common.period.half1", year="2025") == "Första halvåret 2025"
    assert Text("en").adjective("CHN") == "Chinese"
    assert Text("sv").adjective("CHN") == "kinesisk"
