"""Streams are reproducible, independent of one another, and pinned for ever."""

import itertools

import numpy as np
import pytest

from simulation.draws.seeds import Stream, generator


def test_same_arguments_give_the_same_numbers():
    for stream in Stream:
        first = generator(3, 11, stream).standard_normal(50)
        np.testing.assert_array_equal(first, generator(3, 11, stream).standard_normal(50))


def test_root_scenario_and_stream_each_change_the_numbers():
    keys = list(itertools.product((0, 1), (0, 1, 4217), Stream))
    drawn = {generator(root, scenario, stream).integers(2**63) for root, scenario, stream in keys}
    assert len(drawn) == len(keys)


def test_streams_of_one_scenario_are_uncorrelated():
    n = 20_000
    draws = np.array([generator(5, 0, stream).standard_normal(n) for stream in Stream])
    correlation = np.corrcoef(draws) - np.eye(len(Stream))
    assert np.abs(correlation).max() < 4 / np.sqrt(n)


def test_elements_have_streams_of_their_own():
    names = (None, "mall.load.shops", "mall.load.offices", "office.load.shops")
    drawn = {generator(1, 0, Stream.DEMAND, name).integers(2**63) for name in names}
    assert len(drawn) == len(names)
    again = generator(1, 0, Stream.DEMAND, names[1]).random(5)
    np.testing.assert_array_equal(again, generator(1, 0, Stream.DEMAND, names[1]).random(5))


def test_stream_numbers_are_pinned():
    assert [(stream.name, int(stream)) for stream in Stream] == [
        ("DEMAND", 0),
        ("WEATHER", 1),
        ("OUTAGE", 2),
        ("FAILURE", 3),
        ("DELIVERY", 4),
        ("ARRIVAL", 5),
        ("FORECAST", 6),
        ("SHAKING", 7),
        ("COMMON_CAUSE", 20),
        ("VEHICLE", 21),
        ("VISIT", 30),
        ("MAINS", 40),
        ("BLACK_START", 50),
        ("COMMUNICATIONS", 51),
        ("SNOW", 60),
    ]


def test_scenario_does_not_touch_the_global_generator():
    before = np.random.get_state()[1].copy()
    generator(1, 2, Stream.WEATHER).random(10)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


@pytest.mark.parametrize(("root", "scenario"), [(-1, 0), (0, -1)])
def test_negative_arguments_are_refused(root, scenario):
    with pytest.raises(ValueError, match="legal: 0 or more"):
        generator(root, scenario, Stream.DEMAND)
