"""Peaks: how long the area drew how much, and the highest mean of every meter against its contract."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulation.events.trajectory import Trajectory
from simulation.metrics.metering import metered
from simulation.metrics.metrics import Metrics
from simulation.metrics.power import meter_import_kw
from simulation.metrics.quantity import key
from simulation.report.figures.style import COLOURS, INK, MUTED, RULE, Drawn, band, dress, readable, render, sheet
from simulation.scenario.spec import Spec

__all__ = ["peak"]

_MOST_POINTS = 1_500


def peak(spec: Spec, trajectory: Trajectory, metrics: Metrics) -> Drawn | None:
    """Import duration curve of the area, and the peaks; None where nobody hangs on the grid."""
    imports = meter_import_kw(spec, trajectory)
    if not imports:
        return None
    figure, axes = sheet(max(3.2, 1.6 + 0.42 * (len(imports) + 2)), 1, 2, width_ratios=(1.0, 1.15))
    total = np.sum(list(imports.values()), axis=0)
    readings = metered(trajectory.clock, total, spec.period.metering_step_min).mean_kw
    falling = -np.sort(-readings, axis=1)
    every = -(-falling.shape[1] // _MOST_POINTS)
    share = 100.0 * np.arange(falling.shape[1])[::every] / falling.shape[1]
    duration: Axes = axes[0, 0]
    band(duration, share, falling[:, ::every], COLOURS["grid"])
    dress(duration, "Import of the area, by duration", "kW")
    duration.set_xlim(0.0, 100.0)
    duration.set_ylim(bottom=0.0)
    duration.set_xlabel("share of the time in which it is exceeded [%]", color=MUTED)
    _peaks(axes[0, 1], spec, metrics, list(imports))
    step = max(spec.period.metering_step_min, trajectory.clock.step_min)
    return render(
        figure,
        name="peak",
        title="Import and its peaks",
        caption=f"{step}-minute means. Left: line, median of all scenarios at each share of the time; bands, the "
        "middle 50 and 90 %. Right: mean over the scenarios of the highest reading, with 95 % interval; the upright "
        "mark is what the contracts allow.",
    )


_LABEL_WIDTH_FRAC = 0.5
"""Room that a reading's label takes beside its bar, over the largest number shown: a mark within it pushes it out."""


def _peaks(axes: Axes, spec: Spec, metrics: Metrics, meters: list[str]) -> None:
    rows = [("area, all together", "area_peak_kw", None)] if len(meters) > 1 else []
    rows += [(readable(meter), key("peak_kw", meter), _contract_kw(spec, meter)) for meter in meters]
    top = 0.0
    for place, (_, name, contract_kw) in enumerate(rows):
        estimate = metrics.estimates[name]
        colour = INK if name == "area_peak_kw" else COLOURS["grid"]
        axes.barh(place, estimate.mean, color=colour, height=0.58)
        if estimate.has_interval:
            axes.errorbar(
                estimate.mean,
                place,
                xerr=[[estimate.mean - estimate.low], [estimate.high - estimate.mean]],
                color=MUTED,
                capsize=3,
                linewidth=1.3,
                fmt="none",
            )
        if contract_kw is not None:
            axes.plot([contract_kw, contract_kw], [place - 0.36, place + 0.36], color=COLOURS["genset"], linewidth=2)
        top = max(top, estimate.mean, contract_kw or 0.0)
    for place, (_, name, contract_kw) in enumerate(rows):
        estimate = metrics.estimates[name]
        text = str(estimate).split(" in all")[0].split(" (one")[0]
        end = estimate.high if estimate.has_interval else estimate.mean
        if contract_kw is not None and end - 0.02 * top <= contract_kw <= end + _LABEL_WIDTH_FRAC * top:
            end = contract_kw
        axes.text(end + 0.02 * top, place, text, va="center", fontsize=9, color=INK)
    dress(axes, "Highest reading", "")
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_yticks(range(len(rows)), [words for words, _, _ in rows])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(max(len(rows), 3) - 0.5, -0.5)
    axes.set_xlim(0.0, 1.5 * max(top, 1e-9))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel("kW", color=MUTED)


def _contract_kw(spec: Spec, meter: str) -> float:
    """Sum of the contracts behind a meter [kW]."""
    return sum(
        building.grid.contract_kw
        for name, building in spec.building.items()
        if building.grid is not None and spec.meter_of(name) == meter
    )
