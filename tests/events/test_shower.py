"""Hot showers: heat of the engines in, people out; cold, dry, dark or closed, nobody showers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import assess
from simulation.physics.shower import shower_kwh
from tests.events.worlds import DIESEL, GRID, Hands, area, texts

EACH_KWH = shower_kwh(60.0, 25.0)
SHOWER = {"wanted_per_day": 240.0, "open_from_hour": 8.0, "open_until_hour": 20.0, "store_kwh": 100.0}
NAME = "bath.shower.hall"


def play(shower: dict[str, Any], *, load_kw: float = 20.0, ratio: float = 1.0, **more: Any) -> Trajectory:
    engine = {**DIESEL, "rated_kw": 50.0, "heat_kwh_per_kwh": ratio}
    bath = {"grid": GRID, "genset": {"chp": engine}, "shower": {"hall": {**SHOWER, **shower}}, **more}
    spec = area({"bath": bath}, hazard={"start": "2019-09-09T03:00"})
    return Hands(spec).demand("bath", critical=load_kw).outage(3.0, 24.0).play()


def taken(run: Trajectory) -> np.ndarray:
    return run.flow("showers_taken_ph", NAME)[0]


def test_everybody_showers_in_the_opening_hours_where_heat_is_enough() -> None:
    run = play({}, load_kw=40.0)
    assert taken(run).tolist() == pytest.approx([0.0] * 16 + [20.0] * 24 + [0.0] * 8)
    np.testing.assert_array_equal(run.flow("showers_wanted_ph", NAME)[0], taken(run))


def test_a_warm_store_serves_all_and_a_cold_one_as_many_as_the_engine_heats() -> None:
    """10 kW of heat; 20 showers an hour take 34.9 kW: the 50 kWh gathered by 08:00 last two hours."""
    run = play({}, load_kw=10.0)
    lasts_h = 50.0 / (20.0 * EACH_KWH - 10.0)
    assert run.level("heat_kwh", NAME)[0, 16] == pytest.approx(50.0)
    total = taken(run).sum() * 0.5
    assert total == pytest.approx(lasts_h * 20.0 + (12.0 - lasts_h) * 10.0 / EACH_KWH)
    np.testing.assert_allclose(taken(run)[22:40], 10.0 / EACH_KWH)


def test_heat_is_kept_within_the_store_and_none_is_made_up() -> None:
    run = play({"store_kwh": 30.0}, load_kw=30.0)
    level = run.level("heat_kwh", NAME)[0]
    assert level.max() == 30.0
    made = run.flow("genset_kw", "bath.genset.chp")[0] * 0.5
    assert (np.diff(level) <= made - taken(run) * 0.5 * EACH_KWH + 1e-9).all()


def test_without_heat_recovery_there_is_no_shower() -> None:
    assert taken(play({}, ratio=0.0)).sum() == 0.0


def test_showers_draw_on_the_tank_until_it_is_dry() -> None:
    tank: dict[str, Any] = {"water_tank": {"t": {"capacity_m3": 6.0}}}
    run = play({"water_tank": "t", "initial_frac": 1.0}, load_kw=40.0, **tank)
    assert taken(run).sum() * 0.5 == pytest.approx(100.0)
    assert run.level("water_m3", "bath.water_tank.t")[0, -1] == pytest.approx(0.0, abs=1e-9)


def test_a_shower_on_a_tank_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shower.hall.water_tank: no water_tank 't' here; there are: none"):
        play({"water_tank": "t"})


def test_showers_are_a_service_with_what_took_them() -> None:
    """20 showers an hour from 08:00; half of them for the 120 people of a hall; the tank of 6 m3 lasts 100 of them."""
    hall = {"shelter": {"hall": {"floor_area_m2": 700.0, "peak_people": 120.0}}}
    engine = {**DIESEL, "rated_kw": 50.0, "heat_kwh_per_kwh": 1.0}
    shower = SHOWER | {"wanted_per_day": 120.0, "shelter": "hall", "water_tank": "t", "initial_frac": 1.0}
    bath = {
        "grid": GRID,
        "genset": {"chp": engine},
        "shower": {"hall": shower},
        "water_tank": {"t": {"capacity_m3": 6.0}},
    }
    spec = area({"bath": bath | hall}, hazard={"start": "2019-09-09T03:00"})
    hands = Hands(spec).demand("bath", critical=40.0).outage(3.0, 24.0)
    hands.wanting[:, 6:] = 120.0
    run = hands.play()
    wanted = run.flow("showers_wanted_ph", NAME)[0]
    assert wanted[[15, 16, 39, 40]].tolist() == [0.0, 20.0, 20.0, 0.0]
    metrics = assess(spec, run)
    assert metrics.estimates[f"unserved_person_h[{NAME}]"].mean == pytest.approx(140.0 * 24.0)
    assert metrics.estimates[f"served_h[{NAME}]"].mean == pytest.approx(21.0 - 7.0)
    table = next(table for table in metrics.causes if "people" in table.title)
    assert sum(row.amount.mean for row in table.rows) == pytest.approx(table.whole.mean)
    assert table.rows[0].example == "too few showers at shower hall at bath: water t at bath out"


def test_a_shower_that_is_short_says_so_once_and_why() -> None:
    cold = play({}, ratio=0.0)
    assert texts(cold, "showers_short", "showers_still_short") == ["2019-09-09 08:00 too few showers at bath: no heat"]


def test_showers_that_nobody_wants_are_refused() -> None:
    with pytest.raises(ValueError, match="nobody wants a shower"):
        play({"wanted_per_day": 0.0})
