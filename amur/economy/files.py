"""Reading and writing economies: one .npz, or a folder of Parquet; the bundled ones by name.

The format is described in `docs/economy-format.md`. Needed: `pi`, `gamma`, `beta`, `alpha`, `va`, `deficit`,
`theta`, `regions`, `sectors`. Optional: `tariff` (zero), `expenditure` (solved for), `goods`, `theta_<SET>`,
`theta_draws`, `name`, `theta_set`, `unit_usd`, `year`, `origins`, `note`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from amur.economy.baseline import Economy, FloatArray
from amur.economy.elasticities import DEFAULT_THETA_SET
from amur.errors import EconomyError

DATA = Path(__file__).resolve().parent.parent / "data"
NEEDED = ("pi", "gamma", "beta", "alpha", "va", "deficit", "theta", "regions", "sectors")
AXES: dict[str, tuple[str, ...]] = {
    "pi": ("exporter", "importer", "sector"),
    "tariff": ("exporter", "importer", "sector"),
    "gamma": ("region", "input", "user"),
    "beta": ("region", "sector"),
    "alpha": ("region", "sector"),
    "expenditure": ("region", "sector"),
    "va": ("region",),
    "deficit": ("region",),
    "theta": ("sector",),
    "goods": ("sector",),
}
_REGION_AXES = {"exporter", "importer", "region"}


@dataclass(frozen=True)
class _Bundled:
    """A baseline that ships: its file, what is a service in it, where it is from, or what it is moved from."""

    file: str
    services: tuple[str, ...] = ()
    base: str | None = None
    year: int | None = None
    origins: tuple[str, ...] = ()
    note: str = ""


_BUNDLED: dict[str, _Bundled] = {
    "icio-2022": _Bundled(
        file="model/icio2022_cp_calibration.npz",
        services=("SERV",),
        year=2022,
        origins=("oecd-icio-calibration",),
        note="OECD ICIO 2025 edition, year 2022: 81 regions and 28 sectors; goods trade of some pairs lies well below "
        "customs figures.",
    ),
    "icio-2022-rus-2023": _Bundled(
        file="updates/icio-2022-rus-2023.npz",
        base="icio-2022",
        year=2022,
        origins=("icio-2022-rus-2023", "oecd-icio-calibration", "baci-2023", "facts-gacc"),
    ),
}


def bundled_economies() -> tuple[str, ...]:
    """Names of the economies that ship with the package, the default first."""
    return tuple(_BUNDLED)


@lru_cache(maxsize=4)
def _load_bundled(name: str) -> Economy:
    entry = _BUNDLED[name]
    if entry.base is not None:
        from amur.models.inversion import read_update

        updated = read_update(_load_bundled(entry.base), DATA / entry.file, name=name)
        return replace(updated, year=entry.year, origins=entry.origins)
    economy = read_economy(DATA / entry.file)
    goods = ~np.isin(economy.sectors, entry.services)
    return replace(
        economy, name=name, goods=goods, year=entry.year, origins=entry.origins, note=entry.note
    ).require_balance()


def load_economy(name_or_path: str | Path) -> Economy:
    """Load a baseline by name (`icio-2022`) or from a file or folder of one's own.

    A table whose accounts do not balance to 1e-9 is refused; `read_economy(path).balance()` mends one.
    """
    if str(name_or_path) in _BUNDLED:
        return _load_bundled(str(name_or_path))
    path = Path(name_or_path)
    if not path.exists():
        names = ", ".join(_BUNDLED)
        raise EconomyError(f"There is no economy {str(name_or_path)!r}: not a file or folder, and not one of {names}.")
    return read_economy(path).require_balance()


def read_economy(path: str | Path) -> Economy:
    """Read an economy from an .npz or a folder of Parquet, checked in structure but not yet for balance."""
    path = Path(path)
    arrays = _read_folder(path) if path.is_dir() else _read_npz(path)
    missing = [key for key in NEEDED if key not in arrays and not (key == "theta" and _default_theta(arrays))]
    if missing:
        raise EconomyError(f"{path} lacks {', '.join(missing)}. docs/economy-format.md lists what an economy needs.")
    return economy_from_arrays(arrays, default_name=path.stem)


def _default_theta(arrays: Mapping[str, Any]) -> bool:
    return f"theta_{DEFAULT_THETA_SET}" in arrays


def economy_from_arrays(arrays: Mapping[str, Any], *, default_name: str) -> Economy:
    """Assemble an `Economy` from named arrays; spending is solved for where it is not given."""
    regions = tuple(str(code) for code in np.asarray(arrays["regions"]))
    sectors = tuple(str(code) for code in np.asarray(arrays["sectors"]))
    sets = {
        key.removeprefix("theta_"): np.asarray(value, dtype=float)
        for key, value in arrays.items()
        if key.startswith("theta_") and not key.startswith(("theta_draws", "theta_set"))
    }
    own = "theta" in arrays
    theta = np.asarray(arrays["theta"], dtype=float) if own else sets[DEFAULT_THETA_SET]
    shape = (len(regions), len(regions), len(sectors))
    draws = next((arrays[key] for key in ("theta_draws", f"theta_draws_{DEFAULT_THETA_SET}") if key in arrays), None)
    unsolved = Economy(
        name=_text(arrays, "name", default_name),
        regions=regions,
        sectors=sectors,
        pi=arrays["pi"],
        gamma=arrays["gamma"],
        beta=arrays["beta"],
        alpha=arrays["alpha"],
        va=arrays["va"],
        deficit=arrays["deficit"],
        tariff=arrays.get("tariff", np.zeros(shape)),
        theta=theta,
        expenditure=arrays.get("expenditure", np.ones(shape[1:])),
        theta_set=_text(arrays, "theta_set", "own" if own else DEFAULT_THETA_SET),
        theta_sets=sets,
        theta_draws=None if draws is None else np.asarray(draws, dtype=float),
        goods=np.asarray(arrays.get("goods", np.ones(0)), dtype=bool),
        unit_usd=float(arrays.get("unit_usd", 1e6)),
        year=int(arrays["year"]) if "year" in arrays else None,
        origins=tuple(str(key) for key in np.atleast_1d(arrays.get("origins", np.array([], dtype=str)))),
        note=_text(arrays, "note", ""),
    )
    if "expenditure" in arrays:
        return unsolved
    from amur.economy.balancing import solve_expenditure

    return replace(unsolved, expenditure=solve_expenditure(unsolved))


def theta_draws(economy: Economy, draws: int | None = None) -> FloatArray:
    """The first `draws` published draws [draw, sector] of the default elasticities, all when not given."""
    if economy.theta_draws is None:
        raise EconomyError(f"Economy {economy.name!r} carries no draws of its elasticities {economy.theta_set!r}.")
    available = len(economy.theta_draws)
    if draws is not None and not 1 <= draws <= available:
        raise EconomyError(f"{draws} draws were asked for; economy {economy.name!r} has 1 to {available}.")
    return economy.theta_draws[:draws]


def save_economy(economy: Economy, path: str | Path) -> Path:
    """Write an economy to `path`: an .npz when it ends so, otherwise a folder of Parquet files."""
    path = Path(path)
    arrays = _arrays_of(economy)
    if path.suffix == ".npz":
        np.savez_compressed(path, allow_pickle=False, **arrays)
    elif path.suffix == "":
        _write_folder(path, arrays, economy)
    else:
        raise EconomyError(f"Cannot write an economy as {path.name!r}: end the name in .npz, or give a folder.")
    return path


def _arrays_of(economy: Economy) -> dict[str, Any]:
    arrays: dict[str, Any] = {key: getattr(economy, key) for key in AXES}
    arrays |= {f"theta_{name}": values for name, values in economy.theta_sets.items()}
    if economy.theta_draws is not None:
        arrays["theta_draws"] = economy.theta_draws
    arrays |= {"regions": np.array(economy.regions), "sectors": np.array(economy.sectors)}
    arrays |= {"name": np.array(economy.name), "theta_set": np.array(economy.theta_set)}
    arrays |= {"unit_usd": np.array(economy.unit_usd), "note": np.array(economy.note)}
    if economy.origins:
        arrays["origins"] = np.array(economy.origins)
    if economy.year is not None:
        arrays["year"] = np.array(economy.year)
    return arrays


def _text(arrays: Mapping[str, Any], key: str, default: str) -> str:
    return str(arrays[key]) if key in arrays else default


def _read_npz(path: Path) -> dict[str, Any]:
    import zipfile

    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise EconomyError(f"{path} cannot be read as an economy (.npz without pickles): {error}.") from error


def _read_folder(path: Path) -> dict[str, Any]:
    """Read one Parquet file per array; labels and single values have files of their own."""
    import polars as pl

    tables = {file.stem: pl.read_parquet(file) for file in sorted(path.glob("*.parquet"))}
    for labels in ("regions", "sectors"):
        if labels not in tables:
            raise EconomyError(f"Folder {path} lacks {labels}.parquet with one code a row.")
    arrays: dict[str, Any] = {name: tables.pop(name)[name].to_numpy() for name in ("regions", "sectors")}
    facts = tables.pop("facts", None)
    if facts is not None:
        arrays |= dict(zip(facts["key"].to_list(), facts["value"].to_list(), strict=True))
    if "origins" in arrays:
        arrays["origins"] = np.array(arrays["origins"].split("; "))
    index = {name: {code: at for at, code in enumerate(arrays[name])} for name in ("regions", "sectors")}
    for name, table in tables.items():
        if name == "theta_draws":
            arrays[name] = table.select([str(code) for code in arrays["sectors"]]).to_numpy()
            continue
        axes = AXES.get(name, ("sector",))
        lacking = [column for column in (*axes, "value") if column not in table.columns]
        if lacking:
            raise EconomyError(f"{path / name}.parquet lacks the columns {lacking}; it needs {[*axes, 'value']}.")
        arrays[name] = _dense(table, axes, index, path / name)
    return arrays


def _dense(table: Any, axes: tuple[str, ...], index: dict[str, dict[str, int]], where: Path) -> FloatArray:
    """Spread long rows over a dense array; absent rows are zero, unknown labels and duplicates are refused."""
    positions = []
    for axis in axes:
        known = index["regions" if axis in _REGION_AXES else "sectors"]
        codes = table[axis].to_list()
        unknown = sorted({code for code in codes if code not in known})
        if unknown:
            raise EconomyError(f"{where}.parquet has {axis} codes that are not listed: {unknown[:5]}.")
        positions.append(np.array([known[code] for code in codes], dtype=int))
    if table.select(axes).is_duplicated().any():
        raise EconomyError(f"{where}.parquet has two rows for one cell of {axes}. Add them up or drop one.")
    dense = np.zeros([len(index["regions" if axis in _REGION_AXES else "sectors"]) for axis in axes])
    dense[tuple(positions)] = table["value"].to_numpy()
    return dense


def _write_folder(path: Path, arrays: Mapping[str, Any], economy: Economy) -> None:
    import polars as pl

    path.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"regions": economy.regions}).write_parquet(path / "regions.parquet")
    pl.DataFrame({"sectors": economy.sectors}).write_parquet(path / "sectors.parquet")
    facts = {"name": economy.name, "theta_set": economy.theta_set, "unit_usd": economy.unit_usd, "note": economy.note}
    facts |= {"year": economy.year} if economy.year is not None else {}
    facts |= {"origins": "; ".join(economy.origins)} if economy.origins else {}
    rows = {"key": list(facts), "value": [str(value) for value in facts.values()]}
    pl.DataFrame(rows).write_parquet(path / "facts.parquet")
    for name, values in arrays.items():
        if name == "theta_draws":
            pl.DataFrame(values, schema=list(economy.sectors)).write_parquet(path / "theta_draws.parquet")
        elif name in AXES or (name.startswith("theta_") and name != "theta_set"):
            axes = AXES.get(name, ("sector",))
            labels = [economy.regions if axis in _REGION_AXES else economy.sectors for axis in axes]
            dense = np.asarray(values, dtype=float)
            kept = np.nonzero(dense)
            columns = {axis: np.array(names)[at] for axis, names, at in zip(axes, labels, kept, strict=True)}
            pl.DataFrame(columns | {"value": dense[kept]}).write_parquet(path / f"{name}.parquet", compression="zstd")
