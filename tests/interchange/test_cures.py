"""The cheapest single change is found, and what it is said to do it does when the scenario is solved afresh."""

import numpy as np
import pytest

from simulation.draws.draws import Draws
from simulation.interchange.assemble import assemble
from simulation.interchange.cures import Cure, unserved, waiting_kwh
from simulation.interchange.enlargement import enlarged
from simulation.interchange.highs import HiGHS
from simulation.interchange.outlook import truth
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec
from tests.interchange.explained import explained, priced_cell
from tests.interchange.scenes import CRITICAL, area, connection, drawn


def left_after(spec: Spec, draws: Draws, cure: Cure, share: float = 1.0) -> float:
    """What all elements together lack with a share of a cure, solved afresh."""
    schedule = solve(assemble(enlarged(spec, truth(spec, draws), cure.change, cure.added * share)[0], draws), HiGHS())
    lost = sum(float(amount.sum()) for amount in unserved(schedule.problem, schedule.solution).values())
    return lost + sum(waiting_kwh(schedule.problem, schedule.solution).values())


def line_or_battery(line_jpy: float | None, battery_jpy: float) -> tuple[Spec, Draws]:
    """b gets 6 kW over a line and holds 1 kWh; at noon it needs 10 kW for an hour: 3 kWh are missing."""
    line = {"a": "a", "b": "b", "capacity_ab_kw": 6.0, "capacity_ba_kw": 6.0, "loss_frac": 0.0}
    line |= {} if line_jpy is None else {"capital_jpy_per_kw": line_jpy}
    battery = priced_cell(capacity_kwh=1.0, capital_jpy_per_kwh=battery_jpy)
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL}, "b": {"load": CRITICAL, "battery": {"b": battery}}},
        tieline={"l": line},
    )
    demand = np.full(24, 5.0)
    demand[12] = 10.0
    return spec, drawn(spec, {"a": 1.0, "b": demand})


@pytest.mark.parametrize(
    ("line_jpy", "battery_jpy", "cheapest", "capital_jpy"),
    [
        (5_000.0, 10_000.0, "tieline.l", 15_000.0),
        (20_000.0, 10_000.0, "b.battery.b", 30_000.0),
        (None, 10_000.0, "b.battery.b", 30_000.0),
        (0.0, 10_000.0, "tieline.l", 0.0),
    ],
)
def test_the_cheaper_of_a_line_and_a_battery_is_found_and_confirmed(line_jpy, battery_jpy, cheapest, capital_jpy):
    """Either needs 3 more: a line without a price is no bargain, one that is said to cost nothing is."""
    spec, draws = line_or_battery(line_jpy, battery_jpy)
    explanation = explained(spec, draws)
    (shortfall,) = explanation.shortfalls
    assert shortfall.amount == pytest.approx(3.0)
    assert [(span.start, span.end) for span in shortfall.spans] == [("2026-08-03 12:00", "2026-08-03 13:00")]
    (remedy,) = explanation.remedies
    assert remedy.cheapest is not None
    assert remedy.cheapest.change.element == cheapest
    assert remedy.cheapest.capital_jpy == pytest.approx(capital_jpy)
    for cure in remedy.cures:
        assert cure.confirmed
        assert cure.added == pytest.approx(3.0)
        assert left_after(spec, draws, cure) == pytest.approx(0.0, abs=1e-6)
        assert left_after(spec, draws, cure, share=0.9) > 0.2
        assert (cure.capital_jpy or np.inf) >= capital_jpy
    assert f"cheapest single change tried that would have avoided it: {remedy.cheapest.change.paths[0]}" in "\n".join(
        explanation.sentences()
    )


def test_a_line_without_a_price_stands_after_the_priced_ones():
    cures = explained(*line_or_battery(None, 10_000.0)).remedies[0].cures
    assert [cure.change.element for cure in cures] == ["b.battery.b", "tieline.l"]
    assert cures[1].capital_jpy is None


def test_a_change_that_is_not_enough_alone_is_handed_back_unconfirmed():
    """b lacks 8 of 10 kW behind a line of 2; a larger line brings what a's contract of 5 leaves: 3 kW more."""
    line = {"a": "a", "b": "b", "capacity_ab_kw": 2.0, "capacity_ba_kw": 0.0, "loss_frac": 0.0}
    line |= {"capital_jpy_per_kw": 1_000.0}
    spec = area({"a": {"grid": connection(5.0), "load": CRITICAL}, "b": {"load": CRITICAL}}, tieline={"l": line})
    explanation = explained(spec, drawn(spec, {"a": 0.0, "b": 10.0}))
    (remedy,) = explanation.remedies
    (cure,) = remedy.cures
    assert not cure.confirmed
    assert remedy.cheapest is None
    assert cure.change.element == "tieline.l"
    assert cure.to == (5.0,), "the smallest that does as much as any"
    assert cure.avoided == pytest.approx(24 * 3.0)
    assert explanation.sentences()[2] == (
        "No single change tried would have avoided it. The best alone, tieline.l.capacity_ab_kw from 2 to 5 kW "
        "(3,000 yen of capital), avoids 72 of 192 kWh."
    )


def test_two_limits_in_a_row_are_cured_by_neither_alone():
    line = {"capacity_ab_kw": 2.0, "capacity_ba_kw": 0.0, "loss_frac": 0.0, "capital_jpy_per_kw": 1.0}
    spec = area(
        {"a": {"grid": connection(), "load": CRITICAL}, "b": {"load": CRITICAL}, "c": {"load": CRITICAL}},
        tieline={"one": line | {"a": "a", "b": "b"}, "two": line | {"a": "b", "b": "c"}},
    )
    explanation = explained(spec, drawn(spec, {"c": 10.0}))
    assert explanation.remedies[0].cures == ()
    assert "Nothing tried would have helped c by being larger." in explanation.sentences()
