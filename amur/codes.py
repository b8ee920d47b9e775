"""Countries, blocs, sectors, products and baskets: exact lookup, and the nearest suggestion on a miss.

Every table is a file in `data/`, so a new place or name is a line of data and never a branch in code.
Names match whole and ignore case only: a missing accent or a misspelling is a miss that names the nearest.
"""

from __future__ import annotations

import csv
import datetime
import difflib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from amur.errors import CodeError

DATA = Path(__file__).parent / "data"

Lang = Literal["en", "sv"]
BlocKind = Literal["organisation", "constant", "list", "aggregate"]


@dataclass(frozen=True)
class Country:
    """A country or territory with its own trade statistics."""

    iso3: str
    iso2: str
    iso_num: str
    name_en: str
    name_sv: str
    article_en: str
    adjective_en: str
    adjective_sv: str
    capital_en: str
    capital_sv: str
    names_other: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The code used in every table: ISO 3166 alpha-3 (XKX for Kosovo)."""
        return self.iso3

    def name(self, lang: Lang = "en") -> str:
        """The name without article, as readers of the language write it."""
        return self.name_sv if lang == "sv" else self.name_en

    def adjective(self, lang: Lang = "en") -> str:
        """The adjective: `Chinese`, `kinesisk` (Swedish in its base form)."""
        return self.adjective_sv if lang == "sv" else self.adjective_en

    def capital(self, lang: Lang = "en") -> str:
        """The seat of government; empty where nobody lives."""
        return self.capital_sv if lang == "sv" else self.capital_en


@dataclass(frozen=True)
class Membership:
    """One country's time in a bloc. An unknown start counts as always, an unknown end as still."""

    bloc: str
    iso3: str
    date_from: datetime.date | None
    date_to: datetime.date | None
    note: str = ""
    source: str = ""
    confidence: str = ""

    def holds_on(self, day: datetime.date) -> bool:
        """Whether the country was a member on that day, first and last day included."""
        started = self.date_from is None or self.date_from <= day
        return started and (self.date_to is None or day <= self.date_to)


@dataclass(frozen=True)
class Bloc:
    """A group of countries, or an aggregate that a source reports as if it were one.

    `kind`: `organisation` has members by date, `constant` one composition for all years, `list` a list
    whose dates are unknown, `aggregate` a reported total without a list of members.
    """

    code: str
    kind: BlocKind
    name_en: str
    name_sv: str
    article_en: str
    adjective_en: str
    adjective_sv: str
    names_other: tuple[str, ...]
    dates_known: bool
    source: str
    note: str
    memberships: tuple[Membership, ...] = ()

    def name(self, lang: Lang = "en") -> str:
        """The name without article."""
        return self.name_sv if lang == "sv" else self.name_en

    def adjective(self, lang: Lang = "en") -> str:
        """The word that stands before a noun: `EU exports`."""
        return self.adjective_sv if lang == "sv" else self.adjective_en

    def capital(self, lang: Lang = "en") -> str:
        """Blocs have no capital: empty in every language."""
        return ""

    @property
    def members(self) -> frozenset[str]:
        """ISO3 codes of those that have not left; empty for an aggregate."""
        return frozenset(item.iso3 for item in self.memberships if item.date_to is None)

    @property
    def members_ever(self) -> frozenset[str]:
        """ISO3 codes of all that are or were members."""
        return frozenset(item.iso3 for item in self.memberships)

    def members_at(self, day: datetime.date) -> frozenset[str]:
        """ISO3 codes of the members on a day; the same for every day where the dates are unknown."""
        return frozenset(item.iso3 for item in self.memberships if item.holds_on(day))


Place = Country | Bloc


@dataclass(frozen=True)
class HistoricalCode:
    """A code that is no longer in use; `iso3` is its single successor, or None where there is none."""

    code: str
    iso3: str | None
    name: str
    candidates: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Metonym:
    """A word that stands for a country or bloc in a text: a leader, a government, a capital."""

    name: str
    code: str
    kind: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    note: str = ""


