"""The claim reader takes any text: nothing breaks it, and its time grows with the length alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.claims import read
from amur.claims.check import check
from amur.claims.evidence import NOTHING
from amur.claims.normalise import MAX_CHARACTERS
from amur.errors import AmurError, ClaimsError

# Four times the text may take six times as long: the surplus is for caches that fill and clocks that tick;
# a quadratic reader would take sixteen times.
MOST_FOR_FOUR_TIMES = 6
# Below this many seconds the clock is too coarse to compare.
LEAST_SECONDS = 0.03
# What is quadratic takes sixteen times as long at every try.
TRIES = 3
PIECES = (
    "exports", "imports", "of", "to", "from", "China", "Russia's", "Ryssland", "handeln", "med", "procent", "%", "$",
    "5", "2024", "1,234.5", "miljarder", "billion", "share", "andel", "rose", "föll", "(", ")", "-", "–", ",", ".",
    ":", "\n", "\n\n", "July", "i juli", "last year", "half", "en tredjedel", "twice", "as", "more than", "said", "<p>",
    "&amp;", "tariff", "tullar", "first", "Q1", "between", "and", "och", "deficit", "million tonnes", "“", "”",
)  # fmt: skip
MONOTONOUS = (
    "1 ", "1,", "1.", "5% ", "a", "<", "<p ", "&", '"', "(", "A. ", "x: 5% ", "exports to China ", "of the ", "\n",
    "share of exports of ", "January to ", "2024-", "twenty-", "said that ", "a-\n", "<script>", "<p><!--",
    "China and ", "from 5 to ",
)  # fmt: skip


@given(st.text(max_size=600))
def test_any_text_is_read(text: str) -> None:
    document = read(text)
    assert all(text[claim.start : claim.end] == claim.quote for claim in document.claims)


@given(st.lists(st.sampled_from(PIECES), max_size=120), st.sampled_from(["en", "sv"]))
@settings(max_examples=150)
def test_any_heap_of_the_right_words_is_read(pieces: list[str], lang: str) -> None:
    text = " ".join(pieces)
    for claim in read(text, date="2025-09-15", lang=lang).claims:
        assert text[claim.start : claim.end] == claim.quote
        reading = claim.reading
        if reading.value is not None and reading.low is not None and reading.high is not None:
            assert reading.low <= reading.value <= reading.high
        assert not reading.object or reading.subject != reading.object or reading.concept == "opinion"


@given(st.binary(max_size=400))
def test_any_bytes_give_an_answer_or_one_clear_error(data: bytes) -> None:
    try:
        read(data)
    except AmurError as error:
        assert isinstance(error, ClaimsError)
        assert str(error).endswith(".")


@pytest.mark.parametrize("text", ["", " \n\t ", "\u202e\u202c", "🇸🇪🇳🇴", "5", "%", "\x00", "ارتفعت صادرات الصين 5%"])
def test_next_to_nothing_is_no_claim(text: str) -> None:
    assert read(text).claims == ()


def test_a_page_as_printed_is_refused_with_the_way_out() -> None:
    with pytest.raises(ClaimsError, match="plain text or HTML"):
        read(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")


def test_a_text_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(ClaimsError, match="Split it"):
        read("a" * (MAX_CHARACTERS + 1))


def article(times: int) -> str:
    paragraph = (
        "Norway's exports to Poland fell 5.2% to $3.4bn in the first half of 2025, statistics showed. "
        "Imports from Poland rose by a third, and Poland's share of Norwegian imports was 4.1%, "
        "up from 3.2% a year earlier. "
        "The minister said that trade should reach $10bn by 2030.\n\n"
    )
    return paragraph * times


def seconds(text: str, tries: int = 2) -> float:
    """The least of some runs, in seconds of the processor."""
    times: list[float] = []
    for _ in range(tries):
        start = time.process_time()
        read(text, date="2025-09-15", lang="en")
        times.append(time.process_time() - start)
    return min(times)


def is_linear(short: str, long: str) -> bool:
    """Whether four times the text ever takes at most six times as long: a busy machine may hide it, but not always."""
    return any(seconds(long) <= MOST_FOR_FOUR_TIMES * max(seconds(short), LEAST_SECONDS) for _ in range(TRIES))


def test_four_times_the_article_takes_at_most_six_times_as_long() -> None:
    assert is_linear(article(20), article(80))


@pytest.mark.parametrize("piece", MONOTONOUS)
def test_four_times_the_monotony_takes_at_most_six_times_as_long(piece: str) -> None:
    size = 5_000 // len(piece)
    assert is_linear(piece * size, piece * 4 * size)


def test_an_article_of_1500_words_is_read_well_within_a_second() -> None:
    text = article(33)
    assert len(text.split()) > 1500
    assert seconds(text, tries=5) < 1.0


PARTNERS = ("Norway", "Poland", "Brazil", "India", "Japan", "Mexico", "Canada", "Kenya", "Chile", "Egypt")


def stated(sentences: int) -> str:
    """As many different claims, of which some cannot hold together."""
    return "\n\n".join(
        f"In {2012 + at % 11}, exports from {PARTNERS[at % 10]} to {PARTNERS[(at // 10 + at % 10 + 1) % 10]} rose by "
        f"{5 + at % 37}.{at % 10} percent to {10 + at % 53}.{at % 7} billion dollars."
        for at in range(sentences)
    )


def test_twice_the_claims_take_at_most_two_and_a_half_times_as_long_to_check() -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        check(text, date="2025-09-15", against=NOTHING)
        return time.process_time() - start

    short, long = stated(30), stated(60)
    seconds(short)
    tries = ((seconds(short), seconds(long)) for _ in range(TRIES))
    assert any(later <= 2.5 * earlier for earlier, later in tries)
