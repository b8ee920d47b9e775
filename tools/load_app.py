"""Fifty readers at once on a real server: how long pages, checks and scenarios take, and whether memory stays flat.

python tools/load_app.py [--users 50] [--seconds 120] [--seed 1] [--json FILE]

The server is started for the run with nothing kept. Each reader looks at a page of a pair and its first picture
(60 %), has a text checked (20 %) or solves a scenario (20 %), and thinks for one to three seconds in between.
A page that says how far its work has come is asked again until the result is there; the time runs until then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import httpx

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PLACES = ("USA", "CHN", "DEU", "JPN", "IND", "RUS", "SWE", "BRA", "MEX", "EU27")
PAIRS = tuple(pair for pair in combinations(PLACES, 2) if set(pair) != {"DEU", "EU27"} and set(pair) != {"SWE", "EU27"})
LANGUAGES = ("en", "sv")
GOALS = {"page": 1.0, "scenario": 2.0}
_PICTURE = re.compile(r'data-picture="([^"]+)"')
_MOVE_ON = 0.7


class Reader:
    """One reader with a browser: what each request took, and what went wrong."""

    def __init__(self, client: httpx.AsyncClient, dice: random.Random) -> None:
        self._client, self._dice = client, dice
        self.took: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.errors: list[str] = []

    async def read(self, until: float) -> None:
        """Go on until the end."""
        await asyncio.sleep(self._dice.uniform(0, 2))
        while time.monotonic() < until:
            act = self._dice.choices((self._page, self._check, self._scenario), (60, 20, 20))[0]
            await act()
            await asyncio.sleep(self._dice.uniform(1, 3))

    async def _page(self) -> None:
        a, b = self._dice.choice(PAIRS)
        text = await self._timed("page", "GET", f"/{self._dice.choice(LANGUAGES)}/pair/{a}/{b}")
        if text and (found := _PICTURE.search(text)):
            await self._timed("picture", "GET", found[1].replace("&amp;", "&"))

    async def _check(self) -> None:
        numbers = [self._dice.uniform(1, 30) for _ in range(4)]
        a, b = self._dice.choice((("China", "Russia"), ("Germany", "Sweden"), ("India", "Japan")))
        words = (
            f"Trade between {a} and {b} grew by {numbers[0]:.1f}% in 2024, to ${10 * numbers[1]:.1f} billion. "
            f"Exports from {a} to {b} rose by {numbers[2]:.1f} percent, and {b} took {numbers[3]:.0f}% of them.\n"
        )
        language = self._dice.choice(LANGUAGES)
        await self._timed("check", "POST", f"/{language}/check", {"text": words * self._dice.randint(1, 6), "of": "en"})

    async def _scenario(self) -> None:
        a, b = self._dice.choice(PAIRS)
        value = self._dice.randint(1, 100) / 100
        draft = f"s1.kind=tariff.set&s1.from={a}&s1.to={b}&s1.sectors=goods&s1.value={value}"
        await self._timed("scenario", "GET", f"/{self._dice.choice(LANGUAGES)}/lab?{draft}")

    async def _timed(self, kind: str, method: str, address: str, form: dict[str, str] | None = None) -> str:
        began = time.monotonic()
        try:
            answer = await self._client.request(method, address, data=form, headers=BROWSER)
            while answer.status_code == 202:
                await asyncio.sleep(_MOVE_ON)
                answer = await self._client.get(answer.url, headers=BROWSER)
        except httpx.HTTPError as error:
            self.errors.append(f"{kind} {address}: {type(error).__name__}")
            return ""
        self.took[kind].append((began, time.monotonic() - began))
        if answer.status_code != 200:
            self.errors.append(f"{kind} {address}: {answer.status_code}")
        return answer.text


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """A server of its own: its address, and the number of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", f"from amur.app import serve; serve(port={port})"])
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def held_by(pid: int) -> tuple[float, float]:
    """Resident memory in MB and processor time in seconds of a process and its children; zeros where untold."""
    size = used = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            numbers = (folder / "stat").read_text().rpartition(")")[2].split()
            pages = int((folder / "statm").read_text().split()[1])
        except OSError:
            continue
        if str(pid) in (folder.name, numbers[1]):
            size += pages * os.sysconf("SC_PAGE_SIZE") / 1e6
            used += (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
    return size, used


async def ready(base: str) -> None:
    """Wait until the server takes work."""
    async with httpx.AsyncClient(base_url=base) as client:
        while True:
            try:
                found = (await client.get("/health")).json()
                if found["workers"] >= min(os.cpu_count() or 1, 4):
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)


async def watch(pid: int, until: float, held: list[float]) -> None:
    """Note the memory every ten seconds."""
    while time.monotonic() < until:
        await asyncio.sleep(10)
        held.append(round(held_by(pid)[0]))


async def run(base: str, pid: int, options: argparse.Namespace) -> dict[str, object]:
    """The run, and what came of it."""
    await ready(base)
    until, held = time.monotonic() + options.seconds, [round(held_by(pid)[0])]
    began, used = time.monotonic(), held_by(pid)[1]
    clients = [httpx.AsyncClient(base_url=base, timeout=120, follow_redirects=True) for _ in range(options.users)]
    readers = [Reader(client, random.Random(f"{options.seed}-{n}")) for n, client in enumerate(clients)]
    await asyncio.gather(watch(pid, until, held), *(reader.read(until) for reader in readers))
    for client in clients:
        await client.aclose()
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for reader in readers:
        for kind, times in reader.took.items():
            took[kind] += times
    errors = [error for reader in readers for error in reader.errors]
    return {
        "users": options.users,
        "seconds": options.seconds,
        "pairs": len(PAIRS),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "errors": len(errors),
        "first_errors": errors[:5],
        "times": {kind: summary(times, began) for kind, times in sorted(took.items())},
        "memory_mb": held,
        "server_cpu_seconds": round(held_by(pid)[1] - used, 1),
    }


def summary(times: list[tuple[float, float]], began: float) -> dict[str, float]:
    """Number, quantiles in seconds, and the 95th percentile of each third of the run."""
    seconds = sorted(took for _, took in times)
    cuts = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    ordered = [took for _, took in sorted(times)]
    third = max(1, len(ordered) // 3)
    parts = [sorted(ordered[n * third : (n + 1) * third]) for n in range(3)]
    found = {"count": len(seconds), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": seconds[-1]}
    found |= {f"p95_third_{n}": part[int(0.95 * (len(part) - 1))] for n, part in enumerate(parts, start=1) if part}
    return {name: round(value, 3) for name, value in found.items()}


def main() -> None:
    """Start a server, run, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    # The server ends with the run, whoever ends it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with serving() as (base, pid):
        found = asyncio.run(run(base, pid, options))
    words = json.dumps(found, indent=1)
    if options.json:
        options.json.write_text(words + "\n", encoding="utf-8")
    print(words)
    times = found["times"]
    slow = [kind for kind, goal in GOALS.items() if kind in times and times[kind]["p95"] >= goal]  # type: ignore[index]
    sys.exit(1 if found["errors"] or slow else 0)


if __name__ == "__main__":
    main()
