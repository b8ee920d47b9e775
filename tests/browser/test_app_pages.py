"""The app's pages in a real browser: what axe finds, what moves, and what is left without script."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PATHS = (
    "/en/",
    "/sv/lab?scenario=cut-rus-chn",
    "/en/lab/compare?one=scenario%3Dus-60-china&other=scenario%3Dcut-rus-chn",
    "/en/check",
    "/sv/world?measure=share&subject=SWE&year=2020",
    "/en/explain/SWE/DEU?from=2019&to=2021",
    "/sv/leverage",
    "/en/triangle?a=SWE&b=NOR&c=DNK",
    "/sv/pair/SWE/DEU?from=2015&flow=exports",
    "/en/methods",
    "/sv/sources",
)


def whole(opened: Any, width: int) -> None:
    """Nothing in the console and nothing wider than the screen."""
    assert opened.console == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("number", "path"), list(enumerate(PATHS)))
def test_axe_finds_nothing(visit, number: int, path: str) -> None:
    # Each page in one theme and at one width; neighbours in the other.
    scheme, width = ("light", "dark")[number % 2], (1280, 390)[number // 2 % 2]
    opened = visit(path, color_scheme=scheme, width=width)
    opened.page.wait_for_selector("progress", state="detached")
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    whole(opened, width)


def test_the_pages_read_without_script(visit) -> None:
    page = visit("/en/lab?scenario=us-60-china", java_script_enabled=False).page
    assert page.locator("#lab-outcome .strip dd").first.is_visible()
    page.locator("button[name=more]").click()
    assert page.locator("fieldset.shock").count() == 2


def test_the_year_moves_by_keyboard_and_the_address_follows(visit) -> None:
    opened = visit("/en/world?measure=share&subject=SWE&year=2020")
    page = opened.page
    before = page.locator("#world-outcome .finding").first.inner_text()
    slider = page.locator("#world input[type=range]")
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_url("**year=2019**")
    page.wait_for_selector("#world-outcome[data-took] .plot:visible svg")
    assert page.locator("#world output").inner_text() == "2019"
    assert page.locator("#world-outcome .finding").first.inner_text() != before
    assert "year=2019" in page.locator(".masthead a[hreflang]:not([aria-current])").get_attribute("href")
    matrix = page.locator("#world-matrix")
    page.locator(".later").scroll_into_view_if_needed()
    matrix.wait_for()
    page.locator("#world select[name=measure]").select_option("hhi")
    page.wait_for_url("**measure=hhi**")
    page.go_back()
    page.wait_for_url("**measure=share**")
    whole(opened, 1280)


def test_a_pair_follows_its_form_and_back_leads_back(visit) -> None:
    opened = visit("/sv/pair/SWE/DEU", width=390, color_scheme="dark")
    page = opened.page
    page.locator("#choose input[name=from]").fill("2015")
    page.locator("#choose input[name=third]").fill("Norge")
    page.locator("#choose input[name=third]").press("Enter")
    page.wait_for_url("**from=2015&third=NOR")
    page.locator("#view .later").scroll_into_view_if_needed()
    page.locator("#view-level").wait_for()
    page.locator("#why .later").scroll_into_view_if_needed()
    page.locator("#why figure").first.wait_for()
    page.go_back()
    page.wait_for_url("**/pair/SWE/DEU")
    assert page.locator("#choose input[name=from]").input_value() == ""
    whole(opened, 390)


def test_the_readings_of_a_claim_are_switched_by_keyboard(visit) -> None:
    opened = visit("/en/check")
    page = opened.page
    page.locator("textarea").fill("Trade between Russia and China grew. Imports fell 9% in 2023.")
    page.locator("input[name=date]").fill("2024-09-01")
    page.locator("button.do").click()
    first = page.locator(".readings input").first
    first.wait_for()
    assert page.locator(".readings .panel:visible").count() == 1
    before = page.locator(".readings .panel:visible").inner_text()
    first.focus()
    first.press("ArrowDown")
    assert page.locator(".readings .panel:visible").count() == 1
    assert page.locator(".readings .panel:visible").inner_text() != before
    whole(opened, 1280)


def test_a_slider_of_the_lab_draws_what_the_server_would_draw(visit) -> None:
    opened = visit("/en/lab?scenario=us-60-china")
    page = opened.page
    slider = page.locator("input[type=range]").first
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_selector("#lab-outcome[data-took]")
    moved = page.locator("#lab-outcome .plot.large text").all_text_contents()
    page.reload()
    drawn = page.locator("#lab-outcome .plot.large text").all_text_contents()
    assert sorted(" ".join(moved).split()) == sorted(" ".join(drawn).split())


def test_a_picture_that_cannot_be_drawn_says_so(visit, served: str) -> None:
    page = visit("/en/check").page
    page.route("**/chart/**", lambda route: route.abort())
    page.goto(f"{served}/en/leverage")
    holder = page.locator(".drawing.failed")
    holder.wait_for()
    assert "could not be drawn" in holder.inner_text()
