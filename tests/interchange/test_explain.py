"""Cases worked by hand: which limit binds, what one more unit of it saves, and what cures a shortfall for how much."""

from dataclasses import replace

import numpy as np
import pytest

from simulation.draws.draws import Draws
from simulation.errors import ProblemError, RunError
from simulation.interchange.assemble import assemble, build
from simulation.interchange.explain import Explanation, explain
from simulation.interchange.foresee import foresee
from simulation.interchange.highs import HiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.limits import BindingLimit, Limit
from simulation.interchange.outlook import truth
from simulation.interchange.plant_state import PlantState
from simulation.interchange.rules import NoExchange
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from tests.interchange.explained import explained, priced_cell
from tests.interchange.scenes import CRITICAL, area, connection, drawn, flat, load

COMFORT = {"a": load(comfort=1.0)}


def bound(explanation: Explanation, element: str, field: str, limit: Limit = Limit.CAPACITY) -> BindingLimit:
    (found,) = (
        item for item in explanation.limits if (item.element, item.quantity, item.limit) == (element, field, limit)
    )
    return found


def lossy_line(**more) -> tuple[Spec, Draws]:
    """b has no grid and gets 6 kW less 10 % of the 10 that it needs; the way back has no capacity."""
    line = {"a": "b", "b": "a", "capacity_ab_kw": 0.0, "capacity_ba_kw": 6.0, "loss_frac": 0.1}
    spec = area({"a": {"grid": connection(), "load": CRITICAL}, "b": {"load": CRITICAL}}, tieline={"l": line | more})
    return spec, drawn(spec, {"a": 1.0, "b": 10.0})


@pytest.mark.parametrize("solver", [HiGHS(), InteriorPoint()], ids=lambda solver: solver.name)
def test_a_kw_more_of_line_saves_the_load_that_arrives_less_the_energy_that_is_sent(solver):
    """24 h of 0.9 kWh at 30,000 yen, less a kWh at 20; 4.6 kW are missing, which 5.12 kW more of line bring."""
    spec, draws = lossy_line(capital_jpy_per_kw=50_000.0)
    explanation = explained(spec, draws, solver=solver)
    (limit,) = explanation.limits
    assert limit == bound(explanation, "tieline.l", "capacity_ba_kw")
    assert (limit.size, limit.unit, limit.hours) == (6.0, "kW", 24.0)
    assert limit.shadow_price_jpy == pytest.approx(24 * (0.9 * 30_000 - 20), rel=1e-6)
    (shortfall,) = explanation.shortfalls
    assert (shortfall.element, shortfall.tier, shortfall.unit) == ("b", "critical", "kWh")
    assert shortfall.amount == pytest.approx(24 * 4.6, rel=1e-6)
    assert shortfall.most == pytest.approx(4.6, rel=1e-6)
    assert [(span.start, span.end) for span in shortfall.spans] == [("2026-08-03 00:00", "2026-08-04 00:00")]
    assert shortfall.limits == (limit,)
    (remedy,) = explanation.remedies
    (cure,) = remedy.cures
    assert remedy.cheapest == cure
    assert cure.confirmed
    assert cure.added == pytest.approx(5.12)
    assert cure.change.paths == ("tieline.l.capacity_ba_kw",)
    assert cure.capital_jpy == pytest.approx(5.12 * 50_000)
    assert cure.avoided == pytest.approx(24 * 4.6, rel=1e-3)


def test_the_sentences_name_building_hours_limit_price_amount_and_cure():
    assert explained(*lossy_line(capital_jpy_per_kw=50_000.0)).sentences() == (
        "b: 110.4 kWh of critical load went unserved for 24 h (2026-08-03 00:00 to 2026-08-04 00:00), at most 4.6 kW.",
        "What kept it away: tieline.l (6 kW) was used in full for 24 h (2026-08-03 00:00 to 2026-08-04 00:00).",
        "The cheapest single change tried that would have avoided it: tieline.l.capacity_ba_kw from 6 to 11.12 kW "
        "(256,000 yen of capital). Solved again with it, nothing is missing there.",
        "tieline.l (6 kW) was used in full for 24 h (2026-08-03 00:00 to 2026-08-04 00:00): "
        "shadow price 647,500 yen per kW, over the 24 h of the plan.",
    )


