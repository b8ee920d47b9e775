"""Which period and which base belong to which number of a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from amur.claims.clock import Clock, Resolved, resolve
from amur.claims.scene import Scene
from amur.claims.when import TimeMark
from amur.claims.zones import Zone, preposition
from amur.periods import Period

_RELATIVE_BASES = ("yoy", "mom", "qoq", "same_period", "month_before", "quarter_before", "years_before", "then")
_OF_A_YEAR = ("month", "months", "month_span", "quarter", "half", "first_months")
_NEAR = 6
_SIGNS = frozenset((",", ";", "(", ")", "–", "—", ":"))


@dataclass(frozen=True)
class Timing:
    """The period of a number, what it is compared with, the window between the two, and what was assumed.

    `carried` says that the period is that of an earlier number; `comparand` is what an earlier number of the
    sentence was compared with; `unknown` that a time is told which cannot be placed, as a month of no year.
    """

    period: Period | None = None
    base: Period | None = None
    window: Period | None = None
    assumed: tuple[str, ...] = ()
    carried: bool = False
    comparand: Period | None = None
    unknown: bool = False


def sentence_clock(scene: Scene, clock: Clock, spoken_of: int | None) -> Clock:
    """The clock of a sentence: bare months take its own year, or with 'then' the year spoken of before."""
    years = [mark.get("year") for mark in scene.times if mark.get("year") and mark.role == "period"]
    if years:
        return replace(clock, year=years[0])
    refers_back = any(_refers_back(scene, mark) for mark in scene.times)
    says_then = any(scene.is_word("then", at) for at in range(len(scene.tokens)))
    return replace(clock, year=spoken_of) if refers_back or says_then else replace(clock, year=None)


def _refers_back(scene: Scene, mark: TimeMark) -> bool:
    """Whether a time leans on the text before: 'that year', or 'a year earlier' without a time of its own before it."""
    if mark.means == "then" or mark.get("then") is not None:
        return mark.role == "period" or not any(_usable(m) and m.first < mark.first for m in scene.times)
    return mark.means == "month_then"


def find_timing(
    scene: Scene,
    zones: list[Zone],
    number: int,
    clock: Clock,
    *,
    link: str,
    earlier: Timing | None,
    dated: bool = False,
) -> Timing:
    """The timing of one number.

    `link` is its preposition, `earlier` the timing of the number before it; `dated` lets a day be the
    period, as with a tariff that takes effect, while trade is never told by the day.
    """
    period_mark, base_mark = _marks(scene, zones, number, link=link, dated=dated)
    if _is_older(scene, zones[number], period_mark, link):
        if earlier is not None and earlier.comparand is not None and _base_mark(scene, zones, number) is None:
            return Timing(earlier.comparand, assumed=("period",))
        return _start_of_range(scene, zones, number, clock, earlier)
    span = _span_mark(scene)
    if span is not None and link in ("from", "to") and (period_mark is None or period_mark is span):
        ends = resolve(span, clock)
        return Timing(ends.base if link == "from" else ends.period, None, ends.window)
    main = _main(scene, zones, number, period_mark, clock, earlier)
    if (
        period_mark is not None
        and earlier is not None
        and _is_same_months_ago(scene, zones[number], period_mark, earlier)
    ):
        main = Resolved(earlier.period.shift_years(-1) if earlier.period else None)
    if base_mark is not None and base_mark.means == "years_before" and main.window is not None:
        return Timing(main.window, resolve(base_mark, clock, main.window).base, None)
    unknown = main.period is None and period_mark is not None and period_mark.means in _OF_A_YEAR
    if base_mark is not None and period_mark is not None and period_mark.means == "month_span":
        main = replace(main, period=main.window, base=None)
    period = main.period or (earlier.period if earlier and not unknown else None)
    base = main.base if base_mark is None else _base(scene, base_mark, clock, period)
    if base_mark is not None and base_mark.role == "since" and main.period is None:
        since = _up_to_now(base, clock)
        if link != "to":
            period = since or period
        elif since is None and base is not None:
            return Timing(unknown=True)  # 'Since 2021 it has risen from 25 to 36%', in a text of no date
    assumed = ("period",) if main.assumed or (main.period is None and period is not None) else ()
    carried = main.period is None and earlier is not None and period is earlier.period
    if carried and base is None and earlier is not None and _is_on_the_span_before(earlier):
        base = earlier.base
    return Timing(period, base, main.window, assumed, carried, unknown=unknown)


def _marks(
    scene: Scene, zones: list[Zone], number: int, *, link: str, dated: bool
) -> tuple[TimeMark | None, TimeMark | None]:
    """The expressions that give a number its period and its base."""
    period_mark, zone = _period_mark(scene, zones, number, link), zones[number]
    if dated and period_mark is None:
        period_mark = next((m for m in scene.times if m.role == "period" and m.means in ("day", "daymonth")), None)
    base_mark = _base_mark(scene, zones, number)
    if (bracketed := _before_bracket(scene, zone)) is not None:
        return bracketed, None
    if period_mark is None and number and base_mark is not None and base_mark.role == "base":
        inside = zone.first <= base_mark.first < zone.quantity.first
        if inside and base_mark.means not in _RELATIVE_BASES:
            return base_mark, None
    if base_mark is not None and link != "by" and _is_own(scene, base_mark, zone):
        return base_mark, None
    return period_mark, base_mark


def _before_bracket(scene: Scene, zone: Zone) -> TimeMark | None:
    """'Down 65% compared with 2021 (€89 billion)': a level in brackets is of the year right before them."""
    opens = zone.quantity.first - 1
    if zone.quantity.kind not in ("money", "physical", "count") or opens < 1 or scene.tokens[opens].text != "(":
        return None
    return next((mark for mark in scene.times if mark.last == opens and mark.means == "year"), None)


def _is_older(scene: Scene, zone: Zone, period_mark: TimeMark | None, link: str) -> bool:
    """Whether a number is what another one came from or is measured by, without a time of its own."""
    if period_mark is None and link == "from":
        return True
    return _is_compared_with(scene, zone) and not any(_usable(mark) for mark in _after(scene, zone))


def _main(
    scene: Scene, zones: list[Zone], number: int, mark: TimeMark | None, clock: Clock, earlier: Timing | None
) -> Resolved:
    """What the expression of a number's period comes to."""
    if zones[number].first > 0 and (then := _told_when(scene, zones[number])) is not None:
        return resolve(then, clock)
    if mark is not None and number and earlier is not None and _is_resolved(zones[number - 1], mark):
        return Resolved(earlier.period)
    return _resolve_period(scene, mark, clock, earlier)


