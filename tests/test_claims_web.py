"""What a conflict is called, which figures count as akin, and how large a conflict may be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from test_claims_identities import kept, level, rate, share, yuan

from amur.claims.amounts import WORLD, Statement
from amur.claims.identities import Identity, Web, _agreeing, _akin, _doubt, name_identity
from amur.claims.relations import no_rates

NAMED: list[tuple[Identity, list[Statement]]] = [
    ("one amount, two figures", [level("a", "100", "2024"), level("b", "120", "2024")]),
    (
        "parts and total",
        [level("a", "100", "2024"), level("b", "50", "2024", flow="exports"), level("c", "60", "2024", flow="imports")],
    ),
    ("year to date", [level("a", "100", "2024"), level("b", "120", "2024-01/2024-06")]),
    ("part of a whole", [level("a", "100", "2024"), level("b", "120", "2024", product="oil")]),
    (
        "part of a whole",
        [level("a", "100", "2024", flow="exports", pair=("SWE", WORLD)), level("b", "120", "2024", flow="exports")],
    ),
    ("growth and levels", [level("a", "100", "2023"), level("b", "120", "2024"), rate("g", "10", "2024")]),
    ("one base, several growth rates", [level("a", "100", "2023"), rate("g", "10", "2024"), rate("h", "30", "2024")]),
    ("one amount, two figures", [rate("g", "10", "2024"), rate("h", "30", "2024")]),
    (
        "weighted growth",
        [rate("g", "10", "2024"), rate("e", "20", "2024", flow="exports"), rate("i", "30", "2024", flow="imports")],
    ),
    (
        "growth of a share",
        [share("s", "10", "2023"), share("t", "30", "2024"), rate("e", "20", "2024", flow="exports")],
    ),
    (
        "ratio",
        [
            share("s", "10", "2024"),
            level("a", "50", "2024", flow="exports"),
            level("w", "100", "2024", flow="exports", pair=("SWE", WORLD)),
        ],
    ),
    ("growth of a share", [replace(share("s", "10", "2023"), relation="share change")]),
]


@pytest.mark.parametrize(("name", "members"), NAMED)
def test_a_conflict_is_named_by_what_it_joins(name: Identity, members: list[Statement]) -> None:
    assert name_identity(members) == name
    assert name_identity(members[::-1]) == name


def test_two_currencies_are_a_conversion() -> None:
    members = [level("a", "100", "2024"), level("b", "900", "2024", currency="CNY")]
    assert name_identity(members, rates=yuan) == "conversion"


def test_rates_of_a_whole_and_its_parts_are_weighted_only_over_one_span_and_three_of_them() -> None:
    whole, out, back = NAMED[8][1]
    assert name_identity([whole, out]) == "one amount, two figures"
    assert name_identity([whole, replace(whole, key="w"), replace(whole, key="v")]) == "one amount, two figures"
    moved = rate("i", "30", "2023", flow="imports")
    assert name_identity([whole, out, moved]) == "one amount, two figures"
    since = rate("i", "30", "2024", base="2020", flow="imports")
    assert name_identity([whole, out, since]) == "one amount, two figures"
    assert name_identity([whole, out, back, level("a", "100", "2023")]) == "weighted growth"
    undated = replace(back, figure=replace(back.figure, period=None))
    assert name_identity([whole, out, undated]) == "weighted growth"


def test_a_borrowed_weight_makes_growth_weighted() -> None:
    weight = replace(share("s", "40", "2023"), assumes=("x", "y"))
    assert name_identity([weight, rate("g", "10", "2024")]) == "weighted growth"


def test_figures_are_akin_on_one_pair_or_on_a_country_of_it_with_the_world() -> None:
    here = level("a", "1", "2024")
    turned = level("b", "1", "2023", pair=("NOR", "SWE"), flow="exports")
    assert _akin(here, turned)
    assert not _akin(here, replace(turned, kind="investment"))
    for pair, akin in ((("SWE", WORLD), True), ((WORLD, "NOR"), True), (("DNK", WORLD), False)):
        other = level("c", "1", "2024", pair=pair)
        assert _akin(here, other) == _akin(other, here) == akin
    assert not _akin(here, level("d", "1", "2024", pair=("SWE", "DNK")))
    assert not _akin(here, level("e", "1", "2024", pair=("DNK", "NOR")))
    assert not _akin(level("f", "1", "2024", pair=("SWE", WORLD)), level("g", "1", "2024", pair=("NOR", WORLD)))


def chain(years: int) -> list[Statement]:
    """A level, what it is some years later, and a growth rate of each year that together say more."""
    grown = [
        rate(f"g{year}", "10.0", str(year), base=str(before), currency="USD")
        for before, year in pairwise(range(2010, 2011 + years))
    ]
    return [level("first", "100", "2010"), *grown, level("last", "100", str(2010 + years))]


def test_a_conflict_of_five_is_told_and_one_of_six_is_not() -> None:
    assert kept(Web(chain(3)).conflicts()) == [{"first", "last", "g2011", "g2012", "g2013"}]
    assert Web(chain(4)).conflicts() == ()


def test_data_alone_are_no_conflict_and_a_claim_against_data_is_none_either() -> None:
    one, other = level("a", "100", "2024"), level("b", "120", "2024")
    assert kept(Web([one, other]).conflicts()) == [{"a", "b"}]
    assert Web([one, replace(other, given=True)]).conflicts() == ()
    three = [one, replace(level("c", "140", "2024"), given=True), other]
    assert {"a", "b"} in kept(Web(three).conflicts())


def test_claims_of_a_conflict_leave_out_data_and_name_what_a_weight_was_borrowed_from() -> None:
    (conflict,) = Web([level("a", "100", "2023"), level("b", "120", "2024"), rate("g", "10", "2024")]).conflicts()
    assert conflict.claims == conflict.keys == ("a", "b", "g")
    assert [item.key for item in conflict.implications] == ["a", "b", "g"]
    assert conflict.implications[2].implied is not None
    low, high = conflict.implications[2].implied.low, conflict.implications[2].implied.high
    assert (low, high) == pytest.approx((119.5 / 100.5 - 1, 120.5 / 99.5 - 1))


def test_small_conflicts_stand_first_and_what_they_explain_is_left_out() -> None:
    said = [
        level("a", "100", "2023"),
        level("b", "110", "2024"),
        level("c", "210", "2024"),
        rate("g", "10", "2024"),
    ]
    found = kept(Web(said).conflicts())
    assert found[0] == {"b", "c"}
    assert [len(keys) for keys in found] == sorted(len(keys) for keys in found)


def test_of_data_that_contradict_each_other_the_borrowed_then_the_widest_goes() -> None:
    exact, loose = level("a", "100.0", "2024"), level("b", "120", "2024")
    other = level("c", "50", "2023")
    assert _agreeing([exact, loose, other], no_rates) == [exact, other]
    assert _agreeing([loose, exact], no_rates) == [exact]
    assert _agreeing([exact, other], no_rates) == [exact, other]
    assert _agreeing([loose], no_rates) == [loose]
    borrowed = replace(exact, assumes=("x",))
    assert _agreeing([borrowed, loose], no_rates) == [loose]


def test_doubt_of_a_datum_is_its_width_next_to_its_size() -> None:
    figure = replace(level("a", "100", "2024").figure, low=90e9, high=110e9)
    datum = Statement("a", figure)
    assert _doubt(datum) == (False, pytest.approx(20 / 200))
    assert _doubt(replace(datum, assumes=("x",))) == (True, pytest.approx(0.1))
    fall = replace(rate("g", "-10", "2024").figure, low=-0.3, high=0.1)
    assert _doubt(Statement("g", fall, "growth"))[1] == pytest.approx(0.4 / 0.4)


def test_a_conflict_explained_by_a_smaller_one_is_not_told_again() -> None:
    said = [
        level("a", "100", "2023"),
        level("b", "110", "2024"),
        level("c", "210", "2024", currency="USD"),
        rate("g", "10", "2024"),
        rate("h", "10", "2024", flow="total"),
    ]
    found = Web(said).conflicts()
    assert {"b", "c"} in kept(found)
    sizes = [len(keys) for keys in kept(found)]
    assert sizes == sorted(sizes)
