"""The period grammar: expressions of time → `Period`, relative to the document's date.

Finding and resolving are two steps: what "in July" or "a year earlier" means depends on the date of
the document, on the year that the text was speaking of and, for fiscal years, on the country.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from amur.claims.lexicon import load_grammar, load_shared
from amur.claims.numbers import Numerals, load_numerals
from amur.claims.tokens import Token, phrase, stands_at
from amur.errors import PeriodError
from amur.periods import Period

Role = Literal["period", "base", "since", "by"]
_FIRST_YEAR, _LAST_YEAR = 1850, 2100
_DASHES = ("-", "–", "—", "/")
_TELLING_MONTH = frozenset(("may", "march", "mars", "maj"))
_WEAK_LEADS = 4
_SINCE_REACH = 9


@dataclass(frozen=True)
class TimeMark:
    """An expression of time on tokens `first` to `last`: what it means, with what numbers, in which part."""

    first: int
    last: int
    means: str
    args: tuple[tuple[str, Any], ...] = ()
    role: Role = "period"

    def get(self, name: str, default: Any = None) -> Any:
        """A number of the expression: `year`, `month`, `n`, `ord`, `rel`, `then`, `day`."""
        return dict(self.args).get(name, default)


@dataclass(frozen=True)
class Clock:
    """What a time expression is relative to: the document's date and the year the text speaks of."""

    today: date | None
    year: int | None = None
    fiscal_start: int | None = None
    fiscal_first: bool = False


# ── patterns ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Element:
    words: frozenset[str] = frozenset()
    capture: str = ""
    optional: bool = False


@dataclass(frozen=True)
class _Pattern:
    elements: tuple[_Element, ...]
    means: str
    role: Role
    fixed: tuple[tuple[str, int], ...]
    needs: frozenset[str]
    glued: bool
    second: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WhenWords:
    """The time expressions of a language, compiled."""

    lang: str
    numerals: Numerals
    months: dict[str, int]
    phrases: dict[str, tuple[tuple[tuple[str, ...], str, int], ...]]
    seasons: dict[str, tuple[int, int]]
    events: dict[str, tuple[tuple[tuple[str, ...], date], ...]]
    patterns: tuple[_Pattern, ...]
    by_word: dict[str, tuple[int, ...]]
    by_class: dict[str, tuple[int, ...]]
    leads: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


@cache
def load_when(lang: str) -> WhenWords:
    """The compiled time expressions of a language; empty tables where its file has none."""
    table = load_grammar(lang).get("when", {})
    months = {form: int(month) for month, forms in table.get("months", {}).items() for form in forms}
    patterns = tuple(_compile(entry, frozenset(months)) for entry in table.get("patterns", ()))
    by_word: dict[str, list[int]] = {}
    by_class: dict[str, list[int]] = {}
    for number, pattern in enumerate(patterns):
        for element in _openings(pattern):
            if element.capture:
                by_class.setdefault(element.capture.rstrip("2"), []).append(number)
            for word in element.words:
                by_word.setdefault(word, []).append(number)
    phrases: dict[str, list[tuple[tuple[str, ...], str, int]]] = {}
    for name in ("relative", "then"):
        for shift, forms in table.get(name, {}).items():
            for text in forms:
                words = phrase(text)
                phrases.setdefault(words[0], []).append((words, name, int(shift)))
    events: dict[str, list[tuple[tuple[str, ...], date]]] = {}
    for day, forms in table.get("events", {}).items():
        for text in forms:
            words = phrase(text)
            events.setdefault(words[0], []).append((words, date.fromisoformat(day)))
    return WhenWords(
        lang=lang,
        numerals=load_numerals(lang),
        months=months,
        phrases={word: tuple(sorted(found, key=lambda item: -len(item[0]))) for word, found in phrases.items()},
        seasons={form: _span(span) for span, forms in table.get("seasons", {}).items() for form in forms},
        events={word: tuple(sorted(found, key=lambda item: -len(item[0]))) for word, found in events.items()},
        patterns=patterns,
        by_word={word: tuple(dict.fromkeys(found)) for word, found in by_word.items()},
        by_class={name: tuple(dict.fromkeys(found)) for name, found in by_class.items()},
        leads={
            role: tuple(sorted((phrase(text) for text in texts), key=len, reverse=True))
            for role, texts in table.get("lead", {}).items()
        },
    )