def test_a_kw_more_of_contract_saves_the_load_less_its_energy_and_its_demand_charge():
    """30 kW of comfort at 500 yen behind 25 kW: 22 h at 500 - 20 outside an outage, less the charge of a kW."""
    spec = area(
        {"house": {"grid": connection(25.0), "load": COMFORT}},
        tariff={"t": flat(20.0, demand_jpy_per_kw_month=1000.0)},
    )
    explanation = explained(
        spec, drawn(spec, {"house.comfort": np.r_[np.full(12, 30.0), 0, 0, np.full(10, 30.0)]}, outage_h=[(12, 14)])
    )
    limit = bound(explanation, "house", "contract_kw")
    assert limit.shadow_price_jpy == pytest.approx(22 * 480 - 1000)
    assert (limit.hours, limit.unit) == (22.0, "kW")
    (cure,) = explanation.remedies[0].cures
    assert (cure.to, cure.confirmed, cure.capital_jpy) == ((30.0,), True, None)
    assert explanation.remedies[0].cheapest is None, "a contract has no capital cost: not free, but unknown"
    text = explanation.sentences()[2]
    assert text.startswith("A single change that would have avoided it: building.house.grid.contract_kw from 25 to 30")
    assert "no capital cost given; its demand charge is 1,000 yen per kW and month" in text


def outage_behind_a_battery(hours: float = 2.0, **battery) -> tuple[Spec, Draws]:
    """10 kW through an outage from ten o'clock."""
    spec = area({"house": {"grid": connection(), "load": CRITICAL, "battery": {"b": priced_cell(**battery)}}})
    return spec, drawn(spec, {"house": 10.0}, outage_h=[(10.0, 10.0 + hours)])


def test_a_kwh_more_of_store_saves_the_load_less_the_energy_that_filled_it():
    """5 kWh of store against 20 kWh of load: a kWh more is bought at 20 yen and served at 30,000."""
    spec, draws = outage_behind_a_battery(capacity_kwh=5.0)
    explanation = explained(spec, draws)
    limit = bound(explanation, "house.battery.b", "capacity_kwh")
    assert limit.shadow_price_jpy == pytest.approx(30_000 - 20)
    assert limit.unit == "kWh"
    (shortfall,) = explanation.shortfalls
    assert shortfall.amount == pytest.approx(15.0)
    (span,) = shortfall.spans
    assert span.start >= "2026-08-03 10:00"
    assert span.end <= "2026-08-03 12:00"
    grid = bound(explanation, "house", "contract_kw", Limit.UNAVAILABLE)
    assert [(span.start, span.end) for span in grid.spans] == [("2026-08-03 10:00", "2026-08-03 12:00")]
    assert grid.shadow_price_jpy == pytest.approx(2 * (30_000 - 20))
    empty = bound(explanation, "house.battery.b", "level_kwh", Limit.EMPTY)
    assert empty.size == 0.0
    assert {limit, grid, empty} == set(shortfall.limits)
    (cure,) = explanation.remedies[0].cures
    assert (cure.to, cure.capital_jpy, cure.confirmed) == ((20.0,), pytest.approx(15 * 40_000), True)
    assert "The public grid of house was down for 2 h (2026-08-03 10:00 to 12:00)" in "\n".join(explanation.sentences())


def test_a_store_that_starts_full_is_worth_its_first_filling():
    """The outage is there from the start: a kWh more of store brings one kWh more, by its initial level."""
    spec = area(
        {
            "house": {
                "grid": connection(),
                "load": CRITICAL,
                "battery": {"b": priced_cell(capacity_kwh=5.0) | {"initial_level_frac": 0.5}},
            }
        }
    )
    explanation = explained(spec, drawn(spec, {"house": 10.0}, outage_h=[(0.0, 24.0)]))
    limit = bound(explanation, "house.battery.b", "capacity_kwh")
    assert limit.shadow_price_jpy == pytest.approx(0.5 * 30_000)
    assert limit.spans == ()
    assert "house.battery.b (5 kWh) held too little at the start" in "\n".join(explanation.sentences())
    (cure,) = explanation.remedies[0].cures
    assert cure.to == (480.0,), "240 kWh at the start"
    assert cure.confirmed


