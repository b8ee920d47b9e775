"""The claim reader, part by part: numbers, units, periods, places, qualifiers, modality, speakers, offsets."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur.claims import Claim, Reading, read
from amur.claims.clock import Clock, fiscal_clock, resolve
from amur.claims.dates import find_date
from amur.claims.lexicon import detect_language, load_lexicon
from amur.claims.normalise import decode, normalise
from amur.claims.numbers import find_numbers, load_numerals
from amur.claims.scene import build_scene
from amur.claims.slots import interval
from amur.claims.speakers import find_speaker
from amur.claims.tokens import tokenise
from amur.claims.units import find_quantities, load_units
from amur.claims.when import find_times, load_when
from amur.errors import ClaimsError
from amur.periods import Period

DAY = date(2025, 9, 15)
# Values are read digit by digit and scaled once; what is left is the rounding of that one product.
RELATIVE = 1e-12


def quantities(text: str, lang: str) -> list[tuple[float, str]]:
    tokens = tokenise(text)
    found = find_quantities(tokens, find_numbers(tokens, load_numerals(lang)), load_units(lang))
    return [(quantity.value, quantity.unit) for quantity in found]


def first(text: str, *, lang: str = "en", day: date = DAY) -> Reading:
    claims = [claim for claim in read(text, date=day, lang=lang).claims if claim.reading.value is not None]
    assert claims, f"nothing read in {text!r}"
    return claims[0].reading


# ── numbers and units ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "text", "value", "unit"),
    [
        ("en", "$125.8 billion", 125.8e9, "USD"),
        ("en", "1,234,567 tonnes", 1_234_567, "t"),
        ("en", "€1,204.5m", 1204.5e6, "EUR"),
        ("en", "twenty-three percent", 0.23, "fraction"),
        ("en", "two hundred and fifty barrels", 250, "bbl"),
        ("en", "one and a half billion euros", 1.5e9, "EUR"),
        ("en", "half a million tons", 0.5e6, "t"),
        ("en", "three-quarters", 0.75, "fraction"),
        ("en", "three out of every four", 0.75, "fraction"),
        ("en", "1.2 percentage points", 0.012, "pp"),
        ("en", "2.1 million barrels of crude a day", 2.1e6, "bbl/d"),
        ("en", "$80 a barrel", 80, "USD/bbl"),
        ("en", "SEK 4bn", 4e9, "SEK"),
        ("en", "17.6 bcm", 17.6e9, "m3"),
        ("sv", "125,8 miljarder dollar", 125.8e9, "USD"),
        ("sv", "1,51 biljoner yuan", 1.51e12, "CNY"),
        ("sv", "4 300 kilometer", 4300, "km"),
        ("sv", "7.040.000 ton", 7_040_000, "t"),
        ("sv", "tjugotre procent", 0.23, "fraction"),
        ("sv", "trehundrafemtio ton", 350, "t"),
        ("sv", "tioprocentiga", 0.10, "fraction"),
        ("sv", "50-procentiga", 0.50, "fraction"),
        ("sv", "en tredjedel", 1 / 3, "fraction"),
        ("sv", "sju av tio", 0.7, "fraction"),
        ("sv", "en och en halv miljard kronor", 1.5e9, "KRONA"),
        ("sv", "4,2 mdkr", 4.2e9, "SEK"),
        ("sv", "1,2 procentenheter", 0.012, "pp"),
        ("ru", "244,8 млрд долларов", 244.8e9, "USD"),
        ("ru", "1,5 трлн рублей", 1.5e12, "RUB"),
        ("zh", "2448亿美元", 244.8e9, "USD"),
        ("zh", "1.63万亿元", 1.63e12, "CNY"),
        ("zh", "35万吨", 350_000, "t"),
        ("de", "244,8 Mrd. Dollar", 244.8e9, "USD"),
        ("de", "1,7 Billionen Yuan", 1.7e12, "CNY"),
        ("en", "130 млрд долларов", 130e9, "USD"),
    ],
)
def test_a_number_with_its_scale_and_unit(lang: str, text: str, value: float, unit: str) -> None:
    found = quantities(text, lang)
    assert len(found) == 1
    assert found[0][0] == pytest.approx(value, rel=RELATIVE)
    assert found[0][1] == unit


def test_a_billion_is_a_thousandth_of_a_swedish_biljon() -> None:
    assert quantities("1 billion dollars", "en")[0][0] * 1000 == quantities("1 biljon dollar", "sv")[0][0]


@pytest.mark.parametrize("lang", ["en", "sv"])
@given(number=st.integers(1, 9_999_999), decimals=st.integers(0, 3))
def test_a_printed_number_is_read_back(lang: str, number: int, decimals: int) -> None:
    written = f"{number:,}" + ("." + "3" * decimals if decimals else "")
    value = float(written.replace(",", ""))
    if lang == "sv":
        written = written.replace(",", " ").replace(".", ",")
    found = quantities(f"{written} {'miljoner ton' if lang == 'sv' else 'million tonnes'}", lang)
    assert found[0][0] == pytest.approx(value * 1e6, rel=RELATIVE)


@given(number=st.integers(2, 999))
def test_swedish_number_words_in_one_word_are_read_back(number: int) -> None:
    words = {value: word for word, value in load_numerals("sv").words.items() if word not in ("ett", "fyr", "tve")}
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    small = (
        words[rest] if rest in words and rest else (words[tens * 10] if tens else "") + (words[ones] if ones else "")
    )
    word = (words[hundreds] + "hundra" if hundreds > 1 else "hundra" if hundreds else "") + small
    assert load_numerals("sv").word_value(word) == number


@pytest.mark.parametrize(
    "text",
    ["G20", "ES-11/7", "No 833/2014", "17:45", "12/05/2023", "1.2.3.4", "5G networks", "COVID-19", "2023-05-12"],
)
def test_codes_dates_and_times_are_no_numbers(text: str) -> None:
    assert [number.value for number in find_numbers(tokenise(text), load_numerals("en")) if number.value < 100] in (
        [],
        [2023],
    )


def test_a_range_is_two_values_never_their_mean() -> None:
    claims = read("Exports from Norway to Poland will fall by 10-15% in 2026.", date=DAY).claims
    values = [claim.reading.value for claim in claims if claim.reading.value is not None]
    assert values == [-0.10, -0.15]


def test_a_parenthesis_is_a_gloss_and_not_a_minus() -> None:
    text = "Trade between Oman and India came to 1.63 trillion yuan ($234 billion) in 2024."
    values = [claim.reading.value for claim in read(text, date=DAY).claims if claim.reading.value is not None]
    assert values == [1.63e12, 234e9]


# ── periods ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lang", "text", "label"),
    [
        ("en", "in 2024", "2024"),
        ("en", "in the first half of 2025", "2025-H1"),
        ("en", "in the second quarter of last year", "2024-Q2"),
        ("en", "in Q3 2024", "2024-Q3"),
        ("en", "between January and July", "2025-01/2025-07"),
        ("en", "in January–August 2025", "2025-01/2025-08"),
        ("en", "the first seven months of 2025", "2025-01/2025-07"),
        ("en", "in the 12 months to June 2025", "2024-07/2025-06"),
        ("en", "last month", "2025-08"),
        ("en", "in December", "2024-12"),
        ("en", "last September", "2024-09"),
        ("en", "so far this year", "2025-01/2025-08"),
        ("en", "in 2019–23", "2019/2023"),
        ("en", "the five years to 2024", "2020/2024"),
        ("en", "last quarter", "2025-Q2"),
        ("sv", "under första halvåret 2025", "2025-H1"),
        ("sv", "under första halvåret i fjol", "2024-H1"),
        ("sv", "mellan januari och juli i år", "2025-01/2025-07"),
        ("sv", "årets sju första månader", "2025-01/2025-07"),
        ("sv", "i juli i fjol", "2024-07"),
        ("sv", "hittills i år", "2025-01/2025-08"),
        ("sv", "i förfjol", "2023"),
        ("sv", "sommaren 2023", "2023-06/2023-08"),
        ("sv", "de senaste tolv månaderna", "2024-09/2025-08"),
        ("sv", "den 4 juni 2025", "2025-06-04"),
    ],
)
def test_a_time_expression_is_a_period_relative_to_the_document(lang: str, text: str, label: str) -> None:
    marks = find_times(tokenise(text), load_when(lang))
    periods = [resolve(mark, Clock(DAY)).period for mark in marks]
    assert Period.parse(label) in periods


@pytest.mark.parametrize(
    ("code", "label"), [("IND", "2023-04/2024-03"), ("PAK", "2023-07/2024-06"), ("JPN", "2023-04/2024-03")]
)
def test_a_fiscal_year_is_that_of_the_country(code: str, label: str) -> None:
    mark = find_times(tokenise("fiscal 2023-24"), load_when("en"))[0]
    assert resolve(mark, fiscal_clock(Clock(DAY), code)).period == Period.parse(label)


@given(year=st.integers(1990, 2030), month=st.integers(1, 12))
def test_a_month_with_its_year_is_that_month_in_both_languages(year: int, month: int) -> None:
    for lang in ("en", "sv"):
        name = next(form for form, number in load_when(lang).months.items() if number == month)
        name = name.capitalize() if lang == "en" else name
        mark = find_times(tokenise(f"{'in' if lang == 'en' else 'i'} {name} {year}"), load_when(lang))[0]
        assert resolve(mark, Clock(None)).period == Period.of_month(year, month)


def test_without_a_date_nothing_relative_is_guessed() -> None:
    mark = find_times(tokenise("last year"), load_when("en"))[0]
    assert resolve(mark, Clock(None)).period is None
    document = read("Exports from Norway to Poland rose 5% last year.")
    assert document.date is None and "date_unknown" in document.notes
    assert document.claims[0].reading.period is None


def test_may_the_verb_is_no_month() -> None:
    assert find_times(tokenise("Exports may fall."), load_when("en")) == []


@pytest.mark.parametrize(
    ("text", "lang", "wanted", "where"),
    [
        ("Title\n\nPublished March 4 2025\n\nText.", "en", date(2025, 3, 4), "text"),
        ("Rubrik\n\nUppdaterad: 21 aug. 2025Publicerad: 20 aug. 2025\n\nText.", "sv", date(2025, 8, 21), "text"),
        ("HANOI, October 9, 2025 — Exports rose.", "en", date(2025, 10, 9), "text"),
        ("Text.\n\nhttps://example.org/news/2026-04-30/x", "en", date(2026, 4, 30), "address"),
        ("The 80th anniversary of the victory was marked.", "en", date(2025, 6, 30), "anniversary"),
        ("In 2023 exports rose. Last year they fell.", "en", date(2024, 6, 30), "years"),
        ("Nothing here.", "en", None, "none"),
    ],
)
def test_the_date_of_a_document_and_where_it_came_from(text: str, lang: str, wanted: date | None, where: str) -> None:
    assert find_date(text, lang) == (wanted, where)


# ── slots ───────────────────────────────────────────────────────────────────────────────────────


@given(value=st.floats(0.01, 1e12), half=st.floats(0, 1e-3), key=st.sampled_from(["", "about", "almost", "up_to"]))
def test_an_interval_holds_its_value_and_mirrors_for_a_fall(value: float, half: float, key: str) -> None:
    low, high = interval(value, half, key)  # type: ignore[arg-type]
    assert low <= value <= high
    assert interval(-value, half, key) == (-high, -low)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lang", "words", "key", "below", "above"),
    [
        ("en", "more than", "more_than", False, True),
        ("en", "almost", "almost", True, False),
        ("en", "roughly", "about", True, True),
        ("en", "up to", "up_to", True, False),
        ("en", "at least", "at_least", False, True),
        ("sv", "drygt", "a_bit_over", False, True),
        ("sv", "knappt", "almost", True, False),
        ("sv", "omkring", "about", True, True),
        ("sv", "nästan", "almost", True, False),
        ("sv", "minst", "at_least", False, True),
    ],
)
def test_a_qualifier_opens_the_interval_on_its_side(lang: str, words: str, key: str, below: bool, above: bool) -> None:
    text = f"Handeln mellan Oman och Indien nådde {words} 200 miljarder dollar 2024."
    if lang == "en":
        text = f"Trade between Oman and India reached {words} $200 billion in 2024."
    reading = first(text, lang=lang)
    assert reading.qualifier == key
    assert reading.low is not None and reading.high is not None
    assert (reading.low < 199e9) == below
    assert (reading.high > 201e9) == above


def test_printed_digits_alone_give_half_a_unit_of_the_last() -> None:
    reading = first("Trade between Oman and India was worth $125.8 billion in 2024.")
    assert reading.low == pytest.approx(125.75e9, rel=RELATIVE)
    assert reading.high == pytest.approx(125.85e9, rel=RELATIVE)


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Exports from Norway to Poland rose 5% in 2024.", "outcome"),
        ("Norway aims to raise exports to Poland by 5%.", "target"),
        ("Exports from Norway to Poland are expected to rise 5%.", "forecast"),
        ("Imports from Norway must not exceed 5% of Poland's imports.", "norm"),
        ("If the ban came, exports from Norway to Poland would fall 5%.", "hypothetical"),
        ("Exports from Norway to Poland did not rise by 5%.", "negated"),
    ],
)
def test_modality(text: str, modality: str) -> None:
    assert first(text).modality == modality


@pytest.mark.parametrize(
    ("lang", "text", "name"),
    [
        ("en", "According to the Kiel Institute, exports fell 5%.", "Kiel Institute"),
        ("en", "Exports fell 5%, Statistics Norway said.", "Statistics Norway"),
        ("en", "Chinese customs data showed a fall.", "Chinese customs data"),
        ("sv", "Enligt kinesiska tulluppgifter minskade importen.", "kinesiska tulluppgifter"),
        ("sv", "Exporten föll, säger handelsminister Anna Berg.", "handelsminister Anna Berg"),
        ("en", "Exports fell 5%.", ""),
    ],
)
def test_who_says_so(lang: str, text: str, name: str) -> None:
    assert find_speaker(build_scene(tokenise(text), load_lexicon(lang))).name == name


# ── roles ───────────────────────────────────────────────────────────────────────────────────────

PAIRS = [("Chile", "Kenya", "CHL", "KEN"), ("Norway", "Vietnam", "NOR", "VNM"), ("Oman", "Fiji", "OMN", "FJI")]


@pytest.mark.parametrize(("a", "b", "a_code", "b_code"), PAIRS)
@pytest.mark.parametrize(
    ("sentence", "flow", "swapped"),
    [
        ("{a}'s exports to {b} rose 5% in 2024.", "exports", False),
        ("Exports from {a} to {b} rose 5% in 2024.", "exports", False),
        ("{a}'s imports from {b} rose 5% in 2024.", "imports", False),
        ("Imports from {b} to {a} rose 5% in 2024.", "imports", False),
        ("{a} accounts for 5% of {b}'s imports.", "imports", True),
        ("{a}'s share of {b}'s exports was 5% in 2024.", "exports", True),
        ("{b} sends 5% of its exports to {a}.", "exports", True),
    ],
)
def test_the_subject_is_whose_total_it_is_for_any_pair(
    a: str, b: str, a_code: str, b_code: str, sentence: str, flow: str, swapped: bool
) -> None:
    reading = first(sentence.format(a=a, b=b))
    wanted = (b_code, a_code) if swapped else (a_code, b_code)
    assert (reading.subject, reading.object, reading.flow) == (*wanted, flow)


@pytest.mark.parametrize(("a", "b", "a_code", "b_code"), PAIRS)
def test_swapping_the_two_names_swaps_the_two_codes(a: str, b: str, a_code: str, b_code: str) -> None:
    there, back = (first(f"Exports from {x} to {y} fell 3% in 2024.") for x, y in ((a, b), (b, a)))
    assert (there.subject, there.object) == (back.object, back.subject) == (a_code, b_code)


def test_whose_market_is_saturated_is_read_and_not_guessed() -> None:
    chilean, kenyan = (
        next(c.reading for c in read(text, date=DAY).claims if c.reading.measure == "saturation")
        for text in (
            "The Chilean market for Kenyan tea is saturated.",
            "The Kenyan market for Chilean wine is saturated.",
        )
    )
    assert (chilean.subject, chilean.object) == ("CHL", "KEN")
    assert (kenyan.subject, kenyan.object) == ("KEN", "CHL")


def test_what_the_sentence_leaves_open_is_named_as_assumed() -> None:
    text = "Norway's exports to Poland fell 5% in 2024. Imports rose 3%."
    reading = read(text, date=DAY).claims[-1].reading
    assert (reading.subject, reading.object, reading.flow) == ("NOR", "POL", "imports")
    assert {"subject", "object", "period"} <= set(reading.assumed)


# ── words and offsets ───────────────────────────────────────────────────────────────────────────

MESSY = [
    "Kinas ex\u00adport till Ryss\u00ad\nland ökade med 5\u00a0procent 2024.",
    "Kinas export till Ryss-\nland minskade med 5,5 pro-\ncent under 2024.",
    "Chinese exports to Russia changed by \u22125.2% in 2024.",
    "<p>China&rsquo;s exports to <b>Russia</b> fell 3&nbsp;% in 2024&#46;</p>",
    "Kinas export till O\u0308sterrike o\u0308kade 4 procent 2024.",
    "\u202eChinese exports to Russia rose 7% in 2024.\u202c",
]


@pytest.mark.parametrize("text", MESSY)
def test_the_quote_is_a_verbatim_piece_of_the_input(text: str) -> None:
    document = read(text, date=DAY)
    assert [claim for claim in document.claims if claim.reading.value is not None]
    for claim in document.claims:
        assert document.source == text
        assert text[claim.start : claim.end] == claim.quote != ""
        assert text[claim.sentence_start : claim.sentence_end] == claim.sentence
        assert claim.sentence_start <= claim.start < claim.end <= claim.sentence_end


@given(st.text(max_size=400))
def test_offsets_never_go_back_and_end_with_the_text(text: str) -> None:
    normal = normalise(text)
    assert len(normal.offsets) == len(normal.text) + 1
    assert all(a <= b for a, b in zip(normal.offsets, normal.offsets[1:], strict=False))
    assert normal.offsets[-1] == len(text)


def test_tags_scripts_and_comments_are_not_read() -> None:
    page = "<script>x='exports from Chile to Kenya rose 9%'</script><!-- 8% --><p>Chile's exports to Kenya rose 5%.</p>"
    assert [claim.reading.value for claim in read(page, date=DAY).claims] == [0.05]


def test_words_alone_are_told_from_html_by_more_than_a_sign() -> None:
    assert read("If x < 5 then Chile's exports to Kenya rose 5%.", date=DAY).notes == ()


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ("Exporten från Norge till Polen ökade 5 procent.".encode("latin-1"), "encoding_inferred_cp1252"),
        ("Exporten från Norge till Polen ökade 5 procent.".encode("utf-16"), None),
        ("\ufeffExporten från Norge till Polen ökade 5 procent.".encode(), None),
    ],
)
def test_bytes_in_usual_encodings_are_read(data: bytes, note: str | None) -> None:
    document = read(data, date=DAY)
    assert document.claims[0].reading.value == 0.05
    assert (note in document.notes) if note else not document.notes


def test_bytes_that_are_no_text_are_refused_in_one_sentence() -> None:
    with pytest.raises(ClaimsError, match="are no text"):
        decode(bytes(range(256)) * 20)


@pytest.mark.parametrize(("keyword", "value"), [("lang", "xx"), ("date", "yesterday")])
def test_wrong_arguments_are_named(keyword: str, value: str) -> None:
    with pytest.raises(ClaimsError, match=value):
        if keyword == "lang":
            read("text", lang=value)
        else:
            read("text", date=value)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("The exports of the country have risen in the year.", "en"),
        ("Exporten har ökat och det är en nyhet för landet.", "sv"),
        ("Der Export ist nach Angaben der Behörde gestiegen und das ist neu.", "de"),
        ("Товарооборот России и Китая вырос в прошлом году.", "ru"),
        ("中俄贸易额去年增长。", "zh"),
    ],
)
def test_the_language_is_recognised(text: str, lang: str) -> None:
    assert detect_language(text) == lang


# ── the contract ────────────────────────────────────────────────────────────────────────────────


def test_reading_twice_gives_the_same_document() -> None:
    text = "Norway's exports to Poland fell 5% to $3bn in 2024. Imports rose 3%."
    assert read(text, date=DAY) == read(text, date=DAY)


def test_a_claim_is_frozen_numbered_in_order_and_writes_json() -> None:
    document = read("Norway's exports to Poland fell more than 5% to $3bn in 2024.", date=DAY)
    assert [claim.id for claim in document.claims] == ["c1", "c2"]
    claim: Claim = document.claims[0]
    with pytest.raises(FrozenInstanceError):
        claim.quote = "other"  # type: ignore[misc]
    shape = json.loads(json.dumps(document.to_dict(), allow_nan=False))
    assert shape["claims"][0]["reading"]["period"] == {"start": "2024-01-01", "end": "2024-12-31", "label": "2024"}
    assert shape["claims"][0]["reading"]["low"] is None
    assert claim.reading.low == -math.inf


def test_both_ends_and_the_window_of_a_span_are_readings() -> None:
    claim = read("Between 2018 and 2023 Norway's imports from Poland rose by 33%.", date=DAY).claims[0]
    assert (claim.reading.period, claim.reading.base) == (Period.of_year(2023), Period.of_year(2018))
    assert Period.of_years(2018, 2023) in [other.period for other in claim.other_readings]


def test_doubling_is_a_growth_of_100_percent_or_a_ratio_of_two() -> None:
    claim = read("Norway's imports from Poland doubled in 2024.", date=DAY).claims[0]
    assert (claim.reading.measure, claim.reading.value) == ("growth", 1.0)
    assert ("ratio", 2.0) in [(other.measure, other.value) for other in claim.other_readings]


def test_headings_and_captions_make_no_number_claims() -> None:
    text = (
        "Exports from Norway to Poland fall 9%\n\nPhoto: exports from Norway rose 8%\n\n"
        "Exports from Norway to Poland fell 5%.\n"
    )
    assert [claim.reading.value for claim in read(text, date=DAY).claims] == [-0.05]


@pytest.mark.parametrize(
    "heading",
    [
        "Norway's trade with Poland falls",
        "Norway's exports to Poland fall by 9 per cent as demand for fish weakens across much of Europe after winter",
    ],
)
def test_what_a_heading_says_is_read_in_the_text_alone(heading: str) -> None:
    assert read(f"{heading}\n\nA spokesman declined to say more.\n", date=DAY).claims == ()
    assert read(f"{heading}.\n\nA spokesman declined to say more.\n", date=DAY).claims


def test_a_fact_box_is_read_line_by_line() -> None:
    text = "Facts: Norway's trade with Poland in 2024\n\nExports: $5 billion\nImports: $3 billion\n\nThe end is near.\n"
    told = [(c.reading.flow, c.reading.value, c.reading.period) for c in read(text, date=DAY).claims]
    assert told == [("exports", 5e9, Period.of_year(2024)), ("imports", 3e9, Period.of_year(2024))]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("OSLO, October 9, 2025 (Agency) — Norway's exports rose.", "2025-10-09"),
        ("TT, 15 januari 2026. Norges export till Polen ökade.", "2026-01-15"),
        ("Policy brief, May 2025\n\nNorway's exports to Poland rose.", "2025-05-15"),
        ("Norges export till Polen ökade i juli, rapporterar radion den 8 augusti 2025.", "2025-08-08"),
        ("Norges export till Polen ökade efter den 24 februari 2022.", None),
        ("Norway's exports rose in 2024, the agency reported on 3 May 2023.", None),
    ],
)
def test_where_the_date_stands(head: str, found: str | None) -> None:
    day = read(f"{head}\n\nA spokesman declined to say more about the trade of the two.\n").date
    assert (str(day) if day else None) == found


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Were the EU to impose a tariff, imports from Norway would fall by 9%.", "hypothetical"),
        (
            "If the EU imposed a tariff, Norway's exports to the EU, which were 87 billion euros in 2024, would fall.",
            "outcome",
        ),
        ("Trump has threatened a 30% tariff on goods from Norway.", "forecast"),
        ("Norway's exports of gas to Poland were 9.7 billion standard cubic metres in 2024.", "outcome"),
        ("Vid gränsen mellan Georgien och Ryssland väntade lastbilar i fyra dygn.", "outcome"),
    ],
)
def test_conditions_threats_and_words_that_only_look_like_them(text: str, modality: str) -> None:
    assert [c.reading.modality for c in read(text, date=DAY).claims if c.reading.value is not None] == [modality]
