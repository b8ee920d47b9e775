"""Build the updated baselines of `tools/updates.toml` into `amur/data/updates`: `python tools/build_updates.py`.

Pairs that the flow file lacks stay as they are in the base; pairs whose target the model cannot meet are left out one
by one, and named in the note of the economy. Run again when the base or the flows change.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from amur.economy import Economy, load_economy
from amur.models.inversion import Targets, Update, invert, pairs_of, unreachable, write_update

ROOT = Path(__file__).resolve().parent
DATA = ROOT.parent / "amur" / "data"
TARGET = DATA / "updates"
COLUMNS = ("key", "producer", "title", "address", "licence", "licence_read", "vintage", "checksum", "file", "note")


def observed_flows(entry: dict[str, Any]) -> dict[tuple[str, str], float]:
    """Goods flows in US dollars by (exporter, importer), with the customs facts in place."""
    table = pl.read_parquet(DATA / entry["flows"]).filter(pl.col("year") == entry["year"])
    rows = table.select("exporter", "importer", "value_usd").iter_rows()
    flows = {(exporter, importer): value for exporter, importer, value in rows if exporter != importer}
    facts = pl.read_parquet(DATA / "facts.parquet")
    for wanted in entry["facts"]:
        for flow in ("exports", "imports"):
            match = facts.filter(*(pl.col(key) == value for key, value in wanted.items()), pl.col("measure") == flow)
            if match.height != 1:
                raise ValueError(f"{match.height} facts match {wanted} {flow}; exactly one must.")
            pair = (wanted["subject"], wanted["object"])
            flows[pair if flow == "exports" else pair[::-1]] = match["value"].item()
    return flows


def build(entry: dict[str, Any]) -> tuple[Update, str]:
    """Invert, leaving out pair by pair what cannot be met, and say what was done."""
    base = load_economy(entry["base"])
    flows = observed_flows(entry)
    pairs = tuple(pair for pair in pairs_of(entry["country"], flows) if _both(base, pair))
    missing = [code for code in base.regions if code != entry["country"] and not _held(entry["country"], code, flows)]
    left_out: list[tuple[str, str]] = []
    while True:
        targets = Targets(flows, tuple(pair for pair in pairs if pair not in left_out), entry["kind"])
        bad = unreachable(base, targets)
        if not bad:
            break
        left_out.extend(bad)
    update = invert(base, targets)
    names = ", ".join(f"{exporter}→{importer}" for exporter, importer in left_out) or "none"
    note = (
        f"{base.note} {len(targets.pairs)} goods flows of {entry['country']} moved to {entry['year']} by inversion "
        f"({entry['kind']}): observed US dollars at free-on-board value times {update.phi:.4f}, the ratio of world "
        f"goods in the table (basic prices) to world goods in the source. Elasticities {base.theta_set}. Without "
        f"target, because the source lacks the pair in a direction: {', '.join(missing)}; because the model cannot meet it: {names}. "  # noqa: E501
        "The mix of goods inside a pair is not data, and the update's own change of welfare is not identified."
    )
    return update, note


def _both(base: Economy, pair: tuple[str, str]) -> bool:
    if not all(code in base.regions for code in pair):
        return False
    return bool(base.trade[base.region(pair[0]), base.region(pair[1]), base.goods].sum() > 0)


def _held(country: str, other: str, flows: dict[tuple[str, str], float]) -> bool:
    return (country, other) in flows and (other, country) in flows


def main() -> None:
    """Build every update and its origin."""
    TARGET.mkdir(parents=True, exist_ok=True)
    entries = tomllib.loads((ROOT / "updates.toml").read_text(encoding="utf-8"))["update"]
    rows = []
    for entry in entries:
        update, note = build(entry)
        file = TARGET / f"{entry['name']}.npz"
        write_update(update, file, note)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        producer = "The Amur developers, from OECD ICIO, CEPII BACI and customs figures as reported"
        title = f"Baseline {entry['base']} with the goods trade of {entry['country']} moved to {entry['year']}"
        rows.append(
            (entry["name"], producer, title, "", "Apache-2.0 (cost changes); inputs under their own origins", "read",
             str(entry["year"]), digest, file.name, note)
        )  # fmt: skip
        moved = np.exp(update.log_cost[update.log_cost != 0])
        sys.stdout.write(f"{entry['name']}: {moved.size} pairs, costs × {moved.min():.2f} to {moved.max():.2f}, ")
        sys.stdout.write(f"gap {update.gap:.1e}, {update.steps} steps\n{note}\n")
    with (TARGET / "origins.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
