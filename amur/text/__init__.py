"""The catalogue of every word that a reader sees, in English and Swedish, and the way numbers are written.

Entries live in `text/<language>/<namespace>.toml` and are called by `namespace.table.key`. An entry is
a sentence with `{placeholders}`, or a table of plural forms (`one`, `other`) chosen by `n`. A sentence
must use all that it is given: a number that falls out of a caption is an error, not a shorter caption.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from babel import Locale, UnknownLocaleError, dates, numbers

from amur import codes
from amur.errors import TextError
from amur.figures import BARE, Figure, display_digits, display_scale
from amur.periods import Period

Language = Literal["en", "sv"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_FOLDER = Path(__file__).parent
_PLURAL_FORMS = {"zero", "one", "two", "few", "many", "other"}
_MINUS = "−"
_NO_BREAK = "\u00a0"


class Text:
    """The catalogue in one language: `text("brief.title", subject=…)`, and numbers as that language writes them."""

    def __init__(self, language: str = "en") -> None:
        """Open the catalogue; `language` is `en` or `sv`."""
        if language not in LANGUAGES:
            raise TextError(f"There is no catalogue for the language '{language}'. Use one of {', '.join(LANGUAGES)}.")
        self.language: Language = language  # type: ignore[assignment]
        self.locale = _locale(language)
        self._entries = entries(self.language)

    # `**values` because a sentence's placeholders are its parameters; the catalogue checks them.
    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence under `key`, filled; its first letter is left as the catalogue has it."""
        template = self._template(key, values)
        wanted = placeholders(template)
        if missing := wanted - values.keys():
            raise TextError(f"The text '{key}' ({self.language}) needs {sorted(missing)}. Supply them.")
        if unused := values.keys() - wanted - {"n"}:
            raise TextError(
                f"The text '{key}' ({self.language}) leaves out {sorted(unused)}. Put them into the sentence."
            )
        shown = {name: self._shown(value) for name, value in values.items()}
        return template.format(**shown)

    def sentence(self, key: str, /, **values: object) -> str:
        """The same with a capital first letter."""
        filled = self(key, **values)
        return filled[:1].upper() + filled[1:]

    def has(self, key: str) -> bool:
        """Whether the catalogue holds `key`."""
        return key in self._entries

    def template(self, key: str) -> str:
        """The sentence under `key` as the catalogue has it; of plural forms, the general one."""
        entry = self._entries.get(key, "")
        return entry if isinstance(entry, str) else entry["other"]

    def _template(self, key: str, values: Mapping[str, object]) -> str:
        entry = self._entries.get(key)
        if entry is None:
            raise TextError(f"The catalogue ({self.language}) has no text '{key}'. Add it to every language.")
        if isinstance(entry, str):
            return entry
        n = values.get("n")
        if not isinstance(n, int | float):
            raise TextError(f"The text '{key}' has plural forms and needs the number n, not {n!r}.")
        return entry.get(self.locale.plural_form(n), entry["other"])

    def _shown(self, value: object) -> object:
        if isinstance(value, Figure):
            return self.figure(value)
        if isinstance(value, Period):
            return self.period(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value, digits=0)
        return value

    # ── numbers ─────────────────────────────────────────────────────────────────────────────────

    def number(self, value: float, *, digits: int = 1, sign: bool = False) -> str:
        """A number with fixed decimals, grouped, with a real minus sign; `sign` shows a plus as well."""
        shown = numbers.format_decimal(abs(value), _pattern(digits), locale=self.locale)
        is_zero = not any(digit in shown for digit in "123456789")
        if value < 0 and not is_zero:
            return _MINUS + shown
        return f"+{shown}" if sign and not is_zero else shown

    def percent(self, fraction: float, *, digits: int = 1, sign: bool = False) -> str:
        """A fraction in percent: `20.4%` in English, `20,4 %` in Swedish."""
        return self("common.percent", number=self.number(100 * fraction, digits=digits, sign=sign))

    def points(self, fraction: float, *, digits: int = 1, sign: bool = True) -> str:
        """A difference of two shares, in percentage points."""
        return self("common.points", number=self.number(100 * fraction, digits=digits, sign=sign))

    def money(self, value: float, currency: str, *, digits: int = 1, sign: bool = False) -> str:
        """An amount in words of its size: `240.1 billion dollars`, `240,1 miljarder dollar`."""
        factor, word = display_scale(Figure(measure="", subject="", value=value, unit=currency, currency=currency))
        number = self.number(value / factor, digits=digits, sign=sign)
        amount = self(f"common.scale.{word}", n=round(value / factor, digits), number=number) if word else number
        return self("common.amount", number=amount, unit=self.currency(currency))

    def currency(self, code: str) -> str:
        """The name of a currency as it stands after an amount."""
        key = f"common.currency.{code}"
        return self(key) if self.has(key) else code

    def unit(self, unit: str) -> str:
        """The name of a unit as it stands after an amount; unknown units stand as they are."""
        key = f"common.unit.{unit}"
        return self(key) if self.has(key) else unit

    def figure(self, figure: Figure) -> str:
        """A figure's value with its unit, with as many digits as its interval or printed source warrants."""
        return self._valued(figure, figure.value, display_digits(figure))

    def interval(self, figure: Figure) -> str:
        """A figure's interval, `19.27 to 19.37 billion dollars`; empty where it has none."""
        held = figure.interval
        if held is None:
            return ""
        factor, _ = display_scale(figure)
        digits = display_digits(figure) + bool(figure.printed)
        high = self._valued(figure, held.high, digits)
        return self("common.range", low=self.number(held.low / factor, digits=digits), high=high)

    def _valued(self, figure: Figure, value: float, digits: int) -> str:
        factor, word = display_scale(figure)
        number = self.number(value / factor, digits=digits)
        if figure.unit == "fraction":
            return self("common.percent", number=number)
        if word:
            number = self(f"common.scale.{word}", n=round(value / factor, digits), number=number)
        if figure.unit in BARE:
            return number
        return self("common.amount", number=number, unit=self.currency(figure.currency) or self.unit(figure.unit))

    # ── times and places ────────────────────────────────────────────────────────────────────────

    def period(self, period: Period) -> str:
        """A period in words: `January–July 2025`, `första halvåret 2025`."""
        first, last = period.start, period.end
        parts: dict[str, object] = {"year": str(first.year)}
        if period.kind in ("quarter", "half"):
            number = (first.month + 2) // 3 if period.kind == "quarter" else (first.month + 5) // 6
            return self(f"common.period.{period.kind}{number}", **parts)
        if period.kind == "years":
            return self("common.period.years", first=str(first.year), last=str(last.year))
        if period.kind in ("year", "month"):
            return parts["year"] if period.kind == "year" else self._month(first)  # type: ignore[return-value]
        if period.kind in ("day", "days"):
            ends = self.date(first), self.date(last)
            return ends[0] if first == last else self("common.period.span", first=ends[0], last=ends[1])
        start = self._month(first) if first.year != last.year else dates.format_date(first, "LLLL", locale=self.locale)
        return self("common.period.span", first=start, last=self._month(last))

    def _month(self, day: date) -> str:
        return dates.format_date(day, "LLLL y", locale=self.locale)

    def date(self, day: date) -> str:
        """A day in words: `21 August 2025`, `21 augusti 2025`."""
        return dates.format_date(day, "d MMMM y", locale=self.locale)

    def country(self, code: str) -> str:
        """The name of a country or bloc as a label: `United States`, `USA`."""
        return codes.place(code).name(self.language)

    def the(self, code: str) -> str:
        """The name as it stands in a sentence, with its article in English: `the United States`."""
        article = codes.place(code).article_en if self.language == "en" else ""
        return f"{article} {self.country(code)}".lstrip()

    def genitive(self, code: str) -> str:
        """The possessive: `China’s`, `the United States’`; `Kinas`, `Belarus`."""
        name = self.the(code)
        if self.language == "sv":
            return name if name[-1:].lower() in "sxz" else _swedish_genitive(name)
        return name + ("’" if name.endswith("s") else "’s")

    def adjective(self, code: str) -> str:
        """The adjective: `Chinese`, `kinesisk`."""
        return codes.place(code).adjective(self.language)