def _base(scene: Scene, mark: TimeMark, clock: Clock, period: Period | None) -> Period | None:
    found = resolve(mark, _clock_near(scene, mark, clock), period)
    if mark.means in _RELATIVE_BASES and mark.role == "base":
        return found.base or (found.period if found.period != period else None)
    return found.base or found.period


def _up_to_now(base: Period | None, clock: Clock) -> Period | None:
    """'Since 2021': from then to the year of the text."""
    if base is None or clock.today is None or base.start > clock.today:
        return None
    return Period(base.start, Period.of_year(clock.today.year).end)


def _is_on_the_span_before(timing: Timing) -> bool:
    """Whether growth was told on the month or quarter before, as what follows in the sentence then is too."""
    period = timing.period
    return period is not None and period.kind in ("month", "quarter") and timing.base == period.previous()


def _is_same_months_ago(scene: Scene, zone: Zone, mark: TimeMark, earlier: Timing) -> bool:
    """'In the first nine months it was 232bn, down from 240bn a year ago': the same months of last year."""
    period = earlier.period
    part = period is not None and period.months is not None and period.months < 12
    return (
        part
        and mark.means == "rel"
        and mark.get("shift") == -1
        and scene.is_word("ago", mark.last - 1)
        and mark.first >= zone.quantity.last
    )