def _span(text: str) -> tuple[int, int]:
    first, last = text.split("-")
    return int(first), int(last)


def _compile(entry: dict[str, Any], months: frozenset[str]) -> _Pattern:
    elements = tuple(_element(part) for part in entry["like"].split())
    while elements[0].optional and elements[0].words and elements[0].words <= _LEADING:
        elements = elements[1:]
    return _Pattern(
        elements,
        entry["means"],
        entry.get("role", "period"),
        (("n", entry["n"]),) if "n" in entry else (),
        frozenset(entry.get("needs", "").split("|")) - {""},
        bool(entry.get("glued")),
        _seconds(elements, months),
    )


def _seconds(elements: tuple[_Element, ...], months: frozenset[str]) -> frozenset[str]:
    """The words that may stand second, where the first is required; empty where anything may."""
    if len(elements) < 2 or elements[0].optional:
        return frozenset()
    found: set[str] = set()
    for element in elements[1:]:
        if element.capture and element.capture.rstrip("2") != "month":
            return frozenset()
        found |= months if element.capture else element.words
        if not element.optional:
            return frozenset(found)
    return frozenset()


_LEADING = frozenset(("the", "in", "den", "det", "de", "i", "under", "at", "at", "by"))


def _element(part: str) -> _Element:
    if part.startswith("{"):
        name = part.strip("{}")
        return _Element(capture=name.rstrip("?"), optional=name.endswith("?"))
    optional = part.startswith("[")
    return _Element(words=frozenset(part.strip("[]").split("|")), optional=optional)


def _openings(pattern: _Pattern) -> Iterator[_Element]:
    for element in pattern.elements:
        yield element
        if not element.optional:
            return


# ── finding ─────────────────────────────────────────────────────────────────────────────────────


def find_times(tokens: list[Token], words: WhenWords) -> list[TimeMark]:
    """The time expressions of a sentence from left to right; none overlaps another."""
    found: list[TimeMark] = []
    at = 0
    while at < len(tokens):
        mark = _time_at(tokens, at, words)
        if mark is None:
            at += 1
            continue
        found.append(_with_role(tokens, mark, words))
        at = mark.last
    return _since_clause(tokens, found, words)


def _since_clause(tokens: list[Token], found: list[TimeMark], words: WhenWords) -> list[TimeMark]:
    """'Since the agreement took effect in 2011, …': a time within an opening clause of since."""
    opens = tokens and any(tokens[0].low == form[0] for form in words.leads.get("since", ()) if len(form) == 1)
    if not opens or not found or found[0].role != "period" or found[0].first > _SINCE_REACH:
        return found
    if any(token.text == "," for token in tokens[: found[0].first]):
        return found
    first = found[0]
    return [TimeMark(first.first, first.last, first.means, first.args, "since"), *found[1:]]


def _time_at(tokens: list[Token], at: int, words: WhenWords) -> TimeMark | None:
    best: TimeMark | None = None
    after = tokens[at + 1].low if at + 1 < len(tokens) else ""
    for number in _candidates(tokens, at, words):
        second = words.patterns[number].second
        if second and after not in second and not _is_short_ordinal(tokens, at):
            continue
        mark = _match(tokens, at, words.patterns[number], words)
        if mark is not None and mark.means == "pre_event":
            mark = _with_event(tokens, mark, words)
        if mark is not None and (best is None or mark.last > best.last):
            best = mark
    for form, name, shift in words.phrases.get(tokens[at].low, ()):
        if stands_at(tokens, at, form):
            if best is None or at + len(form) > best.last:
                best = TimeMark(at, at + len(form), "rel" if name == "relative" else "then", (("shift", shift),))
            break
    return best or _event_at(tokens, at, words)


