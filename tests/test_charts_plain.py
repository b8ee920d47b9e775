"""Bars without a renderer are the bars that the renderer draws."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amur.charts import NARROW, WIDE, Axis, bars
from amur.charts.plain import plain_bars
from amur.charts.rendering import Legend, picture
from amur.charts.theme import Canvas
from amur.text import Text

# Both round to a tenth of a pixel, and the renderer places lettering by its own metrics.
PIXELS = 0.6
AXIS = Axis("Change", "fraction")
LEGEND = Legend("gains", "Title", "Words & more", "Source")
ROWS = [
    {"label": "A country with a very long name that takes two lines or more", "value": -0.0123},
    {"label": "China", "value": 0.004},
    {"label": "Laos", "value": 0.0104},
]


def words(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def boxes(svg: str) -> list[tuple[float, ...]]:
    found = re.findall(r'd="M([-\d.]+),([-\d.]+)h([\d.]+)v([\d.]+)h[-\d.]+Z" fill="var\(--c1\)"', svg)
    found += re.findall(r'<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="var\(--c1\)"', svg)
    return [tuple(map(float, box)) for box in found]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_words_and_bars_are_those_of_the_renderer(language: str, width: int) -> None:
    text = Text(language)
    rendered = picture(partial(bars, ROWS, axis=AXIS), text, legend=LEGEND, width=width)
    plain = plain_bars(ROWS, Canvas(text, width), axis=AXIS, legend=LEGEND)
    joined = " ".join(words(plain))
    for word in words(rendered):
        assert word in joined
    assert len(boxes(plain)) == len(ROWS)
    for mine, theirs in zip(boxes(plain), boxes(rendered), strict=True):
        assert mine == pytest.approx(theirs, abs=PIXELS)
    head = r'viewBox="[^"]*" width="\d+" height="\d+" role="img" aria-labelledby="([a-z-]+)"'
    assert re.findall(head, plain) == re.findall(head, rendered)
    assert re.findall('viewBox="[^"]*"', plain) == re.findall('viewBox="[^"]*"', rendered)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=30), st.floats(-1, 1)), min_size=1, max_size=8))
@settings(max_examples=30)
def test_whatever_the_rows_hold_nothing_but_text_comes_of_it(rows: list[tuple[str, float]]) -> None:
    table: list[dict[str, Any]] = [{"label": label, "value": value} for label, value in rows]
    svg = plain_bars(table, Canvas(Text("en"), WIDE), axis=AXIS, legend=LEGEND)
    assert set(re.findall(r"<([a-z]+)", svg)) <= {"svg", "title", "desc", "g", "line", "text", "rect"}
    assert len(boxes(svg)) == len(rows)
