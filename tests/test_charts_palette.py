"""The palette can be told apart by everyone, on both grounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amur.charts import palette
from amur.charts.palette import CATEGORIES, ON, STEPS, TOKENS
from amur.errors import OutputError

# WCAG 2.2: 3:1 for marks (1.4.11), 4.5:1 for text (1.4.3).
MARK, TEXT = 3.0, 4.5
# CIE76 distances. 2.3 is just noticeable side by side; marks lie apart and are small, so five times that,
# and for the four colours that most charts use, about nine times.
ANY_PAIR, FIRST_FOUR = 12.0, 20.0

# Machado, Oliveira, Fernandes (2009), severity 1.0, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ TO_XYZ[1]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_marks_and_text_stand_out(theme: str, ground: str) -> None:
    under = getattr(TOKENS[ground], theme)
    for token in (*CATEGORIES, "baseline", "accent"):
        assert contrast(getattr(TOKENS[token], theme), under) >= MARK, token
    for token in ("ink", "muted", "accent"):
        assert contrast(getattr(TOKENS[token], theme), under) >= TEXT, token
        assert contrast(getattr(TOKENS[token], theme), getattr(TOKENS["sunken"], theme)) >= TEXT, token


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lettering_on_colours_can_be_read(theme: str) -> None:
    for token, on in ON.items():
        assert contrast(getattr(TOKENS[token], theme), getattr(TOKENS[on], theme)) >= TEXT, token


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", list(SIGHTS))
def test_categories_differ_for_every_sight(theme: str, sight: str) -> None:
    seen = [lab(SIGHTS[sight] @ linear(getattr(TOKENS[token], theme))) for token in CATEGORIES]
    for (i, one), (j, other) in itertools.combinations(enumerate(seen), 2):
        assert np.linalg.norm(one - other) >= (FIRST_FOUR if j < 4 else ANY_PAIR), (i, j)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sequential_steps_move_one_way(theme: str) -> None:
    lightness = [lab(linear(getattr(TOKENS[token], theme)))[0] for token in STEPS["sequential"]]
    assert lightness == sorted(lightness, reverse=theme == "light")


def test_a_light_colour_names_one_token() -> None:
    lights = [colour.light for colour in TOKENS.values()]
    assert len(lights) == len(set(lights))
    assert all(palette.token_of(colour.light.upper()) == token for token, colour in TOKENS.items())
    assert palette.token_of("#123456") is None


@given(
    st.lists(st.text(min_size=1, max_size=3), unique=True, min_size=1, max_size=8),
    st.lists(st.sampled_from(CATEGORIES), unique=True, max_size=3),
)
def test_series_get_different_colours_and_keep_their_roles(series: list[str], taken: list[str]) -> None:
    roles = dict(zip(series, taken, strict=False))
    tokens = palette.assign(series, roles)
    assert list(tokens) == series
    assert len(set(tokens.values())) == len(series)
    assert all(tokens[name] == token for name, token in roles.items())


def test_a_ninth_series_is_refused() -> None:
    with pytest.raises(OutputError, match="9 series"):
        palette.assign([str(n) for n in range(9)])
    with pytest.raises(OutputError, match="no colour token 'blue'"):
        palette.ink("blue")
