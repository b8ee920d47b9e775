"""Draw the pictures of the README with Amur itself: one chart, and three pages of the app in a Chromium.

python tools/build_images.py [CHROMIUM]
"""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from amur.brief import make_pair
from amur.brief.dependence import dependence_chapter
from amur.kit import Chart, chart_file

FOLDER = Path(__file__).parent.parent / "docs" / "images"
WIDTH = 1180
QUALITY = 0.9
ARTICLE = """China's trade with Russia is shrinking

In the first seven months of 2025, trade between China and Russia fell by 8.1% to $125.8 billion. \
China's imports from Russia rose by 7.7%. In 2024 the trade of the two was a record $245 billion, up 19% on the year \
before.
"""
TO_WEBP = """async ([png, quality]) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.width; canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""


def chart() -> bytes:
    """The chart of the brief that the README begins with."""
    pair = make_pair("RUS", "CHN")
    record = next(part for part in dependence_chapter(pair).parts if isinstance(part, Chart))
    return chart_file(record, "PNG", pair.text)


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of its own."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{probe.getsockname()[1]}"
    code = f"from amur.app import serve; serve(port={base.rsplit(':', 1)[1]})"
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        while not _answers(base):
            time.sleep(0.2)
        yield base
    finally:
        process.terminate()
        process.wait()


def _answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/health").json()["workers"] > 0
    except httpx.HTTPError:
        return False


def pair(page: Page, base: str) -> None:
    """The page of a pair, from its key figures on."""
    page.goto(f"{base}/en/pair/RUS/CHN")
    page.wait_for_selector("#turnover figure .plot:visible svg")


def lab(page: Page, base: str) -> None:
    """The lab after the slider has moved."""
    page.goto(f"{base}/en/lab?scenario=us-60-china")
    slider = page.locator("input[type=range]").first
    slider.focus()
    slider.press("ArrowLeft")
    page.wait_for_selector("#lab-outcome[data-took]")
    page.wait_for_selector("#lab-outcome .plot:visible svg")
    slider.blur()


def checked(page: Page, base: str) -> None:
    """The verdicts on a short article."""
    page.goto(f"{base}/en/check")
    page.locator("textarea").fill(ARTICLE)
    page.locator("button.do").click()
    page.wait_for_selector("main .verdicts")


PAGES = {
    "app-pair": (pair, "#turnover", 1000),
    "app-lab": (lab, "#shocks", 1500),
    "app-check": (checked, "#text-1", 1000),
}
"""Each picture: what leads to it, the part of the page at its top, and its height."""


def small(browser: Browser, png: bytes) -> bytes:
    """A picture as WebP, which the browser makes."""
    blank = browser.new_page()
    return base64.b64decode(blank.evaluate(TO_WEBP, [base64.b64encode(png).decode("ascii"), QUALITY]))


def main() -> None:
    """Write each picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "brief-dependence.png").write_bytes(chart())
    path = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    with serving() as base, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name, (lead, top, height) in PAGES.items():
            page = browser.new_page(viewport={"width": WIDTH, "height": height})
            page.set_default_timeout(120_000)
            lead(page, base)
            page.locator(top).first.evaluate("place => window.scrollTo(0, place.getBoundingClientRect().top)")
            page.wait_for_timeout(3000)
            (FOLDER / f"{name}.webp").write_bytes(small(browser, page.screenshot()))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
