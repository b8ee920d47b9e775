"""Charts that compare rows: bars, dots with intervals, dumbbells, distances to a threshold, stacks, waterfalls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from amur.charts.bands import MARK, Bands, assemble, bands_of, end_labels, plot_width, reach
from amur.charts.later import alt
from amur.charts.layers import Key, end_x, end_y, ink_of, inline, lettering, pixel_y, value_x
from amur.charts.lettering import text_width
from amur.charts.palette import ON, assign, ink
from amur.charts.rows import Row, Table, distinct, rows_of
from amur.charts.theme import SIZE, Axis, Canvas, Ruler, fit, within
from amur.charts.timelines import Level
from amur.errors import OutputError

_INTERVAL: Mapping[str, Any] = {"low": None, "high": None}


def bars(table: Table, canvas: Canvas, *, axis: Axis, roles: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Horizontal bars with their values, and whiskers where a row has an interval.

    Columns: `label`, `value`; optional `low`, `high`, and `group` (coloured and named in the key;
    `roles` gives a group its token).
    """
    rows = rows_of(table, ("label", "value"), optional={**_INTERVAL, "group": ""})
    tokens = assign(distinct(rows, "group"), roles)
    bands = bands_of([str(row["label"]) for row in rows], canvas)
    ruler = fit(axis, _bounds(rows), canvas, length=True)
    drawn = _drawn(rows, ruler, bands, tokens=tokens, column="group")
    ruler = reach(ruler, drawn, bands)
    bar = alt.Chart(inline(drawn)).mark_bar(height=MARK, orient="horizontal")
    layers = [bar.encode(x=value_x(ruler), x2=alt.X2Datum(0), y=pixel_y(), color=ink_of())]
    layers += [*_whiskers(drawn, ruler, token="ink"), *end_labels(drawn, ruler, bands)]
    keys = [Key(name, token) for name, token in tokens.items() if name]
    return assemble(layers, bands, ruler=ruler, keys=keys)


