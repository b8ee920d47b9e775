"""Where draws of trade elasticities come from: published draws, published standard errors, or a spread of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import FloatArray
from amur.errors import EconomyError

if TYPE_CHECKING:
    import polars as pl


def published_draws(economy: Economy, count: int, *, seed: int = 0) -> FloatArray:
    """`[draw, sector]` of the economy's own draws: all of them in order, or as many as are asked for, by lot.

    More than there are cannot be asked for: the published draws are a sample, not a law.
    """
    _require_count(count)
    draws = economy.theta_draws
    if draws is None:
        raise EconomyError(
            f"The economy {economy.name!r} has no published draws for the elasticities {economy.theta_set!r}. Use the "
            "default set, or give standard errors."
        )
    return _some(draws, count, seed, "the published ones")


def from_standard_errors(
    economy: Economy,
    errors: Mapping[str, float],
    count: int,
    *,
    means: Mapping[str, float] | None = None,
    seed: int = 0,
) -> FloatArray:
    """Draws that are log-normal with the mean and standard error given for each sector, independent of each other.

    A log-normal keeps elasticities above zero and has the mean and spread that were published; `means` are the
    economy's own where left out. Sectors without an error stay at their mean.
    """
    _require_count(count)
    for name in {**errors, **(means or {})}:
        economy.sector(name)
    middle = np.array(
        [(means or {}).get(name, value) for name, value in zip(economy.sectors, economy.theta, strict=True)]
    )
    spread = np.array([errors.get(name, 0.0) for name in economy.sectors])
    if (spread < 0).any() or not np.isfinite(spread).all():
        worst = economy.sectors[int(np.argmin(np.where(np.isfinite(spread), spread, -np.inf)))]
        raise EconomyError(f"The standard error of {worst} is {errors[worst]}; it must be zero or more.")
    variance = np.log1p((spread / middle) ** 2)
    normal = np.random.default_rng(seed).standard_normal((count, len(middle)))
    return middle * np.exp(np.sqrt(variance) * normal - variance / 2)


def read_standard_errors(path: str | Path) -> tuple[dict[str, float], dict[str, float]]:
    """Standard errors and means by sector from a CSV with the columns sector, standard_error and, if wanted, theta."""
    table = _read_table(path)
    lacking = [name for name in ("sector", "standard_error") if name not in table.columns]
    if lacking:
        raise EconomyError(
            f"{path} lacks the columns {lacking}; it needs sector and standard_error, and may have theta."
        )
    sectors = [str(name) for name in table["sector"].to_list()]
    errors = dict(zip(sectors, _numbers(path, table, "standard_error"), strict=True))
    means = dict(zip(sectors, _numbers(path, table, "theta"), strict=True)) if "theta" in table.columns else {}
    return errors, means


def draws_from_file(economy: Economy, path: str | Path, count: int, *, seed: int = 0) -> FloatArray:
    """`[draw, sector]` from a CSV file: standard errors by sector, or a column for each sector and a row for each draw.

    Sectors that the file leaves out stay at the economy's elasticity. Of rows of draws `count` are taken, by lot.
    """
    table = _read_table(path)
    if "standard_error" in table.columns or "sector" in table.columns:
        errors, means = read_standard_errors(path)
        return from_standard_errors(economy, errors, count, means=means, seed=seed)
    draws = np.repeat(economy.theta[None], len(table), axis=0)
    for name in table.columns:
        draws[:, economy.sector(name)] = _numbers(path, table, name)
    return _some(require_draws(economy, draws), count, seed, f"the rows of {path}")


def _read_table(path: str | Path) -> pl.DataFrame:
    import polars as pl

    try:
        return pl.read_csv(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EconomyError(f"{path} cannot be read as a table of elasticities: {error}. Give a CSV file.") from error


def _numbers(path: str | Path, table: pl.DataFrame, column: str) -> list[float]:
    """A column as numbers."""
    values = table[column].to_list()
    for row, value in enumerate(values):
        if not isinstance(value, int | float):
            raise EconomyError(f"{path} has {value!r} in row {row + 1} of the column {column}; give a number.")
    return [float(value) for value in values]


def require_draws(economy: Economy, draws: FloatArray) -> FloatArray:
    """Draws `[draw, sector]` that the model can take, or an error that names the first that it cannot."""
    draws = np.asarray(draws, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] != len(economy.sectors) or not len(draws):
        raise EconomyError(
            f"Draws have the shape {draws.shape}; they need at least one row and one column for each of the "
            f"{len(economy.sectors)} sectors."
        )
    bad = ~(np.isfinite(draws) & (draws > 0))
    if bad.any():
        row, column = (int(k) for k in np.argwhere(bad)[0])
        raise EconomyError(
            f"Draw {row + 1} has the trade elasticity {draws[row, column]:g} in {economy.sectors[column]}; it must be "
            "above zero. Draw from a distribution that is, such as a log-normal."
        )
    return draws


def _some(draws: FloatArray, count: int, seed: int, what: str) -> FloatArray:
    """All draws in order, or as many as are asked for, by lot."""
    _require_count(count)
    if count > len(draws):
        raise EconomyError(f"{count} draws were asked for, and {what} are {len(draws)}. Ask for at most that many.")
    if count == len(draws):
        return draws
    chosen = np.sort(np.random.default_rng(seed).choice(len(draws), size=count, replace=False))
    return draws[chosen]


def _require_count(count: int) -> None:
    if count < 1:
        raise EconomyError(f"{count} draws were asked for; ask for at least one.")