def test_a_kw_more_of_battery_power_serves_a_kw_through_the_outage():
    """6 kW for 10: each kW saves 2 h at 30,000 yen less the 20 of its energy; what a kW costs nobody has said."""
    spec, draws = outage_behind_a_battery(charge_kw=6.0, discharge_kw=6.0)
    explanation = explained(spec, draws)
    limit = bound(explanation, "house.battery.b", "discharge_kw")
    assert limit.shadow_price_jpy == pytest.approx(2 * (30_000 - 20))
    (cure,) = explanation.remedies[0].cures
    assert (cure.to, cure.capital_jpy, cure.note) == ((10.0, 10.0), None, "no capital cost given")
    assert "discharge_kw and charge_kw from 6 to 10 kW" in explanation.sentences()[2]


def test_where_nothing_binds_there_is_nothing_to_say():
    """A full tank whose engine rests is no limit, though a solver's rounding gives its fuel a price."""
    engine = {
        "rated_kw": 20.0,
        "fuel": "diesel",
        "fuel_slope_l_per_kwh": 0.3,
        "fuel_jpy_per_l": 150.0,
        "fuel_tank": "t",
    }
    tank = {"t": {"fuel": "diesel", "capacity_l": 5000.0}}
    house = {"grid": connection(1000.0), "load": CRITICAL, "genset": {"g": engine}, "fuel_tank": tank}
    spec = area({"house": house})
    explanation = explained(spec, drawn(spec, {"house": 10.0}))
    assert (explanation.limits, explanation.shortfalls, explanation.remedies) == ((), (), ())
    assert explanation.sentences() == (
        "Everything was served.",
        "No limit bound: more of anything that stands there would have saved nothing.",
    )


def test_load_that_is_not_worth_its_demand_charge_is_shed_by_no_limit():
    """An hour of 30 kW: 20 kW of comfort at 500 yen against 20 kW of demand charge at 1,000."""
    spec = area(
        {"house": {"grid": connection(), "load": COMFORT}}, tariff={"t": flat(20.0, demand_jpy_per_kw_month=1000.0)}
    )
    demand = np.full(24, 10.0)
    demand[12] = 30.0
    explanation = explained(spec, drawn(spec, {"house.comfort": demand}))
    (shortfall,) = explanation.shortfalls
    assert shortfall.amount == pytest.approx(20.0)
    assert shortfall.limits == ()
    assert explanation.remedies[0].cures == ()
    assert explanation.sentences()[1] == (
        "No size kept it away: either nothing there could have brought it, or serving it would have cost more than the "
        "500 yen per kWh that it is worth in the scenario."
    )


def test_a_load_that_nothing_could_serve_is_not_said_to_be_too_dear():
    spec = area({"house": {"load": CRITICAL}})
    explanation = explained(spec, drawn(spec, {"house": 10.0}))
    assert explanation.shortfalls[0].amount == pytest.approx(240.0)
    assert "either nothing there could have brought it, or" in explanation.sentences()[1]


def test_each_scenario_is_explained_by_itself():
    spec = area({"house": {"grid": connection(25.0), "load": CRITICAL}})
    draws = drawn(spec, {"house": np.array([[10.0], [30.0], [40.0]]) * np.ones(24)}, n_scenarios=3)
    schedule = solve(assemble(spec, draws), HiGHS())
    outlook = truth(spec, draws)
    amounts = []
    for scenario in range(3):
        explanation = explain(spec, outlook, schedule, HiGHS(), scenario=scenario)
        assert explanation.scenario == scenario
        amounts.append(sum(shortfall.amount for shortfall in explanation.shortfalls))
        if scenario:
            assert explanation.remedies[0].cures[0].to == (10.0 * (scenario + 2),)
    assert amounts == pytest.approx([0.0, 120.0, 360.0])


