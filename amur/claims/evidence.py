"""What the data say about a statement: figures of the same kind, each with how far it can be trusted to decide.

Published figures decide to the digit. A growth rate computed from two releases does not, since the base
is revised between them; nor does a table of another kind (reconciled reports, input–output accounts),
whose flows differ from customs figures by known amounts. Each piece of evidence therefore carries two
distances: within the near one it supports a claim, beyond the far one it contradicts it, and between
the two it says nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

from amur import arithmetic, facts
from amur.claims.amounts import WORLD, Statement, base_of, whole_of
from amur.errors import AmurError
from amur.figures import Figure
from amur.flows.exchange import usd_rate
from amur.indicators.question import Query
from amur.indicators.reasons import silences
from amur.indicators.registry import answers
from amur.periods import Period

Nature = Literal["published", "implied", "computed", "table", "converted", "other concept"]

_LEVELS: Mapping[str, str] = {
    "total": "turnover",
    "": "turnover",
    "exports": "exports",
    "imports": "imports",
    "balance": "balance",
}
_MIRRORED: Mapping[str, str] = {"exports": "imports", "imports": "exports", "total": "total", "": ""}
# Numbers of which facts say that they are not what was counted.
_NO_OUTCOMES = ("target", "forecast", "conversion")
# How far a figure that its source calls approximate may be off.
_VAGUE = 0.1
# The measures of facts that answer a statement on other amounts than goods trade in all products.
_MEASURES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("trade", "level"): ("value", "quantity", "exports", "imports", "turnover"),
    ("trade", "growth"): ("growth", "growth_quantity"),
    ("trade", "change"): ("change",),
    ("trade", "share"): ("share", "product_share", "world_share"),
    ("trade", "product share"): ("product_share",),
    ("investment", "level"): ("direct_investment",),
    ("settlement", "share"): ("currency_share", "payment_share", "reserve_share"),
}
NOTHING = "nothing"
"""In the place of a file: no data, so that claims are only held against each other."""

_EXCHANGE = "ecb-fx"

# How far the flows of a table lie from those that customs publish, as log differences. The far distance is what
# nine in ten large flows stay within: reconciled, BACI 2023 against Eurostat's exports and the US imports of
# 2023; model, goods in ICIO 2022 against the same for 2022 (basic prices, re-exports taken out). The near one is
# the median for the former; a model may not support what lies further off, although its own median is 0.25.
# A customs table differs from printed figures only by revision and by the definition of origin.
# Nor may a model contradict: it leaves re-exports out and carries the structure of older years forward.
_SPREAD: Mapping[str, tuple[float, float]] = {
    "reconciled": (0.08, 0.25),
    "model": (0.08, float("inf")),
    "customs": (0.02, 0.1),
}
# Growth rates of tables differ by less than levels, since most of what sets sources apart stays from year to year.
# The customs table of US imports counts goods as they are released for consumption, the figures that are printed count
# them as they arrive: growth of 2024 differs by up to 7 points for large partners.
_GROWTH_SPREAD: Mapping[str, tuple[float, float]] = {
    "reconciled": (0.02, 0.12),
    "model": (0.05, float("inf")),
    "customs": (0.01, 0.1),
}


# What one side counts of a flow and the other of the same: the United States and China differ by a third on the trade
# between them, and by up to ten points on how it grew.
_OTHER_SIDE = (0.02, 0.4)
_GROWTH_OF_OTHER_SIDE = (0.005, 0.15)
# Significant digits by which values are told apart: sums of floating-point numbers agree in these.
_DIGITS = 12
# Smaller flows than this, in dollars a year, differ between reconciled reports by any factor.
_SMALL = 100e6


@dataclass(frozen=True)
class Evidence:
    """A figure to set a claim against; `near` and `far` are distances in the unit of the figure."""

    figure: Figure
    nature: Nature
    near: float = 0.0
    far: float = 0.0
    currency: str = ""


class Knowledge:
    """Everything known: published figures and tables of flows, bundled or the user's own."""

    def __init__(self, data: str | Path | None = None, *, language: str = "en") -> None:
        """Read from the user's file of flows or facts instead of the bundled data; from none at all for `nothing`."""
        self.silent = data == NOTHING
        self.data = Path(data) if data and not self.silent else None
        self.language = language
        self._found: dict[tuple[object, ...], tuple[Evidence, ...]] = {}

    def evidence(self, statement: Statement, *, tables: bool = True) -> tuple[Evidence, ...]:
        """Figures that answer the statement, those that decide most sharply first; none where there are none.

        Without `tables` only published figures are asked, which is fast enough for a search over many readings.
        """
        figure = statement.figure
        key = (statement.relation, statement.kind, tables, _asked(figure), statement.against and statement.against.name)
        if key not in self._found:
            try:
                self._found[key] = tuple(_distinct(self._gather(statement, tables)))
            except AmurError:
                # Slots of an article may name what the data cannot be asked: a region, a period before the calendar.
                self._found[key] = ()
        return self._found[key]

    def is_published_on(self, figure: Figure) -> bool:
        """Whether anything is published on the two places of a figure, whoever is the subject."""
        return bool(self._pairs.get(frozenset((figure.subject, figure.object))))

    def rates(self, currency: str, other: str, period: Period) -> Figure | None:
        """The mean rate over a period with the lowest and highest monthly mean in it."""
        return exchange_rate(currency, other, period)

    # ── by kind of statement ────────────────────────────────────────────────────────────────────

    def _gather(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        figure = statement.figure
        if not tables and not self.is_published_on(figure):
            # Without tables only what is published on the two can answer.
            return ()
        if (
            self.silent
            or figure.period is None
            or (not figure.object and statement.kind == "trade" and statement.relation != "rank")
        ):
            return ()
        counted = statement.relation in ("level", "change") and not figure.currency
        if statement.kind != "trade" or counted or figure.product not in ("total", "goods", ""):
            return self._facts_alone(statement)
        ways: Mapping[str, Callable[[Statement, bool], Iterable[Evidence]]] = {
            "level": self._levels,
            "growth": self._growth,
            "change": self._changes,
            "share": self._shares,
            "ratio": self._ratios,
            "rank": self._ranks,
        }
        return ways[statement.relation](statement, tables) if statement.relation in ways else ()

    def _ask(self, name: str, figure: Figure, *, tables: bool, base: Period | None = None) -> tuple[Figure, ...]:
        query = Query(
            flow=figure.flow if name in ("growth", "share", "rank", "share_of_gdp") else "total",
            period=figure.period,
            base=base,
            source="" if tables else "facts",
            data=self.data,
            language=self.language,
        )
        return answers(name, figure.subject, figure.object, query).figures

    def _levels(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        figure = statement.figure
        currency = figure.currency or "USD"
        asked = self._ask(_LEVELS[figure.flow], figure, tables=tables)
        traded = self._traded(figure) if tables and figure.flow == "balance" else {}
        found = [self._weighed(item, traded.get(item.reporter)) for item in asked]
        said = [_said(fact, figure) for fact in self._printed(figure) if fact.unit == currency or fact.unit != "USD"]
        printed = [one for one in said if one.currency == currency and (currency != "USD" or one.nature != "published")]
        others = [*(found if currency != "USD" else ()), *(one for one in said if one.currency != currency)]
        own = found if currency == "USD" else []
        return [*own, *printed, *(item for one in others if (item := _converted(one, currency)))]

    def _traded(self, balance: Figure) -> dict[str, float]:
        """The trade in both directions that each source has, of which the distance of balances is a part."""
        total = replace(balance, flow="total")
        return {item.reporter: abs(item.value) for item in self._ask(_LEVELS["total"], total, tables=True)}

    def _printed(self, figure: Figure) -> list[facts.Fact]:
        """Facts with a level of just this flow and period, in any currency; conversions by the press too."""
        return [
            fact
            for fact in self._pairs.get(frozenset((figure.subject, figure.object)), ())
            if fact.measure == _LEVELS.get(_flow_of(fact, figure), "")
            and fact.period == figure.period
            and fact.concept in ("flow", "outcome", *_NO_OUTCOMES)
            and fact.product in ("total", "goods")
        ]

    def _growth(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        if statement.against is not None:
            return self._growth_of_share(statement)
        if statement.figure.flow == "balance":
            return self._growth_of_balance(statement)
        figure, base = statement.figure, base_of(statement.figure)
        rates = [_said(fact, figure) for fact in self._growth_facts(figure, base)]
        others = [item for item in self._ask("growth", figure, tables=tables, base=base) if item.derivation]
        computed = [self._computed(item) for item in others]
        return [*rates, *computed]

    def _growth_of_share(self, statement: Statement) -> Iterator[Evidence]:
        """How a share grew, between two that one reporter states."""
        figure = statement.figure
        then = replace(figure, period=base_of(figure), base_period=None)
        old, new = (
            self.evidence(Statement("", share, "share"), tables=False)
            for share in (then, replace(figure, base_period=None))
        )
        for late in new:
            for early in old:
                if late.figure.reporter == early.figure.reporter and early.figure.value > 0:
                    yield Evidence(arithmetic.growth(late.figure, early.figure), "computed")

    def _growth_of_balance(self, statement: Statement) -> Iterator[Evidence]:
        """How a surplus or a deficit grew; where one turned into the other there is no rate."""
        then = replace(statement.figure, period=base_of(statement.figure), base_period=None, unit="", currency="USD")
        now = replace(statement.figure, base_period=None, unit="", currency="USD")
        late, early = (self.evidence(Statement("", figure), tables=False)[:1] for figure in (now, then))
        for new, old in zip(late, early, strict=False):
            if new.figure.value * old.figure.value > 0:
                grown = arithmetic.growth(new.figure, old.figure)
                # Revisions of exports and imports do not cancel in their difference.
                slack = self.revision * _unrevised(grown) * (1 + grown.value)
                yield Evidence(grown, "computed", slack, slack)

    def _growth_facts(self, figure: Figure, base: Period) -> list[facts.Fact]:
        return [
            fact
            for fact in self._pairs.get(frozenset((figure.subject, figure.object)), ())
            if fact.measure == "growth"
            and fact.flow == _flow_of(fact, figure)
            and (fact.period, fact.base_period) == (figure.period, base)
            and fact.product in ("total", "goods")
        ]

    def _computed(self, figure: Figure) -> Evidence:
        if not self._is_published(figure):
            # The spreads are of a ratio near one; of twelve times as much they are twelve times as wide.
            near, far = (spread * max(1.0, 1 + figure.value) for spread in _GROWTH_SPREAD[_side(figure)])
            return Evidence(figure, "table", near, far, "USD")
        slack = self.revision * _unrevised(figure) * (1 + figure.value)
        near = min(slack, self.revision * (1 + figure.value))
        return Evidence(figure, "computed" if slack else "implied", near, slack, "USD")

    @cached_property
    def revision(self) -> float:
        """How far a published base is revised before growth is counted from it, as a share of the base.

        Measured, not assumed: the level of a year later over one plus its published growth, against the
        level that was printed at the time. Nine in ten revisions are smaller.
        """
        found = sorted(_revisions(self._all))
        return found[int(0.9 * (len(found) - 1))] if found else 0.0

    def _changes(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        old = replace(
            statement,
            figure=replace(statement.figure, period=base_of(statement.figure), base_period=None),
            relation="level",
        )
        new = replace(statement, relation="level")
        for late in self.evidence(new, tables=tables)[:1]:
            for early in self.evidence(old, tables=tables)[:1]:
                if late.nature in ("table", "converted") and late.figure.reporter != early.figure.reporter:
                    # Sources lie further apart than one year from the next.
                    continue
                figure = arithmetic.subtract(late.figure, early.figure, period=statement.figure.period)
                near = max(late.near, early.near, self.revision * abs(early.figure.value))
                yield Evidence(figure, "computed", near, max(near, late.far, early.far))

    def _shares(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        if statement.against is not None and statement.against.object != WORLD:
            return self._ratios(statement, tables)
        found = self._ask("share", statement.figure, tables=tables)
        return sorted((self._weighed(item) for item in found), key=lambda item: item.nature == "table")

    def _ratios(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        other = whole_of(statement)
        sides = [
            list(self.evidence(Statement("", replace(figure, unit="", currency="USD"), "level"), tables=tables))[:1]
            for figure in (statement.figure, other)
        ]
        for part, whole in zip(*sides, strict=False):
            figure = arithmetic.ratio(part.figure, whole.figure)
            near, far = _of_quotient(part, whole, figure.value)
            yield Evidence(figure, "table" if "table" in (part.nature, whole.nature) else "computed", near, far)

    def _ranks(self, statement: Statement, tables: bool) -> Iterable[Evidence]:
        for figure in self._ask("rank", statement.figure, tables=tables):
            yield Evidence(figure, "table", 0.0, 1.0)

    def _facts_alone(self, statement: Statement) -> Iterable[Evidence]:
        """Facts on a product, on investment, on settlement: matched slot by slot, never computed from tables."""
        figure = statement.figure
        unit = figure.currency or figure.unit
        found = []
        for fact in self._matching(statement, _MEASURES.get((statement.kind, statement.relation), ())):
            of_base = statement.relation != "growth" or fact.base_period == base_of(figure)
            in_unit = statement.relation != "level" or fact.unit == unit
            if fact.period == figure.period and of_base and in_unit:
                found.append(_said(fact, figure))
        return [*found, *self._growth_of_product(statement)] if statement.relation == "growth" else found

    def _matching(self, statement: Statement, measures: Sequence[str]) -> Iterator[facts.Fact]:
        """Facts on the pair, the flow and the product of a statement, of any period."""
        figure = statement.figure
        for fact in self._pairs.get(frozenset((figure.subject, figure.object)), ()):
            if fact.measure not in measures or not _same_product(fact.product, figure.product):
                continue
            if statement.kind != "trade":
                same = fact.subject == figure.subject
            else:
                seen = fact.flow if fact.subject == figure.subject else _MIRRORED.get(fact.flow, fact.flow)
                same = seen in (figure.flow, "") or figure.flow == "total"
            if same:
                yield fact

    def _growth_of_product(self, statement: Statement) -> Iterator[Evidence]:
        """Growth between two levels of a product that facts hold in one unit, by value and by quantity."""
        figure, base = statement.figure, base_of(statement.figure)
        levels = list(self._matching(statement, ("value", "quantity")))
        told = {fact.measure for fact in levels if fact.period == figure.period}
        told &= {fact.measure for fact in levels if fact.period == base}
        for new in (fact for fact in levels if fact.period == figure.period and fact.concept == "flow"):
            same = (fact for fact in levels if (fact.period, fact.measure, fact.unit) == (base, new.measure, new.unit))
            old = next((fact for fact in same if fact.concept == "flow"), None)
            if old is not None:
                grown = arithmetic.growth(new.figure(), old.figure())
                slack = self.revision * (1 + grown.value)
                seen = replace(grown, subject=figure.subject, object=figure.object, flow=figure.flow)
                # A text seldom says whether it counts goods or money, and the two grow apart.
                yield Evidence(seen, "computed", slack, slack if len(told) > 1 else float("inf"))

    # ── how sharply a figure decides ────────────────────────────────────────────────────────────

    def _weighed(self, figure: Figure, traded: float | None = None) -> Evidence:
        """A level or share with the distances of its source; of a balance they are parts of what is `traded`."""
        if self._is_published(figure):
            nature: Nature = "implied" if figure.derivation else "published"
            vague = _VAGUE * abs(figure.value) if figure.interval is None else 0.0
            if figure.unit == "USD" and _is_of_other_side(figure.reporter, figure):
                size = abs(figure.value) if traded is None else traded
                return Evidence(figure, nature, _OTHER_SIDE[0] * size, _OTHER_SIDE[1] * size, figure.currency)
            return Evidence(figure, nature, vague, vague, figure.currency)
        side = _side(figure)
        size = abs(figure.value) if traded is None else traded
        near, far = (spread * size for spread in _SPREAD[side])
        small = side == "reconciled" and figure.unit == "USD" and size < _SMALL
        return Evidence(figure, "table", near, float("inf") if small else far, figure.currency)

    def _is_published(self, figure: Figure) -> bool:
        """Whether a figure rests on published numbers alone, and on no table of flows."""
        return bool(figure.origins) and self._published_origins.issuperset(figure.origins)

    @cached_property
    def _published_origins(self) -> frozenset[str]:
        return frozenset(fact.origin for fact in self._all)

    # ── facts by pair ───────────────────────────────────────────────────────────────────────────

    @cached_property
    def _all(self) -> tuple[facts.Fact, ...]:
        if self.data is None:
            return facts.load_facts()
        from amur.flows.reading import columns_of

        return facts.load_facts(data=self.data) if "subject" in columns_of(self.data) else ()

    @cached_property
    def _pairs(self) -> Mapping[frozenset[str], tuple[facts.Fact, ...]]:
        found: dict[frozenset[str], list[facts.Fact]] = {}
        for fact in self._all:
            if fact.value is not None:
                found.setdefault(frozenset((fact.subject, fact.object)), []).append(fact)
        return {pair: tuple(of) for pair, of in found.items()}


def _asked(figure: Figure) -> tuple[object, ...]:
    """What a figure is about, without its value."""
    slots = ("subject", "object", "flow", "product", "period", "base_period", "currency", "unit")
    return tuple(getattr(figure, slot) for slot in slots)


# ── how sharply a figure decides ────────────────────────────────────────────────────────────────


def _flow_of(fact: facts.Fact, asked: Figure) -> str:
    """What the flow asked for is called by the side that a fact is about; a balance has no such name."""
    return asked.flow if fact.subject == asked.subject else _MIRRORED.get(asked.flow, "none")


def _said(fact: facts.Fact, asked: Figure) -> Evidence:
    """A fact, seen from the side that is asked; what its source calls approximate may be a tenth off."""
    nature: Nature = "other concept" if fact.concept in _NO_OUTCOMES else "published"
    loose = _VAGUE * abs(fact.value or 0.0) if fact.vague else 0.0
    seen = replace(fact.figure(), subject=asked.subject, object=asked.object, flow=asked.flow or fact.flow)
    if (
        fact.measure in ("growth", *_LEVELS.values())
        and fact.concept not in _NO_OUTCOMES
        and _is_of_other_side(fact.reporter, asked)
    ):
        near, far = _GROWTH_OF_OTHER_SIDE if fact.measure == "growth" else _OTHER_SIDE
        size = 1 + seen.value if fact.measure == "growth" else abs(seen.value)
        return Evidence(seen, nature, near * size, far * size, fact.currency)
    return Evidence(seen, nature, loose, loose, fact.currency)


def _is_of_other_side(reporter: str, asked: Figure) -> bool:
    """Whether a figure is what the partner counts, of a country that publishes its own count."""
    known = facts.reporters().get(reporter)
    return known is not None and known.place == asked.object and asked.subject not in silences()


def _side(figure: Figure) -> str:
    """Which kind of table a figure is from; a figure from several is as good as the worst.

    What the other side reports of a flow (the buyer's imports for the seller's exports) is no nearer to
    the subject's own customs than reconciled reports are.
    """
    sides = {_sides().get(origin, "") for origin in figure.origins}
    if "model" in sides:
        return "model"
    own = {"exports": "exporter", "imports": "importer"}.get(figure.flow, "")
    mirrored = {"exporter", "importer"} & sides - {own}
    return "reconciled" if "reconciled" in sides or mirrored else "customs"


@cache
def _sides() -> dict[str, str]:
    from amur.sources import sources

    return {item.origin: item.side for item in sources()}


def _unrevised(growth: Figure) -> float:
    """How often the old level enters a growth rate as it was first printed, relative to that level.

    Zero for a base counted back from published growth, which is revised already; one for a printed level;
    more for the difference of two, whose revisions do not cancel.
    """
    old = growth.derivation.inputs[-1] if growth.derivation else growth
    return sum(abs(leaf.value) for leaf in _printed_leaves(old)) / abs(old.value) if old.value else 0.0


def _printed_leaves(figure: Figure) -> Iterator[Figure]:
    if figure.derivation is None:
        yield figure
    elif figure.derivation.operation != "implied base":
        for item in figure.derivation.inputs:
            yield from _printed_leaves(item)


def _of_quotient(part: Evidence, whole: Evidence, value: float) -> tuple[float, float]:
    """The distances of a quotient: the relative ones of both sides together."""
    near, far = 0.0, 0.0
    for side in (part, whole):
        size = abs(side.figure.value) or 1.0
        near, far = near + side.near / size, far + side.far / size
    return near * abs(value), far * abs(value)


def _revisions(known: Sequence[facts.Fact]) -> Iterator[float]:
    levels = {
        (fact.reporter, fact.subject, fact.object, fact.measure, fact.period): fact.value
        for fact in known
        if fact.measure in ("turnover", "exports", "imports") and fact.unit == "USD" and fact.product == "total"
    }
    for fact in known:
        if fact.measure != "growth" or fact.currency != "USD" or fact.value is None or fact.product != "total":
            continue
        name = (fact.reporter, fact.subject, fact.object, _LEVELS.get(fact.flow, ""))
        new, old = levels.get((*name, fact.period)), levels.get((*name, fact.base_period))
        if new and old:
            yield abs(new / (1 + fact.value) / old - 1)


def _distinct(found: Iterable[Evidence]) -> Iterator[Evidence]:
    """Each value of each reporter once; the order in which a table was summed makes no other value."""
    seen: set[tuple[object, ...]] = set()
    for item in found:
        key = (f"{item.figure.value:.{_DIGITS}g}", item.figure.reporter, item.currency, item.nature)
        if key not in seen:
            seen.add(key)
            yield item


# ── currencies ──────────────────────────────────────────────────────────────────────────────────


@cache
def exchange_rate(currency: str, other: str, period: Period) -> Figure | None:
    """The price of one unit of `currency` in `other`: the mean of the ECB's monthly means over the period.

    Its interval runs from the lowest to the highest of these months, within which any conversion of the
    period's trade must lie, however the months weigh. None where a month is not known.
    """
    months = period.split_months() if period.months else (Period.of_month(period.start.year, period.start.month),)
    rates = [
        own / theirs for month in months if (own := usd_rate(currency, month)) and (theirs := usd_rate(other, month))
    ]
    if len(rates) < len(months):
        return None
    return Figure(
        measure="exchange_rate",
        subject=currency,
        object=other,
        period=period,
        value=sum(rates) / len(rates),
        low=min(rates),
        high=max(rates),
        interval_kind="sources",
        unit=other,
        reporter="ECB",
        origins=(_EXCHANGE,),
    )


def _converted(item: Evidence, currency: str) -> Evidence | None:
    """A level in another currency at the mean rate of its period, as wide as the rate moved within it."""
    figure = item.figure
    rate = exchange_rate(figure.currency, currency, figure.period) if figure.period else None
    if rate is None:
        return None
    mean = replace(rate, low=rate.value, high=rate.value, interval_kind="rounding")
    level = (
        figure if figure.interval else replace(figure, low=figure.value, high=figure.value, interval_kind="estimate")
    )
    changed = arithmetic.convert(level, mean, currency)
    within = max(rate.interval.high / rate.value - 1, 1 - rate.interval.low / rate.value) if rate.interval else 0.0
    near, far = (distance * rate.value + within * abs(changed.value) for distance in (item.near, item.far))
    return Evidence(changed, "converted", near, far, currency)


# ── products ────────────────────────────────────────────────────────────────────────────────────


def _same_product(known: str, asked: str) -> bool:
    return known == asked or known in _product_names().get(asked, ())


@cache
def _product_names() -> dict[str, tuple[str, ...]]:
    """The names under which facts hold what texts call by one name."""
    path = Path(__file__).parent / "fact_products.toml"
    with path.open("rb") as file:
        return {name: tuple(names) for name, names in tomllib.load(file).items()}
