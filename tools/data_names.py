"""Partner names as statistical offices write them, turned into the codes of `amur.codes`."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from amur import codes
from amur.errors import CodeError

# Eurostat's own partners and the French spellings that differ from CLDR's. One file gives the year 2016 in French.
EUROSTAT_NAMES = {
    "Extra-EU27 (from 2020)": "EXTRA-EU27",
    "Extra-UE27 (à partir de 2020)": "EXTRA-EU27",
    "Intra-EU27 (from 2020)": "INTRA-EU27",
    "Intra-UE27 (à partir de 2020)": "INTRA-EU27",
    "Ceuta (incl. Melilla 'XL' -> 1998)": "CEUTA-MELILLA",
    "Melilla": "CEUTA-MELILLA",
    "Congo": "COG",
    "Netherlands Antilles (incl. Aruba 'AW' -> 1986)": "ANT",
    "Sint-Maarten (partie néerlandaise)": "SXM",
    "Virgin Islands, British (incl. Montserrat 'MS' -> 1994)": "VGB",
    "Congo, République démocratique du": "COD",
    "Bonaire, Saint-Eustache et Saba": "BES",
    "Cap-Vert": "CPV",
    "Guinée": "GIN",
    "Ile Bouvet": "BVT",
    "Ile Christmas": "CXR",
    "Ile Norfolk": "NFK",
    "Iles Caïmans": "CYM",
    "Iles Cocos (ou Iles Keeling)": "CCK",
    "Iles Cook": "COK",
    "Iles Falkland (Malouines)": "FLK",
    "Iles Féroé": "FRO",
    "Iles Géorgie du Sud et Sandwich du Sud": "SGS",
    "Iles Heard et McDonald": "HMD",
    "Iles Mariannes du Nord": "MNP",
    "Iles Marshall": "MHL",
    "Iles Salomon": "SLB",
    "Iles Turks-et-Caïcos": "TCA",
    "Iles Vierges des Etats-Unis": "VIR",
    "Iles Vierges britanniques (incl. Montserrat 'MS' -> 1994)": "VGB",
    "Iles mineures éloignées des Etats-Unis": "UMI",
    "Biélorussie (Belarus)": "BLR",
    "Micronésie, Etats fédérés de": "FSM",
    "Moldavie, République de": "MDA",
    "Palaos": "PLW",
    "Pitcairn": "PCN",
    "Russie, Fédération de": "RUS",
    "Saint-Siège (Etat de la Cité du Vatican)": "VAT",
    "Sainte-Hélène, Ascension et Tristan da Cunha": "SHN",
    "Territoire britannique de l’océan Indien": "IOT",
    "Territoire palestinien occupé (Cisjordanie (incl. Jérusalem-Est) et bande de Gaza)": "PSE",
    "Occupied Palestinian Territory (West Bank (incl. East Jerusalem) and Gaza Strip)": "PSE",
    "Timor-Oriental": "TLS",
    "Iran, République islamique d’": "IRN",
    "Tokélaou": "TKL",
    "Tanzanie, République unie de": "TZA",
    "Venezuela, République bolivarienne du": "VEN",
    "Saint-Vincent-et-les-Grenadines": "VCT",
    "Bolivie, Etat plurinational de": "BOL",
    "Saint-Christophe-et-Nevis": "KNA",
    "Sint Maarten (Dutch part)": "SXM",
}
# Sudan before 2011 held what is South Sudan today; a state without single successor is left out.
COMTRADE_NAMES = {
    "Other Asia, nes": "TWN",
    "Congo": "COG",
    "Bonaire": "BES",
    "Sudan (...2011)": "SDN",
    "Serbia and Montenegro (...2005)": None,
}
COMTRADE_REMAINDERS = ("Bunkers", "Free Zones", "Special Categories", "US Misc. Pacific Isds", "Neutral Zone")
_EXTRA_UNSPECIFIED = ("extra-union", "pays tiers", "high seas", "haute mer")
_INTRA_UNSPECIFIED = ("intra-union", "intra-ue")


def eurostat_code(name: str) -> str:
    """The code of a reporter or partner as Eurostat's Comext writes it, in English or French."""
    if name in EUROSTAT_NAMES:
        return EUROSTAT_NAMES[name]
    lowered = name.casefold()
    if any(mark in lowered for mark in _INTRA_UNSPECIFIED):
        return "UNSPECIFIED-INTRA"
    if any(mark in lowered for mark in _EXTRA_UNSPECIFIED):
        return "UNSPECIFIED-EXTRA"
    bare = re.sub(r"\s*\(.*\)$", "", name)
    inside = re.findall(r"\(([^()]*)\)$", name)
    for candidate in (name, bare, *inside):
        found = _code(candidate) or _french().get(_plain(candidate))
        if found:
            return found
    raise CodeError(f"Eurostat's partner '{name}' has no code. Add it to EUROSTAT_NAMES.")


def comtrade_code(name: str) -> str | None:
    """The code of a partner as UN Comtrade writes it; None for partners that are no country ("Areas, nes")."""
    if name in COMTRADE_NAMES:
        return COMTRADE_NAMES[name]
    return None if name.endswith(", nes") or name in COMTRADE_REMAINDERS else codes.place(name).code


def census_code(name: str) -> str:
    """The code of a partner as the US Census Bureau writes it, in capitals."""
    return codes.place(name).code


def _code(name: str) -> str | None:
    try:
        return codes.place(name).code
    except CodeError:
        return None


@cache
def _french() -> dict[str, str]:
    iso3 = {item.iso2: item.iso3 for item in codes.countries()}
    territories = Locale("fr").territories
    return {_plain(name): iso3[code] for code, name in territories.items() if code in iso3}


def _plain(name: str) -> str:
    """French names without the differences of apostrophes and accented capitals that the file has."""
    return name.casefold().replace("'", "’").replace("î", "i").replace("é", "e").replace("è", "e")
