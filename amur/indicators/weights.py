"""How much a pair weighs: shares of trade and of GDP, asymmetry, rank, as figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

import narwhals as nw

from amur import arithmetic, codes, store
from amur.errors import NoDataError
from amur.figures import Derivation, Figure
from amur.indicators import amounts, wording
from amur.indicators import ledger as books
from amur.indicators.ledger import Ledger
from amur.indicators.levels import level
from amur.indicators.question import Answers, Question, gather
from amur.indicators.releases import releases
from amur.indicators.values import MIRRORED
from amur.periods import Period

Try = Callable[[], Iterable[Figure]]
RECENT_YEARS = 3
"""How far back the newest year with both GDP and trade is looked for."""

GDP_TABLE, GDP_ORIGIN = "wdi_gdp_population", "world-bank-gdp"


# ── shares of trade ─────────────────────────────────────────────────────────────────────────────


def share(question: Question) -> Answers:
    """The partner's share: from tables, observed years before nowcasts and newer before older, then as stated."""
    tables = gather([lambda ledger=ledger: [ledger_share(question, ledger)] for ledger in question.ledgers()])
    said = gather([lambda: _stated(question), lambda: _share_of_releases(question)] if question.asks_facts else [])
    return Answers(observed_first(question, tables.figures), tables.refusals) + said


def ledger_share(question: Question, ledger: Ledger, period: Period | None = None) -> Figure:
    """The share of the pair in the subject's flow, in one ledger; NoDataError with the reason where it has none."""
    at = period or amounts.newest(question, ledger)
    denominator = amounts.whole(question, ledger, question.flow, at)
    part = amounts.amount(question, ledger, question.flow, at)
    return _like(part, arithmetic.share(part, denominator), "share")


