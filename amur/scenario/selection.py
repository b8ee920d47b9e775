"""Which flows, countries and sectors of an economy a shock names.

Regions: a label of the economy, a country, a bloc (its members, at the policy's date where the scenario has
one), or `all`. Sectors: a code, a name, a group of `sectors.csv`, `goods`, `services` or `all`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from amur import codes
from amur.economy import Economy
from amur.economy.baseline import BoolArray
from amur.errors import CodeError, ScenarioError
from amur.scenario.instruments import Bilateral, Productivity

EVERYTHING = "all"


@dataclass(frozen=True)
class Outside:
    """Members of a bloc that the economy does not list by name; they are inside its rest of the world, or missing."""

    bloc: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Cells picked from an economy, and the members of blocs that it does not hold.

    `cells` is [exporter, importer, sector] for flows and [region, sector] for countries.
    """

    cells: BoolArray
    outside: tuple[Outside, ...] = ()


def select_flows(economy: Economy, chosen: Bilateral, date: datetime.date | None = None) -> Selection:
    """The flows an instrument names, both ways if it says so, without trade of a country with itself."""
    exporters, out_x = _regions(economy, chosen.exporters, chosen.except_exporters, date)
    importers, out_m = _regions(economy, chosen.importers, chosen.except_importers, date)
    sectors = _sectors(economy, chosen.sectors, chosen.except_sectors)
    pairs = exporters[:, None] & importers[None, :]
    if chosen.both_ways:
        pairs = pairs | pairs.T
    pairs = pairs & ~np.eye(len(pairs), dtype=bool)
    if not pairs.any():
        raise ScenarioError("exporters and importers leave no pair of different countries; widen one of them")
    return Selection(pairs[:, :, None] & sectors[None, None, :], _distinct((*out_x, *out_m)))


def select_countries(economy: Economy, chosen: Productivity, date: datetime.date | None = None) -> Selection:
    """The industries that an instrument on countries names."""
    regions, outside = _regions(economy, chosen.countries, chosen.except_countries, date)
    sectors = _sectors(economy, chosen.sectors, chosen.except_sectors)
    return Selection(regions[:, None] & sectors[None, :], outside)


def region_members(
    economy: Economy, name: str, date: datetime.date | None = None
) -> tuple[tuple[str, ...], Outside | None]:
    """The economy's regions behind one name, and what the economy does not hold of it."""
    if name == EVERYTHING:
        return economy.regions, None
    if name in economy.regions:
        return (name,), None
    place = _place(economy, name)
    if isinstance(place, codes.Country):
        if place.code in economy.regions:
            return (place.code,), None
        raise ScenarioError(f"{place.code} ({place.name_en}) is not a region of {economy.name}. {_rest(economy)}")
    members = place.members_at(date) if date else place.members
    inside = tuple(code for code in economy.regions if code in members)
    if not inside:
        why = "it is a reported total without a list of members" if not members else "none of its members is a region"
        raise ScenarioError(f"{place.code} selects nothing in {economy.name}: {why}. Name countries, or write all.")
    outside = tuple(sorted(members - set(inside)))
    return inside, Outside(place.code, outside) if outside else None


def _place(economy: Economy, name: str) -> codes.Place:
    try:
        return codes.place(name)
    except CodeError as error:
        raise ScenarioError(str(error)) from error


def _rest(economy: Economy) -> str:
    return "It is part of ROW there; name ROW or leave it out." if "ROW" in economy.regions else "Leave it out."


def _regions(
    economy: Economy, names: Iterable[str], exceptions: Iterable[str] | None, date: datetime.date | None
) -> tuple[BoolArray, tuple[Outside, ...]]:
    found = [region_members(economy, name, date) for name in names]
    dropped = [region_members(economy, name, date)[0] for name in exceptions or ()]
    chosen = {code for members, _ in found for code in members}
    excepted = {code for members in dropped for code in members}
    for name, members in zip(exceptions or (), dropped, strict=True):
        if not chosen & set(members):
            raise ScenarioError(f"the exception {name} is not among {', '.join(names)}; remove it")
    mask = np.array([code in chosen - excepted for code in economy.regions])
    if not mask.any():
        raise ScenarioError(f"the exceptions leave nothing of {', '.join(names)}; remove some")
    return mask, tuple(outside for _, outside in found if outside)


def _sectors(economy: Economy, names: Iterable[str], exceptions: Iterable[str] | None) -> BoolArray:
    mask = np.zeros(len(economy.sectors), dtype=bool)
    for name in names:
        mask |= sector_mask(economy, name)
    for name in exceptions or ():
        dropped = sector_mask(economy, name)
        if not (mask & dropped).any():
            raise ScenarioError(f"the exception {name} is not among {', '.join(names)}; remove it")
        mask &= ~dropped
    if not mask.any():
        raise ScenarioError(f"the exceptions leave nothing of {', '.join(names)}; remove some")
    return mask


def sector_mask(economy: Economy, name: str) -> BoolArray:
    """The sectors behind one name."""
    if name == EVERYTHING:
        return np.ones(len(economy.sectors), dtype=bool)
    if name in ("goods", "services"):
        mask = economy.goods if name == "goods" else ~economy.goods
        if not mask.any():
            raise ScenarioError(f"{economy.name} has no {name}; name sectors of its own, or write all")
        return mask
    labels = np.array(economy.sectors)
    if name in economy.sectors:
        return labels == name
    grouped = [item.code for item in codes.sectors() if item.group.casefold() == name.casefold()]
    wanted = grouped or [_sector_code(economy, name)]
    mask = np.isin(labels, wanted)
    if not mask.any():
        raise ScenarioError(f"{name} is not a sector of {economy.name}, which has {', '.join(economy.sectors[:6])} …")
    return mask


def _sector_code(economy: Economy, name: str) -> str:
    try:
        return codes.sector(name).code
    except CodeError as error:
        groups = "; ".join(dict.fromkeys(item.group for item in codes.sectors()))
        raise ScenarioError(f"{error} Groups are: goods; services; all; {groups}.") from error


def _distinct(items: Iterable[Outside]) -> tuple[Outside, ...]:
    return tuple(dict.fromkeys(items))
