"""A hub on liquefied gas: what its engines burn, how they stop at an empty bulk tank, and start when gas comes."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.draws.draws import sample
from simulation.events.simulate import play
from simulation.scenario.load import load

ENGINES = ("station.genset.lpg_1", "station.genset.lpg_2")
TANK = "station.fuel_tank.bulk"


def test_engines_burn_gas_by_their_line_run_dry_and_start_again_with_the_lot_that_was_late() -> None:
    spec = load("mihama_lpg")
    draws = sample(spec, only=[2], seed=1)  # a world whose road closes for long enough
    run = play(spec, draws)
    slope, intercept_lph = 0.41, 0.06 * 50.0
    for engine in ENGINES:
        power, fuel = run.flow("genset_kw", engine), run.flow("genset_fuel_lph", engine)
        running = run.flow("genset_running_frac", engine)
        assert running.sum() > 0.0
        np.testing.assert_allclose(fuel, slope * power + intercept_lph * running, atol=1e-9)
    level = run.level("fuel_l", TANK)[0]
    burnt_l = sum(run.flow("genset_fuel_lph", engine)[0].sum() for engine in ENGINES) * run.clock.step_h
    came_l = run.flow("delivered", "lpg")[0].sum() * run.clock.step_h
    assert level[0] == pytest.approx(0.8 * 1_960.0)
    assert level[0] + came_l - burnt_l == pytest.approx(level[-1])

    of_gas = [event for event in run.events if event.element in (*ENGINES, TANK, "lpg")]
    stop = next(event for event in of_gas if event.kind == "genset_out_of_fuel")
    chain = [stop]
    while chain[-1].cause >= 0:
        chain.append(run.events[chain[-1].cause])
    assert [event.kind for event in chain[:3]] == ["genset_out_of_fuel", "stock_empty", "delivery_late"]
    came = next(event for event in of_gas if event.kind == "delivery_arrived" and event.time_h > stop.time_h)
    again = next(event for event in of_gas if event.kind == "genset_started" and event.time_h > stop.time_h)
    assert again.time_h == pytest.approx(came.time_h + 1.0 / 60.0)
    dark = run.flow("unserved_kw", "station.critical")[0]
    by_step = [int(hour / run.clock.step_h) for hour in (stop.time_h, came.time_h, again.time_h)]
    assert dark[by_step[1] - 1] > 0.0, "the battery is empty by then"
    assert not dark[: by_step[0]].any()
    assert dark[by_step[2] + 1] == 0.0
