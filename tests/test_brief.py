"""The brief draws for any pair, in both languages; every number, caption and rank on it follows the data."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import amur
from amur.brief import CHAPTERS, brief_of, brief_page, make_pair, write_brief
from amur.brief.dependence import dependence_chapter
from amur.brief.pair import Chapter, Pair
from amur.brief.sectors import sector_flows, sector_shares
from amur.brief.turnover import turnover_chapter
from amur.charts import Canvas
from amur.codes import countries
from amur.errors import AmurError, CodeError, FlowsError, MeasureError, OutputError, TextError
from amur.figures import Figure
from amur.kit import Chart, Sentence, finding
from amur.periods import Period
from amur.text import Text, entries, placeholders

PAIRS = [("RUS", "CHN"), ("SWE", "DEU"), ("USA", "MEX"), ("UZB", "CHN"), ("TWN", "CHN"), ("EU27", "CHN")]

# A model table is stored in single precision; shares computed from it repeat to this.
RELATIVE = 1e-6


class Words(HTMLParser):
    """The words a reader sees, leaving out style, script and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("style", "script", "svg")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "script", "svg")

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append(re.sub(r"[ \t\n]+", " ", data).strip(" "))


def words_of(html: str) -> list[str]:
    parser = Words()
    parser.feed(html)
    return parser.found


@pytest.fixture(scope="module")
def pages() -> dict[tuple[str, str, str], str]:
    return {}


def page(pages: dict[tuple[str, str, str], str], a: str, b: str, lang: str) -> str:
    if (a, b, lang) not in pages:
        pages[a, b, lang] = brief_page(make_pair(a, b, lang=lang))
    return pages[a, b, lang]


@pytest.mark.parametrize("lang", ["en", "sv"])
@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_every_chapter_draws_or_says_what_is_missing(a: str, b: str, lang: str) -> None:
    pair = make_pair(a, b, lang=lang)
    for chapter in (build(pair) for build in CHAPTERS):
        assert chapter.title
        assert chapter.parts, chapter.name
        for part in chapter.parts:
            if isinstance(part, Chart):
                assert part.finding.plain
                assert part.table.rows
                for width in (720, 344):
                    specification = part.draw(Canvas(pair.text, width)).to_dict(validate=False)
                    assert specification["layer"]


@pytest.mark.parametrize(("a", "b", "lang"), [("RUS", "CHN", "en"), ("RUS", "CHN", "sv"), ("UZB", "CHN", "sv")])
def test_the_page_is_whole_and_loads_nothing(pages: dict, a: str, b: str, lang: str) -> None:
    html = page(pages, a, b, lang)
    assert html.lower().startswith("<!doctype html>")
    assert html.rstrip().endswith("</html>")
    assert f'lang="{lang}"' in html
    assert "unsafe-eval" not in html
    assert "unsafe-inline" not in html
    assert not re.findall(r'(?:src|srcset)="(?!data:)[^"]*"', html)
    assert not re.findall(r'<link[^>]*href="https?:', html)
    assert "nan" not in {word.lower() for word in words_of(html)}


def test_the_known_values_stand_on_the_page(pages: dict) -> None:
    text = " ".join(words_of(page(pages, "RUS", "CHN", "en"))).replace("\u00a0", " ")
    for known in ("228.105 billion dollars", "106.48 billion dollars", "125.8 billion dollars", "−9.1%", "−8.1%"):
        assert known in text
    for share, who in (
        ("20.4%", "OECD"),
        ("34%", "The Economist"),
        ("27%", "Gaidar Institute"),
        ("36%", "Gaidar Institute"),
    ):
        assert share in text
        assert who in text
    assert "40.8" not in text
    assert "cannot give totals of" in text
    # In the headline as in the chart: a nowcast is never printed as observed.
    assert "2022 (carried forward, not observed), OECD (world tables)" in text
    assert "2022, OECD (world tables)" not in text
    assert "1.28%" in text
    assert "0.26%" in text


def test_no_word_of_the_swedish_page_is_english(pages: dict) -> None:
    english, swedish = entries("en"), entries("sv")
    foreign = {
        " ".join(str(text).split())
        for key, text in english.items()
        if isinstance(text, str) and not placeholders(text) and swedish[key] != text and len(text) > 2
    }
    # A word that both languages share is Swedish as well, whatever its English twin is called.
    foreign -= {" ".join(str(text).split()) for text in swedish.values()}
    for a, b in (("RUS", "CHN"), ("UZB", "CHN")):
        shown = set(words_of(page(pages, a, b, "sv")))
        assert shown & foreign == set()


