"""Economies from a user's own table: flows alone, or a full inter-country input–output table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from amur.economy.baseline import Economy, FloatArray, sector_last
from amur.errors import EconomyError

ONE_SECTOR = "ALL"


def economy_from_flows(table: Any, *, theta: float | Mapping[str, float], name: str, unit_usd: float) -> Economy:
    """An economy without input–output links: output is value added, spending is final.

    `table` is a data frame (pandas, Polars, DuckDB, PyArrow) with the columns `exporter`, `importer`, `value` (before
    duty, home sales included) and, if wanted, `sector` and `tariff_rate` (a fraction). Absent pairs are zero; a
    region without home sales is refused, because its own output cannot be told. `theta` is one number, or one for
    each sector.
    """
    cells = _cells(table)
    regions, sectors = cells.regions, cells.sectors
    trade, tariff = cells.trade, cells.tariff
    home = np.einsum("nns->n", trade)
    if (home <= 0).any():
        lacking = [code for code, value in zip(regions, home, strict=True) if value <= 0]
        raise EconomyError(f"No home sales for {lacking[:5]}: add rows with exporter = importer, or drop the region.")
    spending = (trade * (1 + tariff)).sum(axis=0)
    output = trade.sum(axis=1)
    missing = [code for code in sectors if isinstance(theta, Mapping) and code not in theta]
    if missing:
        raise EconomyError(f"No theta is given for sectors {missing[:5]}.")
    values = [float(theta[code]) if isinstance(theta, Mapping) else float(theta) for code in sectors]
    shape = (len(regions), len(sectors), len(sectors))
    return Economy(
        name=name,
        regions=regions,
        sectors=sectors,
        pi=_shares(trade * (1 + tariff), spending),
        gamma=np.zeros(shape),
        beta=np.ones(shape[:2]),
        alpha=spending / spending.sum(axis=1, keepdims=True),
        va=output.sum(axis=1),
        deficit=trade.sum(axis=(0, 2)) - output.sum(axis=1),
        tariff=tariff,
        theta=np.array(values),
        expenditure=spending,
        unit_usd=unit_usd,
    )


@dataclass(frozen=True)
class IoTable:
    """An inter-country input–output table before duties.

    `intermediate` [exporter, input, importer, user] and `final` [exporter, sector, importer] at basic prices; `final`
    may have a further axis of categories (households, government, inventories), which are summed.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: FloatArray
    final: FloatArray


def economy_from_io_table(
    table: IoTable, *, theta: Sequence[float] | FloatArray, tariff: FloatArray | None = None, name: str = "own"
) -> Economy:
    """An economy from a full table: origins are split alike for all uses, value added is output less inputs.

    `tariff` [exporter, importer, sector] are fractions, zero when not given; the duties fall on the user, so value
    added is what is left of output after inputs with duties. Refused where final spending or value added would be
    negative: see `purge_negative_final`.
    """
    intermediate, final = table.intermediate, table.final
    if (intermediate < 0).any() or (final < 0).any():
        raise EconomyError(
            f"Table {name!r} has {int((intermediate < 0).sum())} negative intermediate and {int((final < 0).sum())} "
            "negative final cells. Use purge_negative_final, which states what it moves."
        )
    n, s = len(table.regions), len(table.sectors)
    final = final.reshape(n, s, n, -1).sum(axis=3)
    duty = np.zeros((n, n, s)) if tariff is None else np.asarray(tariff, dtype=float)
    trade = (intermediate.sum(axis=3) + final).transpose(0, 2, 1)
    paid = trade * (1 + duty)
    spending = paid.sum(axis=0)
    output = trade.sum(axis=1)
    # One split of origins for every use: what user s of region n pays for input k is its share of n's purchases of k.
    bought = intermediate.sum(axis=0).transpose(1, 0, 2)
    before_duty = trade.sum(axis=0)
    mark_up = np.divide(spending, before_duty, out=np.ones_like(spending), where=before_duty > 0)
    inputs = bought * mark_up[:, :, None]
    idle = output <= 0
    gamma = np.divide(inputs, output[:, None, :], out=np.zeros_like(inputs), where=~idle[:, None, :])
    beta = 1 - gamma.sum(axis=1)
    if (beta < 0).any():
        at = np.unravel_index(int(np.argmin(beta)), beta.shape)
        raise EconomyError(
            f"Inputs of {table.regions[at[0]]} {table.sectors[at[1]]} cost {1 - beta[at]:.3f} of its output: value "
            "added would be negative. Correct the table there."
        )
    used = spending - inputs.sum(axis=2)
    used = np.where(np.abs(used) < 1e-9 * spending.sum(axis=1, keepdims=True), np.maximum(used, 0), used)
    return Economy(
        name=name,
        regions=table.regions,
        sectors=table.sectors,
        pi=_shares(paid, spending),
        gamma=gamma,
        beta=beta,
        alpha=used / used.sum(axis=1, keepdims=True),
        va=(beta * output).sum(axis=1),
        deficit=trade.sum(axis=(0, 2)) - output.sum(axis=1),
        tariff=duty,
        theta=np.asarray(theta, dtype=float),
        expenditure=spending,
    )


