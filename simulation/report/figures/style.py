"""How every figure looks: colours that colour-blind people can tell apart, local time, labels beside the marks.

Colours are those of Okabe and Ito (Color Universal Design, 2008).  Figures are built from ``Figure`` objects, never
from pyplot, so that nothing is shared between two reports.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from simulation.scenario.clock import Clock
from simulation.units import TIERS

__all__ = [
    "COLOURS",
    "INK",
    "MUTED",
    "RULE",
    "SHADE",
    "TIER_COLOURS",
    "TIER_DASHES",
    "WIDTH_IN",
    "Drawn",
    "band",
    "corners",
    "dress",
    "edges_utc",
    "readable",
    "render",
    "sheet",
    "spread_labels",
    "time_axis",
    "wrapped",
]

INK: Final = "#1c2733"
MUTED: Final = "#5d6b7a"
RULE: Final = "#d5dbe1"
SHADE: Final = "#eceff2"

COLOURS: Final[Mapping[str, str]] = {
    "grid": "#0072b2",
    "pv": "#f0b323",
    "battery": "#009e73",
    "genset": "#d55e00",
    "line": "#56b4e9",
    "people": "#cc79a7",
    "water": "#56b4e9",
    "unserved": "#1c2733",
}
TIER_COLOURS: Final[Mapping[str, str]] = dict(zip(TIERS, ("#d55e00", "#0072b2", "#009e73", "#b3589a"), strict=True))
TIER_DASHES: Final[Mapping[str, Any]] = dict(
    zip(TIERS, ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5))), strict=True)
)
"""Tiers differ by their dashes too, for those who cannot tell the colours and for print in grey."""

WIDTH_IN: Final = 9.0
"""Width of every figure [inch]; shown 900 px wide, 10 pt is then an easily read 14 px."""

_FONT: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "svg.fonttype": "none",
    "hatch.linewidth": 0.7,
    "figure.autolayout": False,  # of a user's own settings; a figure that is laid out stays so
    "figure.constrained_layout.use": False,
}
_MOST_SVG_BYTES: Final = 400_000
"""A drawing larger than this is stored as pixels."""

_HIGHEST_LABEL: Final = 0.96
"""Labels beside an axes stay below this share of its height, clear of the words above it."""

_PATH: Final = re.compile(rb' d="[^"]*"')
_DIGITS_TOO_FINE: Final = re.compile(rb"(?<=\.\d\d)\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure ready to be stored: file name without ending, title, what it shows in words, and the bytes."""

    name: str
    title: str
    caption: str
    data: bytes
    ending: str


def sheet(
    height_in: float, rows: int = 1, columns: int = 1, *, gap_in: float = 0.05, **grid: object
) -> tuple[Figure, np.ndarray]:
    """A blank figure with its axes, ``[rows, columns]``, ``gap_in`` of room above and below each row."""
    figure = Figure(figsize=(WIDTH_IN, height_in), layout=ConstrainedLayoutEngine(h_pad=gap_in))
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, **grid)  # type: ignore[arg-type]
    return figure, axes


def render(figure: Figure, *, name: str, title: str, caption: str) -> Drawn:
    """Store a figure as SVG with real text, or as PNG where the drawing is large; the same bytes every time."""
    for words in figure.findobj(Text):
        words.set_parse_math(False)  # type: ignore[attr-defined]  # a dollar sign in a name is a dollar sign
    with mpl.rc_context({**_FONT, "svg.hashsalt": name}):
        _lay_out(figure)
        svg = io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
        data = _PATH.sub(lambda path: _DIGITS_TOO_FINE.sub(b"", path[0]), svg.getvalue())
        if len(data) <= _MOST_SVG_BYTES:
            return Drawn(name=name, title=title, caption=caption, data=data, ending="svg")
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=160, metadata={"Software": None}, facecolor="white")
        return Drawn(name=name, title=title, caption=caption, data=png.getvalue(), ending="png")


