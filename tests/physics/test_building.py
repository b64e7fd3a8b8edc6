"""The equations of a building against sums by hand, for numbers and for arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.physics.building import building_w, comfort_w, hvac_w

SHARE = st.floats(0, 1)
POWER = st.floats(0, 100)


def test_comfort_is_zero_between_the_balance_temperatures_and_straight_outside():
    temperature_c = np.array([-3.0, 10.0, 12.0, 15.0, 18.0, 20.0, 33.0])
    expected = [15.0, 2.0, 0.0, 0.0, 0.0, 4.0, 30.0]
    np.testing.assert_allclose(comfort_w(temperature_c, 18.0, 2.0, 12.0, 1.0), expected)


def test_numbers_and_arrays_give_the_same():
    temperature_c = np.linspace(-5, 38, 20)
    whole = hvac_w(comfort_w(temperature_c, 18.0, 2.0, 12.0, 1.0), 1.0, 0.7, 0.4, 3.0, 30.0)
    single = [hvac_w(comfort_w(float(t), 18.0, 2.0, 12.0, 1.0), 1.0, 0.7, 0.4, 3.0, 30.0) for t in temperature_c]
    np.testing.assert_array_equal(whole, single)


@pytest.mark.parametrize(
    ("plant", "people", "expected"),
    [(1.0, 1.0, 34.0), (1.0, 0.0, 19.0), (1.0, 0.5, 26.5), (0.5, 1.0, 17.0), (0.0, 1.0, 0.0)],
)
def test_air_follows_the_plant_and_half_of_it_the_people(plant, people, expected):
    assert hvac_w(30.0, plant, people, 0.5, 4.0, 40.0) == pytest.approx(expected)


def test_plant_draws_no_more_than_its_limit():
    assert hvac_w(100.0, 1.0, 1.0, 0.5, 4.0, 40.0) == 40.0
    assert hvac_w(100.0, 0.5, 1.0, 0.5, 4.0, 40.0) == 20.0


def test_building_is_the_sum_of_its_parts():
    assert building_w(28.3, 0.3, 2.0, 34.0) == pytest.approx(28.3 + 8.49 + 2.0 + 34.0)


@given(temperature_c=st.floats(-20, 45), people=SHARE, more=SHARE, share=SHARE, fans=POWER, limit=POWER)
def test_more_people_never_need_less_air_and_nothing_is_negative(temperature_c, people, more, share, fans, limit):
    comfort = comfort_w(temperature_c, 20.0, 2.0, 15.0, 1.5)
    few = hvac_w(comfort, 1.0, people, share, fans, limit)
    many = hvac_w(comfort, 1.0, min(people + more, 1.0), share, fans, limit)
    assert 0.0 <= few <= many + 1e-9
    assert many <= limit + 1e-9
