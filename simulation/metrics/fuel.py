"""Fuel: what the engines burnt, and what emergency vehicles asked for and did not get."""

from __future__ import annotations

from simulation.events.trajectory import Trajectory
from simulation.metrics.quantity import Kind, Quantity, Topic, key, step_means, total
from simulation.physics.genset import chord_l_per_kwh
from simulation.scenario.spec import Spec

__all__ = ["fuel"]


def fuel(spec: Spec, trajectory: Trajectory) -> dict[str, Quantity]:
    """Fuel by engine, and demand and shortage of vehicles by tank, over the whole period [L].

    An engine on a pipe counts in the fuel's own unit, as its slope does in the scenario file.  Beside what it burnt,
    ``a * P + b`` while it ran, stands what the planner's straight line ``chord * P`` makes of the same energy: where
    the two are far apart, plans of scarce fuel are too.
    """
    step_h = trajectory.clock.step_h
    found: dict[str, Quantity] = {}
    chords = {
        engine.name: chord_l_per_kwh(
            engine.part.rated_kw,
            engine.part.min_load_frac,
            engine.part.fuel_slope_l_per_kwh,
            engine.part.fuel_intercept_lph_per_kw,
        )
        for engine in spec.gensets
    }
    for engine, flow in step_means(trajectory, "genset_fuel_lph").items():
        found[key("fuel_burnt_l", engine)] = total(
            flow, step_h, unit="L", meaning=f"fuel burnt by {engine}", topic=Topic.FUEL
        )
        found[key("fuel_reckoned_l", engine)] = total(
            step_means(trajectory, "genset_kw")[engine],
            step_h * chords[engine],
            unit="L",
            meaning=f"fuel that the planner reckons with for what {engine} gave",
            topic=Topic.FUEL,
        )
    serving = {tank.name for tank in spec.fuel_tanks if tank.part.vehicle_demand_l_per_day > 0}
    for tank, flow in step_means(trajectory, "vehicle_demand_lph").items():
        if tank in serving:
            found[key("vehicle_demand_l", tank)] = total(
                flow, step_h, unit="L", meaning=f"fuel asked for by emergency vehicles at {tank}", topic=Topic.FUEL
            )
    for tank, flow in step_means(trajectory, "vehicle_unserved_lph").items():
        if tank in serving:
            found[key("vehicle_unserved_l", tank)] = total(
                flow,
                step_h,
                unit="L",
                meaning=f"fuel not given to emergency vehicles at {tank}",
                topic=Topic.FUEL,
                kind=Kind.LOSS,
            )
    return found
