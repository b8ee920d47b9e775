"""Explanations: parts add up, what cannot be told is said, in both languages and for any pair."""

from __future__ import annotations

import json
import re
from functools import lru_cache

import pytest

from amur.changes.events import events
from amur.changes.explain import explain_change
from amur.changes.explanation import (
    COLUMNS,
    Block,
    Explanation,
    Part,
    Untold,
    about,
    event_title,
    listed,
    product_name,
)
from amur.errors import CodeError, MeasureError, NoDataError, PeriodError
from amur.figures import Figure
from amur.kit import Chart, Table
from amur.pages.explanation import explanation_page, flags, why_it_moved, why_parts, write_explanation_page
from amur.pages.explanation.words import event_label
from amur.periods import Period
from amur.text import Text, entries

# Parts are sums of doubles of the size of the change.
EXACT = 1e-9

ASKED = [
    ("RUS", "CHN", 2021, 2022, "total"),
    ("RUS", "CHN", 2024, 2025, "total"),
    ("CHN", "RUS", 2021, 2022, "imports"),
    ("USA", "CHN", "2024-05", "2025-05", "imports"),
    ("EU27", "RUS", 2021, 2022, "exports"),
    ("SWE", "DEU", 2018, 2019, "total"),
    ("CHN", "RUS", 2022, 2023, "exports"),
    ("KGZ", "EU27", 2021, 2022, "imports"),
]


@lru_cache(maxsize=16)
def explained(a: str, b: str, start: int | str, end: int | str, flow: str = "total") -> Explanation:
    return explain_change(a, b, start=start, end=end, flow=flow)  # type: ignore[arg-type]


def causes(explanation: Explanation) -> dict[str, float]:
    return {part.cause: part.figure.value for part in explanation.parts}


def keys(explanation: Explanation) -> list[str]:
    return [item.key for item in explanation.untold]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(map(str, asked)))
def test_parts_sum_to_their_change_and_carry_origins(asked: tuple) -> None:
    found = explained(*asked)
    assert found.change is not None and found.change.base_period is not None
    if found.parts:
        assert sum(causes(found).values()) == pytest.approx(found.change.value, rel=EXACT)
    for block in found.more:
        if block.exact and block.change:
            assert sum(part.figure.value for part in block.parts) == pytest.approx(block.change.value, abs=1e-12)
    for block in (found.main, *found.more):
        for part in block.parts:
            assert part.figure.origins and part.figure.period is not None
            if part.figure.low is not None and part.figure.high is not None:
                assert part.figure.low <= part.figure.value <= part.figure.high


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: "-".join(map(str, asked)))
@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_explanation_can_be_written_in_both_languages(asked: tuple, language: str) -> None:
    found = explained(*asked)
    record = json.loads(json.dumps(found.to_dict(language), allow_nan=False))
    assert {"change", "parts", "untold", "more", "events", "cross_checks"} == record.keys()
    assert all({"cause", "value", "low", "high", "method", "coverage"} <= part.keys() for part in record["parts"])
    sentences = [item["sentence"] for item in record["untold"]]
    assert len(sentences) == len(set(sentences)) and all(
        words[0].isupper() or words[0].isdigit() for words in sentences
    )
    rows, parts = found.rows(language), found.part_rows(language)
    assert len(parts) >= len(found.parts) + 1 and rows[: len(parts)] == parts
    assert [row["cause"] for row in rows[len(parts) :]] == sentences
    assert all(tuple(row) == COLUMNS for row in rows)
    assert all(row["method"] or row["cause"] in ("change", "förändring") for row in parts)


def test_prices_quantities_and_the_rest_explain_2022() -> None:
    found = explained("RUS", "CHN", 2021, 2022)
    part = causes(found)
    assert list(part) == ["price", "quantity", "mix", "unsplit", "rest"]
    assert found.change is not None and found.change.value == pytest.approx(190.27e9 - 146.887e9)
    assert part["price"] == pytest.approx(16.8e9, rel=0.01) and part["rest"] == pytest.approx(18.1e9, rel=0.01)
    price = next(item for item in found.parts if item.cause == "price")
    assert price.coverage == pytest.approx(0.614, abs=0.001) and price.method == "lmdi"
    assert price.figure.flow == "exports" and price.figure.interval_kind == "estimate"
    assert price.figure.low is not None and price.figure.low < price.figure.value
    check = {item.cause: item.figure.value for item in found.cross_checks}
    assert set(check) == {"price", "volume"} and check["price"] == pytest.approx(part["price"], rel=0.01)
    assert check["price"] + check["volume"] == pytest.approx(part["price"] + part["quantity"] + part["mix"], rel=EXACT)
    assert keys(found) == [
        "no_quantities", "coverage", "rest", "currency", "nowcast", "nowcast", "no_products", "onward", "events",
    ]  # fmt: skip
    sentence = next(item for item in found.untold if item.key == "coverage").sentence(Text("en"))
    assert "61 per cent" in sentence and "crude oil" in sentence and "gas" not in sentence


