"""What ran out first, how often anything ran out at all, and when."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from simulation.metrics.metrics import Metrics
from simulation.report.figures.style import COLOURS, INK, MUTED, RULE, Drawn, dress, render, sheet, wrapped
from simulation.report.words import stock_words

__all__ = ["run_out"]

_LABEL_LETTERS: Final = 30
_MOST_DOTS: Final = 200
"""With more scenarios than this their dots would run together, and only the bar is drawn."""


def run_out(metrics: Metrics) -> Drawn | None:
    """How often each stock ran out, how often first, and at which hour; None where none ever did."""
    hours = {
        one.stock: metrics.per_scenario[f"hours_to_empty[{one.stock}]"].values
        for one in metrics.depletion
        if one.ran_out.mean > 0.0
    }
    if not hours:
        return None
    order = sorted(hours, key=lambda name: (-metrics.first_to_run_out.get(name, 0), float(np.median(hours[name]))))
    figure, axes = sheet(1.5 + 0.48 * len(order), 1, 2, width_ratios=(1.0, 1.35), sharey=True)
    _when(axes[0, 1], metrics, hours, order)
    _how_often(axes[0, 0], metrics, hours, order)  # last: it names the rows, which the two panels share
    return render(
        figure,
        name="run_out",
        title="What ran out, how often and when",
        caption="Left: scenarios in which a stock was the first to run out, and in which it ran out at all. Right: the "
        f"hour at which it did, counted {metrics.survival_from}: a dot for every scenario in which it did, the median "
        "of these (upright line) and their middle 80 % (bar). Batteries count only while the grid is lost. Stocks that "
        "never ran out are in the table only.",
    )


def _how_often(axes: Axes, metrics: Metrics, hours: dict[str, Float[np.ndarray, " S"]], order: list[str]) -> None:
    n = len(metrics.scenario_ids)
    for place, name in enumerate(order):
        ever, first = int(np.isfinite(hours[name]).sum()), metrics.first_to_run_out.get(name, 0)
        axes.barh(place, 100 * ever / n, color=COLOURS["genset"], alpha=0.35, height=0.56)
        axes.barh(place, 100 * first / n, color=COLOURS["genset"], height=0.56)
        axes.text(100 * ever / n + 2, place, f"{first:,}, {ever:,} of {n:,}", va="center", fontsize=9, color=INK)
    _rows(axes, "First to run out, and ran out at all", [wrapped(stock_words(name), _LABEL_LETTERS) for name in order])
    axes.set_xlim(0.0, 140.0)
    axes.set_xticks(range(0, 101, 50), [f"{share} %" for share in range(0, 101, 50)])
    axes.set_xlabel("share of scenarios", color=MUTED)
    handles = [
        Patch(color=COLOURS["genset"], label="first"),
        Patch(color=COLOURS["genset"], alpha=0.35, label="at all"),
    ]
    axes.legend(handles=handles, loc="lower right", frameon=False, fontsize=8.5, labelcolor=INK, borderpad=0.0)


def _when(axes: Axes, metrics: Metrics, hours: dict[str, Float[np.ndarray, " S"]], order: list[str]) -> None:
    end = float(metrics.survival[0].hours[-1]) if metrics.survival else 1.0
    for place, name in enumerate(order):
        known = hours[name][np.isfinite(hours[name])]
        low, median, high = np.quantile(known, (0.1, 0.5, 0.9))
        axes.plot([low, high], [place, place], color=COLOURS["genset"], linewidth=7, alpha=0.3, solid_capstyle="butt")
        if len(known) <= _MOST_DOTS:
            axes.plot(
                known, np.full(len(known), place), "o", color=COLOURS["genset"], markersize=4, alpha=0.6, clip_on=False
            )
        axes.plot([median, median], [place - 0.28, place + 0.28], color=INK, linewidth=2.2)
        axes.text(
            1.02, place, f"{median:,.0f} h", transform=axes.get_yaxis_transform(), va="center", fontsize=9, color=INK
        )
    dress(axes, "Hour at which it ran out", "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.set_xlim(0.0, max(end, 1.0))
    axes.set_xlabel(f"hours counted {metrics.survival_from}", color=MUTED)
    axes.text(1.02, -0.62, "median", transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=MUTED)


def _rows(axes: Axes, title: str, words: list[str]) -> None:
    dress(axes, title, "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_yticks(range(len(words)), words)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(max(len(words), 2) - 0.4, -0.75)
