"""Survival: the share of scenarios in which each service still held, hour by hour, with its interval and its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from simulation.metrics.metrics import Metrics
from simulation.metrics.survival import SurvivalCurve
from simulation.report.figures.style import (
    COLOURS,
    INK,
    MUTED,
    TIER_COLOURS,
    TIER_DASHES,
    Drawn,
    corners,
    dress,
    render,
    sheet,
    spread_labels,
    wrapped,
)
from simulation.report.words import service_words

__all__ = ["survival"]

_MOST_PANELS: Final = 12
"""Panels of one drawing; more go into another, so that a page can break between them."""

_TITLE_LETTERS: Final = 46
"""Letters of a title that fit over a panel."""


def survival(metrics: Metrics) -> tuple[Drawn, ...]:
    """A panel for the power of the area and of each building, and for every other service, of those ever lost.

    Services that no scenario loses are named in the caption.
    """
    groups: dict[str, list[SurvivalCurve]] = {}
    kept: list[str] = []
    for curve in metrics.survival:
        head, _, tail = curve.service.partition(".")
        words = service_words(curve)
        title = f"Power, {words.partition(', ')[2]}" if tail in TIER_COLOURS else words
        groups.setdefault(title, []).append(curve)
    for title, curves in list(groups.items()):
        if all(curve.alive_frac[-1] >= 1.0 for curve in curves):
            kept.append(title)
            del groups[title]
    shown = list(groups.items())
    sheets = [shown[first : first + _MOST_PANELS] for first in range(0, len(shown), _MOST_PANELS)]
    return tuple(_sheet(metrics, dict(panels), i, len(sheets), kept) for i, panels in enumerate(sheets))


def _sheet(
    metrics: Metrics, panels: Mapping[str, list[SurvivalCurve]], i: int, count: int, kept: Sequence[str]
) -> Drawn:
    columns = 2 if len(panels) > 1 else 1
    rows = -(-len(panels) // columns)
    figure, axes = sheet(0.5 + 2.6 * rows, rows, columns, gap_in=0.1)
    for panel, (title, curves) in zip(axes.flat, panels.items(), strict=False):
        _panel(panel, title, curves)
    for panel in axes.flat[len(panels) :]:
        panel.set_axis_off()
    figure.supxlabel(f"hours counted {metrics.survival_from}", fontsize=9.5, color=MUTED)
    figure.supylabel("share of scenarios in which it still holds", fontsize=9.5, color=MUTED)
    first = i == 0
    never = f" Lost in no scenario, and not drawn: {'; '.join(kept)}." if first and kept else ""
    return render(
        figure,
        name="survival" if first else f"survival-{i + 1}",
        title="Survival" if count == 1 else f"Survival, sheet {i + 1} of {count}",
        caption=f"Share of {metrics.survival[0].n:,} scenarios in which a service had not yet been lost; shaded: 95 % "
        "Wilson interval at each hour. A service is lost at the start of the first interruption that is deeper and "
        "longer than the rule under the panel's title allows; an area's service is lost with the first building that "
        f"loses it.{never}",
    )


def _panel(axes: Axes, title: str, curves: list[SurvivalCurve]) -> None:
    labels = []
    for curve in curves:
        tier = curve.service.partition(".")[2]
        colour = TIER_COLOURS.get(tier, COLOURS["grid"])
        kept = corners(curve.alive_frac)
        hours = curve.hours[kept]
        axes.fill_between(
            hours,
            curve.low_frac[kept],
            curve.high_frac[kept],
            step="pre",
            color=colour,
            alpha=0.16 if len(curves) == 1 else 0.09,
            linewidth=0,
        )
        axes.plot(
            hours,
            curve.alive_frac[kept],
            color=colour,
            linewidth=1.8,
            linestyle=TIER_DASHES.get(tier, "-"),
            drawstyle="steps-pre",
        )
        words = f"{tier} " if tier in TIER_COLOURS else ""
        labels.append((float(curve.alive_frac[-1]), f"{words}{100 * curve.alive_frac[-1]:.0f} %", colour))
    dress(axes, title, "")
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlim(0.0, float(curves[0].hours[-1]))
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    days = curves[0].hours[-1] / 24.0
    axes.xaxis.set_major_locator(MultipleLocator(6.0 if days <= 1.5 else 12.0 if days <= 3 else 24.0 * -(-days // 8)))
    spread_labels(axes, labels, gap=0.1)
    axes.tick_params(labelsize=8.5)
    words, rules = wrapped(title, _TITLE_LETTERS), _rules(curves)
    axes.set_title(words, loc="left", fontsize=10, fontweight="bold", color=INK, pad=29 if "\n" in rules else 18)
    axes.text(0.0, 1.03, rules, transform=axes.transAxes, fontsize=8.5, color=MUTED, va="bottom")


def _rules(curves: list[SurvivalCurve]) -> str:
    """The rules of the curves in a panel, on two lines; the tiers of a building differ only in the allowed gap."""
    if len(curves) == 1:
        return f"lost when {curves[0].rule}"
    head = curves[0].rule.partition(" for more than ")[0]
    gaps = [f"{_gap(curve)} {curve.service.partition('.')[2]}" for curve in curves]
    return f"lost when {head} for more than\n{', '.join(gaps)}"


def _gap(curve: SurvivalCurve) -> str:
    return curve.rule.partition(" for more than ")[2]
