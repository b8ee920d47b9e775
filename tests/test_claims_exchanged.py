"""Exchanged figures: rates and shares that the data bear out only in each other's place."""

from __future__ import annotations

import pytest

from amur import check

EXCHANGED = [
    "In 2023 China's exports to Russia rose by 12.7% and its imports from Russia by 46.9%.",
    "2023 ökade Kinas export till Ryssland med 12,7 procent och importen från Ryssland med 46,9 procent.",
    "In 2024 Russia's share of China's foreign trade was about 34%, and China's share of Russia's was 4%.",
]
RIGHT = [
    "In 2023 China's exports to Russia rose by 46.9% and its imports from Russia by 12.7%.",
    "2023 ökade Kinas export till Ryssland med 46,9 procent och importen från Ryssland med 12,7 procent.",
    "In 2024 China's share of Russia's foreign trade was about 34%, and Russia's share of China's was 4%.",
]


@pytest.mark.parametrize("text", EXCHANGED)
def test_figures_in_each_others_place_are_told_so(text: str) -> None:
    found = check(text, date="2025-02-14").claims
    assert [one.code for one in found] == ["roles_swapped", "roles_swapped"]
    assert found[0].judgement.others == (found[1].item.key,)


@pytest.mark.parametrize("text", RIGHT)
def test_figures_in_their_own_place_stand(text: str) -> None:
    assert {one.code for one in check(text, date="2025-02-14").claims} <= {"supported", "supported_within_rounding"}


def test_two_wrong_figures_that_are_not_each_others_are_not_exchanged() -> None:
    text = "In 2023 China's exports to Russia rose by 12.7% and its imports from Russia by 61.9%."
    assert "roles_swapped" not in {one.code for one in check(text, date="2025-02-14").claims}


def test_rates_of_two_years_or_of_goods_and_all_goods_are_not_exchanged() -> None:
    text = "China's exports to Russia rose by 12.7% in 2023 and its imports from Russia by 46.9% in 2022."
    assert "roles_swapped" not in {one.code for one in check(text, date="2025-02-14").claims}
