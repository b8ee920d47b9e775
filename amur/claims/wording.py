"""Wording: what is told of a claim in the reader's language, one sentence ready to print, and its arithmetic."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from amur import facts
from amur.claims.amounts import WORLD, Statement, base_of, whole_of
from amur.claims.edits import Edit
from amur.claims.link import Linked, figure_of
from amur.claims.verdict import Judgement
from amur.errors import CodeError
from amur.figures import Figure, display_scale
from amur.intervals import Interval
from amur.periods import Period
from amur.text import Text

_RELATIONS = ("level", "growth", "change", "share", "ratio")
# Edits after which the figure is about something else: the fact is told of that.
_MOVES = ("roles", "base", "period", "flow")
_FLOWS = ("total", "exports", "imports", "balance")
_LONGEST_QUOTE = 90


@dataclass(frozen=True)
class Teller:
    """Tells verdicts in one language; `claims` are all linked claims by key, for those that refer to others."""

    text: Text
    claims: Mapping[str, Linked]

    # ── places, periods, numbers ────────────────────────────────────────────────────────────────

    def place(self, code: str) -> str:
        """A country or bloc as it stands in a sentence; a region that has no code is its own name."""
        if code in ("", WORLD):
            return self.text("check.world")
        try:
            return self.text.the(code)
        except CodeError:
            return code

    def place_of(self, code: str) -> str:
        """The possessive of a place."""
        try:
            return self.text.genitive(code) if code not in ("", WORLD) else self.text("check.world")
        except CodeError:
            return code

    def period(self, period: Period) -> str:
        """A period as it stands in a sentence: `the first half of 2025`."""
        told = self.text.period(period)
        return self.text("check.period", period=told) if period.kind in ("half", "quarter") else told

    def number(self, figure: Figure) -> str:
        """A value with its unit; a ratio with the word for times, a rank as a place."""
        if figure.unit == "ratio":
            return self.text("check.unit.times", number=self.text.figure(figure))
        if figure.unit == "rank":
            return self.text("check.unit.place", number=self.text.number(figure.value, digits=0))
        if figure.unit == "pp":
            return self.text.points(figure.value)
        return self.text.figure(figure)

    def span(self, statement: Statement, interval: Interval | None) -> str:
        """A range in the unit of a statement."""
        if interval is None:
            return self.text("check.clash.nothing")
        figure = statement.figure
        if is_deficit(statement):
            figure, interval = _positive(figure), Interval(-interval.high, -interval.low)
        ends = [self._end(figure, end) for end in (interval.low, interval.high)]
        return self.text("check.range", low=ends[0], high=ends[1])

    def _end(self, figure: Figure, end: float) -> str:
        if end in (float("inf"), -float("inf")):
            return "∞" if end > 0 else "−∞"
        bare = replace(figure, value=end, low=None, high=None, interval_kind="none", printed="")
        factor, _ = display_scale(bare)
        width = figure.interval.width if figure.interval else 0.0
        if not 0 < width < float("inf") or not figure.printed or factor != display_scale(figure)[0]:
            return self.number(bare)
        decimals = len(figure.printed.partition(".")[2]) + 1
        return self.number(replace(bare, printed=f"{end / factor:.{decimals}f}"))

    def claimed(self, item: Linked) -> str:
        """The number of a claim with the words that widen it: `more than 100%`; the quote where it has none."""
        reading = item.reading
        if reading.value is None:
            return self.quoted(item)
        statement = item.links[0].statement
        figure = _positive(statement.figure) if statement and is_deficit(statement) else statement and statement.figure
        number = self.number(figure) if figure else self.quoted(item)
        key = f"check.qualifier.{reading.qualifier}"
        return self.text(key, value=number) if reading.qualifier and self.text.has(key) else number

    def quote(self, item: Linked) -> str:
        """The words of a claim, on one line and not too long."""
        words = " ".join(item.claim.quote.split())
        return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1].rstrip() + "…"

    def quoted(self, item: Linked) -> str:
        """The same between quotation marks."""
        return self.text("check.verdict.words", quote=self.quote(item))

    def source(self, *figures: Figure) -> str:
        """Who says it, each by the name in the reader's language."""
        names = [part.strip() for figure in figures for part in figure.reporter.split(";") if part.strip()]
        known = facts.reporters()
        told = [known[name].name(self.text.language) if name in known else name for name in names]
        return ", ".join(dict.fromkeys(told)) or self.text("check.own_data")

    # ── facts ───────────────────────────────────────────────────────────────────────────────────

    def fact(self, figure: Figure, statement: Statement) -> str:
        """What a figure says, as a clause: `trade between Russia and China was 125.8 billion dollars in …`."""
        relation = statement.relation if statement.relation != "share change" else "change"
        about = replace(
            figure, subject=statement.figure.subject, object=statement.figure.object, flow=statement.figure.flow
        )
        key = self._fact_key(relation, about, statement)
        values = {
            name: make()
            for name, make in self._parts(about, statement).items()
            if f"{{{name}}}" in self.text.template(key)
        }
        told = self.text(key, **values)
        product = statement.figure.product
        if product in ("total", "goods", ""):
            return told
        return self.text("check.fact.product", fact=told, product=self.product(product))

    def product(self, product: str) -> str:
        """A product by the name in the catalogue, else by the first one under which texts call it."""
        key = f"check.product.{product}"
        return self.text(key) if self.text.has(key) else product_name(product, self.text.language)

    def _fact_key(self, relation: str, figure: Figure, statement: Statement) -> str:
        last = figure.flow if statement.kind == "trade" and figure.flow in _FLOWS else "other"
        if relation == "level" and statement.kind == "investment":
            last = "investment"
        if relation == "growth" and statement.against is not None and last != "other":
            last = f"of_share_{last}"
        if last == "balance" and relation in ("level", "growth"):
            size = figure.derivation.inputs[0] if relation == "growth" and figure.derivation else figure
            last = "deficit" if size.value < 0 else "surplus"
        key = f"check.fact.{relation}_{last}"
        return key if self.text.has(key) else f"check.fact.{relation if relation in _RELATIONS else 'level'}_other"

    def _parts(self, figure: Figure, statement: Statement) -> dict[str, Callable[[], str]]:
        """Each part of a sentence about a figure, made only where the sentence asks for it."""
        moves = statement.relation in ("growth", "change", "share change")
        size = _positive(figure) if moves or (statement.relation == "level" and figure.flow == "balance") else figure
        direction = "rose" if figure.value >= 0 else "fell"
        period = figure.period or statement.figure.period
        return {
            "a": lambda: self.place(figure.subject),
            "a_of": lambda: self.place_of(figure.subject),
            "b": lambda: self.place(figure.object),
            "c": lambda: self.place(whole_of(statement).object),
            "value": lambda: self.number(size),
            "moved": lambda: self.text(f"check.moved.{direction}"),
            "when": lambda: self.text("check.when", period=self.period(period)) if period else "",
            "period": lambda: self.period(period) if period else "",
            "span": lambda: self._span(figure, period),
        }

    def _span(self, figure: Figure, period: Period | None) -> str:
        """From when to when a change is, as far as it is said."""
        if period is not None:
            base = base_of(replace(figure, period=period))
            return self.text("check.span", base=self.period(base), period=self.period(period))
        return self.text("check.since", base=self.period(figure.base_period)) if figure.base_period else ""

    # ── verdicts ────────────────────────────────────────────────────────────────────────────────

    def sentence(self, item: Linked, judgement: Judgement) -> str:
        """The verdict of the data as one sentence (or two) ready to print."""
        tellers: Mapping[str, Callable[[Linked, Judgement], str]] = {
            "supported": self._supported,
            "supported_within_rounding": self._simple,
            "supported_only_for": self._only_for,
            "contradicted": self._contradicted,
            "roles_swapped": self._swapped,
            "conversion": self._converted,
            "level_growth_confusion": self._record,
            "different_concept": self._concept,
            "not_an_outcome": self._no_outcome,
            "underspecified": self._underspecified,
            "unit_confusion": self._units,
        }
        told = tellers.get(judgement.code, self._outside)(item, judgement)
        return told[:1].upper() + told[1:]

    def _main(self, judgement: Judgement) -> tuple[str, str]:
        """The fact that decides, and whose it is."""
        figure = judgement.evidence[0].figure
        return self.fact(figure, self._statement(judgement)), self.source(figure)

    def _statement(self, judgement: Judgement) -> Statement:
        statement = judgement.link.statement or _words_as_statement(judgement)
        edit = judgement.edit
        return replace(statement, figure=edit.figure) if edit and edit.kind in _MOVES else statement

    def _simple(self, item: Linked, judgement: Judgement) -> str:
        fact, source = self._main(judgement)
        loose = judgement.evidence[0].nature in ("table", "converted")
        key = "check.verdict.supported_nearby" if loose else f"check.verdict.{judgement.code}"
        return self.text(key, fact=fact, source=source, claimed=self.claimed(item))

    def _supported(self, item: Linked, judgement: Judgement) -> str:
        if judgement.detail == "multiple":
            found = self.number(judgement.evidence[0].figure)
            return self.text("check.verdict.supported_multiple", found=found)
        if judgement.detail == "record":
            return self._record(item, judgement)
        fact, source = self._main(judgement)
        key = {"reading": "supported_reading", "": "supported"}.get(judgement.detail, "supported_words")
        return self.text(f"check.verdict.{key}", fact=fact, source=source)

    def _only_for(self, item: Linked, judgement: Judgement) -> str:
        fact, source = self._main(judgement)
        edit = judgement.edit
        key = "only_for_alone" if judgement.detail == "alone" else f"only_for_{edit.kind if edit else 'base'}"
        return self.text(
            f"check.verdict.{key}", claimed=self.claimed(item), fact=fact, source=source,
            after=self.slot(edit.after) if edit else "", before=self.slot(edit.before) if edit else "",
        )  # fmt: skip

    def _contradicted(self, item: Linked, judgement: Judgement) -> str:
        if judgement.detail == "record":
            return self._record(item, judgement)
        fact, source = self._main(judgement)
        if item.reading.value is None:
            return self.text("check.verdict.contradicted_words", fact=fact, source=source)
        edit = judgement.edit
        if edit is not None and edit.kind == "sign":
            return self.text("check.verdict.contradicted_sign", fact=fact, source=source)
        claimed = self.claimed(item)
        if edit is not None and edit.kind == "digits":
            return self.text("check.verdict.contradicted_digits", fact=fact, source=source, claimed=claimed)
        if edit is not None and edit.kind == "scale":
            factor = self._factor(edit)
            return self.text(
                "check.verdict.contradicted_scale", fact=fact, source=source, claimed=claimed, factor=factor
            )
        return self.text("check.verdict.contradicted", fact=fact, source=source, claimed=claimed)

    def _factor(self, edit: Edit) -> str:
        size = edit.after if isinstance(edit.after, float) else 1.0
        return self.text.number(max(size, 1 / size), digits=0)

    def _swapped(self, item: Linked, judgement: Judgement) -> str:
        fact, source = self._main(judgement)
        named = next((one for one in judgement.evidence[1:] if one.nature == "published"), None)
        own = judgement.link.statement
        actual = self.text("check.verdict.roles_actual", fact=self.fact(named.figure, own)) if named and own else ""
        told = self.text(
            "check.verdict.roles_swapped", claimed=self.claimed(item), fact=fact, source=source, actual=actual
        )
        return told.rstrip()

    def _converted(self, item: Linked, judgement: Judgement) -> str:
        plain = [one for one in judgement.evidence if one.nature != "other concept"]
        if not plain:
            return self._outside(item, judgement)
        return self.text(
            "check.verdict.conversion_data",
            fact=self.fact(plain[0].figure, self._statement(judgement)),
            source=self.source(plain[0].figure),
            claimed=self.claimed(item),
        )

    def _record(self, item: Linked, judgement: Judgement) -> str:
        first, second = judgement.evidence[0].figure, judgement.evidence[1].figure
        relation = "growth" if first.unit == "fraction" else "level"
        statement = replace(_words_as_statement(judgement), relation=relation)
        key = "level_growth_confusion" if judgement.code == "level_growth_confusion" else "record_words"
        return self.text(
            f"check.verdict.{key}",
            fact=self.fact(first, statement),
            source=self.source(first),
            other=self.number(second),
            when_other=self.period(second.period) if second.period else "",
        )

    def _concept(self, item: Linked, judgement: Judgement) -> str:
        if judgement.detail == "projects":
            return self.text(
                "check.verdict.different_concept_projects", claimed=self.claimed(item), beside=self._beside(judgement)
            )
        fact, source = self._main(judgement)
        concept = judgement.evidence[0].figure.basis.split(",")[0]
        key = f"check.concept.{concept}"
        named = self.text(key) if self.text.has(key) else concept
        return self.text(
            "check.verdict.different_concept", claimed=self.claimed(item), concept=named, fact=fact, source=source
        )

    def _units(self, item: Linked, judgement: Judgement) -> str:
        points, percent = (one.figure for one in judgement.evidence[:2])
        new, old = points.derivation.inputs if points.derivation else (points, percent)
        shown = {"old": old, "new": new, "points": points, "percent": percent}
        told = {name: self.number(figure) for name, figure in shown.items()}
        return self.text("check.verdict.unit_confusion", claimed=self.claimed(item), **told)

    def _beside(self, judgement: Judgement) -> str:
        other = next((self.claims[key] for key in judgement.others if key in self.claims), None)
        if other is None or not judgement.evidence:
            return ""
        ratio = judgement.evidence[0].figure
        return self.text(
            "check.verdict.different_concept_beside",
            ratio=self.number(ratio),
            stock=self.claimed(other),
            quote=self.quote(other),
        )

    def _no_outcome(self, item: Linked, judgement: Judgement) -> str:
        outcome = ""
        if judgement.evidence and judgement.link.statement:
            figure = judgement.evidence[0].figure
            fact = self.fact(figure, judgement.link.statement)
            outcome = self.text("check.verdict.outcome", fact=fact, source=self.source(figure))
        return self.text(f"check.verdict.{item.reading.modality}", claimed=self.claimed(item), outcome=outcome)

    def _underspecified(self, item: Linked, judgement: Judgement) -> str:
        reading = item.reading
        if judgement.detail == "twice":
            return self.text("check.verdict.underspecified_twice", claimed=self.claimed(item))
        slots = [
            name for name in ("subject", "object", "period") if name in reading.assumed or not getattr(reading, name)
        ]
        words = [self.text(f"check.missing.{name}") for name in slots or ("scope",)]
        missing = words[0]
        for word in words[1:]:
            missing = self.text("check.missing.and", first=missing, last=word)
        if judgement.detail == "context" and judgement.evidence:
            fact, source = self._main(judgement)
            return self.text(
                "check.verdict.underspecified_context",
                missing=missing, claimed=self.claimed(item), fact=fact, source=source,
            )  # fmt: skip
        return self.text("check.verdict.underspecified", missing=missing, claimed=self.claimed(item))

    def _outside(self, item: Linked, judgement: Judgement) -> str:
        if judgement.evidence and judgement.detail in ("undecided", "base"):
            fact, source = self._main(judgement)
            key = "undecided" if judgement.detail == "undecided" else "outside_base"
            return self.text(f"check.verdict.{key}", fact=fact, source=source, claimed=self.claimed(item))
        return self.text("check.verdict.outside_data", claimed=self.claimed(item))

    def slot(self, value: object) -> str:
        """What an edit changed, before or after: a period, a number, two countries, a flow."""
        if isinstance(value, Period):
            return self.period(value)
        if isinstance(value, Figure):
            return self.number(value)
        if isinstance(value, tuple):
            return "–".join(self.place(str(code)) for code in value)
        keys = (f"check.flow.{value}", f"check.unit_name.{value}")
        return next((self.text(key) for key in keys if self.text.has(key)), str(value))


