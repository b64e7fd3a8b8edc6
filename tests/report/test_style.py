"""How every figure is drawn: words of a scenario are words, and no reader needs to see all colours."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from simulation.report.figures.style import COLOURS, TIER_COLOURS, TIER_DASHES, render, sheet


def test_dollars_in_words_are_drawn_as_dollars() -> None:
    figure, axes = sheet(1.0)
    assert isinstance(figure, Figure)
    axes[0, 0].set_title("a load of $x_{$ and [red]")
    drawn = render(figure, name="words", title="Words", caption="No formula.")
    assert b"$x_{$" in drawn.data


_SEEN_AS = {
    "by most": np.eye(3),
    "without red cones": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "without green cones": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "without blue cones": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""On linear sRGB (Machado, Oliveira and Fernandes 2009, severity 1)."""


def _lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """A colour as CIE Lab under D65, after it was seen by somebody."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(np.array(seen) @ linear, 0.0, 1.0) / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.array([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)])


@pytest.mark.parametrize("who", _SEEN_AS)
@pytest.mark.parametrize(
    "together",
    [[COLOURS[kind] for kind in ("grid", "pv", "battery", "genset", "line")], list(TIER_COLOURS.values())],
    ids=["where power comes from", "tiers"],
)
def test_colours_that_stand_together_are_told_apart_by_everybody(together: list[str], who: str) -> None:
    """Ten units of Lab are several times what is just noticed side by side."""
    seen = [_lab(colour, np.array(_SEEN_AS[who])) for colour in together]
    apart = {(together[i], together[j]): np.linalg.norm(seen[i] - seen[j]) for i in range(len(seen)) for j in range(i)}
    assert min(apart.values()) > 10.0, apart


def test_tiers_differ_without_any_colour() -> None:
    assert len(set(map(str, TIER_DASHES.values()))) == len(TIER_COLOURS)
