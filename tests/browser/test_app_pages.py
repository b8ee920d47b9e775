"""The app's pages in a real browser: what axe finds, and what is left without script."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/en/", "/sv/lab?scenario=cut-rus-chn", "/en/check", "/en/methods", "/sv/sources"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, path: str, scheme: str) -> None:
    found = Axe().run(visit(path, color_scheme=scheme).page)
    assert found.violations_count == 0, found.generate_report()


def test_the_pages_read_without_script(visit) -> None:
    page = visit("/en/lab?scenario=us-60-china", java_script_enabled=False).page
    assert page.locator("#lab-outcome .strip dd").first.is_visible()
    page.locator("button[name=more]").click()
    assert page.locator("fieldset.shock").count() == 2
