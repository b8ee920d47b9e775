"""Store: the bundled tables behind one embedded DuckDB, each opened by name as a lazy narwhals frame."""

from __future__ import annotations

import atexit
import gc
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import narwhals as nw

from amur.errors import StoreError
from amur.origins import DATA, load_origins

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "2GB"

_local = threading.local()
_opening = threading.Lock()


@dataclass(frozen=True)
class Table:
    """A shipped table: its name (the file without ending), its file below `amur/data`, its origins."""

    name: str
    file: str
    origins: tuple[str, ...]


@cache
def _database() -> duckdb.DuckDBPyConnection:
    import duckdb

    atexit.register(_let_go)
    # Only shipped and named files are read: nothing may be fetched or installed behind the user's back.
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY_LIMIT,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )


def _let_go() -> None:
    """Empty DuckDB's modules at the end of the process.

    DuckDB's binding prints a page about leaked types to stderr when they outlive it, which they do whenever
    another extension module (as pyarrow) keeps the interpreter from freeing modules in order.
    """
    _local.__dict__.clear()
    _database.cache_clear()
    gc.collect()
    for name in [name for name in sys.modules if "duckdb" in name]:
        vars(sys.modules.pop(name)).clear()
    gc.collect()


def connection() -> duckdb.DuckDBPyConnection:
    """The shared database, by a cursor of the calling thread (a DuckDB connection serves one thread at a time)."""
    if not hasattr(_local, "cursor"):
        with _opening:
            _local.cursor = _database().cursor()
    return _local.cursor


def query(sql: str) -> nw.LazyFrame:
    """The lazy result of a query; `{data}` in it is the directory of the shipped files."""
    return nw.from_native(connection().sql(_located(sql)))


def rows(sql: str) -> list[dict[str, object]]:
    """The result of a small query as dictionaries, without loading a data-frame library."""
    found = connection().sql(_located(sql))
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def _located(sql: str) -> str:
    return sql.replace("{data}", DATA.as_posix().replace("'", "''"))


@cache
def tables() -> tuple[Table, ...]:
    """Every shipped table (Parquet and CSV), by name."""
    keys: dict[str, list[str]] = {}
    for item in load_origins().values():
        keys.setdefault(item.file, []).append(item.key)
    found = [
        Table(Path(file).stem, file, tuple(of)) for file, of in keys.items() if file.endswith((".parquet", ".csv"))
    ]
    return tuple(sorted(found, key=lambda item: item.name))


def table(name: str) -> nw.LazyFrame:
    """A shipped table by name. CSV columns are text. Raises StoreError with the nearest names on a miss."""
    found = {item.name: item for item in tables()}
    if name not in found:
        import difflib

        near = difflib.get_close_matches(name, found, n=3, cutoff=0.4) or list(found)
        raise StoreError(f"There is no table '{name}'. Tables are: {', '.join(near)}.")
    path = DATA / found[name].file
    if not path.is_file():
        raise StoreError(f"The file of the table '{name}' is missing: {found[name].file}. Install Amur again.")
    file = f"'{{data}}/{found[name].file}'"
    reader = f"read_parquet({file})" if path.suffix == ".parquet" else f"read_csv({file}, all_varchar = true)"
    return query(f"SELECT * FROM {reader}")
