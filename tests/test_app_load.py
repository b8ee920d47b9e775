"""The line of jobs: its length and order, one job for those who ask the same, progress, and work that stops."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_app import Asker

from amur.app import Settings
from amur.app.exchange import Answer, Asked
from amur.app.office import LONG, PAGE, PICTURE, QUICK, Job, Office, family_of, lane_of
from amur.app.problems import BusyError, LostError, TooSlowError
from amur.app.work import Desk
from amur.economy import load_economy
from amur.errors import StoppedError
from amur.progress import advance, each, listening, still_wanted
from amur.scenario import load_scenario
from amur.simulate import simulate

BROWSER = {"accept": "text/html,application/xhtml+xml"}
# What a busy machine may take for what takes a moment; seconds.
PATIENCE = 60.0


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: a browser test leaves a loop running in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Held:
    """A crew whose work goes on until it is let go, and that remembers what it did."""

    def __init__(self, size: int) -> None:
        self.size, self.begun, self.stopped = size, [], []
        self.places: list[tuple[int, str]] = []
        self.most = self.most_long = 0
        self._running: dict[Job, asyncio.Future[Answer]] = {}

    async def run(self, place: int, job: Job) -> Answer:
        self._running[job] = asyncio.get_running_loop().create_future()
        self.begun.append(job)
        self.places.append((place, job.asked.path))
        self.most = max(self.most, len(self._running))
        self.most_long = max(self.most_long, sum(item.lane == LONG for item in self._running))
        try:
            return await self._running[job]
        finally:
            del self._running[job]

    def stop(self, place: int, job: Job) -> None:
        self.stopped.append(job)
        self._running[job].set_exception(StoppedError("stopped"))

    def let_go(self) -> bool:
        """End the work that began first; False where there is none."""
        waiting = [future for future in self._running.values() if not future.done()]
        if waiting:
            waiting[0].set_result(Answer(200, body=b"done"))
        return bool(waiting)

    def start(self) -> None:
        pass

    async def close(self) -> None:
        pass


def office_of(size: int = 1, **limits: Any) -> tuple[Office, Held]:
    crew = Held(size)
    return Office(crew, Settings(**limits)), crew


def get(path: str) -> Asked:
    return Asked("GET", path)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# ── the line ────────────────────────────────────────────────────────────────────────────────────

PATHS = {QUICK: "/en/lab/part", PAGE: "/en/pair/SWE/DEU", LONG: "/en/lab/result"}


@settings(max_examples=40)
@given(
    lanes=st.lists(st.sampled_from([QUICK, PAGE, LONG]), max_size=14),
    size=st.integers(1, 3),
    waiting=st.integers(0, 6),
    stops=st.sets(st.integers(0, 13)),
)
def test_the_line_keeps_its_length_and_everyone_is_answered_or_told(
    lanes: list[int], size: int, waiting: int, stops: set[int]
) -> None:
    async def scene() -> None:
        office, crew = office_of(size, waiting=waiting)
        jobs, refused = [], 0
        for number, lane in enumerate(lanes):
            try:
                jobs.append(office.begin(get(PATHS[lane]), number))
            except BusyError:
                refused += 1
            assert office.waiting <= waiting
        await settled()
        for number in stops & set(range(len(jobs))):
            office.stop(jobs[number])
        await settled()
        while crew.let_go():
            await settled()
        assert crew.most <= size
        assert crew.most_long <= max(1, size - 1)
        assert len(jobs) + refused == len(lanes)
        assert office.waiting == office.working == 0
        for number, job in enumerate(jobs):
            assert job.state == ("stopped" if number in stops else "done")

    in_a_loop(scene())


def test_quick_work_goes_first_and_long_work_last_each_in_the_order_of_asking() -> None:
    async def scene() -> list[str]:
        office, crew = office_of()
        for number, path in enumerate(["/en/a", "/en/lab/result", "/en/b", "/en/lab/part", "/en/c"]):
            office.begin(get(path), number)
        while await settled() or crew.let_go():
            pass
        return [job.asked.path for job in crew.begun]

    assert in_a_loop(scene()) == ["/en/a", "/en/lab/part", "/en/b", "/en/c", "/en/lab/result"]


def test_what_belongs_to_a_page_goes_to_the_place_where_the_page_was_made() -> None:
    async def scene() -> list[tuple[int, str]]:
        office, crew = office_of(2)
        one, two = "/en/pair/SWE/DEU", "/en/pair/USA/CHN"
        for path in (one, two):
            office.begin(get(path), path)
        await settled()
        while crew.let_go():
            await settled()
        for path in (f"{two}/chart/a.html", f"{one}/chart/a.html", f"{two}.json"):
            office.begin(get(path), path)
            await settled()
            crew.let_go()
            await settled()
        return crew.places

    places = {path: place for place, path in in_a_loop(scene())}
    assert places["/en/pair/SWE/DEU"] != places["/en/pair/USA/CHN"]
    assert places["/en/pair/SWE/DEU/chart/a.html"] == places["/en/pair/SWE/DEU"]
    assert places["/en/pair/USA/CHN/chart/a.html"] == places["/en/pair/USA/CHN.json"] == places["/en/pair/USA/CHN"]


def test_a_job_does_not_wait_for_its_place_for_ever() -> None:
    async def scene() -> list[tuple[int, str]]:
        office, crew = office_of(2)
        office.begin(get("/en/pair/SWE/DEU"), 1)
        await settled()
        late = office.begin(get("/en/pair/SWE/DEU.json"), 2)
        await settled()
        assert late.state == "waiting"
        began = time.monotonic()
        while late.state == "waiting" and time.monotonic() - began < PATIENCE:
            await asyncio.sleep(0.02)
        while crew.let_go():
            await settled()
        return crew.places

    assert [place for place, _ in in_a_loop(scene())] == [0, 1]


@pytest.mark.parametrize(
    ("address", "lane", "family"),
    [
        ("/en/", QUICK, "/en/?"),
        ("/en/lab/part", QUICK, "lab"),
        ("/static/amur.js", QUICK, "/static/amur?"),
        ("/sv/pair/SWE/DEU", PAGE, "/sv/pair/SWE/DEU?"),
        ("/sv/pair/SWE/DEU.csv", PAGE, "/sv/pair/SWE/DEU?"),
        ("/en/lab/result", LONG, "lab"),
        ("/en/lab/result.json", LONG, "lab"),
        ("/en/world/part", QUICK, "/en/world?"),
        ("/en/pair/SWE/DEU/why/part", PAGE, "/en/pair/SWE/DEU/why?"),
        ("/en/leverage/SWE/DEU", LONG, "/en/leverage/SWE/DEU?"),
        ("/en/leverage/SWE/DEU/chart/a.png", PICTURE, "/en/leverage/SWE/DEU?"),
        ("/en/explain/SWE/DEU/chart/a.html", PICTURE, "/en/explain/SWE/DEU?"),
        ("/api/v1/simulate", LONG, "/api/v1/simulate?"),
    ],
)
def test_requests_stand_in_the_lane_of_what_they_cost(address: str, lane: int, family: str) -> None:
    assert lane_of(get(address)) == lane
    assert family_of(get(address)) == family


def test_a_long_text_is_long_work() -> None:
    assert lane_of(Asked("POST", "/en/check", body=b"text=short")) == PAGE
    assert lane_of(Asked("POST", "/en/check", body=b"x" * 50_000)) == LONG


# ── time, readers, stopping ─────────────────────────────────────────────────────────────────────


def test_work_is_given_up_after_its_time_and_its_place_is_free_again() -> None:
    async def scene() -> None:
        office, crew = office_of(seconds=0.02)
        slow = office.begin(get("/en/a"), 1)
        with pytest.raises(TooSlowError):
            await slow.result
        await settled()
        assert crew.stopped == [slow]
        quick = office.begin(get("/en/b"), 2)
        await settled()
        crew.let_go()
        assert (await quick.result).body == b"done"

    in_a_loop(scene())


def test_a_job_ends_with_its_last_reader_but_not_before_and_not_when_somebody_may_come_back() -> None:
    async def scene() -> None:
        office, crew = office_of(3)
        left, shared, named = (office.begin(get(f"/en/{name}"), name) for name in "abc")
        await settled()
        shared.readers = 1
        office.name(named)
        for job in (left, shared, named):
            office.left(job)
        assert [job.state for job in (left, shared, named)] == ["stopped", "working", "working"]
        assert crew.stopped == [left]

    in_a_loop(scene())


def test_work_for_which_nobody_comes_back_ends() -> None:
    async def scene() -> None:
        office, _ = office_of(2, forsaken_seconds=0.03)
        left, kept = office.begin(get("/en/a"), 1), office.begin(get("/en/b"), 2)
        kept.is_watched = False
        for job in (left, kept):
            office.name(job)
        with pytest.raises(StoppedError):
            await left.result
        await asyncio.sleep(0.06)
        assert kept.state == "working"

    in_a_loop(scene())


def test_a_result_with_an_address_is_forgotten_after_its_time() -> None:
    async def scene() -> None:
        office, crew = office_of(named_seconds=0.03)
        job = office.begin(get("/en/a"), 1)
        office.name(job)
        await settled()
        crew.let_go()
        await job.result
        await settled()
        assert office.named(job.id) is job
        until = time.monotonic() + PATIENCE
        while office.named(job.id) is not None:
            assert time.monotonic() < until
            await asyncio.sleep(0.01)

    in_a_loop(scene())


def test_a_crew_that_loses_its_process_leaves_one_clear_error() -> None:
    class Lost(Held):
        async def run(self, place: int, job: Job) -> Answer:
            raise LostError("The process has ended.")

    async def scene() -> None:
        office = Office(Lost(1), Settings())
        for number in range(3):
            job = office.begin(get("/en/a"), number)
            with pytest.raises(LostError):
                await job.result
            assert job.state == "failed"

    in_a_loop(scene())


# ── progress inside the work ────────────────────────────────────────────────────────────────────


class Heard:
    """A listener that ends the work after so many questions."""

    def __init__(self, patience: int = 10**9) -> None:
        self.told: list[tuple[int, int]] = []
        self.questions, self.patience = 0, patience

    def advance(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def still_wanted(self) -> None:
        self.questions += 1
        if self.questions > self.patience:
            raise StoppedError("enough")


def test_a_simulation_tells_each_run_and_asks_at_each_step_whether_it_is_wanted() -> None:
    heard = Heard()
    with listening(heard):
        done = simulate(load_scenario("us-10-baseline"))
    assert heard.told == [(number, len(done.runs)) for number in range(1, len(done.runs) + 1)]
    assert heard.questions >= sum(run.equilibrium.steps for run in done.runs if run.equilibrium)


@given(st.integers(0, 30))
@settings(max_examples=8)
def test_a_simulation_that_is_called_off_takes_no_further_step(patience: int) -> None:
    heard = Heard(patience)
    load_economy("icio-2022")
    with pytest.raises(StoppedError), listening(heard):
        simulate(load_scenario("us-10-baseline"))
    assert heard.questions == patience + 1


def test_items_are_told_one_by_one_and_end_when_nobody_wants_them() -> None:
    heard = Heard()
    with listening(heard):
        assert list(each("abc")) == ["a", "b", "c"]
    assert heard.told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_without_a_listener_nothing_is_told() -> None:
    advance(1, 2)
    still_wanted()


# ── asked over HTTP ─────────────────────────────────────────────────────────────────────────────


class Gated:
    """Takes the place of a desk: work goes on until the gate opens or nobody wants it."""

    def __init__(self) -> None:
        self.gate, self.ended = threading.Event(), threading.Event()
        self.calls = 0
        self._desk = Desk(Settings())

    async def do(self, work: Callable[[], Any], *, quick: bool = False) -> Any:
        self.calls += 1
        return await self._desk.do(lambda: self._held(work), quick=quick)

    def _held(self, work: Callable[[], Any]) -> Any:
        try:
            advance(1, 4)
            while not self.gate.wait(0.01):
                still_wanted()
            return work()
        finally:
            self.ended.set()

    def close(self) -> None:
        self.gate.set()
        self._desk.close()


@pytest.fixture
def held() -> Iterator[tuple[Asker, Gated]]:
    asker, desk = Asker(Settings(patience=0.05, waiting=1, workers=1)), Gated()
    asker.app.state.desk.close()
    asker.app.state.desk = desk
    yield asker, desk
    asker.close()


def test_a_reader_sees_progress_at_the_same_address_and_then_the_page(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    waiting = asker.get("/sv/methods", headers=BROWSER)
    assert waiting.status_code == 202
    assert "1 av 4" in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    address = waiting.text.split('data-address="')[1].split('"')[0]
    assert asker.get(address, headers=BROWSER).status_code == 202
    desk.gate.set()
    until = time.monotonic() + PATIENCE
    while (answer := asker.get(address, headers=BROWSER)).status_code == 202 and time.monotonic() < until:
        time.sleep(0.02)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sv/methods")
    assert asker.get("/sv/methods", headers=BROWSER).status_code == 200
    assert desk.calls == 1


def test_no_job_leads_to_another_host(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    office = asker.app.front.office

    async def begin() -> Job:
        job = office.begin(get("//en/evil.example/\r\nx: y"), 1)
        office.name(job)
        assert (await job.result).status == 404
        return job

    job = asker._run(begin())
    assert asker.get(f"/en/work/{job.id}", headers=BROWSER).headers["location"] == "/en/evil.example/%0D%0Ax:%20y"
    desk.gate.set()


def test_the_button_stops_the_work(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    waiting = asker.get("/en/methods", headers=BROWSER)
    address = waiting.text.split('data-address="')[1].split('"')[0]
    stopped = asker.post(f"{address}/stop", headers=BROWSER)
    assert (stopped.status_code, stopped.headers["location"]) == (303, address)
    assert desk.ended.wait(PATIENCE)
    page = asker.get(address, headers=BROWSER)
    assert page.status_code == 200
    assert "Stopped" in page.text
    assert 'href="/en/methods"' in page.text
    assert asker.get(f"{address}/stop").status_code == 404


def test_a_text_that_takes_long_leads_to_an_address_of_its_own(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    sent = asker.post("/en/check", data={"text": "Trade grew by 5% in 2024.", "of": "en"}, headers=BROWSER)
    assert sent.status_code == 303
    assert asker.get(sent.headers["location"], headers=BROWSER).status_code == 202
    desk.gate.set()
    until = time.monotonic() + PATIENCE
    while (answer := asker.get(sent.headers["location"], headers=BROWSER)).status_code == 202:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert answer.status_code == 200
    assert "Trade grew by 5%" in answer.text


def test_a_program_that_prefers_not_to_wait_gets_a_job(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    accepted = asker.get("/api/v1/measures", headers={"prefer": "respond-async"})
    assert accepted.status_code == 202
    address = accepted.headers["location"]
    assert accepted.json()["address"] == address
    assert asker.get(f"{address}/result").status_code == 409
    desk.gate.set()
    until = time.monotonic() + PATIENCE
    while (told := asker.get(address).json())["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.02)
    assert asker.get(told["result"]).json() == asker.get("/api/v1/measures").json()


def test_a_job_that_is_deleted_ends(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    address = asker.get("/api/v1/measures", headers={"prefer": "respond-async"}).headers["location"]
    assert asker.ask("DELETE", address).json()["state"] == "stopped"
    assert desk.ended.wait(PATIENCE)
    assert asker.get(f"{address}/result").status_code == 409
    assert asker.post(address).status_code == 405
    assert asker.get("/api/v1/jobs/nothing").status_code == 404


def test_a_full_line_is_told_when_to_come_again(held: tuple[Asker, Gated]) -> None:
    asker, desk = held
    prefer = {"prefer": "respond-async"}
    # Two places are worked at, and one job waits.
    for name in ("measures", "sources", "scenarios"):
        assert asker.get(f"/api/v1/{name}", headers=prefer).status_code == 202
    full = asker.get("/api/v1/coverage/SWE/DEU")
    assert full.status_code == 503
    assert int(full.headers["retry-after"]) > 0
    assert full.json()["type"] == "urn:amur:problem:busy"
    page = asker.get("/sv/methods", headers=BROWSER)
    assert page.status_code == 503
    assert "Upptaget" in page.text
    desk.gate.set()


def test_work_whose_reader_goes_away_ends(held: tuple[Asker, Gated]) -> None:
    asker, desk = held

    async def leave() -> None:
        with pytest.raises((TimeoutError, httpx.TimeoutException)):
            await asyncio.wait_for(asker.client.get("/api/v1/measures"), 0.1)

    async def told() -> None:
        # A transport without a network tells nobody that the reader has gone; a server does.
        for job in list(asker.app.front.office._open.values()):
            asker.app.front.office.left(job)

    asker._run(leave())
    asker._run(told())
    assert desk.ended.wait(PATIENCE)


def test_many_who_ask_the_same_get_one_computation(held: tuple[Asker, Gated]) -> None:
    asker, desk = held

    async def all_at_once() -> list[httpx.Response]:
        asks = [asyncio.ensure_future(asker.client.get("/api/v1/measures")) for _ in range(20)]
        await asyncio.sleep(0.05)
        desk.gate.set()
        return await asyncio.gather(*asks)

    answers = asker._run(all_at_once())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert desk.calls == 1
