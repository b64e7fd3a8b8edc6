"""Outages of the feeders: one draw per feeder and scenario, shared by all that hang on it."""

from __future__ import annotations

from dataclasses import dataclass
from math import gamma

import numpy as np
from jaxtyping import Float, Int
from scipy.special import ndtri

from simulation.draws.seeds import Stream, generator
from simulation.draws.shaking import ShakingDraws
from simulation.draws.snow import FallDraws, sample_falls
from simulation.physics.restoration import Curve, PointsCurve, WeibullCurve, restored_h, still_out_frac
from simulation.scenario.fragility import read_fragility
from simulation.scenario.grid import DistributionOutage, RestorationOutage, ScheduledOutage, ShakingOutage
from simulation.scenario.restoration import PointsPreset, read_restoration
from simulation.scenario.spec import Spec

_Timed = ScheduledOutage | DistributionOutage | RestorationOutage

__all__ = ["OutageDraws", "merged", "restoration_curve", "sample_outages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageDraws:
    """Outage n of feeder f lasts from ``start_h`` to ``end_h`` (hours from the start of the period).

    Slots without an outage hold infinity in both.  Outages of one feeder are sorted by start and do not overlap; one
    that is under way when the period begins starts at 0.
    """

    start_h: Float[np.ndarray, "S F N"]
    end_h: Float[np.ndarray, "S F N"]


def restoration_curve(preset: str) -> Curve:
    """A preset of presets/restoration.toml as a curve to reckon with.

    >>> restoration_curve("noto_weibull")
    WeibullCurve(shape=0.84, scale_h=224.0)
    """
    read = read_restoration(preset)
    if isinstance(read, PointsPreset):
        return PointsCurve(hours=np.array(read.hours), out_frac=np.array(read.out_frac))
    return WeibullCurve(shape=read.shape, scale_h=read.scale_h)


def sample_outages(
    spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int, shaking: ShakingDraws | None = None
) -> OutageDraws:
    """Draw the outages of every feeder.

    Every outage of a feeder has its own stream: does it happen, when in its window, how long.  Outages of one feeder
    that touch or overlap become one.  One by ``shaking`` may come with every shock, one ``with_fall`` with the snow
    that covers the panels.
    """
    n_shocks = 1 if shaking is None else shaking.shock_h.shape[1]
    n_slots = max(
        (
            sum(n_shocks if isinstance(outage, ShakingOutage) else 1 for outage in feeder.outage.values())
            for feeder in spec.feeder.values()
        ),
        default=0,
    )
    shape = (len(scenario_ids), len(spec.feeder), max(n_slots, 1))
    start_h, end_h = np.full(shape, np.inf), np.full(shape, np.inf)
    falls = sample_falls(spec, scenario_ids, seed)
    for f, (feeder_name, feeder) in enumerate(spec.feeder.items()):
        n = 0
        for name, outage in feeder.outage.items():
            count = 2 + n_shocks if isinstance(outage, ShakingOutage) else 3
            evenly = np.array(
                [generator(seed, int(s), Stream.OUTAGE, f"{feeder_name}.{name}").random(count) for s in scenario_ids]
            ).reshape(-1, count)
            if isinstance(outage, ShakingOutage):
                spans = _by_shaking(outage, spec, shaking, f"{feeder_name}.{name}", evenly)
                start_h[:, f, n : n + n_shocks], end_h[:, f, n : n + n_shocks] = spans
                n += n_shocks
            else:
                start_h[:, f, n], end_h[:, f, n] = _one_outage(outage, spec, evenly, falls)
                n += 1
        start_h[:, f], end_h[:, f] = merged(start_h[:, f], end_h[:, f])
    start_h.setflags(write=False)
    end_h.setflags(write=False)
    return OutageDraws(start_h=start_h, end_h=end_h)


def _one_outage(
    outage: _Timed, spec: Spec, evenly: Float[np.ndarray, "S 3"], falls: FallDraws | None
) -> tuple[Float[np.ndarray, " S"], Float[np.ndarray, " S"]]:
    window_h = outage.start_window_h if isinstance(outage, DistributionOutage) else 0.0
    start_h = _begins_h(outage, spec, falls) + window_h * evenly[:, 1]
    end_h = start_h + _length_h(outage, evenly[:, 2])
    happens = (evenly[:, 0] < outage.probability) & (end_h > 0.0)
    return np.where(happens, np.maximum(start_h, 0.0), np.inf), np.where(happens, end_h, np.inf)


def _begins_h(outage: _Timed, spec: Spec, falls: FallDraws | None) -> Float[np.ndarray, " S"] | float:
    """Hour from which its window counts; infinity where the snow does not fall that would bring it [h]."""
    if falls is not None and isinstance(outage, DistributionOutage) and outage.with_fall is not None:
        return falls.first_h(outage.with_fall)
    begins_h = spec.hour_of(outage.start)
    assert begins_h is not None, "the Spec refuses an outage without a start where there is no hazard"
    return begins_h


def _by_shaking(
    outage: ShakingOutage, spec: Spec, shaking: ShakingDraws | None, name: str, evenly: Float[np.ndarray, "S n"]
) -> tuple[Float[np.ndarray, "S A"], Float[np.ndarray, "S A"]]:
    """An outage from every shock that damages what feeds the feeder, until it is mended or the curve says so."""
    drawn = None if shaking is None else shaking.of(spec, "feeder", name)
    assert shaking is not None, "the Spec refuses such an outage where there is no [shaking]"
    assert drawn is not None, "every outage by shaking is a component"
    state, mended_h = drawn
    works = np.array([True, *(one.works for one in read_fragility(outage.fragility).state)])
    lost = ~works[state] & (evenly[:, :1] < outage.probability)
    if outage.preset is not None:
        mended_h = shaking.shock_h + restored_h(restoration_curve(outage.preset), 1.0 - evenly[:, 2:])
    return np.where(lost, shaking.shock_h, np.inf), np.where(lost, mended_h, np.inf)


def _length_h(outage: _Timed, evenly: Float[np.ndarray, " S"]) -> Float[np.ndarray, " S"]:
    if isinstance(outage, ScheduledOutage):
        return np.full(len(evenly), outage.hours)
    if isinstance(outage, RestorationOutage):
        curve = restoration_curve(outage.preset)
        still_out = (1.0 - evenly) * still_out_frac(curve, outage.not_before_h)
        return np.maximum(restored_h(curve, still_out), outage.not_before_h)
    mean_h, shape = outage.mean_h, outage.shape
    if outage.distribution == "exponential":
        return -mean_h * np.log1p(-evenly)
    if outage.distribution == "weibull":
        return mean_h / gamma(1.0 + 1.0 / shape) * (-np.log1p(-evenly)) ** (1.0 / shape)
    if outage.distribution == "lognormal":
        return mean_h * np.exp(shape * ndtri(evenly) - shape**2 / 2.0)
    return mean_h * (1.0 + shape * (2.0 * evenly - 1.0))


def merged(
    start_h: Float[np.ndarray, "S N"], end_h: Float[np.ndarray, "S N"]
) -> tuple[Float[np.ndarray, "S N"], Float[np.ndarray, "S N"]]:
    """Spans of one element in the order of their start, those that touch or overlap made one [h]."""
    rows = np.arange(len(start_h))[:, None]
    order = np.argsort(start_h, axis=1, kind="stable")
    start_h, end_h = start_h[rows, order], end_h[rows, order]
    joined_start_h, joined_end_h = np.full_like(start_h, np.inf), np.full_like(end_h, np.inf)
    slot = np.full(len(start_h), -1)
    last_end_h = np.full(len(start_h), -np.inf)
    for n in range(start_h.shape[1]):
        real = np.isfinite(start_h[:, n])
        fresh = real & (start_h[:, n] > last_end_h)
        slot[fresh] += 1
        joined_start_h[fresh, slot[fresh]] = start_h[fresh, n]
        last_end_h = np.where(real, np.maximum(last_end_h, end_h[:, n]), last_end_h)
        joined_end_h[real, slot[real]] = last_end_h[real]
    return joined_start_h, joined_end_h
