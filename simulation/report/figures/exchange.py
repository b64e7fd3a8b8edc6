"""Exchange: power over every tie-line, one panel a line, both directions on one axis."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.report.figures.style import COLOURS, MUTED, Drawn, dress, edges_utc, readable, render, sheet, time_axis
from simulation.report.figures.window import Window
from simulation.scenario.spec import Spec

__all__ = ["exchange"]

_MOST_LINES = 8
_HARDLY_FRAC = 0.25
"""A line that never carries this share of its capacity is drawn to the height of what it carries."""


def exchange(spec: Spec, trajectory: Trajectory, metrics: Metrics, window: Window) -> Drawn | None:
    """Net power of every line (eight at most, the busiest first); None where no line was used."""
    if not spec.tieline:
        return None
    energy = {
        name: sum(metrics.estimates[key("exchanged_kwh", way)].mean for way in _ways(spec, name))
        for name in spec.tieline
    }
    used = sorted((name for name in spec.tieline if energy[name] > 0.0), key=lambda name: -energy[name])
    shown = used[:_MOST_LINES]
    if not shown:
        return None
    figure, axes = sheet(0.7 + 1.9 * len(shown), len(shown), sharex=True)
    edges = edges_utc(trajectory.clock, window.first, window.end)
    for row, name in enumerate(shown):
        panel: Axes = axes[row, 0]
        _panel(panel, spec, trajectory, metrics, window, name)
        time_axis(panel, trajectory.clock, edges, label=row == len(shown) - 1)
    quieter = f" {len(used) - len(shown)} quieter lines are in the table only." if len(shown) < len(used) else ""
    idle = [name for name in spec.tieline if name not in used]
    unused = f" Never used: {', '.join(idle)}." if idle else ""
    return render(
        figure,
        name="exchange",
        title="Exchange over the tie-lines",
        caption=f"Power at the sending end. Filled: {window.words}. Pale: the middle 90 % of all scenarios. Dashed: "
        f"what the line can carry, or in the title where that is far above what it does. "
        "Energy over the whole period stands beside, as mean and 95 % interval."
        f"{quieter}{unused}",
    )


def _ways(spec: Spec, name: str) -> tuple[str, str]:
    line = spec.tieline[name]
    return f"{name}:{line.a}>{line.b}", f"{name}:{line.b}>{line.a}"


def _panel(axes: Axes, spec: Spec, trajectory: Trajectory, metrics: Metrics, window: Window, name: str) -> None:
    line = spec.tieline[name]
    steps = slice(window.first, window.end)
    edges = edges_utc(trajectory.clock, window.first, window.end)
    forth, back = (trajectory.flow("sent_kw", way)[:, steps] for way in _ways(spec, name))
    net = forth - back
    low, high = np.quantile(net, (0.05, 0.95), axis=0)

    def held(values: np.ndarray) -> np.ndarray:
        return np.append(values, values[-1])

    if len(net) > 1:
        axes.fill_between(edges, held(low), held(high), step="post", color=MUTED, alpha=0.25, linewidth=0)
    one = net[window.row]
    for part, colour in ((np.clip(one, 0, None), COLOURS["grid"]), (np.clip(one, None, 0), COLOURS["genset"])):
        axes.fill_between(edges, 0.0, held(part), step="post", color=colour, alpha=0.85, linewidth=0)
    capacities_kw = (line.capacity_ab_kw, line.capacity_ba_kw)
    most_kw = float(max(np.abs(low).max(), np.abs(high).max(), np.abs(one).max(), 1e-9))
    hardly = most_kw < _HARDLY_FRAC * max(capacities_kw)
    for limit in () if hardly else (line.capacity_ab_kw, -line.capacity_ba_kw):
        if limit:
            axes.axhline(limit, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.axhline(0.0, color=MUTED, linewidth=0.8)
    up, down = (most_kw, most_kw) if hardly else (max(kw, 1e-9) for kw in capacities_kw)
    axes.set_ylim(-1.15 * down, 1.15 * up)
    rule = ", own sources only" if line.own_source_only else ""
    if hardly:
        rule += f", carries {' and '.join(dict.fromkeys(f'{kw:,g}' for kw in capacities_kw))} kW"
    when = "" if line.operation == "always" else f", {line.operation} operation"
    a, b = readable(line.a), readable(line.b)
    dress(axes, f"{readable(name)}: {a} to {b} up, {b} to {a} down{rule}{when}", "kW")
    for way, height, colour, arrow in zip(
        _ways(spec, name),
        (0.78, 0.22),
        (COLOURS["grid"], COLOURS["genset"]),
        ((a, b), (b, a)),
        strict=True,
    ):
        text = f"{arrow[0]} to {arrow[1]}\n{metrics.estimates[key('exchanged_kwh', way)]}"
        text = text.replace(" in all", "\nin all")
        axes.text(1.015, height, text, color=colour, fontsize=9, va="center", transform=axes.transAxes)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):,.10g}"))