def observed_first(question: Question, figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Figures of observed years before nowcasts, newer before older; otherwise in the order given."""
    by_origin = {item.origin: item for item in question.ledgers()}

    def key(figure: Figure) -> tuple[bool, int]:
        ledger = by_origin.get(figure.origins[0]) if figure.origins else None
        carried = ledger is not None and figure.period is not None and is_nowcast(question, ledger, figure.period)
        return carried, -_end(figure)

    return tuple(sorted(figures, key=key))


def is_nowcast(question: Question, ledger: Ledger, period: Period) -> bool:
    """Whether the ledger carries the structure of either place forward in the period."""
    places = question.subject, question.other
    return any(books.carried_forward(ledger, place, period) for place in places)


def _stated(question: Question) -> list[Figure]:
    found = [figure for figure in releases(question).shares if _asked(question, figure)]
    if not found:
        raise NoDataError(
            f"No stated share of {question.other.code} in {question.subject.code} is among the facts here."
        )
    return sorted(found, key=lambda figure: (-_end(figure), figure.interval is None, figure.reporter))


def _asked(question: Question, figure: Figure) -> bool:
    return figure.flow == question.flow and question.period in (None, figure.period) and figure.period is not None


def _share_of_releases(question: Question) -> list[Figure]:
    """A share out of two published amounts of one currency: the pair's and that with the whole world."""
    world = replace(question, other=codes.place(amounts.WORLD))
    published, total = releases(question).dollars, releases(world).dollars
    spans = (question.period,) if question.period else reversed(total.periods(question.flow))
    for span in spans:
        wholes = total.published_levels(question.flow, span) if span else []
        part = published.level(question.flow, span) if span else None
        if wholes and part:
            found = _like(part, arithmetic.share(part, wholes[0]), "share")
            return [replace(found, note=question.text("measures.note.computed_share"))]
    raise NoDataError(
        f"No published amount of all trade of {question.subject.code} stands beside one with {question.other.code}."
    )


def _end(figure: Figure) -> int:
    return figure.period.end.toordinal() if figure.period else 0


# ── shares of GDP ───────────────────────────────────────────────────────────────────────────────


def share_of_gdp(question: Question) -> Answers:
    """The flow over the subject's GDP in the newest or the given year, from each source that has the flow."""
    years = sorted(_gdp(question.subject.code))
    if not years:
        return Answers((), (f"World Bank data here hold no GDP of {question.subject.code}.",))
    if question.period is not None:
        return _over_gdp(question, question.period)
    newest = [Period.of_year(year) for year in reversed(years[-RECENT_YEARS:])]
    tried = [_over_gdp(replace(question, period=year), year) for year in newest]
    return next((answer for answer in tried if answer.figures), tried[0])


def _over_gdp(question: Question, period: Period) -> Answers:
    known = _gdp(question.subject.code)
    if period.kind != "year" or period.year not in known:
        span = f"{min(known)} to {max(known)}" if known else "no year"
        return Answers(
            (), (f"GDP of {question.subject.code} is known for whole years, {span}, not for {period.label}.",)
        )
    found = level(question)
    gdp = gdp_figure(question, period)
    figures = tuple(
        _like(figure, arithmetic.share(figure, gdp), "share_of_gdp") for figure in found.figures if figure.unit == "USD"
    )
    return Answers(figures, found.refusals)


def gdp_years(code: str) -> tuple[int, ...]:
    """The years for which GDP of a place is known; of a bloc, those in which all its members have it."""
    return tuple(sorted(_gdp(code)))


def gdp_figure(question: Question, period: Period) -> Figure:
    """GDP of the subject in a year, current dollars at market exchange rates; of a bloc, the sum over its members."""
    return Figure(
        measure="gdp",
        subject=question.subject.code,
        period=period,
        value=_gdp(question.subject.code)[period.year],
        unit="USD",
        currency="USD",
        basis=question.text("measures.basis.gdp"),
        reporter=wording.producer(GDP_ORIGIN),
        vintage=wording.vintage(GDP_ORIGIN),
        origins=(GDP_ORIGIN,),
    )


@lru_cache(maxsize=256)
def _gdp(code: str) -> dict[int, float]:
    """GDP by year; a bloc has it for years in which all its members of the time do."""
    place = codes.place(code)
    table = store.table(GDP_TABLE).filter(~nw.col("gdp_usd").is_null()).select("iso3", "year", "gdp_usd")
    if not isinstance(place, codes.Bloc):
        rows = table.filter(nw.col("iso3") == code).collect("polars").rows()
        return {year: value for _, year, value in rows}
    by_year: dict[int, dict[str, float]] = {}
    for iso3, year, value in table.filter(nw.col("iso3").is_in(sorted(place.members_ever))).collect("polars").rows():
        by_year.setdefault(year, {})[iso3] = value
    members = {year: place.members_at(Period.of_year(year).end) for year in by_year}
    return {
        year: sum(known[iso3] for iso3 in members[year])
        for year, known in sorted(by_year.items())
        if members[year] and members[year] <= known.keys()
    }


# ── asymmetry ───────────────────────────────────────────────────────────────────────────────────


def asymmetry_ratio(question: Question) -> Answers:
    """One share over the other, both of the same flow."""
    return _asymmetry(question, "asymmetry_ratio", _quotient_of(arithmetic.ratio))


def asymmetry_difference(question: Question) -> Answers:
    """One share less the other, as a fraction: shown in percentage points."""
    return _asymmetry(question, "asymmetry_difference", arithmetic.subtract)


def asymmetry_log_ratio(question: Question) -> Answers:
    """The natural logarithm of one share over the other."""
    return _asymmetry(question, "asymmetry_log_ratio", _quotient_of(arithmetic.log_ratio))


def both_shares(question: Question, ledger: Ledger, period: Period | None = None) -> tuple[Figure, Figure]:
    """The same flow as a share of the subject's and of the other's trade, from one ledger and period."""
    at = period or amounts.newest(question, ledger)
    back = replace(question, subject=question.other, other=question.subject, flow=MIRRORED[question.flow])
    return ledger_share(question, ledger, at), ledger_share(back, ledger, at)


def _quotient_of(combine: Callable[..., Figure]) -> Callable[[Figure, Figure], Figure]:
    """A quotient of two shares that refuses a share of zero with a reason."""

    def of(there: Figure, back: Figure) -> Figure:
        for figure in (there, back):
            if figure.value == 0:
                raise NoDataError(f"{figure.name} is zero, so the two shares have no ratio. Ask for their difference.")
        return combine(there, back)

    return of


def _asymmetry(question: Question, measure: str, combine: Callable[[Figure, Figure], Figure]) -> Answers:
    def of(there: Figure, back: Figure) -> Figure:
        return _like(there, combine(there, back), measure)

    tables = gather([lambda ledger=ledger: [of(*both_shares(question, ledger))] for ledger in question.ledgers()])
    said = gather([lambda: [of(*pair) for pair in _stated_pairs(question)]] if question.asks_facts else [])
    return Answers(observed_first(question, tables.figures), tables.refusals) + said


def _stated_pairs(question: Question) -> list[tuple[Figure, Figure]]:
    """Shares both ways that one reporter states for one period, of the same flow."""
    known = releases(question)
    reverse = MIRRORED[question.flow]
    pairs = [
        (there, back)
        for there in known.shares
        for back in known.reverse_shares
        if _asked(question, there)
        and (back.flow, back.period, back.reporter) == (reverse, there.period, there.reporter)
    ]
    if not pairs:
        raise NoDataError(f"No one states shares of {question.subject.code} and {question.other.code} both ways.")
    return pairs


# ── rank ────────────────────────────────────────────────────────────────────────────────────────


def rank(question: Question) -> Answers:
    """The partner's place among all partners of the subject."""
    answers = gather([lambda ledger=ledger: [_ledger_rank(question, ledger)] for ledger in question.ledgers()])
    return Answers(observed_first(question, answers.figures), answers.refusals)


def _ledger_rank(question: Question, ledger: Ledger) -> Figure:
    period = amounts.newest(question, ledger)
    row = amounts.tabular_row("ranks", question, ledger, period)
    place = row[f"rank_by_{question.flow}"]
    if place is None:
        raise NoDataError(
            f"{ledger.name} has no {question.flow} of {question.subject.code} with {question.other.code}."
        )
    mine = amounts.described(question, ledger, question.flow, period, row[f"{question.flow}_usd"])
    ahead = Derivation("rank", (mine,), f"1 + {place - 1} (V > {{0}})")
    return replace(mine, measure="rank", value=float(place), unit="rank", currency="", derivation=ahead)


def _like(template: Figure, figure: Figure, measure: str) -> Figure:
    """A computed figure under its own measure, with subject, object, basis and vintage of what it was computed from."""
    return replace(
        figure,
        measure=measure,
        subject=template.subject,
        object=template.object,
        flow=template.flow,
        basis=template.basis,
        vintage=template.vintage,
    )
