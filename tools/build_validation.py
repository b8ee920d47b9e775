"""Build `amur/data/validation` from a folder of source material: `python tools/build_validation.py SHARED_DIR`.

Three files and their origins: the Caliendo–Parro baseline of 1993 with the tariffs of 2005, the flows and results of
the Stata command ge_gravity, and the published numbers that are compared.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

import numpy as np
import polars as pl

from amur.economy.baseline import Economy, FloatArray, sector_last

TARGET = Path(__file__).resolve().parent.parent / "amur" / "data" / "validation"
COLUMNS = ("key", "producer", "title", "address", "licence", "licence_read", "vintage", "checksum", "file", "note")
CLOSES = 1e-6
"""Largest slack in the source's printed shares (they carry seven digits); above it the build stops."""


def caliendo_parro(source: Path) -> Economy:
    """The 1993 baseline with observed deficits; one negative input share (-0.0008) is set to zero."""
    with np.load(source) as raw:
        tariff = raw["tau1993"].transpose(2, 1, 0) - 1
        trade = raw["xbilat_fob"].transpose(2, 1, 0)
        beta, bundle = raw["beta"].T, np.maximum(raw["gamma"], 0)
        regions, sectors = tuple(map(str, raw["country"])), tuple(map(str, raw["sector"]))
        negative = raw["gamma"] < 0
        if negative.sum() != 1 or raw["gamma"].min() < -1e-3:
            raise ValueError(f"{negative.sum()} negative input shares, lowest {raw['gamma'].min():.2g}: look again.")
        theta = raw["theta"]
    inputs = bundle.sum(axis=1)
    bought = inputs > 0
    if np.abs(beta[~bought] - 1).max() > CLOSES:
        raise ValueError("An industry without inputs has a value-added share below one.")
    beta = np.where(bought, beta, 1.0)
    gamma = bundle / np.where(bought, inputs, 1.0)[:, None, :] * (1 - beta)[:, None, :]
    paid = trade * (1 + tariff)
    spending = paid.sum(axis=0)
    output = trade.sum(axis=1)
    final = spending - np.matvec(gamma, output)
    if final.min() < -CLOSES * spending.max():
        raise ValueError(f"Final spending of {final.min():.2g} is negative beyond the slack of the source.")
    final = np.maximum(final, 0)
    pi = np.divide(paid, spending[None], out=np.zeros_like(paid), where=np.broadcast_to(spending > 0, paid.shape))
    economy = Economy(
        name="caliendo-parro-1993",
        regions=regions,
        sectors=sectors,
        pi=pi,
        gamma=gamma,
        beta=beta,
        alpha=final / final.sum(axis=1, keepdims=True),
        va=(beta * output).sum(axis=1),
        deficit=trade.sum(axis=(0, 2)) - output.sum(axis=1),
        tariff=tariff,
        theta=theta,
        theta_set="CP",
        expenditure=spending,
        unit_usd=1e15,
        year=1993,
        origins=("caliendo-parro-1993",),
        note="Caliendo and Parro (2015), 1993, observed deficits.",
    )
    return economy.balance().require_balance()


def tariffs_2005(source: Path) -> FloatArray:
    """Duties of 2005, `[exporter, importer, sector]`."""
    with np.load(source) as raw:
        return sector_last(np.ascontiguousarray(raw["tau2005"].transpose(0, 2, 1) - 1))


def ge_gravity(source: Path) -> pl.DataFrame:
    """Flows of 2000, the partial effect of EU enlargement, and what ge_gravity makes of them."""
    kept = ("exporter", "importer", "trade", "eu_effect", "w_eu", "X_eu", "w_mult", "X_mult")
    table = pl.read_parquet(source).filter(pl.col("year") == 2000).select(kept)
    return table.rename({"trade": "value"}).sort("exporter", "importer")


def published(source: Path) -> pl.DataFrame:
    """The printed numbers that can be reproduced: Tables 2 and 3, and the benchmark column of Table 11."""
    table = pl.read_csv(source).with_columns(number=pl.col("scenario_or_table").str.extract(r"^Table (\d+)"))
    wanted = pl.col("number").is_in(["2", "3"]) | (pl.col("variable") == "imports_benchmark")
    rows = table.filter(pl.col("number").is_not_null() & wanted)
    return rows.select(table="number", region="unit", variable="variable", value="value")


def write_origins(folder: Path) -> None:
    """Describe each file, with the checksum of what was written."""
    rows = [
        (
            "caliendo-parro-1993",
            "L. Caliendo and F. Parro; as packaged by the cp2015 authors",
            "World economy of 1993 in 31 countries and 40 sectors, with tariffs of 1993 and 2005",
            "https://github.com/paulofelipe/cp2015",
            "MIT (Copyright (c) 2021 cp2015 authors)",
            "read",
            "Review of Economic Studies 82(1), 2015; package at ecf59b91",
            "caliendo_parro_1993.npz",
            "One negative input share was set to zero; deficits moved by less than 1e-7 of world value added so that "
            "accounts close.",
        ),
        (
            "ge-gravity-eu",
            "T. Zylkin (ge_gravity), from WIOD release 2016 (Timmer and co-authors)",
            "Trade of 44 countries in 2000 and the effects of EU enlargement as computed by ge_gravity in Stata",
            "https://github.com/VKudlay/GEGravity",
            "flows: WIOD 2016, CC BY 4.0; results: facts with source",
            "read",
            "WIOD release 2016; package at a5c1db9c",
            "ge_gravity_eu.parquet",
            "Aggregated over sectors by the authors of the package.",
        ),
        (
            "caliendo-parro-tables",
            "L. Caliendo and F. Parro",
            "Published numbers: Tables 2 and 3 and the benchmark column of Table 11",
            "https://doi.org/10.1093/restud/rdu035",
            "facts with source",
            "read",
            "Review of Economic Studies 82(1), 2015",
            "published.csv",
            "The other columns of Table 11 rest on recalibrations not spelled out there; they are left out.",
        ),
    ]
    with (folder / "origins.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for key, producer, title, address, licence, read, vintage, file, note in rows:
            digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
            writer.writerow((key, producer, title, address, licence, read, vintage, digest, file, note))


def main(shared: Path) -> None:
    """Build everything."""
    TARGET.mkdir(parents=True, exist_ok=True)
    source = shared / "validation"
    economy = caliendo_parro(source / "cp2015_nafta_deficit.npz")
    file = economy.save(TARGET / "caliendo_parro_1993.npz")
    with np.load(file, allow_pickle=False) as saved:
        arrays = {key: saved[key] for key in saved.files}
    arrays["tariff_2005"] = tariffs_2005(source / "cp2015_nafta_deficit.npz")
    np.savez_compressed(file, allow_pickle=False, **arrays)
    ge_gravity(source / "gegravity_tradedata0014_results.parquet").write_parquet(
        TARGET / "ge_gravity_eu.parquet", compression="zstd"
    )
    published(source / "published_results.csv").write_csv(TARGET / "published.csv")
    write_origins(TARGET)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
