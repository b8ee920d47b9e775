"""Dependence and complexity of one year of world trade: 6.5 million rows, beside plain DuckDB SQL and Polars.

Targets: dependence at most 2 s and 2.5 GB from file to table, complexity at most 1.5 s. The table is
invented: 226 countries of very different size, 5,000 products, distinct cells, sorted by pair and product
as such tables come. All three queries read the same Parquet file and give the same columns.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import warnings
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from amur.changes.complexity import complexity
from amur.changes.dependence import dependence

COUNTRIES, PRODUCTS, ROWS = 226, 5000, 6_500_000
MOST_BYTES = 2.5e9

SQL = """
WITH flows AS (SELECT * FROM read_parquet('{file}')),
imports AS (
    SELECT importer, product, sum(value_usd) AS imports, count(*) AS suppliers, sum(value_usd * value_usd) AS squares,
           max(value_usd) AS largest, arg_max(exporter, value_usd) AS top_supplier
    FROM flows GROUP BY ALL
),
exports AS (SELECT exporter, product, sum(value_usd) AS exports FROM flows GROUP BY ALL),
world AS (
    SELECT product, sum(exports) AS world_exports, sum(exports * exports) / sum(exports) ** 2 AS world_hhi
    FROM exports GROUP BY ALL
)
SELECT importer, imports.product, imports, suppliers, squares / imports ** 2 AS import_hhi, top_supplier,
       largest / imports AS top_share, coalesce(own.exports, 0) AS exports, world_exports, world_hhi,
       greatest(world_exports - top.exports - coalesce(own.exports, 0), 0) / imports AS residual_supply
