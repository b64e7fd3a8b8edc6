"""What ran out first, how often anything ran out at all, and when."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from simulation.metrics.estimate import of_proportion
from simulation.metrics.metrics import Metrics
from simulation.metrics.stocks import NOTHING
from simulation.report.figures.style import COLOURS, INK, MUTED, RULE, Drawn, dress, readable, render, sheet

__all__ = ["run_out"]


def run_out(metrics: Metrics) -> Drawn | None:
    """First stock to run out, and the hours until each did; None in an area without stocks."""
    if not metrics.first_to_run_out:
        return None
    hours = {
        name.removeprefix("hours_to_empty[").removesuffix("]"): quantity.values
        for name, quantity in metrics.per_scenario.items()
        if name.startswith("hours_to_empty[") and np.isfinite(quantity.values).any()
    }
    lines = max(len(metrics.first_to_run_out), len(hours) + 1)
    figure, axes = sheet(1.4 + 0.42 * lines, 1, 2, width_ratios=(1.0, 1.1))
    _first(axes[0, 0], metrics)
    _when(axes[0, 1], hours, metrics)
    return render(
        figure,
        name="run_out",
        title="What ran out first",
        caption="Left: share of scenarios in which each stock was the first to run out, with 95 % Wilson interval. "
        "Right: for the scenarios in which it ran out at all, the median (dot) and the middle 90 % (bar) of the hours "
        f"until it did, counted {metrics.survival_from}. Batteries count only while the grid is lost.",
    )


def _first(axes: Axes, metrics: Metrics) -> None:
    n = len(metrics.scenario_ids)
    rows = list(metrics.first_to_run_out.items())
    for place, (name, count) in enumerate(rows):
        estimate = of_proportion(count, n)
        mean = 100 * estimate.mean
        axes.barh(place, mean, color=MUTED if name == NOTHING else COLOURS["genset"], height=0.58)
        axes.errorbar(
            mean,
            place,
            xerr=[[mean - 100 * estimate.low], [100 * estimate.high - mean]],
            color=INK,
            capsize=3,
            linewidth=1.1,
            fmt="none",
        )
        axes.text(100 * estimate.high + 4, place, f"{count:,} of {n:,}", va="center", fontsize=9, color=INK)
    _rows(axes, "First to run out", [NOTHING if name == NOTHING else readable(name) for name, _ in rows])
    axes.set_xlim(0.0, 128.0)
    axes.set_xticks(range(0, 101, 50), [f"{share} %" for share in range(0, 101, 50)])
    axes.set_xlabel("share of scenarios", color=MUTED)


def _when(axes: Axes, hours: dict[str, np.ndarray], metrics: Metrics) -> None:
    n = len(metrics.scenario_ids)
    order = sorted(hours, key=lambda name: float(np.median(hours[name][np.isfinite(hours[name])])))
    top = max((float(values[np.isfinite(values)].max()) for values in hours.values()), default=1.0)
    for place, name in enumerate(order):
        known = hours[name][np.isfinite(hours[name])]
        low, median, high = np.quantile(known, (0.05, 0.5, 0.95))
        axes.plot([low, high], [place, place], color=COLOURS["genset"], linewidth=5, alpha=0.4, solid_capstyle="butt")
        axes.plot([median], [place], "o", color=COLOURS["genset"], markersize=6)
        axes.text(
            high + 0.03 * top, place, f"{median:,.0f} h, in {len(known):,} of {n:,}", va="center", fontsize=9, color=INK
        )
    _rows(axes, "Hours until it ran out", [readable(name) for name in order])
    axes.set_xlim(0.0, 1.5 * max(top, 1.0))
    axes.set_xlabel(f"hours counted {metrics.survival_from}", color=MUTED)
    if not order:
        axes.text(0.5, 0.5, "no stock ran out", transform=axes.transAxes, ha="center", color=MUTED)
        axes.set_yticks([])


def _rows(axes: Axes, title: str, words: list[str]) -> None:
    dress(axes, title, "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_yticks(range(len(words)), words)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(max(len(words), 2) - 0.5, -0.5)
