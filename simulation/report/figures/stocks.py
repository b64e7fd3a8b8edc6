"""Stocks: the level of everything that can run out, over all scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.report.figures.style import (
    COLOURS,
    INK,
    MUTED,
    Drawn,
    band,
    dress,
    edges_utc,
    render,
    sheet,
    time_axis,
    wrapped,
)
from simulation.report.words import element_words, stock_words
from simulation.scenario.spec import Spec

__all__ = ["stocks"]

_MOST_POINTS = 2_000
_MOST_PANELS = 12
_TITLE_LETTERS = 46
_OTHERS: Final[Mapping[str, str]] = {
    "day_tank_l": "{}",
    "oil_l": "oil of {}",
    "vehicle_kwh": "energy in {}",
    "heat_kwh": "heat of {}",
    "toilet_room_l": "room in {}",
}
"""Levels that a few scenarios have, and what they are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stock:
    name: str
    words: str
    unit: str
    colour: str
    level: Float[np.ndarray, "S T1"]
    full: float | None


def stocks(spec: Spec, trajectory: Trajectory, metrics: Metrics) -> tuple[Drawn, ...]:
    """One panel a stock, twelve on a sheet; none in an area without any."""
    found = _stocks(spec, trajectory)
    sheets = [found[first : first + _MOST_PANELS] for first in range(0, len(found), _MOST_PANELS)]
    return tuple(_sheet(spec, trajectory, metrics, part, (i, len(sheets))) for i, part in enumerate(sheets))


def _sheet(
    spec: Spec, trajectory: Trajectory, metrics: Metrics, found: Sequence[_Stock], number: tuple[int, int]
) -> Drawn:
    i, count = number
    columns = 2 if len(found) > 1 else 1
    rows = -(-len(found) // columns)
    figure, axes = sheet(0.6 + 2.35 * rows, rows, columns, gap_in=0.09)
    every = -(-trajectory.clock.hours.size // _MOST_POINTS)
    edges = edges_utc(trajectory.clock)
    for panel, stock in zip(axes.flat, found, strict=False):
        band(panel, edges[::every], stock.level[:, ::every], stock.colour)
        _limits(panel, stock, edges)
        _strike(panel, spec, edges)
        dress(panel, "", stock.unit)
        panel.set_title(
            wrapped(stock.words[:1].upper() + stock.words[1:], _TITLE_LETTERS),
            loc="left",
            fontsize=10,
            fontweight="bold",
            color=INK,
            pad=18,
        )
        time_axis(panel, trajectory.clock, edges, label=False, narrow=columns > 1)
        _fate(panel, metrics, stock.name)
    for panel in axes.flat[len(found) :]:
        panel.set_axis_off()
    figure.supxlabel(f"local time ({trajectory.clock.zone}), ticks at midnight", fontsize=9.5, color=MUTED)
    return render(
        figure,
        name="stocks" if i == 0 else f"stocks-{i + 1}",
        title="Stocks" if count == 1 else f"Stocks, sheet {i + 1} of {count}",
        caption="Line: the median of all scenarios at each moment. Dark and pale band: the middle 50 and 90 % of them. "
        "Dashed: full. Dotted upright line: the strike.",
    )


def _stocks(spec: Spec, trajectory: Trajectory) -> list[_Stock]:
    found: list[_Stock] = []

    def add(name: str, quantity: str, unit: str, colour: str, full: float | None) -> None:
        level = trajectory.level(quantity, name)
        shown = f"{name} food" if quantity == "food_person_days" else name
        words = stock_words(shown)
        found.append(_Stock(name=shown, words=words, unit=unit, colour=colour, level=level, full=full))

    for tank in spec.fuel_tanks:
        add(tank.name, "fuel_l", "L", COLOURS["genset"], tank.part.capacity_l)
    for tank in spec.water_tanks:
        add(tank.name, "water_m3", "m³", COLOURS["grid"], tank.part.capacity_m3)
    for shelter in spec.shelters:
        if shelter.part.food_person_days > 0:
            add(shelter.name, "food_person_days", "person-days", COLOURS["people"], None)
        for thing, item in shelter.part.item.items():
            if item.kind == "consumed":
                add(f"{shelter.name}.item.{thing}", "item_person_days", "days of one user", COLOURS["people"], None)
    for station in spec.communications:
        add(station.name, "communications_h", "h of own battery", "#b38600", station.part.battery_h)
    found += _others(trajectory)
    for battery in spec.batteries:
        add(battery.name, "battery_kwh", "kWh", COLOURS["battery"], battery.part.capacity_kwh)
    return found


def _others(trajectory: Trajectory) -> list[_Stock]:
    """Those that only some scenarios have, as far as they are ever filled."""
    found: list[_Stock] = []
    for quantity, label in _OTHERS.items():
        series = trajectory.levels.get(quantity)
        if series is None:
            continue
        for element in series.elements:
            level, words = series.of(element), label.format(element_words(element))
            if level.max() > 0.0:
                found.append(_Stock(name=element, words=words, unit=series.unit, colour=MUTED, level=level, full=None))
    return found


def _limits(axes: Axes, stock: _Stock, edges: Float[np.ndarray, " T1"]) -> None:
    top = max(float(stock.level.max()), stock.full or 0.0, 1e-9)
    axes.set_ylim(0.0, 1.08 * top)
    if stock.full is not None:
        axes.axhline(stock.full, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))


def _strike(axes: Axes, spec: Spec, edges: Float[np.ndarray, " T1"]) -> None:
    if spec.hazard_h is not None:
        axes.axvline(float(edges[0]) + spec.hazard_h / 24.0, color=INK, linewidth=0.9, linestyle=(0, (1, 2)))


def _fate(axes: Axes, metrics: Metrics, name: str) -> None:
    """How often it ran out, under the title."""
    estimate = metrics.estimates.get(key("ran_out", name))
    if estimate is None:
        return
    count = round(estimate.mean * estimate.n)
    words = f"ran out in {count:,} of {estimate.n:,} scenarios" if count else "never ran out"
    colour = COLOURS["genset"] if count else MUTED
    axes.text(0.0, 1.03, words, transform=axes.transAxes, fontsize=8.5, color=colour, va="bottom")
