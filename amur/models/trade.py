"""Who buys from whom: Armington / Eaton–Kortum shares in changes, as three passes over one kernel.

Symbols (in code order `[sector, exporter, importer]`):

    pi       share of exporter i in importer n's spending on s, duties included (baseline)
    theta    trade elasticity
    d, t, x  change of iceberg cost; new duty; new export tax         kappa = d (1+t)/(1+t0) (1+x)
    b        change of the preference weight
    c, p     changes of the exporter's unit cost and of the importer's price index
    a        c ** -theta

Equations (Caliendo and Parro 2015, equations 11 and 12, with export taxes and preferences added):

    K   = pi b kappa ** -theta                              K2 = K / (1+t)      K3 = K2 / (1+x)
    p ** -theta = sum_i K a  =: q                           new share           K a / q
    value at the border of what i sells to n                a_i K2 X_n / q_n
    what the producer receives                              a_i K3 X_n / q_n

No new share is formed inside an iteration: each needs `K`, `K2` and `K3` only in a product with a vector.
A ban is an exact zero of `K`. Sectors without any duty share the memory of `K` and `K2`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from amur.economy.baseline import Economy, FloatArray, sector_first
from amur.models.shock import Shock

BLOCK = 32_768  # same either way
"""Cells of a cube that are worked on at a time, so that temporaries stay in the processor's cache."""

SPARSE = 0.2  # same either way
"""Where a shock touches a smaller part of a sector's cells than this, only those cells are raised to a power."""


@dataclass(frozen=True)
class Kernel:
    """The baseline shares after the shock's own costs, before prices react; arrays `[sector, exporter, importer]`.

    `border` holds only the sectors in `taxed`, a contiguous range outside which no duty is levied.
    `producer` is None where no export tax is levied, and then equals the value at the border.
    `calm` marks a kernel that no shock has changed.
    """

    share: FloatArray
    border: FloatArray
    producer: FloatArray | None
    taxed: slice
    theta: FloatArray
    calm: bool = False

    def price_sum(self, a: FloatArray) -> FloatArray:
        """`sum_i K[s,i,n] a[s,i]`, which is the importer's price to the power -theta."""
        return np.vecmat(a, self.share)

    def border_sum(self, a: FloatArray) -> FloatArray:
        """`sum_i K2[s,i,n] a[s,i]` in the taxed sectors: spending net of duty."""
        return np.vecmat(a[self.taxed], self.border)

    def border_sales(self, x: FloatArray) -> FloatArray:
        """`sum_n K2[s,i,n] x[s,n]`: sales valued at the border."""
        if self.border.shape == self.share.shape:
            return np.matvec(self.border, x)
        first, last = self.taxed.start, self.taxed.stop
        out = np.empty_like(x)
        np.matvec(self.share[:first], x[:first], out=out[:first])
        np.matvec(self.border, x[self.taxed], out=out[self.taxed])
        np.matvec(self.share[last:], x[last:], out=out[last:])
        return out

    def producer_sales(self, x: FloatArray) -> FloatArray:
        """`sum_n K3[s,i,n] x[s,n]`: sales as the producer receives them, export taxes paid."""
        return self.border_sales(x) if self.producer is None else np.matvec(self.producer, x)

    def border_full(self) -> FloatArray:
        """`K2` for every sector."""
        if self.border.shape == self.share.shape:
            return self.border
        full = self.share.copy()
        full[self.taxed] = self.border
        return full


def build_kernel(economy: Economy, shock: Shock, theta: FloatArray) -> Kernel:
    """The kernel of a checked shock, a few sectors at a time; powers are taken only in cells that the shock changes."""
    pi, old = sector_first(economy.pi), sector_first(economy.tariff)
    new = old if shock.tariff_new is None else sector_first(shock.tariff_new)
    cost = None if shock.cost_hat is None else sector_first(shock.cost_hat)
    export_tax = None if shock.export_tax_new is None else sector_first(shock.export_tax_new)
    taste = None if shock.taste_hat is None else sector_first(shock.taste_hat)
    calm = new is old and cost is None and export_tax is None and taste is None
    share = pi if calm else np.empty_like(pi)
    stride = max(1, BLOCK // pi[0].size)  # same either way
    for first in range(0, 0 if calm else len(pi), stride):
        block = slice(first, first + stride)
        factor = None if new is old else (1 + new[block]) / (1 + old[block])
        if cost is not None:
            factor = cost[block] if factor is None else factor * cost[block]
        if export_tax is not None:
            factor = 1 + export_tax[block] if factor is None else factor * (1 + export_tax[block])
        share[block] = pi[block] if factor is None else _shifted(pi[block], factor, theta[block])
        if taste is not None:
            share[block] *= taste[block]
    taxed = _taxed_range(new)
    border = share[taxed] / (1 + new[taxed])
    kernel = Kernel(share=share, border=border, producer=None, taxed=taxed, theta=theta[:, None], calm=calm)
    if export_tax is None or not export_tax.any():
        return kernel
    return replace(kernel, producer=kernel.border_full() / (1 + export_tax))


def _shifted(pi: FloatArray, factor: FloatArray, theta: FloatArray) -> FloatArray:
    """`pi factor ** -theta` in a block of sectors; where the factor is infinite the result is an exact zero."""
    changed = factor != 1
    count = np.count_nonzero(changed)
    if count == 0:
        return pi
    power = np.broadcast_to(-theta[:, None, None], pi.shape)
    if count > pi.size * SPARSE:  # same either way
        return pi * np.exp(power * np.log(factor))
    shifted = pi.copy()
    shifted[changed] *= np.exp(power[changed] * np.log(factor[changed]))
    return shifted


def _taxed_range(tariff: FloatArray) -> slice:
    """The shortest contiguous range of sectors that holds every sector with a duty."""
    taxed = np.flatnonzero(tariff.any(axis=(1, 2)))
    return slice(int(taxed[0]), int(taxed[-1]) + 1) if taxed.size else slice(0, 0)