def test_a_shortfall_blames_no_limit_that_it_cannot_be_reached_from():
    """Two islands, each behind its own contract: neither is held back by the other's."""
    spec = area(
        {"one": {"grid": connection(5.0), "load": CRITICAL}, "two": {"grid": connection(7.0), "load": CRITICAL}}
    )
    explanation = explained(spec, drawn(spec, {"one": 10.0, "two": 10.0}))
    blamed = {shortfall.element: [limit.element for limit in shortfall.limits] for shortfall in explanation.shortfalls}
    assert blamed == {"one": ["one"], "two": ["two"]}


def test_fuel_that_runs_out_is_cured_by_a_larger_tank_at_the_mean_cost_of_the_old():
    """10 kW for 10 h at 0.25 L/kWh need 25 L; the tank holds 10, for which 50,000 yen were paid."""
    engine = {
        "rated_kw": 20.0,
        "fuel": "diesel",
        "fuel_tank": "t",
        "fuel_slope_l_per_kwh": 0.25,
        "fuel_jpy_per_l": 150.0,
        "start_delay_min": 0.0,
    }
    tank = {"fuel": "diesel", "capacity_l": 10.0, "capital_jpy": 50_000.0}
    hub = {"grid": connection(), "load": CRITICAL, "genset": {"g": engine}, "fuel_tank": {"t": tank}}
    spec = area({"hub": hub})
    explanation = explained(spec, drawn(spec, {"hub": 10.0}, outage_h=[(10.0, 20.0)]))
    limit = bound(explanation, "hub.fuel_tank.t", "capacity_l")
    assert limit.shadow_price_jpy == pytest.approx(30_000 / 0.25 - 150)
    assert sum(shortfall.amount for shortfall in explanation.shortfalls) == pytest.approx(60.0)
    cheapest = explanation.remedies[0].cheapest
    assert cheapest is not None
    assert (cheapest.to, cheapest.capital_jpy) == ((25.0,), pytest.approx(15 * 5_000))
    assert cheapest.note == "at the mean cost of what stands there"


def test_water_that_the_pump_does_not_lift_is_a_shortfall_in_cubic_metres():
    """1 m3/h is asked for and 0.6 lifted: a tank of 4.8 m3 lasts half the day, two of that size all of it."""
    hub = {
        "grid": connection(),
        "load": CRITICAL,
        "water_tank": {"w": {"capacity_m3": 4.8, "daily_use_m3": 24.0}},
        "pump": {"p": {"tank": "w", "rated_m3ph": 0.6, "kwh_per_m3": 1.0}},
    }
    spec = area({"hub": hub})
    explanation = explained(spec, drawn(spec, {"hub": 1.0}))
    (shortfall,) = explanation.shortfalls
    assert (shortfall.element, shortfall.tier, shortfall.unit) == ("hub.water_tank.w", "water for drinking", "m3")
    assert shortfall.amount == pytest.approx(24 * 0.4 - 4.8)
    assert bound(explanation, "hub.pump.p", "rated_m3ph").shadow_price_jpy == pytest.approx(24 * (50_000 - 20))
    assert bound(explanation, "hub.water_tank.w", "capacity_m3").shadow_price_jpy == pytest.approx(50_000)
    cures = {cure.change.element: cure for cure in explanation.remedies[0].cures}
    assert cures["hub.water_tank.w"].to == (9.6,)
    assert cures["hub.pump.p"].to == (0.8,)
    assert all(cure.confirmed for cure in cures.values())


def test_deferrable_energy_that_still_waits_at_the_end_was_not_served():
    spec = area({"house": {"grid": connection(), "load": {"a": load(deferrable=1.0)}}})
    explanation = explained(spec, drawn(spec, {"house.deferrable": 10.0}, outage_h=[(20.0, 24.0)]))
    (shortfall,) = explanation.shortfalls
    assert (shortfall.tier, shortfall.amount) == ("deferrable", pytest.approx(40.0))
    assert (shortfall.waiting, shortfall.spans, shortfall.most) == (pytest.approx(40.0), (), 0.0)
    assert explanation.sentences()[0] == "house: 40 kWh of deferrable load still waited at the end of the plan."
    (limit,) = shortfall.limits
    assert (limit.limit, limit.hours) == (Limit.UNAVAILABLE, 4.0)


