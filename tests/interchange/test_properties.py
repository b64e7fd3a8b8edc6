"""What must hold for any area: more plant never costs more, order and step length do not matter."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from simulation.draws.draws import Draws
from simulation.interchange.assemble import assemble, build
from simulation.interchange.certificate import certify
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.outlook import truth
from simulation.interchange.rules import MeritOrder
from simulation.interchange.schedule import Status
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from tests.interchange.scenes import area, connection, drawn, load, mixed_area

GROWING = (
    ("building", "mall", "battery", "b", "capacity_kwh"),
    ("building", "mall", "battery", "b", "charge_kw"),
    ("building", "mall", "battery", "b", "discharge_kw"),
    ("building", "hub", "fuel_tank", "tank", "capacity_l"),
    ("building", "hub", "grid", "contract_kw"),
    ("building", "hub", "genset", "engine", "rated_kw"),
    ("building", "hub", "pump", "well", "rated_m3ph"),
    ("tieline", "one", "capacity_ab_kw"),
    ("tieline", "three", "capacity_ba_kw"),
)


def relaxed_jpy(spec: Spec, draws: Draws) -> np.ndarray:
    """Optimum of the linear programme: the properties are its own; the leak rule's last digits are a heuristic's."""
    problem = assemble(spec, draws)
    return certify(problem, HiGHS().solve(problem)).objective_jpy


@lru_cache
def plain_area(seed: int) -> tuple[Spec, Draws, np.ndarray]:
    """A mixed area without reserve and lowest level, and its optimum."""
    spec, draws = mixed_area(seed)
    plain = {"emergency_reserve_frac": 0.0, "min_level_frac": 0.0, "initial_level_frac": 0.5}
    spec = scaled(spec, ("building", "mall", "battery", "b", "capacity_kwh"), 1.0, **plain)
    return spec, draws, relaxed_jpy(spec, draws)


def scaled(spec: Spec, path: tuple[str, ...], factor: float, **more: float) -> Spec:
    """The same Spec with one number multiplied; ``more`` sets neighbours of that number."""
    values = spec.model_dump()
    table = values
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] *= factor
    table.update(more)
    return Spec.model_validate(values)


@pytest.mark.parametrize("path", GROWING, ids=lambda path: path[-1])
@pytest.mark.parametrize("seed", [1, 2])
def test_more_of_anything_never_costs_more(path, seed):
    """Levels at the start stay what they were, and no loss or bound is tied to size."""
    spec, draws, before = plain_area(seed)
    keep = {"capacity_kwh": {"initial_level_frac": 0.25}, "capacity_l": {"initial_frac": 0.5}}.get(path[-1], {})
    assert (relaxed_jpy(scaled(spec, path, 2.0, **keep), draws) <= before + 1e-6).all()


@settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
@given(seed=st.integers(10, 10_000))
def test_lines_of_zero_capacity_are_separate_buildings(seed):
    spec, draws = mixed_area(seed)
    none = {
        name: line.model_dump() | {"capacity_ab_kw": 0.0, "capacity_ba_kw": 0.0} for name, line in spec.tieline.items()
    }
    values = spec.model_dump()
    joined = Spec.model_validate(values | {"tieline": none})
    apart = 0.0
    for b, name in enumerate(spec.building):
        delivery = values["delivery"] if name == "hub" else {}
        alone = Spec.model_validate(
            values | {"tieline": {}, "delivery": delivery, "building": {name: values["building"][name]}}
        )
        part = drawn(
            alone,
            {
                f"{name}.{tier}": draws.demand.demand_kw[:, :, b, q]
                for q, tier in enumerate(("critical", "essential", "deferrable", "comfort"))
            },
            pv_kw={array.name: draws.pv_kw[:, :, v] for v, array in enumerate(spec.pvs) if array.building == b},
            outage_h=[(9.25, 15.5)],
            n_scenarios=2,
        )
        apart = apart + relaxed_jpy(alone, part)
    np.testing.assert_allclose(relaxed_jpy(joined, draws), apart, rtol=1e-8)


@st.composite
def areas(draw: st.DrawFn) -> tuple[Spec, Draws]:
    """A mixed area from which buildings' parts and lines are left out, with prices from 0.01 to 10,000 yen."""
    spec, draws = mixed_area(draw(st.integers(10, 10_000)), own_source_only=draw(st.booleans()))
    values = spec.model_dump()
    for line in ("one", "two", "three"):
        if draw(st.booleans()):
            del values["tieline"][line]
    for building, part in (("mall", "battery"), ("mall", "pv"), ("homes", "pv")):
        if draw(st.booleans()):
            values["building"][building][part] = {}
    for tariff in values["tariff"].values():
        tariff["demand_jpy_per_kw_month"] = draw(st.sampled_from([0.0, 10_000.0]))
        tariff["export_jpy_per_kwh"] = draw(st.sampled_from([0.0, 0.01, 8.0]))
    cut = Spec.model_validate(values)
    kept = {array.name for array in cut.pvs}
    series = {array.name: draws.pv_kw[:, :, v] for v, array in enumerate(spec.pvs) if array.name in kept}
    demand_kw = {
        f"{name}.{tier}": draws.demand.demand_kw[:, :, b, q]
        for b, name in enumerate(spec.building)
        for q, tier in enumerate(("critical", "essential", "deferrable", "comfort"))
    }
    return cut, drawn(cut, demand_kw, pv_kw=series, outage_h=[(9.25, 15.5)], n_scenarios=2)