def _with_event(tokens: list[Token], mark: TimeMark, words: WhenWords) -> TimeMark:
    """'Pre-pandemic', 'before the invasion': which event is meant, from its last word."""
    last = tokens[mark.last - 1].low
    for found in words.events.values():
        for form, day in found:
            if form[-1] == last or form[-1].startswith(last):
                return TimeMark(mark.first, mark.last, mark.means, (("event", day),), mark.role)
    return mark


def _is_short_ordinal(tokens: list[Token], at: int) -> bool:
    """Whether the first part of an expression takes more than one token: 1st, 3:e."""
    return tokens[at].kind == "d" and at + 1 < len(tokens) and tokens[at + 1].glued


def _event_at(tokens: list[Token], at: int, words: WhenWords) -> TimeMark | None:
    """A war or a crisis counts as a time only behind 'since', 'after' or 'before'."""
    for form, day in words.events.get(tokens[at].low, ()):
        if stands_at(tokens, at, form) and _lead_before(tokens, at, words, "since", skip=5) is not None:
            return TimeMark(at, at + len(form), "event", (("event", day),), "since")
    return None


def _candidates(tokens: list[Token], at: int, words: WhenWords) -> Iterator[int]:
    token = tokens[at]
    yield from words.by_word.get(token.low, ())
    if token.kind == "d":
        for name in ("year", "d", "n", "fy", "ord"):
            yield from words.by_class.get(name, ())
    elif token.low in words.months:
        yield from words.by_class.get("month", ())
    elif token.low in words.seasons:
        yield from words.by_class.get("season", ())
    elif token.kind == "w":
        if token.low in words.numerals.ordinals:
            yield from words.by_class.get("ord", ())
        if token.low in words.numerals.words:
            yield from words.by_class.get("n", ())


def _match(tokens: list[Token], at: int, pattern: _Pattern, words: WhenWords) -> TimeMark | None:
    result = _match_from(tokens, at, pattern, 0, words)
    if result is None:
        return None
    last, args = result
    if pattern.needs and not any(token.low in pattern.needs for token in tokens[at:last]):
        return None
    if pattern.glued and not any(token.glued for token in tokens[at + 1 : last]):
        return None
    return TimeMark(at, last, pattern.means, (*pattern.fixed, *args), pattern.role)


def _match_from(
    tokens: list[Token], at: int, pattern: _Pattern, step: int, words: WhenWords
) -> tuple[int, tuple[tuple[str, Any], ...]] | None:
    if step == len(pattern.elements):
        return at, ()
    element = pattern.elements[step]
    taken = _take(tokens, at, element, words)
    if taken is not None:
        last, args = taken
        rest = _match_from(tokens, last, pattern, step + 1, words)
        if rest is not None:
            return rest[0], (*args, *rest[1])
    return _match_from(tokens, at, pattern, step + 1, words) if element.optional else None


def _take(
    tokens: list[Token], at: int, element: _Element, words: WhenWords
) -> tuple[int, tuple[tuple[str, Any], ...]] | None:
    if at >= len(tokens):
        return None
    if not element.capture:
        return (at + 1, ()) if tokens[at].low in element.words else None
    name = element.capture
    reader = _READERS[name if name == "year2" else name.rstrip("2")]
    taken = reader(tokens, at, words)
    if taken is None:
        return None
    last, value = taken
    if name in ("year2", "month2", "d2") or name not in ("fy", "rel", "then"):
        return last, ((name, value),)
    return last, value


def _read_year(tokens: list[Token], at: int, _: WhenWords) -> tuple[int, int] | None:
    token = tokens[at]
    if token.kind != "d" or len(token.text) != 4 or not token.text.isascii():
        return None
    value = int(token.text)
    if not _FIRST_YEAR <= value <= _LAST_YEAR or _is_no_year(tokens, at):
        return None
    return at + 1, value