def test_missing_quantities_are_said_by_name() -> None:
    found = explained("RUS", "CHN", 2024, 2025)
    assert list(causes(found)) == ["exports", "imports", "rounding"]
    # The total was published with more digits than its halves.
    assert abs(causes(found)["rounding"]) < 0.02e9 and "rest" not in keys(found)
    missing = next(item for item in found.untold if item.key == "quantities_end")
    english, swedish = missing.sentence(Text("en")), missing.sentence(Text("sv"))
    assert "coking coal, crude oil, other coal and steam coal" in english and "February 2023" in english
    assert "kokskol, råolja, annat kol och ångkol" in swedish and "februari 2023" in swedish
    assert all(part.method == "published" for part in found.parts[:2])


def test_one_direction_is_split_by_price_with_a_known_rest() -> None:
    found = explained("CHN", "RUS", 2021, 2022, "imports")
    assert {part.figure.flow for part in found.parts} == {"imports"}
    # China's imports of 2021 were not published by direction, so that the model's level is the only change.
    assert "price" in causes(found) and found.change is not None


def test_shares_of_reported_trade_need_no_model() -> None:
    found = explained("EU27", "RUS", 2021, 2022, "exports")
    own = found.block("share", "EU27")
    assert own is not None and own.change is not None and not own.is_nowcast
    assert own.change.value == pytest.approx(-0.0196, abs=1e-4) and own.parts[0].figure.reporter == "Eurostat"
    other = found.block("share", "RUS")
    assert other is not None and other.is_nowcast and "nowcast" in keys(found)
    assert list(causes(found)) == ["market", "share_of_market"]
    monthly = explained("USA", "CHN", "2024-05", "2025-05", "imports")
    share = monthly.block("share", "USA")
    assert share is not None and share.change is not None and share.change.value == pytest.approx(-0.054, abs=0.001)
    assert not share.is_nowcast and monthly.block("sectors") is None and "nowcast" not in keys(monthly)


def test_sectors_and_shares_agree_where_they_come_from_one_table() -> None:
    found = explained("SWE", "DEU", 2018, 2019)
    for place in ("SWE", "DEU"):
        share, sectors = found.block("share", place), found.block("sectors", place)
        assert share and sectors and share.change and sectors.change
        assert sectors.change.value == pytest.approx(share.change.value, abs=1e-9)
    assert list(causes(found)) == ["exports", "imports"] and found.events == ()
    assert found.block("share", "NOR") is None and found.block("transit") is None


def test_the_gain_of_one_stands_beside_the_loss_of_another() -> None:
    block = explained("CHN", "RUS", 2022, 2023, "exports").block("replacement")
    assert block is not None and block.change is not None
    gain, loss = (part.figure.value for part in block.parts)
    assert gain == pytest.approx(111.0e9 - 76.12e9) and loss < 0
    assert block.change.value == pytest.approx(gain / -loss) and not block.exact
    assert block.change.subject == "RUS" and block.change.object == "CHN"


def test_transit_is_never_one_number() -> None:
    found = explained("RUS", "CHN", 2021, 2022)
    block = found.block("transit")
    assert block is not None and block.change is None and len(block.parts) == 6
    for part in block.parts:
        assert part.value is None and part.to_dict()["value"] is None
        assert part.figure.low == 0 and (part.figure.high or 0) > 0
    listed_block = explained("KGZ", "EU27", 2021, 2022, "imports").block("listed_goods")
    assert listed_block is not None and listed_block.parts[0].figure.value == pytest.approx(7.07, abs=0.01)
    assert explained("KGZ", "EU27", 2021, 2022, "imports").block("transit") is None
    # The table ends in 2022: it does not speak about later years.
    assert explained("RUS", "CHN", 2024, 2025).block("listed_goods") is None


def test_events_of_the_span_are_listed_with_source_and_confidence() -> None:
    record = explained("RUS", "CHN", 2021, 2022).to_dict()
    events = record["events"]
    assert isinstance(events, list) and len(events) == 16
    assert all(event["source"].startswith("http") and event["confidence"] for event in events)


