"""Snow on panels is one truth for plan and events, and no plan sees a fall before it covers anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from simulation.draws.draws import Draws, sample
from simulation.events.collect import collect
from simulation.events.world import World
from simulation.interchange.foresee import foresee
from simulation.interchange.outlook import step_means, truth
from simulation.scenario.spec import Spec
from tests.draws.small import small
from tests.draws.test_snow import FALL, WINTER
from tests.interchange.test_foresee import seen

BEGINS_H, ENDS_H = 30, 42
LOAD = {"all": {"constant_kw": 150.0, "tier_frac": {"critical": 1.0}}}
GRID = {"feeder": "north", "tariff": "flat", "contract_kw": 400.0}
HUB: dict[str, Any] = {"pv": {"roof": {"rated_kw": 80.0, "tilt_deg": 30.0}}, "load": LOAD, "grid": GRID}


def scene(snow: bool = True, S: int = 3) -> tuple[Spec, Draws]:
    table: dict[str, Any] = {"tariff": {"flat": {"band": [{"jpy_per_kwh": 20.0}]}}}
    table |= {"snow": {"fall": {"first": FALL}}} if snow else {}
    spec = small(**(WINTER | {"hub": HUB, "feeder": {"north": {}}} | table))
    return spec, sample(spec, S)


def forecast(spec: Spec, draws: Draws, now_h: int) -> np.ndarray:
    return foresee(spec, draws, seen(spec, float(now_h), n_scenarios=draws.n_scenarios)).pv_kw[:, :, 0]


def test_plan_and_events_see_the_same_kilowatts_under_snow() -> None:
    spec, draws = scene()
    planned_kw = truth(spec, draws).pv_kw
    np.testing.assert_array_equal(planned_kw, step_means(draws.pv_kw, 2))
    assert planned_kw[:, BEGINS_H:ENDS_H].max() == 0.0 < planned_kw[:, :BEGINS_H].max()
    worlds = [World(spec, draws, s) for s in range(draws.n_scenarios)]
    for world in worlds:
        world.advance(spec.clock.duration_h)
    run = collect(spec, draws, worlds, planned_by="hand", perfect_information=False)
    np.testing.assert_allclose(run.flow("pv_kw", "hub.pv.roof"), draws.pv_kw[:, :, 0], atol=1e-9)


def test_before_it_falls_no_plan_knows_of_the_snow() -> None:
    spec, draws = scene()
    bare_spec, bare = scene(snow=False)
    for now_h in (0, 12, BEGINS_H):
        np.testing.assert_array_equal(forecast(spec, draws, now_h), forecast(bare_spec, bare, now_h))


def test_covered_panels_are_planned_with_once_the_snow_has_slid_off_on_average() -> None:
    """The sky is seen beside them: from then on they give what bare ones would."""
    spec, draws = scene()
    bare = forecast(*scene(snow=False), now_h=36)
    ahead = forecast(spec, draws, now_h=36)
    snow = draws.weather.snow
    assert snow is not None
    rest = 1.0 - np.cumsum(snow.slide_expected_frac[2 * 36 : 2 * 84, 0]).reshape(-1, 2)
    dark, clear = (rest > 0.0).all(axis=1), (rest <= 0.0).all(axis=1)
    assert dark.sum() == int(1.0 / (0.197 * np.sin(np.radians(30.0)))) == 10, "it thaws nearly always at 4 C"
    np.testing.assert_array_equal(ahead[:, dark], 0.0)
    np.testing.assert_allclose(ahead[:, clear], bare[:, clear])
    assert bare[:, dark].max() > 1.0
    assert ahead[:, clear].max() > 1.0


def test_a_plan_reads_nothing_of_the_snow_to_come() -> None:
    spec, draws = scene()
    snow = draws.weather.snow
    assert snow is not None
    other = snow.covered_frac.copy(), snow.bare_kw.copy(), draws.weather.pv_kw.copy()
    for array in other:
        array[:, 72:] *= 0.3
    falls = replace(snow.falls, end_h=snow.falls.end_h + 9.0)
    changed = replace(snow, falls=falls, covered_frac=other[0], bare_kw=other[1])
    weather = replace(draws.weather, snow=changed, pv_kw=other[2])
    np.testing.assert_array_equal(forecast(spec, draws, 36), forecast(spec, replace(draws, weather=weather), 36))
