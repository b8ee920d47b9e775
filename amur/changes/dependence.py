"""Who depends on whom for what: import and world concentration, own exports, residual supply, persistence.

The four criteria are those of CEPII's GeoDep (Jaravel and Méjean's and the European Commission's tests
restated for any country): suppliers of the imports are few, suppliers of the world are few, own exports
could not stand in, and all this holds in most years. Thresholds are conventions, so the distance to them
and the churn of the flags stand beside every flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from amur.changes.coded import Array, CodedFlows, Codes, Flows, code_flows, labels
from amur.errors import MeasureError

Criterion = Literal["import_hhi", "world_hhi", "imports_to_exports"]
CRITERIA: tuple[Criterion, ...] = ("import_hhi", "world_hhi", "imports_to_exports")


@dataclass(frozen=True)
class Thresholds:
    """Above which values a product counts as dependent, and in how many of how many years in a row.

    `tie` is the relative difference below which two numbers are the same: a value that close to its
    threshold has not crossed it, and suppliers that close to the largest share its rank.
    """

    import_hhi: float = 0.4
    world_hhi: float = 0.4
    imports_to_exports: float = 1.0
    years: int = 2
    window: int = 3
    tie: float = 1e-9

    def __post_init__(self) -> None:
        if min(self.import_hhi, self.world_hhi, self.imports_to_exports) <= 0 or self.tie < 0:
            raise MeasureError(f"Thresholds must be positive and the tie not negative, unlike {self}.")
        if not 1 <= self.years <= self.window:
            raise MeasureError(f"{self.years} of {self.window} years cannot be met. Ask for 1 to {self.window} years.")


GEODEP = Thresholds()


@dataclass(frozen=True)
class Suppliers:
    """Concentration of imports, `[cell]` over cells of country and product that import at all.

    `top` indexes the countries; `ties` counts the suppliers that share the first rank.
    """

    cell: Codes
    imports: Array
    suppliers: Codes
    hhi: Array
    top: Codes
    top_share: Array
    ties: Codes


def suppliers_of(flows: CodedFlows, *, tie: float = GEODEP.tie) -> Suppliers:
    """Herfindahl index (0 to 1), largest supplier and number of suppliers of every import."""
    where, value = flows.import_cell, flows.value
    traded = value > 0
    imports = flows.imports.ravel()
    squares = np.bincount(where, value**2, flows.cells)
    count = np.bincount(where[traded], minlength=flows.cells)
    largest = np.zeros(flows.cells)
    np.maximum.at(largest, where, value)
    first = traded & (value >= largest[where] * (1 - tie))
    ties = np.bincount(where[first], minlength=flows.cells)
    top = np.full(flows.cells, len(flows.countries))
    np.minimum.at(top, where[first], flows.exporter[first])
    cell = np.flatnonzero(imports > 0)
    total = imports[cell]
    return Suppliers(cell, total, count[cell], squares[cell] / total**2, top[cell], largest[cell] / total, ties[cell])


@dataclass(frozen=True)
class World:
    """World exports of every product and how concentrated their origin is, `[product]`."""

    exports: Array
    hhi: Array


def world_of(flows: CodedFlows) -> World:
    """World exports and their Herfindahl index by product; the index is NaN where nothing is exported."""
    total = flows.exports.sum(axis=0)
    squares = (flows.exports**2).sum(axis=0)
    return World(total, np.divide(squares, total**2, where=total > 0, out=np.full(len(total), np.nan)))


def import_concentration(flows: Flows, *, value: str = "value_usd", thresholds: Thresholds = GEODEP) -> pl.DataFrame:
    """The import criterion alone, for a table that has the imports of some countries and no more.

    Columns: importer, product, imports, suppliers, import_hhi, top_supplier, top_share, top_ties,
    distance (`ln(HHI / threshold)`, above 0 where it is crossed) and concentrated.
    """
    coded = code_flows(flows, value=value)
    found = suppliers_of(coded, tie=thresholds.tie)
    distance = np.log(found.hhi / thresholds.import_hhi)
    return _labelled(coded, found).with_columns(
        distance=distance, concentrated=_crossed(found.hhi, thresholds.import_hhi, thresholds.tie)
    )


def dependence(flows: Flows, *, value: str = "value_usd", thresholds: Thresholds = GEODEP) -> pl.DataFrame:
    """All criteria for every importer and product of one year of world trade.

    Columns beside those of `import_concentration`: exports (of the importer itself), world_exports,
    world_hhi, imports_to_exports (infinite without exports), residual_supply, top_share_of_world, the
    binding criterion (the one least crossed), its distance, and dependent (all three are crossed).

    `residual_supply` is what the world exports without the largest supplier and without the importer
    itself, over the importer's imports: below 1, the others could not replace the supplier even if they
    sent everything to this importer. What they use at home is out already, since only exports count
    (own derivation).
    """
    coded = code_flows(flows, value=value)
    found, world = suppliers_of(coded, tie=thresholds.tie), world_of(coded)
    product = found.cell % len(coded.products)
    own = coded.exports.ravel()[found.cell]
    of_top = coded.exports[found.top, product]
    ratio = np.divide(found.imports, own, where=own > 0, out=np.full(len(own), np.inf))
    values = {"import_hhi": found.hhi, "world_hhi": world.hhi[product], "imports_to_exports": ratio}
    limits = {name: float(getattr(thresholds, name)) for name in CRITERIA}
    distances = np.array([np.log(values[name] / limits[name]) for name in CRITERIA])
    crossed = np.array([_crossed(values[name], limits[name], thresholds.tie) for name in CRITERIA])
    return _labelled(coded, found).with_columns(
        exports=own,
        world_exports=world.exports[product],
        world_hhi=values["world_hhi"],
        imports_to_exports=ratio,
        # Sums of rounded numbers may fall a hair below zero where the supplier is the only one.
        residual_supply=np.maximum(world.exports[product] - of_top - own, 0) / found.imports,
        top_share_of_world=of_top / world.exports[product],
        binding=labels(CRITERIA, distances.argmin(axis=0)),
        distance=distances.min(axis=0),
        dependent=np.logical_and.reduce(crossed),
    )


def _crossed(values: Array, threshold: float, tie: float) -> NDArray[np.bool_]:
    return values > threshold * (1 + tie)


def _labelled(coded: CodedFlows, found: Suppliers) -> pl.DataFrame:
    importer, product = np.divmod(found.cell, len(coded.products))
    return pl.DataFrame(
        {
            "importer": labels(coded.countries, importer),
            "product": labels(coded.products, product),
            "imports": found.imports,
            "suppliers": found.suppliers,
            "import_hhi": found.hhi,
            "top_supplier": labels(coded.countries, found.top),
            "top_share": found.top_share,
            "top_ties": found.ties,
        }
    )


# ── over the years ──────────────────────────────────────────────────────────────────────────────


def persistence(tables: Mapping[int, pl.DataFrame], *, thresholds: Thresholds = GEODEP) -> pl.DataFrame:
    """The fourth criterion and the churn, from one table of `dependence` a year.

    One row for every importer, product and year: dependent, whether the year before differs (`churned`,
    null where there is none), how many years of the window were dependent, how many of them have data,
    and `persistent`: dependent in at least `years` of the `window` years that end with this one, null
    where years without data leave it open.
    """
    years = sorted(tables)
    columns = ("importer", "product", "dependent", "distance")
    long = pl.concat(
        [
            tables[year].select(*columns).with_columns(pl.col("importer", "product").cast(pl.String), year=pl.lit(year))
            for year in years
        ]
    )
    shifted = [
        long.select(
            "importer", "product", (pl.col("year") + lag).alias("year"), pl.col("dependent").alias(f"lag_{lag}")
        )
        for lag in range(1, max(thresholds.window, 2))
    ]
    for table in shifted:
        long = long.join(table, on=["importer", "product", "year"], how="left")
    window = ["dependent", *(f"lag_{lag}" for lag in range(1, thresholds.window))]
    met = pl.sum_horizontal([pl.col(name).fill_null(False).cast(pl.Int64) for name in window])
    known = pl.sum_horizontal([pl.col(name).is_not_null().cast(pl.Int64) for name in window])
    certain = met >= thresholds.years
    impossible = met + (thresholds.window - known) < thresholds.years
    return long.select(
        *("importer", "product", "year", "dependent", "distance"),
        churned=pl.col("dependent") != pl.col("lag_1"),
        years_dependent=met,
        years_known=known,
        persistent=pl.when(certain).then(True).when(impossible).then(False),
    ).sort("importer", "product", "year")


def churn(persisted: pl.DataFrame) -> pl.DataFrame:
    """Share of an importer's products whose flag differs from the year before, with how many were comparable."""
    return (
        persisted.drop_nulls("churned")
        .group_by("importer", "year")
        .agg(products=pl.len(), churn=pl.col("churned").mean())
        .sort("importer", "year")
    )