def test_swedish_numbers_and_names_are_swedish(pages: dict) -> None:
    text = " ".join(words_of(page(pages, "RUS", "CHN", "sv")))
    assert "106,48\u00a0miljarder\u00a0dollar" in text
    assert "20,4\u00a0%" in text
    assert "Rysslands" in text
    assert not re.search(r"\d\.\d+\u00a0%", text)


# ── a caption loses no number ───────────────────────────────────────────────────────────────────

SENTENCES = sorted(
    key
    for key, value in entries("en").items()
    if key.startswith("brief.") and ("finding" in key or key.startswith("brief.turnover.")) and placeholders(str(value))
)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("key", SENTENCES)
def test_a_caption_that_loses_a_number_fails(key: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Text(language)
    sentence = str(entries(text.language)[key])
    number = Figure("share", "RUS", "CHN", "total", period=Period.of_year(2022), value=0.2, unit="fraction")
    values: Mapping[str, object] = dict.fromkeys(placeholders(sentence), number)
    assert finding(text, key, values).plain
    for name in values:
        monkeypatch.setattr(text, "_entries", {**entries(text.language), key: sentence.replace(f"{{{name}}}", "…")})
        with pytest.raises(TextError):
            finding(text, key, values)


# ── numbers follow the data ─────────────────────────────────────────────────────────────────────

FLOWS = {
    # exporter, importer, sector: values in million dollars in 2020 and 2021
    ("RUS", "CHN", "C26"): (10.0, 12.0),
    ("CHN", "RUS", "C26"): (30.0, 60.0),
    ("CHN", "RUS", "C28"): (20.0, 21.0),
    ("DEU", "RUS", "C26"): (40.0, 35.0),
    ("DEU", "RUS", "C28"): (45.0, 41.0),
    ("RUS", "DEU", "B06"): (70.0, 65.0),
    ("DEU", "CHN", "C28"): (90.0, 95.0),
    ("CHN", "DEU", "C26"): (80.0, 99.0),
    ("USA", "CHN", "C26"): (50.0, 52.0),
    ("CHN", "USA", "C26"): (75.0, 72.0),
    ("USA", "RUS", "C28"): (8.0, 3.0),
    ("RUS", "USA", "B06"): (9.0, 4.0),
}


def flow_file(path: Path, *, scaled: tuple[str, str, str] | None = None, factor: float = 1.1) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["exporter", "importer", "product", "nomenclature", "period", "value", "currency"])
        for key, values in FLOWS.items():
            for year, value in zip((2020, 2021), values, strict=True):
                grown = value * factor if key == scaled and year == 2021 else value
                writer.writerow([key[0], key[1], key[2], "ICIO28", year, grown * 1e6, "USD"])
    return path


def own_pair(path: Path) -> Pair:
    return make_pair("RUS", "CHN", data=path)


def figures_in(part: object) -> Iterator[Figure]:
    if isinstance(part, Chart):
        for row in part.table.rows:
            yield from (value for value in row.values() if isinstance(value, Figure))


def numbers(pair: Pair) -> dict[str, list[Any]]:
    """All that each chapter computes: figures, captions, order of rows."""
    found: dict[str, list[Any]] = {}
    for chapter in (build(pair) for build in CHAPTERS):
        found[chapter.name] = [item for part in chapter.parts for item in _content(part)]
    return found


def _content(part: object) -> Iterator[Any]:
    if isinstance(part, Chart):
        yield part.finding.plain
        for row in part.table.rows:
            yield tuple(value.value if isinstance(value, Figure) else str(value) for value in row.values())
    elif not hasattr(part, "rows"):
        yield str(part)


def test_a_flow_scaled_by_a_tenth_moves_every_number_that_hangs_on_it(tmp_path: Path) -> None:
    before = numbers(own_pair(flow_file(tmp_path / "before.csv")))
    after = numbers(own_pair(flow_file(tmp_path / "after.csv", scaled=("CHN", "RUS", "C26"))))
    for chapter in ("turnover", "dependence", "asymmetry", "sectors", "replaced"):
        assert before[chapter] != after[chapter], chapter
    # The chapter on a cut rests on the bundled table and must not move with the user's file.
    assert before["cut"] == after["cut"]
    for chapter in ("turnover", "dependence", "asymmetry", "sectors", "replaced"):
        captions = [item for item in before[chapter] if isinstance(item, str)]
        others = [item for item in after[chapter] if isinstance(item, str)]
        assert captions != others, chapter


