"""Falls of snow, drawn once a scenario for panels, roads and lines; and how they cover each array."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import ndtr, ndtri

from simulation.draws.seeds import Stream, generator
from simulation.physics.snow import Slope, covered_frac, lost_frac, slid_frac, slides_above_c, snowfall_cm
from simulation.scenario.pv import PV
from simulation.scenario.snow import Fall, Snow
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["FallDraws", "SnowDraws", "expected_slid_frac", "fresh_snow", "laid_on", "sample_falls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FallDraws:
    """Falls of every scenario (axis N: each table's first, then the others like it, day by day).

    ``names`` says of which table each is.  Where there is none, ``start_h`` and ``end_h`` are infinite and the rate is
    0; hours count from the start of the period.
    """

    names: tuple[str, ...]
    start_h: Float[np.ndarray, "S N"]
    end_h: Float[np.ndarray, "S N"]
    rate_cm_per_h: Float[np.ndarray, "S N"]

    def first_h(self, name: str) -> Float[np.ndarray, " S"]:
        """Begin of the first fall of a table; infinity where it does not come [h]."""
        return self.start_h[:, self.names.index(name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnowDraws:
    """What the falls make of the arrays.

    ``bare_kw`` is what the sun would allow without snow, ``covered_frac`` the share of each slope under snow, and
    ``slide_expected_frac`` the share that slides off in a step, on average over all the weather of the month.
    """

    falls: FallDraws
    bare_kw: Float[np.ndarray, "S T V"]
    covered_frac: Float[np.ndarray, "S T V"]
    slide_expected_frac: Float[np.ndarray, "T V"]


def sample_falls(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> FallDraws | None:
    """Draw the falls, each table of them from its own stream; None for a Spec without [snow].

    A chance, a begin, a length and a depth are drawn for every fall that may come, so that another chance of more of
    them, or a longer period, leaves those that come as they were.
    """
    if spec.snow is None:
        return None
    names: list[str] = []
    columns: list[tuple[Float[np.ndarray, "S n"], Float[np.ndarray, "S n"], Float[np.ndarray, "S n"]]] = []
    for name, fall in spec.snow.fall.items():
        begins_h = spec.hour_of(fall.start)
        assert begins_h is not None, "the Spec refuses a fall without a start where there is no hazard"
        begins_h += fall.begins_after_h
        more = ceil((spec.clock.duration_h - begins_h) / HOURS_PER_DAY) if fall.again_prob_per_day > 0.0 else 0
        streams = (generator(seed, int(s), Stream.SNOW, f"fall.{name}") for s in scenario_ids)
        evenly = np.array([chance.random((1 + more, 4)) for chance in streams]).reshape(-1, 1 + more, 4)
        names += [name] * (1 + more)
        columns.append(_falls(fall, begins_h, evenly))
    start_h, end_h, rate = (np.concatenate(arrays, axis=1) for arrays in zip(*columns, strict=True))
    for array in (start_h, end_h, rate):
        array.setflags(write=False)
    return FallDraws(names=tuple(names), start_h=start_h, end_h=end_h, rate_cm_per_h=rate)


def _falls(
    fall: Fall, begins_h: float, evenly: Float[np.ndarray, "S n 4"]
) -> tuple[Float[np.ndarray, "S n"], Float[np.ndarray, "S n"], Float[np.ndarray, "S n"]]:
    """Begin, end and rate of a table's falls: the first in its window, each other at some hour of its day."""
    start_h = begins_h + fall.start_window_h * evenly[:, :, 1]
    days = np.arange(evenly.shape[1] - 1)
    start_h[:, 1:] = start_h[:, :1] + HOURS_PER_DAY * (days + evenly[:, 1:, 1])
    comes = evenly[:, :, 0] < fall.again_prob_per_day
    comes[:, 0] = evenly[:, 0, 0] < fall.probability
    comes[:, 1:] &= comes[:, :1]
    length_h = fall.duration_median_h * np.exp(fall.duration_sigma * ndtri(evenly[:, :, 2]))
    depth_cm = fall.depth_median_cm * np.exp(fall.depth_sigma * ndtri(evenly[:, :, 3]))
    return (
        np.where(comes, start_h, np.inf),
        np.where(comes, start_h + length_h, np.inf),
        np.where(comes, depth_cm / length_h, 0.0),
    )


def fresh_snow(spec: Spec, falls: FallDraws) -> Bool[np.ndarray, "S T"]:
    """In which steps it snows faster than the threshold above which planes are covered."""
    assert spec.snow is not None, "there are falls"
    fallen_cm = snowfall_cm(spec.clock.hours, falls.start_h, falls.end_h, falls.rate_cm_per_h)
    return fallen_cm / spec.clock.step_h > spec.snow.cover_cm_per_h


def laid_on(
    spec: Spec,
    part: PV,
    fresh: Bool[np.ndarray, "S T"],
    plane_kw_per_m2: Float[np.ndarray, "S T"],
    air_c: Float[np.ndarray, "S T"],
) -> tuple[Float[np.ndarray, "S T"], Float[np.ndarray, "S T"]]:
    """Share of an array's slope that is covered, and share of its direct-current power that this takes."""
    assert spec.snow is not None, "there is snow"
    slope = _slope(spec.snow, part)
    slides = (air_c > slides_above_c(plane_kw_per_m2, slope)).astype(float)
    covered = covered_frac(fresh, slid_frac(slides, slope, spec.clock.step_h))
    return covered, lost_frac(covered, part.strings_up_slope)


def expected_slid_frac(
    spec: Spec,
    part: PV,
    weather: tuple[Float[np.ndarray, " J"], Float[np.ndarray, "J T"]],
    usual_c: Float[np.ndarray, " T"],
    spread_c: Float[np.ndarray, " T"],
) -> Float[np.ndarray, " T"]:
    """Mean share of a slope that slides off in each step, over skies of the given weights and a normal temperature.

    Args:
        spec: the scenario, with its [snow].
        part: the array.
        weather: weights of J skies, and the irradiance on the plane under each [kW/m2].
        usual_c: mean temperature [C].
        spread_c: its standard deviation [C].
    """
    assert spec.snow is not None, "there is snow"
    slope = _slope(spec.snow, part)
    weights, plane_kw_per_m2 = weather
    above_c = usual_c - slides_above_c(plane_kw_per_m2, slope)
    surely = np.where(above_c > 0.0, np.inf, -np.inf)
    slides = weights @ ndtr(np.divide(above_c, spread_c, out=surely, where=spread_c > 0.0))
    return slid_frac(slides, slope, spec.clock.step_h)


def _slope(snow: Snow, part: PV) -> Slope:
    return Slope(
        tilt_deg=part.tilt_deg,
        can_slide_w_per_m2_c=snow.can_slide_w_per_m2_c,
        slide_frac_per_h=snow.slide_frac_per_h,
    )