@dataclass(frozen=True)
class Purged:
    """A table without negative final demand, and what was moved to get there."""

    table: IoTable
    cells: int
    moved: float


def purge_negative_final(table: IoTable, output: FloatArray) -> Purged:
    """Remove negative final demand, which stems from inventories, and let output follow.

    The rule: negative cells of final demand, category by category, become zero; then outputs are solved anew,
    `x = A x + f`, with the input coefficients `A` = intermediate / `output` [exporter, sector] of the table, so every
    technology is kept and sales equal output. Nothing else moves. `moved` is the sum of the cells removed.
    """
    negative = table.final < 0
    n, s = len(table.regions), len(table.sectors)
    final = np.where(negative, 0.0, table.final).reshape(n, s, n, -1).sum(axis=3)
    flat = table.intermediate.reshape(n * s, n * s)
    sold = output.reshape(n * s)
    coefficients = np.divide(flat, sold, out=np.zeros_like(flat), where=sold > 0)
    made = np.linalg.solve(np.eye(n * s) - coefficients, final.sum(axis=2).reshape(n * s))
    intermediate = (coefficients * made).reshape(table.intermediate.shape)
    purged = IoTable(table.regions, table.sectors, intermediate, final)
    return Purged(purged, int(negative.sum()), float(table.final[negative].sum()))


@dataclass(frozen=True)
class _Cells:
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: FloatArray
    tariff: FloatArray


def _cells(table: Any) -> _Cells:
    """The rows of a flow table as dense cubes."""
    import narwhals as nw

    try:
        native = nw.from_native(table)
    except TypeError as error:
        raise EconomyError(f"A flow table must be a data frame, not {type(table).__name__}.") from error
    frame = native.collect() if isinstance(native, nw.LazyFrame) else native
    lacking = [column for column in ("exporter", "importer", "value") if column not in frame.columns]
    if lacking:
        raise EconomyError(f"The flow table lacks the columns {lacking}; it has {list(frame.columns)}.")
    exporter = [str(code) for code in frame["exporter"].to_list()]
    importer = [str(code) for code in frame["importer"].to_list()]
    many = "sector" in frame.columns
    sector = [str(code) for code in frame["sector"].to_list()] if many else [ONE_SECTOR] * len(exporter)
    value = np.array(frame["value"].to_list(), dtype=float)
    rate = np.array(frame["tariff_rate"].to_list(), dtype=float) if "tariff_rate" in frame.columns else value * 0
    if not np.isfinite(value).all() or (value < 0).any():
        at = int(np.flatnonzero(~(np.isfinite(value) & (value >= 0)))[0])
        raise EconomyError(f"Row {at} of the flow table has the value {value[at]}; flows must be zero or more.")
    regions = tuple(sorted({*exporter, *importer}))
    sectors = tuple(dict.fromkeys(sector))
    place = {code: k for k, code in enumerate(regions)}
    kind = {code: k for k, code in enumerate(sectors)}
    at = ([place[c] for c in exporter], [place[c] for c in importer], [kind[c] for c in sector])
    if len(set(zip(*at, strict=True))) < len(value):
        raise EconomyError("The flow table has two rows for one exporter, importer and sector. Add them up first.")
    shape = (len(sectors), len(regions), len(regions))
    trade, tariff = sector_last(np.zeros(shape)), sector_last(np.zeros(shape))
    trade[at], tariff[at] = value, rate
    return _Cells(regions, sectors, trade, tariff)


def _shares(paid: FloatArray, spending: FloatArray) -> FloatArray:
    total = np.broadcast_to(spending, paid.shape)
    return np.divide(paid, total, out=np.zeros_like(paid), where=total > 0)