# ── the European Union's own indicators ─────────────────────────────────────────────────────────


@dataclass(frozen=True)
class BlocThresholds:
    """The Commission's thresholds: concentration of outside imports, their share in all imports, over exports."""

    outside_hhi: float = 0.4
    outside_share: float = 0.5
    outside_to_exports: float = 1.0


def bloc_indicators(
    flows: Flows, members: frozenset[str], *, value: str = "value_usd", thresholds: BlocThresholds | None = None
) -> pl.DataFrame:
    """The European Commission's three core dependency indicators for a bloc, product by product.

    outside_hhi: Herfindahl index of imports from outside over outside suppliers; outside_share: outside
    imports over all imports of the members; outside_to_exports: outside imports over all exports of the
    members, inside and outside, which stand in for what they could make themselves. Source: European
    Commission (2021), SWD(2021) 352, recalled rather than read. The same columns serve any bloc.
    """
    limits = thresholds or BlocThresholds()
    coded = code_flows(flows, value=value)
    absent = sorted(members - set(coded.countries))
    is_member = np.array([name in members for name in coded.countries])
    if not is_member.any() or is_member.all():
        raise MeasureError(
            f"A bloc needs members and outsiders in the table; {len(absent)} of {len(members)} are absent."
        )
    bought, sold = is_member[coded.importer], is_member[coded.exporter]
    outside = bought & ~sold
    size = len(coded.products)

    def by_product(rows: NDArray[np.bool_]) -> Array:
        return np.bincount(coded.product[rows], coded.value[rows], size).astype(float)

    pairs = np.bincount(coded.export_cell[outside], coded.value[outside], coded.cells).reshape(-1, size)
    imports, all_imports, exports = by_product(outside), by_product(bought), by_product(sold)
    keep = np.flatnonzero(imports > 0)
    hhi = (pairs[:, keep] ** 2).sum(axis=0) / imports[keep] ** 2
    share = imports[keep] / all_imports[keep]
    ratio = np.divide(imports[keep], exports[keep], where=exports[keep] > 0, out=np.full(len(keep), np.inf))
    distances = np.log([hhi / limits.outside_hhi, share / limits.outside_share, ratio / limits.outside_to_exports])
    return pl.DataFrame(
        {
            "product": [coded.products[k] for k in keep],
            "outside_imports": imports[keep],
            "outside_hhi": hhi,
            "outside_share": share,
            "outside_to_exports": ratio,
            "top_supplier": [coded.countries[k] for k in pairs[:, keep].argmax(axis=0)],
            "top_share": pairs[:, keep].max(axis=0) / imports[keep],
            "distance": distances.min(axis=0),
            "dependent": (distances > GEODEP.tie).all(axis=0),
        }
    )