def _is_resolved(before: Zone, mark: TimeMark) -> bool:
    """Whether 'a year earlier' has given the number before its period, which it then no longer leans on."""
    return mark.means == "then" and mark.last <= before.quantity.first


def _told_when(scene: Scene, zone: Zone) -> TimeMark | None:
    """'… less than in 2024, when Russia shipped 108 million tonnes': the time that a clause of when follows."""
    for at in range(zone.first, zone.quantity.first):
        if scene.is_word("when", at):
            years = (mark for mark in scene.times if mark.means in ("year", "fiscal", "years"))
            return next((mark for mark in years if 0 <= at - mark.last <= 1), None)
    return None


def _is_own(scene: Scene, mark: TimeMark, zone: Zone) -> bool:
    """'Still above the 22 million of 2021', 'högre än 2021 års 22 miljoner': the year is that of the number itself."""
    level = zone.quantity.kind in ("money", "physical", "count")
    return level and mark.means == "year" and zone.first <= mark.first and 0 <= zone.quantity.first - mark.last <= 1


def _is_compared_with(scene: Scene, zone: Zone) -> bool:
    """'…, compared with €89 billion': a number that another is measured by, of the same two and an earlier time."""
    first = zone.quantity.first
    for _ in range(2):
        if scene.ending("compared", first) is not None:
            end = max(zone.last, zone.until)
            return not any(zone.first <= place.first < end for place in scene.places)
        first -= 1
    return False


def _resolve_period(scene: Scene, mark: TimeMark | None, clock: Clock, earlier: Timing | None) -> Resolved:
    if mark is None:
        return Resolved()
    anchor = earlier.period if earlier is not None else None
    if mark.means == "then" and anchor is None:
        main = next((m for m in scene.times if m.role == "period" and m.means not in ("then", *_RELATIVE_BASES)), None)
        anchor = resolve(main, clock).period if main is not None else None
    shaky = earlier is not None and "period" in earlier.assumed
    if mark.means == "then" and shaky and clock.year and (mark.get("shift") or 0) > 0:
        # 'Before 2022 it was 2%. Two years later …': from the year that is named.
        anchor = Period.of_year(clock.year)
    return resolve(mark, _clock_near(scene, mark, clock), anchor)


def _clock_near(scene: Scene, mark: TimeMark, clock: Clock) -> Clock:
    """A bare month takes the year named before it in the sentence, else the one behind it."""
    if mark.get("year") or mark.means not in _OF_A_YEAR:
        return clock
    named = [m for m in scene.times if m.get("year") and m.means not in ("span", "years", "fiscal")]
    before = [m for m in named if m.first < mark.first]
    chosen = before[-1] if before else None
    if chosen is None:
        behind = [m for m in named if m.first > mark.first and m.role == "period"]
        chosen = behind[0] if behind and mark.means == "month" and behind[0].means == "month" else None
    if chosen is None:
        relative = [m for m in scene.times if m.means == "rel" and clock.today and abs(m.first - mark.first) <= 4]
        if relative and clock.today:
            return replace(clock, year=clock.today.year + relative[0].get("shift"))
        years = [m.get("year") for m in named if m.role == "period"]
        return replace(clock, year=None) if clock.year in years else clock
    return replace(clock, year=chosen.get("year"))


def _usable(mark: TimeMark) -> bool:
    return mark.role == "period" and mark.means not in ("yoy", "mom", "qoq", "day", "daymonth", "iso_day")


def _after(scene: Scene, zone: Zone) -> list[TimeMark]:
    """The time expressions right behind a number."""
    found: list[TimeMark] = []
    start = at = max(zone.tail, zone.quantity.last)
    in_bracket = scene.time_at.get(at + 1) if at < len(scene.tokens) and scene.tokens[at].text == "(" else None
    if in_bracket is not None and scene.tokens[in_bracket.last].text == ")":
        return [in_bracket]
    while at < max(zone.last, zone.until) and at - start <= _NEAR + 4 * len(found):
        mark = scene.time_at.get(at)
        if mark is not None:
            found.append(mark)
            at = mark.last
            continue
        clause = scene.at("clause", at)
        if (scene.tokens[at].text in _SIGNS and not found) or (clause is not None and at > start):
            break
        at += 1
    return found