def _words_as_statement(judgement: Judgement) -> Statement:
    """A statement for a claim without a number, so that the figures that decided it can be told."""
    figure = figure_of(judgement.link.reading)
    is_rate = bool(judgement.evidence) and judgement.evidence[0].figure.unit == "fraction"
    flow = judgement.evidence[0].figure.flow if judgement.evidence else figure.flow
    figure = replace(figure, flow=flow, base_period=None, low=None, high=None, interval_kind="none")
    return Statement("", figure, "growth" if is_rate else "level")


def is_deficit(statement: Statement) -> bool:
    """Whether a text states this negative balance as the size of a deficit."""
    return statement.figure.measure == "deficit"


def _positive(figure: Figure) -> Figure:
    """The size of a change or a balance: its direction is told by the words."""
    if figure.value >= 0:
        return figure
    held = figure.interval
    turned = replace(
        figure, value=-figure.value, low=None, high=None, interval_kind="none", printed=figure.printed.lstrip("-−")
    )
    if held is None:
        return turned
    return replace(turned, low=-held.high, high=-held.low, interval_kind=figure.interval_kind)


@lru_cache(maxsize=512)
def product_name(product: str, language: str) -> str:
    """A product as texts call it; a code that no list names stands as it is."""
    names = _products().get(product, {}).get(language)
    return str(names[0]) if names else product.replace("_", " ")


@cache
def _products() -> dict[str, dict[str, list[str]]]:
    with (Path(__file__).parent / "grammar" / "products.toml").open("rb") as file:
        return tomllib.load(file)
