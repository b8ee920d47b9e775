"""Countries and blocs: exact lookup by code or name in English and Swedish."""

from __future__ import annotations

from functools import cache

from amur.codes.lookup import hint, nearest, read_date, read_names, read_rows
from amur.codes.records import Bloc, Country, HistoricalCode, Membership, Metonym, Place
from amur.errors import CodeError


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
    raise CodeError(f"No country is called '{name}'. {hint(name, _country_index(), _label_country)}")


def bloc(name: str) -> Bloc:
    """The bloc or aggregate of a code or name. Raises CodeError with the nearest on a miss."""
    code = _bloc_index().get(name.strip().casefold())
    if code:
        return _blocs()[code]
    raise CodeError(f"No bloc is called '{name}'. {hint(name, _bloc_index(), _label_bloc)}")


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
        raise CodeError(f"No country or bloc is called '{name}'. {hint(name, both, _label_place)}") from error


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
    near = nearest(name, both)
    return near[0] if near else None


def historical(code: str) -> HistoricalCode | None:
    """What an old or non-standard code stood for; None where the code is not of that kind."""
    return _historical().get(code.strip().upper())


def historical_codes() -> tuple[HistoricalCode, ...]:
    """All old and non-standard codes."""
    return tuple(_historical().values())


def ambiguous_names() -> dict[str, tuple[str, ...]]:
    """Names that mean more than one country, each with the ISO3 codes it may mean."""
    return {row["name"]: tuple(row["candidates"].split()) for row in read_rows("ambiguous_names.csv")}


@cache
def metonyms() -> tuple[Metonym, ...]:
    """Leaders, governments and capitals that stand for a country in a text, with the dates they hold."""
    return tuple(
        Metonym(
            row["name"], row["code"], row["kind"], read_date(row["valid_from"]), read_date(row["valid_to"]), row["note"]
        )
        for row in read_rows("metonyms.csv")
    )


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


@cache
def _countries() -> dict[str, Country]:
    return {
        row["iso3"]: Country(
            **{key: value for key, value in row.items() if key != "names_other"},
            names_other=read_names(row["names_other"]),
        )
        for row in read_rows("countries.csv")
    }


@cache
def _blocs() -> dict[str, Bloc]:
    members: dict[str, list[Membership]] = {}
    for row in read_rows("bloc_members.csv"):
        members.setdefault(row["bloc"], []).append(
            Membership(
                row["bloc"],
                row["iso3"],
                read_date(row["date_from"]),
                read_date(row["date_to"]),
                row["note"],
                row["source"],
                row["confidence"],
            )
        )
    return {row["code"]: _bloc(row, tuple(members.get(row["code"], ()))) for row in read_rows("blocs.csv")}


def _bloc(row: dict[str, str], memberships: tuple[Membership, ...]) -> Bloc:
    return Bloc(
        code=row["code"],
        kind=row["kind"],  # type: ignore[arg-type]
        name_en=row["name_en"],
        name_sv=row["name_sv"],
        article_en=row["article_en"],
        adjective_en=row["adjective_en"],
        adjective_sv=row["adjective_sv"],
        names_other=read_names(row["names_other"]),
        dates_known=row["dates_known"] == "yes",
        source=row["source"],
        note=row["note"],
        memberships=memberships,
    )


@cache
def _historical() -> dict[str, HistoricalCode]:
    return {
        row["code"]: HistoricalCode(
            row["code"], row["iso3"] or None, row["name"], tuple(row["candidates"].split()), row["note"]
        )
        for row in read_rows("historical_codes.csv")
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


def _label_country(code: str) -> str:
    return f"{code} ({_countries()[code].name_en})"


def _label_bloc(code: str) -> str:
    return f"{code} ({_blocs()[code].name_en})" if _blocs()[code].name_en != code else code


def _label_place(code: str) -> str:
    return _label_bloc(code) if code in _blocs() else _label_country(code)
