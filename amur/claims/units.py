"""Numbers → quantities: what a number counts, in which unit and currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from amur.claims.lexicon import load_grammar, load_shared, load_words
from amur.claims.numbers import Number
from amur.claims.tokens import Token, phrase, stands_at, tokenise

QuantityKind = Literal["money", "fraction", "pp", "physical", "count", "time", "ratio", "multiple", "ordinal", "bare"]

_GOODS_COUNTED = ("vehicles", "units", "aircraft", "ships", "trains", "heads", "bottles", "products", "teu")
_COUNTED = frozenset((*_GOODS_COUNTED, "projects", "companies", "persons", "flights", "jobs"))
_TIME = frozenset(("min", "h", "d", "week", "month", "year"))
_PRICED = frozenset(("bbl", "t", "1000m3", "MWh", "MMBtu", "kg"))
# Scale words that are written with a full stop, with their unit behind it.
_SHORT_SCALES = frozenset({"mrd", "mdr", "mio", "milj", "miljd", "bn", "mn", "tn", "mln", "bln", "млрд", "млн", "трлн"})
_NOT_BETWEEN = frozenset((",", ".", ";", ":", "(", ")", "?", "!", "“", "”", '"', "–", "—"))
_MOST_WORDS_BETWEEN = 3


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: tokens `first` to `last`, the number itself from `core` on.

    `value` is in units of `unit` (fractions for percent); `half` is half a unit of the last printed
    digit. `per` says that a sum is a rate: `year`, `month`, `day`.
    """

    first: int
    last: int
    number: Number
    kind: QuantityKind
    value: float
    half: float
    unit: str = ""
    currency: str = ""
    per: str = ""
    borrowed: bool = False


@dataclass(frozen=True)
class UnitWords:
    """Unit and currency words of a language by their first word, longest first."""

    units: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    currencies: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    small: dict[str, frozenset[str]]
    per: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    vague: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    symbols_before: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    symbols_behind: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    codes: frozenset[str]
    times: frozenset[str]
    connectors: frozenset[str]


@cache
def load_units(lang: str) -> UnitWords:
    """The unit words of a language, with currency signs and words of scripts that cannot be confused."""
    grammar, shared = load_grammar(lang), load_shared()
    units: dict[str, list[str]] = {key: list(forms) for key, forms in grammar.get("units", {}).items()}
    currencies: dict[str, list[str]] = {key: list(forms) for key, forms in grammar.get("currencies", {}).items()}
    for other in ("ru", "zh"):
        foreign = load_grammar(other)
        for key, forms in foreign["units"].items():
            units.setdefault(key, []).extend(form for form in forms if form != "%")
        for key, forms in foreign["currencies"].items():
            currencies.setdefault(key, []).extend(forms)
    roles = grammar.get("roles", {})
    return UnitWords(
        units=_by_first(units),
        currencies=_by_first(currencies),
        small=load_words(lang),
        per=_by_first(grammar.get("per", {})),
        vague=_by_first(grammar.get("vague", {})),
        symbols_before=_by_part(shared["symbols"], -1),
        symbols_behind=_by_part(shared["symbols"], 0),
        codes=frozenset(shared["codes"]),
        times=frozenset(grammar.get("times", ("gånger", "x"))),
        connectors=frozenset(
            (
                *roles.get("to", ())[:1],
                *grammar.get("clauses", {}).get("joins", ())[:2],
                "-",
                "–",
                "—",
                "to",
                "till",
                "respektive",
            )
        ),
    )


def _by_part(symbols: dict[str, str], part: int) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Currency signs by their first (0) or last (−1) part, longest first."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for sign, code in symbols.items():
        parts = _parts(sign)
        index.setdefault(parts[part], []).append((parts, code))
    return {text: tuple(sorted(found, key=lambda item: -len(item[0]))) for text, found in index.items()}


def _parts(sign: str) -> tuple[str, ...]:
    """A currency sign as its words and signs, in the case it is written in."""
    return tuple(token.text for token in tokenise(sign))