def intervals(table: Table, canvas: Canvas, *, axis: Axis, roles: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Dots with their intervals, one row each; `group` colours them. Columns as for `bars`."""
    rows = rows_of(table, ("label", "value"), optional={**_INTERVAL, "group": ""})
    tokens = assign(distinct(rows, "group"), roles)
    bands = bands_of([str(row["label"]) for row in rows], canvas)
    ruler = fit(axis, _bounds(rows), canvas)
    drawn = _drawn(rows, ruler, bands, tokens=tokens, column="group")
    ruler = reach(ruler, drawn, bands)
    layers = [*_thick_intervals(drawn, ruler), _dots(drawn, ruler), *end_labels(drawn, ruler, bands)]
    keys = [Key(name, token, "dot") for name, token in tokens.items() if name]
    return assemble(layers, bands, ruler=ruler, keys=keys, zero="rule")


def dumbbell(table: Table, canvas: Canvas, *, axis: Axis, ends: tuple[Key, Key]) -> alt.LayerChart:
    """Two values a row, joined: before and after, or one way and the other.

    Columns: `label`, `start`, `end`. `ends` names the two and gives their tokens. A row may lack one.
    """
    rows = rows_of(table, ("label", "start", "end"))
    bands = bands_of([str(row["label"]) for row in rows], canvas)
    ruler = fit(axis, [row[side] for row in rows for side in ("start", "end")], canvas)
    joined, dots = [], []
    for row, middle in zip(rows, bands.middles, strict=True):
        both = [None if row[side] is None else row[side] / ruler.divisor for side in ("start", "end")]
        place = {"py": middle}
        if both[0] is not None and both[1] is not None:
            joined.append({**place, "value": both[0], "value2": both[1]})
        outward = _outward(both)
        for side, key, sign in zip(("start", "end"), ends, outward, strict=True):
            if row[side] is not None:
                value = row[side] / ruler.divisor
                dots.append(
                    {**place, "value": value, "colour": ink(key.token), "label": ruler.label(row[side]), "side": sign}
                )
    ruler = reach(ruler, dots, bands)
    rule = alt.Chart(inline(joined)).mark_rule(color=ink("baseline"), strokeWidth=2)
    layers = [rule.encode(x=value_x(ruler), x2=end_x("value2"), y=pixel_y())] if joined else []
    layers += [_dots(dots, ruler), *end_labels(dots, ruler, bands)]
    return assemble(layers, bands, ruler=ruler, keys=[Key(e.label, e.token, "dot") for e in ends], zero="rule")


def threshold_dots(table: Table, canvas: Canvas, *, axis: Axis, threshold: Level) -> alt.LayerChart:
    """Dots and their distance to a threshold; rows that reach it are set in the object's colour.

    Columns: `label`, `value`; optional `low`, `high`.
    """
    rows = rows_of(table, ("label", "value"), optional=_INTERVAL)
    bands = bands_of([str(row["label"]) for row in rows], canvas)
    ruler = fit(axis, [*_bounds(rows), threshold.value], canvas)
    level = threshold.value / ruler.divisor
    over = [{**row, "reached": "c2" if _over(row, threshold.value) else "c1"} for row in rows]
    drawn = _drawn(over, ruler, bands, tokens={"c1": "c1", "c2": "c2"}, column="reached")
    below = [row["value"] is not None and row["value"] < level for row in drawn]
    sided = [{**row, "side": -1 if lower else 1} for row, lower in zip(drawn, below, strict=True)]
    ruler = reach(ruler, sided, bands)
    gap = [
        {"py": row["py"], "value": row["value"], "value2": level, "colour": row["colour"]}
        for row in sided
        if row["value"] is not None
    ]
    distance = alt.Chart(inline(gap)).mark_rule(strokeWidth=2, opacity=0.45)
    limit = alt.Chart(inline([{"value": level, "py": 0, "py2": bands.height}])).mark_rule(
        color=ink("ink"), strokeDash=[5, 3]
    )
    layers = [
        distance.encode(x=value_x(ruler), x2=end_x("value2"), y=pixel_y(), color=ink_of()),
        limit.encode(x=value_x(ruler), y=pixel_y(), y2=end_y("py2")),
        *_thick_intervals(sided, ruler),
        _dots(sided, ruler),
        *end_labels(sided, ruler, bands),
    ]
    return assemble(layers, bands, ruler=ruler, keys=[Key(threshold.label, "ink", "dash")], zero="rule")


def stacked_bars(table: Table, canvas: Canvas, *, axis: Axis, roles: Mapping[str, str] | None = None) -> alt.LayerChart:
    """Bars cut into parts, at most eight. Columns: `label`, `part`, `value` (not negative)."""
    rows = rows_of(table, ("label", "part", "value"))
    if negative := [row for row in rows if (row["value"] or 0) < 0]:
        raise OutputError(f"A stack cannot show the negative part {negative[0]['part']}. Draw bars or a waterfall.")
    tokens = assign(distinct(rows, "part"), roles)
    labels = distinct(rows, "label")
    bands = bands_of(labels, canvas)
    totals = {label: sum(row["value"] or 0 for row in rows if str(row["label"]) == label) for label in labels}
    ruler = fit(axis, totals.values(), canvas, length=True)
    high = max(ruler.domain[1] if axis.unit != "fraction" else 0.0, *(t / ruler.divisor for t in totals.values()))
    ruler = within(ruler, 0.0, high)
    pieces = _pieces(rows, labels, bands, ruler=ruler, tokens=tokens)
    bar = alt.Chart(inline(pieces)).mark_bar(height=MARK + 5, orient="horizontal", stroke=ink("surface"), strokeWidth=1)
    layers = [bar.encode(x=value_x(ruler, "start"), x2=end_x("end"), y=pixel_y(), color=ink_of())]
    pixel = plot_width(bands) / (ruler.domain[1] - ruler.domain[0])
    inside = [
        {
            "px": (p["start"] + p["end"]) / 2 * pixel,
            "py": p["py"],
            "label": p["label"],
            "align": "center",
            "colour": p["on"],
        }
        for p in pieces
        if text_width(p["label"], SIZE - 1) + 6 <= (p["end"] - p["start"]) * pixel
    ]
    layers += lettering(inside, size=SIZE - 1)
    return assemble(layers, bands, ruler=ruler, keys=[Key(name, token) for name, token in tokens.items()])


def waterfall(table: Table, canvas: Canvas, *, axis: Axis) -> alt.LayerChart:
    """Parts that add up, from top to bottom.

    Columns: `label`, `value`, `kind`: a `part` starts where the row before ended, a `total` starts at
    zero and must equal the running sum to a thousandth of it (so that a chart never shows parts that do not add up).
    """
    rows = rows_of(table, ("label", "value"), optional={"kind": "part"})
    bands = bands_of([str(row["label"]) for row in rows], canvas)
    steps, running = [], 0.0
    for row in rows:
        total = row["kind"] == "total"
        if row["value"] is None:
            raise OutputError(
                f"The waterfall '{axis.title}' lacks a value for {row['label']}. Leave out a part by name only."
            )
        if total and steps and abs(row["value"] - running) > 1e-3 * max(abs(running), abs(row["value"])):
            raise OutputError(
                f"The parts up to '{row['label']}' add up to {running:g}, not {row['value']:g}. Add the rest."
            )
        start, end = (0.0, row["value"]) if total else (running, running + row["value"])
        running = end
        steps.append((row, start, end, "ink" if total else ("c1" if row["value"] >= 0 else "c2")))
    ruler = fit(axis, [bound for _, *ends, _ in steps for bound in ends], canvas, length=True)
    drawn = [
        {
            "py": middle,
            "start": start / ruler.divisor,
            "value": end / ruler.divisor,
            "colour": ink("c8" if token == "ink" else token),
            "label": ruler.label(row["value"], sign=row["kind"] != "total"),
            "side": 1 if end >= start else -1,
        }
        for (row, start, end, token), middle in zip(steps, bands.middles, strict=True)
    ]
    ruler = reach(ruler, drawn, bands)
    bar = alt.Chart(inline(drawn)).mark_bar(height=MARK, orient="horizontal")
    joins = [{"value": a["value"], "py": a["py"], "py2": b["py"]} for a, b in pairwise(drawn)]
    join = alt.Chart(inline(joins or [{"value": 0, "py": 0, "py2": 0}])).mark_rule(color=ink("baseline"), strokeWidth=1)
    layers = [
        join.encode(x=value_x(ruler), y=pixel_y(), y2=end_y("py2")),
        bar.encode(x=value_x(ruler, "start"), x2=end_x("value"), y=pixel_y(), color=ink_of()),
        *end_labels(drawn, ruler, bands),
    ]
    return assemble(layers, bands, ruler=ruler, keys=[])


# ── rows in bands ───────────────────────────────────────────────────────────────────────────────


def _bounds(rows: Sequence[Row]) -> list[float | None]:
    return [row[name] for row in rows for name in ("value", "low", "high")]


def _over(row: Row, level: float) -> bool:
    return row["value"] is not None and row["value"] >= level


def _drawn(
    rows: Sequence[Row], ruler: Ruler, bands: Bands, *, tokens: Mapping[str, str], column: str
) -> list[dict[str, Any]]:
    """Rows in divided values with their place, colour and label; a row without value says so."""
    drawn = []
    for row, middle in zip(rows, bands.middles, strict=True):
        values = {name: None if row[name] is None else row[name] / ruler.divisor for name in ("value", "low", "high")}
        label = ruler.label(row["value"]) if row["value"] is not None else bands.canvas.text("kit.chart.no_data")
        place = {"py": middle, "colour": ink(tokens[str(row[column])]), "side": -1 if (row["value"] or 0) < 0 else 1}
        drawn.append({**values, **place, "label": label})
    return drawn


def _whiskers(drawn: Sequence[Row], ruler: Ruler, *, token: str) -> list[alt.Chart]:
    mine = [row for row in drawn if row["low"] is not None and row["high"] is not None]
    if not mine:
        return []
    # A pale rim keeps the whisker visible on a dark bar.
    widths = ((4.0, "surface"), (1.5, token))
    rules = [alt.Chart(inline(mine)).mark_rule(color=ink(colour), strokeWidth=width) for width, colour in widths]
    return [rule.encode(x=value_x(ruler, "low"), x2=end_x("high"), y=pixel_y()) for rule in rules]


def _thick_intervals(drawn: Sequence[Row], ruler: Ruler) -> list[alt.Chart]:
    mine = [row for row in drawn if row["low"] is not None and row["high"] is not None]
    if not mine:
        return []
    rule = alt.Chart(inline(mine)).mark_rule(strokeWidth=7, opacity=0.3)
    return [rule.encode(x=value_x(ruler, "low"), x2=end_x("high"), y=pixel_y(), color=ink_of())]


def _dots(drawn: Sequence[Row], ruler: Ruler) -> alt.Chart:
    point = alt.Chart(inline([row for row in drawn if row["value"] is not None]))
    return point.mark_point(filled=True, shape="circle", size=80, opacity=1).encode(
        x=value_x(ruler), y=pixel_y(), color=ink_of()
    )


# ── labels beside dots ──────────────────────────────────────────────────────────────────────────


def _outward(both: Sequence[float | None]) -> tuple[int, int]:
    """The side on which each dot's label stands: away from the other dot."""
    start, end = both
    if start is None or end is None or start <= end:
        return -1, 1
    return 1, -1


def _pieces(
    rows: Sequence[Row], labels: Sequence[str], bands: Bands, *, ruler: Ruler, tokens: Mapping[str, str]
) -> list[dict[str, Any]]:
    pieces = []
    for label, middle in zip(labels, bands.middles, strict=True):
        start = 0.0
        for part, token in tokens.items():
            value = sum(row["value"] or 0 for row in rows if str(row["label"]) == label and str(row["part"]) == part)
            end = start + value / ruler.divisor
            written = {"label": ruler.label(value), "colour": ink(token), "on": ink(ON[token])}
            pieces.append({"py": middle, "start": start, "end": end, **written})
            start = end
    return [piece for piece in pieces if piece["end"] > piece["start"]]
