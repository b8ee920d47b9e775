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

from dataclasses import dataclass

import numpy as np

from amur.economy.baseline import Economy, FloatArray, sector_first
from amur.models.shock import Shock


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
        if first > 0:
            np.matvec(self.share[:first], x[:first], out=out[:first])
        if last > first:
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
    """The kernel of a checked shock; powers are taken only in the cells that the shock changes."""
    pi = sector_first(economy.pi)
    tariff = sector_first(economy.tariff)
    share, new_tariff = pi, tariff
    factor: FloatArray | None = None
    if shock.cost_hat is not None:
        factor = sector_first(shock.cost_hat)
    if shock.tariff_new is not None:
        new_tariff = sector_first(shock.tariff_new)
        factor = _times(factor, (1 + new_tariff) / (1 + tariff), new_tariff != tariff)
    export_tax = None if shock.export_tax_new is None else sector_first(shock.export_tax_new)
    if export_tax is not None:
        factor = _times(factor, 1 + export_tax, export_tax != 0)
    if factor is not None:
        share = _shift(pi, factor, theta)
    if shock.taste_hat is not None:
        share = share * sector_first(shock.taste_hat)
    taxed = _taxed_range(new_tariff)
    border = share[taxed] / (1 + new_tariff[taxed])
    calm = share is pi and new_tariff is tariff
    kernel = Kernel(share=share, border=border, producer=None, taxed=taxed, theta=theta[:, None], calm=calm)
    if export_tax is None or not export_tax.any():
        return kernel
    return Kernel(
        share=share, border=border, producer=kernel.border_full() / (1 + export_tax), taxed=taxed, theta=theta[:, None]
    )


def _times(factor: FloatArray | None, other: FloatArray, changed: FloatArray) -> FloatArray:
    """Product of two cost factors, exactly one where the second changes nothing and the first is absent."""
    other = np.where(changed, other, 1.0)
    return other if factor is None else factor * other


def _shift(pi: FloatArray, factor: FloatArray, theta: FloatArray) -> FloatArray:
    """`pi factor ** -theta`; where the factor is infinite the result is an exact zero."""
    share = pi.copy()
    for sector in np.flatnonzero((factor != 1).any(axis=(1, 2))):
        changed = factor[sector] != 1
        share[sector][changed] *= np.exp(-theta[sector] * np.log(factor[sector][changed]))
    return share


def _taxed_range(tariff: FloatArray) -> slice:
    """The shortest contiguous range of sectors that holds every sector with a duty."""
    taxed = np.flatnonzero(tariff.any(axis=(1, 2)))
    return slice(int(taxed[0]), int(taxed[-1]) + 1) if taxed.size else slice(0, 0)