def _by_first(table: dict[str, list[str]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for key, forms in table.items():
        for text in forms:
            words = phrase(text)
            if words:
                index.setdefault(words[0], []).append((words, key))
    return {first: tuple(sorted(found, key=lambda item: -len(item[0]))) for first, found in index.items()}


def find_quantities(tokens: list[Token], numbers: list[Number], words: UnitWords) -> list[Quantity]:
    """Each number with the unit that stands by it; numbers in a row share the unit of the last."""
    limits = [*(number.first for number in numbers[1:]), len(tokens)][: len(numbers)]
    found = [_quantity(tokens, number, words, limit) for number, limit in zip(numbers, limits, strict=True)]
    found = [q for q in found if not any(o.first < q.first and q.last <= o.last for o in found)]
    taken = {step for quantity in found for step in range(quantity.first, quantity.last)}
    vague = [q for q in _vague(tokens, words) if not taken & set(range(q.first, q.last))]
    return sorted([*_share_in_rows(tokens, found, words), *vague], key=lambda quantity: quantity.first)


def _vague(tokens: list[Token], words: UnitWords) -> list[Quantity]:
    """Spans of time without a number, 'for days': one unit or more."""
    found: list[Quantity] = []
    for at, token in enumerate(tokens):
        for form, unit in words.vague.get(token.low, ()):
            if stands_at(tokens, at, form):
                number = Number(at, at + len(form), 1.0, 0.0, "words", open_above=True)
                found.append(Quantity(at, at + len(form), number, "time", 1.0, 0.0, unit))
                break
    return found


def _quantity(tokens: list[Token], number: Number, words: UnitWords, limit: int) -> Quantity:
    plain = Quantity(number.first, number.last, number, "bare", number.value, number.half)
    if number.percent:
        return replace(plain, kind="fraction", value=number.value / 100, half=number.half / 100, unit="fraction")
    if number.kind == "fraction":
        return replace(plain, kind="fraction", unit="fraction")
    if number.kind in ("multiple", "ratio", "ordinal"):
        kind: QuantityKind = number.kind  # type: ignore[assignment]
        return replace(plain, kind=kind, unit="rank" if kind == "ordinal" else "ratio")
    return (
        _money_before(tokens, plain, words)
        or _unit_after(tokens, plain, words, limit)
        or _money_after(tokens, plain, words)
        or _times(tokens, plain, words)
        or _counted(tokens, plain, words, limit)
        or plain
    )


def _money_before(tokens: list[Token], plain: Quantity, words: UnitWords) -> Quantity | None:
    at = plain.first
    for sign, code in words.symbols_before.get(tokens[at - 1].text, ()) if at else ():
        start = at - len(sign)
        if start >= 0 and _is_sign(tokens, start, sign):
            negative = start > 0 and tokens[start - 1].text == "-" and tokens[start].glued
            opens = start < 2 or not tokens[start - 1].glued
            flipped = replace(plain, value=-plain.value) if negative and opens else plain
            return _money(tokens, replace(flipped, first=start - (1 if negative and opens else 0)), code, words)
    if at > 0 and tokens[at - 1].text in words.codes:
        return _money(tokens, replace(plain, first=at - 1), tokens[at - 1].text, words)
    return None


def _money_after(tokens: list[Token], plain: Quantity, words: UnitWords) -> Quantity | None:
    at = _after_number(tokens, plain)
    if plain.number.scale > 1 and tokens[plain.last - 1].low in ("mdkr", "mkr", "mnkr", "tkr"):
        return _money(tokens, plain, "SEK", words)
    if at >= len(tokens):
        return None
    if tokens[at].text in words.codes:
        return _money(tokens, replace(plain, last=at + 1), tokens[at].text, words)
    for form, code in words.currencies.get(tokens[at].low, ()):
        if stands_at(tokens, at, form):
            return _money(tokens, replace(plain, last=at + len(form)), code, words)
    for sign, code in words.symbols_behind.get(tokens[at].text, ()):
        if _is_sign(tokens, at, sign):
            return _money(tokens, replace(plain, last=at + len(sign)), code, words)
    return None


def _money(tokens: list[Token], plain: Quantity, code: str, words: UnitWords) -> Quantity:
    code = "CNY" if code == "CNH" else code
    money = replace(plain, kind="money", unit=code, currency=code)
    rate = _per(tokens, plain.last, words)
    if rate is None:
        return money
    last, key = rate
    return replace(money, last=last, unit=f"{code}/{key}") if key in _PRICED else replace(money, last=last, per=key)


def _per(tokens: list[Token], at: int, words: UnitWords) -> tuple[int, str] | None:
    for start in (at, at + 1, at + 2):
        if start >= len(tokens) or (start > at and tokens[start - 1].kind != "w"):
            return None
        for form, key in words.per.get(tokens[start].low, ()):
            if stands_at(tokens, start, form) and not _is_ago(tokens, start + len(form), words):
                return start + len(form), key
        if start == at and tokens[start].low not in words.small.get("oil", ()):
            return None
    return None


def _is_ago(tokens: list[Token], at: int, words: UnitWords) -> bool:
    """Whether 'a year' goes on as a time: '$4bn a year earlier' is no rate."""
    return at < len(tokens) and tokens[at].low in words.small.get("ago", ())


def _unit_after(tokens: list[Token], plain: Quantity, words: UnitWords, limit: int) -> Quantity | None:
    at = _after_number(tokens, plain)
    if at >= min(limit, len(tokens)):
        return None
    if tokens[at].low.startswith("procentig"):
        return replace(
            plain, last=at + 1, kind="fraction", value=plain.value / 100, half=plain.half / 100, unit="fraction"
        )
    for form, key in words.units.get(tokens[at].low, ()):
        if stands_at(tokens, at, form) and not _is_other_word(tokens, at, form, key):
            return _in_unit(tokens, replace(plain, last=at + len(form)), key, words)
    return None


def _is_other_word(tokens: list[Token], at: int, form: tuple[str, ...], key: str) -> bool:
    """Whether a unit word means something else here: years in '20 years old', a point in a list."""
    after = at + len(form)
    if key == "pp" and form in (("points",), ("point",), ("enheter",)):
        return after < len(tokens) and tokens[after].low == "of"
    return False


def _in_unit(tokens: list[Token], plain: Quantity, key: str, words: UnitWords) -> Quantity:
    factor, unit = _factor(key)
    if unit in ("fraction", "pp"):
        value, half = plain.value / 100, plain.half / 100
        return replace(plain, kind="pp" if unit == "pp" else "fraction", value=value, half=half, unit=unit)
    if unit == "bbl":
        rate = _per_day(tokens, plain.last, words)
        if rate:
            return replace(plain, last=rate, kind="physical", unit="bbl/d")
    kind: QuantityKind = "time" if unit in _TIME else "count" if unit in _COUNTED else "physical"
    if kind == "count" and plain.number.kind == "words" and plain.value == 1:
        return plain
    return replace(plain, kind=kind, value=plain.value * factor, half=plain.half * factor, unit=unit)


def _per_day(tokens: list[Token], at: int, words: UnitWords) -> int | None:
    for start in range(at, min(at + 4, len(tokens))):
        for form, key in words.per.get(tokens[start].low, ()):
            if key == "day" and stands_at(tokens, start, form):
                return start + len(form)
        if tokens[start].kind != "w":
            return None
    return None


def _factor(key: str) -> tuple[float, str]:
    head, _, tail = key.partition(" ")
    if not tail:
        return 1.0, key
    return float(head), tail


def _times(tokens: list[Token], plain: Quantity, words: UnitWords) -> Quantity | None:
    at = plain.last
    if at < len(tokens) and tokens[at].low in words.times and plain.number.kind in ("digits", "words"):
        if tokens[at].low == "x" and not tokens[at].glued:
            return None
        return replace(plain, last=at + 1, kind="ratio", unit="ratio")
    folded = at + 1 < len(tokens) and tokens[at].text == "-" and tokens[at + 1].low in words.small.get("fold", ())
    return replace(plain, last=at + 2, kind="multiple", unit="ratio", half=0.0) if folded else None


def _counted(tokens: list[Token], plain: Quantity, words: UnitWords, limit: int) -> Quantity | None:
    """A count with up to three words between number and noun: 465,000 Chinese-built cars."""
    at, between = plain.last, 0
    if plain.number.kind == "words" and plain.value == 1:
        return None
    while at < min(limit, len(tokens)) and between <= _MOST_WORDS_BETWEEN:
        token = tokens[at]
        for form, key in words.units.get(token.low, ()):
            unit = _factor(key)[1]
            if between and unit in _COUNTED and stands_at(tokens, at, form):
                return replace(plain, last=at + len(form), kind="count", unit=unit)
        if token.text in _NOT_BETWEEN or token.low in words.small.get("no_count_noun", ()):
            return None
        between += 0 if token.text == "-" else 1
        at += 1
    return None


def _share_in_rows(tokens: list[Token], found: list[Quantity], words: UnitWords) -> list[Quantity]:
    """Numbers joined by a dash, 'to', 'and' or 'or' share the unit and scale that only the last one shows."""
    shared = list(found)
    for at in range(len(shared) - 2, -1, -1):
        here, after = shared[at], shared[at + 1]
        dashed = here.last + 1 == after.first and tokens[here.last].text in ("-", "–", "—")
        if dashed and here.kind == "money" and after.unit.startswith(f"{here.currency}/"):
            shared[at] = replace(here, unit=after.unit)
        if here.kind != "bare" or after.kind not in ("money", "fraction", "pp", "physical", "count", "ratio"):
            continue
        gap = tokens[here.last : after.first]
        if len(gap) != 1 or gap[0].low not in words.connectors or _is_year(here.number, tokens):
            continue
        shared[at] = _with_unit_of(here, after)
    return shared


def _with_unit_of(here: Quantity, other: Quantity) -> Quantity:
    scale = 1.0
    if other.kind in ("fraction", "pp"):
        scale = 0.01
    elif here.number.scale == 1:
        scale = other.number.scale
    return replace(
        here,
        kind=other.kind,
        value=here.value * scale,
        half=here.half * scale,
        unit=other.unit,
        currency=other.currency,
        per=other.per,
        borrowed=True,
    )


def name_currency(quantity: Quantity, countries: Iterable[str], lang: str) -> Quantity:
    """A sum in pesos, kronor or rupees in the currency of the country spoken of, else in the usual one."""
    family = load_shared()["families"].get(quantity.currency)
    if family is None:
        return quantity
    known = family["countries"]
    default = family["default"].get(lang, family["default"]["other"])
    named = [known[code] for code in countries if code in known]
    code = named[0] if named and (default not in named or len(set(named)) == 1) else default
    unit = quantity.unit.replace(quantity.currency, code, 1)
    return replace(quantity, unit=unit, currency=code if code.isupper() else "")


def borrow_unit(here: Quantity, other: Quantity) -> Quantity:
    """A bare number in the unit of an earlier quantity; the scale too, where it shows none."""
    return _with_unit_of(here, other)


def _is_year(number: Number, tokens: list[Token]) -> bool:
    return number.integer and 1900 <= number.value <= 2100 and len(tokens[number.last - 1].text) == 4


def _after_number(tokens: list[Token], plain: Quantity) -> int:
    """Where a unit would stand: past a hyphen, or past the full stop of a shortened scale, '4,2 Mrd. Dollar'."""
    at = plain.last
    if at + 1 >= len(tokens) or not tokens[at].glued:
        return at
    is_hyphen = tokens[at].text == "-" and tokens[at + 1].glued
    is_short = tokens[at].text == "." and plain.number.scale > 1 and tokens[at - 1].low in _SHORT_SCALES
    return at + 1 if is_hyphen or is_short else at


def _is_sign(tokens: list[Token], at: int, sign: tuple[str, ...]) -> bool:
    """Whether a currency sign stands here, its letters as they are written and nothing between its parts."""
    parts = tokens[at : at + len(sign)]
    if len(parts) < len(sign) or any(part.text != text for part, text in zip(parts, sign, strict=True)):
        return False
    return all(part.glued for part in parts[1:])
