"""Figures of a comparison: survival curves over one another, paired differences, cost against hours survived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from simulation.metrics.estimate import Estimate
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.metrics.survival import SurvivalCurve
from simulation.report.display import money
from simulation.report.figures.style import (
    INK,
    MUTED,
    RULE,
    Drawn,
    corners,
    dress,
    readable,
    render,
    sheet,
    spread_labels,
    wrapped,
)
from simulation.report.words import service_words

__all__ = ["CONFIGURATION_COLOURS", "differences", "frontier", "survival_compared"]

CONFIGURATION_COLOURS = ("#1c2733", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d1f", "#56b4e9")
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))
_TITLE_LETTERS = 46
_MOST_PANELS = 24


def survival_compared(names: Sequence[str], metrics: Sequence[Metrics]) -> Drawn | None:
    """Every service that all configurations have and that any of them loses, one panel each (24 at most)."""
    tables = [{curve.service: curve for curve in one.survival} for one in metrics]
    common = [service for service in tables[0] if all(service in table for table in tables)]
    lost = [service for service in common if any(table[service].alive_frac[-1] < 1.0 for table in tables)]
    if not lost:
        return None
    shown = lost[:_MOST_PANELS]
    rows = -(-len(shown) // 2)
    figure, axes = sheet(0.9 + 2.5 * rows, rows, 2 if len(shown) > 1 else 1, gap_in=0.1)
    for panel, service in zip(axes.flat, shown, strict=False):
        _curves(panel, [table[service] for table in tables])
    for panel in axes.flat[len(shown) :]:
        panel.set_axis_off()
    handles = [Line2D([], [], label=name, linewidth=1.8, **_look(i)) for i, name in enumerate(names)]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False, labelcolor=INK)
    figure.supxlabel(f"hours counted {metrics[0].survival_from}", fontsize=9.5, color=MUTED)
    figure.supylabel("share of scenarios in which it still holds", fontsize=9.5, color=MUTED)
    more = f" {len(lost) - len(shown)} more services are in the table only." if len(shown) < len(lost) else ""
    return render(
        figure,
        name="survival_compared",
        title="Survival, side by side",
        caption=f"Services that some configuration loses; {metrics[0].survival[0].n:,} scenarios, the same for all. "
        "Shaded: 95 % Wilson interval of each curve alone; paired differences, which are sharper, stand in the "
        f"table.{more}",
    )


def frontier(names: Sequence[str], metrics: Sequence[Metrics], service: str) -> Drawn | None:
    """Yearly cost against hours that a service survives, a mark a configuration with its intervals both ways."""
    hours = key("survived_h", service)
    words = next((service_words(c) for c in metrics[0].survival if c.service == service), readable(service))
    costs = [_yearly(one) for one in metrics]
    if any(hours not in one.estimates for one in metrics) or not any(costs):
        return None  # nothing has a price: there is no cost to weigh
    figure, axes = sheet(3.9)
    panel: Axes = axes[0, 0]
    factor, unit = money(max(costs))
    labels = []
    for i, (name, one, cost) in enumerate(zip(names, metrics, costs, strict=True)):
        estimate = one.estimates[hours]
        colour = CONFIGURATION_COLOURS[i % len(CONFIGURATION_COLOURS)]
        panel.plot([estimate.mean], [cost / factor], "o", color=colour, markersize=7)
        if estimate.has_interval:
            panel.plot([estimate.low, estimate.high], [cost / factor] * 2, color=colour, linewidth=1.6)
        labels.append((cost / factor, name, colour))
    dress(panel, f"Yearly cost of the assets against hours of: {words}", f"{unit} a year")
    panel.set_xlabel(f"hours survived, counted {metrics[0].survival_from}", color=MUTED)
    panel.grid(axis="x", color=RULE, linewidth=0.6)
    panel.margins(x=0.16, y=0.2)
    panel.set_ylim(bottom=min(0.0, panel.get_ylim()[0]))
    spread_labels(panel, labels)
    return render(
        figure,
        name="frontier",
        title="Cost against hours survived",
        caption="Capital spread over the life of every asset, and upkeep, against the mean hours that the service "
        "lasts (within what is simulated), with 95 % interval. Right and low is better.",
    )


def differences(
    names: Sequence[str], found: Sequence[Mapping[str, Estimate]], rows: Sequence[tuple[str, str]]
) -> Drawn:
    """Paired differences from the first configuration, quantity by quantity, each on its own scale."""
    shown = [(name, words) for name, words in rows if all(name in table for table in found)]
    figure, axes = sheet(0.6 + (0.62 + 0.27 * len(found)) * len(shown), len(shown))
    for row, (name, words) in enumerate(shown):
        _difference(axes[row, 0], names, [table[name] for table in found], words)
    return render(
        figure,
        name="differences",
        title="Differences on the same draws",
        caption=f"Each configuration minus {names[0]}, scenario by scenario: mean and 95 % interval of the "
        "differences. Where the bar crosses the upright line, this many scenarios do not tell which is better.",
    )


def _look(i: int) -> dict:
    return {
        "color": CONFIGURATION_COLOURS[i % len(CONFIGURATION_COLOURS)],
        "linestyle": _DASHES[i % len(_DASHES)],
    }


def _curves(axes: Axes, curves: Sequence[SurvivalCurve]) -> None:
    for i, curve in enumerate(curves):
        kept = corners(curve.alive_frac)
        hours, look = curve.hours[kept], _look(i)
        axes.fill_between(
            hours, curve.low_frac[kept], curve.high_frac[kept], step="pre", color=look["color"], alpha=0.1, linewidth=0
        )
        axes.plot(hours, curve.alive_frac[kept], linewidth=1.8, drawstyle="steps-pre", **look)
    dress(axes, "", "")
    axes.set_title(
        wrapped(service_words(curves[0]), _TITLE_LETTERS), loc="left", fontsize=10, fontweight="bold", color=INK, pad=18
    )
    rules = list(dict.fromkeys(curve.rule for curve in curves))
    words = f"lost when {rules[0]}" if len(rules) == 1 else "the configurations have different rules"
    axes.text(0.0, 1.03, words, transform=axes.transAxes, fontsize=8.5, color=MUTED, va="bottom")
    axes.set_ylim(-0.02, 1.04)
    axes.set_xlim(0.0, float(curves[0].hours[-1]))
    axes.yaxis.set_major_locator(MultipleLocator(0.25))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1.2, 2.4, 3.6, 4.8, 6, 7.2, 10]))


def _difference(axes: Axes, names: Sequence[str], estimates: Sequence[Estimate], words: str) -> None:
    factor = 100.0 if estimates[0].unit == "-" else 1.0
    unit = "percentage points" if estimates[0].unit == "-" else estimates[0].unit
    reach = max([abs(factor * end) for e in estimates for end in (e.low, e.high, e.mean) if end == end] + [1e-9])
    for place, estimate in enumerate(estimates):
        colour = CONFIGURATION_COLOURS[(place + 1) % len(CONFIGURATION_COLOURS)]
        mean = factor * estimate.mean
        if estimate.has_interval:
            axes.plot(
                [factor * estimate.low, factor * estimate.high], [place, place], color=colour, linewidth=4, alpha=0.4
            )
        axes.plot([mean], [place], "o", color=colour, markersize=5.5)
        axes.text(
            1.02, place, str(estimate), transform=axes.get_yaxis_transform(), fontsize=8.5, va="center", color=INK
        )
    axes.axvline(0.0, color=INK, linewidth=0.9)
    dress(axes, words, "")
    axes.set_title(f"{words} [{unit}]", loc="left", fontsize=9.5, fontweight="bold", color=INK)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_yticks(range(len(estimates)), list(names[1:]))
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(estimates) - 0.5, -0.5)
    axes.set_xlim(-1.08 * reach, 1.08 * reach)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+,.10g}" if value else "0"))


def _yearly(metrics: Metrics) -> float:
    return metrics.estimates["capital_jpy_per_year"].mean + metrics.estimates["upkeep_jpy_per_year"].mean
