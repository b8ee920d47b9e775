"""The date of a document, from its front matter, an address, an anniversary or the years it names."""

from __future__ import annotations

import re
from datetime import date

from amur.claims.lexicon import load_grammar
from amur.claims.tokens import phrase, tokenise
from amur.claims.when import load_when

_ISO = re.compile(r"(?<!\d)(20\d\d|19\d\d)-(\d\d)-(\d\d)(?!\d)")
_POINTS = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(20\d\d|19\d\d)(?![\d.]*\d)")
_ADDRESS = re.compile(r"https?://[^\s<>\"]{0,300}?/(20\d\d)[-/](\d\d)(?:[-/](\d\d))?(?=[/\-\s.]|$)")
_DATED = re.compile(
    r"\b(?:published|updated|posted|publicerad|publicerat|uppdaterad|uppdaterat)\W{1,3}(?:on |den |kl )?\w",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://\S{1,400}")
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]*\d)")
_DATELINE = re.compile(r"^.{0,60}?[-–—]\s")
_COMING = re.compile(r"(?:by|until|till|to|senast|år|before|fram till)\s{1,3}$", re.IGNORECASE)
# A place or an agency with a date before the first sentence: only words in capitals come before it.
_DATED_HEAD = re.compile(
    r"(?:[A-ZÅÄÖ][^\W\d_]*[,.:]?\s|\([^()]{1,30}\)\s?){0,4}(?:den )?"
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s[^\W\d_]{3,9}\.?,?\s\d{4}|[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4}|\d{4}-\d\d-\d\d)"
    r"[.:)]?(?=\s[A-ZÅÄÖ(–—-])"
)
_MONTH_LINE = re.compile(r"(?:^|[\s(,·|–-])([^\W\d_]{3,9})\.?\s(20\d\d)\)?$")
_FRONT_LINES = 40
_OPENING = 1_200
_LONGEST_DATE_LINE = 110
_BYLINE = 7  # words: 'Av Per Ek. 12 december 2025.' is no sentence of an article