def test_wrong_questions_are_refused() -> None:
    with pytest.raises(CodeError, match="Rusia"):
        explain_change("Rusia", "CHN", start=2021, end=2022)
    with pytest.raises(PeriodError):
        explain_change("RUS", "CHN", start="last year", end=2022)
    for start, end in ((2022, 2021), (2022, 2022)):
        with pytest.raises(MeasureError, match="does not come after"):
            explain_change("RUS", "CHN", start=start, end=end)
    with pytest.raises(NoDataError, match=r"No source holds trade of SWE with XKX .* amur coverage SWE XKX"):
        explain_change("SWE", "XKX", start=1990, end=1991)


def test_a_users_own_table_takes_the_place_of_the_bundled_ones(tmp_path) -> None:
    file = tmp_path / "own.csv"
    rows = ["exporter,importer,product,nomenclature,period,value,currency,quantity,unit"]
    for year, price, amount in ((2021, 10, 10), (2022, 20, 12)):
        rows.append(f"SWE,NOR,440710,HS6,{year},{price * amount},USD,{amount},t")
        rows.append(f"DEU,NOR,440710,HS6,{year},300,USD,30,t")
    file.write_text("\n".join(rows) + "\n")
    found = explain_change("SWE", "NOR", start=2021, end=2022, flow="exports", data=file)
    assert found.change is not None and found.change.value == pytest.approx(140)
    assert sum(causes(found).values()) == pytest.approx(140) and {"price", "quantity"} <= causes(found).keys()
    assert found.block("transit") is None and "no_products" not in keys(found)
    block = found.block("share", "NOR")
    assert block is not None and block.change is not None
    assert block.change.value == pytest.approx(240 / 540 - 100 / 400)
    page = explanation_page(found, Text("en"), data=file)
    assert "Why trade between Sweden and Norway moved" in page


# ── words ───────────────────────────────────────────────────────────────────────────────────────


def test_words_of_explanations() -> None:
    english, swedish = Text("en"), Text("sv")
    assert (
        listed(english, []) == "" and listed(english, ["a"]) == "a" and listed(swedish, ["a", "b", "c"]) == "a, b och c"
    )
    assert (
        product_name(swedish, "pipeline gas, value") == "rörledningsgas" and product_name(english, "270900") == "270900"
    )
    told = Figure("x", "RUS", "CHN", "imports")
    assert about(english, told) == "imports of Russia from China"
    assert about(swedish, Figure("x", "RUS", "CHN", "balance")) == "handel mellan Ryssland och Kina"
    assert about(english, Figure("x", "RUS")) == "Russia"
    limit = Untold("nowcast", {"country": "USA"}, periods=(Period.of_year(2021), Period.of_year(2022)))
    assert limit.sentence(english).startswith("The structure of the United States in 2021 and 2022")
    assert "dollar" in Untold("currency", currency="USD").sentence(swedish)
    part = Part("price", Figure("x", "RUS", value=3.0, unit="USD"), "lmdi")
    block = Block("value", None, (part,))
    assert block.to_dict()["change"] is None and part.value == 3.0 and part.coverage is None


# ── the chapter ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_chapter_shows_every_part_with_a_computed_sentence(language: str) -> None:
    text = Text(language)
    why = why_parts(explained("RUS", "CHN", 2021, 2022), text)
    charts = {part.name: part for part in why.parts if isinstance(part, Chart)}
    assert list(charts) == ["why-value-1", "why-share", "why-routes", "why-band-kgz", "why-twin"]
    assert all(chart.finding.plain[0].isupper() and chart.finding.plain.endswith(".") for chart in charts.values())
    assert re.search(r"43[.,]4", charts["why-value-1"].finding.plain) and re.search(
        r"7[.,]1", charts["why-routes"].finding.plain
    )
    assert all(chart.origins for chart in charts.values())
    assert {"china-energy", "facts-gacc", "oecd-icio", "eurostat-cn8"} <= set(why.origins)


def test_a_sentence_that_drops_a_number_is_an_error() -> None:
    from amur.errors import TextError
    from amur.kit import finding

    figure = Figure("explain_price", "RUS", value=1e9, unit="USD", currency="USD")
    with pytest.raises(TextError, match="price"):
        finding(Text("en"), "explain.finding.rest", {"rest": figure, "price": figure})


@pytest.mark.parametrize(
    ("pair", "wanted"),
    [
        (("USA", "CHN"), {"why-value-1", "why-share", "why-months"}),
        (("EU27", "RUS"), {"why-value-1", "why-share", "why-routes", "why-band-kgz", "why-twin", "why-months"}),
        (("RUS", "CHN"), {"why-value-1", "why-value-2", "why-routes", "why-band-kgz", "why-twin"}),
        (("SWE", "BRA"), {"why-value-1", "why-share"}),
        (("NOR", "XKX"), set()),
    ],
)
def test_any_pair_has_a_chapter(pair: tuple[str, str], wanted: set[str]) -> None:
    why = why_it_moved(*pair, Text("en"))
    assert wanted <= {part.name for part in why.parts if isinstance(part, Chart)} and why.parts
    if not wanted:
        assert "no change to explain" in str(why.parts[0])


