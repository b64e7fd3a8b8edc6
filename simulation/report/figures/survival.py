"""Survival: the share of scenarios in which each service still held, hour by hour, with its interval and its rule."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from simulation.metrics.metrics import Metrics
from simulation.metrics.survival import SurvivalCurve
from simulation.report.figures.style import (
    COLOURS,
    INK,
    MUTED,
    TIER_COLOURS,
    Drawn,
    corners,
    dress,
    readable,
    render,
    sheet,
    spread_labels,
)

__all__ = ["survival"]

_MOST_PANELS = 12


def survival(metrics: Metrics) -> Drawn | None:
    """One panel for the power of the area and of each building, one for every other service (twelve at most)."""
    groups: dict[str, list[SurvivalCurve]] = {}
    for curve in metrics.survival:
        head, _, tail = curve.service.partition(".")
        groups.setdefault(f"{head}: power" if tail in TIER_COLOURS else curve.service, []).append(curve)
    if not groups:
        return None
    shown = list(groups.items())[:_MOST_PANELS]
    columns = 2 if len(shown) > 1 else 1
    rows = -(-len(shown) // columns)
    figure, axes = sheet(0.5 + 2.75 * rows, rows, columns, gap_in=0.1)
    for panel, (name, curves) in zip(axes.flat, shown, strict=False):
        _panel(panel, name, curves)
    for panel in axes.flat[len(shown) :]:
        panel.set_axis_off()
    figure.supxlabel(f"hours counted {metrics.survival_from}", fontsize=9.5, color=MUTED)
    figure.supylabel("share of scenarios in which it still holds", fontsize=9.5, color=MUTED)
    n = metrics.survival[0].n
    more = f" {len(groups) - len(shown)} more services are in the table only." if len(shown) < len(groups) else ""
    return render(
        figure,
        name="survival",
        title="Survival",
        caption=f"Share of {n:,} scenarios in which a service had not yet been lost; shaded: 95 % Wilson interval at "
        "each hour. A service is lost at the start of the first interruption that is deeper and longer than the rule "
        f"under the panel's title allows; an area's service is lost with the first building that loses it.{more}",
    )


def _panel(axes: Axes, name: str, curves: list[SurvivalCurve]) -> None:
    labels = []
    for curve in curves:
        tier = curve.service.partition(".")[2]
        colour = TIER_COLOURS.get(tier, COLOURS["grid"])
        kept = corners(curve.alive_frac)
        hours = curve.hours[kept]
        axes.fill_between(
            hours, curve.low_frac[kept], curve.high_frac[kept], step="pre", color=colour, alpha=0.16, linewidth=0
        )
        axes.plot(hours, curve.alive_frac[kept], color=colour, linewidth=1.8, drawstyle="steps-pre")
        words = f"{tier} " if tier in TIER_COLOURS else ""
        labels.append((float(curve.alive_frac[-1]), f"{words}{100 * curve.alive_frac[-1]:.0f} %", colour))
    dress(axes, readable(name), "")
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlim(0.0, float(curves[0].hours[-1]))
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    days = curves[0].hours[-1] / 24.0
    axes.xaxis.set_major_locator(MultipleLocator(6.0 if days <= 1.5 else 12.0 if days <= 3 else 24.0 * -(-days // 8)))
    spread_labels(axes, labels, gap=0.1)
    axes.tick_params(labelsize=8.5)
    axes.set_title(
        readable(name), loc="left", fontsize=10, fontweight="bold", color=INK, pad=29 if len(curves) > 1 else 18
    )
    axes.text(0.0, 1.03, _rules(curves), transform=axes.transAxes, fontsize=8.5, color=MUTED, va="bottom")


def _rules(curves: list[SurvivalCurve]) -> str:
    """The rules of the curves in a panel, on two lines; the tiers of a building differ only in the allowed gap."""
    if len(curves) == 1:
        return f"lost when {curves[0].rule}"
    head = curves[0].rule.partition(" for more than ")[0]
    gaps = [f"{_gap(curve)} {curve.service.partition('.')[2]}" for curve in curves]
    return f"lost when {head} for more than\n{', '.join(gaps)}"


def _gap(curve: SurvivalCurve) -> str:
    return curve.rule.partition(" for more than ")[2]