@dataclass(frozen=True)
class Sector:
    """One of the 28 sectors of the ICIO tables used here (27 goods sectors and all services)."""

    index: int
    code: str
    name_en: str
    name_sv: str
    description: str
    group: str
    is_goods: bool

    def name(self, lang: Lang = "en") -> str:
        """A short name for tables and charts."""
        return self.name_sv if lang == "sv" else self.name_en


@dataclass(frozen=True)
class Product:
    """A product code with its official description (English only)."""

    nomenclature: str
    code: str
    description: str
    parent: str = ""


@dataclass(frozen=True)
class Basket:
    """A product list as a versioned object: what counts as energy, cars or dual-use, and since when.

    `codes` may be shorter than the codes of the data: a chapter holds all that begins with it.
    `tiers` gives each code its tier (empty text where the list has none).
    """

    code: str
    version: str
    nomenclature: str
    name_en: str
    name_sv: str
    codes: tuple[str, ...]
    tiers: dict[str, str]
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    source: str
    note: str = ""

    def name(self, lang: Lang = "en") -> str:
        """The name of the list."""
        return self.name_sv if lang == "sv" else self.name_en

    def contains(self, product: str) -> bool:
        """Whether a code is on the list or lies under a code of it."""
        return any(product[:length] in self.tiers for length in range(2, len(product) + 1))

    def of_tier(self, tier: str) -> tuple[str, ...]:
        """The codes of one tier; `tier` is matched exactly."""
        found = tuple(code for code in self.codes if self.tiers[code] == tier)
        if not found:
            known = ", ".join(sorted(set(self.tiers.values()) - {""})) or "none"
            raise CodeError(f"The basket {self.code} has no tier '{tier}'. Its tiers are: {known}.")
        return found


# ── places ──────────────────────────────────────────────────────────────────────────────────────


def country(name: str) -> Country:
    """The country of an ISO code or of an English, Swedish or official name.

    Raises CodeError where the name is unknown (with the nearest one), ambiguous (with all candidates),
    or belongs to a state that ended without a single successor.
    """
    iso3 = _country_index().get(name.strip().casefold())
    if iso3:
        return _countries()[iso3]
    _refuse_ambiguous(name, "country")
    old = _historical().get(name.strip().upper())
    if old and old.iso3:
        return _countries()[old.iso3]
    if old:
        raise CodeError(f"{old.code} ({old.name}) has no single successor. {old.note} {_one_of(old.candidates)}")
    if name.strip().casefold() in _bloc_index():
        raise CodeError(
            f"'{name}' is a bloc, not a country. Name one of its members, or use it where blocs are allowed."
        )
    raise CodeError(f"No country is called '{name}'. {_hint(name, _country_index(), _label_country)}")


def bloc(name: str) -> Bloc:
    """The bloc or aggregate of a code or name. Raises CodeError with the nearest on a miss."""
    code = _bloc_index().get(name.strip().casefold())
    if code:
        return _blocs()[code]
    raise CodeError(f"No bloc is called '{name}'. {_hint(name, _bloc_index(), _label_bloc)}")


def place(name: str) -> Place:
    """The country or bloc of a code or name. Raises CodeError with the nearest of both on a miss."""
    code = _bloc_index().get(name.strip().casefold())
    if code:
        return _blocs()[code]
    try:
        return country(name)
    except CodeError as error:
        if not str(error).startswith("No country is called"):
            raise
        both = _country_index() | _bloc_index()
        raise CodeError(f"No country or bloc is called '{name}'. {_hint(name, both, _label_place)}") from error


def countries() -> tuple[Country, ...]:
    """All countries and territories, by ISO3 code."""
    return tuple(_countries().values())


def blocs() -> tuple[Bloc, ...]:
    """All blocs and aggregates, in the order of the file."""
    return tuple(_blocs().values())


@cache
def place_codes() -> frozenset[str]:
    """The codes that a table may carry as exporter, importer, subject or object."""
    return frozenset(_countries()) | frozenset(_blocs())


def suggest(name: str) -> str | None:
    """The code of the place whose name or code is nearest to `name`; None where nothing is near."""
    both = _country_index() | _bloc_index()
    near = _nearest(name, both)
    return near[0] if near else None


def historical(code: str) -> HistoricalCode | None:
    """What an old or non-standard code stood for; None where the code is not of that kind."""
    return _historical().get(code.strip().upper())


