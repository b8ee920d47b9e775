"""The number grammar: digits, words, fractions, multiples and ordinals → values with their precision.

Which sign divides decimals is decided by the language of the text and then by plausibility: groups of
three are thousands, other tails are decimals. Nothing is averaged and no parenthesis makes a number
negative. A number found here is not yet a claim; it has neither unit nor meaning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Literal, TypeVar

from amur.claims.lexicon import load_grammar
from amur.claims.tokens import Token, phrase, stands_at

NumberKind = Literal["digits", "words", "fraction", "multiple", "ratio", "ordinal"]

# A fraction in words ("a third") is as precise as this, a rounded whole ("ten percent") as half its unit.
FRACTION_HALF_WIDTH = 0.02

_MOST_GROUPS = 8
_SIGNED_BEFORE = frozenset(("(", "[", "/", "–", "—", ":", ";", ","))
_DASHES = frozenset(("-", "–", "—"))
_GLUED_SCALES = frozenset(("k", "m", "b", "t"))


@dataclass(frozen=True, slots=True)
class Number:
    """Tokens `first` to `last` (excluded) as a value, give or take `half`.

    `scale` is the product of its scale words, `open_above` that it is a lower bound ("most of"), and
    `percent` that the word itself means percent (Swedish *tioprocentig*).
    """

    first: int
    last: int
    value: float
    half: float
    kind: NumberKind
    scale: float = 1.0
    open_above: bool = False
    percent: bool = False
    integer: bool = False


@dataclass(frozen=True)
class Numerals:
    """The number words of a language, ready to look up."""

    lang: str
    decimal: str
    words: dict[str, int]
    scale_words: dict[str, tuple[tuple[tuple[str, ...], float], ...]]
    ordinals: dict[str, tuple[tuple[tuple[str, ...], int], ...]]
    fractions: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    multiples: dict[str, tuple[tuple[tuple[str, ...], float], ...]]
    ratios: dict[str, tuple[tuple[tuple[str, ...], float], ...]]
    articles: frozenset[str]
    joiners: frozenset[str]
    halves: tuple[tuple[str, ...], ...]
    half_of: tuple[tuple[str, ...], ...]
    in_every: tuple[tuple[str, ...], ...]
    ratio_after: tuple[tuple[str, ...], ...]
    part_of: frozenset[str]
    minus: frozenset[str]
    plus: frozenset[str]
    compound_words: bool
    percent_tails: tuple[str, ...]
    multiple_tails: tuple[str, ...]

    def word_value(self, word: str) -> int | None:
        """The value of a number word, also of a compound such as *trettiofem* or *tvåhundra*."""
        if word in self.words:
            return self.words[word]
        return _compound_value(word, self.words) if self.compound_words else None


@cache
def load_numerals(lang: str) -> Numerals:
    """The number words of a language; scale words in Cyrillic and Han are known in every language."""
    grammar = load_grammar(lang)
    table = grammar.get("numbers", {})
    scales = dict(table.get("scales", {}))
    for other in ("ru", "zh"):
        for size, forms in load_grammar(other)["numbers"]["scales"].items():
            scales[size] = [*scales.get(size, ()), *forms]
    return Numerals(
        lang=lang,
        decimal=grammar["decimal"],
        words=dict(table.get("words", {})),
        scale_words=_by_first((form, float(size)) for size, forms in scales.items() for form in forms),
        ordinals=_by_first((form, int(n)) for n, forms in table.get("ordinals", {}).items() for form in forms),
        fractions=_by_first((form, key) for key, forms in table.get("fractions", {}).items() for form in forms),
        multiples=_by_first((form, float(n)) for n, forms in table.get("multiples", {}).items() for form in forms),
        ratios=_by_first((form, float(n)) for n, forms in table.get("ratios", {}).items() for form in forms),
        articles=frozenset(table.get("articles", ())),
        joiners=frozenset(table.get("and", ())),
        halves=tuple(phrase(text) for text in table.get("halves", ())),
        in_every=_phrases(table.get("in_every", ())),
        ratio_after=_phrases(table.get("ratio_after", ())),
        half_of=tuple(phrase(text) for text in table.get("half_of", ())),
        part_of=frozenset(table.get("part_of", ())),
        minus=frozenset(table.get("minus", ())),
        plus=frozenset(table.get("plus", ())),
        compound_words=bool(table.get("compounds")),
        percent_tails=tuple(sorted(table.get("percent_adjective", ()), key=len, reverse=True)),
        multiple_tails=tuple(sorted(table.get("multiple_stems", ()), key=len, reverse=True)),
    )


def _phrases(texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted((phrase(text) for text in texts), key=len, reverse=True))


_Value = TypeVar("_Value")


def _by_first(pairs: Iterable[tuple[str, _Value]]) -> dict[str, tuple[tuple[tuple[str, ...], _Value], ...]]:
    """Written forms with their values, by their first word and the longest first."""
    index: dict[str, list[tuple[tuple[str, ...], _Value]]] = {}
    for text, value in pairs:
        words = phrase(text)
        if words:
            index.setdefault(words[0], []).append((words, value))
    return {first: tuple(sorted(found, key=lambda item: -len(item[0]))) for first, found in index.items()}


def _compound_value(word: str, words: dict[str, int]) -> int | None:
    """The value of number words written together: hundreds, tens and ones from left to right."""
    if not 5 <= len(word) <= 40:
        return None
    total, part, rest = 0, 0, word
    while rest:
        length = next((n for n in range(min(9, len(rest)), 1, -1) if rest[:n] in words or rest[:n] == "tusen"), 0)
        if not length:
            return None
        value = 1000 if rest[:length] == "tusen" else words[rest[:length]]
        if value == 1000:
            total, part = (total + max(part, 1) * 1000), 0
        elif value == 100:
            part = max(part, 1) * 100
        else:
            part += value
        rest = rest[length:]
    return total + part


# ── finding ─────────────────────────────────────────────────────────────────────────────────────


def find_numbers(tokens: list[Token], numerals: Numerals) -> list[Number]:
    """The numbers of a sentence from left to right; none overlaps another."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _number_at(tokens, at, numerals)
        if number is None:
            at = _after_code(tokens, at)
            continue
        found.append(number)
        at = max(number.last, at + 1)
    return found