def _read_second_year(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, int] | None:
    """The later of two years, which may be cut to two digits: 2019–23."""
    token = tokens[at]
    cut = (
        token.kind == "d"
        and len(token.text) == 2
        and token.text.isascii()
        and at > 0
        and tokens[at - 1].text in _DASHES
    )
    return (at + 1, int(token.text)) if cut else _read_year(tokens, at, words)


def _is_no_year(tokens: list[Token], at: int) -> bool:
    """Four digits that are a quantity: 2,024 or 2024.5 or 2024 % or $2024."""
    before = tokens[at - 1] if at else None
    if before is not None and tokens[at].glued and (before.text in ".,$€£" or before.kind == "w"):
        is_sentence_end = before.text == "." and not before.glued
        return not is_sentence_end
    if at + 1 >= len(tokens):
        return False
    after = tokens[at + 1]
    if after.text in (",", ".") and after.glued and at + 2 < len(tokens):
        return tokens[at + 2].kind == "d" and tokens[at + 2].glued
    return after.text in ("%", "€", "$") or after.low in _QUANTITY_WORDS


_QUANTITY_WORDS = frozenset(
    "percent procent million billion miljoner miljarder ton tonnes tons kronor dollars dollar euro euros fat barrels "
    "km kilometer kilometres bilar cars vehicles fordon million bn mn".split()
)


def _read_day(tokens: list[Token], at: int, _: WhenWords) -> tuple[int, int] | None:
    token = tokens[at]
    if token.kind != "d" or len(token.text) > 2 or not 1 <= int(token.text) <= 31:
        return None
    if at + 1 < len(tokens) and tokens[at + 1].glued and tokens[at + 1].low in ("st", "nd", "rd", "th"):
        return at + 2, int(token.text)
    return at + 1, int(token.text)


def _read_count(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, int] | None:
    token = tokens[at]
    if token.kind == "d":
        return (at + 1, int(token.text)) if len(token.text) <= 2 and 0 < int(token.text) <= 60 else None
    value = words.numerals.words.get(token.low)
    return (at + 1, value) if value is not None and 1 <= value <= 60 else None


def _read_ordinal(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, int] | None:
    for form, value in words.numerals.ordinals.get(tokens[at].low, ()):
        if stands_at(tokens, at, form):
            return at + len(form), value
    return None


def _read_month(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, int] | None:
    token = tokens[at]
    month = words.months.get(token.low)
    if month is None or (words.lang == "en" and not token.text[0].isupper()):
        return None
    if words.lang == "en" and token.low in _TELLING_MONTH and not _is_month_here(tokens, at):
        return None
    abbreviated = len(token.low) <= 4 and at + 1 < len(tokens) and tokens[at + 1].text == "." and tokens[at + 1].glued
    follows = abbreviated and at + 2 < len(tokens) and not tokens[at + 2].text[:1].isupper()
    return at + (2 if follows else 1), month


def _is_month_here(tokens: list[Token], at: int) -> bool:
    """May the month, not the verb: behind a preposition or a day, or before a number, a dash or 'and'."""
    before = tokens[at - 1].low if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if before in _BEFORE_MONTH or (at and tokens[at - 1].kind == "d"):
        return True
    return after is not None and (after.kind == "d" or after.text in _DASHES or after.low in ("to", "through"))


_BEFORE_MONTH = frozenset(
    "in during of by since from to until through for than and last this early late mid - – ( with on".split()
)


def _read_fiscal(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, tuple[tuple[str, int], ...]] | None:
    token = tokens[at]
    if token.kind != "d" or len(token.text) not in (2, 4):
        return None
    year = int(token.text) + (2000 if len(token.text) == 2 else 0)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if at + 2 < len(tokens) and tokens[at + 1].text in _DASHES and tokens[at + 2].kind == "d":
        end = _full_year(int(tokens[at + 2].text), year, len(tokens[at + 2].text))
        if end == year + 1:
            return at + 3, (("fiscal_first", year),)
    return at + 1, (("fiscal_named", year),)


