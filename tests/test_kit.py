"""Pages stand alone, escape what they are given, keep every number's story, and lose none from a sentence."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import kit_demo
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur import arithmetic, kit
from amur.charts.palette import TOKENS
from amur.errors import OutputError, TextError
from amur.figures import Figure
from amur.kit import Column, KeyFigure, Page, Section, Shown, Table
from amur.kit.markup import with_ids
from amur.periods import Period
from amur.text import LANGUAGES, Text, entries, placeholders

EN, SV = Text("en"), Text("sv")
HOSTILE = "<script>alert('x')</script>\"&"
# A brief with ten charts must stay below 2.5 MB, so that it can be mailed.
LARGEST_PAGE = 2_500_000


def level(year: int = 2024, digits: str = "120.4") -> Figure:
    return kit_demo.level(year, digits)


def table(**changes: Any) -> Table:
    rows = [
        {"name": "a", "share": 0.204, "money": 2.5e9, "number": 3.0, "figure": level(), "period": Period.of_year(2024)},
        {"name": "b", "share": None, "money": -1.0e9, "number": math.nan, "figure": None, "period": None},
        {
            "name": HOSTILE,
            "share": 0.5,
            "money": 1.0,
            "number": 1.0,
            "figure": level(2023),
            "period": Period.of_year(2023),
        },
    ]
    columns = (
        Column("name", "Name"),
        Column("share", "Share", "percent"),
        Column("money", "Trade", "money", "USD"),
        Column("number", "Number", "number", "t", 0),
        Column("figure", "Level", "figure"),
        Column("period", "Period", "period"),
    )
    return replace(Table("t", "A caption", columns, rows), **changes)


@pytest.fixture(scope="module")
def page() -> str:
    return kit.render_page(*kit_demo.demo_page("en"))


@pytest.fixture(scope="module")
def swedish_page() -> str:
    return kit.render_page(*kit_demo.demo_page("sv"))


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────


def test_a_number_tells_its_interval_period_reporter_derivation_and_source() -> None:
    growth = arithmetic.growth(level(), level(2023, "101.3"))
    told = kit.figure(replace(growth, origins=("invented",), note="A note."), EN)
    plain = re.sub(r"<[^>]*>", "", told)
    assert EN.figure(growth) in plain
    assert EN.interval(growth) in plain
    for word in ("from rounding", "2024", "2023", "invented customs", "A note.", "invented"):
        assert word in plain
    assert f"120.4\u00a0billion\u00a0dollars / 101.3\u00a0billion\u00a0dollars − 1 = {EN.figure(growth)}" in plain
    assert "China–Russia" in plain


def test_a_model_value_shows_no_interval() -> None:
    told = kit.figure(Figure("share", "RUS", "CHN", value=0.2, unit="fraction"), EN)
    assert "Interval" not in told


def test_every_step_of_a_derivation_is_told() -> None:
    half, months = level(2024, "50.0"), level(2024, "60.0")
    july = arithmetic.subtract(
        replace(months, period=Period.parse("2024-01/2024-07")), replace(half, period=Period.of_half(2024, 1))
    )
    growth = arithmetic.growth(july, replace(level(2023, "9.0"), period=Period.of_month(2023, 7)))
    lines = kit.numbers.derivation_lines(growth, SV)
    # The result, its first input, that input's own sum with two inputs, and the second input.
    assert len(lines) == 6
    assert lines[0].endswith(f"− 1 = {SV.figure(growth)}")
    assert any("första halvåret 2024" in line for line in lines)


@given(st.text(max_size=40))
def test_text_cannot_become_markup(words: str) -> None:
    told = kit.figure(Shown(replace(level(), note=words, reporter=words), words), EN)
    assert re.sub(r"</?(?:span|button|b)\b[^<>]*>", "", told).count("<") == 0


def test_a_sentence_keeps_plain_text_and_markup_alike() -> None:
    text = kit_demo.demo_text("sv")
    growth = arithmetic.growth(level(), level(2023, "101.3"))
    said = kit.finding(text, "demo.turnover", {"growth": growth, "level": level(), "year": "2024"})
    assert str(said) == said.plain
    assert said.plain == (
        f"Den påhittade handeln ökade med {text.figure(growth)} till 120,4\u00a0miljarder\u00a0dollar under 2024."
    )
    shown = re.sub(r'<span class="tip".*?</span></span></span>', "", said.markup)
    assert re.sub(r"<[^>]*>", "", shown) == said.plain
    assert said.markup.count('class="num') == 2


def test_a_figure_may_be_written_otherwise() -> None:
    text = kit_demo.demo_text("en")
    fall = replace(level(), value=-0.081, low=-0.0815, high=-0.0805, unit="fraction", currency="", printed="")
    said = kit.finding(
        text, "demo.turnover", {"growth": Shown(fall, text.percent(abs(fall.value))), "level": level(), "year": "2024"}
    )
    assert said.plain.startswith("Invented trade rose by 8.1% to")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dropped", ["growth", "level", "year"])
def test_a_number_deleted_from_a_caption_is_an_error(language: str, dropped: str) -> None:
    text = kit_demo.demo_text(language)
    sentence = kit_demo.SENTENCES[language]["demo.turnover"].replace(f"{{{dropped}}}", "")
    text._entries = {**text._entries, "demo.turnover": sentence}
    values = {"growth": level(), "level": level(), "year": "2024"}
    with pytest.raises(TextError, match=dropped):
        kit.finding(text, "demo.turnover", values)


def test_hostile_words_in_a_sentence_are_escaped() -> None:
    said = kit.finding(kit_demo.demo_text("en"), "demo.plain", {"what": HOSTILE})
    assert HOSTILE in said.plain
    assert "<script" not in said.markup


# ── tables ──────────────────────────────────────────────────────────────────────────────────────


def test_cells_are_written_in_the_readers_numbers_with_the_unit_in_the_head() -> None:
    shown = kit.table(table(), SV)
    heads = [re.sub(r"<[^>]*>", "", head) for head in re.findall(r"<th scope=\"col\".*?</th>", shown)]
    assert heads == ["Name", "Share (%)", "Trade (miljarder dollar)", "Number (t)", "Level", "Period"]
    assert ">20,4<" in shown
    assert ">2,5<" in shown
    assert ">−1,0<" in shown
    assert shown.count("uppgift saknas") == 4
    assert "120,4\u00a0miljarder\u00a0dollar" in shown
    assert "<script" not in shown


def test_cells_sort_by_value_and_missing_ones_by_nothing() -> None:
    shown = kit.table(table(), EN)
    rows = [
        re.findall(r"<t[dh](?: scope=\"row\")?(?: class=\"n\")?(?: data-v=\"([^\"]*)\")?", row)
        for row in shown.split("<tr>")[2:]
    ]
    assert rows[0][1:5] == ["0.204", "2500000000.0", "3.0", "120400000000.0"]
    assert rows[1][1] == ""


def test_csv_reads_back_with_full_precision() -> None:
    third = 1 / 3
    record = table(rows=[{"name": 'å,"b"\nc', "share": third, "figure": level()}])
    lines = list(csv.reader(io.StringIO(kit.table_csv(record))))
    assert lines[0] == [
        "name",
        "share (fraction)",
        "money (USD)",
        "number (t)",
        "figure",
        "figure_low",
        "figure_high",
        "period",
    ]
    assert lines[1][0] == 'å,"b"\nc'
    assert float(lines[1][1]) == third
    assert float(lines[1][4]) == 120.4e9
    assert float(lines[1][5]) == pytest.approx(120.35e9)
    assert lines[1][2] == ""


def test_json_keeps_whole_figures() -> None:
    shape = json.loads(json.dumps(kit.table_json(table()), allow_nan=False))
    assert shape["columns"][1] == {"key": "share", "head": "Share", "kind": "percent", "unit": "fraction"}
    assert shape["rows"][0]["figure"] == json.loads(json.dumps(level().to_dict()))
    assert shape["rows"][1]["number"] is None


def test_workbooks_read_back_and_run_no_formula() -> None:
    record = table(rows=[{"name": "=1+1", "share": 0.204, "figure": level()}])
    book = openpyxl.load_workbook(io.BytesIO(kit.table_xlsx(record, SV, about=["Fynd.", "Källa: x."])))
    assert book.sheetnames == ["Tabell", "Om tabellen"]
    sheet = book["Tabell"]
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == 0.204
    assert [cell.value for cell in book["Om tabellen"]["A"]][:3] == ["A caption", "Fynd.", "Källa: x."]
    assert kit.table_xlsx(record, SV) == kit.table_xlsx(record, SV)


def test_a_name_that_cannot_be_an_id_is_refused() -> None:
    with pytest.raises(OutputError, match="'Å b' cannot name"):
        kit.table(table(name="Å b"), EN)


def test_a_table_without_rows_still_has_its_heads() -> None:
    assert kit.table_csv(table(rows=[])).startswith("name,share (fraction)")
    assert "<thead>" in kit.table(table(rows=[]), EN)


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


def test_style_and_script_are_what_the_policy_allows(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    allowed = policy[1].replace("&#39;", "'")
    assert "unsafe" not in allowed
    assert allowed.startswith("default-src 'none';")
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in allowed


def test_a_page_loads_nothing_and_has_no_inline_handlers(page: str) -> None:
    html = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r'\ssrc="', html)
    assert not re.search(r'\sstyle="', html)
    assert not re.search(r'\son[a-z]+="', html)
    assert not re.search(r"<link(?! rel=\"icon\" href=\"data:,\")", html)
    assert "url(" not in page
    assert "@import" not in page
    for href in re.findall(r'href="([^"]*)"', html):
        assert href.startswith(("#", "data:", "https://example.org/")) or href.endswith(".html"), href[:60]


def test_a_server_gets_the_same_page_with_links_instead(page: str) -> None:
    demo, text = kit_demo.demo_page("en")
    served = kit.render_page(demo, text, assets=kit.linked("/static/amur.css", "/static/amur.js"))
    assert '<link rel="stylesheet" href="/static/amur.css">' in served
    assert '<script src="/static/amur.js"></script>' in served
    assert "<style>" not in served
    assert "Content-Security-Policy" not in served
    assert "unsafe" not in kit.SERVER_POLICY
    assert served[served.index("<main") :] == page[page.index("<main") :]


def test_ids_are_unique_and_every_reference_leads_somewhere(page: str) -> None:
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'aria-(?:describedby|labelledby)="([^"]*)"', page):
        assert target in ids, target
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in ids, target
    assert "tip-~" not in page


def test_two_parts_of_one_name_are_refused() -> None:
    twice = Page("t", "", (Section("a", "A", (kit.table(table(), EN), kit.table(table(), EN))),))
    with pytest.raises(OutputError, match="the id t twice"):
        kit.render_page(twice, EN)


def test_words_that_look_like_an_id_stay_words() -> None:
    said = kit.paragraph('id="tip-~" aria-describedby="tip-~"')
    assert with_ids(said) == said


def test_landmarks_language_and_foot(page: str, swedish_page: str) -> None:
    assert '<html lang="en">' in page
    assert '<html lang="sv">' in swedish_page
    for tag in ("<header", "<main", "<footer", "<h1>", 'class="skip"'):
        assert page.count(tag) == 1
    assert "Figures invented for a test</a> (2025-08-21). CC0 (licence as recalled, not read at the source)." in page
    assert "amur brief RUS CHN" in page
    assert "Newest data: July 2025." in page
    assert "Senaste uppgift: juli 2025." in swedish_page
    assert 'lang="en" ' not in page.split("</header>")[1]


def test_page_size(page: str) -> None:
    assert len(page.encode()) < LARGEST_PAGE


def test_downloads_are_what_they_say(page: str) -> None:
    found = re.findall(r'<a href="data:([^;,]*)[^,"]*,([^"]*)" download="([^"]*)"', page)
    starts = {"svg": b"<svg", "xlsx": b"PK", "json": b"{", "csv": b""}
    assert {file.rpartition(".")[2] for _, _, file in found} == set(starts)
    assert len([file for *_, file in found if file.endswith(".svg")]) == 13
    assert len(re.findall(r'<button type="button" class="plain" data-drawn="amur-[a-z-]+\.png">', page)) == 13
    for _, body, file in found:
        name, _, ending = file.rpartition(".")
        assert re.fullmatch(r"amur-[a-z-]+", name)
        assert base64.b64decode(unquote(body)).startswith(starts[ending])


def test_the_copied_sentence_has_the_number_and_the_source(page: str) -> None:
    first = re.search(r'data-copy="([^"]*)"', page)
    assert first
    assert first[1].startswith("Invented trade rose by 18.9% to 120.4")
    assert first[1].endswith("Source: Nobody, Figures invented for a test (2025-08-21).")


def test_no_english_stands_in_a_swedish_page(swedish_page: str) -> None:
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", "", swedish_page, flags=re.DOTALL)
    shown = {part.strip() for part in re.split(r"<[^>]*>|\s+\(", html)}
    shown |= set(re.findall(r'aria-label="([^"]*)"', html))
    # The switch names each language in itself.
    ours = {key: word for key, word in entries("en").items() if key.startswith("kit.") and key != "kit.language"}
    english = {word for word in ours.values() if isinstance(word, str)}
    same = {word for key, word in entries("sv").items() if key.startswith("kit.") and isinstance(word, str)}
    assert not english & same
    assert not {word for word in english if "{" not in word} & shown


def test_the_catalogue_has_the_same_entries_and_placeholders_in_both_languages() -> None:
    ours = {
        language: {key: entry for key, entry in entries(language).items() if key.startswith("kit.")}
        for language in LANGUAGES
    }
    assert ours["en"].keys() == ours["sv"].keys()
    for key, entry in ours["en"].items():
        other = ours["sv"][key]
        assert isinstance(entry, str)
        assert isinstance(other, str)
        assert placeholders(entry) == placeholders(other)


def test_every_catalogue_entry_is_used(root: Any) -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("kit", "charts")
        for path in (root / "amur" / folder).rglob("*.*")
        if path.suffix in (".py", ".html")
    )
    computed = (
        "kit.interval.",
        "kit.status.",
        "kit.figure.",
        "kit.table.sorted_",
        "kit.theme_",
        "kit.reporter.",
        "kit.basis.",
    )
    for key in (key for key in entries("en") if key.startswith("kit.")):
        assert key in source or key.startswith(computed), key


def test_a_key_figure_without_value_says_so() -> None:
    shown = kit.headline([KeyFigure("Turnover", None)], EN)
    assert "no data" in shown


def test_style_has_every_token_in_both_themes() -> None:
    style = kit.style()
    for name, colour in TOKENS.items():
        assert style.count(f"--{name}:{colour.light};") == 2  # screen and print
        assert style.count(f"--{name}:{colour.dark};") == 2  # by the system and by choice
    used = set(re.findall(r"var\(--([a-z0-9-]+)", style))
    assert used <= set(TOKENS) | {"sans", "serif", "mono", "chart", "gap", "x", "y"}


def test_exports_agree_and_stay_light() -> None:
    assert sorted(kit.__all__) == sorted(kit._EXPORTS)
    for name in kit.__all__:
        assert getattr(kit, name) is not None
        assert not hasattr(getattr(kit, name), "__path__")
    with pytest.raises(AttributeError, match="nothing"):
        _ = kit.nothing
    code = "import sys; from amur import kit; kit.render_page; kit.table; assert 'altair' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_same_page_is_the_same_bytes(page: str) -> None:
    assert kit.render_page(*kit_demo.demo_page("en")) == page
