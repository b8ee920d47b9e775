"""Additive LMDI-I: how much of a change in value comes from each factor, exactly and without residual.

Source: Ang (2005), "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33;
zeros by their analytic limits rather than by a small number, after Wood and Lenzen (2006), Energy Policy 34.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from amur.errors import FlowsError

Array = NDArray[np.float64]


def log_mean(a: ArrayLike, b: ArrayLike) -> Array:
    """Logarithmic mean `(a − b) / (ln a − ln b)`, elementwise; `a` where they are equal, 0 where either is 0."""
    first, second = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    if (first < 0).any() or (second < 0).any():
        raise FlowsError("A logarithmic mean needs values that are not negative. Remove returns and corrections first.")
    distance = log_ratio(first, second)
    apart = np.isfinite(distance) & (distance != 0)
    mean = np.where((first > 0) & (second > 0), first, 0.0)
    mean[apart] = (first[apart] - second[apart]) / distance[apart]
    return mean


def log_ratio(a: ArrayLike, b: ArrayLike) -> Array:
    """`ln(a / b)`, elementwise and exact to rounding also where they are close; NaN where either is not positive."""
    first, second = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    out = np.full(first.shape, np.nan)
    positive = (first > 0) & (second > 0)
    near = positive & (first < 2 * second) & (second < 2 * first)
    far = positive & ~near
    out[near] = np.log1p((first[near] - second[near]) / second[near])
    out[far] = np.log(first[far]) - np.log(second[far])
    return out


def contributions(before: ArrayLike, after: ArrayLike) -> Array:
    """What each factor adds to the change of a product of factors, item by item.

    `before` and `after` are `[factor, item]`, not negative, in any units. The result has the same
    shape, in units of the product; its sum over factors is the item's change. Where an item is 0 in
    one period, the factors that are 0 there take the whole change, in equal parts: the limit in which
    they go to 0 together. An item that is 0 in both periods contributes 0.
    """
    old, new = np.atleast_2d(np.asarray(before, float)), np.atleast_2d(np.asarray(after, float))
    if old.shape != new.shape:
        raise FlowsError(f"The factors before {old.shape} and after {new.shape} differ in shape. Match the items.")
    value_old, value_new = old.prod(axis=0), new.prod(axis=0)
    # The mean is 0 where a factor is 0 in one period, so that what stands for its ratio there does not matter.
    out = log_mean(value_new, value_old) * np.nan_to_num(log_ratio(new, old))
    entered, left = value_old == 0, value_new == 0
    out[:, entered] += value_new[entered] * _zero_shares(old[:, entered])
    out[:, left] -= value_old[left] * _zero_shares(new[:, left])
    return out


def _zero_shares(factors: Array) -> Array:
    """1 over the number of zero factors where a factor is zero, else 0."""
    is_zero = factors == 0
    return is_zero / np.maximum(is_zero.sum(axis=0), 1)


@dataclass(frozen=True)
class Span:
    """The least and the most that each factor takes over all orders of replacing old by new."""

    low: Array
    high: Array


def span_over_orders(before: ArrayLike, after: ArrayLike) -> Span:
    """Totals of every factor under each order in which the factors may change one after the other.

    Laspeyres and Paasche are the first and last order. Any even-handed split, LMDI among them, is a
    choice inside this span; the span is what the data themselves leave open (own derivation).
    Input as in `contributions`; the result has one number a factor, summed over items.
    """
    old, new = np.atleast_2d(np.asarray(before, float)), np.atleast_2d(np.asarray(after, float))
    totals = np.array([_one_after_another(old, new, order) for order in permutations(range(len(old)))])
    return Span(totals.min(axis=0), totals.max(axis=0))


def _one_after_another(old: Array, new: Array, order: tuple[int, ...]) -> Array:
    state, taken = old.copy(), np.zeros(len(old))
    for factor in order:
        value = state.prod(axis=0).sum()
        state[factor] = new[factor]
        taken[factor] = state.prod(axis=0).sum() - value
    return taken