def historical_codes() -> tuple[HistoricalCode, ...]:
    """All old and non-standard codes."""
    return tuple(_historical().values())


def ambiguous_names() -> dict[str, tuple[str, ...]]:
    """Names that mean more than one country, each with the ISO3 codes it may mean."""
    return {row["name"]: tuple(row["candidates"].split()) for row in _rows("ambiguous_names.csv")}


@cache
def metonyms() -> tuple[Metonym, ...]:
    """Leaders, governments and capitals that stand for a country in a text, with the dates they hold."""
    return tuple(
        Metonym(row["name"], row["code"], row["kind"], _date(row["valid_from"]), _date(row["valid_to"]), row["note"])
        for row in _rows("metonyms.csv")
    )


# ── sectors, products, baskets ──────────────────────────────────────────────────────────────────


@cache
def sectors() -> tuple[Sector, ...]:
    """The 28 ICIO sectors in the order of every array."""
    return tuple(
        Sector(
            int(row["index"]),
            row["code"],
            row["name_en"],
            row["name_sv"],
            row["description"],
            row["group"],
            row["is_goods"] == "1",
        )
        for row in _rows("sectors.csv")
    )


def sector(name: str) -> Sector:
    """The sector of a code or short name. Raises CodeError with the nearest on a miss."""
    wanted = name.strip().casefold()
    for item in sectors():
        if wanted in (item.code.casefold(), item.name_en.casefold(), item.name_sv.casefold()):
            return item
    index = {text.casefold(): item.code for item in sectors() for text in (item.code, item.name_en, item.name_sv)}
    raise CodeError(
        f"No sector is called '{name}'. {_hint(name, index, lambda code: f'{code} ({sector(code).name_en})')}"
    )


def product(code: str, *, nomenclature: str = "HS") -> Product:
    """The product of a code in `HS` (HS2022, 2, 4 or 6 digits) or `CN8` (4 or 8 digits)."""
    table = products(nomenclature)
    if code not in table:
        near = difflib.get_close_matches(code, table, n=1)
        remedy = (
            f"The nearest is {near[0]} ({table[near[0]].description[:60]})."
            if near
            else "Give its digits without dots."
        )
        raise CodeError(f"{nomenclature} has no product '{code}'. {remedy}")
    return table[code]


@cache
def products(nomenclature: str = "HS") -> dict[str, Product]:
    """All products of a nomenclature, by code."""
    import duckdb

    files = {"HS": "hs_codes.parquet", "CN8": "cn8_codes.parquet"}
    if nomenclature not in files:
        raise CodeError(f"'{nomenclature}' is no nomenclature with descriptions. Use one of: {', '.join(files)}.")
    with duckdb.connect(":memory:") as database:
        table = database.read_parquet((DATA / files[nomenclature]).as_posix())
        rows = table.project("code, description, parent").fetchall()
    return {code: Product(nomenclature, code, description, parent) for code, description, parent in rows}


@cache
def baskets() -> tuple[Basket, ...]:
    """All product lists, the newest version of each first."""
    tiers: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows("basket_items.csv"):
        tiers.setdefault((row["basket"], row["version"]), {})[row["code"]] = row["tier"]
    found = [_basket(row, tiers.get((row["code"], row["version"]), {})) for row in _rows("baskets.csv")]
    return tuple(sorted(found, key=lambda item: item.version, reverse=True))


def basket(code: str, *, version: str | None = None) -> Basket:
    """The product list of a code; its newest version unless one is named."""
    same = [item for item in baskets() if item.code.casefold() == code.strip().casefold()]
    if not same:
        index = {item.code.casefold(): item.code for item in baskets()}
        raise CodeError(f"No basket is called '{code}'. {_hint(code, index, lambda name: name)}")
    matching = [item for item in same if version in (None, item.version)]
    if not matching:
        listed = ", ".join(item.version for item in same)
        raise CodeError(f"The basket {same[0].code} has no version '{version}'. Its versions are: {listed}.")
    return matching[0]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _date(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(";") if name)


@cache
def _countries() -> dict[str, Country]:
    return {
        row["iso3"]: Country(
            **{key: value for key, value in row.items() if key != "names_other"},
            names_other=_names(row["names_other"]),
        )
        for row in _rows("countries.csv")
    }