def test_deferrable_energy_that_expired_is_told_apart_from_what_still_waits():
    late = load(deferrable=1.0) | {"deadline_h": 2.0}
    spec = area({"house": {"grid": connection(), "load": {"a": late}}})
    explanation = explained(spec, drawn(spec, {"house.deferrable": 10.0}, outage_h=[(18.0, 24.0)]))
    (shortfall,) = explanation.shortfalls
    assert shortfall.amount == pytest.approx(60.0)
    assert shortfall.waiting == pytest.approx(20.0)
    first = explanation.sentences()[0]
    assert first.startswith("house: 40 kWh of deferrable load went unserved for ")
    assert first.endswith("; 20 kWh of deferrable load still waited at the end of the plan.")


def test_own_source_only_is_named_where_it_keeps_grid_power_from_a_neighbour():
    line = {"a": "a", "b": "b", "capacity_ab_kw": 50.0, "capacity_ba_kw": 50.0, "own_source_only": True}
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL, "pv": {"p": {"rated_kw": 10.0}}}, "b": {"load": CRITICAL}},
        tieline={"l": line | {"loss_frac": 0.0}},
    )
    explanation = explained(spec, drawn(spec, {"a": 5.0, "b": 10.0}, pv_kw={"a.pv.p": 4.0}))
    (shortfall,) = explanation.shortfalls
    assert shortfall.amount == pytest.approx(24 * 6.0)
    rule = bound(explanation, "a", "own_source_kw", Limit.OWN_SOURCE)
    assert rule in shortfall.limits
    cheapest = explanation.remedies[0].cheapest
    assert cheapest is not None
    assert (cheapest.change.element, cheapest.to) == ("a.pv.p", (25.0,))


def test_a_plan_of_the_closed_loop_is_explained_by_the_outlook_that_it_was_made_from():
    spec, draws = outage_behind_a_battery(capacity_kwh=40.0)
    state = PlantState(
        now_h=10.0,
        battery_kwh=np.array([[40.0]]),
        fuel_l=np.zeros((1, 0)),
        water_m3=np.zeros((1, 0)),
        backlog_kwh=np.zeros((1, 1)),
        peak_kw=np.zeros((1, 1)),
        feeder_up=np.array([[False]]),
        feeder_down_since_h=np.array([[10.0]]),
        genset_usable=np.zeros((1, 0), dtype=bool),
        people=np.zeros((1, 0)),
        demand_error=np.zeros((1, 1)),
    )
    outlook = foresee(spec, draws, state)
    explanation = explain(spec, outlook, solve(build(spec, outlook), HiGHS()), HiGHS())
    assert sum(shortfall.amount for shortfall in explanation.shortfalls) == pytest.approx(140.0 - 40.0)
    assert explanation.hours == 14.0
    cheapest = explanation.remedies[0].cheapest
    assert cheapest is not None
    assert cheapest.to == (140.0,), "believed to last to the end of the period; the store was full and stays full"


def test_a_rule_of_thumb_has_no_prices_to_explain_it_by():
    spec, draws = lossy_line()
    schedule = solve(assemble(spec, draws), NoExchange())
    with pytest.raises(RunError, match="rule of thumb"):
        explain(spec, truth(spec, draws), schedule, HiGHS())


def test_a_schedule_of_another_size_or_price_is_refused():
    spec, draws = lossy_line()
    schedule = solve(assemble(spec, draws), HiGHS())
    for other, _ in (lossy_line(capacity_ba_kw=7.0), lossy_line(loss_frac=0.2)):
        with pytest.raises(ProblemError, match="not made from this spec and outlook"):
            explain(other, truth(other, draws), schedule, HiGHS())
    with pytest.raises(ProblemError, match="scenario = 1; legal: 0 to 0"):
        explain(spec, truth(spec, draws), schedule, HiGHS(), scenario=1)


def test_a_schedule_of_another_outlook_is_refused():
    spec, draws = lossy_line()
    schedule = solve(assemble(spec, draws), HiGHS())
    outlook = truth(spec, draws)
    with pytest.raises(ProblemError, match="not made from this spec and outlook"):
        explain(spec, replace(outlook, demand_kw=outlook.demand_kw * 2.0), schedule, HiGHS())