def _period_mark(scene: Scene, zones: list[Zone], number: int, link: str) -> TimeMark | None:
    zone = zones[number]
    behind = [mark for mark in _after(scene, zone) if _usable(mark) and not _is_said_then(scene, zone, mark)]
    behind = [mark for mark in behind if not _is_compared(scene, zone, mark) and not _is_of_cause(scene, zone, mark)]
    behind = [mark for mark in behind if not _tops(scene, mark)]
    if link == "from" and zone.tail > zone.quantity.last:
        behind = []
    if behind:
        return behind[0]
    if link == "from":
        return None
    taken = _taken_by_others(scene, zones, number)
    inside = [m for m in scene.times if zone.first <= m.first < zone.quantity.first and _usable(m) and m not in taken]
    inside = [m for m in inside if not is_aside(scene, m.first, zone.quantity.first)]
    if inside:
        return inside[-1]
    rest = [m for m in scene.times if zone.quantity.last <= m.first < zone.last and _usable(m) and m not in taken]
    rest = [m for m in rest if not _is_said_then(scene, zone, m) and not _is_apart(scene, zone, m)]
    rest = [m for m in rest if not _is_compared(scene, zone, m) and not _is_of_cause(scene, zone, m)]
    rest = [m for m in rest if not _tops(scene, m)]
    before = [m for m in scene.times if m.first < zone.first and _usable(m) and m not in taken]
    before = [m for m in before if not is_aside(scene, m.first, zone.quantity.first)]
    if before:
        return _newest(before, zone) or before[-1]
    if rest:
        return rest[0]
    later = [m for m in scene.times if m.first >= zone.last and _usable(m) and m not in taken]
    later = [m for m in later if not _is_of_cause(scene, zone, m) and not _tops(scene, m)]
    return later[0] if later else None


def _tops(scene: Scene, mark: TimeMark) -> bool:
    """Whether a time only says of what something is the most: 'were the highest this year'."""
    return mark.means == "rel" and any(scene.is_word("superlatives", at) for at in (mark.first - 1, mark.first - 2))


def _newest(marks: list[TimeMark], zone: Zone) -> TimeMark | None:
    """'94bn in 2024, 9% below the record of 2023, while imports …': a new clause goes on with the newer year."""
    years = [mark for mark in marks if mark.means == "year"]
    if len(years) < len(marks) or len(years) < 2 or not zone.after_cut or years[-1].first >= zone.first:
        return None
    newest = max(years, key=lambda mark: mark.get("year"))
    return newest if newest is not years[-1] else None


def _is_said_then(scene: Scene, zone: Zone, mark: TimeMark) -> bool:
    """Whether a time behind a number tells when it was said: '… are settled in roubles, Putin said in October'."""
    return any(zone.quantity.last <= m.first < mark.first for m in scene.of("who_verbs"))


def _is_of_cause(scene: Scene, zone: Zone, mark: TimeMark) -> bool:
    """'… fell 7% after Washington in August imposed a duty': the time of what came before, not of the fall."""
    opens = (at for at in range(zone.quantity.last, mark.first - 1) if scene.is_word("since", at))
    return any(any(place.first in range(at + 1, mark.first) for place in scene.places) for at in opens)


def _is_compared(scene: Scene, zone: Zone, mark: TimeMark) -> bool:
    """Whether a time behind a number is what it is compared with: '86 percent lower than the peak of 2022'."""
    first = zone.quantity.last
    if zone.quantity.kind not in ("fraction", "multiple", "ratio", "pp") or not first <= mark.first < zone.until:
        return False
    if any(scene.tokens[at].text in _SIGNS for at in range(first, mark.first)):
        return False
    return any(scene.is_word("than", at) for at in range(first, mark.first))


