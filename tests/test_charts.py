"""Charts show their data, keep their width, name no unknown colour, and refuse what would mislead."""

from __future__ import annotations

import itertools
import json
import math
import re
import struct
import zlib
from datetime import date
from functools import partial
from typing import Any

import altair as alt
import kit_demo
import numpy as np
import pandas as pd
import polars as pl
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from amur import charts
from amur.charts import (
    Axis,
    Canvas,
    Classes,
    Event,
    Key,
    Legend,
    Level,
    Marks,
    lettering,
    matrices,
    png,
    rendering,
    theme,
    timelines,
)
from amur.charts.palette import TOKENS
from amur.charts.rendering import _specification, render
from amur.errors import CodeError, OutputError
from amur.text import Text

EN, SV = Text("en"), Text("sv")
KINDS = list(kit_demo.drawings(kit_demo.demo_text("en")))
LEGEND = Legend("test", "Finding", "Description", "Source: invented.")
# Positions are rounded to a tenth of a pixel when drawn.
PIXEL = 0.11
SHARE = Axis("Share", "fraction")


def spec(draw: Any, *, text: Text = EN, width: int = 720) -> dict[str, Any]:
    return json.loads(_specification(draw, Canvas(text, width)))


def picture(draw: Any, *, text: Text = EN) -> str:
    return render(draw, text, legend=LEGEND).svg_page