def _read_season(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, tuple[int, int]] | None:
    span = words.seasons.get(tokens[at].low)
    return None if span is None else (at + 1, span)


def _read_phrase(name: str):  # noqa: ANN202
    def read(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, tuple[tuple[str, int], ...]] | None:
        for form, kind, shift in words.phrases.get(tokens[at].low, ()):
            if kind == name and stands_at(tokens, at, form):
                return at + len(form), (("rel" if name == "relative" else name, shift),)
        return None

    return read


_READERS = {
    "year": _read_year,
    "year2": _read_second_year,
    "d": _read_day,
    "n": _read_count,
    "ord": _read_ordinal,
    "month": _read_month,
    "season": _read_season,
    "fy": _read_fiscal,
    "rel": _read_phrase("relative"),
    "then": _read_phrase("then"),
}


def _with_role(tokens: list[Token], mark: TimeMark, words: WhenWords) -> TimeMark:
    """The part an expression plays, from the words before it."""
    if mark.role != "period":
        return mark
    for role in ("since", "base"):
        if _lead_before(tokens, mark.first, words, role) is not None and mark.means != "ytd":
            if role == "base" and mark.means in ("span", "day") and mark.means == "span":
                break
            return TimeMark(mark.first, mark.last, mark.means, mark.args, role)  # type: ignore[arg-type]
    compared = _lead_before(tokens, mark.first, words, "comparing")
    after = {form[0] for form in words.leads.get("comparing_after", ())}
    if compared is not None and any(token.low in after for token in tokens[max(0, compared - 6) : compared]):
        return TimeMark(mark.first, mark.last, mark.means, mark.args, "base")
    soft = mark.means == "then" and _lead_before(tokens, mark.first, words, "base_soft") is not None
    if soft:
        return TimeMark(mark.first, mark.last, mark.means, mark.args, "base")
    return mark


_ARTICLES = frozenset(
    "the a an den det de i in under during at of year åren året år early late beginning start början starten slutet "
    "end full-scale russia's moscow's rysslands their its sin sina their".split()
)


def _lead_before(tokens: list[Token], at: int, words: WhenWords, role: str, skip: int = 2) -> int | None:
    """Where the lead words of a role stand that end before `at`, articles and the like between them allowed."""
    end = at
    for _ in range(skip + 1):
        for form in words.leads.get(role, ()):
            start = end - len(form)
            if start >= 0 and stands_at(tokens, start, form):
                return start
        if end == 0 or (tokens[end - 1].low not in _ARTICLES and skip < _WEAK_LEADS):
            return None
        end -= 1
    return None


# ── resolving ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Resolved:
    """What a time expression comes to: a period, or the two ends of a comparison, or the base alone."""

    period: Period | None = None
    base: Period | None = None
    window: Period | None = None
    assumed: bool = False


def resolve(mark: TimeMark, clock: Clock, anchor: Period | None = None) -> Resolved:
    """The period a time expression stands for; empty where it needs a date that is not known."""
    try:
        return _RESOLVERS[mark.means](mark, clock, anchor)
    except (PeriodError, OverflowError, ValueError):
        return Resolved()


def _year_of(mark: TimeMark, clock: Clock) -> int | None:
    """The year named in an expression, outright or relative to the document's date."""
    if (year := mark.get("year")) is not None:
        return year
    if (shift := mark.get("rel")) is not None and clock.today:
        return clock.today.year + shift
    if (shift := mark.get("then")) is not None and clock.year:
        return clock.year + shift
    return None


def _full_year(number: int, before: int, digits: int = 2) -> int:
    return number if digits == 4 or number > 99 else before - before % 100 + number


def _year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    year = _year_of(mark, clock)
    return Resolved(Period.of_year(year)) if year else Resolved()