def is_aside(scene: Scene, inside: int, outside: int) -> bool:
    """Whether a token stands in a clause set off by commas, 'which was 8.6bn in 2021,', and a later one does not."""
    opens = [at for at in range(1, inside) if scene.tokens[at - 1].text == "," and scene.is_word("relative", at)]
    if not opens:
        return False
    return any(
        scene.tokens[at].text == "," and at not in scene.inside_number for at in range(max(inside, opens[-1]), outside)
    )


def _is_apart(scene: Scene, zone: Zone, mark: TimeMark) -> bool:
    """Whether a time stands in another clause, behind a comma and more than a few words away."""
    first = zone.quantity.last
    joined = (at for at in range(first, mark.first) if scene.is_word("and", at))
    parted = any(scene.tokens[at].text in (",", ";") for at in range(first, mark.first))
    return mark.first - first > _NEAR and (parted or any(at not in scene.place_ends for at in joined))


def _taken_by_others(scene: Scene, zones: list[Zone], number: int) -> list[TimeMark]:
    """Times that stand right behind another number and belong to it alone: the first of a range, a later one."""
    taken: list[TimeMark] = []
    for other, zone in enumerate(zones):
        if other == number:
            continue
        link = preposition(scene, zone.quantity)
        if link == "from" or (other > number and link != "to"):
            taken.extend(m for m in _after(scene, zone) if m.first - zone.tail <= 3)
    own = {id(m) for m in _after(scene, zones[number])}
    return [mark for mark in taken if id(mark) not in own]


def _base_mark(scene: Scene, zones: list[Zone], number: int) -> TimeMark | None:
    zone = zones[number]
    bases = [m for m in scene.times if m.role in ("base", "since") and not _is_of_superlative(scene, m, zone)]
    bases += [replace(m, role="base") for m in scene.times if m.role == "period" and _is_compared(scene, zone, m)]
    if not bases:
        return None
    behind = [m for m in bases if zone.quantity.last <= m.first < zone.last]
    if behind:
        return behind[0]
    inside = [m for m in bases if zone.first <= m.first < zone.quantity.first]
    if inside:
        return inside[-1]
    others = {id(m) for other, z in enumerate(zones) if other != number for m in _after(scene, z)}
    free = [m for m in bases if id(m) not in others]
    return free[0] if free else None


def _is_of_superlative(scene: Scene, mark: TimeMark, zone: Zone) -> bool:
    """Whether 'since' reaches back for a record, 'the first fall since the war', and is no base of growth."""
    if mark.role != "since" or zone.quantity.kind == "bare":
        return False
    return any(scene.is_word("superlatives", at) for at in range(mark.first - 6, mark.first))


def _span_mark(scene: Scene) -> TimeMark | None:
    return next((m for m in scene.times if m.means in ("span", "past_years") and m.role == "period"), None)


def _start_of_range(scene: Scene, zones: list[Zone], number: int, clock: Clock, earlier: Timing | None) -> Timing:
    """The period of the first number of a range: the base of the sentence, or a year before its period."""
    span = _span_mark(scene)
    if span is not None:
        ends = resolve(span, clock)
        return Timing(ends.base, None, None, ("period",) if ends.assumed else ())
    zone = zones[number]
    later = zones[number + 1] if number + 1 < len(zones) else None
    mark = next((m for m in _after(scene, later) if _usable(m)), None) if later is not None else None
    if mark is None:
        mark = next((m for m in scene.times if _usable(m) and m.first < zone.first), None)
    if mark is None:
        mark = next((m for m in scene.times if _usable(m)), None)
    main = _resolve_period(scene, mark, clock, earlier).period if mark is not None else None
    base_mark = _base_mark(scene, zones, number)
    if base_mark is not None:
        found = resolve(base_mark, clock, main)
        return Timing(found.base or found.period, None, None, ("period",))
    main = main or (earlier.period if earlier else None)
    return Timing(main.shift_years(-1) if main else None, None, None, ("period",))