def test_the_season_is_shown_raw_and_adjusted_with_both_months_as_a_sum() -> None:
    why = why_it_moved("USA", "CHN", Text("en"))
    chart = next(part for part in why.parts if isinstance(part, Chart) and part.name == "why-months")
    series = {str(row["series"]) for row in chart.table.rows}
    assert series == {"as reported", "adjusted for season and holidays"}
    assert "January and February 2025 together" in chart.finding.plain
    table = next(part for part in why.parts if isinstance(part, Table) and part.name == "why-january-february")
    assert [row["year"] for row in table.rows] == [str(year) for year in range(2013, 2026)]
    assert table.rows[0]["growth"] is None


def test_event_flags_lie_inside_and_are_few() -> None:
    monthly = [{"period": f"2022-{month:02d}"} for month in range(1, 13)]
    drawn = flags.pair_flags("RUS", "CHN", monthly, Text("sv"))
    assert 0 < len(drawn) <= flags.MOST_EVENTS and all(flag.when.year == 2022 for flag in drawn)
    assert drawn[0].label.startswith("EU-paket") and len({flag.when.month for flag in drawn}) == len(drawn)
    yearly = [{"period": "2021"}, {"period": "2022"}, {"period": "2022-H1"}]
    assert len(flags.pair_flags("RUS", "CHN", yearly, Text("en"))) == 3
    long = [{"period": str(year)} for year in range(2011, 2026)]
    # Acts of one on the other by name go before all others.
    assert [flag.label for flag in flags.pair_flags("RUS", "CHN", long, Text("en"))] == [
        "pipeline, Russia (c.)", "pipeline, Russia", "pipeline, Russia (c.)"
    ]  # fmt: skip
    assert flags.pair_flags("SWE", "RUS", long, Text("en"))[0].label == "EU package 1"
    assert len(flags.pair_flags("SWE", "USA", long, Text("en"))) == 3
    assert flags.pair_flags("RUS", "CHN", [], Text("en")) == () == flags.pair_flags("SWE", "FIN", yearly, Text("en"))


@pytest.mark.parametrize("language", ["en", "sv"])
def test_every_event_has_a_title_of_its_own_in_the_readers_language(language: str) -> None:
    text = Text(language)
    titles = {event_title(event, text) for event in events()}
    assert len(titles) == 83 and all(text.has(f"events.title.{event.key}") for event in events())
    assert sum(key.startswith("events.title.") for key in entries(language)) == 83
    if language == "sv":
        assert not titles & {event_title(event, Text("en")) for event in events()}
    table = flags.events_table(events(), text)
    assert {row["what"] for row in table.rows} == titles
    assert all(row["confidence"] and str(row["source"]).startswith("http") for row in table.rows)


def test_numbers_in_titles_are_those_of_the_registry() -> None:
    for event in events():
        for language in ("en", "sv") if event.magnitude is not None else ():
            wanted = f"{event.magnitude:g}".replace(".", "," if language == "sv" else ".")
            assert re.search(rf"(?<![\d.,]){re.escape(wanted)}(?!\d)", event_title(event, Text(language)))


def test_a_day_without_a_source_is_marked_on_charts() -> None:
    by_key = {event.key: event for event in events()}
    cap, package = by_key["2022-12-05-price_cap"], by_key["2022-06-03-sanctions_package"]
    assert not cap.is_dated and event_label(cap, Text("en")).endswith(" (c.)")
    assert not by_key["2026-04-01-sanctions_package"].is_dated and not by_key["2024-02-23-list_update"].is_dated
    assert package.is_dated and event_label(package, Text("sv")) == "EU-paket 6"


def test_the_page_is_one_file_with_every_row(tmp_path) -> None:
    found = explained("SWE", "DEU", 2018, 2019)
    file = write_explanation_page(found, tmp_path / "why.html", lang="sv")
    html = file.read_text(encoding="utf-8")
    assert 'lang="sv"' in html and "Varför handeln mellan Sverige och Tyskland rörde sig" in html
    assert "amur explain trade SWE DEU --from 2018 --to 2019" in html
    assert "http-equiv" in html and "<script src" not in html
    assert "hela flödets tillväxt" not in html and "egen tillväxt" in html
