"""Origin: who produced a data file, under which licence, which vintage, and the checksum that proves it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amur.errors import OriginError

DATA = Path(__file__).parent / "data"
_SCENARIOS = "scenarios/"
_TABLE = "origins.csv"
# Rows of the user's own file carry `user:` and the file's name.
USERS = "user:"


@dataclass(frozen=True)
class Origin:
    """The provenance of one body of data.

    `key` is what figures and rows carry. `file` is the file below `amur/data` that holds it (one file may
    hold several origins). `licence_read` says whether the licence text was read, or only recalled.
    `vintage` is the release or the day of the snapshot; `checksum` is the SHA-256 of the file.
    """

    key: str
    producer: str
    title: str
    address: str
    licence: str
    licence_read: bool
    vintage: str
    checksum: str
    file: str
    note: str = ""

    @property
    def licence_status(self) -> str:
        """`read` where the licence text was read in a file or on the producer's page, else `recalled`."""
        return "read" if self.licence_read else "recalled"

    @property
    def citation(self) -> str:
        """One line to print under a table: producer, title, vintage, licence and how well it is known."""
        vintage = f" ({self.vintage})" if self.vintage else ""
        return f"{self.producer}: {self.title}{vintage}. {self.licence} ({self.licence_status})."

    def to_dict(self) -> dict[str, object]:
        """The JSON shape that `amur sources` prints."""
        return {
            "key": self.key,
            "producer": self.producer,
            "title": self.title,
            "address": self.address,
            "licence": self.licence,
            "licence_status": self.licence_status,
            "vintage": self.vintage,
            "checksum": self.checksum,
            "file": self.file,
            "note": self.note,
        }


@cache
def load_origins() -> dict[str, Origin]:
    """Every origin by key: the table in `data/`, then those of its folders (as of `data/validation`)."""
    found: dict[str, Origin] = {}
    for table in sorted(DATA.rglob(_TABLE), key=lambda path: (len(path.parts), path)):
        with table.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row["key"] in found:
                    raise OriginError(f"The origin '{row['key']}' is described twice. Rename one of the two.")
                found[row["key"]] = _origin(row, table.parent)
    return found


def origin(key: str) -> Origin:
    """The origin of a key, or of a file that has just one. Raises OriginError where there is none."""
    found = load_origins()
    if key in found:
        return found[key]
    if key.startswith(USERS):
        return _users_own(key)
    in_file = [item for item in found.values() if key in (item.file, Path(item.file).name)]
    if len(in_file) == 1:
        return in_file[0]
    if in_file:
        listed = ", ".join(item.key for item in in_file)
        raise OriginError(f"The file '{key}' holds several origins: {listed}. Ask for one of these.")
    raise OriginError(f"'{key}' has no origin. Known are: {', '.join(found)}.")


def _users_own(key: str) -> Origin:
    file = key.removeprefix(USERS)
    return Origin(key, "the user", file, "", "not stated", False, "", "", file, "Read from the user's own file.")


def checksum(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def known_origins(keys: Iterable[str]) -> tuple[Origin, ...]:
    """The origins of the keys, each once; a user's own file or economy may name sources that do not ship."""
    found = []
    for key in dict.fromkeys(keys):
        try:
            found.append(origin(key))
        except OriginError:
            continue
    return tuple(found)


def verify_origins() -> None:
    """Check that every shipped file has an origin and that its bytes are the ones described.

    Raises OriginError that names the files without origin, the missing ones and those that differ.
    """
    described = {item.file: item.checksum for item in load_origins().values()}
    # An installed package holds the scenarios beside the data; they are described where they are read.
    files = (path for path in DATA.rglob("*") if path.is_file() and path.name != _TABLE)
    present = {name for path in files if not (name := path.relative_to(DATA).as_posix()).startswith(_SCENARIOS)}
    problems = [f"{file} has no origin" for file in sorted(present - set(described))]
    problems += [f"{file} is missing" for file in sorted(set(described) - present)]
    problems += [
        f"{file} differs from its checksum" for file in sorted(present & set(described))
        if checksum(DATA / file) != described[file]
    ]  # fmt: skip
    if problems:
        raise OriginError(f"{'; '.join(problems)}. Rebuild the data with tools/build_data.py.")


def _origin(row: dict[str, str], folder: Path) -> Origin:
    # A table in a folder names its files from that folder or from `data/`; the record always says the latter.
    beside = folder / row["file"]
    file = beside.relative_to(DATA).as_posix() if beside.is_file() else row["file"]
    return Origin(
        key=row["key"],
        producer=row["producer"],
        title=row["title"],
        address=row["address"],
        licence=row["licence"],
        licence_read=row["licence_read"] == "read",
        vintage=row["vintage"],
        checksum=row["checksum"],
        file=file,
        note=row["note"],
    )
