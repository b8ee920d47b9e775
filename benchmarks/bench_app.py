"""The app's slider in a real browser: from the move to the new picture, on a server of its own.

./dev bench app. The times of 40 moves and their 95th percentile stand in the extra information of the report.
What 50 readers at once wait is measured by tools/load_app.py.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

MOVES = 40


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server as `amur serve` starts it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", f"from amur.app import serve; serve(port={port})"])
    base = f"http://127.0.0.1:{port}"
    while not _is_up(base):
        time.sleep(0.2)
    yield base
    process.terminate()
    process.wait()


def _is_up(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health").json()["workers"] > 0
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def lab(address: str) -> Iterator[Page]:
    """The lab with a shipped scenario, moved twice already."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{address}/en/lab?scenario=us-60-china")
        page.wait_for_selector("#lab-outcome .plot:visible svg")
        for _ in range(2):
            _move(page)
        yield page
        browser.close()


def _move(page: Page) -> float:
    """One step of the slider; seconds until the new picture stands."""
    page.evaluate("delete document.getElementById('lab-outcome').dataset.took")
    page.locator("input[type=range]").first.press("ArrowLeft")
    page.wait_for_selector("#lab-outcome[data-took]")
    return float(page.locator("#lab-outcome").get_attribute("data-took") or "nan") / 1000


def test_a_move_of_the_slider(benchmark: Any, lab: Page) -> None:
    times: list[float] = []
    benchmark.pedantic(lambda: times.append(_move(lab)), rounds=MOVES, iterations=1)
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    benchmark.extra_info |= {"p50_s": round(cuts[9], 3), "p95_s": round(cuts[18], 3), "max_s": round(max(times), 3)}
    assert len(times) == MOVES
