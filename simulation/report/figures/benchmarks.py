"""Figures of benchmarks: time per schedule against the number of scenarios, and the core's times over the months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from simulation.report.figures.style import INK, MUTED, RULE, Drawn, dress, render, sheet

__all__ = ["over_time", "scaling"]

_COLOURS: Final = (
    "#d55e00", "#1c2733", "#332288", "#0072b2", "#88ccee", "#117733", "#44aa99", "#882255", "#cc79a7", "#b3a125",
    "#aa7744",
)  # fmt: skip
"""Told apart by colour-blind people in this order: those of Okabe and Ito, and of the "muted" scheme of Paul Tol."""

_MARKERS: Final = ("o", "s", "^", "v", "D", "P", "X", "<", ">", "*", "p", "h")
_DASHES: Final[tuple[Any, ...]] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 1.5, 1, 1.5)))
"""Lines differ by these too: for print in grey, and where there are more lines than colours."""


def _look(place: int, width: float = 1.5) -> dict[str, Any]:
    """Colour, marker and dashes of a line by its place, no two of a hundred the same."""
    colour, marker = _COLOURS[place % len(_COLOURS)], _MARKERS[place % len(_MARKERS)]
    size = 7.5 if marker == "*" else 5.0
    dashes = _DASHES[place % len(_DASHES)]
    return {"color": colour, "marker": marker, "markersize": size, "linestyle": dashes, "linewidth": width}


def scaling(lines: Mapping[str, Sequence[tuple[int, float]]], words: str) -> Drawn:
    """Time per schedule [ms] against the number of scenarios solved in one call, a line a solver; the first stands out.

    Args:
        lines: for each solver's title its points (scenarios, ms per schedule).
        words: what was solved, for the caption.
    """
    figure, axes = sheet(4.6)
    panel: Axes = axes[0, 0]
    for i, (title, points) in enumerate(lines.items()):
        counts, times = zip(*points, strict=True)
        panel.plot(counts, times, label=title, **_look(i, 2.6 if i == 0 else 1.5))
    dress(panel, "Time per schedule against number of scenarios", "ms per schedule")
    _log(panel)
    panel.set_xscale("log", base=4)
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.set_xlabel("scenarios in one call", color=MUTED)
    figure.legend(loc="outside right upper", frameon=False, labelcolor=INK, fontsize=9)
    return render(figure, name="benchmarks", title="Time per schedule", caption=words)


def over_time(lines: Mapping[str, Sequence[tuple[datetime, float]]]) -> Drawn:
    """The core's time per schedule [ms] in every recorded session, a line a case and processor."""
    figure, axes = sheet(4.6)
    panel: Axes = axes[0, 0]
    for i, (title, points) in enumerate(lines.items()):
        moments, times = zip(*points, strict=True)
        panel.plot(moments, times, label=title, **_look(i))
    dress(panel, "The core over time", "ms per schedule")
    _log(panel)
    locator = AutoDateLocator()
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    panel.set_xlabel("time of measuring (UTC)", color=MUTED)
    figure.legend(loc="outside right upper", frameon=False, labelcolor=INK, fontsize=9)
    return render(
        figure,
        name="history",
        title="The core over time",
        caption="Median time per schedule in every recorded session; only lines of one processor compare.",
    )


def _log(panel: Axes) -> None:
    panel.set_yscale("log")
    panel.yaxis.set_major_locator(LogLocator(base=10.0))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.grid(axis="x", color=RULE, linewidth=0.6)