FROM imports
LEFT JOIN exports AS own ON own.exporter = importer AND own.product = imports.product
JOIN world ON world.product = imports.product
JOIN exports AS top ON top.exporter = top_supplier AND top.product = imports.product
"""


@pytest.fixture(scope="module")
def world_file(tmp_path_factory) -> Path:
    """The invented year as a Parquet file."""
    rng = np.random.default_rng(0)
    size, weight = np.exp(rng.normal(0, 2, COUNTRIES)), np.exp(rng.normal(0, 1.5, PRODUCTS))
    sellers, goods = size**0.7 / (size**0.7).sum(), weight**0.5 / (weight**0.5).sum()
    cells = np.array([], np.int64)
    while len(cells) < ROWS:
        count = int((ROWS - len(cells)) * 1.6)
        exporter, importer = (rng.choice(COUNTRIES, count, p=sellers) for _ in range(2))
        product = rng.choice(PRODUCTS, count, p=goods)
        apart = exporter != importer
        drawn = (exporter[apart] * COUNTRIES + importer[apart]) * PRODUCTS + product[apart]
        cells = np.unique(np.concatenate([cells, drawn]))
    cells = np.sort(rng.permutation(cells)[:ROWS])
    exporter, importer, product = cells // (COUNTRIES * PRODUCTS), cells // PRODUCTS % COUNTRIES, cells % PRODUCTS
    names = np.array([f"{k:03d}" for k in range(COUNTRIES)])
    products = np.array([f"{10_000 + 190 * k:06d}" for k in range(PRODUCTS)])
    value = np.exp(rng.normal(3, 3, ROWS)) * size[exporter] * weight[product]
    table = {"exporter": names[exporter], "importer": names[importer], "product": products[product], "value_usd": value}
    file = tmp_path_factory.mktemp("world") / "world.parquet"
    pl.DataFrame(table).write_parquet(file)
    return file


def by_amur(file: Path) -> pl.DataFrame:
    return dependence(pl.scan_parquet(file))


def by_duckdb(file: Path) -> pl.DataFrame:
    return duckdb.sql(SQL.replace("{file}", str(file))).pl()


def by_polars(file: Path) -> pl.DataFrame:
    flows, value = pl.scan_parquet(file), pl.col("value_usd")
    imports = flows.group_by("importer", "product").agg(
        imports=value.sum(),
        suppliers=pl.len(),
        squares=(value**2).sum(),
        largest=value.max(),
        top_supplier=pl.col("exporter").get(value.arg_max()),
    )
    exports = flows.group_by("exporter", "product").agg(exports=value.sum())
    sold = pl.col("exports")
    world = exports.group_by("product").agg(world_exports=sold.sum(), world_hhi=(sold**2).sum() / sold.sum() ** 2)
    joined = (
        imports.join(exports, left_on=["importer", "product"], right_on=["exporter", "product"], how="left")
        .join(world, on="product")
        .join(exports, left_on=["top_supplier", "product"], right_on=["exporter", "product"], suffix="_of_top")
    )
    own, bought = sold.fill_null(0.0), pl.col("imports")
    return joined.with_columns(
        exports=own,
        import_hhi=pl.col("squares") / bought**2,
        top_share=pl.col("largest") / bought,
        residual_supply=(pl.col("world_exports") - pl.col("exports_of_top") - own).clip(0) / bought,
    ).collect()


WAYS = {"amur": by_amur, "duckdb": by_duckdb, "polars": by_polars}
COMPARED = ("imports", "import_hhi", "top_share", "exports", "world_exports", "world_hhi", "residual_supply")


def test_three_ways_agree(world_file) -> None:
    """Or the times would compare nothing."""
    tables = [
        way(world_file)
        .with_columns(pl.col("importer", "product", "top_supplier").cast(pl.String))
        .sort("importer", "product")
        for way in WAYS.values()
    ]
    for other in tables[1:]:
        assert tables[0]["top_supplier"].equals(other["top_supplier"])
        for name in COMPARED:
            ours, theirs = tables[0][name].to_numpy(), other[name].to_numpy()
            # The residual is a difference of sums, so its rounding is that of the sums.
            assert np.allclose(
                ours, theirs, rtol=1e-6, atol=1e-6 * float(np.abs(theirs).max()) if "residual" in name else 0
            )


@pytest.mark.parametrize("way", WAYS)
def test_dependence_of_a_year_of_the_world(benchmark, world_file, way) -> None:
    """Target for amur: 2 s."""
    benchmark.pedantic(WAYS[way], args=(world_file,), rounds=3, warmup_rounds=1)


def test_complexity_of_a_year_of_the_world(benchmark, world_file) -> None:
    """Target: 1.5 s."""
    benchmark.pedantic(lambda: complexity(pl.scan_parquet(world_file)), rounds=3, warmup_rounds=1)


def test_complexity_by_the_growth_labs_package(benchmark, world_file) -> None:
    """The same algorithm as published, once, on exports summed beforehand; and its results beside ours."""
    package = pytest.importorskip("ecomplexity")
    flows = pl.scan_parquet(world_file).group_by("exporter", "product").agg(pl.col("value_usd").sum())
    table = flows.with_columns(year=pl.lit(2022)).collect().to_pandas()
    columns = {"time": "year", "loc": "exporter", "prod": "product", "val": "value_usd"}

    def theirs():
        with warnings.catch_warnings():
            # The package divides by zero in parts that are not used here.
            warnings.simplefilter("ignore")
            return package.ecomplexity(table, columns, check_logsupermodularity=False, verbose=False)

    found = benchmark.pedantic(theirs, rounds=1)
    ours, values = complexity(pl.scan_parquet(world_file)), found.groupby("exporter")["eci"].first()
    known = np.isfinite(ours.eci)
    assert np.abs(ours.eci - values.loc[list(ours.countries)].to_numpy())[known].max() < 1e-10


def test_memory_of_a_year_of_the_world(world_file) -> None:
    """Target: 2.5 GB for the whole process, measured in one of its own."""
    code = (
        f"from benchmarks.bench_dependence import by_amur; from pathlib import Path; by_amur(Path({str(world_file)!r}))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"peak memory {most / 1e9:.2f} GB (children before: {before / 1e6:.2f} GB)")
    assert most <= MOST_BYTES
