"""Work that takes long, as its reader sees it in a browser: how far it is, the button that stops it, the result."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_the_result_comes_by_itself_at_the_same_address(open_page: Any, held: Any, script: bool) -> None:
    opened = open_page(f"{held.address}/sv/methods", java_script_enabled=script, width=390)
    page = opened.page
    assert page.locator("#work .status").inner_text() == "1 av 4 delar är klara."
    assert page.locator("progress").get_attribute("max") == "4"
    if script:
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    held.gate.set()
    page.wait_for_selector("main dl", timeout=60_000)
    assert page.url == f"{held.address}/sv/methods"
    assert opened.console == []


@pytest.mark.parametrize("script", [True, False])
def test_the_button_stops_the_work(open_page: Any, held: Any, script: bool) -> None:
    page = open_page(f"{held.address}/en/methods", java_script_enabled=script, color_scheme="dark").page
    page.locator("#work button").click()
    page.wait_for_selector("h1:has-text('Stopped')", timeout=60_000)
    assert held.ended.wait(60)
    held.gate.set()
    page.locator("main a", has_text="Ask again").click()
    page.wait_for_selector("main dl", timeout=60_000)
