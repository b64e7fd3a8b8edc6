"""Repair crews: first failed, first repaired; none before they can come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.scenario.spec import Spec
from tests.events.worlds import DIESEL, GRID, Hands, area

ENGINES = {"g": {**DIESEL, "rated_kw": 10.0, "count": 3, "crew": "town"}}


def site(crew: dict, **tables: Any) -> Spec:
    return area({"site": {"grid": GRID, "genset": ENGINES}}, crew={"town": crew}, **tables)


def repaired_h(spec: Spec, fails_h: tuple[float, ...], repair_h: float) -> list[float]:
    """Hours at which engines that fail one after the other are back."""
    hands = Hands(spec, lives=1).demand("site", critical=30.0).outage(0.0, 24.0)
    hands.life_h[0, :, 0] = fails_h
    hands.repair_h[:] = repair_h
    return [event.time_h for event in hands.play().events if event.kind == "genset_repaired"]


@pytest.mark.parametrize(
    ("number", "back"), [(1, [3.0, 5.0, 7.0]), (2, [3.0, 3.5, 5.0]), (3, [3.0, 3.5, 4.0])], ids=str
)
def test_engines_wait_for_a_crew_in_the_order_of_their_failure(number: int, back: list[float]) -> None:
    assert repaired_h(site({"number": number}), (1.0, 1.5, 2.0), 2.0) == pytest.approx(back)


def test_crews_come_when_they_can_after_the_strike() -> None:
    spec = site({"number": 3, "ready_after_h": 8.0}, hazard={"start": "2019-09-09T01:00"})
    assert repaired_h(spec, (1.0, 1.5, 12.0), 2.0) == pytest.approx([11.0, 11.0, 14.0])


def test_a_crew_that_nobody_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"building.site.genset.g.crew: no \[crew.town\]; there are: none"):
        area({"site": {"grid": GRID, "genset": ENGINES}})


def test_the_time_out_of_service_counts_the_wait() -> None:
    spec = site({"number": 1})
    hands = Hands(spec, lives=1).demand("site", critical=30.0).outage(0.0, 24.0)
    hands.life_h[0, :, 0] = (1.0, 1.0, np.inf)
    hands.repair_h[:] = 2.0
    out_h = [event.value for event in hands.play().events if event.kind == "genset_repaired"]
    assert out_h == pytest.approx([2.0, 4.0])
