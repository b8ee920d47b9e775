"""Lexicon: the word lists of one language, compiled; and the marks they leave on a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from amur.claims.tokens import Token, phrase, stands_at
from amur.codes import Country, blocs, countries, metonyms

GRAMMAR = Path(__file__).parent / "grammar"
LANGUAGES = ("en", "sv", "ru", "zh", "de")

_STATISTICAL = ("aggregate", "constant")


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens `first` to `last` (excluded) that mean `key`, as a `kind` of word; `form` says how it is written."""

    kind: str
    key: str
    first: int
    last: int
    form: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    words: tuple[str, ...]
    kind: str
    key: str
    form: str


@dataclass(frozen=True)
class Lexicon:
    """What the words of one language mean to the reader; `grammar` is its file as parsed."""

    lang: str
    grammar: dict[str, Any]
    index: dict[str, tuple[_Entry, ...]]
    words: dict[str, frozenset[str]]
    compounds: Compounds | None
    not_names: dict[str, tuple[tuple[str, ...], ...]]

    def marks(self, tokens: list[Token]) -> list[Mark]:
        """All marks on a sentence: of each kind the longest at each place, in order of place."""
        found: list[Mark] = []
        masked = self._masked(tokens)
        place_until = 0
        for at, token in enumerate(tokens):
            longest: dict[str, int] = {}
            for entry in self.index.get(token.low, ()):
                last = at + len(entry.words)
                if longest.get(entry.kind, 0) > last or (last > at + 1 and not stands_at(tokens, at, entry.words)):
                    continue
                if entry.kind == "place" and (
                    at < place_until or masked[at] or not _is_name(tokens[at:last], entry.form, self.lang)
                ):
                    continue
                longest[entry.kind] = last
                found.append(Mark(entry.kind, entry.key, at, last, entry.form))
            if "place" in longest:
                place_until = longest["place"]
            if self.compounds is not None and token.kind == "w" and len(token.low) > 5:
                found.extend(self.compounds.marks(token, at, longest))
        return found

    def _masked(self, tokens: list[Token]) -> list[bool]:
        masked = [False] * len(tokens)
        for at, token in enumerate(tokens):
            for words in self.not_names.get(token.low, ()):
                if stands_at(tokens, at, words):
                    masked[at : at + len(words)] = [True] * len(words)
        return masked


_LONG_TAIL = 6  # letters of a product that may have any word before it, as litiumjonbatterier


@dataclass(frozen=True)
class Compounds:
    """How a language writes two words as one: the tails it looks for and the heads of words before them."""

    tails: dict[str, tuple[_Entry, ...]]
    products: dict[str, str]
    places: dict[str, str]
    plain: frozenset[str]
    legs: dict[str, str]
    barred: frozenset[str]
    goods: tuple[str, ...]
    longest_tail: int
    known: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)

    def marks(self, token: Token, at: int, taken: dict[str, int]) -> Iterator[Mark]:
        """The marks of both parts of a compound, such as coal and exports."""
        if token.low not in self.known:
            if len(self.known) > 50_000:
                self.known.clear()
            self.known[token.low] = tuple(self._split(token.low))
        for entry in self.known[token.low]:
            if entry.kind not in taken:
                yield Mark(entry.kind, entry.key, at, at + 1, entry.form)

    def _split(self, word: str) -> Iterator[_Entry]:
        for cut in range(max(2, len(word) - self.longest_tail), len(word) - 2):
            tails = self.tails.get(word[cut:])
            if not tails:
                continue
            head = word[:cut]
            before = list(self._head(head))
            outward = [
                t
                for t in tails
                if t.kind == "head" and t.key in ("exports", "imports") and t.words[0].startswith(("export", "import"))
            ]
            if outward and head not in self.barred and not before:
                yield from outward
                if not {head, head.removesuffix("s")} & {*self.plain, *self.legs}:
                    # Goods that no list names are goods all the same: 'tomatexport' is not all that is exported.
                    yield _Entry((head,), "product", head, "stem")
                return
            leg = self.legs.get(head) or self.legs.get(head.rstrip("s"))
            if before or leg is not None or head in self.plain or head.rstrip("s") in self.plain:
                yield from tails
                yield from before
                if leg is not None and all(tail.kind == "cue" for tail in tails):
                    yield _Entry((head,), "head", leg, "noun")
                return
            if any(tail.kind == "product" for tail in tails) and len(word) - cut >= _LONG_TAIL:
                yield from (tail for tail in tails if tail.kind == "product")
                return
        yield from self._goods(word)

    def _goods(self, word: str) -> Iterator[_Entry]:
        """Goods named after what they are made of: litiummalm, stålprodukter."""
        for tail in self.goods:
            head = word.removesuffix(tail)
            for part in (head, head.removesuffix("s")) if head != word else ():
                if part in self.products:
                    yield _Entry((word,), "product", self.products[part], "")
                    return

    def _head(self, head: str) -> Iterator[_Entry]:
        for part in (head, head[:-1] if head.endswith("s") else head):
            if part in self.products:
                yield _Entry((part,), "product", self.products[part], "stem")
                return
            if part in self.places:
                yield _Entry((part,), "place", self.places[part], "compound")
                return


