"""The data build: borders on the map, names of statistical offices, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amur.errors import CodeError
from amur.origins import DATA


@pytest.fixture(scope="module")
def tools(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The folder of build scripts, importable for the time of the tests."""
    folder = Path(request.config.rootpath) / "tools"
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module", params=["world_atlas_countries-110m.json", "world_atlas_countries-50m.json"])
def atlas(tools: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """One of the two shipped maps."""
    assert tools.is_dir()
    return json.loads((DATA / "ties" / request.param).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shapes(atlas: dict[str, Any]) -> list[tuple[str, list[list[list[tuple[float, float]]]]]]:
    """Every country with the outlines of its polygons."""
    from data_atlas import outline, polygons

    return [
        (shape["properties"]["iso3"], [[outline(atlas, ring) for ring in polygon] for polygon in polygons(shape)])
        for shape in atlas["objects"]["countries"]["geometries"]
    ]


PLACES = {
    "Simferopol": ((34.10, 44.95), "UKR"),
    "Sevastopol": ((33.55, 44.60), "UKR"),
    "Kerch": ((36.45, 45.35), "UKR"),
    "Kherson": ((32.62, 46.63), "UKR"),
    "Krasnodar": ((38.98, 45.04), "RUS"),
    "Rostov": ((39.90, 47.40), "RUS"),
    "Kyrenia": ((33.32, 35.30), "CYP"),
    "Limassol": ((33.00, 34.80), "CYP"),
    "Hargeisa": ((44.06, 9.56), "SOM"),
    "Mogadishu": ((45.20, 2.10), "SOM"),
    "Pristina": ((21.16, 42.66), "XKX"),
    "Nis": ((21.90, 43.32), "SRB"),
    "Stockholm": ((17.60, 59.60), "SWE"),
}


def test_places_lie_in_the_country_that_is_recognised(
    shapes: list[tuple[str, list[list[list[tuple[float, float]]]]]],
) -> None:
    from data_atlas import encloses

    owners = {
        name: [iso3 for iso3, polygons in shapes if any(encloses(lines, point) for lines in polygons)]
        for name, (point, _) in PLACES.items()
    }
    assert owners == {name: [iso3] for name, (_, iso3) in PLACES.items()}


def test_outlines_are_closed_and_named(atlas: dict[str, Any]) -> None:
    from data_atlas import _arc, polygons

    countries = atlas["objects"]["countries"]["geometries"]
    for ring in (ring for shape in countries for polygon in polygons(shape) for ring in polygon):
        ends = [(points[0], points[-1]) for points in (_arc(atlas, arc) for arc in ring)]
        assert all(ends[index][1] == ends[(index + 1) % len(ends)][0] for index in range(len(ends)))
    nameless = {shape["properties"]["name"] for shape in countries if not shape["properties"]["iso3"]}
    assert nameless <= {"Indian Ocean Ter.", "Siachen Glacier"}


@pytest.mark.parametrize(
    ("name", "code"),
    [("Russie, Fédération de", "RUS"), ("Samoa américaines", "ASM"), ("République dominicaine", "DOM"),
     ("Dominique", "DMA"), ("Corée, République de (Corée du Sud)", "KOR"), ("EU27_2020", "EU27"),
     ("Belgium (incl. Luxembourg 'LU' -> 1998)", "BEL"), ("Extra-UE27 (à partir de 2020)", "EXTRA-EU27"),
     ("Haute mer", "UNSPECIFIED-EXTRA")],
)  # fmt: skip
def test_names_of_eurostat_in_both_languages(tools: Path, name: str, code: str) -> None:
    from data_names import eurostat_code

    assert tools.is_dir()
    assert eurostat_code(name) == code


def test_a_partner_without_code_stops_the_build(tools: Path) -> None:
    from data_names import eurostat_code

    assert tools.is_dir()
    with pytest.raises(CodeError, match="Add it to EUROSTAT_NAMES"):
        eurostat_code("Atlantis")


def test_notice_names_every_producer(tools: Path) -> None:
    from build_data import notice

    assert (tools.parent / "NOTICE").read_text(encoding="utf-8") == notice()


@pytest.mark.shared
def test_the_build_gives_the_shipped_bytes(tools: Path, shared_folder: Path, tmp_path: Path) -> None:
    from build_data import build

    assert tools.is_dir()
    shared = shared_folder / "data" if (shared_folder / "data").is_dir() else shared_folder
    build(shared, tmp_path)
    built = {path.relative_to(tmp_path).as_posix(): digest(path) for path in tmp_path.rglob("*") if path.is_file()}
    shipped = {file: digest(DATA / file) for file in built}
    assert built == shipped


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