def _lay_out(figure: Figure) -> None:
    """Give every axes its place, once and for all: saving would find it twice, after a drawing that nobody sees."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)


def dress(axes: Axes, title: str, unit: str) -> None:
    """Title at the left, unit on the y axis, no box, light rules, thousands set apart."""
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK)
    axes.set_ylabel(unit, color=MUTED)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(RULE)
    axes.tick_params(colors=MUTED, length=3, labelsize=9)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def edges_utc(clock: Clock, first: int = 0, end: int | None = None) -> Float[np.ndarray, " T1"]:
    """Edges of the steps from ``first`` to before ``end`` as matplotlib dates (UTC)."""
    start = mdates.date2num(clock.start_utc)
    return start + clock.hours[first : (clock.n_steps if end is None else end) + 1] / 24.0


def time_axis(
    axes: Axes, clock: Clock, edges: Float[np.ndarray, " T1"], *, label: bool = True, narrow: bool = False
) -> None:
    """The wall clock of the place along x: ticks at local midnight, fewer of them over weeks and in narrow panels."""
    zone = ZoneInfo(clock.zone)
    days = float(edges[-1] - edges[0])
    axes.set_xlim(float(edges[0]), float(edges[-1]))
    words = f"local time ({clock.zone})"
    if days <= 2.5:
        hours = range(0, 24, 12 if narrow else 6)
        axes.xaxis.set_major_locator(mdates.HourLocator(byhour=hours, tz=zone))
        axes.xaxis.set_major_formatter(mdates.DateFormatter("%H:%M\n%a %-d %b", tz=zone))
    elif days <= 16:
        every = max(1, round(days / (4 if narrow else 8)))
        midnights = _midnights(edges, zone)
        axes.xaxis.set_major_locator(FixedLocator(midnights[::every]))
        axes.xaxis.set_major_formatter(mdates.DateFormatter("%-d %b" if narrow or days > 8 else "%a %-d %b", tz=zone))
        axes.xaxis.set_minor_locator(FixedLocator(midnights))
        words += ", ticks at midnight"
    else:
        locator = mdates.AutoDateLocator(tz=zone, maxticks=5 if narrow else 9)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator, tz=zone, show_offset=False))
    axes.tick_params(axis="x", which="minor", length=2, color=RULE)
    if label:
        axes.set_xlabel(words, color=MUTED)


def _midnights(edges: Float[np.ndarray, " T1"], zone: ZoneInfo) -> list[float]:
    """Every local midnight within the edges, as matplotlib dates."""
    first = mdates.num2date(edges[0], tz=zone).replace(hour=0, minute=0, second=0, microsecond=0)
    days = range(int(edges[-1] - edges[0]) + 3)
    found = (float(mdates.date2num(first + timedelta(days=day))) for day in days)
    return [moment for moment in found if edges[0] - 1e-6 <= moment <= edges[-1] + 1e-6]


def band(
    axes: Axes, x: Float[np.ndarray, " x"], values: Float[np.ndarray, "S t"], colour: str, *, step: bool = False
) -> Float[np.ndarray, " x"]:
    """Median over the scenarios, and where the middle 50 and 90 % of them lie; hands the median back.

    ``x`` has one place a value; or, for the means of steps (``step``), the edges of the steps, one more.
    """
    if step:
        values = np.concatenate([values, values[:, -1:]], axis=1)
    low, lower, median, upper, high = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    how = "post" if step else None
    if len(values) > 1:
        axes.fill_between(x, low, high, step=how, color=colour, alpha=0.18, linewidth=0)
        axes.fill_between(x, lower, upper, step=how, color=colour, alpha=0.28, linewidth=0)
    axes.plot(x, median, color=colour, linewidth=1.6, drawstyle="steps-post" if step else "default")
    return median


def spread_labels(
    axes: Axes, labels: Sequence[tuple[float, str, str]], *, x: float = 1.015, gap: float = 0.085
) -> None:
    """Labels at the right edge beside their marks, pushed apart where they would touch.

    Each label is (height in data units, text, colour); ``x`` and ``gap`` are shares of the axes.
    """
    low, high = axes.get_ylim()
    order = sorted(range(len(labels)), key=lambda i: (labels[i][0], -i))
    places = [(labels[i][0] - low) / (high - low) for i in order]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    over = max(0.0, places[-1] - _HIGHEST_LABEL) if places else 0.0
    places = [place - over for place in places]
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - gap)
    for place, i in zip(places, order, strict=True):
        _, text, colour = labels[i]
        axes.text(x, place, text, color=colour, fontsize=9, va="center", transform=axes.transAxes, clip_on=False)


def corners(alive: Float[np.ndarray, " H"]) -> Int[np.ndarray, " h"]:
    """Points of a step function that are not between two equal neighbours."""
    same = np.zeros(len(alive), dtype=bool)
    same[1:-1] = (alive[1:-1] == alive[:-2]) & (alive[1:-1] == alive[2:])
    return np.nonzero(~same)[0]


def readable(name: str) -> str:
    """An element's full name for people: ``hub.fuel_tank.diesel`` as ``hub: fuel tank diesel``.

    >>> readable("hub.fuel_tank.diesel"), readable("mall")
    ('hub: fuel tank diesel', 'mall')
    """
    head, *rest = name.split(".")
    head = head.replace("_", " ")
    return f"{head}: {' '.join(rest).replace('_', ' ')}" if rest else head


def wrapped(words: str, letters: int) -> str:
    """Words broken into lines of so many letters.

    >>> wrapped("fuel for the public from station one", 20)
    'fuel for the public\\nfrom station one'
    """
    return "\n".join(textwrap.wrap(words, letters)) or words
