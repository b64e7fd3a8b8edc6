"""The section of a report on service stations: one table, a column for every product and class of vehicles."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import key
from simulation.report.template import template
from simulation.scenario.service_station import CLASSES
from simulation.scenario.spec import Spec

__all__ = ["QUANTITIES", "stations"]

QUANTITIES: Final = (
    ("station_asked_l", "asked for"),
    ("station_served_l", "given"),
    ("station_lost_l", "never given"),
    ("station_served_visits", "served"),
    ("station_balked_visits", "queue too long to join"),
    ("station_reneged_visits", "left the queue"),
    ("station_turned_away_visits", "turned away"),
    ("station_median_wait_h", "half waited at most"),
    ("station_p90_wait_h", "nine in ten waited at most"),
    ("station_longest_wait_h", "longest wait"),
)
"""Quantities of the table, a line each, with their words; each carries its unit."""


def stations(spec: Spec, metrics: Metrics) -> Markup:
    """What each product gave to each class, how visits ended and how long those served waited; empty without any."""
    classes, columns = [], []
    for placed in spec.service_stations:
        building = spec.building[spec.building_names[placed.building]]
        product = building.fuel_tank[placed.part.tank].fuel.replace("_", " ")
        for who in CLASSES:
            element = f"{placed.name}.{who}"
            cells = [metrics.estimates.get(key(quantity, element)) for quantity, _ in QUANTITIES]
            if any(cell is not None for cell in cells):
                classes.append((f"{product}, {who}", placed.name))
                columns.append(cells)
    if not classes:
        return Markup("")
    lines = [(head, [cells[i] for cells in columns]) for i, (_, head) in enumerate(QUANTITIES)]
    return Markup(template("stations.html.j2").render(classes=classes, lines=lines))
