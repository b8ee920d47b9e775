"""The exact (Sato–Vartia) weights of CES price indices."""

from __future__ import annotations

import numpy as np

from amur.changes.lmdi import log_mean
from amur.economy.baseline import FloatArray


def exact_weights(old: FloatArray, new: FloatArray, axis: int) -> FloatArray:
    """Weights w, summing to one along `axis`, with ln P = sum w ln p for any CES index with these shares.

    `old` and `new` are shares that sum to one along `axis`; where a column holds nothing its weights are zero.
    Source: Sato (1976) and Vartia (1976), the ideal log-change index.
    """
    mean = log_mean(old, new)
    total = mean.sum(axis=axis, keepdims=True)
    return np.divide(mean, total, out=np.zeros_like(mean), where=total > 0)
