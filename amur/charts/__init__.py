"""Charts: each a function from a tidy table to an Altair chart, drawn in one theme for light and dark.

The functions take a list of records (or an eager frame), a `Canvas` with the reader's language and
the width, and an `Axis`; `render` makes pictures of them for page, phone and file. Exports are lazy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amur.charts.comparisons import (
        bars,
        dumbbell,
        intervals,
        stacked_bars,
        threshold_dots,
        waterfall,
    )
    from amur.charts.layers import Key
    from amur.charts.maps import Classes, world_map
    from amur.charts.matrices import matrix
    from amur.charts.palette import (
        CATEGORIES,
        OBJECT,
        SUBJECT,
        THIRD,
        TOKENS,
        ink,
    )
    from amur.charts.planes import frontier, scatter
    from amur.charts.rendering import (
        Draw,
        Legend,
        Rendered,
        render,
        warm_up,
    )
    from amur.charts.theme import (
        NARROW,
        WIDE,
        Axis,
        Canvas,
        register_theme,
    )
    from amur.charts.timelines import (
        Event,
        Level,
        Marks,
        fan,
        time_lines,
    )

_EXPORTS = {
    "Axis": "theme",
    "CATEGORIES": "palette",
    "Canvas": "theme",
    "Classes": "maps",
    "Draw": "rendering",
    "Event": "timelines",
    "Key": "layers",
    "Legend": "rendering",
    "Level": "timelines",
    "Marks": "timelines",
    "NARROW": "theme",
    "OBJECT": "palette",
    "Rendered": "rendering",
    "SUBJECT": "palette",
    "THIRD": "palette",
    "TOKENS": "palette",
    "WIDE": "theme",
    "bars": "comparisons",
    "dumbbell": "comparisons",
    "fan": "timelines",
    "frontier": "planes",
    "ink": "palette",
    "intervals": "comparisons",
    "matrix": "matrices",
    "register_theme": "theme",
    "render": "rendering",
    "scatter": "planes",
    "stacked_bars": "comparisons",
    "threshold_dots": "comparisons",
    "time_lines": "timelines",
    "warm_up": "rendering",
    "waterfall": "comparisons",
    "world_map": "maps",
}

__all__ = [
    "CATEGORIES",
    "NARROW",
    "OBJECT",
    "SUBJECT",
    "THIRD",
    "TOKENS",
    "WIDE",
    "Axis",
    "Canvas",
    "Classes",
    "Draw",
    "Event",
    "Key",
    "Legend",
    "Level",
    "Marks",
    "Rendered",
    "bars",
    "dumbbell",
    "fan",
    "frontier",
    "ink",
    "intervals",
    "matrix",
    "register_theme",
    "render",
    "scatter",
    "stacked_bars",
    "threshold_dots",
    "time_lines",
    "warm_up",
    "waterfall",
    "world_map",
]


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module 'amur.charts' has no attribute '{name}'")
    return getattr(import_module(f"amur.charts.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