def _years(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first = mark.get("year")
    last = _full_year(mark.get("year2"), first)
    if last == first + 1 and clock.fiscal_start:
        return _fiscal_year(first, clock)
    if not first < last <= first + 60:
        return Resolved()
    window = Period.of_years(first, last)
    return Resolved(window, window=window)


def _span_of_years(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first = mark.get("year")
    last = _full_year(mark.get("year2"), first)
    if not first < last:
        return Resolved()
    return Resolved(Period.of_year(last), base=Period.of_year(first), window=Period.of_years(first, last))


def _fiscal_year(first: int, clock: Clock) -> Resolved:
    start = clock.fiscal_start or 1
    if start == 1:
        return Resolved(Period.of_years(first, first + 1), assumed=True)
    return Resolved(Period.of_months((first, start), (first + 1, start - 1)))


def _fiscal(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if (first := mark.get("fiscal_first")) is not None:
        return _fiscal_year(first, clock)
    named = mark.get("fiscal_named")
    if not clock.fiscal_start:
        return Resolved(Period.of_year(named), assumed=True)
    return _fiscal_year(named if clock.fiscal_first else named - 1, clock)


def _fiscal_relative(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    """'Last fiscal year': the latest one that was over on the document's date, moved by `n` years."""
    if not clock.today:
        return Resolved()
    start = clock.fiscal_start or 1
    current = clock.today.year - (clock.today.month < start)
    first = current + mark.get("n")
    return _fiscal_year(first, clock) if start > 1 else Resolved(Period.of_year(first), assumed=True)


def _season_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first = mark.get("fiscal_first")
    if first is None:
        return Resolved(Period.of_year(mark.get("fiscal_named")))
    return Resolved(Period.of_months((first, 7), (first + 1, 6)))


def _to_month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    month = mark.get("month")
    year = mark.get("year") or _latest_year(month, clock)
    return Resolved(Period.rolling(year, month, mark.get("n"))) if year else Resolved()


def _latest_year(month: int, clock: Clock) -> int | None:
    """The year of the latest such month that is not after the document's date."""
    if not clock.today:
        return None
    return clock.today.year - (month > clock.today.month)


def _rolling(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    last = clock.today.replace(day=1) - timedelta(days=1)
    return Resolved(Period.rolling(last.year, last.month, mark.get("n")), assumed=True)


def _last_quarter(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    return Resolved(Period.of_quarter(clock.today.year, (clock.today.month + 2) // 3).previous())


def _before_anchor(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(base=anchor.previous()) if anchor else Resolved()


def _past_years(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    last, count = clock.today.year, mark.get("n")
    window = Period.of_years(last - count, last - 1)
    return Resolved(Period.of_year(last), base=Period.of_year(last - count), window=window, assumed=True)


def _years_to(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    window = Period.of_years(mark.get("year") - mark.get("n") + 1, mark.get("year"))
    return Resolved(window, window=window)


def _years_before(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if anchor is None:
        return Resolved()
    return Resolved(base=Period.of_years(anchor.start.year - mark.get("n"), anchor.start.year - 1))


def _first_months(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    months = mark.get("n")
    if months > 12:
        return Resolved()
    year = _year_of(mark, clock) or _year_with_end(months, clock)
    return Resolved(Period.year_to_date(year, months)) if year else Resolved()


def _year_with_end(month: int, clock: Clock) -> int | None:
    """The year the text speaks of, or the latest in which a span that ends with `month` is over."""
    if clock.year:
        return clock.year
    if not clock.today:
        return None
    over = month < clock.today.month or (month == clock.today.month and clock.today.day >= 20)
    return clock.today.year - (not over)


def _half(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    half = mark.get("ord") or mark.get("d")
    year = _year_of(mark, clock) or _year_with_end(6 * half, clock)
    return Resolved(Period.of_half(year, half)) if year else Resolved()


def _quarter(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    quarter = mark.get("ord") or mark.get("d")
    year = _year_of(mark, clock) or _year_with_end(3 * quarter, clock)
    return Resolved(Period.of_quarter(year, quarter)) if year else Resolved()


def _months(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first, last = mark.get("month"), mark.get("month2")
    year = _year_of(mark, clock) or _year_with_end(last, clock)
    if not year:
        return Resolved()
    return Resolved(Period.of_months((year - (first > last), first), (year, last)))


def _month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    month = mark.get("month")
    year = _year_of(mark, clock) or clock.year or _latest_year(month, clock)
    return Resolved(Period.of_month(year, month)) if year else Resolved()


def _last_named_month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    month = mark.get("month")
    return Resolved(Period.of_month(clock.today.year - (month >= clock.today.month), month))


def _day(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    month = mark.get("month") or mark.get("d")
    day = mark.get("d") if mark.get("month") else mark.get("d2")
    year = mark.get("year") or _latest_year(month, clock)
    return Resolved(Period.of_day(date(year, month, day))) if year else Resolved()


def _last_month(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(Period.of_month(clock.today.year, clock.today.month).previous()) if clock.today else Resolved()


def _year_on_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(base=anchor.shift_years(-1)) if anchor else Resolved()


def _same_period(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if anchor is None:
        return Resolved()
    year = mark.get("year")
    return Resolved(base=anchor.shift_years(year - anchor.end.year if year else -1))


def _season(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    first, last = mark.get("season")
    year = mark.get("year") or _year_with_end(last, clock)
    return Resolved(Period.of_months((year - (first > last), first), (year, last))) if year else Resolved()


def _year_to_date(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    if not clock.today:
        return Resolved()
    last = clock.today.replace(day=1) - timedelta(days=1)
    return Resolved(Period.year_to_date(last.year, last.month), assumed=True)


def _end_of_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    year = mark.get("year") or (clock.today.year if clock.today else None)
    return Resolved(Period.of_year(year)) if year else Resolved()


def _relative_year(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved(Period.of_year(clock.today.year + mark.get("shift"))) if clock.today else Resolved()


def _then(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    shift = mark.get("shift")
    if anchor is not None:
        return Resolved(anchor.shift_years(shift))
    return Resolved(Period.of_year(clock.year + shift)) if clock.year else Resolved()


def _event(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    day = mark.get("event")
    return Resolved(base=Period.of_month(day.year, day.month), assumed=True)


def _before_event(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    """Before a war or a pandemic: the last whole year before it."""
    day = mark.get("event")
    return Resolved(Period.of_year(day.year - 1), assumed=True) if day else Resolved()


def _nothing(mark: TimeMark, clock: Clock, anchor: Period | None) -> Resolved:
    return Resolved()


_RESOLVERS = {
    "year": _year,
    "years": _years,
    "span": _span_of_years,
    "fiscal": _fiscal,
    "fiscal_relative": _fiscal_relative,
    "season": _season_year,
    "to_month": _to_month,
    "rolling": _rolling,
    "last_quarter": _last_quarter,
    "quarter_before": _before_anchor,
    "month_before": _before_anchor,
    "past_years": _past_years,
    "years_to": _years_to,
    "years_before": _years_before,
    "first_months": _first_months,
    "half": _half,
    "quarter": _quarter,
    "months": _months,
    "month": _month,
    "month_then": _month,
    "last_month_named": _last_named_month,
    "day": _day,
    "daymonth": _day,
    "iso_day": _day,
    "last_month": _last_month,
    "yoy": _year_on_year,
    "mom": _before_anchor,
    "qoq": _before_anchor,
    "same_period": _same_period,
    "season_of_year": _season,
    "ytd": _year_to_date,
    "year_end": _end_of_year,
    "year_start": _nothing,
    "half_turn": _nothing,
    "pre_event": _before_event,
    "rel": _relative_year,
    "then": _then,
    "event": _event,
}


def fiscal_clock(clock: Clock, code: str) -> Clock:
    """The clock with a country's fiscal year, where it does not start in January."""
    shared = load_shared()
    start = shared["fiscal"].get(code)
    if not start:
        return clock
    return Clock(clock.today, clock.year, start, code in shared["fiscal_names"]["start_is_first"])