def data(written: dict[str, Any], layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a layer; Altair lifts them into named datasets."""
    return written["datasets"][layer["data"]["name"]] if "name" in layer["data"] else layer["data"]["values"]


def layers_of(written: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    return [layer for layer in written["layer"] if isinstance(layer["mark"], dict) and layer["mark"]["type"] == mark]


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


# ── properties ──────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.floats(-1e4, 1e4), max_size=12), st.floats(0.1, 50))
def test_labels_kept_apart_stay_in_order_and_move_together(positions: list[float], gap: float) -> None:
    moved = lettering.keep_apart(positions, gap)
    ranked = sorted(range(len(positions)), key=lambda i: positions[i])
    for one, other in itertools.pairwise(ranked):
        assert moved[other] - moved[one] >= gap - 1e-6
    # Pooling keeps the mean, so no cluster drifts.
    assert sum(moved) == pytest.approx(sum(positions), abs=1e-5 * max(1, len(positions)) * 1e4)


@given(st.lists(st.floats(0, 1e3), max_size=6, unique=True))
def test_labels_far_enough_apart_do_not_move(positions: list[float]) -> None:
    spread = [position * 1000 for position in positions]
    if all(abs(a - b) >= 10 for a, b in itertools.combinations(spread, 2)):
        assert lettering.keep_apart(spread, 10) == pytest.approx(spread)


@given(st.text(alphabet="abc defg hij", max_size=80), st.floats(20, 300))
def test_wrapping_loses_no_letter_and_keeps_the_width(text: str, width: float) -> None:
    lines = lettering.wrap(text, width, 12.5)
    assert " ".join(lines) == text
    assert all(lettering.text_width(line, 12.5) <= width for line in lines if " " in line)


@given(st.lists(st.floats(-1e13, 1e13).filter(lambda x: x == 0 or abs(x) > 1e-6), min_size=1, max_size=8))
def test_a_ruler_holds_its_values_and_its_ticks_are_even(values: list[float]) -> None:
    ruler = theme.fit(Axis("x"), values, Canvas(EN))
    low, high = ruler.domain
    assert all(low - 1e-9 * abs(low) <= value / ruler.divisor <= high + 1e-9 * abs(high) for value in values)
    gaps = [b - a for a, b in itertools.pairwise(ruler.ticks)]
    assert min(gaps) == pytest.approx(max(gaps), rel=1e-6)
    assert low <= 0 <= high
    assert 2 <= len(ruler.ticks) <= 9


@given(st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=8))
def test_a_log_ruler_has_decades(values: list[float]) -> None:
    ruler = theme.fit(Axis("x", scale="log"), values, Canvas(EN))
    assert ruler.domain[0] <= min(values) * (1 + 1e-9)
    assert max(values) <= ruler.domain[1] * (1 + 1e-9)
    assert all(b / a == pytest.approx(10) for a, b in itertools.pairwise(ruler.ticks))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_a_larger_value_never_gets_a_lower_step(values: list[float]) -> None:
    for scheme in ("sequential", "diverging"):
        bounds = matrices.steps_of(values, scheme)
        assert list(bounds) == sorted(bounds)
        steps = [int(matrices.step_token(value, bounds, scheme)[1:]) for value in sorted(values)]
        assert steps == sorted(steps)


@given(
    st.lists(st.tuples(st.dates(date(2010, 1, 1), date(2024, 12, 31)), st.text("abcdefgh ", min_size=3)), max_size=9)
)
def test_flags_touch_no_other_label_and_no_other_rule(dated: list[tuple[date, str]]) -> None:
    span = (timelines.instant(date(2009, 12, 1)), timelines.instant(date(2025, 2, 1)))
    events = [Event(day, label) for day, label in dict(dated).items()]
    flags = timelines._flags([], events, span=span, width=640, text=EN)
    assert len(flags) == len(events)
    for one, other in itertools.combinations(flags, 2):
        if one.row == other.row:
            assert one.end <= other.start or other.end <= one.start


# ── every kind ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rendered() -> dict[str, charts.Rendered]:
    drawn = kit_demo.drawings(kit_demo.demo_text("sv"))
    return {name: render(draw, SV, legend=Legend(name, "Fynd", "Beskrivning", "Källa")) for name, draw in drawn.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [charts.WIDE, charts.NARROW])
def test_charts_are_valid_vega_lite_and_fill_the_canvas(kind: str, width: int) -> None:
    chart = kit_demo.drawings(kit_demo.demo_text("en"))[kind](Canvas(EN, width))
    assert isinstance(chart, alt.LayerChart)
    written = chart.to_dict()
    padding = written["padding"]
    assert written["width"] + padding["left"] + padding["right"] == pytest.approx(width)
    assert written["autosize"]["type"] == "none"
    assert "http" not in json.dumps({**written, "$schema": ""}).replace("http://www.w3.org", "")


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_use_variables_on_pages_and_colours_in_files(kind: str, rendered: dict[str, charts.Rendered]) -> None:
    made = rendered[kind]
    for svg in (made.svg_page, made.svg_phone):
        assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) - {"none", "transparent"} != set()
        for colour in re.findall(r' (?:fill|stroke|stop-color)="([^"]*)"', svg):
            assert colour in ("none", "transparent") or colour[6:-1] in TOKENS, colour
        assert "style=" not in svg
        assert "<image" not in svg
    assert "var(--" not in made.svg_file
    assert 'viewBox="0 0 720 ' in made.svg_page
    assert 'viewBox="0 0 344 ' in made.svg_phone


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_name_and_describe_themselves(kind: str, rendered: dict[str, charts.Rendered]) -> None:
    made = rendered[kind]
    for svg in (made.svg_page, made.svg_phone, made.svg_file):
        assert 'role="img"' in svg
        assert "Beskrivning" in svg
        ids = re.findall(r' id="([^"]*)"', svg)
        assert len(ids) == len(set(ids))
        for target in re.findall(r'aria-(?:labelledby|describedby)="([^"]*)"', svg):
            assert target in ids
    assert not set(re.findall(r' id="([^"]*)"', made.svg_page)) & set(re.findall(r' id="([^"]*)"', made.svg_phone))
    assert "Fynd" in words(made.svg_file)
    assert "Källa" in words(made.svg_file)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_drawn_outside_the_picture(kind: str, rendered: dict[str, charts.Rendered]) -> None:
    for text in (EN, SV):
        for width in (charts.WIDE, charts.NARROW):
            written = spec(kit_demo.drawings(kit_demo.demo_text(text.language))[kind], text=text, width=width)
            left = -written["padding"]["left"]
            right = written["width"] + written["padding"]["right"]
            for layer in layers_of(written, "text"):
                for row in data(written, layer):
                    lines = row["label"].split("\n")
                    size = max(lettering.text_width(line, layer["mark"]["fontSize"]) for line in lines)
                    start = {"left": 0, "center": size / 2, "right": size}[row["align"]]
                    assert left - 1 <= row["px"] - start, (row, left)
                    # Bold lettering and end labels are measured a little wide; four pixels are within the margin.
                    assert row["px"] - start + size <= right + 4, (row, right)


# ── the data are what is drawn ──────────────────────────────────────────────────────────────────


def test_a_bar_is_as_long_as_its_value() -> None:
    rows = [{"label": name, "value": value} for name, value in (("a", 0.1), ("b", 0.2), ("c", 0.4))]
    svg = picture(partial(charts.bars, rows, axis=SHARE))
    lengths = [float(w) for w in re.findall(r'<path d="M[\d.]+,[\d.]+h([\d.]+)v15h-[\d.]+Z" fill="var\(--c1\)"/>', svg)]
    assert len(lengths) == 3
    assert lengths[1] == pytest.approx(2 * lengths[0], abs=3 * PIXEL)
    assert lengths[2] == pytest.approx(4 * lengths[0], abs=5 * PIXEL)


def test_points_lie_where_their_values_are() -> None:
    rows = [
        {"series": "s", "period": str(year), "value": value}
        for year, value in ((2020, 0.0), (2021, 50.0), (2022, 100.0))
    ]
    svg = picture(partial(charts.time_lines, rows, axis=Axis("x")))
    dots = [tuple(map(float, p)) for p in re.findall(r'<path transform="translate\(([\d.]+),([\d.]+)\)" d="M2', svg)]
    assert [y for _, y in dots] == pytest.approx([270, 135, 0], abs=PIXEL)
    assert dots[1][0] - dots[0][0] == pytest.approx(dots[2][0] - dots[1][0], abs=1)


def test_scaling_one_value_moves_only_its_mark() -> None:
    rows = [{"label": name, "value": value} for name, value in (("a", 0.30), ("b", 0.20), ("c", 0.40))]
    more = [{**row, "value": row["value"] * 1.1} if row["label"] == "b" else row for row in rows]
    one, other = (
        words(picture(partial(charts.bars, rows, axis=SHARE))),
        words(picture(partial(charts.bars, more, axis=SHARE))),
    )
    assert [word for word in one if word not in other] == ["20.0%"]
    assert [word for word in other if word not in one] == ["22.0%"]


def test_a_line_stops_where_a_value_is_missing_and_where_the_source_changes() -> None:
    values = [1.0, 2.0, float("nan"), 4.0, 5.0, 6.0, 7.0]
    rows = [
        {"series": "s", "period": str(2015 + n), "value": value, "source": "a" if n < 5 else "b"}
        for n, value in enumerate(values)
    ]
    written = spec(partial(charts.time_lines, rows, axis=Axis("x")))
    segments = [row["segment"] for layer in layers_of(written, "line") for row in data(written, layer)]
    assert [len(list(group)) for _, group in itertools.groupby(segments)] == [2, 2, 2]
    assert "other source" in words(picture(partial(charts.time_lines, rows, axis=Axis("x"))))


def test_derived_points_look_unlike_reported_ones_and_the_key_says_so() -> None:
    rows = [
        {"series": "s", "period": str(2020 + n), "value": 1.0 + n, "status": s}
        for n, s in enumerate(timelines._SYMBOLS)
    ]
    svg = picture(partial(charts.time_lines, rows, axis=Axis("x")))
    assert {"reported", "derived", "carried forward, not observed"} <= set(words(svg))
    assert len(re.findall(r'fill="var\(--surface\)"[^>]*stroke="var\(--c1\)"', svg)) == 2
    reported = [{**row, "status": "reported"} for row in rows]
    assert "reported" not in words(picture(partial(charts.time_lines, reported, axis=Axis("x"))))


def test_a_user_frame_draws_the_same_as_records() -> None:
    rows = [
        {"label": "a", "value": 0.25, "low": 0.2, "high": 0.3},
        {"label": "b", "value": 0.5, "low": None, "high": None},
    ]
    drawn = {
        kind: spec(partial(charts.bars, frame, axis=SHARE))
        for kind, frame in {"records": rows, "polars": pl.DataFrame(rows), "pandas": pd.DataFrame(rows)}.items()
    }
    assert drawn["polars"] == drawn["records"]
    assert drawn["pandas"] == drawn["records"]


def test_numbers_are_the_readers() -> None:
    rows = [{"label": "a", "value": 1.2345e12}, {"label": "b", "value": 0.5e9}]
    english = words(picture(partial(charts.bars, rows, axis=Axis("trade", "USD"))))
    swedish = words(picture(partial(charts.bars, rows, axis=Axis("handel", "USD")), text=SV))
    assert "Trade, trillion dollars" in english
    assert "1.23" in english
    assert "Handel, biljoner dollar" in swedish
    assert "1,23" in swedish
    shares = words(picture(partial(charts.bars, [{"label": "a", "value": 0.204}], axis=SHARE), text=SV))
    assert "20,40\u00a0%" in shares or "20,4\u00a0%" in shares


def test_axes_are_written_by_the_readers_locale() -> None:
    rows = [{"series": "s", "period": f"2024-{month:02d}", "value": 1.0 + month / 10} for month in range(1, 13)]
    drawn = words(picture(partial(charts.time_lines, rows, axis=Axis("x")), text=SV))
    assert "0,5" in drawn
    assert "okt 2024" in drawn
    assert "Oct 2024" in words(picture(partial(charts.time_lines, rows, axis=Axis("x"))))


def test_a_waterfall_starts_each_part_where_the_last_ended() -> None:
    steps = spec(partial(charts.waterfall, kit_demo.step_rows(kit_demo.demo_text("en")), axis=Axis("x", "USD")))
    rows = data(steps, layers_of(steps, "bar")[0])
    assert [(row["start"], row["value"]) for row in rows] == [(0, 10), (10, 14), (14, 12.5), (0, 12.5)]


def test_a_map_colours_by_class_and_leaves_others_blank() -> None:
    rows = [{"country": "SWE", "value": 0.02}, {"country": "DEU", "value": 0.9}, {"country": "NOR", "value": None}]
    svg = picture(partial(charts.world_map, rows, axis=SHARE, classes=Classes((0.1, 0.5))))
    assert svg.count('fill="var(--s1)"') == 2  # the country and its key
    assert svg.count('fill="var(--s7)"') == 2
    assert svg.count('fill="var(--s4)"') == 1
    # Those without data stand in outline, which no class looks like.
    assert len(re.findall(r'fill="var\(--surface\)" stroke="var\(--baseline\)"', svg)) > 100
    assert {"up to 10.0%", "above 50.0%", "no data"} <= set(words(svg))


def test_the_matrix_leaves_its_diagonal_blank_and_marks_what_is_missing() -> None:
    rows = [{"row": "a", "column": "b", "value": 0.1}, {"row": "b", "column": "a", "value": None}]
    svg = picture(partial(charts.matrix, rows, axis=SHARE))
    assert "no data" in words(svg)
    assert len(re.findall(r'fill="var\(--void\)" stroke="', svg)) == 1
    complete = [rows[0], {**rows[1], "value": 0.3}]
    assert "no data" not in words(picture(partial(charts.matrix, complete, axis=SHARE)))


def test_a_hostile_label_stays_text() -> None:
    label = '<script>alert(1)</script>"><image href="https://example.org/x"/>'
    made = render(
        partial(charts.bars, [{"label": label, "value": 0.5}], axis=SHARE), EN, legend=Legend("n", label, label, label)
    )
    for svg in (made.svg_page, made.svg_phone, made.svg_file):
        assert "<script" not in svg
        assert "<image" not in svg
        assert "&lt;script&gt;" in svg


def test_the_same_chart_is_the_same_bytes() -> None:
    rows = [{"label": "a", "value": 0.5}]
    one, other = (render(partial(charts.bars, rows, axis=SHARE), EN, legend=LEGEND) for _ in range(2))
    assert one == other
    assert one.png == other.png


# ── refusals ────────────────────────────────────────────────────────────────────────────────────

ROW = {"label": "a", "value": 0.5}
SWEDEN = {"country": "SWE", "value": 1.0}
REFUSED = {
    "empty table": (partial(charts.bars, [], axis=SHARE), "empty table"),
    "missing column": (partial(charts.bars, [{"label": "a"}], axis=SHARE), "Row 1 .* lacks value"),
    "no value at all": (partial(charts.bars, [{"label": "a", "value": None}], axis=SHARE), "no value to draw"),
    "infinite value": (partial(charts.bars, [{"label": "a", "value": float("inf")}], axis=SHARE), "infinite"),
    "log of zero": (
        partial(charts.scatter, [{"x": 0.0, "y": 1.0}], x=Axis("x", scale="log"), y=SHARE),
        "log scale but the value 0",
    ),
    "bars on a log scale": (partial(charts.bars, [ROW], axis=Axis("x", scale="log")), "read by their length"),
    "unknown status": (
        partial(charts.time_lines, [{"series": "s", "period": "2020", "value": 1.0, "status": "guess"}], axis=SHARE),
        "status 'guess'",
    ),
    "parts that do not add up": (
        partial(charts.waterfall, [{**ROW, "kind": "total"}, {**ROW, "value": 0.7, "kind": "total"}], axis=SHARE),
        "add up to 0.5, not 0.7",
    ),
    "a part without value": (
        partial(charts.waterfall, [{"label": "a", "value": None}], axis=SHARE),
        "lacks a value for a",
    ),
    "a negative part of a stack": (
        partial(charts.stacked_bars, [{"label": "a", "part": "p", "value": -1.0}], axis=SHARE),
        "negative part p",
    ),
    "a pair twice": (
        partial(charts.matrix, [{"row": "a", "column": "b", "value": 1.0}] * 2, axis=SHARE),
        "a and b twice",
    ),
    "a country twice": (
        partial(charts.world_map, [{"country": "SWE", "value": 1.0}] * 2, axis=SHARE),
        "SWE more than once",
    ),
    "too many classes": (
        partial(
            charts.world_map,
            [{"country": "SWE", "value": 1.0}],
            axis=SHARE,
            classes=Classes(tuple(map(float, range(9)))),
        ),
        "at most 7 classes, not 10",
    ),
    "a lazy frame": (partial(charts.bars, pl.LazyFrame([ROW]), axis=SHARE), "cannot read a LazyFrame"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_what_would_mislead_is_refused(case: str) -> None:
    draw, message = REFUSED[case]
    with pytest.raises(OutputError, match=message):
        draw(Canvas(EN))


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(CodeError):
        charts.world_map([{"country": "XXX", "value": 1.0}], Canvas(EN), axis=SHARE)


def test_a_colour_outside_the_palette_is_refused() -> None:
    def draw(canvas: Canvas) -> alt.LayerChart:
        point = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point(color="#123456").encode(x="x:Q")
        return theme.finish([point], canvas, theme.Margins(), height=50)

    with pytest.raises(OutputError, match="#123456"):
        render(draw, EN, legend=LEGEND)


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def pixels(data: bytes) -> np.ndarray:
    """RGB of a PNG with filter none or sub, in palette or true colour."""
    found = png._chunks(data)
    width, height, _, kind, *_ = struct.unpack(">IIBBBBB", found[b"IHDR"][0])
    raw = np.frombuffer(zlib.decompress(b"".join(found[b"IDAT"])), dtype=np.uint8)
    if kind == 3:
        table = np.frombuffer(found[b"PLTE"][0], dtype=np.uint8).reshape(-1, 3)
        return table[raw.reshape(height, width + 1)[:, 1:]]
    whole = png._unfilter(raw.tobytes(), width, height)
    assert whole is not None
    return whole[:, :, :3]


def test_a_shrunken_picture_is_smaller_and_looks_the_same() -> None:
    svg = render(partial(charts.bars, kit_demo.share_rows(EN), axis=SHARE), EN, legend=LEGEND).svg_file
    full = vl_convert.svg_to_png(svg, scale=2)
    small = png.shrink(full)
    assert len(small) < len(full) / 3
    apart = np.abs(pixels(full).astype(int) - pixels(small).astype(int))
    # Six bits a channel err by at most 3; the rarest shades of edges may move a little further.
    assert np.quantile(apart, 0.999) <= 4
    assert (pixels(small)[0, 0] == [255, 255, 255]).all()


@settings(max_examples=20)
@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_few_colours_survive_exactly_in_place(width: int, height: int, random: Any) -> None:
    choices = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0]]
    colours = np.array([[[*random.choice(choices), 255] for _ in range(width)] for _ in range(height)], dtype=np.uint8)
    palette, indices = png._quantise(colours)
    assert (palette[indices] == colours[..., :3]).all()


def test_other_files_are_left_as_they_are() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="2" height="4" fill="red"/></svg>'
    transparent = vl_convert.svg_to_png(svg)
    assert png.shrink(transparent) == transparent


def test_exports_agree() -> None:
    assert sorted(charts.__all__) == sorted(charts._EXPORTS)
    for name in charts.__all__:
        assert getattr(charts, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = charts.nothing


def test_the_theme_serves_charts_of_the_users_own() -> None:
    before = alt.theme.active
    try:
        charts.register_theme(SV)
        written = alt.Chart(alt.InlineData(values=[{"x": 1}])).mark_point().encode(x="x:Q").to_dict()
        assert written["config"]["locale"]["number"]["decimal"] == ","
        assert written["config"]["range"]["category"][0] == TOKENS["c1"].light
    finally:
        alt.theme.enable(before)


def test_ends_of_lines_are_labelled_apart() -> None:
    rows = [{"series": name, "period": str(2020 + n), "value": 1.0 + n / 100} for name in "abc" for n in range(3)]
    written = spec(partial(charts.time_lines, rows, axis=Axis("x"), marks=Marks(levels=(Level(1.0, "one"),))))
    bold = [layer for layer in layers_of(written, "text") if layer["mark"].get("fontWeight") == "bold"]
    heights = sorted(row["py"] for layer in bold for row in data(written, layer))
    assert len(heights) == 3
    assert all(b - a >= theme.LINE - 1e-6 for a, b in itertools.pairwise(heights))


def test_a_dumbbell_may_lack_one_end() -> None:
    rows = [{"label": "a", "start": None, "end": 0.4}, {"label": "b", "start": 0.5, "end": 0.2}]
    drawn = words(picture(partial(charts.dumbbell, rows, axis=SHARE, ends=(Key("before", "c8"), Key("after", "c1")))))
    assert [word for word in drawn if word.endswith("%")] == ["40.0%", "50.0%", "20.0%"]


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=2, max_size=30))
def test_shortened_paths_pass_through_the_same_points(points: list[tuple[float, float]]) -> None:
    path = "M" + "L".join(f"{x:.3f},{y:.3f}" for x, y in points) + "Z"
    short = rendering._relative(path)
    assert re.fullmatch(r"M[^Mlz]*(l[^Mlz]+)?z", short)
    moves = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", short)]
    at, passed = (0.0, 0.0), []
    for x, y in zip(moves[::2], moves[1::2], strict=True):
        at = (at[0] + x, at[1] + y)
        passed.append(at)
    wanted = [key for key, _ in itertools.groupby((round(x, 1), round(y, 1)) for x, y in points)]
    assert len(passed) <= len(points)
    # Rounding at a half may fall to either side of a tenth.
    for x, y in wanted:
        assert min(math.hypot(x - a, y - b) for a, b in passed) <= 1.5 * PIXEL


def test_labels_follow_their_marks_on_a_log_scale() -> None:
    rows = [{"label": name, "value": value} for name, value in (("a", 0.01), ("b", 1.0), ("c", 100.0))]
    written = spec(partial(charts.intervals, rows, axis=Axis("x", scale="log")))
    numbers = [row for layer in layers_of(written, "text") for row in data(written, layer) if row["label"][0].isdigit()]
    places = [row["px"] for row in numbers]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1])
    lines = [
        {"series": name, "period": str(2020 + n), "value": 10.0 ** (n * power)}
        for name, power in (("a", 1), ("b", -1))
        for n in range(3)
    ]
    written = spec(partial(charts.time_lines, lines, axis=Axis("x", scale="log")))
    bold = [layer for layer in layers_of(written, "text") if layer["mark"].get("fontWeight") == "bold"]
    assert [row["py"] for layer in bold for row in data(written, layer)] == pytest.approx([0, 270])


@pytest.mark.parametrize("kind", ["bars", "intervals", "threshold_dots"])
def test_a_row_without_value_says_so(kind: str) -> None:
    extra = {"threshold": Level(0.5, "half")} if kind == "threshold_dots" else {}
    rows = [{"label": "a", "value": None}, {"label": "b", "value": 0.25}]
    drawn = words(picture(partial(getattr(charts, kind), rows, axis=SHARE, **extra)))
    assert "no data" in drawn
    assert "a" in drawn
    assert "25.0%" in drawn
