"""Codes: exact lookup in both languages, suggestions on a miss, blocs by date, baskets."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur import codes
from amur.errors import CodeError

BEFORE_BREXIT, AFTER_BREXIT = datetime.date(2020, 1, 31), datetime.date(2020, 2, 1)
COUNTRIES = st.sampled_from(codes.countries())


@given(COUNTRIES)
def test_every_name_and_code_leads_back_to_its_country(country: codes.Country) -> None:
    for name in (country.iso3, country.iso2, country.name_en, country.name_sv, *country.names_other):
        assert codes.country(name) is country
        assert codes.country(f"  {name.upper()} ") is country


def test_no_name_belongs_to_two_places() -> None:
    owners: dict[str, set[str]] = {}
    for place in (*codes.countries(), *codes.blocs()):
        own = (place.code, place.name_en, place.name_sv, *place.names_other)
        extra = (place.iso2,) if isinstance(place, codes.Country) else ()
        for name in (*own, *extra):
            owners.setdefault(name.casefold(), set()).add(place.code)
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


def test_ambiguous_names_are_no_country_s_own_name() -> None:
    own = {name.casefold() for item in codes.countries() for name in (item.name_en, item.name_sv, *item.names_other)}
    assert own & {name.casefold() for name in codes.ambiguous_names()} == set()


@given(COUNTRIES)
def test_every_country_has_words_in_both_languages(country: codes.Country) -> None:
    for lang in ("en", "sv"):
        assert country.name(lang)
        assert country.adjective(lang)
    assert country.adjective_sv == country.adjective_sv.lower() or country.adjective_sv.startswith("turks- och")
    assert country.article_en in ("", "the")
    assert bool(country.capital_en) == bool(country.capital_sv)


@pytest.mark.parametrize(
    ("name", "code"),
    [("ryssland", "RUS"), ("Förenade arabemiraten", "ARE"), ("Hongkong", "HKG"), ("Kirgistan", "KGZ"),
     ("Kirgizistan", "KGZ"), ("USA", "USA"), ("Storbritannien", "GBR"), ("Vitryssland", "BLR"), ("Viet Nam", "VNM"),
     ("Türkiye", "TUR"), ("Turkey", "TUR"), ("Chinese Taipei", "TWN"), ("Côte d’Ivoire", "CIV"), ("XKX", "XKX")],
)  # fmt: skip
def test_names_as_readers_write_them(name: str, code: str) -> None:
    assert codes.country(name).code == code


@pytest.mark.parametrize(
    ("typo", "nearest"),
    [("Rusia", "RUS (Russia)"), ("Sverge", "SWE (Sweden)"), ("Kina ", None), ("CHM", "CHN (China)")],
)
def test_a_miss_suggests_the_nearest(typo: str, nearest: str | None) -> None:
    if nearest is None:
        assert codes.country(typo).code == "CHN"
        return
    with pytest.raises(CodeError, match="Did you mean") as caught:
        codes.country(typo)
    assert nearest in str(caught.value)
    assert repr(typo) in str(caught.value)


def test_a_hopeless_name_says_what_to_give_instead() -> None:
    with pytest.raises(CodeError, match="Use an ISO code such as SWE"):
        codes.country("qqqqqq")


def test_accents_count() -> None:
    with pytest.raises(CodeError, match="CIV"):
        codes.country("Cöte d'Ivoire")


@pytest.mark.parametrize(("name", "candidates"), [("Korea", {"KOR", "PRK"}), ("Kongo", {"COD", "COG"})])
def test_an_ambiguous_name_lists_its_candidates(name: str, candidates: set[str]) -> None:
    with pytest.raises(CodeError, match="more than one country") as caught:
        codes.country(name)
    assert all(code in str(caught.value) for code in candidates)


def test_old_codes_lead_to_their_successor_or_say_why_not() -> None:
    assert codes.country("ROM").code == "ROU"
    assert codes.country("ZAR").code == "COD"
    with pytest.raises(CodeError, match="no single successor"):
        codes.country("YUG")


def test_historical_codes_name_known_countries_and_no_current_code() -> None:
    known = {item.iso3 for item in codes.countries()}
    for old in codes.historical_codes():
        assert old.code not in known
        assert {old.iso3} - {None} <= known
        assert set(old.candidates) <= known
        assert bool(old.iso3) != bool(old.candidates)


def test_a_bloc_is_not_a_country_but_a_place() -> None:
    with pytest.raises(CodeError, match="is a bloc"):
        codes.country("EU27")
    assert codes.place("Europeiska unionen") is codes.bloc("EU")
    assert codes.place("kina") is codes.country("CHN")
    with pytest.raises(CodeError, match="No bloc is called"):
        codes.bloc("EU28")


def test_members_follow_the_calendar() -> None:
    union = codes.bloc("EU")
    assert "GBR" in union.members_at(BEFORE_BREXIT)
    assert "GBR" not in union.members_at(AFTER_BREXIT)
    assert len(union.members_at(datetime.date(1960, 1, 1))) == 6
    assert len(union.members_at(datetime.date(1995, 1, 1))) == 15
    assert union.members_at(AFTER_BREXIT) == codes.bloc("EU27").members == union.members
    assert codes.bloc("EU27").members_at(datetime.date(1999, 1, 1)) == codes.bloc("EU27").members


def test_sizes_of_the_blocs() -> None:
    sizes = {"EU27": 27, "G7": 7, "EAEU": 5, "SCO": 10, "WEST": 36, "EA20": 20, "ASEAN": 11}
    assert {code: len(codes.bloc(code).members) for code in sizes} == sizes
    assert codes.bloc("OPEC").members < codes.bloc("OPEC+").members
    assert not codes.bloc("WEST").dates_known
    assert codes.bloc("WEST").members_at(BEFORE_BREXIT) == codes.bloc("WEST").members


def test_members_of_blocs_are_countries_and_disputes_are_said() -> None:
    known = {item.iso3 for item in codes.countries()}
    for bloc in codes.blocs():
        assert bloc.members_ever <= known
        assert bool(bloc.memberships) == (bloc.kind != "aggregate")
    disputed = [item for item in codes.bloc("BRICS").memberships if item.confidence == "disputed"]
    assert [item.iso3 for item in disputed] == ["SAU"]


def test_metonyms_stand_for_known_places() -> None:
    assert {item.code for item in codes.metonyms()} <= codes.place_codes()
    trump = [item for item in codes.metonyms() if item.name == "Trump"]
    assert [(item.valid_from.year, item.valid_to and item.valid_to.year) for item in trump if item.valid_from] == [
        (2017, 2021),
        (2025, None),
    ]


def test_sectors_in_the_order_of_every_array() -> None:
    found = codes.sectors()
    assert [item.index for item in found] == list(range(28))
    assert [item.code for item in found if not item.is_goods] == ["SERV"]
    assert codes.sector("c29").name("sv") == "Motorfordon"
    assert codes.sector("Motor vehicles").code == "C29"
    with pytest.raises(CodeError, match="C29"):
        codes.sector("Motor vehicle")


def test_products_by_code() -> None:
    assert codes.product("8542").description.startswith("Electronic integrated circuits")
    assert codes.product("854231").parent == "8542"
    with pytest.raises(CodeError, match="HS has no product"):
        codes.product("99999999")
    with pytest.raises(CodeError, match="no nomenclature"):
        codes.products("SITC")


def test_baskets_are_versioned_lists() -> None:
    common = codes.basket("chpl")
    assert len(common.codes) == 50
    assert [len(common.of_tier(tier)) for tier in ("1", "2", "3.A", "3.B", "4.A", "4.B")] == [4, 5, 16, 9, 11, 5]
    assert set(common.codes) <= set(codes.products("HS"))
    assert common.contains("85423190")
    assert not common.contains("8542")
    assert codes.basket("ENERGY").contains("270900")
    assert not codes.basket("ENERGY").contains("270400")
    with pytest.raises(CodeError, match="versions are: 2024-02-23"):
        codes.basket("CHPL", version="2020")
    with pytest.raises(CodeError, match="Did you mean CARS"):
        codes.basket("CAR")
    with pytest.raises(CodeError, match="no tier '9'"):
        common.of_tier("9")


def test_four_and_eight_digit_lists_never_mix() -> None:
    eight, four = codes.basket("EU-SANCTIONED-CN8"), codes.basket("EU-SANCTIONED-HS4")
    assert {len(code) for code in eight.codes} == {8}
    assert {len(code) for code in four.codes} == {4}


@given(st.text(min_size=0, max_size=12))
def test_lookup_finds_or_explains(name: str) -> None:
    try:
        assert codes.place(name).code in codes.place_codes()
    except CodeError as error:
        assert str(error)[-1] in ".?"
