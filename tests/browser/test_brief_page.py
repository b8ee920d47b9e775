"""The brief in a real browser: silent, every chart drawn, axe clean, usable by keyboard and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from amur.brief import CHAPTERS, make_pair, write_brief
from amur.kit import Chart

pytestmark = pytest.mark.browser

PAGES = (("RUS", "CHN", "en"), ("SWE", "DEU", "sv"), ("UZB", "CHN", "en"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], Path]:
    """Briefs as files."""
    folder = tmp_path_factory.mktemp("briefs")
    return {key: write_brief(key[0], key[1], folder / f"{'-'.join(key)}.html", lang=key[2]) for key in PAGES}


@pytest.mark.parametrize("key", PAGES, ids="-".join)
def test_the_brief_is_silent_and_every_chart_is_drawn(files, open_page, key: tuple[str, str, str]) -> None:
    wanted = sum(isinstance(part, Chart) for build in CHAPTERS for part in build(make_pair(*key[:2])).parts)
    for width in (360, 1280):
        opened = open_page(files[key], width=width)
        drawn = opened.page.locator(".plot svg:visible")
        assert drawn.count() == wanted
        for n in range(wanted):
            box = drawn.nth(n).bounding_box()
            assert box["width"] > 200
            assert box["height"] > 40
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.console == []
        assert opened.requests == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_brief(files, open_page, scheme: str) -> None:
    page = open_page(files["RUS", "CHN", "en"], width=1280, color_scheme=scheme).page
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_number_explains_itself_on_focus(files, open_page) -> None:
    page = open_page(files["RUS", "CHN", "en"]).page
    number = page.locator("main .num").first
    number.focus()
    described = number.get_attribute("aria-describedby")
    note = page.locator(f"#{described}")
    assert note.is_visible()
    assert "2025" in note.inner_text()
    page.keyboard.press("Escape")
    assert not note.is_visible()


def test_the_brief_can_be_printed(files, open_page) -> None:
    page = open_page(files["UZB", "CHN", "en"]).page
    assert len(page.pdf(format="A4")) > 10_000