@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
@given(areas())
def test_core_and_highs_agree_on_whatever_assemble_makes(made):
    problem = assemble(*made)
    core, reference = (certify(problem, solver.solve(problem)) for solver in (InteriorPoint(), HiGHS()))
    assert core.worst() < 1e-7
    np.testing.assert_allclose(core.objective_jpy, reference.objective_jpy, rtol=1e-6)


def test_the_order_of_buildings_does_not_matter():
    spec, draws = mixed_area(4)
    values = spec.model_dump()
    order = ["homes", "mall", "hub"]
    turned = Spec.model_validate(values | {"building": {name: values["building"][name] for name in order}})
    tiers = ("critical", "essential", "deferrable", "comfort")
    again = drawn(
        turned,
        {
            f"{name}.{tier}": draws.demand.demand_kw[:, :, b, q]
            for b, name in enumerate(spec.building)
            for q, tier in enumerate(tiers)
        },
        pv_kw={array.name: draws.pv_kw[:, :, v] for v, array in enumerate(spec.pvs)},
        outage_h=[(9.25, 15.5)],
        n_scenarios=2,
    )
    np.testing.assert_allclose(relaxed_jpy(turned, again), relaxed_jpy(spec, draws), rtol=1e-9)


def test_the_order_of_scenarios_does_not_matter():
    problem = assemble(*mixed_area(5, n_scenarios=4))
    order = np.array([2, 0, 3, 1])
    straight, turned = solve(problem, HiGHS()), solve(problem.take(order), HiGHS())
    np.testing.assert_allclose(turned.objective_jpy, straight.objective_jpy[order], rtol=1e-12)


