"""Baskets: codes that hold in another revision, refusals by name, results for every list."""

from __future__ import annotations

import pytest

from amur import codes
from amur.baskets import convert, find_list, matching, over_baskets, tiers_of
from amur.errors import CodeError

CHPL = codes.basket("CHPL")


def test_six_codes_of_the_high_priority_list_do_not_exist_in_hs2017() -> None:
    # Known from the list's own origin: it was written for HS2022, and 44 of its 50 codes hold before.
    found = convert(CHPL, "HS2017")
    assert len(found.codes) == 44 and set(found.refused) == {"852589", "854149", "854151", "854159", "854800", "880730"}
    # The forced one-to-one table makes telephones of them.
    assert found.refused["854151"] == found.refused["854159"] == "851712"
    assert set(found.codes).isdisjoint(found.refused) and set(found.codes) | set(found.refused) == set(CHPL.codes)
    with pytest.raises(
        CodeError, match=r"6 of the 50 codes of CHPL do not exist in HS2017: .*854151 \(forced to 851712\)"
    ):
        found.exact()


def test_a_list_holds_in_its_own_revision_and_short_codes_hold_by_what_is_under_them() -> None:
    own = convert(CHPL, "HS2022")
    assert own.exact() == CHPL.codes and (own.basket, own.version, own.revision) == ("CHPL", CHPL.version, "HS2022")
    assert convert(codes.basket("ENERGY"), "HS2017").exact() == codes.basket("ENERGY").codes
    eight = convert(codes.basket("EU-SANCTIONED-CN8"), "HS2017")
    assert len(eight.codes) + len(eight.refused) == len(codes.basket("EU-SANCTIONED-CN8").codes)
    assert "85415100" not in eight.codes and len(eight.refused) == 88
    with pytest.raises(CodeError, match="no table from HS2022 to HS1992"):
        convert(CHPL, "HS1992")


def test_products_match_by_what_they_lie_under() -> None:
    assert matching(codes.basket("CARS"), ["87032110", "8703", "847130", "270900"]) == ("8703", "87032110")


def test_results_are_shown_for_every_basket_with_their_span() -> None:
    lists = [codes.basket(name) for name in ("CHPL", "CARS", "ENERGY")]
    sizes = {"CHPL": 3.0, "CARS": 1.0, "ENERGY": None}
    span = over_baskets(lists, lambda basket: sizes[basket.code])
    assert span.results == {"CHPL": 3, "CARS": 1} and (span.span.low, span.span.high) == (1, 3)
    with pytest.raises(CodeError, match="No basket of CHPL, CARS, ENERGY"):
        over_baskets(lists, lambda _: None)
    with pytest.raises(CodeError, match="No basket of none"):
        over_baskets([], lambda _: 1.0)


def test_tiers_are_lists_of_their_own() -> None:
    whole = codes.basket("CHPL")
    tiers = tiers_of(whole)
    assert [tier.code for tier in tiers] == ["CHPL/1", "CHPL/2", "CHPL/3.A", "CHPL/3.B", "CHPL/4.A", "CHPL/4.B"]
    assert [len(tier.codes) for tier in tiers] == [4, 5, 16, 9, 11, 5]
    assert sorted(code for tier in tiers for code in tier.codes) == sorted(whole.codes)
    first = find_list("CHPL/1")
    assert first == tiers[0] and first.contains("854231") and not first.contains("845710")
    assert (first.name("en"), first.name("sv").endswith("nivå 1")) == ("Common High Priority List, tier 1", True)
    assert find_list("CHPL") == whole and tiers_of(codes.basket("EU-SANCTIONED-CN8")) == ()
    with pytest.raises(CodeError, match="no tier '9'"):
        find_list("CHPL/9")
