"""World outlines of the data build, redrawn to internationally recognised borders.

Natural Earth draws who controls a territory. The maps here follow resolution 68/262 of the UN General
Assembly and the recognition of states instead: Crimea and Sevastopol belong to Ukraine, Northern Cyprus to
Cyprus, Somaliland to Somalia. Kosovo, Western Sahara and Taiwan keep outlines of their own, as they have
statistics of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data_writing import write_bytes

from amur import codes

FILES = ("ties/world_atlas_countries-110m.json", "ties/world_atlas_countries-50m.json")
# A point inside each territory, the shape that holds it in the source, and the shape that it belongs to.
TERRITORIES = (
    ("Crimea", (34.10, 45.05), "Russia", "Ukraine"),
    ("Northern Cyprus", (33.60, 35.26), "N. Cyprus", "Cyprus"),
    ("Somaliland", (45.50, 9.60), "Somaliland", "Somalia"),
)
WITHOUT_NUMBER = {"Kosovo": "XKX"}

Point = tuple[float, float]
Ring = list[int]
Polygon = list[Ring]


def build_atlas(shared: Path, out: Path) -> None:
    """Write both resolutions with the borders redrawn and an ISO3 code in every shape's properties."""
    for file in FILES:
        topology = json.loads((shared / file).read_text(encoding="utf-8"))
        for _, point, holder, owner in TERRITORIES:
            transfer(topology, point, holder, owner)
        _name_codes(topology)
        text = json.dumps(topology, ensure_ascii=False, separators=(",", ":"))
        write_bytes(text.encode(), out / file)


def transfer(topology: dict[str, Any], point: Point, holder: str, owner: str) -> None:
    """Move the polygon around `point` from one shape to another, and dissolve the border between them."""
    shapes = topology["objects"]["countries"]["geometries"]
    source, target = (
        next(shape for shape in shapes if shape["properties"]["name"] == name) for name in (holder, owner)
    )
    kept, moved = [], []
    for polygon in polygons(source):
        (moved if contains(topology, polygon, point) else kept).append(polygon)
    if len(moved) != 1:
        raise ValueError(f"{holder} has {len(moved)} polygons around {point}; one was expected.")
    _set_polygons(target, _joined(topology, polygons(target), moved[0]))
    if kept:
        _set_polygons(source, kept)
    else:
        shapes.remove(source)


def polygons(shape: dict[str, Any]) -> list[Polygon]:
    """The polygons of a shape, each a list of rings, each a list of arc numbers."""
    return [shape["arcs"]] if shape["type"] == "Polygon" else list(shape["arcs"])


def contains(topology: dict[str, Any], polygon: Polygon, point: Point) -> bool:
    """Whether a point lies inside a polygon and in none of its holes."""
    return encloses([outline(topology, ring) for ring in polygon], point)


def encloses(lines: list[list[Point]], point: Point) -> bool:
    """Whether a point lies inside closed lines (even-odd rule)."""
    x, y = point
    inside = False
    for line in lines:
        for (x0, y0), (x1, y1) in zip(line, line[1:] + line[:1], strict=True):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
                inside = not inside
    return inside


def outline(topology: dict[str, Any], ring: Ring) -> list[Point]:
    """The points of a ring in degrees, the first not repeated at the end."""
    return [point for arc in ring for point in _arc(topology, arc)[:-1]]


def _set_polygons(shape: dict[str, Any], parts: list[Polygon]) -> None:
    shape["type"] = "Polygon" if len(parts) == 1 else "MultiPolygon"
    shape["arcs"] = parts[0] if len(parts) == 1 else parts


def _joined(topology: dict[str, Any], parts: list[Polygon], added: Polygon) -> list[Polygon]:
    """The polygons with one more; where it shares arcs with one of them, the two become one."""
    for index, part in enumerate(parts):
        if {~arc for arc in added[0]} & set(part[0]):
            rings = _dissolved(topology, part[0], added[0])
            return [*parts[:index], [*rings, *part[1:], *added[1:]], *parts[index + 1 :]]
    return [*parts, added]


def _dissolved(topology: dict[str, Any], first: Ring, second: Ring) -> list[Ring]:
    """The outline of two touching rings: arcs that both use, in opposite directions, fall away."""
    arcs = [arc for arc in first if ~arc not in second] + [arc for arc in second if ~arc not in first]
    starts: dict[Point, int] = {_arc(topology, arc)[0]: arc for arc in arcs}
    if len(starts) != len(arcs):
        raise ValueError("Two arcs of the joined outline begin at one point: it would touch itself.")
    rings: list[Ring] = []
    while starts:
        ring = [starts.pop(_arc(topology, arcs[0])[0] if not rings else next(iter(starts)))]
        while (end := _arc(topology, ring[-1])[-1]) in starts:
            ring.append(starts.pop(end))
        rings.append(ring)
    if len(rings) > 1:
        raise ValueError("The joined outline falls apart into several rings.")
    return rings


def _arc(topology: dict[str, Any], number: int) -> list[Point]:
    """The points of an arc in degrees; a negative number means backwards."""
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points: list[Point] = []
    for dx, dy in topology["arcs"][number if number >= 0 else ~number]:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
    return points if number >= 0 else points[::-1]


def _name_codes(topology: dict[str, Any]) -> None:
    iso3 = {item.iso_num: item.iso3 for item in codes.countries() if item.iso_num}
    find: Callable[[dict[str, Any]], str | None] = lambda shape: (  # noqa: E731
        iso3.get(shape.get("id", "")) or WITHOUT_NUMBER.get(shape["properties"]["name"])
    )
    for shape in topology["objects"]["countries"]["geometries"]:
        shape["properties"]["iso3"] = find(shape)