@cache
def _blocs() -> dict[str, Bloc]:
    members: dict[str, list[Membership]] = {}
    for row in _rows("bloc_members.csv"):
        members.setdefault(row["bloc"], []).append(
            Membership(
                row["bloc"],
                row["iso3"],
                _date(row["date_from"]),
                _date(row["date_to"]),
                row["note"],
                row["source"],
                row["confidence"],
            )
        )
    return {row["code"]: _bloc(row, tuple(members.get(row["code"], ()))) for row in _rows("blocs.csv")}


def _bloc(row: dict[str, str], memberships: tuple[Membership, ...]) -> Bloc:
    return Bloc(
        code=row["code"],
        kind=row["kind"],  # type: ignore[arg-type]
        name_en=row["name_en"],
        name_sv=row["name_sv"],
        article_en=row["article_en"],
        adjective_en=row["adjective_en"],
        adjective_sv=row["adjective_sv"],
        names_other=_names(row["names_other"]),
        dates_known=row["dates_known"] == "yes",
        source=row["source"],
        note=row["note"],
        memberships=memberships,
    )


def _basket(row: dict[str, str], tiers: dict[str, str]) -> Basket:
    return Basket(
        code=row["code"],
        version=row["version"],
        nomenclature=row["nomenclature"],
        name_en=row["name_en"],
        name_sv=row["name_sv"],
        codes=tuple(tiers),
        tiers=tiers,
        valid_from=_date(row["valid_from"]),
        valid_to=_date(row["valid_to"]),
        source=row["source"],
        note=row["note"],
    )


@cache
def _historical() -> dict[str, HistoricalCode]:
    return {
        row["code"]: HistoricalCode(
            row["code"], row["iso3"] or None, row["name"], tuple(row["candidates"].split()), row["note"]
        )
        for row in _rows("historical_codes.csv")
    }


@cache
def _country_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for item in _countries().values():
        for name in (item.iso3, item.iso2, item.name_en, item.name_sv, *item.names_other):
            index[name.casefold()] = item.iso3
    return index


@cache
def _bloc_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for item in _blocs().values():
        for name in (item.code, item.name_en, item.name_sv, *item.names_other):
            index.setdefault(name.casefold(), item.code)
    return index


# ── misses ──────────────────────────────────────────────────────────────────────────────────────


def _refuse_ambiguous(name: str, what: str) -> None:
    wanted = name.strip().casefold()
    for text, candidates in ambiguous_names().items():
        if text.casefold() == wanted:
            raise CodeError(f"'{name}' names more than one {what}. {_one_of(candidates)}")


def _one_of(candidates: tuple[str, ...]) -> str:
    return f"Use one of: {', '.join(_label_country(code) for code in candidates)}."


def _hint(name: str, index: dict[str, str], label: Callable[[str], str]) -> str:
    near = _nearest(name, index)
    if not near:
        return "Use an ISO code such as SWE, or an English or Swedish name."
    labels = [label(code) for code in near]
    listed = " or ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
    return f"Did you mean {listed}?"


def _nearest(name: str, index: dict[str, str]) -> list[str]:
    """The codes whose names are nearest, several where they are equally near; a shared beginning counts extra.

    Two letters are near to everything, so codes of two letters are not offered.
    """
    wanted = name.strip().casefold()
    texts = [text for text in index if len(text) > 2]
    scores: dict[str, float] = {}
    for text in difflib.get_close_matches(wanted, texts, n=30, cutoff=0.6):
        shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(wanted, text, strict=False)))
        shared /= len(wanted)
        score = difflib.SequenceMatcher(None, wanted, text).ratio() + shared / 2
        scores[index[text]] = max(score, scores.get(index[text], 0.0))
    best = max(scores.values(), default=0.0)
    return sorted(code for code, score in scores.items() if score == best)[:3]


def _label_country(code: str) -> str:
    return f"{code} ({_countries()[code].name_en})"


def _label_bloc(code: str) -> str:
    return f"{code} ({_blocs()[code].name_en})" if _blocs()[code].name_en != code else code


def _label_place(code: str) -> str:
    return _label_bloc(code) if code in _blocs() else _label_country(code)
