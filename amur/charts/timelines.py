"""Charts with time on the horizontal axis: reported and derived points, breaks between sources, events, fans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal, get_args

from amur.charts.later import alt
from amur.charts.layers import (
    Key,
    Symbol,
    end_y,
    grid_axis,
    header,
    ink_of,
    inline,
    lettering,
    pixel_x,
    pixel_y,
    value_y,
)
from amur.charts.lettering import keep_apart, text_width, wrap
from amur.charts.palette import assign, ink
from amur.charts.rows import Row, Table, distinct, instant, midpoint, rows_of
from amur.charts.theme import LINE, SIZE, Axis, Canvas, Margins, Ruler, finish, fit
from amur.errors import OutputError
from amur.periods import Period, as_period
from amur.text import Text

Status = Literal["reported", "derived", "nowcast"]

_SYMBOLS: Mapping[Status, Symbol] = {"reported": "dot", "derived": "hollow", "nowcast": "diamond"}
_PLOT_HEIGHT = {False: 270.0, True: 220.0}
_DAY = 86_400_000
_YEAR = 365.25 * _DAY
_LARGEST_END_LABEL = 150.0
_MONTHS_SHOWN = 1.6
_MONTH_WIDTH, _YEAR_WIDTH = 62.0, 44.0


@dataclass(frozen=True)
class Event:
    """A dated event drawn as a rule through the plot."""

    when: date
    label: str


@dataclass(frozen=True)
class Level:
    """A value drawn as a rule across the plot, such as the half that makes dependence a majority."""

    value: float
    label: str


@dataclass(frozen=True)
class Marks:
    """What is drawn beside the data: events, levels, and the colour token of series that have a role."""

    events: tuple[Event, ...] = ()
    levels: tuple[Level, ...] = ()
    roles: Mapping[str, str] | None = None


NO_MARKS = Marks()


def time_lines(table: Table, canvas: Canvas, *, axis: Axis, marks: Marks = NO_MARKS) -> alt.LayerChart:
    """Lines over time, one colour a series.

    Columns: `series`, `period` (a Period or its label), `value`; optional `status` (`reported` filled,
    `derived` hollow, `nowcast` a diamond), `source` (a line is interrupted where it changes, and the
    break is marked), `style` (`solid` or `dash`, named in the key by `style_label`), `low` and `high`
    (drawn as a whisker). A missing value is a gap.
    """
    rows = _timed(table)
    levels = [level.value for level in marks.levels]
    bounds = [row[name] for row in rows for name in ("value", "low", "high")]
    ruler = fit(axis, [*bounds, *levels], canvas)
    rows = [_divided(row, ruler) for row in rows]
    tokens = assign(distinct(rows, "series"), marks.roles)
    rows = [{**row, "colour": ink(tokens[row["series"]])} for row in rows]

    left = ruler.tick_width() + 8
    ends = _end_labels(rows, canvas)
    right = max((text_width(line, SIZE) for label in ends for line in label["label"].split("\n")), default=0) + 12
    span = _span(rows, marks.events)
    width = canvas.width - left - right
    named = not ends and len(tokens) > 1
    keys = [Key(name, token, "line") for name, token in tokens.items() if named] + _status_keys(rows, canvas)
    flags = _flags(rows, marks.events, span=span, width=width, text=canvas.text)
    head = header(ruler.heading, keys, canvas, left=left, gap=8 + LINE * _flag_rows(flags))
    plot = _Plot(ruler, span, width, _PLOT_HEIGHT[canvas.narrow], canvas)

    layers = [_axes(rows, plot), *_levels(marks.levels, plot), *_flag_layers(flags, plot)]
    layers += [*_whiskers(rows, plot), *_segments(rows, plot), *_points(rows, plot), *head.layers]
    layers += _placed_ends(ends, plot)
    margins = Margins(left=left, right=right, top=head.height, bottom=26)
    return finish(layers, canvas, margins, height=plot.height)


def fan(table: Table, canvas: Canvas, *, axis: Axis, marks: Marks = NO_MARKS) -> alt.LayerChart:
    """One line over time with nested bands of uncertainty.

    Columns: `period`, `value`, `low`, `high`; optional `inner_low`, `inner_high`; `band_label` and
    `inner_label` name the bands in the key.
    """
    columns = ("period", "value", "low", "high")
    rows = rows_of(
        table, columns, optional={"inner_low": None, "inner_high": None, "band_label": "", "inner_label": ""}
    )
    rows = [{**row, "at": midpoint(row["period"]), "series": "", "style": "solid", "source": ""} for row in rows]
    bounds = ("value", "low", "high", "inner_low", "inner_high")
    ruler = fit(axis, [*(row[name] for row in rows for name in bounds), *(lv.value for lv in marks.levels)], canvas)
    rows = [_divided(row, ruler, bounds) for row in rows]
    bands: tuple[tuple[str, Symbol], ...] = (("inner_label", "inner"), ("band_label", "band"))
    keys = [Key(rows[0][name], "c1", symbol) for name, symbol in bands if rows[0][name]]
    left, right, span = ruler.tick_width() + 8, 14.0, _span(rows, marks.events)
    width = canvas.width - left - right
    flags = _flags(rows, marks.events, span=span, width=width, text=canvas.text)
    head = header(ruler.heading, keys, canvas, left=left, gap=8 + LINE * _flag_rows(flags))
    plot = _Plot(ruler, span, width, _PLOT_HEIGHT[canvas.narrow], canvas)
    areas = [
        alt.Chart(inline([row for row in rows if row[low] is not None]))
        .mark_area(color=ink("c1"), opacity=0.28, line=False)
        .encode(x=plot.x(), y=value_y(ruler, low), y2=end_y(high))
        for low, high in (("low", "high"), ("inner_low", "inner_high"))
        if any(row[low] is not None for row in rows)
    ]
    line = alt.Chart(inline(rows)).mark_line(color=ink("c1")).encode(x=plot.x(), y=value_y(ruler))
    layers = [_axes(rows, plot), *_levels(marks.levels, plot), *_flag_layers(flags, plot), *areas, line, *head.layers]
    return finish(layers, canvas, Margins(left, right, head.height, 26), height=plot.height)


# ── the plot ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Plot:
    ruler: Ruler
    span: tuple[int, int]
    width: float
    height: float
    canvas: Canvas

    def x(self, *, axis: alt.Axis | None = None) -> alt.X:
        scale = alt.Scale(type="utc", domain=list(self.span), nice=False)
        return alt.X(field="at", type="temporal", scale=scale, axis=axis or alt.Undefined)

    def px(self, at: float) -> float:
        return (at - self.span[0]) / (self.span[1] - self.span[0]) * self.width

    def py(self, value: float) -> float:
        return self.height * (1 - self.ruler.along(value))


def _timed(table: Table) -> list[dict[str, Any]]:
    defaults = {"status": "reported", "source": "", "style": "solid", "style_label": "", "low": None, "high": None}
    rows = rows_of(table, ("series", "period", "value"), optional=defaults)
    for row in rows:
        if row["status"] not in get_args(Status):
            raise OutputError(f"The status '{row['status']}' is unknown. Use one of {', '.join(get_args(Status))}.")
        row["at"] = midpoint(row["period"])
    return sorted(rows, key=lambda row: row["at"])


def _divided(row: Row, ruler: Ruler, names: Sequence[str] = ("value", "low", "high")) -> dict[str, Any]:
    return {**row, **{name: None if row[name] is None else row[name] / ruler.divisor for name in names}}


def _span(rows: Sequence[Row], events: Sequence[Event]) -> tuple[int, int]:
    """First to last instant drawn; events outside the data do not widen it by more than a year."""
    first, last = min(row["at"] for row in rows), max(row["at"] for row in rows)
    margin = max((last - first) * 0.025, 20 * _DAY)
    stamps = [instant(event.when) for event in events]
    near = [stamp for stamp in stamps if first - _YEAR <= stamp <= last + _YEAR]
    return int(min([first, *near]) - margin), int(max([last, *near]) + margin)


def _axes(rows: Sequence[Row], plot: _Plot) -> alt.Chart:
    """Both axes and the zero line, drawn under everything else."""
    low, high = plot.ruler.domain
    opacity = 1 if low < 0 <= high else 0
    zero = alt.Chart(inline([{"at": plot.span[0], "value": 0}])).mark_rule(color=ink("baseline"), opacity=opacity)
    time_axis = _time_axis([as_period(row["period"]) for row in rows], plot)
    return zero.encode(
        x=plot.x(axis=time_axis), x2=alt.value("width"), y=value_y(plot.ruler, axis=grid_axis(plot.ruler))
    )


def _time_axis(periods: Sequence[Period], plot: _Plot) -> alt.Axis:
    """Ticks at the middle of years where all values are yearly, else where a year or month begins."""
    yearly = all(period.kind == "year" for period in periods)
    years = (plot.span[1] - plot.span[0]) / _YEAR
    first, last = min(p.start.year for p in periods), max(p.end.year for p in periods)
    if years < _MONTHS_SHOWN:
        step = 1 if plot.width / (years * 12) > _MONTH_WIDTH else 3
        stamps = [instant(date(y, m, 1)) for y in range(first, last + 2) for m in range(1, 13, step)]
    else:
        step = next(n for n in (1, 2, 5, 10, 20, 50, 1000) if (years / n) * _YEAR_WIDTH <= plot.width)
        listed = [year for year in range(first, last + 2) if (last - year) % step == 0]
        stamps = [midpoint(year) if yearly else instant(date(year, 1, 1)) for year in listed]
    return alt.Axis(
        orient="bottom",
        values=[stamp for stamp in stamps if plot.span[0] <= stamp <= plot.span[1]],
        format="%b %Y" if years < _MONTHS_SHOWN else "%Y",
        labelAlign="center" if yearly and years >= _MONTHS_SHOWN else "left",
        labelPadding=5,
        domain=True,
        ticks=True,
        tickSize=5,
        title=None,
    )


def _levels(levels: Sequence[Level], plot: _Plot) -> list[alt.Chart]:
    if not levels:
        return []
    data = [{"py": plot.py(level.value / plot.ruler.divisor)} for level in levels]
    rule = alt.Chart(inline(data)).mark_rule(color=ink("ink"), strokeDash=[2, 3]).encode(y=pixel_y())
    labels = [
        {"px": 4, "py": row["py"] - 9, "label": level.label, "align": "left", "colour": ink("ink")}
        for row, level in zip(data, levels, strict=True)
    ]
    return [rule, *lettering(labels, size=SIZE - 1)]


# ── lines and points ────────────────────────────────────────────────────────────────────────────


def _segments(rows: Sequence[Row], plot: _Plot) -> list[alt.Chart]:
    """Lines that join neighbours of one series, style and source, and stop at a missing value."""
    segments: list[dict[str, Any]] = []
    counts: dict[tuple[str, str, str], int] = {}
    for row in rows:
        stretch = (row["series"], row["style"], row["source"])
        if row["value"] is None:
            counts[stretch] = counts.get(stretch, 0) + 1
            continue
        segments.append({**_drawn(row), "segment": f"{'|'.join(stretch)}|{counts.get(stretch, 0)}"})
    layers = []
    for style, dash in (("solid", [1, 0]), ("dash", [5, 4])):
        mine = [segment for segment in segments if segment["style"] == style]
        if mine:
            chart = alt.Chart(inline(mine)).mark_line(strokeDash=dash)
            layers.append(
                chart.encode(
                    x=plot.x(),
                    y=value_y(plot.ruler),
                    color=ink_of(),
                    detail=alt.Detail(field="segment", type="nominal"),
                )
            )
    return layers


def _drawn(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("at", "value", "colour", "style")}


def _points(rows: Sequence[Row], plot: _Plot) -> list[alt.Chart]:
    """Points where they tell something: other than reported, alone, or few enough to be seen."""
    per_series = max(sum(row["series"] == name for row in rows) for name in distinct(rows, "series"))
    dense = per_series * 12 > plot.width
    layers = []
    for status, shape, size in (("reported", "circle", 34), ("derived", "circle", 40), ("nowcast", "diamond", 52)):
        mine = [_drawn(row) for row in rows if row["status"] == status and row["value"] is not None]
        if not mine or (dense and status == "reported"):
            continue
        point = alt.Chart(inline(mine)).encode(x=plot.x(), y=value_y(plot.ruler))
        if status == "reported":
            layers.append(point.mark_point(filled=True, shape=shape, size=size, opacity=1).encode(color=ink_of()))
        else:
            mark = point.mark_point(
                filled=True, shape=shape, size=size, opacity=1, fill=ink("surface"), strokeWidth=1.8
            )
            layers.append(mark.encode(stroke=alt.Stroke(field="colour", type="nominal", scale=None)))
    return layers


def _whiskers(rows: Sequence[Row], plot: _Plot) -> list[alt.Chart]:
    mine = [{**_drawn(row), "low": row["low"], "high": row["high"]} for row in rows if row["low"] is not None]
    if not mine:
        return []
    rule = alt.Chart(inline(mine)).mark_rule(strokeWidth=5, opacity=0.3)
    return [rule.encode(x=plot.x(), y=value_y(plot.ruler, "low"), y2=end_y("high"), color=ink_of())]


def _status_keys(rows: Sequence[Row], canvas: Canvas) -> list[Key]:
    text, seen = canvas.text, {row["status"] for row in rows if row["value"] is not None}
    keys = [Key(text(f"kit.status.{s}"), "ink", _SYMBOLS[s]) for s in get_args(Status) if s in seen and len(seen) > 1]
    for style, symbol in (("solid", "line"), ("dash", "dash")):
        labels = {str(row["style_label"]) for row in rows if row["style"] == style and row["style_label"]}
        keys += [Key(label, "ink", symbol) for label in sorted(labels)]  # type: ignore[arg-type]
    return keys


def _end_labels(rows: Sequence[Row], canvas: Canvas) -> list[dict[str, Any]]:
    """A label at the end of each line, where there is room for it; otherwise none, and a key instead."""
    series = distinct(rows, "series")
    if len(series) == 1 or any(row["style_label"] for row in rows):
        return []
    most = _LARGEST_END_LABEL if not canvas.narrow else 84.0
    labels = []
    for name in series:
        drawn = [row for row in rows if row["series"] == name and row["value"] is not None]
        lines = wrap(name, most, SIZE)
        if not drawn or len(lines) > 2 or any(text_width(line, SIZE) > most for line in lines):
            return []
        labels.append({"label": "\n".join(lines), "row": drawn[-1]})
    return labels


def _placed_ends(ends: Sequence[Mapping[str, Any]], plot: _Plot) -> list[alt.Chart]:
    if not ends:
        return []
    tallest = max(label["label"].count("\n") for label in ends) + 1
    wanted = [plot.py(label["row"]["value"]) for label in ends]
    placed = keep_apart(wanted, LINE * tallest)
    texts = []
    for label, y in zip(ends, placed, strict=True):
        shift = LINE / 2 * label["label"].count("\n")
        texts.append(
            {
                "px": plot.px(max(end["row"]["at"] for end in ends)) + 10,
                "py": y - shift,
                "label": label["label"],
                "align": "left",
                "colour": label["row"]["colour"],
            }
        )
    return lettering(texts, bold=True)


# ── breaks and events ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Flag:
    """A dated rule with its label: where it stands, how far its label reaches, and in which row."""

    x: float
    label: str
    align: Literal["left", "right"]
    start: float
    end: float
    is_break: bool
    row: int = 0

    def clashes(self, other: _Flag) -> bool:
        """Whether this label, in its row, touches the other's label, or either label the other's rule."""
        over = self.start < other.end + 8 and other.start < self.end + 8
        if self.row == other.row:
            return over
        lower, upper = (self, other) if self.row < other.row else (other, self)
        return lower.start - 3 < upper.x < lower.end + 3


def _flags(
    rows: Sequence[Row], events: Sequence[Event], *, span: tuple[int, int], width: float, text: Text
) -> list[_Flag]:
    """Events and breaks between sources, each label in the lowest row in which it touches nothing.

    Rules rise from the plot to their label, so they are placed from the right: a label that reaches
    over a later rule then stands above it.
    """
    wanted = [(instant(event.when), event.label, False) for event in events]
    wanted += [(spot, text("kit.chart.break"), True) for spot in _breaks(rows)]
    placed: list[_Flag] = []
    for at, label, is_break in sorted(wanted, reverse=True):
        if not span[0] <= at <= span[1]:
            continue
        x, size = (at - span[0]) / (span[1] - span[0]) * width, text_width(label, SIZE - 1)
        leftward = x + size + 4 > width
        start = x - 4 - size if leftward else x + 4
        flag = _Flag(x, label, "right" if leftward else "left", start, start + size, is_break)
        tries = (replace(flag, row=row) for row in range(len(placed) + 1))
        free = [tried for tried in tries if not any(tried.clashes(other) for other in placed)]
        placed.append(free[0] if free else replace(flag, row=len(placed)))
    return placed


def _breaks(rows: Sequence[Row]) -> list[int]:
    """The instants half way between two neighbours of a series that come from different sources."""
    spots: set[int] = set()
    for name in distinct(rows, "series"):
        for style in ("solid", "dash"):
            mine = [r for r in rows if r["series"] == name and r["style"] == style and r["value"] is not None]
            for before, after in pairwise(mine):
                if before["source"] != after["source"] and before["at"] < after["at"]:
                    spots.add((before["at"] + after["at"]) // 2)
    return sorted(spots)


def _flag_rows(flags: Sequence[_Flag]) -> int:
    return max((flag.row + 1 for flag in flags), default=0)


def _flag_layers(flags: Sequence[_Flag], plot: _Plot) -> list[alt.Chart]:
    if not flags:
        return []
    rules, labels = [], []
    for flag in flags:
        y = -6 - LINE * (flag.row + 0.5)
        rules.append({"px": flag.x, "py": y - 6, "py2": plot.height, "is_break": flag.is_break})
        shift = 4 if flag.align == "left" else -4
        labels.append({"px": flag.x + shift, "py": y, "label": flag.label, "align": flag.align, "colour": ink("muted")})
    layers = []
    for is_break, dash in ((False, [3, 3]), (True, [1, 3])):
        if mine := [rule for rule in rules if rule["is_break"] == is_break]:
            rule = alt.Chart(inline(mine)).mark_rule(
                color=ink("baseline"), strokeWidth=1.5 if is_break else 1, strokeDash=dash
            )
            layers.append(rule.encode(x=pixel_x(), y=pixel_y(), y2=end_y("py2")))
    return [*layers, *lettering(labels, size=SIZE - 1)]


__all__ = ["NO_MARKS", "Event", "Level", "Marks", "fan", "time_lines"]