def _is_name(tokens: list[Token], form: str, lang: str) -> bool:
    """Whether the case of the letters fits a name: `Turkey` and `US`, not `turkey` and `us`."""
    words = [token.text for token in tokens if token.kind == "w"]
    if not words:
        return False
    if form.startswith("common") or (lang == "sv" and form in ("adj", "demonym")):
        return True
    if len(tokens) == 1 and len(words[0]) == 2 and words[0].lower() in ("us", "uk", "eu"):
        return words[0].isupper()
    return any(word[0].isupper() for word in words) or not words[0].isascii()


# ── compiling ───────────────────────────────────────────────────────────────────────────────────


@cache
def load_grammar(lang: str) -> dict[str, Any]:
    """The grammar file of a language as parsed."""
    with (GRAMMAR / f"{lang}.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def load_words(lang: str) -> dict[str, frozenset[str]]:
    """The small words of a language by the part they play."""
    return {name: frozenset(words) for name, words in load_grammar(lang).get("words", {}).items()}


@cache
def load_shared() -> dict[str, Any]:
    """Currency signs, codes and fiscal years, the same in all languages."""
    return load_grammar("shared")


@cache
def load_lexicon(lang: str) -> Lexicon:
    """The compiled word lists of a language."""
    grammar = load_grammar(lang)
    entries = [*_word_entries(grammar), *_product_entries(lang), *_place_entries(lang, grammar)]
    index: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.words:
            index.setdefault(entry.words[0], []).append(entry)
    masks: dict[str, list[tuple[str, ...]]] = {}
    for name in grammar.get("names", {}).get("not_names", ()):
        words = phrase(name)
        masks.setdefault(words[0], []).append(words)
    return Lexicon(
        lang=lang,
        grammar=grammar,
        index={word: _longest_first(found) for word, found in index.items()},
        words=load_words(lang),
        compounds=_compounds(lang, grammar, entries),
        not_names={word: tuple(found) for word, found in masks.items()},
    )


def _longest_first(entries: list[_Entry]) -> tuple[_Entry, ...]:
    unique = dict.fromkeys(entries)
    return tuple(sorted(unique, key=lambda entry: -len(entry.words)))


def _word_entries(grammar: dict[str, Any]) -> Iterator[_Entry]:
    for concept, forms in grammar.get("heads", {}).items():
        for form, words in forms.items():
            yield from _entries(words, "head", concept, form)
    for direction, forms in grammar.get("cues", {}).items():
        for form, words in forms.items():
            yield from _entries(words, "cue", direction, form)
    for table, kind in (("qualifiers", "qualifier"), ("modality", "modality"), ("trend", "trend"), ("roles", "role")):
        for key, words in grammar.get(table, {}).items():
            yield from _entries(words, kind, key)
    for key, words in grammar.get("pairs", {}).items():
        yield from _entries(words, f"pair_{key}", key)
    yield from _entries(grammar.get("when", {}).get("now", ()), "now", "now")
    yield from _entries(grammar.get("not_heads", {}).get("words", ()), "not_head", "not_head")
    yield from _entries(grammar.get("offtopic", {}).get("topic", ()), "offtopic", "topic")
    for key, words in grammar.get("anaphora", {}).items():
        yield from _entries(words, f"anaphor_{key}", key)
    yield from _entries(grammar.get("comparisons", {}).get("number", ()), "compared", "compared")
    for key, words in grammar.get("clauses", {}).items():
        yield from _entries(words, "clause", key)
    for key, words in grammar.get("attribution", {}).items():
        yield from _entries(words, f"who_{key}", key)
    for key, words in grammar.get("stop", {}).items():
        yield from _entries(words, f"stop_{key}", key)
    rank = grammar.get("rank", {})
    yield from _entries(rank.get("superlative", ()), "superlative", "superlative")
    yield from _entries(rank.get("places", ()), "rank_place", "place")
    yield from _entries(rank.get("verbs", ()), "rank_verb", "rank")
    for flow, words in rank.get("nouns", {}).items():
        yield from _entries(words, "rank_noun", flow)


def _entries(words: Iterable[str], kind: str, key: str, form: str = "") -> Iterator[_Entry]:
    for text in words:
        yield _Entry(phrase(text), kind, key, form)


def _product_entries(lang: str) -> Iterator[_Entry]:
    for key, forms in load_grammar("products").items():
        texts = forms.get(lang, ())
        yield from _entries(texts, "product", key)
        if lang == "sv" and key != "total":
            yield from _entries((f"{text}s" for text in texts if text.endswith(("n", "t", "na"))), "product", key)
        if lang == "en" and key != "total":
            yield from _entries((one for text in texts if (one := _singular(text))), "product", key)


def _singular(text: str) -> str:
    """The singular of an English plural, as it stands before another noun: watch exports; empty if it is none."""
    if len(text) < 5 or not text.endswith("s") or text.endswith(("ss", "us", "is", "arms", "goods", "ics", "gas")):
        return ""
    if text.endswith("ies"):
        return f"{text[:-3]}y"
    return text[:-2] if text.endswith(("ches", "shes", "xes", "oes")) else text[:-1]


# ── places ──────────────────────────────────────────────────────────────────────────────────────


def _place_entries(lang: str, grammar: dict[str, Any]) -> Iterator[_Entry]:
    if lang not in ("en", "sv"):
        return
    for country in countries():
        if country.iso3 not in load_shared()["unnamed_places"]:
            yield from _country_entries(country, lang, grammar)
    for bloc in blocs():
        if bloc.kind not in _STATISTICAL:
            name = bloc.name_en if lang == "en" else bloc.name_sv
            names = {bloc.code, name, *(other for other in bloc.names_other if "_" not in other)}
            for text in names:
                yield from _name_forms(text.lower(), bloc.code, "name", lang)
    for item in metonyms():
        form = "capital" if item.kind == "capital" else "leader" if item.kind in ("leader", "minister") else "metonym"
        yield from _name_forms(item.name.lower(), item.code, form, lang)
    names = grammar.get("names", {})
    for table, form in (
        ("demonyms", "demonym"),
        ("groups", "group"),
        ("regions", "region"),
        ("metonyms", "metonym"),
        ("common", "common"),
    ):
        for code, texts in names.get(table, {}).items():
            for text in texts:
                yield from _name_forms(text, code, form, lang)


def _country_entries(country: Country, lang: str, grammar: dict[str, Any]) -> Iterator[_Entry]:
    name = country.name_en if lang == "en" else country.name_sv
    for text in {name.lower(), *(other.lower() for other in country.names_other if len(other) > 2 or other == "UK")}:
        if "," not in text and "(" not in text:
            yield from _name_forms(text, country.iso3, "name", lang)
    if country.iso3 == name or (lang == "en" and country.article_en == "the"):
        yield from _name_forms(f"the {name.lower()}", country.iso3, "name", lang)
    adjective = (country.adjective_en if lang == "en" else country.adjective_sv).lower()
    forms = (adjective,) if lang == "en" else _swedish_adjective(adjective)
    for text in forms:
        yield _Entry(phrase(text), "place", country.iso3, "adj")
    capital = (country.capital_en if lang == "en" else country.capital_sv).lower()
    if capital in grammar.get("names", {}).get("plain_capitals", ()):
        yield from _name_forms(capital, country.iso3, "capital", lang)


def _swedish_adjective(adjective: str) -> tuple[str, ...]:
    """The forms of an adjective: rysk, ryska, ryskt, ryske, ryskas."""
    return adjective, f"{adjective}a", f"{adjective}t", f"{adjective}e"


def _name_forms(text: str, code: str, form: str, lang: str) -> Iterator[_Entry]:
    """A name and, where the language ends it with an s, its genitive."""
    if not text:
        return
    yield _Entry(phrase(text), "place", code, form)
    if lang != "sv" or form in ("adj",):
        return
    if text[-1] not in "sxz":
        yield _Entry(phrase(f"{text}s"), "place", code, f"{form}_gen")
    yield _Entry(phrase(f"{text}:s"), "place", code, f"{form}_gen")


def _compounds(lang: str, grammar: dict[str, Any], entries: list[_Entry]) -> Compounds | None:
    table = grammar.get("compounds")
    if not table:
        return None
    tails: dict[str, list[_Entry]] = {}
    for entry in entries:
        usable = entry.kind in ("rank_noun", "product") or (entry.kind in ("head", "cue") and entry.form == "noun")
        if len(entry.words) == 1 and len(entry.words[0]) > 2 and usable:
            tails.setdefault(entry.words[0], []).append(entry)
    stems = {
        stem: key
        for key, forms in load_grammar("products").items()
        for stem in forms.get("stems", ())
        if key != "total"
    }
    places = {
        entry.words[0]: entry.key
        for entry in entries
        if entry.kind == "place"
        and len(entry.words) == 1
        and entry.form in ("name", "name_gen", "adj", "metonym", "group")
    }
    return Compounds(
        tails={word: tuple(found) for word, found in tails.items()},
        products=stems,
        places=places,
        plain=frozenset(table["prefixes"]),
        legs=dict(table.get("legs", {})),
        barred=frozenset(table.get("barred", ())),
        goods=tuple(table.get("goods", ())),
        longest_tail=max(map(len, tails), default=0),
    )


_CYRILLIC = re.compile(r"[а-яА-Я]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")


def detect_language(text: str) -> str:
    """The language whose commonest words are most frequent in the first part of a text; English if none is."""
    sample = text[:20_000]
    letters = len(sample) or 1
    if len(_HAN.findall(sample)) > 0.15 * letters:
        return "zh"
    if len(_CYRILLIC.findall(sample)) > 0.4 * letters:
        return "ru"
    words = [word.lower() for word in _WORD.findall(sample)]
    scores = {lang: _share(words, frozenset(load_grammar(lang)["stopwords"])) for lang in ("en", "sv", "de")}
    if max(scores.values()) == 0 and re.search(r"[åäö]", sample.lower()):
        return "sv"
    return max(scores, key=lambda lang: scores[lang])


def _share(words: list[str], common: frozenset[str]) -> int:
    return sum(word in common for word in words)
