"""The pages of leverage and of the triangle in a real browser: silent, axe clean, sorted and searched by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from amur.leverage import leverage
from amur.pages.leverage import write_leverage_page
from amur.pages.triangle import write_triangle_page

pytestmark = pytest.mark.browser

KEYS = [(page, lang) for page in ("leverage", "triangle") for lang in ("en", "sv")]
COUNTRIES = 81


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Both pages in both languages, as files."""
    folder = tmp_path_factory.mktemp("leverage")
    found = leverage("RUS", "CHN", economies=["icio-2022"])
    written = {}
    for lang in ("en", "sv"):
        written["leverage", lang] = write_leverage_page(found, folder / f"leverage-{lang}.html", lang=lang)
        written["triangle", lang] = write_triangle_page(folder / f"triangle-{lang}.html", lang=lang)
    return written


@pytest.mark.parametrize("key", KEYS, ids="-".join)
def test_pages_are_silent_and_axe_finds_nothing(files, open_page, key: tuple[str, str]) -> None:
    scheme = "dark" if key[1] == "sv" else "light"
    opened = open_page(files[key], width=390 if key[1] == "sv" else 1280, color_scheme=scheme)
    opened.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    assert opened.console == []
    assert opened.requests == []
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_world_is_sorted_and_searched_by_keyboard(files, open_page) -> None:
    page = open_page(files["leverage", "en"]).page
    table = page.locator("#leverage-world")
    rows = table.locator("tbody tr")
    assert rows.count() == COUNTRIES
    head = table.locator("thead th").nth(2).locator("button")

    def losses() -> list[float]:
        texts = table.locator("tbody tr td:last-child").all_inner_texts()
        return [float(text.replace("−", "-")) for text in texts if any(sign.isdigit() for sign in text)]

    head.focus()
    page.keyboard.press("Enter")
    once = losses()
    page.keyboard.press("Enter")
    assert once in (sorted(once), sorted(once, reverse=True))
    assert losses() == once[::-1]
    assert table.locator("thead th").nth(2).get_attribute("aria-sort") in ("ascending", "descending")
    table.locator("input").focus()
    page.keyboard.type("kaz")
    assert table.locator("tbody tr:visible").count() == 1
    assert "Kazakhstan" in table.locator("tbody tr:visible").inner_text()