def find_date(text: str, lang: str) -> tuple[date | None, str]:
    """The date and where it was found: `text`, `address`, `anniversary`, `years`; (None, `none`) if nowhere.

    A line of the front matter counts most, an address next; the anniversary of a known event gives
    the year; failing that the latest year named, with 'last year' in the text, gives the one after it.
    """
    in_front = _front_matter(text, lang)
    if in_front is not None:
        return in_front, "text"
    if (found := _dateline(text, lang) or _month_line(text, lang) or _reported(text, lang)) is not None:
        return found, "text"
    if match := _ADDRESS.search(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
        if (found := _valid(year, month, day)) is not None:
            return found, "address"
    if (year := _anniversary(text, lang)) is not None:
        return date(year, 6, 30), "anniversary"
    if (year := _from_years(text, lang)) is not None:
        return date(year, 6, 30), "years"
    return None, "none"


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if 1945 <= year <= 2100 else None


def _front_matter(text: str, lang: str) -> date | None:
    """The first full date on a short line near the top, or near the end of the text."""
    lines = [line.strip() for line in text[:12_000].split("\n") if line.strip()][:_FRONT_LINES]
    lines += [line.strip() for line in text[-2_000:].split("\n") if line.strip()][-5:]
    for line in lines:
        if len(line) > _LONGEST_DATE_LINE and not line.lower().startswith(
            ("date", "datum", "publi", "updat", "uppdat")
        ):
            continue
        if (found := _date_in(line[:200], lang)) is not None and _is_date_line(line):
            return found
    return None


def _dateline(text: str, lang: str) -> date | None:
    """'HANOI, October 9, 2025 (Agency) — …' or 'TT, 15 januari 2026. …' at the head of an early paragraph."""
    for line in [line.strip() for line in text[:6_000].split("\n") if line.strip()][:8]:
        for match in (_DATELINE.match(line[:120]), _DATED_HEAD.match(line[:90])):
            if match is not None and (found := _date_in(match.group(0), lang)) is not None:
                return found
    return None


def _month_line(text: str, lang: str) -> date | None:
    """'Policy brief, May 2025' on a line of its own near the top: the middle of that month."""
    for line in [line.strip() for line in text[:3_000].split("\n") if line.strip()][:5]:
        match = _MONTH_LINE.search(line) if len(line) <= _LONGEST_DATE_LINE else None
        if match is None:
            continue
        for language in dict.fromkeys((lang, "en", "sv")):
            month = load_when(language).months.get(match[1].lower())
            if month is not None:
                return _valid(int(match[2]), month, 15)
    return None


def _reported(text: str, lang: str) -> date | None:
    """'Det rapporterar radion den 8 augusti 2025': a day in the opening on which somebody says so.

    Not where the text speaks of a later year as past.
    """
    verbs = {
        verb for known in (lang, "en", "sv") for verb in load_grammar(known).get("attribution", {}).get("verbs", ())
    }
    for sentence in re.split(r"(?<=[.!?])\s", text[:_OPENING]):
        words = {token.low for token in tokenise(sentence)}
        found = _date_in(sentence, lang) if words & verbs else None
        if found is not None and not any(int(m.group(0)) > found.year for m in _YEAR.finditer(text[:_OPENING])):
            return found
    return None


def _is_date_line(line: str) -> bool:
    """Whether a line with a date is front matter and no sentence of the article."""
    lowered = line.lower()
    if re.match(r"(date|datum|publi|updat|uppdat|posted|skriv|issued|den |\d|\W)", lowered):
        return len(line) < _LONGEST_DATE_LINE or lowered.startswith(("date", "datum", "publi", "updat", "uppdat"))
    if _DATED.search(line):
        return True
    words = line.split()
    return len(words) <= _BYLINE or (not line.rstrip('"”»').endswith((".", "!", "?")) and len(words) <= 16)


def _date_in(line: str, lang: str) -> date | None:
    line = _LINK.sub(" ", line)
    if match := _ISO.search(line):
        return _valid(int(match[1]), int(match[2]), int(match[3]))
    if match := _POINTS.search(line):
        return _valid(int(match[3]), int(match[2]), int(match[1]))
    spaced = re.sub(r"(?<=\d{4})(?=[^\W\d])", " ", line)
    tokens = tokenise(spaced)
    for language in dict.fromkeys((lang, "en", "sv")):
        months = load_when(language).months
        for at, token in enumerate(tokens):
            month = months.get(token.low)
            if month is not None and (found := _around(tokens, at, month)) is not None:
                return found
    return None


def _around(tokens: list, at: int, month: int) -> date | None:  # type: ignore[type-arg]
    """A day and year around a month name: 21 aug. 2025, August 21, 2025, the 21st of August 2025."""
    numbers_after = [t for t in tokens[at + 1 : at + 6] if t.kind == "d"]
    before = next((t for t in reversed(tokens[max(0, at - 3) : at]) if t.kind == "d" and len(t.text) <= 2), None)
    year = next((int(t.text) for t in numbers_after if len(t.text) == 4), None)
    if year is None:
        return None
    if before is not None:
        return _valid(year, month, int(before.text))
    day = next((int(t.text) for t in numbers_after if len(t.text) <= 2), None)
    return _valid(year, month, day) if day is not None else None


def _anniversary(text: str, lang: str) -> int | None:
    """The year of 'the 80th anniversary of the victory': the year of the event plus eighty."""
    events = [(words, day) for found in load_when(lang).events.values() for words, day in found]
    pattern = r"(\d{1,3})(?:th|st|nd|rd)?[ -]anniversary|(\d{1,3})-?års(?:dagen|jubileet|jubileum|dag)"
    for match in re.finditer(pattern, text[:60_000]):
        years = int(match[1] or match[2])
        after = " ".join(token.low for token in tokenise(text, match.end(), min(len(text), match.end() + 160)))
        near = [(after.find(" ".join(words)), day) for words, day in events if " ".join(words) in after]
        if near and years >= 5:
            return min(near, key=lambda item: item[0])[1].year + years
    return None


def _from_years(text: str, lang: str) -> int | None:
    """The year after the latest one named, where the text speaks of last year; else the latest itself."""
    part = text[:200_000]
    years = [
        int(m.group(0)) for m in _YEAR.finditer(part) if not _COMING.search(part[max(0, m.start() - 12) : m.start()])
    ]
    past = [year for year in years if 1990 <= year <= 2100]
    if not past:
        return None
    lowered = text[:60_000].lower()
    last_year = [words for words, name, shift in _phrases(lang) if name == "relative" and shift == -1]
    says_last_year = any(" ".join(words) in " ".join(phrase(lowered[:20_000])) for words in last_year)
    return max(past) + 1 if says_last_year else None


def _phrases(lang: str) -> list[tuple[tuple[str, ...], str, int]]:
    return [item for found in load_when(lang).phrases.values() for item in found]
