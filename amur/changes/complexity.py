"""Economic complexity: which countries export many things that few others do.

Source: Hausmann, Hidalgo and others (2014), "The Atlas of Economic Complexity". Scaled as in the
Growth Lab's packages: country values have mean 0 and standard deviation 1, a country's value is the
mean of its products', and the sign is that of the correlation with diversity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amur.changes.coded import Array, Flows, code_flows
from amur.errors import MeasureError

# Two eigenvalues this close leave the vector open: the countries fall into groups that share no product.
_APART = 1e-10


@dataclass(frozen=True)
class Complexity:
    """Country values `eci` and `diversity`, product values `pci` and `ubiquity`; NaN without any advantage."""

    countries: tuple[str, ...]
    products: tuple[str, ...]
    eci: Array
    pci: Array
    diversity: Array
    ubiquity: Array


def complexity(flows: Flows, *, value: str = "value_usd", threshold: float = 1.0) -> Complexity:
    """Complexity of countries and products from one year of flows.

    A country is present in a product where its revealed comparative advantage is at least `threshold`.
    """
    coded = code_flows(flows, value=value)
    exports = coded.exports
    rows, columns = np.flatnonzero(exports.sum(axis=1) > 0), np.flatnonzero(exports.sum(axis=0) > 0)
    return complexity_of(
        exports[np.ix_(rows, columns)],
        tuple(coded.countries[k] for k in rows),
        products=tuple(coded.products[k] for k in columns),
        threshold=threshold,
    )


def complexity_of(
    exports: Array, countries: tuple[str, ...], *, products: tuple[str, ...], threshold: float = 1.0
) -> Complexity:
    """The same from an export matrix `[country, product]` in which every row and column has trade."""
    own_share = exports / exports.sum(axis=1, keepdims=True)
    world_share = exports.sum(axis=0, keepdims=True) / exports.sum()
    present = own_share / world_share >= threshold
    diversity, ubiquity = present.sum(axis=1).astype(float), present.sum(axis=0).astype(float)
    rows, columns = diversity > 0, ubiquity > 0
    eci, pci = np.full(len(countries), np.nan), np.full(len(products), np.nan)
    eci[rows], pci[columns] = _eigenvectors(present[np.ix_(rows, columns)])
    return Complexity(countries, products, eci, pci, diversity, ubiquity)


def _eigenvectors(present: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Scaled second eigenvectors of the country and product networks.

    The country matrix `D⁻¹ M U⁻¹ Mᵀ` is similar to a symmetric one of its size, which is some hundred
    times smaller than the product matrix and has the same non-zero eigenvalues.
    """
    if min(present.shape) < 3:
        raise MeasureError(
            f"Complexity needs at least three countries and products with an advantage, not {present.shape}. "
            "Give a table of world trade."
        )
    matrix = present.astype(float)
    diversity, ubiquity = matrix.sum(axis=1), matrix.sum(axis=0)
    root = np.sqrt(diversity)
    half = matrix / root[:, None] / np.sqrt(ubiquity)
    eigenvalues, vectors = np.linalg.eigh(half @ half.T)
    _check_apart(eigenvalues)
    country = vectors[:, -2] / root
    country *= np.sign(np.corrcoef(diversity, country)[0, 1])
    product = matrix.T @ country / ubiquity / eigenvalues[-2]
    centre, spread = country.mean(), country.std()
    return (country - centre) / spread, (product - centre) / spread


def _check_apart(eigenvalues: Array) -> None:
    if eigenvalues[-1] - eigenvalues[-2] < _APART:
        raise MeasureError(
            "Complexity is not defined: the countries fall into groups that share no product. "
            "Use a wider table, or each group by itself."
        )
    if eigenvalues[-2] - eigenvalues[-3] < _APART:
        raise MeasureError(
            "Complexity is not defined: two orders of the countries fit the table equally well. "
            "Use a wider table, such as all products of one year."
        )
