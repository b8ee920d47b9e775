"""The last slots of a reading: period and base as assumed where not said, and the other ways to take a claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from amur.claims.claim import Concept, Flow, Modality, Reading
from amur.claims.frames import Frame
from amur.claims.measures import Measured
from amur.claims.memory import Context, Memory
from amur.claims.site import Governed
from amur.claims.timing import Timing
from amur.periods import Period

_STILL_TOLD = 3  # sentences for which a text that tells of last year goes on to
_LAST_YEAR_UNTIL = 2  # what is told without a date in January or February is about the year before


def flow_name(frame: Frame) -> Flow:
    """The flow of a frame as a reading has it; empty where it is not about trade."""
    known = frame.concept in ("trade", "settlement") and frame.flow in ("exports", "imports", "total", "balance")
    return cast(Flow, frame.flow) if known else ""


def concept_of(frame: Frame, governed: Governed) -> Concept:
    """The concept of a frame as a reading has it."""
    terms: dict[str, Concept] = {"opinion": "opinion", "tariff": "tariff", "settlement": "settlement"}
    other = frame.concept if frame.concept not in ("dependence", "price") else "trade"
    return terms.get(governed.terms, cast(Concept, other))


def settle_period(
    context: Context,
    timing: Timing,
    modality: Modality,
    frame: Frame,
    *,
    starts: bool = False,
    zone: tuple[int, int] = (0, 10_000),
) -> tuple[Period | None, tuple[str, ...]]:
    """The period of a claim: as said, else that of the figure before on the same pair, else the document's year.

    The first number of a range (`starts`) then lies a year before; what `now` says in the words of `zone`
    is not told of the period before.
    """
    today = context.clock.today
    if modality in ("target", "forecast") and "period" in timing.assumed and not _is_ahead(timing.period, today):
        return None, ()
    says_now = any(zone[0] <= mark.first < zone[1] for mark in context.scene.of("now"))
    says_now = says_now or _is_stale(context, zone)
    if says_now and timing.carried and timing.period is not None and today is not None:
        timing = replace(timing, period=timing.period if timing.period.end.year >= today.year else None)
    if timing.period is not None:
        this_year = any(m.means == "rel" and m.get("shift") == 0 for m in context.scene.times)
        running = today is not None and timing.period == Period.of_year(today.year)
        if today is not None and running and this_year and modality in ("outcome", "negated") and today.month > 1:
            return Period.year_to_date(today.year, today.month - 1), ("period",)
        return timing.period, timing.assumed
    if modality in ("target", "forecast") or timing.unknown:
        return None, ()
    if timing.base is not None and timing.base.kind == "year" and today is not None:
        after = timing.base.shift_years(1)
        if after.start.year in (today.year, today.year - 1):
            return after, ("period",)
    before = _from_before(context, timing, modality, frame, starts=starts, says_now=says_now)
    if before is not None or today is None:
        return before, ("period",) if before is not None else ()
    if frame.concept == "projects":
        return Period.of_month(today.year, today.month), ("period",)
    current = today.year - (today.month <= _LAST_YEAR_UNTIL)
    return Period.of_year(current - starts), ("period",)


def _is_stale(context: Context, zone: tuple[int, int]) -> bool:
    """Whether a new paragraph tells in the present tense, after one on years long past."""
    memory, today = context.memory, context.clock.today
    last = memory.timing.period if memory.timing is not None else None
    if last is None or today is None or not memory.opens or last.end.year >= today.year - 1:
        return False
    return any(context.scene.is_word("present", at) for at in range(zone[0], min(zone[1], len(context.scene.tokens))))


def _from_before(
    context: Context, timing: Timing, modality: Modality, frame: Frame, *, starts: bool, says_now: bool
) -> Period | None:
    """The period of the figure before, where what is told without a time goes on with it."""
    memory, today = context.memory, context.clock.today
    last = memory.timing.period if memory.timing is not None and not says_now else None
    if last is None or (timing.base is not None and last.end < timing.base.start):
        return None  # What has grown since 2021 is not of 2019.
    known = {frame.subject, frame.object} & {*memory.pair} - {"WLD", ""}
    same = {frame.subject, frame.object} <= {*memory.pair, "WLD", ""} and (memory.age <= 1 or memory.fresh)
    part = last.kind in ("month", "quarter", "half", "months", "ytd")
    same = same or (bool(known) and part and memory.age_of_number <= (not memory.opens) and modality == "outcome")
    if same and frame.concept in ("trade", "investment", "settlement"):
        return last.shift_years(-1) if starts else last
    if last.kind != "year" or modality != "outcome" or starts:
        return None
    told = today is not None and last.start.year == today.year - 1 and memory.age_of_number <= _STILL_TOLD
    return last if told or _goes_on(memory, today) else None


def _goes_on(memory: Memory, today: date | None) -> bool:
    """Whether what a sentence tells without a time is of the year told before: in one paragraph, or an undated text."""
    if memory.fresh or today is None:
        return memory.age_of_number <= _STILL_TOLD
    return memory.age_of_number == 0 and not memory.opens


def _is_ahead(period: Period | None, today: date | None) -> bool:
    return period is not None and today is not None and period.end > today


def settle_base(measured: Measured, timing: Timing, period: Period | None) -> tuple[Period | None, tuple[str, ...]]:
    """The period that growth is measured from: as said, else the same months of the year before."""
    if measured.measure not in ("growth", "change", "ratio"):
        return None, ()
    if timing.base is not None and timing.base != period:
        parts = period is not None and period.months is not None and period.months < 12
        if period is not None and parts and timing.base.kind == "year" and timing.base.end < period.start:
            return period.shift_years(timing.base.start.year - period.start.year), ("base",)
        return timing.base, ()
    if measured.measure in ("growth", "change") and period is not None and period.kind != "years":
        return period.shift_years(-1), ("base",)
    return None, ()


def other_readings(reading: Reading, timing: Timing, governed: Governed) -> tuple[Reading, ...]:
    """The other ways to take a claim, most plausible first."""
    found: list[Reading] = []
    window = timing.window if timing.window != reading.period else None
    if window is not None and window.months:
        found.append(replace(reading, period=window, base=window.shift_years(-(window.months // 12))))
    if "base" in reading.assumed and reading.period is not None and reading.period.kind in ("month", "quarter"):
        found.append(replace(reading, base=reading.period.previous()))
    if reading.measure == "growth" and governed.terms == "share":
        found.append(replace(reading, measure="change", unit="pp"))
    if reading.measure == "growth" and reading.value is not None and reading.value >= 1:
        found.append(_as_ratio(reading))
    if (
        reading.concept == "trade"
        and {"subject", "object"} & set(reading.assumed)
        and reading.flow in ("exports", "imports")
    ):
        found.append(replace(reading, subject=reading.object, object=reading.subject))
    return tuple(found)


def _as_ratio(reading: Reading) -> Reading:
    more = [None if number is None else number + 1 for number in (reading.value, reading.low, reading.high)]
    return replace(reading, measure="ratio", unit="ratio", value=more[0], low=more[1], high=more[2])
