"""The registry of measures: each with its definition, formula, unit, denominator and source, and how it is computed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from amur import codes
from amur.errors import MeasureError, NoDataError
from amur.figures import Figure
from amur.indicators import levels, mirrors, profiles, weights
from amur.indicators.ledger import common_members, ledgers
from amur.indicators.question import Answers, Query, Question, ask, text_of
from amur.indicators.reasons import carried_countries
from amur.periods import Period

NOTATION = (
    "X_ij: exports of i to j; E_i, M_i, T_i: exports, imports and both of i with all partners; s: a share; "
    "k: a product; w: the world; V: any flow; g: a growth rate; t: a period; n: the number of partners"
)


@dataclass(frozen=True)
class Measure:
    """One measure. The formula is in the symbols of `NOTATION`; words come from the catalogue under its name.

    `pair` says whether it is about two countries; `flow` is the only flow it has, empty where it takes any.
    """

    name: str
    formula: str
    unit: str
    compute: Callable[[Question], Answers]
    pair: bool = True
    flow: str = ""

    def words(self, what: str, language: str = "en") -> str:
        """Its `name`, `definition`, `denominator` or `source` in a language."""
        return text_of(language)(f"measures.{self.name}.{what}")

    def to_dict(self, language: str = "en") -> dict[str, str]:
        """The row of `amur measures`."""
        return {
            "name": self.name,
            "definition": self.words("definition", language),
            "formula": self.formula,
            "unit": self.unit,
            "denominator": self.words("denominator", language),
            "source": self.words("source", language),
        }


_ALL = (
    Measure("turnover", "X_ij + X_ji", "USD", levels.level, flow="total"),
    Measure("exports", "X_ij", "USD", levels.level, flow="exports"),
    Measure("imports", "X_ji", "USD", levels.level, flow="imports"),
    Measure("balance", "X_ij − X_ji", "USD", levels.level, flow="balance"),
    Measure("growth", "V_t / V_t−1y − 1", "fraction", levels.growth),
    Measure("growth_month", "V_t / V_t−1 − 1", "fraction", levels.growth_month),
    Measure("implied_level", "V_Jan–m − V_Jan–(m−1)", "USD", levels.implied_level),
    Measure(
        "implied_growth",
        "(V_a − V_b) / (V_a / (1 + g_a) − V_b / (1 + g_b)) − 1",
        "fraction",
        levels.implied_growth,
    ),
    Measure("implied_base", "V_t / (1 + g_t)", "USD", levels.implied_base),
    Measure("share", "X_ij / E_i, X_ji / M_i or (X_ij + X_ji) / T_i", "fraction", weights.share),
    Measure("share_of_gdp", "V_ij / GDP_i", "fraction", weights.share_of_gdp),
    Measure("asymmetry_ratio", "s_ij / s_ji", "ratio", weights.asymmetry_ratio),
    Measure("asymmetry_difference", "s_ij − s_ji", "fraction", weights.asymmetry_difference),
    Measure("asymmetry_log_ratio", "ln(s_ij / s_ji)", "log points", weights.asymmetry_log_ratio),
    Measure("rank", "1 + #{k: V_ik > V_ij}", "rank", weights.rank),
    Measure("hhi", "Σ_j s_ij²", "index", profiles.concentration("hhi"), pair=False),
    Measure(
        "hhi_normalised", "(Σ_j s_ij² − 1/n) / (1 − 1/n)", "index", profiles.concentration("hhi_normalised"), pair=False
    ),
    Measure(
        "effective_partners", "1 / Σ_j s_ij²", "partners", profiles.concentration("effective_partners"), pair=False
    ),
    Measure("hirschman", "√(Σ_j s_ij²)", "index", profiles.concentration("hirschman"), pair=False),
    Measure("trade_intensity", "(X_ij / E_i) / (M_j / (M_w − M_i))", "ratio", profiles.trade_intensity),
    Measure("rca", "(X_i^k / E_i) / (X_w^k / E_w)", "ratio", profiles.rca, pair=False, flow="exports"),
    Measure(
        "complementarity", "1 − ½ Σ_k |M_j^k / M_j − X_i^k / E_i|", "index", profiles.complementarity, flow="exports"
    ),
    Measure(
        "grubel_lloyd",
        "1 − Σ_k |X_ij^k − X_ji^k| / Σ_k (X_ij^k + X_ji^k)",
        "index",
        profiles.two_way_trade,
        flow="total",
    ),
    Measure("mirror", "V_ij", "USD", mirrors.mirror_values),
)


def measures() -> tuple[Measure, ...]:
    """All measures, in the order in which they are explained."""
    return _ALL


def find_measure(name: str, among: Sequence[Measure] = _ALL) -> Measure:
    """The measure of a name. Raises MeasureError with the nearest names on a miss."""
    known = {item.name: item for item in among}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"The measures are: {', '.join(known)}."
    raise MeasureError(f"There is no measure '{name}'. {hint}")


def measure(name: str | Measure, a: str, b: str = "", query: Query | None = None) -> tuple[Figure, ...]:
    """The figures of a measure for two places, the preferred source first.

    `a` is the subject, whose total is the denominator; `b` its partner. A measure of one country is given for
    each of the two. Raises CodeError, PeriodError, MeasureError for what is asked wrongly, NoDataError with every
    source's reason where none can answer.
    """
    found = answers(name, a, b, query)
    if not found.figures:
        title = name if isinstance(name, str) else name.name
        raise NoDataError(" ".join(found.refusals) or f"No data give {title} of {' with '.join(filter(None, (a, b)))}.")
    return found.figures


def answers(name: str | Measure, a: str, b: str = "", query: Query | None = None) -> Answers:
    """The same with the reasons of the sources that could not answer, and no error where none could."""
    item, asked = find_measure(name) if isinstance(name, str) else name, query or Query()
    if item.pair and not b:
        raise MeasureError(f"{item.name} is about two countries. Name the partner as well.")
    if item.flow and asked.flow not in ("total", item.flow):
        raise MeasureError(
            f"{item.name} has one flow only, {item.flow}. Leave the flow out, or ask for another measure."
        )
    if item.pair:
        return item.compute(ask(a, b, asked, flow=item.flow))
    found = item.compute(ask(a, "", asked, flow=item.flow))
    return found + item.compute(ask(b, "", asked, flow=item.flow)) if b else found


def series(name: str, a: str, b: str = "", query: Query | None = None) -> tuple[Figure, ...]:
    """A measure for each year from the first to the last that any source holds, or within the period asked for.

    For every year the figures stand in the usual order, so that breaks between sources can be shown; years
    without an answer are left out.
    """
    asked = query or Query()
    figures: list[Figure] = []
    for year in _years(asked, a, b):
        figures += answers(name, a, b, replace(asked, period=year)).figures
    return tuple(figures)


def matrix(name: str, places: tuple[str, ...], query: Query | None = None) -> tuple[Figure, ...]:
    """A measure of two countries for every ordered pair of places, all from one source so that they compare.

    The source is the one that answers most pairs; among equals one without nowcasts, then the newest. Pairs
    that it cannot answer, and pairs of a bloc with its own member, are left out.
    """
    asked, listed = query or Query(), tuple(dict.fromkeys(codes.place(place) for place in places))
    pairs = [(one.code, other.code) for one in listed for other in listed if not common_members(one, other)]
    keys = [asked.source] if asked.source else [item.key for item in ledgers(asked.data) if item.totals == "both"]
    tables = []
    for key in keys:
        only = replace(asked, source=key)
        tables.append(tuple(figure for pair in pairs for figure in answers(name, *pair, only).figures[:1]))

    def worth(figures: tuple[Figure, ...]) -> tuple[int, bool, int]:
        ends = [figure.period.end.toordinal() for figure in figures if figure.period]
        return len(figures), not any(carried_countries(figure, asked) for figure in figures), min(ends, default=0)

    return max(tables, key=worth, default=())


def _years(query: Query, a: str, b: str) -> tuple[Period, ...]:
    from amur.indicators.spans import years_of

    question = ask(a, b, replace(query, period=None))
    within = ask(a, b, query).period
    return tuple(year for year in years_of(question) if within is None or within.contains(year))
