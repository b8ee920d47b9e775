"""The kit's pages in a real browser: silent, drawn, reachable by keyboard, fit for phone, dark and print."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable
from pathlib import Path

import kit_demo
import pytest
from axe_playwright_python.sync_playwright import Axe

from amur import kit

pytestmark = pytest.mark.browser

Open = Callable[..., "object"]
CHARTS = 13
# The narrowest phone that WCAG 1.4.10 asks for, a common one, and a desk.
WIDTHS = (320, 390, 1280)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The demonstration page in both languages, as files."""
    folder = tmp_path_factory.mktemp("kit")
    written = {}
    for language in ("en", "sv"):
        written[language] = folder / f"{language}.html"
        written[language].write_text(kit.render_page(*kit_demo.demo_page(language)), encoding="utf-8")
    return written


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_pages_are_silent_drawn_and_no_wider_than_the_window(files, open_page, language: str, width: int) -> None:
    opened = open_page(files[language], width=width)
    page = opened.page
    page.wait_for_load_state("networkidle")
    drawn = page.locator(".plot svg:visible")
    assert drawn.count() == CHARTS
    for box in (drawn.nth(n).bounding_box() for n in range(CHARTS)):
        assert box["width"] > 250
        assert box["height"] > 60
        assert box["x"] + box["width"] <= width + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.console == []
    assert opened.requests == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(files, open_page, scheme: str, width: int) -> None:
    page = open_page(files["sv"], width=width, color_scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_nothing_in_an_open_note(files, open_page) -> None:
    page = open_page(files["en"]).page
    page.locator(".strip .num").first.focus()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_number_explains_itself_on_hover_and_on_focus_and_escape_closes_it(files, open_page) -> None:
    page = open_page(files["en"]).page
    number, note = page.locator(".strip .num").nth(1), page.locator(".strip .tip").nth(1)
    assert not note.is_visible()
    number.focus()
    assert note.is_visible()
    assert "18.75 to 18.96%" in note.inner_text()
    assert number.get_attribute("aria-describedby") == note.get_attribute("id")
    page.keyboard.press("Escape")
    assert not note.is_visible()
    number.blur()
    number.hover()
    assert note.is_visible()
    page.keyboard.press("Escape")
    assert not note.is_visible()
    page.mouse.move(5, 5)
    number.click()
    assert note.is_visible()
    page.mouse.move(5, 5)
    page.mouse.click(5, 400)
    assert not note.is_visible()


def test_notes_can_be_reached_with_the_mouse_and_stay_in_the_window(files, open_page) -> None:
    page = open_page(files["sv"], width=360).page
    for n in range(page.locator(".num:visible").count()):
        number = page.locator(".num:visible").nth(n)
        number.focus()
        box = page.locator(".fig:focus-within > .tip").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 361
        number.blur()
    number = page.locator(".strip .num").first
    number.hover()
    note = page.locator(".strip .tip").first
    box = note.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    assert note.is_visible()


def test_a_selected_paragraph_keeps_its_numbers(files, open_page) -> None:
    page = open_page(files["en"]).page
    copied = page.evaluate(
        """() => {
          const range = document.createRange();
          range.selectNodeContents(document.querySelector('.chapter p'));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          return String(getSelection());
        }"""
    )
    plain = re.sub(r"\s+", " ", copied)
    assert plain.strip() == "Invented trade rose by 18.85% to 120.4 billion dollars in 2024."


def test_the_sentence_is_copied_with_its_source(files, open_page) -> None:
    page = open_page(files["en"], permissions=["clipboard-read", "clipboard-write"]).page
    figure = page.locator("figure").first
    figure.locator("[data-copy]").click()
    figure.locator("[role=status]", has_text="The sentence is copied.").wait_for()
    said = page.evaluate("navigator.clipboard.readText()")
    assert said.startswith("Invented trade rose by")
    assert said.endswith("(2025-08-21).")


def test_tables_sort_by_value_and_say_so(files, open_page) -> None:
    page = open_page(files["en"]).page
    table = page.locator("#demo-table")
    heads = table.locator("thead th")
    heads.nth(1).locator("button").press("Enter")
    assert heads.nth(1).get_attribute("aria-sort") == "descending"
    first = table.locator("tbody tr").first.inner_text()
    assert "South Africa" in first
    assert table.locator("[role=status]").inner_text() == "Sorted by Dependence, highest first"
    heads.nth(1).locator("button").click()
    assert "Russia" in table.locator("tbody tr").first.inner_text()
    heads.nth(0).locator("button").click()
    assert "Australia" in table.locator("tbody tr").first.inner_text()
    assert heads.nth(1).get_attribute("aria-sort") == "none"


def test_tables_are_searched(files, open_page) -> None:
    page = open_page(files["sv"]).page
    table = page.locator("#demo-table")
    table.locator("input").fill("sVeR")
    assert table.locator("tbody tr:visible").count() == 1
    assert "Sverige" in table.locator("tbody tr:visible").inner_text()


def test_the_theme_follows_the_system_and_the_choice(files, open_page) -> None:
    page = open_page(files["en"], color_scheme="dark").page
    ground = "getComputedStyle(document.body).backgroundColor"
    bar = "getComputedStyle(document.querySelector('#bars .plot.large path[fill=\"var(--c1)\"]')).fill"
    dark = page.evaluate(ground), page.evaluate(bar)
    assert dark == ("rgb(17, 24, 31)", "rgb(88, 179, 252)")
    button = page.locator("[data-themes]")
    assert button.inner_text() == "Theme: as the system"
    button.click()
    assert (page.evaluate(ground), page.evaluate(bar)) == ("rgb(252, 251, 248)", "rgb(0, 76, 124)")
    page.reload()
    assert page.locator("[data-themes]").inner_text() == "Theme: light"
    page.locator("[data-themes]").click()
    assert (page.evaluate(ground), page.evaluate(bar)) == dark


def test_print_is_light_and_without_what_only_screens_need(files, open_page) -> None:
    page = open_page(files["en"], color_scheme="dark").page
    page.locator("[data-themes]").click()
    page.locator("[data-themes]").click()
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')") == "#16212b"
    for hidden in (".contents", ".tools", ".skip", "[data-themes]", "details", ".masthead nav"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    assert page.locator(".plot.large svg:visible").count() == CHARTS


def test_everything_reads_without_script(files, open_page) -> None:
    page = open_page(files["en"], java_script_enabled=False).page
    assert page.locator(".plot svg:visible").count() == CHARTS
    assert page.locator("button:visible").count() == page.locator(".num:visible").count()
    page.locator(".strip .num").nth(1).hover()
    assert page.locator(".strip .tip").nth(1).is_visible()
    page.locator("figure summary").first.click()
    assert page.locator("figure details table").first.is_visible()


def test_the_keyboard_goes_past_the_head_and_into_the_data(files, open_page) -> None:
    page = open_page(files["en"]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    summary = page.locator("figure summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure details table").first.is_visible()


def test_downloads_are_saved_under_their_names(files, open_page) -> None:
    page = open_page(files["en"], accept_downloads=True).page
    for kind in ("PNG", "SVG", "CSV", "XLSX"):
        with page.expect_download() as waiting:
            page.locator("#bars .tools :is(a, button)", has_text=kind).first.click()
        assert waiting.value.suggested_filename == f"amur-bars.{kind.lower()}"
        assert Path(waiting.value.path()).stat().st_size > 100


def test_a_png_is_drawn_at_twice_the_size_of_its_svg(files, open_page) -> None:
    page = open_page(files["en"], accept_downloads=True).page
    svg = page.locator('#bars .tools a[download$=".svg"]').get_attribute("href")
    assert svg is not None
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', base64.b64decode(svg.partition(",")[2]).decode("utf-8"))
    assert size is not None
    with page.expect_download() as waiting:
        page.locator("#bars button[data-drawn]").press("Enter")
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == pytest.approx([2 * float(side) for side in size.groups()], abs=2)
    # An empty picture of this size packs into a tenth of this.
    assert len(content) > 20_000


def test_a_file_picture_draws_by_itself(files, open_page, tmp_path: Path) -> None:
    picture = tmp_path / "bars.svg"
    text = kit_demo.demo_text("en")
    chart = next(one for one in kit_demo.demo_charts(text) if one.name == "bars")
    picture.write_bytes(kit.chart_file(chart, "SVG", text))
    opened = open_page(picture)
    assert opened.page.locator("svg text").count() > 8
    assert opened.console == []
    assert opened.requests == []


def test_the_record_and_the_policy_notice_what_a_page_must_not_do(files, open_page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    parts = (
        '<p style="color:red">x</p><img alt="" src="https://example.org/x.png"><script>document.title = "run"</script>'
    )
    bad.write_text(files["en"].read_text(encoding="utf-8").replace("<h1>", f"{parts}<h1>"), encoding="utf-8")
    opened = open_page(bad)
    assert opened.page.title() != "run"
    said = " ".join(opened.console)
    for directive in ("style-src", "img-src", "script-src"):
        assert directive in said