def _number_at(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    token = tokens[at]
    if token.kind == "d":
        return _digits(tokens, at, numerals)
    if token.kind != "w":
        return _vulgar(tokens, at, numerals)
    return _in_words(tokens, at, numerals)


def _after_code(tokens: list[Token], at: int) -> int:
    """The place after a token that is no number; digits in a code or a date are passed over whole."""
    if tokens[at].kind != "d":
        return at + 1
    at += 1
    while at < len(tokens) and tokens[at].glued and (tokens[at].kind in "dw" or tokens[at].text in "-/.,:–"):
        if tokens[at].kind == "p" and (at + 1 >= len(tokens) or not tokens[at + 1].glued or tokens[at + 1].kind == "p"):
            break
        at += 1
    return at


def _digits(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    if _in_code(tokens, at):
        return None
    groups, separators, last = _digit_groups(tokens, at)
    text = _plain_digits(groups, separators, numerals, followed_by_scale=_scale_at(tokens, last, numerals) is not None)
    if text is None or _goes_on_as_code(tokens, last, numerals):
        return None
    ordinal = _digit_ordinal(tokens, at, last, numerals)
    if ordinal:
        return ordinal
    decimals = len(text) - text.index(".") - 1 if "." in text else 0
    first, sign = _with_sign(tokens, at, numerals)
    number = Number(
        first, last, sign * float(text), 0.5 * 10.0**-decimals, "digits", integer=not decimals and not separators
    )
    return _scaled(tokens, _half_more(tokens, number, numerals), numerals)


def _in_code(tokens: list[Token], at: int) -> bool:
    """Whether digits belong to a name or code before them: G20, ES-11, 11/7, 17:45."""
    if at == 0 or not tokens[at].glued:
        return False
    before = tokens[at - 1]
    if before.kind == "w":
        return not (before.text.isupper() and len(before.text) == 3) and before.text not in _currency_words()
    if before.text in "/:#_@":
        return True
    if before.text in _DASHES and before.glued and at >= 2:
        word = tokens[at - 2]
        return word.kind == "w" and not word.low.endswith(("uary", "uari"))
    return before.text == "." and before.glued


@cache
def _currency_words() -> frozenset[str]:
    """Currency signs that are letters and may be glued to a number: Rs, RM, kr."""
    return frozenset((*load_grammar("shared")["symbols"], "kr"))


def _digit_groups(tokens: list[Token], at: int) -> tuple[list[str], list[str], int]:
    groups, separators, last = [tokens[at].text], [], at + 1
    while last < len(tokens) and len(groups) <= _MOST_GROUPS:
        sign = tokens[last]
        if sign.text in (",", ".", "'", "’") and sign.glued and last + 1 < len(tokens):
            tail = tokens[last + 1]
            if tail.kind != "d" or not tail.glued:
                break
            groups.append(tail.text)
            separators.append("'" if sign.text == "’" else sign.text)
            last += 2
        elif _is_space_group(tokens, at, last, separators):
            groups.append(sign.text)
            separators.append(" ")
            last += 1
        else:
            break
    return groups, separators, last


def _is_space_group(tokens: list[Token], at: int, last: int, separators: list[str]) -> bool:
    tail = tokens[last]
    if tail.kind != "d" or len(tail.text) != 3 or tail.glued or tail.start - tokens[last - 1].end != 1:
        return False
    if any(sign != " " for sign in separators) or not 1 <= len(tokens[at].text) <= 3 or tokens[at].text[0] == "0":
        return False
    return last + 1 >= len(tokens) or not (tokens[last + 1].glued and tokens[last + 1].kind == "d")


def _plain_digits(
    groups: list[str], separators: list[str], numerals: Numerals, *, followed_by_scale: bool
) -> str | None:
    """The digits with a point as decimal sign and no other, or None where they are no number (a date, a version)."""
    groups = ["".join(str(int(digit)) for digit in group) for group in groups]
    if not separators:
        return groups[0]
    tail, kinds = groups[-1], set(separators)
    threes = all(len(group) == 3 for group in groups[1:])
    if len(kinds) == 1 and len(separators) > 1:
        return "".join(groups) if threes and len(groups[0]) <= 3 else None
    if len(kinds) > 1:
        if separators[-1] in separators[:-1] or not all(len(group) == 3 for group in groups[1:-1]):
            return None
        return "".join(groups[:-1]) + "." + tail
    sign = separators[0]
    if sign in " '":
        return "".join(groups) if threes else None
    is_thousands = sign != numerals.decimal and len(tail) == 3 and len(groups[0]) <= 3 and groups[0] != "0"
    if is_thousands and numerals.decimal == "," and followed_by_scale:
        is_thousands = False
    return "".join(groups) if is_thousands else f"{groups[0]}.{tail}"


def _goes_on_as_code(tokens: list[Token], last: int, numerals: Numerals) -> bool:
    """Whether what is glued behind digits makes them a code, a date or a time: 5G, 833/2014, 17:45."""
    if last >= len(tokens) or not tokens[last].glued:
        return False
    after = tokens[last]
    if after.kind == "w":
        known = after.low in numerals.scale_words or after.low in _glued_units() or after.low in _ORDINAL_TAILS
        return after.text.isascii() and not known
    follows = last + 1 < len(tokens) and tokens[last + 1].glued and tokens[last + 1].kind == "d"
    if after.text in "/:" and follows:
        return True
    return bool(after.text in _DASHES and follows and _is_iso_date(tokens, last))


def _is_iso_date(tokens: list[Token], last: int) -> bool:
    return (
        last + 3 < len(tokens)
        and tokens[last + 2].text == tokens[last].text
        and tokens[last + 3].kind == "d"
        and tokens[last + 3].glued
    )


@cache
def _glued_units() -> frozenset[str]:
    """Units and codes that may be glued to a number: 5km, 20x, 300EUR."""
    return frozenset(load_grammar("shared")["glued"])


_ORDINAL_TAILS = frozenset(("st", "nd", "rd", "th"))


def _digit_ordinal(tokens: list[Token], at: int, last: int, numerals: Numerals) -> Number | None:
    if last >= len(tokens) or not tokens[last].glued or tokens[at].kind != "d" or last != at + 1:
        return None
    value = float(int(tokens[at].text))
    if tokens[last].low in _ORDINAL_TAILS and numerals.lang == "en":
        return Number(at, last + 1, value, 0.0, "ordinal")
    is_swedish = tokens[last].text == ":" and last + 1 < len(tokens) and tokens[last + 1].low in ("e", "a")
    return Number(at, last + 2, value, 0.0, "ordinal") if is_swedish and tokens[last + 1].glued else None


def _with_sign(tokens: list[Token], at: int, numerals: Numerals) -> tuple[int, float]:
    """Where the number starts with its sign, and the sign; a dash between two numbers is no sign."""
    if at == 0:
        return at, 1.0
    before = tokens[at - 1]
    opens = at == 1 or not before.glued or tokens[at - 2].text in _SIGNED_BEFORE
    if before.text == "-" and tokens[at].glued and opens:
        return at - 1, -1.0
    if before.text == "+" and tokens[at].glued and opens:
        return at - 1, 1.0
    if before.low in numerals.minus:
        return at - 1, -1.0
    if before.low in numerals.plus:
        return at - 1, 1.0
    return at, 1.0


def _half_more(tokens: list[Token], number: Number, numerals: Numerals) -> Number:
    """The number with what stands behind it as a part of one: *and a half*, ½."""
    if number.integer and number.last < len(tokens) and tokens[number.last].glued:
        part = _part_of_one(tokens[number.last].text)
        if part is not None:
            part = part if number.value >= 0 else -part
            return replace(number, last=number.last + 1, value=number.value + part, half=0.05, integer=False)
    for words in numerals.halves:
        if stands_at(tokens, number.last, words):
            return replace(number, last=number.last + len(words), value=number.value + 0.5, half=0.05)
    return number


def _scaled(tokens: list[Token], number: Number, numerals: Numerals) -> Number:
    """The number with the scale words that follow it."""
    while (scale := _scale_at(tokens, number.last, numerals)) is not None:
        last, size = scale
        number = replace(
            number,
            last=last,
            value=number.value * size,
            half=number.half * size,
            scale=number.scale * size,
            integer=False,
        )
    return number


def _scale_at(tokens: list[Token], at: int, numerals: Numerals) -> tuple[int, float] | None:
    if at >= len(tokens):
        return None
    start = at
    if tokens[at].text == "-" and at + 1 < len(tokens) and tokens[at].glued:
        start = at + 1
        if start >= len(tokens):
            return None
    for words, size in numerals.scale_words.get(tokens[start].low, ()):
        if not stands_at(tokens, start, words):
            continue
        if words[0] in _GLUED_SCALES and not tokens[start].glued:
            continue
        last = start + len(words)
        if last < len(tokens) and tokens[last].text == "." and tokens[last].glued and len(words[0]) <= 4:
            is_abbreviated = last + 1 < len(tokens) and not tokens[last + 1].text[:1].isupper()
            last += 1 if is_abbreviated else 0
        return last, size
    return None


def _vulgar(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    part = _part_of_one(tokens[at].text)
    if part is None:
        return None
    if at + 1 < len(tokens) and tokens[at + 1].low in numerals.part_of:
        return Number(at, at + 1, part, FRACTION_HALF_WIDTH, "fraction")
    return _scaled(tokens, Number(at, at + 1, part, 0.005, "digits"), numerals)


def _part_of_one(sign: str) -> float | None:
    """The value of a sign such as ½; None of any other."""
    import unicodedata

    if len(sign) != 1 or unicodedata.category(sign) != "No":
        return None
    value = unicodedata.numeric(sign, None)
    return None if value is None or value >= 1 else value


# ── in words ────────────────────────────────────────────────────────────────────────────────────


def _in_words(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    fraction = _in_every(tokens, at, numerals) or _fraction(tokens, at, numerals)
    if fraction is not None and not fraction.open_above:
        compared = next((w for w in numerals.ratio_after if stands_at(tokens, fraction.last, w)), None)
        if compared is not None:
            return replace(fraction, last=fraction.last + len(compared), kind="ratio", half=0.05 * fraction.value)
    ratio = _table_entry(tokens, at, numerals.ratios, "ratio")
    if fraction is not None and ratio is not None and ratio.last > fraction.last:
        fraction = None
    return (
        _half_of(tokens, at, numerals)
        or fraction
        or ratio
        or _table_entry(tokens, at, numerals.multiples, "multiple")
        or _derived(tokens, at, numerals)
        or _table_entry(tokens, at, numerals.ordinals, "ordinal")
        or _cardinal(tokens, at, numerals)
    )


def _fraction(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    for words, key in numerals.fractions.get(tokens[at].low, ()):
        if not stands_at(tokens, at, words):
            continue
        if key == "most":
            return Number(at, at + len(words), 0.5, 0.0, "fraction", open_above=True)
        return Number(at, at + len(words), float(Fraction(key.rstrip("*"))), FRACTION_HALF_WIDTH, "fraction")
    return None


def _in_every(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    """'Three out of every four', 'sju av tio': two number words make a fraction."""
    part = numerals.word_value(tokens[at].low)
    if part is None or not 1 <= part <= 19:
        return None
    for words in numerals.in_every:
        last = at + 1 + len(words)
        if last < len(tokens) and stands_at(tokens, at + 1, words):
            whole = numerals.word_value(tokens[last].low)
            if whole is not None and part < whole and whole in (3, 4, 5, 6, 7, 8, 9, 10, 20, 100):
                return Number(at, last + 1, part / whole, FRACTION_HALF_WIDTH, "fraction")
    return None


def _half_of(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    for words in numerals.half_of:
        if stands_at(tokens, at, words) and _scale_at(tokens, at + len(words), numerals):
            return _scaled(tokens, Number(at, at + len(words), 0.5, 0.05, "words"), numerals)
    return None


def _table_entry(tokens: list[Token], at: int, table: dict, kind: NumberKind) -> Number | None:
    for words, value in table.get(tokens[at].low, ()):
        if stands_at(tokens, at, words):
            return Number(at, at + len(words), float(value), 0.05 if kind == "ratio" else 0.0, kind)
    return None


def _derived(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    """A number inside a longer word: *tioprocentig*, *fyrdubblats*, *tiofaldig*."""
    word = tokens[at].low
    for tail in numerals.percent_tails:
        if word.endswith(tail) and len(word) > len(tail):
            value = numerals.word_value(word[: -len(tail)])
            if value is not None:
                return Number(at, at + 1, float(value), 0.5, "words", percent=True)
    for tail in numerals.multiple_tails:
        if word.endswith(tail) and len(word) > len(tail):
            value = numerals.word_value(word[: -len(tail)])
            if value is not None and value > 1:
                return Number(at, at + 1, float(value), 0.0, "multiple")
    return None


def _cardinal(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    token = tokens[at]
    if token.low in numerals.articles or numerals.word_value(token.low) == 1:
        return _hundred_and_more(tokens, at, numerals) or _one(tokens, at, numerals)
    if (number := _word_run(tokens, at, numerals)) is None:
        return _bare_scale(tokens, at, numerals)
    first, sign = _with_sign(tokens, at, numerals)
    number = _half_more(tokens, replace(number, first=first, value=sign * number.value), numerals)
    return _scaled(tokens, number, numerals)


def _hundred_and_more(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    """'A hundred and fifty', 'one hundred and five'; a bare hundred counts like other round numbers."""
    run = _word_run(tokens, at + 1, numerals)
    if run is None or numerals.word_value(tokens[at + 1].low) != 100 or run.value <= 100:
        return None
    return _scaled(tokens, replace(run, first=at), numerals)


def _one(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    """One, or an article, which counts only before a scale word, a percent sign or 'and a half'."""
    number = _half_more(tokens, Number(at, at + 1, 1.0, 0.5, "words"), numerals)
    scaled = _scaled(tokens, number, numerals)
    if scaled.last > at + 1:
        return scaled
    if tokens[at].low in numerals.words:
        return number
    return None


def _bare_scale(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    """A thousand or a hundred without a number before it counts once; larger scale words need one."""
    scale = _scale_at(tokens, at, numerals)
    if scale is None or scale[1] > 1e3 or len(tokens[at].text) < 5 or tokens[at].glued:
        return None
    return _scaled(tokens, Number(at, scale[0], scale[1], 0.5 * scale[1], "words", scale=scale[1]), numerals)


def _word_run(tokens: list[Token], at: int, numerals: Numerals) -> Number | None:
    """Number words in a row: twenty-three, two hundred and fifty."""
    total, last, step = 0, at, at
    while step < len(tokens):
        value = numerals.word_value(tokens[step].low) if tokens[step].kind == "w" else None
        if value is None or (total and value >= 20 and value != 100 and total % 100 != 0):
            break
        if value == 100:
            total = max(total, 1) * 100
        elif total and 0 < total % 100 < 20:
            break
        else:
            total += value
        last = step = step + 1
        joined = step + 1 < len(tokens) and (
            tokens[step].text == "-" or (total >= 100 and tokens[step].low in numerals.joiners)
        )
        if joined and numerals.word_value(tokens[step + 1].low) is not None and tokens[step + 1].kind == "w":
            step += 1
    if last == at:
        return None
    return Number(at, last, float(total), 0.5, "words", integer=True)
