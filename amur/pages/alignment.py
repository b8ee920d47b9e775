"""How near states stand in the UN General Assembly: agreement of votes to 2019, and distance of ideal points to 2024.

The two files count sessions and years differently, so they are read apart and never joined.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from amur import codes
from amur.economy.files import DATA

if TYPE_CHECKING:
    import polars as pl

AGREEMENT_YEARS = (2011, 2019)
AGREEMENT_ORIGIN = "vote-agreement"
IDEAL_YEAR = 2024
IDEAL_FIRST = 1992
IDEAL_ORIGIN = "un-ideal-points"


def vote_agreement(a: str, b: str) -> float | None:
    """Share of identical votes of two places, mean over the years 2011–2019; a bloc is the mean of its members.

    The file holds agreement with nine states. None where neither place is one of them.
    """
    for subject, partner in ((a, b), (b, a)):
        found = _agreement(subject, partner)
        if found is not None:
            return found
    return None


def ideal_distance(a: str, b: str, year: int = IDEAL_YEAR) -> float | None:
    """Distance of the ideal points of two places in a year, from final votes; a bloc is the mean of its members."""
    points = [_ideal_point(code, year) for code in (a, b)]
    return None if points[0] is None or points[1] is None else abs(points[0] - points[1])


def ideal_distances(a: str, b: str) -> dict[int, float | None]:
    """The distance in every year from the end of the cold war to the newest; a bloc has today's members throughout."""
    return {year: ideal_distance(a, b, year) for year in range(IDEAL_FIRST, IDEAL_YEAR + 1)}


def _agreement(subject: str, partner: str) -> float | None:
    import polars as pl

    first, last = AGREEMENT_YEARS
    rows = _votes().filter(
        pl.col("iso3").is_in(_members(subject))
        & (pl.col("partner") == partner)
        & pl.col("year").is_between(first, last)
    )
    # Each member counts once, whatever the number of years it voted in.
    each = rows.group_by("iso3").agg(pl.col("agreement").mean())
    return None if each.is_empty() else float(each.get_column("agreement").to_numpy().mean())


@lru_cache(maxsize=1024)
def _ideal_point(code: str, year: int) -> float | None:
    import polars as pl

    rows = _points().filter(pl.col("iso3c").is_in(_members(code)) & (pl.col("year") == year))
    known = rows.get_column("idealpointfp").drop_nulls().drop_nans()
    return None if known.is_empty() else float(known.to_numpy().mean())


def _members(code: str) -> list[str]:
    place = codes.place(code)
    return sorted(place.members) if isinstance(place, codes.Bloc) and place.members else [place.code]


@lru_cache(maxsize=1)
def _votes() -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(DATA / "trade" / "un_vote_agreement_1946_2019.parquet")


@lru_cache(maxsize=1)
def _points() -> pl.DataFrame:
    import polars as pl

    return pl.read_parquet(DATA / "ties" / "un_ideal_points_1946_2024.parquet")
