"""What is known of a country, a bloc, a sector, a product or a basket."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from amur.errors import CodeError

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
