"""A real Chromium for the pages, a server of the app, and a record of everything that a page says or asks for."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from amur.app import Settings, create_app
from amur.progress import advance, still_wanted

# Pictures and solves may wait for the first load of data; milliseconds.
PATIENCE = 60_000
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Opened:
    """An open page: what its console said, and what it asked of any address but its own."""

    page: Page
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def chromium() -> str | None:
    """The browser's path: AMUR_CHROMIUM, or what the machine has."""
    return os.environ.get("AMUR_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def playwright_running() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright_running: Playwright) -> Iterator[Browser]:
    """A headless Chromium; without one the test is skipped, but under CI=true it fails."""
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("No Chromium on this machine, but CI must run the browser tests. Install the package chromium.")
        pytest.skip("no Chromium on this machine: install it, or name one in AMUR_CHROMIUM")
    launched = playwright_running.chromium.launch(executable_path=path, args=["--no-sandbox"])
    yield launched
    launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """Open a file or an address: `open_page(path, width=360, color_scheme="dark", java_script_enabled=False)`.

    All that is not `width` goes to the browser's context. Requests to the page's own address and data
    addresses are not recorded, everything else is.
    """
    contexts: list[Any] = []

    def opener(address: str | Path, *, width: int = 1280, **settings: Any) -> Opened:
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        url = address.as_uri() if isinstance(address, Path) else address
        opened = Opened(context.new_page())
        opened.page.on("console", lambda message: opened.console.append(message.text))
        opened.page.on("pageerror", lambda error: opened.console.append(str(error)))
        opened.page.on("request", lambda request: _record(request.url, url, opened))
        opened.page.goto(url)
        return opened

    yield opener
    for context in contexts:
        context.close()


def _record(asked: str, own: str, opened: Opened) -> None:
    if asked != own and not asked.startswith("data:"):
        opened.requests.append(asked)


# ── the app ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """An app at an address of this machine."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of the app, as it is served to one reader."""
    # Tests wait for pages themselves, however busy the machine is.
    with serving(create_app(Settings(patience=PATIENCE / 1000))) as address:
        yield address


@dataclass
class Held:
    """An app whose work goes on until its gate opens, and what ended."""

    address: str
    gate: threading.Event
    ended: threading.Event


@pytest.fixture
def held() -> Iterator[Held]:
    """An app whose readers soon see how far their work has come."""
    app = create_app(Settings(patience=0.1))
    desk, gate, ended = app.state.desk, threading.Event(), threading.Event()
    do = desk.do

    async def slowly(work: Callable[[], Any], *, quick: bool = False) -> Any:
        def until_let_go() -> Any:
            try:
                advance(1, 4)
                while not gate.wait(0.01):
                    still_wanted()
                return work()
            finally:
                ended.set()

        return await do(until_let_go, quick=quick)

    desk.do = slowly
    with serving(app) as address:
        yield Held(address, gate, ended)
        gate.set()


@pytest.fixture
def visit(open_page: Callable[..., Opened], served: str) -> Callable[..., Opened]:
    """Open an address of the app, whose own requests are no others'."""

    def opener(path: str, **how: Any) -> Opened:
        opened = open_page(served + path, **how)
        opened.page.set_default_timeout(PATIENCE)
        return opened

    return opener
