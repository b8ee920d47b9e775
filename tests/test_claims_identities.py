"""Identities between figures: true worlds never conflict, planted slips are found, conflicts are smallest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amur.claims.amounts import Quantity, Statement, alternatives, amount, base_of, exact, share_quantity
from amur.claims.conflict import System
from amur.claims.edits import edits, reprinted, scaled, transposed
from amur.claims.identities import Conflict, Web, name_identity
from amur.claims.relations import TIME, joined, product_within, relations, units_of
from amur.claims.repair import implied
from amur.claims.stand_ins import stand_ins, weight
from amur.errors import FigureError
from amur.figures import Figure, printed
from amur.intervals import Interval
from amur.periods import Period

# Ranges come from an exact solver over printed decimals; only turning them into floats rounds.
CLOSE = 1e-9

A, B = "SWE", "NOR"


def level(
    key: str,
    text: str,
    period: str,
    *,
    flow: str = "total",
    pair: tuple[str, str] = (A, B),
    currency: str = "USD",
    product: str = "total",
) -> Statement:
    figure = Figure(
        "trade", *pair, flow, product=product, period=Period.parse(period), unit=currency, currency=currency
    )
    return Statement(key, printed(figure, text, scale=1e9), series="release")


def rate(
    key: str,
    text: str,
    period: str,
    *,
    base: str = "",
    flow: str = "total",
    pair: tuple[str, str] = (A, B),
    currency: str = "",
) -> Statement:
    figure = Figure(
        "growth",
        *pair,
        flow,
        period=Period.parse(period),
        base_period=Period.parse(base) if base else None,
        unit="fraction",
        currency=currency,
    )
    return Statement(key, printed(figure, text, scale=0.01), relation="growth", series="release")


def share(key: str, text: str, period: str, *, flow: str = "exports", pair: tuple[str, str] = (A, B)) -> Statement:
    figure = Figure("share", *pair, flow, period=Period.parse(period), unit="fraction")
    return Statement(key, printed(figure, text, scale=0.01), relation="share", series="release")


def kept(conflicts: Sequence[Conflict]) -> list[set[str]]:
    return [set(conflict.keys) for conflict in conflicts]


def yuan(one: str, other: str, period: Period) -> Figure | None:
    """Seven yuan to the dollar, between 6.9 and 7.1."""
    low, high = (6.9, 7.1) if one == "USD" else (1 / 7.1, 1 / 6.9)
    if {one, other} != {"USD", "CNY"}:
        return None
    value = (low + high) / 2
    return Figure("rate", "", period=period, value=value, low=low, high=high, interval_kind="sources", unit=other)


# ── true worlds ─────────────────────────────────────────────────────────────────────────────────

AMOUNTS = st.integers(min_value=100, max_value=99_999).map(lambda n: n / 100)


def shown(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


@st.composite
def true_statements(draw: st.DrawFn) -> list[Statement]:
    """Figures printed with few digits about one consistent world of two flows in the halves of two years."""
    halves = {
        (year, half, way): draw(AMOUNTS) for year in (2023, 2024) for half in (1, 2) for way in ("exports", "imports")
    }
    digits = draw(st.integers(min_value=0, max_value=2))

    def amount_of(label: str, flow: str) -> float:
        year, parts = int(label[:4]), (1, 2) if len(label) == 4 else (int(label[-1]),)
        ways = ("exports", "imports") if flow == "total" else (flow,)
        return sum(halves[year, half, way] for half in parts for way in ways)

    made = []
    for label in ("2023", "2023-H1", "2024", "2024-H1", "2024-H2"):
        made += [
            level(f"{flow} {label}", shown(amount_of(label, flow), digits), label, flow=flow)
            for flow in ("exports", "imports", "total")
        ]
    for label in ("2024", "2024-H1"):
        for flow in ("exports", "imports", "total"):
            growth = 100 * (amount_of(label, flow) / amount_of(label.replace("2024", "2023"), flow) - 1)
            made.append(rate(f"growth {flow} {label}", shown(growth, digits), label, flow=flow))
    return draw(st.permutations(made))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(true_statements())
def test_figures_rounded_from_one_world_never_conflict(statements: list[Statement]) -> None:
    assert Web(statements).conflicts() == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(true_statements(), st.data())
def test_the_truth_lies_in_what_the_others_imply(statements: list[Statement], data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from(statements))
    span = implied(chosen, [item for item in statements if item is not chosen])
    assert span is not None
    assert span.widen(CLOSE * (1 + abs(span.low))).overlaps(chosen.interval)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(true_statements(), st.sampled_from(["exports", "imports", "total"]))
def test_a_level_out_by_a_tenth_is_found(statements: list[Statement], flow: str) -> None:
    wrong = next(item for item in statements if item.key == f"{flow} 2024")
    value = wrong.figure.value / 1e9 * 1.1 + 2
    changed = [level(item.key, shown(value, 1), "2024", flow=flow) if item is wrong else item for item in statements]
    found = Web(changed).conflicts()
    assert found
    assert all(wrong.key in conflict.keys for conflict in found)


# ── smallest ────────────────────────────────────────────────────────────────────────────────────

FLOWS = st.sampled_from(["exports", "imports", "total"])
YEARS = ["2022", "2023", "2024"]
SMALL = st.lists(
    st.one_of(
        st.tuples(st.just("level"), st.integers(8, 14), st.sampled_from(YEARS), FLOWS),
        st.tuples(st.just("growth"), st.integers(-30, 30), st.sampled_from(YEARS[1:]), FLOWS),
    ),
    min_size=3,
    max_size=7,
)


def built(drawn: list[tuple[str, int, str, str]]) -> list[Statement]:
    makers = {"level": level, "growth": rate}
    return [
        makers[kind](f"{index}", str(value), period, flow=flow)
        for index, (kind, value, period, flow) in enumerate(drawn)
    ]


@settings(max_examples=25, deadline=None)
@given(SMALL)
def test_conflicts_are_just_the_minimal_ones_that_trying_every_subset_finds(
    drawn: list[tuple[str, int, str, str]],
) -> None:
    statements = built(drawn)
    held = System(*joined(statements))
    minimal: list[frozenset[str]] = []
    for size in range(1, len(statements) + 1):
        for chosen in combinations(held.stated, size):
            if not any(known <= set(chosen) for known in minimal) and not held.consistent(chosen):
                minimal.append(frozenset(chosen))
    found = held.smallest_conflicts(limit=100)
    assert set(found) == set(minimal)
    assert [len(core) for core in found] == sorted(len(core) for core in found)


def test_no_more_than_asked_for_and_none_larger() -> None:
    statements = [level("a", "10", "2024"), level("b", "20", "2024"), level("c", "30", "2024")]
    held = System(*joined(statements))
    assert len(held.smallest_conflicts(limit=2)) == 2
    assert len(held.smallest_conflicts()) == 3
    assert held.smallest_conflicts(largest=1) == ()


@settings(max_examples=6, deadline=None)
@given(SMALL)
def test_renaming_the_countries_changes_nothing(drawn: list[tuple[str, int, str, str]]) -> None:
    statements = built(drawn)
    renamed = [replace(item, figure=replace(item.figure, subject="UZB", object="DEU")) for item in statements]
    assert kept(Web(statements).conflicts()) == kept(Web(renamed).conflicts())


@settings(max_examples=6, deadline=None)
@given(SMALL, st.sampled_from([1e-3, 7.0, 1e6]))
def test_other_units_of_money_change_nothing(drawn: list[tuple[str, int, str, str]], factor: float) -> None:
    statements = built(drawn)
    other = [
        replace(item, figure=scaled(item.figure, factor)) if item.relation == "level" else item for item in statements
    ]
    assert {frozenset(c.keys) for c in Web(statements).conflicts()} == {
        frozenset(c.keys) for c in Web(other).conflicts()
    }


# ── each identity, by name ──────────────────────────────────────────────────────────────────────

TWENTY_TWO = (level("a", "191", "2022"), rate("b", "30", "2022"))
CASES: dict[str, tuple[list[Statement], set[str]]] = {
    "growth and levels": ([*TWENTY_TWO, level("c", "120", "2021")], {"a", "b", "c"}),
    "one base, several growth rates": (
        [*TWENTY_TWO, level("c", "245", "2024"), rate("d", "80", "2024", base="2021")],
        {"a", "b", "c", "d"},
    ),
    "year to date": (
        [level("a", "125.8", "2025-01/2025-07"), level("b", "106.5", "2025-H1"), level("c", "25.1", "2025-07")],
        {"a", "b", "c"},
    ),
    "parts and total": (
        [level("a", "12", "2024", flow="exports"), level("b", "10", "2024", flow="imports"), level("c", "30", "2024")],
        {"a", "b", "c"},
    ),
    "conversion": ([level("a", "1630", "2024", currency="CNY"), level("b", "300", "2024")], {"a", "b"}),
    "one amount, two figures": ([level("a", "12", "2024"), level("b", "15", "2024")], {"a", "b"}),
    "growth of a share": (
        [
            share("a", "3.2", "2024"),
            share("b", "2.7", "2025"),
            rate("c", "-3.4", "2025", flow="exports"),
            rate("d", "6.1", "2025", flow="exports", pair=(A, "WLD")),
        ],
        {"a", "b", "c", "d"},
    ),
    "weighted growth": (
        [rate("a", "10", "2024"), rate("b", "2", "2024", flow="exports"), rate("c", "5", "2024", flow="imports")],
        {"a", "b", "c"},
    ),
    "part of a whole": (
        [level("a", "12", "2024", flow="exports"), level("b", "5", "2024", flow="exports", pair=(A, "WLD"))],
        {"a", "b"},
    ),
    "ratio": (
        [
            level("a", "12", "2024", flow="exports"),
            share("b", "50", "2024"),
            level("c", "40", "2024", flow="exports", pair=(A, "WLD")),
        ],
        {"a", "b", "c"},
    ),
}


@pytest.mark.parametrize("identity", CASES)
def test_each_identity_is_found_and_named(identity: str) -> None:
    statements, wanted = CASES[identity]
    found = Web(statements, rates=yuan).conflicts()
    assert kept(found) == [wanted]
    assert found[0].identity == identity


@pytest.mark.parametrize("identity", CASES)
def test_without_any_one_of_its_statements_a_conflict_is_gone(identity: str) -> None:
    statements, _ = CASES[identity]
    for left_out in statements:
        assert Web([item for item in statements if item is not left_out], rates=yuan).conflicts() == ()


@pytest.mark.parametrize("identity", CASES)
def test_what_the_others_imply_lies_apart_from_what_is_stated(identity: str) -> None:
    (conflict,) = Web(CASES[identity][0], rates=yuan).conflicts()
    for item in conflict.implications:
        assert item.implied is not None
        assert not item.implied.overlaps(item.stated)


# ── arithmetic known from elsewhere ─────────────────────────────────────────────────────────────


def spanning(span: Interval | None) -> tuple[float, float]:
    assert span is not None
    return span.low, span.high


def test_the_weight_of_a_leg_follows_from_three_growth_rates() -> None:
    # w = (gT − gM) / (gX − gM): −9.1, −9.6 and −8.4 % give 0.58, by rounding 0.50 to 0.67.
    half = [
        rate("t", "-9.1", "2025-H1"),
        rate("x", "-9.6", "2025-H1", flow="exports"),
        rate("m", "-8.4", "2025-H1", flow="imports"),
    ]
    figure = replace(half[1].figure, period=Period.parse("2024-H1"), base_period=None)
    assert spanning(weight(figure, half)) == pytest.approx((0.5, 2 / 3), rel=CLOSE)


def test_a_share_that_falls_bounds_the_growth_of_the_whole() -> None:
    # (1 + g) / (1 + G) = 2.7 / 3.2 in [0.815, 0.873]: a part that falls by 3.4 % needs a whole that grows 10.6–18.5 %.
    statements, _ = CASES["growth of a share"]
    assert spanning(implied(statements[3], statements[:3])) == pytest.approx((0.10594, 0.18533), abs=1e-5)
    assert spanning(implied(statements[2], [*statements[:2], statements[3]])) == pytest.approx(
        (-0.13528, -0.07329), abs=1e-5
    )


def test_bases_agree_only_within_the_rounding_of_the_levels_too() -> None:
    base = level("z", "147", "2021")
    later = [level("c", "245", "2024"), rate("d", "66", "2024", base="2021")]
    by = [*TWENTY_TWO, *later, level("e", "240", "2023"), rate("f", "64", "2023", base="2021")]
    low, high = spanning(implied(base, by))
    assert (low / 1e9, high / 1e9) == pytest.approx((244.5 / 1.665, 240.5 / 1.635), rel=1e-6)
    assert Web([base, *by]).conflicts() == ()


def test_a_month_is_the_difference_of_two_years_to_date() -> None:
    july = level("z", "1", "2025-07")
    by = [level("a", "125.8", "2025-01/2025-07"), level("b", "106.5", "2025-H1")]
    assert spanning(implied(july, by)) == pytest.approx((19.2e9, 19.4e9), rel=CLOSE)


def test_a_change_and_a_ratio_follow_from_levels() -> None:
    levels = [level("a", "12", "2023"), level("b", "15", "2024")]
    change = Statement(
        "c", replace(levels[1].figure, measure="change", base_period=Period.of_year(2023)), relation="change"
    )
    assert spanning(implied(change, levels)) == pytest.approx((2e9, 4e9), rel=CLOSE)
    other = level("d", "30", "2024", pair=(A, "USA"))
    ratio = Statement(
        "e",
        replace(other.figure, measure="ratio", unit="ratio", currency=""),
        relation="ratio",
        against=levels[1].figure,
    )
    assert spanning(implied(ratio, [levels[1], other])) == pytest.approx((29.5 / 15.5, 30.5 / 14.5), rel=CLOSE)


def test_points_are_differences_of_shares() -> None:
    old, new = share("a", "63", "2023"), share("b", "50", "2025")
    figure = replace(new.figure, value=-0.13, low=-0.135, high=-0.125, printed="", base_period=Period.of_year(2023))
    points = Statement("c", figure, relation="share change")
    assert spanning(implied(points, [old, new])) == pytest.approx((-0.14, -0.12), rel=CLOSE)
    assert Web([old, new, points]).conflicts() == ()
    percent = replace(points, figure=replace(figure, value=-0.206, low=-0.21, high=-0.2))
    (conflict,) = Web([old, new, percent]).conflicts()
    assert conflict.identity == "growth of a share"


def test_percent_of_a_share_is_growth_of_it() -> None:
    old, new = share("a", "63", "2023"), share("b", "50", "2025")
    figure = replace(new.figure, value=-0.206, low=-0.21, high=-0.2, base_period=Period.of_year(2023))
    whole = replace(new.figure, object="WLD")
    fall = Statement("c", figure, relation="growth", against=whole)
    assert Web([old, new, fall]).conflicts() == ()
    points = replace(fall, figure=replace(figure, value=-0.13, low=-0.135, high=-0.125))
    assert len(Web([old, new, points]).conflicts()) == 1


# ── currencies ──────────────────────────────────────────────────────────────────────────────────


def test_without_a_rate_amounts_in_two_currencies_never_meet() -> None:
    assert Web(CASES["conversion"][0]).conflicts() == ()


def test_growth_may_be_of_either_currency_but_of_one_only() -> None:
    dollars = [level("a", "100.0", "2023"), level("b", "111.0", "2024")]
    yuans = [level("c", "700.0", "2023", currency="CNY"), level("d", "763.0", "2024", currency="CNY")]
    nine, eleven = rate("x", "9", "2024"), rate("x2", "11", "2024")
    assert Web([*dollars, *yuans, nine]).conflicts() == ()
    assert Web([*dollars, *yuans, eleven]).conflicts() == ()
    # Both growth rates are of one release, so they cannot be of two currencies.
    assert {"x", "x2"} in kept(Web([*dollars, *yuans, nine, eleven]).conflicts())
    assert Web([*dollars, *yuans, nine, replace(eleven, series="other")]).conflicts() == ()


def test_a_stated_currency_binds() -> None:
    dollars = [level("a", "100.0", "2023"), level("b", "110.0", "2024")]
    assert kept(Web([*dollars, rate("x", "9", "2024", currency="USD")]).conflicts()) == [{"a", "b", "x"}]
    assert Web([*dollars, rate("x", "9", "2024", currency="CNY")]).conflicts() == ()


def test_a_share_is_the_same_in_every_currency() -> None:
    part = level("a", "70", "2024", flow="exports", currency="CNY")
    whole = level("b", "700", "2024", flow="exports", pair=(A, "WLD"), currency="CNY")
    dollars = level("c", "10", "2024", flow="exports")
    assert kept(Web([part, whole, dollars, share("d", "20", "2024")]).conflicts()) == [{"a", "b", "d"}]
    assert Web([part, whole, dollars, share("d", "10", "2024")]).conflicts() == ()


# ── repairs ─────────────────────────────────────────────────────────────────────────────────────


def legs(exports: str, imports: str) -> list[Statement]:
    """A turnover that falls by 6.5 %, its legs by what is given, and weights known from the half before."""
    return [
        rate("t", "-6.5", "2025"),
        rate("x", exports, "2025", flow="exports"),
        rate("m", imports, "2025", flow="imports"),
        rate("ht", "-9.1", "2025-H1"),
        rate("hx", "-9.6", "2025-H1", flow="exports"),
        rate("hm", "-8.4", "2025-H1", flow="imports"),
    ]


def test_exchanged_growth_rates_are_found_by_a_borrowed_weight() -> None:
    (conflict,) = Web(legs("-9.9", "-3.4")).conflicts()
    assert conflict.identity == "weighted growth"
    assert set(conflict.claims) == {"t", "x", "m", "ht", "hx", "hm"}
    (borrowed,) = [item for item in conflict.members if item.assumes]
    assert borrowed.figure.note == "2025-H1"[:4].replace("2025", "2024-H1")
    assert set(borrowed.assumes) == {"ht", "hx", "hm"}
    (repair,) = conflict.repairs
    assert repair.kind == "values"
    assert {key: edit.figure.value for key, edit in repair.edits} == pytest.approx({"x": -0.034, "m": -0.099})
    assert Web(legs("-3.4", "-9.9")).conflicts() == ()


def test_a_weight_is_borrowed_only_where_it_is_missing() -> None:
    statements = legs("-3.4", "-9.9")
    assert [item.assumes for item in stand_ins(statements)] == [("ht", "hx", "hm")]
    known = [level("lx", "52", "2024", flow="exports"), level("lm", "48", "2024", flow="imports")]
    assert stand_ins([*statements, *known]) == ()
    assert stand_ins(statements[:1] + statements[3:]) == ()
    assert stand_ins(statements[:3]) == ()


def test_the_weight_of_a_year_beside_stands_in_too() -> None:
    statements = [
        *legs("-9.9", "-3.4")[:3],
        level("lx", "55", "2023", flow="exports"),
        level("lm", "45", "2023", flow="imports"),
    ]
    (borrowed,) = stand_ins(statements)
    assert borrowed.figure.note == "2023"
    assert borrowed.interval.contains(0.55)


def test_seen_from_the_other_side_the_exchange_is_the_same() -> None:
    mirrored = [
        replace(
            item,
            figure=replace(
                item.figure,
                subject=B,
                object=A,
                flow={"exports": "imports", "imports": "exports"}.get(item.figure.flow, "total"),
            ),
        )
        for item in legs("-9.9", "-3.4")
    ]
    (conflict,) = Web(mirrored).conflicts()
    assert conflict.repairs[0].kind == "values"


def test_digits_that_changed_places_are_put_back() -> None:
    statements = [level("a", "254", "2024"), rate("b", "2", "2024"), level("c", "240", "2023")]
    (conflict,) = Web(statements).conflicts()
    (repair,) = [item for item in conflict.repairs if item.kind == "digits"]
    ((key, edit),) = repair.edits
    assert (key, edit.before, edit.after) == ("a", "254", "245")


def test_a_scale_off_by_a_thousand_is_put_back() -> None:
    statements = [level("a", "0.245", "2024"), rate("b", "2", "2024"), level("c", "240", "2023")]
    (conflict,) = Web(statements).conflicts()
    found = {(key, edit.after) for repair in conflict.repairs for key, edit in repair.edits if repair.kind == "scale"}
    assert ("a", 1e3) in found


def test_a_sign_is_turned_back() -> None:
    statements = [level("a", "100", "2023"), level("b", "90", "2024"), rate("c", "10", "2024")]
    (conflict,) = Web(statements).conflicts()
    assert [(item.kind, [key for key, _ in item.edits]) for item in conflict.repairs] == [
        ("values", ["a", "b"]),
        ("sign", ["c"]),
    ]


def test_another_base_is_found() -> None:
    statements = [
        level("a", "100", "2020"),
        level("b", "140", "2021"),
        level("c", "245", "2024"),
        rate("d", "145", "2024", base="2021"),
    ]
    (conflict,) = Web(statements).conflicts()
    assert ("base", "d", "2020") in {(r.kind, key, str(edit.after)) for r in conflict.repairs for key, edit in r.edits}


def test_a_conversion_is_done_anew_at_the_mean_rate() -> None:
    (conflict,) = Web(CASES["conversion"][0], rates=yuan).conflicts()
    values = {key: edit.figure.value for repair in conflict.repairs for key, edit in repair.edits}
    assert conflict.repairs[0].kind == "rate"
    assert values["b"] == pytest.approx(1630e9 / 7, rel=1e-3)
    assert values["a"] == pytest.approx(300e9 * 7, rel=1e-3)


def test_where_no_slip_explains_it_each_claim_may_be_taken_back() -> None:
    (conflict,) = Web(CASES["one amount, two figures"][0]).conflicts()
    assert {(item.kind, item.cost) for item in conflict.repairs} == {("withdraw", 3)}
    assert [item.edits[0][0] for item in conflict.repairs] == ["a", "b"]


def test_every_repair_but_a_withdrawal_lets_the_statements_hold() -> None:
    for statements, _ in CASES.values():
        (conflict,) = Web(statements, rates=yuan).conflicts()
        for repair in conflict.repairs:
            after = {key: edit.figure for key, edit in repair.edits}
            mended = [replace(item, figure=after.get(item.key, item.figure)) for item in statements]
            assert repair.kind == "withdraw" or Web(mended, rates=yuan).conflicts() == ()


def test_data_are_believed_and_never_repaired() -> None:
    statements = CASES["growth and levels"][0]
    data = [replace(item, given=True) for item in statements]
    assert Web([*data[:2], statements[2]]).conflicts() == ()
    (conflict,) = Web([data[0], *statements[1:]]).conflicts()
    assert {key for repair in conflict.repairs for key, _ in repair.edits} <= {"b", "c"}
    assert conflict.claims == ("b", "c")


# ── amounts and relations ───────────────────────────────────────────────────────────────────────

YEAR = Period.of_year(2024)


def test_a_turnover_is_two_flows_whichever_way_round() -> None:
    figure = level("a", "1", "2024").figure
    out, back = (Quantity("trade", *pair, "total", YEAR, "USD") for pair in ((A, B), (B, A)))
    turned = replace(figure, subject=B, object=A)
    assert set(amount(figure, unit="USD")) == set(amount(turned, unit="USD")) == {(out, 1), (back, 1)}
    assert amount(replace(figure, flow="exports"), unit="USD") == ((out, 1),)
    assert amount(replace(turned, flow="imports"), unit="USD") == ((out, 1),)
    assert amount(replace(figure, flow="balance"), unit="USD") == ((out, 1), (back, -1))
    assert amount(replace(figure, object="", flow="imports"), unit="t")[0][0].source == "WLD"
    (stock,) = amount(replace(figure, flow="outward"), kind="investment stock", unit="USD")
    assert stock[0].kind == "investment stock outward"
    with pytest.raises(FigureError, match="Use one of exports, imports"):
        amount(replace(figure, flow="sideways"))


def test_the_base_is_the_year_before_where_none_is_named() -> None:
    assert base_of(rate("a", "1", "2024-H1").figure) == Period.parse("2023-H1")
    assert base_of(rate("a", "1", "2024", base="2021").figure) == Period.of_year(2021)
    with pytest.raises(FigureError, match="Give the period"):
        base_of(replace(rate("a", "1", "2024").figure, period=None))


def test_printed_bounds_are_exact_decimals() -> None:
    assert exact(0.1 + 0.2) * 10 == 3
    assert exact(Interval.of_printed("245", scale=1e9).high) == 245_500_000_000


def test_a_growth_rate_leaves_its_currency_open_only_among_those_in_use() -> None:
    growth = rate("x", "5", "2024")
    assert units_of([growth]) == {"x": ("",)}
    assert units_of([growth, level("a", "1", "2023")])["x"] == ("USD",)
    assert units_of([growth, level("a", "1", "2022")])["x"] == ("",)
    assert units_of([growth, level("a", "1", "2023", pair=("USA", "MEX"))])["x"] == ("",)
    both = units_of([growth, level("a", "1", "2023"), level("b", "7", "2024", currency="CNY")])
    assert set(both["x"]) == {"USD", "CNY"}
    assert len(alternatives(growth, both["x"])) == 2


def test_periods_are_sums_of_the_stretches_they_share() -> None:
    year, half = (Quantity("trade", A, B, "total", Period.parse(label), "USD") for label in ("2024", "2024-H1"))
    found = relations([year, half])
    assert [bound.name for bound in found] == [TIME]
    (rest,) = {quantity for quantity, _ in found[0].terms} - {year, half}
    assert rest.period == Period.parse("2024-H2")
    assert relations([year, replace(half, kind="investment stock")]) == ()
    assert relations([year, replace(year, period=Period.of_year(2023))]) == ()
    stock = replace(year, kind="investment stock")
    assert relations([stock, replace(stock, period=half.period)]) == ()


def test_a_window_of_years_is_the_sum_of_its_years() -> None:
    parts = [level(f"{year}", "10", str(year)) for year in range(2022, 2025)]
    assert Web([*parts, level("w", "30", "2022/2024")]).conflicts() == ()
    assert len(Web([*parts, level("w", "40", "2022/2024")]).conflicts()) == 1


def test_partners_are_no_more_than_their_bloc_and_the_world() -> None:
    france, germany = (level(code, "30", "2024", flow="exports", pair=("USA", code)) for code in ("FRA", "DEU"))
    world = level("w", "50", "2024", flow="exports", pair=("USA", "WLD"))
    union = level("u", "20", "2024", flow="exports", pair=("USA", "EU27"))
    assert kept(Web([france, germany, world]).conflicts()) == [{"FRA", "DEU", "w"}]
    assert {"FRA", "u"} in kept(Web([france, union]).conflicts())
    bought = [
        replace(item, figure=replace(item.figure, subject=item.figure.object, object="USA", flow="imports"))
        for item in (france, union)
    ]
    assert {"FRA", "u"} in kept(Web(bought).conflicts())


def test_products_are_no_more_than_their_group() -> None:
    assert product_within("crude oil", "total")
    assert not product_within("total", "crude oil")
    assert not product_within("27", "27")
    assert product_within("2709", "27")
    assert product_within("HS270900", "HS27")
    assert not product_within("27", "2709")
    oil, everything = level("a", "60", "2024", product="HS27"), level("b", "50", "2024")
    assert kept(Web([oil, everything]).conflicts()) == [{"a", "b"}]


def test_a_share_is_a_quantity_of_its_own() -> None:
    figure = share("a", "3", "2024").figure
    part, whole = amount(figure, unit="USD"), amount(replace(figure, object="WLD"), unit="USD")
    named = share_quantity(part, whole)
    assert named.period == YEAR
    assert named != share_quantity(whole, part)
    assert named.unit == "fraction"


# ── edits ───────────────────────────────────────────────────────────────────────────────────────


def test_neighbouring_digits_change_places() -> None:
    assert transposed("254") == ("524", "245")
    assert transposed("8.1") == ("1.8",)
    assert transposed("20") == ()
    assert transposed("11") == ()
    assert transposed("-3.4") == ("-4.3",)
    assert transposed("0.24") == ("2.04", "0.42")


@given(st.integers(10, 99_999))
def test_exchanging_twice_gives_the_number_back(number: int) -> None:
    for text in transposed(str(number)):
        assert sorted(text) == sorted(str(number))
        assert str(number) in transposed(text)


def test_a_reprinted_figure_keeps_scale_and_precision() -> None:
    figure = reprinted(level("a", "254", "2024").figure, "245")
    assert (figure.value, figure.low, figure.high) == pytest.approx((245e9, 244.5e9, 245.5e9))
    assert figure.printed == "245"
    fall = replace(rate("a", "3.4", "2024").figure, value=-0.034, low=-0.0345, high=-0.0335)
    assert reprinted(fall, "4.3").value == pytest.approx(-0.043)
    bare = replace(figure, low=None, high=None, interval_kind="none")
    assert reprinted(bare, "254").value == pytest.approx(254e9)


def test_a_negative_scale_turns_the_interval_over() -> None:
    figure = scaled(replace(rate("a", "10", "2024").figure, low=0.08, high=0.11), -1.0)
    assert (figure.value, figure.low, figure.high) == pytest.approx((-0.1, -0.11, -0.08))


def test_edits_cover_every_slip_once() -> None:
    growth = rate("a", "12", "2024", flow="exports")
    found = {(edit.kind, str(edit.after)) for edit in edits(growth.figure, relation="growth")}
    assert {
        ("flow", "imports"),
        ("flow", "total"),
        ("base", "2022"),
        ("base", "2020"),
        ("period", "2023"),
        ("period", "2025"),
        ("digits", "21"),
    } <= found
    assert ("roles", "('NOR', 'SWE')") in found
    assert not any(kind == "scale" for kind, _ in found)
    assert not any(kind == "base" and after in ("2023", "2024") for kind, after in found)
    amounts = {edit.kind for edit in edits(level("a", "12", "2024").figure, relation="level")}
    assert amounts == {"flow", "period", "digits", "scale"}


def test_a_slip_of_period_moves_the_base_along() -> None:
    figure = rate("a", "12", "2024", base="2021").figure
    moved = next(edit.figure for edit in edits(figure, relation="growth") if edit.kind == "period")
    assert (moved.period, moved.base_period) == (Period.of_year(2023), Period.of_year(2020))


def test_part_of_a_year_may_be_set_against_all_of_the_year_before() -> None:
    figure = rate("a", "-8.1", "2025-01/2025-07").figure
    bases = [str(edit.after) for edit in edits(figure, relation="growth") if edit.kind == "base"]
    assert bases[0] == "2024"


def test_an_undated_figure_is_edited_without_dates() -> None:
    figure = replace(level("a", "12", "2024").figure, period=None)
    assert "period" not in {edit.kind for edit in edits(figure, relation="level")}
    assert math.isfinite(figure.value)


def test_no_statement_no_conflict() -> None:
    assert Web([]).conflicts() == ()
    assert name_identity([]) == "one amount, two figures"


def test_the_range_of_a_known_statement_by_chosen_others() -> None:
    web = Web(
        [level("a", "100", "2023"), level("b", "110", "2024"), level("c", "120", "2024"), rate("g", "10", "2024")]
    )
    assert spanning(web.implied("g", by={"a", "b"})) == pytest.approx((109.5 / 100.5 - 1, 110.5 / 99.5 - 1), rel=1e-9)
    assert web.implied("g") is None
