"""The app in a real browser: three journeys, both languages, light and dark, wide and narrow."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe

from amur.app import create_app

pytestmark = pytest.mark.browser

# Pictures and solves may wait for the first load of data; milliseconds.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """An app at an address of this machine."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(), port=port, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def visit(open_page: Callable[..., Any], served: str) -> Callable[..., Any]:
    """Open an address of the app, whose own requests are no others'."""

    def opener(path: str, **how: Any) -> Any:
        opened = open_page(served + path, **how)
        opened.page.set_default_timeout(PATIENCE)
        return opened

    return opener


def silent(opened: Any, served: str) -> None:
    """Nothing in the console, and no request to another host."""
    assert opened.console == []
    host = urlsplit(served).netloc
    assert [asked for asked in opened.requests if urlsplit(asked).netloc != host] == []


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "dark", 1280), ("sv", "light", 390)])
def test_a_pair_is_looked_up_and_read(visit, served: str, language: str, scheme: str, width: int) -> None:
    opened = visit(f"/{language}/", color_scheme=scheme, width=width)
    page = opened.page
    page.locator("input[name=a]").fill("UZB")
    page.locator("input[name=b]").fill("CHN")
    page.locator("input[name=b]").press("Enter")
    page.wait_for_url("**/pair/UZB/CHN")
    drawing = page.locator("figure .plot:visible svg").first
    page.locator("figure").first.scroll_into_view_if_needed()
    drawing.wait_for()
    assert drawing.bounding_box()["width"] > 200
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    number = page.locator("main .num").first
    number.focus()
    assert page.locator(f"#{number.get_attribute('aria-describedby')}").is_visible()
    page.go_back()
    page.wait_for_url(f"**/{language}/")
    silent(opened, served)


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("sv", "dark", 390)])
def test_a_scenario_is_moved_shared_and_downloaded(visit, served: str, language: str, scheme: str, width: int) -> None:
    opened = visit(f"/{language}/lab?scenario=us-60-china", color_scheme=scheme, width=width)
    page = opened.page
    before = page.locator("#lab-outcome .strip dd").last.inner_text()
    slider = page.locator("input[type=range]").first
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_selector("#lab-outcome[data-took]")
    page.wait_for_url("**s1.value=0.59**")
    after = page.locator("#lab-outcome .strip dd").last.inner_text()
    assert page.locator(".slider output").inner_text().replace("\u00a0", "") in ("59%", "59 %")
    assert after != before
    page.reload()
    assert page.locator("#lab-outcome .strip dd").last.inner_text() == after
    seller = page.locator("input[name='s1.from']")
    seller.fill("Chna")
    seller.press("Tab")
    page.wait_for_selector("#lab-outcome > .notice")
    seller.fill("CHN")
    seller.press("Tab")
    page.wait_for_selector("#lab-outcome .plot:visible svg")
    slider.press("End")
    page.wait_for_url("**s1.value=1&**")
    with page.expect_download() as download:
        page.locator("#lab-outcome a[href*='lab.yaml']").click()
    assert download.value.suggested_filename == "us-60-china.yaml"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [line for line in opened.console if "40" not in line and "422" not in line] == []
    assert page.locator(".masthead a[hreflang]:not([aria-current])").get_attribute("href").find("s1.value=1") > 0


def test_a_text_is_checked(visit, served: str) -> None:
    opened = visit("/en/check", width=1280)
    page = opened.page
    page.locator("textarea").fill(
        "Trade between China and Russia fell by 8.1% in the first seven months of 2025.\n<script>alert(1)</script>"
    )
    page.locator("button.do").click()
    page.wait_for_selector("h1:has-text('Claims')")
    assert page.locator("main mark, main .claim, main table tbody tr").count() >= 1
    silent(opened, served)


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