def entries(language: Language) -> Mapping[str, str | Mapping[str, str]]:
    """All entries of a language, by dotted key."""
    return _load(language)


def placeholders(template: str) -> set[str]:
    """The names that a sentence asks for."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@cache
def _load(language: Language) -> Mapping[str, str | Mapping[str, str]]:
    found: dict[str, str | Mapping[str, str]] = {}
    for path in sorted((_FOLDER / language).glob("*.toml")):
        with path.open("rb") as file:
            found.update(_flat(tomllib.load(file), path.stem))
    return found


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, str | Mapping[str, str]]:
    flat: dict[str, str | Mapping[str, str]] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        if isinstance(value, str) or value.keys() <= _PLURAL_FORMS:
            flat[name] = value
        else:
            flat |= _flat(value, name)
    return flat


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale(*{"en": ("en", "GB"), "sv": ("sv", "SE")}[language])
    except UnknownLocaleError as error:
        raise TextError(
            f"This installation of Babel has no locale data for '{language}'. Reinstall the package babel."
        ) from error


@cache
def _pattern(digits: int) -> numbers.NumberPattern:
    """Grouped thousands and fixed decimals."""
    return numbers.parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


def _swedish_genitive(name: str) -> str:
    # Abbreviations take a colon: EU:s and USA:s, but Kinas.
    return f"{name}:s" if name.isupper() or name[-1:].isdigit() else f"{name}s"