def test_splitting_every_step_in_two_leaves_the_totals_unchanged():
    """Without standing loss and with the same metering interval nothing can tell the halves apart."""
    spec, draws = mixed_area(6)
    plain = {"standing_loss_frac_per_h": 0.0, "emergency_reserve_frac": 0.0}
    coarse = scaled(spec, ("building", "mall", "battery", "b", "capacity_kwh"), 1.0, **plain)
    coarse = scaled(coarse, ("building", "hub", "genset", "engine", "start_delay_min"), 0.0)
    period = coarse.period.model_dump() | {"planning_step_min": 30, "control_step_min": 30}
    fine = Spec.model_validate(coarse.model_dump() | {"period": period})
    tiers = ("critical", "essential", "deferrable", "comfort")
    halves = drawn(
        fine,
        {
            f"{name}.{tier}": np.repeat(draws.demand.demand_kw[:, :, b, q], 2, axis=1)
            for b, name in enumerate(spec.building)
            for q, tier in enumerate(tiers)
        },
        pv_kw={array.name: np.repeat(draws.pv_kw[:, :, v], 2, axis=1) for v, array in enumerate(spec.pvs)},
        outage_h=[(9.0, 15.0)],
        n_scenarios=2,
    )
    whole = drawn(
        coarse,
        {
            f"{name}.{tier}": draws.demand.demand_kw[:, :, b, q]
            for b, name in enumerate(spec.building)
            for q, tier in enumerate(tiers)
        },
        pv_kw={array.name: draws.pv_kw[:, :, v] for v, array in enumerate(spec.pvs)},
        outage_h=[(9.0, 15.0)],
        n_scenarios=2,
    )
    np.testing.assert_allclose(relaxed_jpy(fine, halves), relaxed_jpy(coarse, whole), rtol=1e-7)


def test_scenario_s_is_the_same_whatever_stands_beside_it():
    problem = assemble(*mixed_area(7, n_scenarios=3))
    together = solve(problem, HiGHS())
    for s in range(3):
        alone = solve(problem.take([s]), HiGHS())
        np.testing.assert_array_equal(alone.solution.flows[0], together.solution.flows[s])


def test_energy_is_neither_made_nor_lost_at_any_bus():
    """The bus rows written out once more from the flows, against what the loads asked."""
    spec = area({"a": {"load": {"a": load(critical=1.0)}}})
    assert relaxed_jpy(spec, drawn(spec, {"a": 2.0}))[0] == pytest.approx(24 * 2 * 30_000)
    problem = assemble(*mixed_area(8))
    schedule = solve(problem, HiGHS())
    kept = {"one": 0.97, "two": 0.98, "three": 0.98}
    flow = schedule.flow
    into = flow("homes.pv.roofs", "used_kw") + kept["two"] * flow("tieline.two", "sent_ab_kw")
    into = into + kept["three"] * flow("tieline.three", "sent_ba_kw")
    out = flow("tieline.two", "sent_ba_kw") + flow("tieline.three", "sent_ab_kw")
    served = problem.rhs[:, :, 2] - flow("homes", "unserved_essential_kw") - flow("homes", "unserved_comfort_kw")
    np.testing.assert_allclose(into - out, served, atol=1e-9)


@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    initial=st.floats(0.0, 1.0),
    reserve=st.floats(0.0, 1.0),
    loss=st.sampled_from([0.0, 0.001, 0.2]),
    contract_kw=st.floats(0.1, 200.0),
    outage_h=st.tuples(st.floats(0.0, 20.0), st.floats(0.1, 30.0)),
)
def test_a_plan_always_exists(initial, reserve, loss, contract_kw, outage_h):
    """Whatever the level at the start, the reserve, the losses, the contract and the outage."""
    battery = {
        "charge_kw": 30.0,
        "discharge_kw": 30.0,
        "capacity_kwh": 100.0,
        "standing_loss_frac_per_h": loss,
        "min_level_frac": 0.2,
        "max_level_frac": 0.8,
        "initial_level_frac": initial,
        "emergency_reserve_frac": reserve,
    }
    building = {
        "grid": connection(contract_kw),
        "load": {"a": load(critical=0.5, deferrable=0.5)},
        "battery": {"one": battery, "two": battery | {"charge_kw": 5.0}},
    }
    spec = area({"a": building})
    lost = (outage_h[0], outage_h[0] + outage_h[1])
    draws = drawn(spec, {"a.critical": 10.0, "a.deferrable": 3.0}, outage_h=[lost])
    problem = build(spec, truth(spec, draws))
    for solver in (HiGHS(), MeritOrder()):
        schedule = solve(problem, solver)
        assert schedule.solution.status[0] in (Status.OPTIMAL, Status.RULE)
        assert schedule.certificate.primal_residual[0] < 1e-9
