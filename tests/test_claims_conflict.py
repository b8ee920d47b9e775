"""Relations that nobody states contradict nothing by themselves, and what is left out where data contradict data."""

from __future__ import annotations

from dataclasses import replace

from amur.claims.amounts import Statement
from amur.claims.conflict import System
from amur.claims.identities import Web
from amur.claims.relations import CURRENCY, joined
from amur.claims.repair import implied
from amur.figures import Figure, printed
from amur.periods import Period

# Dollars for one unit: in no pair is the quotient a short decimal.
DOLLARS = {"CNY": 0.13770316420, "BRL": 0.1805747, "EUR": 1.08434, "USD": 1.0}
# How far the rates of a period lie from their mean, where that is only an estimate and where it is known.
LOOSE, NARROW = 0.02, 0.001


def means(one: str, other: str, period: Period) -> Figure:
    """The mean rate of a month: one number, as nothing is known of its days."""
    value = DOLLARS[one] / DOLLARS[other]
    return Figure("rate", "", period=period, value=value, low=value, high=value, interval_kind="sources", unit=other)


def at_odds(one: str, other: str, period: Period) -> Figure:
    """The lowest and highest rate of a period; that of the yuan to the real is a loose estimate, half as high again."""
    rate = means(one, other, period)
    value, room = (rate.value * 1.5, LOOSE) if {one, other} == {"CNY", "BRL"} else (rate.value, NARROW)
    return replace(rate, value=value, low=value * (1 - room), high=value * (1 + room))


def level(key: str, text: str, currency: str, *, flow: str = "exports") -> Statement:
    figure = Figure("trade", "CHN", "BRA", flow, period=Period.parse("2024-07"), unit=currency, currency=currency)
    return Statement(key, printed(figure, text, scale=1e9), series="release")


# Six billion dollars, told in three currencies.
AGREED = (level("usd", "6.0", "USD"), level("cny", "43.6", "CNY"), level("brl", "33.2", "BRL"))


def test_mean_rates_of_three_currencies_never_contradict_each_other_in_their_last_digit() -> None:
    _, relations = joined(AGREED, rates=means)
    held = System({}, relations)
    assert held.sound is held
    assert Web(AGREED, rates=means).conflicts() == ()


def test_a_conflict_is_found_where_a_month_is_told_in_three_currencies() -> None:
    said = (*AGREED, level("two", "9.0", "USD"))
    assert {frozenset(found.keys) for found in Web(said, rates=means).conflicts()} == {
        frozenset({"two", other}) for other in ("usd", "cny", "brl")
    }


def test_where_rates_contradict_each_other_the_least_certain_is_left_out() -> None:
    _, relations = joined(AGREED, rates=at_odds)
    sound = System({}, relations).sound
    left_out = [bound for bound in relations if bound not in sound.relations]
    assert {bound.name for bound in left_out} == {CURRENCY}
    assert {quantity.unit for bound in left_out for quantity, _ in bound.terms} == {"CNY", "BRL"}
    assert System({}, sound.relations).sound.relations == sound.relations


def test_conflicts_are_found_although_rates_contradict_each_other() -> None:
    assert Web(AGREED, rates=at_odds).conflicts() == ()
    said = (*AGREED, level("two", "9.0", "USD"))
    found = Web(said, rates=at_odds).conflicts()
    assert {frozenset(conflict.keys) for conflict in found} == {
        frozenset({"two", other}) for other in ("usd", "cny", "brl")
    }
    assert all(one.implied is not None for conflict in found for one in conflict.implications)


def test_an_implied_range_is_found_although_rates_contradict_each_other() -> None:
    others = [level("imports", "4.0", "USD", flow="imports"), *AGREED[1:]]
    span = implied(AGREED[0], others, rates=at_odds)
    assert span is not None
    assert span.overlaps(AGREED[0].interval)


def grew(key: str, text: str, pair: tuple[str, str], currency: str = "") -> Statement:
    figure = Figure("growth", *pair, "exports", period=Period.parse("2024"), unit="fraction", currency=currency)
    return Statement(key, printed(figure, text, scale=0.01), relation="growth", series="text")


def sold(key: str, pair: tuple[str, str], currency: str) -> Statement:
    figure = Figure("trade", *pair, "exports", period=Period.parse("2024"), unit=currency, currency=currency)
    return Statement(key, printed(figure, "5.0", scale=1e9), series="text")


def test_rates_of_two_countries_in_currencies_of_their_own_do_not_exclude_each_other() -> None:
    said = [sold(f"{a}-{unit}", (a, b), unit) for a, b, unit in (("CHN", "BRA", "CNY"), ("CHN", "BRA", "BRL"))]
    said += [sold(f"{a}-{unit}", (a, b), unit) for a, b, unit in (("JPN", "KOR", "JPY"), ("JPN", "KOR", "KRW"))]
    rates = [grew("chinese", "3", ("CHN", "BRA")), grew("japanese", "4", ("JPN", "KOR"))]
    assert Web([*said, *rates]).conflicts() == ()
    again = grew("again", "9", ("CHN", "BRA"))
    assert [set(conflict.keys) for conflict in Web([*said, *rates, again]).conflicts()] == [{"chinese", "again"}]


def test_where_data_contradict_each_other_the_wider_is_left_out_and_conflicts_are_found() -> None:
    narrow, wide = (
        replace(level(name, text, "USD", flow="imports"), given=True)
        for name, text in (("sharp", "4.00"), ("vague", "7"))
    )
    web = Web([narrow, wide, *AGREED[:1], level("two", "9.0", "USD")], rates=means)
    assert set(web.statements) == {"sharp", "usd", "two"}
    assert [set(conflict.keys) for conflict in web.conflicts()] == [{"usd", "two"}]


def test_of_plenty_of_conflicts_those_are_told_that_the_text_runs_into_first() -> None:
    said = [level(f"{number}", f"{10 + number}.0", "USD") for number in range(30)]
    web = Web(said, rates=means)
    found = web.found(most=12)
    assert not found.complete
    assert [set(conflict.keys) for conflict in found.conflicts] == [{"0", f"{number}"} for number in range(1, 13)]
    assert [conflict.keys for conflict in web.found(most=12).conflicts] == [one.keys for one in found.conflicts]


def test_all_conflicts_are_told_where_they_are_few() -> None:
    found = Web([*AGREED, level("two", "9.0", "USD")], rates=means).found(most=60)
    assert found.complete
    assert len(found.conflicts) == len(AGREED)


def test_known_conflicts_are_not_counted_again() -> None:
    said = [*AGREED, level("two", "9.0", "USD")]
    first = Web(said, rates=means).found()
    known = {frozenset(conflict.keys): conflict for conflict in first.conflicts}
    again = Web(said, rates=means).found(most=0, known=known)
    assert again.complete
    assert [one is known[frozenset(one.keys)] for one in again.conflicts] == [True] * len(AGREED)
