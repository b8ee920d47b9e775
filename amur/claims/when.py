"""The period grammar: expressions of time → `Period`, relative to the document's date.

Finding and resolving are two steps: what "in July" or "a year earlier" means depends on the date of
the document, on the year that the text was speaking of and, for fiscal years, on the country.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from amur.claims.lexicon import load_grammar, load_words
from amur.claims.numbers import Numerals, load_numerals
from amur.claims.tokens import Token, phrase, stands_at

Role = Literal["period", "base", "since", "by"]
_FIRST_YEAR, _LAST_YEAR = 1850, 2100
_DASHES = ("-", "–", "—", "/")
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
    small: dict[str, frozenset[str]]
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
    small = load_words(lang)
    leading = small.get("leading", frozenset())
    patterns = tuple(_compile(entry, frozenset(months), leading) for entry in table.get("patterns", ()))
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
        small=small,
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


def _compile(entry: dict[str, Any], months: frozenset[str], leading: frozenset[str]) -> _Pattern:
    elements = tuple(_element(part) for part in entry["like"].split())
    while elements[0].optional and elements[0].words and elements[0].words <= leading:
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
        found.append(_with_role(tokens, _of_this_year(tokens, mark, words), words))
        at = mark.last
    return _since_clause(tokens, found, words)


def _of_this_year(tokens: list[Token], mark: TimeMark, words: WhenWords) -> TimeMark:
    """'Årets nio första månader', 'this year's second quarter': a part of the document's year."""
    said = any(tokens[at].low in words.small.get("this_years", ()) for at in range(mark.first, mark.last))
    if not said or mark.means not in ("first_months", "half", "quarter") or mark.get("year") is not None:
        return mark
    return TimeMark(mark.first, mark.last, mark.means, (*mark.args, ("rel", 0)), mark.role)


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
    if best is not None and best.means == "then":
        return _longer(tokens, best, words)
    return best or _event_at(tokens, at, words)


def _longer(tokens: list[Token], then: TimeMark, words: WhenWords) -> TimeMark:
    """'The year before the war', 'the same period of 2024': an expression that only begins like one of 'then'."""
    for at in range(then.last, min(then.last + 2, len(tokens))):
        for form, day in words.events.get(tokens[at].low, ()):
            if stands_at(tokens, at, form):
                return TimeMark(then.first, at + len(form), "pre_event", (("event", day),))
        if not words.small.get("articles") or tokens[at].low not in words.small["articles"]:
            break
    marks = [_match(tokens, then.first + 1, words.patterns[number], words)
             for number in _candidates(tokens, then.first + 1, words)]  # fmt: skip
    longer = [mark for mark in marks if mark is not None and mark.last > then.last]
    return max(longer, key=lambda mark: mark.last, default=then)


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


_Reader = Callable[[list[Token], int, "WhenWords"], "tuple[int, Any] | None"]


def _read_year(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, int] | None:
    token = tokens[at]
    if token.kind != "d" or len(token.text) != 4 or not token.text.isascii():
        return None
    value = int(token.text)
    if not _FIRST_YEAR <= value <= _LAST_YEAR or _is_no_year(tokens, at, words):
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


def _is_no_year(tokens: list[Token], at: int, words: WhenWords) -> bool:
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
    return after.text in ("%", "€", "$") or after.low in words.small.get("quantity_words", ())


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
    if token.low in words.small.get("telling_months", ()) and not _is_month_here(tokens, at, words):
        return None
    abbreviated = len(token.low) <= 4 and at + 1 < len(tokens) and tokens[at + 1].text == "." and tokens[at + 1].glued
    follows = abbreviated and at + 2 < len(tokens) and not tokens[at + 2].text[:1].isupper()
    return at + (2 if follows else 1), month


def _is_month_here(tokens: list[Token], at: int, words: WhenWords) -> bool:
    """May the month, not the verb: behind a preposition or a day, or before a number, a dash or 'and'."""
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if before is not None and (
        before.low in words.small.get("before_month", ()) or before.kind == "d" or before.text in _DASHES
    ):
        return True
    return after is not None and (
        after.kind == "d" or after.text in _DASHES or after.low in words.small.get("after_month", ())
    )


def full_year(number: int, before: int, digits: int = 2) -> int:
    """A year cut to two digits in the century of the one before it."""
    return number if digits == 4 or number > 99 else before - before % 100 + number


def _read_fiscal(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, tuple[tuple[str, int], ...]] | None:
    token = tokens[at]
    if token.kind != "d" or len(token.text) not in (2, 4):
        return None
    year = int(token.text) + (2000 if len(token.text) == 2 else 0)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if at + 2 < len(tokens) and tokens[at + 1].text in _DASHES and tokens[at + 2].kind == "d":
        end = full_year(int(tokens[at + 2].text), year, len(tokens[at + 2].text))
        if end == year + 1:
            return at + 3, (("fiscal_first", year),)
    return at + 1, (("fiscal_named", year),)


def _read_season(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, tuple[int, int]] | None:
    span = words.seasons.get(tokens[at].low)
    return None if span is None else (at + 1, span)


def _read_phrase(name: str) -> _Reader:
    def read(tokens: list[Token], at: int, words: WhenWords) -> tuple[int, tuple[tuple[str, int], ...]] | None:
        for form, kind, shift in words.phrases.get(tokens[at].low, ()):
            if kind == name and stands_at(tokens, at, form):
                return at + len(form), (("rel" if name == "relative" else name, shift),)
        return None

    return read


_READERS: dict[str, _Reader] = {
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
            if role == "base" and mark.means == "span":
                break
            return TimeMark(mark.first, mark.last, mark.means, mark.args, role)  # type: ignore[arg-type]
    compared = _lead_before(tokens, mark.first, words, "comparing")
    after = {form[0] for form in words.leads.get("comparing_after", ())}
    if compared is not None and any(token.low in after for token in tokens[max(0, compared - 6) : compared]):
        return TimeMark(mark.first, mark.last, mark.means, mark.args, "base")
    grown = mark.first > 1 and tokens[mark.first - 2].low in words.small.get("percents", ())
    soft = (mark.means == "then" or (mark.means == "year" and grown)) and _lead_before(
        tokens, mark.first, words, "base_soft"
    ) is not None
    if soft:
        return TimeMark(mark.first, mark.last, mark.means, mark.args, "base")
    return mark


def _lead_before(tokens: list[Token], at: int, words: WhenWords, role: str, skip: int = 2) -> int | None:
    """Where the lead words of a role stand that end before `at`, articles and the like between them allowed."""
    end = at
    for _ in range(skip + 1):
        for form in words.leads.get(role, ()):
            start = end - len(form)
            if start >= 0 and stands_at(tokens, start, form):
                return start
        if end == 0 or (tokens[end - 1].low not in words.small.get("skipped_before_time", ()) and skip < _WEAK_LEADS):
            return None
        end -= 1
    return None
