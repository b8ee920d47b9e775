"""Logarithmic means and the exact (Sato–Vartia) weights that they give for CES price indices."""

from __future__ import annotations

import numpy as np

from amur.economy.baseline import FloatArray

_NEARLY_EQUAL = 1e-4
"""Below this log distance the quotient of differences loses digits and a series is exact to rounding."""


def log_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    """(a - b) / (ln a - ln b) for amounts of zero or more; a where they are equal, 0 where one is zero."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    both = (a > 0) & (b > 0)
    safe_a, safe_b = np.where(both, a, 1.0), np.where(both, b, 1.0)
    gap = np.log(safe_a / safe_b)
    near = np.abs(gap) < _NEARLY_EQUAL
    series = np.sqrt(safe_a * safe_b) * (1 + gap**2 / 24 + gap**4 / 1920)
    quotient = (safe_a - safe_b) / np.where(near, 1.0, gap)
    return np.where(both, np.where(near, series, quotient), 0.0)


def exact_weights(old: FloatArray, new: FloatArray, axis: int) -> FloatArray:
    """Weights w, summing to one along `axis`, with ln P = sum w ln p for any CES index with these shares.

    `old` and `new` are shares that sum to one along `axis`; where a column holds nothing its weights are zero.
    Source: Sato (1976), Vartia (1976), the ideal log-change index.
    """
    mean = log_mean(old, new)
    total = mean.sum(axis=axis, keepdims=True)
    return mean / np.where(total > 0, total, 1.0)
