"""The return of mains water: on its curve, one hour for a district, the same world whatever else is drawn."""

from __future__ import annotations

import numpy as np

from simulation.draws.arrival import sample_arrivals
from simulation.draws.mains import sample_mains
from simulation.draws.outage import restoration_curve
from simulation.draws.shaking import sample_shaking
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
        assert abs(np.mean(drawn.return_h[:, 0] - 3.0 > hours) - out) < 3.0 * error


def test_tanks_of_a_district_share_the_hour_and_others_do_not() -> None:
    preset = "noto_water_points"
    spec = _area(
        a=_tank(mains_return=preset, mains_district="east"),
        b=_tank(mains_return=preset, mains_district="east"),
        c=_tank(mains_return=preset),
    )
    drawn = sample_mains(spec, np.arange(5), 1)
    assert drawn is not None
    assert np.array_equal(drawn.return_h[:, 0], drawn.return_h[:, 1])
    assert not np.any(drawn.return_h[:, 0] == drawn.return_h[:, 2])


def test_a_scenario_is_the_same_alone_and_among_others() -> None:
    spec = _area(w=_tank(mains_return="noto_water_weibull"))
    among, alone = sample_mains(spec, np.arange(9), 1), sample_mains(spec, np.array([7]), 1)
    assert among is not None
    assert alone is not None
    assert among.return_h[7] == alone.return_h[0]


def test_mains_that_do_not_fail_or_do_not_return_draw_nothing() -> None:
    assert sample_mains(_area(w=_tank()), np.arange(2), 1) is None
    holds = _tank(mains_return="noto_water_weibull", mains_fail_with_hazard=False)
    assert sample_mains(_area(w=holds), np.arange(2), 1) is None


def test_an_aftershock_takes_mains_again_or_puts_off_their_return() -> None:
    """Never both; it takes those that were back as often as its damage says, and leaves those that are not hit."""
    spec = area(
        {"hub": {"water_tank": {"w": _tank(mains_return="kumamoto_2016_water_weibull")}}},
        days=9,
        hazard=STRIKE,
        shaking={
            "median_g": 0.4,
            "fragility": {"mains": "water_mains"},
            "aftershock": {"next": {"after_h": 48.0, "median_g": 0.4}},
        },
    )
    ids = np.arange(300)
    shaking = sample_shaking(spec, ids, 1)
    assert shaking is not None
    drawn, calm = sample_mains(spec, ids, 1, shaking), sample_mains(spec, ids, 1)
    assert drawn is not None
    assert drawn.again is not None
    assert calm is not None
    hit, mended_h = shaking.state[:, 1, 0] >= 2, shaking.mended_h[:, 1, 0]
    back = calm.return_h[:, 0] < 51.0
    lost = np.isfinite(drawn.again.start_h[:, 0, 0])
    assert lost.tolist() == (hit & back).tolist()
    assert 20 < lost.sum() < 150
    np.testing.assert_array_equal(drawn.again.end_h[lost, 0, 0], mended_h[lost])
    late = hit & ~back
    np.testing.assert_array_equal(drawn.return_h[late, 0], np.maximum(calm.return_h[late, 0], mended_h[late]))
    np.testing.assert_array_equal(drawn.return_h[~hit], calm.return_h[~hit])


def test_the_station_s_mains_and_the_town_s_water_are_chances_of_their_own() -> None:
    """When the hub's mains return does not depend on what brings evacuees, nor they on the hub's mains."""
    hall = {"floor_area_m2": 500.0, "peak_people": 0.0}

    def both(mains: str, town: str) -> tuple[np.ndarray, np.ndarray]:
        evacuees = {"water_out_people": 4_000.0, "water_preset": town}
        shelter = {"hall": hall | {"water_tank": "w", "evacuees": evacuees}}
        spec = area(
            {"hub": {"water_tank": {"w": _tank(mains_return=mains)}, "shelter": shelter}}, days=3, hazard=STRIKE
        )
        mains_drawn = sample_mains(spec, np.arange(4), 7)
        assert mains_drawn is not None
        return mains_drawn.return_h, sample_arrivals(spec, np.arange(4), 7).wanting_people

    noto, kumamoto = "noto_water_weibull", "kumamoto_2016_water_weibull"
    (hours, people), (other_hours, same_people), (same_hours, other_people) = (
        both(noto, noto), both(kumamoto, noto), both(noto, kumamoto),
    )  # fmt: skip
    np.testing.assert_array_equal(hours, same_hours)
    np.testing.assert_array_equal(people, same_people)
    assert (hours != other_hours).all()
    assert (people[:, -1] != other_people[:, -1]).all()
