"""People: who is in every shelter, who wants to be, and how many it has room for."""

from __future__ import annotations

import numpy as np

from simulation.events.trajectory import Trajectory
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
    spread_labels,
    time_axis,
)
from simulation.report.words import element_words
from simulation.scenario.spec import Spec

__all__ = ["people"]


def people(spec: Spec, trajectory: Trajectory) -> Drawn | None:
    """One panel a shelter; None where there is none."""
    if not spec.shelters:
        return None
    figure, axes = sheet(0.7 + 2.4 * len(spec.shelters), len(spec.shelters), sharex=True)
    edges = edges_utc(trajectory.clock)
    for row, shelter in enumerate(spec.shelters):
        panel = axes[row, 0]
        inside = trajectory.flow("people", shelter.name)
        wanting = inside + trajectory.flow("turned_away", shelter.name)
        if shelter.part.cars is not None and "car_people" in trajectory.flows:
            wanting = wanting + trajectory.flow("car_people", shelter.name)
        room = float(shelter.part.room_people)
        median = band(panel, edges, inside, COLOURS["people"], step=True)
        wanted = np.quantile(wanting, 0.95, axis=0)
        middle = (edges[:-1] + edges[1:]) / 2.0
        panel.plot(middle, wanted, color=INK, linewidth=1.1, linestyle=(0, (5, 2)))
        panel.axhline(room, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
        panel.set_ylim(0.0, 1.12 * max(float(wanted.max()), room))
        dress(panel, element_words(shelter.name).capitalize(), "people")
        time_axis(panel, trajectory.clock, edges, label=row == len(spec.shelters) - 1)
        spread_labels(
            panel,
            [
                (float(median[-1]), "inside, median", COLOURS["people"]),
                (float(wanted[-1]), "want a place,\n1 scenario in 20\nhas more", INK),
                (room, f"room for {room:,.0f}", MUTED),
            ],
            gap=0.17,
        )
    return render(
        figure,
        name="people",
        title="People in the shelter",
        caption="Line: median of all scenarios. Dark and pale band: the middle 50 and 90 %. Dashed black: people who "
        "want a place, exceeded in one scenario of 20. Dashed grey: the floor, at "
        + ", ".join(sorted({f"{s.part.floor_m2_per_person:g} m² a person" for s in spec.shelters}))
        + ".",
    )
