"""Build the data that ships with Amur: `python tools/build_data.py SHARED_DIR [--out DIR]`.

Reads the collected raw tables below SHARED_DIR, writes `amur/data`, describes every file in `origins.csv`
and the attributions in `NOTICE`. Rerunning it gives the same bytes. Files kept by hand (countries, blocs …)
live in `amur/data` themselves; they are copied when another directory is built, and described in any case.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tomllib
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
sys.path.insert(0, str(ROOT))

from data_atlas import build_atlas  # noqa: E402
from data_codes import build_codes  # noqa: E402
from data_facts import build_facts  # noqa: E402
from data_flows import build_flows  # noqa: E402
from data_writing import write_bytes, write_rows  # noqa: E402

from amur.origins import checksum  # noqa: E402

KEPT_BY_HAND = (
    "countries.csv",
    "blocs.csv",
    "historical_codes.csv",
    "ambiguous_names.csv",
    "metonyms.csv",
    "reporters.csv",
    "baskets.csv",
    "facts_extra.csv",
    "silences.csv",
)
COPIED = ("model/icio2022_cp_calibration.npz", "ties/world_atlas_LICENSE")
HEADER = ("key", "producer", "title", "address", "licence", "licence_read", "vintage", "checksum", "file", "note")


def build(shared: Path, out: Path) -> None:
    """Write every data file, then its description."""
    out.mkdir(parents=True, exist_ok=True)
    for file in KEPT_BY_HAND:
        if (home := ROOT / "amur/data" / file) != out / file:
            shutil.copyfile(home, out / file)
    for file in COPIED:
        write_bytes((shared / file).read_bytes(), out / file)
    build_codes(shared, out, TOOLS)
    build_flows(shared, out)
    build_atlas(shared, out)
    build_facts(shared, out, TOOLS)
    describe(out)


def describe(out: Path) -> None:
    """Write `origins.csv` with the checksum of each file."""
    with (TOOLS / "origins.toml").open("rb") as stream:
        entries = tomllib.load(stream)["origin"]
    rows = [entry | {"checksum": checksum(out / entry["file"])} for entry in entries]
    write_rows(HEADER, rows, out / "origins.csv")


def notice() -> str:
    """The text of NOTICE: whom the data come from, once each."""
    with (TOOLS / "origins.toml").open("rb") as stream:
        entries = tomllib.load(stream)["origin"]
    lines = ["Amur", "Copyright the Amur developers. Licensed under the Apache License, Version 2.0.", "",
             "This product contains data of others. Each file is described, with vintage, checksum and notes, in",
             "amur/data/origins.csv; `amur sources` prints it. \"Recalled\" means that the licence was not read.",
             ""]  # fmt: skip
    for entry in entries:
        if not entry["producer"].startswith("The Amur developers"):
            address = f" {entry['address']}." if entry["address"] else ""
            lines.append(
                f"- {entry['title']}. {entry['producer']}.{address} {entry['licence']} ({entry['licence_read']})."
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Parse the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path, help="directory with trade/, model/ and ties/ (or data/ that holds them)")
    parser.add_argument("--out", type=Path, default=ROOT / "amur/data", help="directory to write to")
    arguments = parser.parse_args()
    shared = arguments.shared / "data" if (arguments.shared / "data").is_dir() else arguments.shared
    for part in ("trade", "model", "ties"):
        if not (shared / part).is_dir():
            parser.error(f"{shared} has no directory {part}/. Name the directory that holds trade/, model/ and ties/.")
    build(shared, arguments.out)
    if arguments.out == ROOT / "amur/data":
        write_bytes(notice().encode(), ROOT / "NOTICE")


if __name__ == "__main__":
    main()
