"""Scene: one sentence with all that was found on its tokens, ready to be put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from amur.claims.lexicon import Lexicon, Mark
from amur.claims.numbers import Number, find_numbers, load_numerals
from amur.claims.tokens import Token
from amur.claims.units import Quantity, find_quantities, load_units
from amur.claims.when import TimeMark, find_times, load_when

_NAME_FORMS = ("name", "metonym", "leader", "capital", "group", "region", "demonym", "common")
_NONE: frozenset[str] = frozenset()
_ENGLISH_GENITIVES = ("'s", "’s")


@dataclass(frozen=True, slots=True)
class Place:
    """A country, bloc, region or group that is named: by its name, an adjective, its capital or its leader."""

    code: str
    first: int
    last: int
    form: str
    genitive: bool

    @property
    def is_adjective(self) -> bool:
        """Whether it qualifies the noun that follows: Russian gas."""
        return self.form in ("adj", "demonym", "compound")


@dataclass(frozen=True)
class Scene:
    """Tokens with their marks; positions are token numbers, an end is excluded."""

    tokens: list[Token]
    lexicon: Lexicon
    marks: dict[str, tuple[Mark, ...]]
    times: tuple[TimeMark, ...]
    quantities: tuple[Quantity, ...]

    def is_word(self, name: str, at: int) -> bool:
        """Whether the token at a place plays a part: `and`, `of`, `articles`; false outside the sentence."""
        return 0 <= at < len(self.tokens) and self.tokens[at].low in self.words(name)

    def words(self, name: str) -> frozenset[str]:
        """The words of the language that play a part."""
        return self.lexicon.words.get(name, _NONE)

    @property
    def lang(self) -> str:
        """The language of the sentence."""
        return self.lexicon.lang

    def of(self, kind: str) -> tuple[Mark, ...]:
        """The marks of one kind, in order."""
        return self.marks.get(kind, ())

    @cached_property
    def starts(self) -> dict[str, dict[int, Mark]]:
        """For each kind, its marks by the token where they start; the longest where several do."""
        table: dict[str, dict[int, Mark]] = {}
        for kind, found in self.marks.items():
            at: dict[int, Mark] = {}
            for mark in found:
                if mark.first not in at or at[mark.first].last < mark.last:
                    at[mark.first] = mark
            table[kind] = at
        return table

    def at(self, kind: str, position: int) -> Mark | None:
        """The mark of a kind that starts at a token."""
        return self.starts.get(kind, {}).get(position)

    def between(self, kind: str, first: int, last: int) -> Iterable[Mark]:
        """The marks of a kind that lie inside a span."""
        return (mark for mark in self.of(kind) if first <= mark.first and mark.last <= last)

    @cached_property
    def _roles(self) -> dict[int, frozenset[str]]:
        table: dict[int, set[str]] = {}
        for mark in self.of("role"):
            table.setdefault(mark.first, set()).add(mark.key)
        return {at: frozenset(keys) for at, keys in table.items()}

    def roles_at(self, position: int) -> frozenset[str]:
        """The parts that a preposition at a token may give to the place behind it."""
        return self._roles.get(position, frozenset())

    @cached_property
    def _roles_ending(self) -> dict[int, frozenset[str]]:
        table: dict[int, set[str]] = {}
        for mark in self.of("role"):
            table.setdefault(mark.last, set()).add(mark.key)
        return {at: frozenset(keys) for at, keys in table.items()}

    def roles_before(self, position: int) -> frozenset[str]:
        """The parts that the preposition before a token gives to what stands there."""
        return self._roles_ending.get(position, frozenset())

    @cached_property
    def ends(self) -> dict[str, dict[int, Mark]]:
        """For each kind, its marks by the token they end before; the longest where several do."""
        table: dict[str, dict[int, Mark]] = {}
        for kind, found in self.marks.items():
            at: dict[int, Mark] = {}
            for mark in found:
                if mark.last not in at or at[mark.last].first > mark.first:
                    at[mark.last] = mark
            table[kind] = at
        return table

    def ending(self, kind: str, position: int) -> Mark | None:
        """The mark of a kind that ends before a token."""
        return self.ends.get(kind, {}).get(position)

    @cached_property
    def place_ends(self) -> dict[int, Place]:
        """The places by the token they end before, a genitive sign passed over or not."""
        table: dict[int, Place] = {}
        for place in self.places:
            table[place.last] = place
            sign = self.tokens[place.last].text if place.last < len(self.tokens) else ""
            if place.genitive and sign.startswith(("'", "’")):
                table[place.last + 1] = place
        return table

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places named, in order; of two that overlap the longer."""
        found: list[Place] = []
        for mark in sorted(self.of("place"), key=lambda m: (m.first, -m.last)):
            if found and mark.first < found[-1].last and mark.form != "compound":
                continue
            if mark.form in ("group", "adj", "demonym") and self._is_epithet(mark):
                continue
            found.append(self._place(mark))
        return tuple(found)

    def _is_epithet(self, mark: Mark) -> bool:
        """Whether a region only describes a country named before: the Asian giant, the African nation."""
        return mark.key.isupper() and len(mark.key) > 3 and self.is_word("country_nouns", mark.last)

    def _place(self, mark: Mark) -> Place:
        form = mark.form.removesuffix("_gen")
        follows = self.tokens[mark.last] if mark.last < len(self.tokens) else None
        english = follows is not None and follows.low in _ENGLISH_GENITIVES
        bare = follows is not None and follows.text in "'’" and follows.glued and self.lang == "en"
        ends_in_s = self.lang == "sv" and self.tokens[mark.last - 1].low[-1] in "sxz" and form in _NAME_FORMS
        if form == "adj" and self._is_short_name(mark):
            form = "name"
        named_as_genitive = mark.form.endswith("_gen") or english or bare
        code = f"outside {mark.key}" if self._is_outside(mark) else mark.key
        return Place(code, mark.first, mark.last, form, named_as_genitive or (ends_in_s and self._is_owner(mark)))

    def _is_outside(self, mark: Mark) -> bool:
        """Whether the place is the one left out: 'countries outside the EU'."""
        return self.is_word("outside", before_articles(self, mark.first) - 1)

    def _is_short_name(self, mark: Mark) -> bool:
        """Whether US or UK stands for the country and qualifies no noun: 'the US remained …'."""
        letters = "".join(token.text for token in self.tokens[mark.first : mark.last] if token.kind == "w")
        if not (letters.isupper() and len(letters) <= 3):
            return False
        at = mark.last
        if at >= len(self.tokens) or (self.tokens[at].kind == "p" and self.tokens[at].text in ",.;:)?!"):
            return True
        cue = self.at("cue", at)
        return self.is_word("copulas", at) or (cue is not None and cue.form == "verb" and self.at("head", at) is None)

    def _is_owner(self, mark: Mark) -> bool:
        """Whether a Swedish name in s stands before a noun that it owns: Laos export."""
        head = self.at("head", mark.last)
        owned = (head is not None and head.form == "noun") or self.at("rank_noun", mark.last) is not None
        return mark.last < len(self.tokens) and owned

    @cached_property
    def place_at(self) -> dict[int, Place]:
        """The places by their first token."""
        table: dict[int, Place] = {}
        for place in self.places:
            table.setdefault(place.first, place)
        return table

    @cached_property
    def time_at(self) -> dict[int, TimeMark]:
        """The time expressions by their first token."""
        return {mark.first: mark for mark in self.times}

    @cached_property
    def in_time(self) -> frozenset[int]:
        """The tokens inside time expressions."""
        return frozenset(step for mark in self.times for step in range(mark.first, mark.last))

    @cached_property
    def inside_number(self) -> frozenset[int]:
        """The tokens inside the digits of a number, where a comma or a point parts nothing."""
        return frozenset(step for q in self.quantities for step in range(q.number.first, q.number.last))

    @cached_property
    def in_place(self) -> frozenset[int]:
        """The tokens inside the names of places."""
        return frozenset(step for place in self.places for step in range(place.first, place.last))

    def text(self, first: int, last: int) -> str:
        """The words of a span in lower case with single spaces, for comparison only."""
        return " ".join(token.low for token in self.tokens[first:last])


def before_articles(scene: Scene, at: int) -> int:
    """The token before which the articles that lead to a token begin."""
    while scene.is_word("articles", at - 1):
        at -= 1
    return at


def build_scene(tokens: list[Token], lexicon: Lexicon) -> Scene:
    """Mark a sentence: words, places, times, and the numbers that no time expression has taken."""
    marks: dict[str, list[Mark]] = {}
    for mark in lexicon.marks(tokens):
        marks.setdefault(mark.kind, []).append(mark)
    times = find_times(tokens, load_when(lexicon.lang))
    taken = {step for mark in times for step in range(mark.first, mark.last)}
    numbers = [number for number in find_numbers(tokens, load_numerals(lexicon.lang)) if not _overlaps(number, taken)]
    quantities = find_quantities(tokens, numbers, load_units(lexicon.lang))
    return Scene(
        tokens=tokens,
        lexicon=lexicon,
        marks={kind: tuple(sorted(found, key=lambda m: (m.first, -m.last))) for kind, found in marks.items()},
        times=tuple(times),
        quantities=tuple(quantities),
    )


def _overlaps(number: Number, taken: set[int]) -> bool:
    return any(step in taken for step in range(number.first, number.last))
