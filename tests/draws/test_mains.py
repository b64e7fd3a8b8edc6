"""The return of mains water: on its curve, one hour for a district, the same world whatever else is drawn."""

from __future__ import annotations

import numpy as np

from simulation.draws.mains import sample_mains
from simulation.draws.outage import restoration_curve
from simulation.physics.restoration import still_out_frac
from simulation.scenario.spec import Spec
from tests.events.worlds import area

STRIKE = {"start": "2019-09-09T03:00"}


def _tank(**fields: object) -> dict[str, object]:
    return {"capacity_m3": 10.0, "mains_m3ph": 1.0, **fields}


def _area(**tanks: dict[str, object]) -> Spec:
    return area({"hub": {"water_tank": tanks}}, hazard=STRIKE)


def test_mains_return_by_their_curve_within_three_standard_errors() -> None:
    preset, S = "kumamoto_2016_water_weibull", 1_000
    drawn = sample_mains(_area(w=_tank(mains_return=preset)), np.arange(S), 5)
    assert drawn is not None
    for hours in (10.0, 50.0, 300.0):
        out = float(still_out_frac(restoration_curve(preset), hours))
        error = np.sqrt(out * (1.0 - out) / S)
        assert abs(np.mean(drawn[:, 0] - 3.0 > hours) - out) < 3.0 * error


def test_tanks_of_a_district_share_the_hour_and_others_do_not() -> None:
    preset = "noto_water_points"
    spec = _area(
        a=_tank(mains_return=preset, mains_district="east"),
        b=_tank(mains_return=preset, mains_district="east"),
        c=_tank(mains_return=preset),
    )
    drawn = sample_mains(spec, np.arange(5), 1)
    assert drawn is not None
    assert np.array_equal(drawn[:, 0], drawn[:, 1])
    assert not np.any(drawn[:, 0] == drawn[:, 2])


def test_a_scenario_is_the_same_alone_and_among_others() -> None:
    spec = _area(w=_tank(mains_return="noto_water_weibull"))
    among, alone = sample_mains(spec, np.arange(9), 1), sample_mains(spec, np.array([7]), 1)
    assert among is not None
    assert alone is not None
    assert among[7] == alone[0]


def test_mains_that_do_not_fail_or_do_not_return_draw_nothing() -> None:
    assert sample_mains(_area(w=_tank()), np.arange(2), 1) is None
    holds = _tank(mains_return="noto_water_weibull", mains_fail_with_hazard=False)
    assert sample_mains(_area(w=holds), np.arange(2), 1) is None
