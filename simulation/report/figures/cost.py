"""Cost by item with error bars; what was lost stands apart, because nobody pays it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulation.metrics.estimate import Estimate
from simulation.metrics.metrics import Metrics
from simulation.report.display import money, rescaled
from simulation.report.figures.style import COLOURS, INK, MUTED, RULE, TIER_COLOURS, Drawn, dress, render, sheet
from simulation.units import TIERS

__all__ = ["cost"]

_PAID = (
    ("cost_energy_jpy", "grid energy", COLOURS["grid"]),
    ("cost_demand_jpy", "demand charge", "#004c77"),
    ("cost_fuel_jpy", "fuel", COLOURS["genset"]),
    ("cost_starts_jpy", "engine starts", "#8a3d00"),
    ("income_export_jpy", "income from export", COLOURS["battery"]),
    ("cost_jpy", "total paid", INK),
    ("wear_jpy", "battery wear (not paid)", MUTED),
)
_LOST = (
    *((f"lost_load_jpy[{tier}]", f"{tier} load", TIER_COLOURS[tier]) for tier in TIERS),
    ("lost_water_jpy", "water", COLOURS["water"]),
    ("lost_vehicle_fuel_jpy", "fuel for vehicles", COLOURS["genset"]),
    ("lost_jpy", "total lost", INK),
)


def cost(metrics: Metrics) -> Drawn:
    """What was paid in the period, and the value of what was not served, each on its own scale."""
    paid, lost = ([row for row in rows if _there(metrics, row[0])] for rows in (_PAID, _LOST))
    panels = [("Paid in the period", paid), ("Value of what was not served (nobody pays it)", lost)]
    panels = [(title, rows) for title, rows in panels if rows]
    heights = [len(rows) + 1.2 for _, rows in panels]
    figure, axes = sheet(0.7 + 0.34 * sum(heights), len(panels), height_ratios=heights)
    for row, (title, rows) in enumerate(panels):
        _bars(axes[row, 0], title, [(metrics.estimates[name], words, colour) for name, words, colour in rows])
    return render(
        figure,
        name="cost",
        title="Cost by item",
        caption="Means over all scenarios with 95 % intervals."
        + (
            " The two panels have different scales: cash, and the value that the scenario file puts on what was not "
            "served."
            if len(panels) > 1
            else ""
        ),
    )


def _there(metrics: Metrics, name: str) -> bool:
    return name in metrics.estimates and metrics.estimates[name].mean != 0.0


def _bars(axes: Axes, title: str, rows: list[tuple[Estimate, str, str]]) -> None:
    factor, unit = money(max(abs(estimate.mean) for estimate, _, _ in rows))
    top = max(abs(e.high) if e.has_interval else abs(e.mean) for e, _, _ in rows) / factor
    for place, (estimate, _, colour) in enumerate(rows):
        mean = estimate.mean / factor
        axes.barh(place, mean, color=colour, height=0.62)
        end = mean
        if estimate.has_interval:
            low, high = estimate.low / factor, estimate.high / factor
            axes.errorbar(
                mean, place, xerr=[[mean - low], [high - mean]], color=MUTED, capsize=3, linewidth=1.3, fmt="none"
            )
            end = high
        axes.text(end + 0.012 * top, place, _amount(estimate, factor, unit), va="center", fontsize=9, color=INK)
    dress(axes, title, "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_yticks(range(len(rows)), [words for _, words, _ in rows])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.34 * top)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel(unit, color=MUTED)


def _amount(estimate: Estimate, factor: float, unit: str) -> str:
    """The number in the unit of the axis, with the digits that its error allows."""
    scaled = rescaled(estimate, factor, unit)
    text = str(scaled).replace(f" {unit}", "")
    return text.replace(f" in all {estimate.n:,} scenarios", "").replace(" (one run, no error bar)", "")