def test_the_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    pair = own_pair(flow_file(tmp_path / "flows.csv"))
    level = pair.first("turnover", "RUS", "CHN")
    share = pair.first("share", "RUS", "CHN")
    assert level is not None
    assert share is not None
    assert level.value == pytest.approx((12 + 60 + 21) * 1e6)
    # All of Russia's trade in 2021: with China 93, Germany 35 + 41 + 65, the United States 3 + 4.
    assert share.value == pytest.approx(93 / (93 + 141 + 7))
    ledger, period, flows = sector_flows(pair) or pytest.fail("no table by sector")
    shares = sector_shares(pair, flows, ("RUS", "CHN"), ledger, period)
    electronics = next(item for item in shares if item.product == "C26")
    assert electronics.share.value == pytest.approx(60 / 95)
    assert electronics.part == pytest.approx(95 / 160)
    assert electronics.hhi == pytest.approx((60 / 95) ** 2 + (35 / 95) ** 2)
    assert (electronics.top, electronics.top_share) == ("CHN", pytest.approx(60 / 95))
    assert [item.product for item in shares] == ["C26", "C28"]


def test_ranks_change_with_the_data(tmp_path: Path) -> None:
    pair = own_pair(flow_file(tmp_path / "flows.csv", scaled=("CHN", "RUS", "C28"), factor=40.0))
    ledger, period, flows = sector_flows(pair) or pytest.fail("no table by sector")
    shares = sector_shares(pair, flows, ("RUS", "CHN"), ledger, period)
    assert [item.product for item in shares] == ["C28", "C26"]


def test_a_year_that_lacks_a_large_partner_is_left_out_and_said_to_be() -> None:
    chapter = dependence_chapter(make_pair("RUS", "CHN"))
    said = " ".join(str(part) for part in chapter.parts)
    assert "Belarus" in said
    assert "2011 is left out" in said


def test_a_base_is_called_revised_only_where_the_two_rates_differ() -> None:
    said = " ".join(str(part) for part in turnover_chapter(make_pair("RUS", "CHN")).parts)
    # 6.9 % published for 2025 against 6.83 % computed; for January–April 2026 the levels give the published rate.
    assert said.count("the publisher compares with a revised base") == 1


# ── what is refused ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("a", "b", "error", "says"),
    [
        ("RUS", "Chna", CodeError, "China"),
        ("Korea", "CHN", CodeError, "more than one country"),
        ("RUS", "RUS", AmurError, "RUS"),
        ("SWE", "EU27", MeasureError, "SWE"),
    ],
)
def test_a_pair_that_cannot_be_is_refused_in_one_sentence(
    a: str, b: str, error: type[AmurError], says: str, tmp_path: Path
) -> None:
    with pytest.raises(error) as caught:
        write_brief(a, b, tmp_path / "page.html")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folder"):
        write_brief("UZB", "CHN", tmp_path / "nowhere" / "page.html")
    with pytest.raises(OutputError, match="folder"):
        write_brief("UZB", "CHN", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_of_the_users_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 cut short")
    with pytest.raises(AmurError, match=r"broken\.parquet"):
        write_brief("RUS", "CHN", tmp_path / "page.html", data=broken)
    empty = tmp_path / "flows.csv"
    empty.write_text("exporter,importer\nRUS,CHN\n", encoding="utf-8")
    with pytest.raises(FlowsError):
        write_brief("RUS", "CHN", tmp_path / "page.html", data=empty)
    assert not (tmp_path / "page.html").exists()


def test_no_code_branches_on_a_country() -> None:
    # PNG is a kind of picture far more often than Papua New Guinea.
    known = ({item.iso3 for item in countries()} | {"EU27"}) - {"PNG"}
    found = []
    for path in Path(amur.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare | ast.MatchValue):
                constants = {item.value for item in ast.walk(node) if isinstance(item, ast.Constant)}
                if constants & known:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_the_page_says_how_to_rebuild_it(tmp_path: Path) -> None:
    path = flow_file(tmp_path / "flows.csv")
    record = brief_of(make_pair("RUS", "CHN", lang="sv", data=path))
    assert record.rebuild == "amur brief RUS CHN --lang sv --data flows.csv"
    assert record.newest == Period.of_year(2021)
    assert len(record.headline) >= 5
    assert all(isinstance(item.label, str) and item.label for item in record.headline)


def test_chapters_are_records_of_sentences(tmp_path: Path) -> None:
    chapter = CHAPTERS[0](own_pair(flow_file(tmp_path / "flows.csv")))
    assert isinstance(chapter, Chapter)
    drawn = [part for part in chapter.parts if isinstance(part, Chart)]
    assert drawn
    assert all(isinstance(part.finding, Sentence) for part in drawn)
    assert any("93" in str(figure.value) for part in drawn for figure in figures_in(part))
