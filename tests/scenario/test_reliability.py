"""Named sets of reliability figures: filled in where the file says nothing, with the rest of the file's own."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulation.scenario.genset import Genset
from simulation.scenario.preset import read_presets
from simulation.scenario.reliability import read_reliability

ENGINE = {"rated_kw": 100.0, "fuel": "diesel", "fuel_slope_l_per_kwh": 0.25, "fuel_jpy_per_l": 150.0}


def test_an_engine_takes_the_figures_of_the_set_that_it_names() -> None:
    engine = Genset.model_validate({**ENGINE, "reliability": "reopt_us"})
    assert (engine.availability_frac, engine.start_failure_prob, engine.mean_time_to_failure_h) == (0.995, 0.0094, 1100)


def test_what_the_file_says_goes_before_the_set() -> None:
    engine = Genset.model_validate({**ENGINE, "reliability": "japan_2011", "availability_frac": 0.9})
    assert (engine.availability_frac, engine.start_failure_prob) == (0.9, 0.00353)


def test_an_unknown_set_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="reliability 'reopt'; legal: reopt_us, reopt_us_2021, japan_2011"):
        Genset.model_validate({**ENGINE, "reliability": "reopt"})


def test_an_engine_written_out_and_read_again_is_the_same() -> None:
    engine = Genset.model_validate({**ENGINE, "reliability": "reopt_us", "mean_time_to_failure_h": 500})
    assert Genset.model_validate(engine.model_dump(mode="json")) == engine


def test_every_set_has_a_source_and_figures_that_follow_from_it() -> None:
    assert all(table["source"] for table in read_presets("reliability").values())
    japan = read_reliability("japan_2011")
    assert japan.start_failure_prob == pytest.approx(17 / 4811, abs=5e-6)
    assert japan.mean_time_to_failure_h == pytest.approx(24.0 * (4811 - 17) / 60, rel=5e-3)
