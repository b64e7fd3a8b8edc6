"""Power balance: where power came from, where it went, and what was not served, step by step in one scenario."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulation.events.trajectory import Trajectory
from simulation.metrics.reference import dark
from simulation.report.figures.style import (
    COLOURS,
    INK,
    MUTED,
    SHADE,
    Drawn,
    dress,
    edges_utc,
    readable,
    render,
    sheet,
    time_axis,
)
from simulation.report.figures.window import Window
from simulation.scenario.spec import Spec
from simulation.units import TIERS

__all__ = ["power_balance"]

_MOST_BUILDINGS = 6
_DEFERRABLE = ".deferrable"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """Power of an area or a building over the steps that are shown [kW]."""

    brought: dict[str, Float[np.ndarray, " t"]]
    taken: dict[str, Float[np.ndarray, " t"]]
    unserved: Float[np.ndarray, " t"]
    asked: Float[np.ndarray, " t"]


_WORDS = {
    "grid": "from the grid",
    "pv": "PV",
    "battery": "battery",
    "genset": "engines",
    "line": "from or to neighbours",
}


def power_balance(spec: Spec, trajectory: Trajectory, window: Window) -> Drawn:
    """The area as one, and every building beneath it (six at most)."""
    names = list(spec.building_names)[:_MOST_BUILDINGS]
    panels: list[tuple[str, _Balance]] = [("All buildings together", _balance(spec, trajectory, window, None))]
    if len(spec.building) > 1:
        panels += [(readable(name), _balance(spec, trajectory, window, name)) for name in names]
    heights = [1.6] + [1.0] * (len(panels) - 1)
    figure, axes = sheet(0.9 + 1.75 * sum(heights), len(panels), sharex=True, height_ratios=heights)
    edges = edges_utc(trajectory.clock, window.first, window.end)
    for row, (title, balance) in enumerate(panels):
        panel: Axes = axes[row, 0]
        _shade_outages(panel, spec, trajectory, window, edges)
        _stack(panel, edges, balance)
        dress(panel, title, "kW")
        time_axis(panel, trajectory.clock, edges, label=row == len(panels) - 1)
    _mark_strike(axes[0, 0], spec, trajectory, edges)
    figure.legend(handles=_legend(panels), loc="outside upper center", ncols=4, frameon=False, labelcolor=INK)
    more = (
        f" {len(spec.building) - len(names)} more buildings are in the area's sum only."
        if len(panels) - 1 > 0 and len(names) < len(spec.building)
        else ""
    )
    return render(
        figure,
        name="power_balance",
        title="Power balance",
        caption=f"Step means in {window.words}. Above zero: where the power came from; hatched on top of it, the load "
        "that was not served. Below zero: what charged batteries, left for the grid or went to neighbours, net of what "
        "only passes through; by as much the colours stand above the line, the load asked for, pumps included. "
        "Where they stay below it, deferrable load waits, or came to nothing at its deadline. Grey: a grid was "
        f"lost.{more}",
    )


def _balance(spec: Spec, trajectory: Trajectory, window: Window, building: str | None) -> _Balance:
    steps = slice(window.first, window.end)

    def total(quantity: str, wanted: Iterable[str] | None = None) -> Float[np.ndarray, " t"]:
        series = trajectory.flows.get(quantity)
        if series is None:
            return np.zeros(window.end - window.first)
        kept = [i for i, name in enumerate(series.elements) if wanted is None or name in wanted]
        return series.values[window.row, steps][:, kept].sum(axis=1)

    if building is None:
        here = there = None
        loads = [f"{name}.{tier}" for name in spec.building for tier in TIERS]
        received = sent = np.zeros(window.end - window.first)
    else:
        here = [building]
        parts = (spec.pvs, spec.batteries, spec.gensets, spec.pumps)
        there = [item.name for kind in parts for item in kind if spec.building_names[item.building] == building]
        loads = [f"{building}.{tier}" for tier in TIERS]
        net = _net_received_kw(spec, trajectory, building, window)
        received, sent = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    return _Balance(
        brought={
            "grid": total("import_kw", here),
            "pv": total("pv_kw", there),
            "battery": total("discharge_kw", there),
            "genset": total("genset_kw", there),
            "line": received,
        },
        taken={"battery": total("charge_kw", there), "grid": total("export_kw", here), "line": sent},
        unserved=total("unserved_kw", [name for name in loads if not name.endswith(_DEFERRABLE)]),
        asked=total("demand_kw", loads) + total("pump_kw", there),
    )


def _net_received_kw(spec: Spec, trajectory: Trajectory, building: str, window: Window) -> Float[np.ndarray, " t"]:
    """What arrives at a building over its lines, less what it sends; what only passes through cancels [kW]."""
    net = np.zeros(window.end - window.first)
    series = trajectory.flows["sent_kw"]
    for i, element in enumerate(series.elements):
        line, way = element.split(":")
        start, stop = way.split(">")
        power = series.values[window.row, window.first : window.end, i]
        if start == building:
            net = net - power
        if stop == building:
            net = net + power * (1.0 - spec.tieline[line].loss_frac)
    return net


def _stack(axes: Axes, edges: Float[np.ndarray, " t1"], balance: _Balance) -> None:
    def area(base: np.ndarray, power: np.ndarray, **how: object) -> np.ndarray:
        top = base + power
        if power.any():
            axes.fill_between(edges, _held(base), _held(top), step="post", linewidth=0, **how)  # type: ignore[arg-type]
        return top

    top = np.zeros_like(balance.asked)
    for kind, power in balance.brought.items():
        top = area(top, power, color=COLOURS[kind])
    area(top, balance.unserved, facecolor="none", edgecolor=COLOURS["unserved"], hatch="/////")
    bottom = np.zeros_like(balance.asked)
    for kind, power in balance.taken.items():
        bottom = area(bottom, -power, color=COLOURS[kind], alpha=0.55)
    axes.plot(edges, _held(balance.asked), color=INK, linewidth=1.1, drawstyle="steps-post")
    axes.axhline(0.0, color=MUTED, linewidth=0.8)


def _held(values: Float[np.ndarray, " t"]) -> Float[np.ndarray, " t1"]:
    return np.append(values, values[-1])


def _shade_outages(
    axes: Axes, spec: Spec, trajectory: Trajectory, window: Window, edges: Float[np.ndarray, " t1"]
) -> None:
    lost = dark(trajectory)[window.row, window.first : window.end].any(axis=1)
    padded = np.concatenate([[False], lost, [False]])
    starts, ends = np.nonzero(~padded[:-1] & padded[1:])[0], np.nonzero(padded[:-1] & ~padded[1:])[0]
    for start, end in zip(starts, ends, strict=True):
        axes.axvspan(float(edges[start]), float(edges[end]), color=SHADE, zorder=0, linewidth=0)


def _mark_strike(axes: Axes, spec: Spec, trajectory: Trajectory, edges: Float[np.ndarray, " t1"]) -> None:
    if spec.hazard_h is None:
        return
    moment = float(edges_utc(trajectory.clock)[0]) + spec.hazard_h / 24.0
    if edges[0] <= moment <= edges[-1]:
        axes.axvline(moment, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.annotate(
            "strike",
            (moment, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(4, -10),
            textcoords="offset points",
            color=INK,
            fontsize=9,
        )


def _legend(panels: list[tuple[str, _Balance]]) -> list[Patch | Line2D]:
    handles: list[Patch | Line2D] = [Line2D([], [], color=INK, linewidth=1.1, label="load asked for")]
    for kind, words in _WORDS.items():
        flows = [flow for _, balance in panels for flow in (balance.brought.get(kind), balance.taken.get(kind))]
        if any(flow is not None and flow.any() for flow in flows):
            handles.append(Patch(color=COLOURS[kind], label=words))
    if any(balance.unserved.any() for _, balance in panels):
        handles.append(Patch(facecolor="none", edgecolor=INK, hatch="/////", label="not served"))
    if any(balance.taken[kind].any() for _, balance in panels for kind in ("battery", "grid")):
        handles.append(Patch(color=COLOURS["battery"], alpha=0.55, label="below zero: charged, sent out"))
    return handles
