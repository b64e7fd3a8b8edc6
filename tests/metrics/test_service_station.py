"""What a service station gave, by hand: litres, cars, waiting, and when each class was refused."""

from __future__ import annotations

import pytest

from simulation.metrics.metrics import Metrics, assess
from tests.events.worlds import GRID, Hands, area

ELEMENT = "stand.service_station.s"


def station_metrics(station: dict, capacity_l: float, outage: tuple[float, float] | None = None) -> Metrics:
    building = {
        "grid": GRID,
        "fuel_tank": {"t": {"fuel": "petrol", "capacity_l": capacity_l}},
        "service_station": {"s": {"tank": "t", **station}},
    }
    spec = area({"stand": building}, days=1, hazard={"start": "2019-09-09T00:00"})
    hands = Hands(spec, scenarios=2).demand("stand", critical=1.0)
    return assess(spec, (hands if outage is None else hands.outage(*outage)).play())


def one_litre(per_day: float) -> dict:
    return {"per_day": per_day, "litres": 1.0, "litres_sigma": 0.0}


def test_litres_asked_for_are_given_lost_or_still_wanted() -> None:
    found = station_metrics({"promised_l": 50.0, "public": one_litre(960.0), "emergency": one_litre(96.0)}, 250.0)
    values = {name: quantity.values for name, quantity in found.per_scenario.items()}
    for who in ("public", "emergency"):
        element = f"[{ELEMENT}.{who}]"
        rest = values[f"station_asked_l{element}"] - values[f"station_served_l{element}"]
        rest = rest - values[f"station_lost_l{element}"] - values[f"station_still_wanted_l{element}"]
        assert (rest >= -1e-9).all()
        assert (rest <= 4.0).all()  # at the four pumps
        assert values[f"station_lost_cars{element}"] == pytest.approx(values[f"station_lost_l{element}"])
    given = values[f"station_served_l[{ELEMENT}.public]"] + values[f"station_served_l[{ELEMENT}.emergency]"]
    assert (given <= 250.0 + 1e-9).all()
    assert f"station_asked_l[{ELEMENT}.supply]" not in values


def test_public_fuel_ends_with_the_stop_and_emergency_fuel_later() -> None:
    found = station_metrics({"promised_l": 50.0, "public": one_litre(960.0), "emergency": one_litre(96.0)}, 250.0)
    hours = {name: quantity.values for name, quantity in found.per_scenario.items() if name.startswith("survived_h")}
    public, emergency = hours[f"survived_h[{ELEMENT}.public]"], hours[f"survived_h[{ELEMENT}.emergency]"]
    assert (public > 3.0).all()
    assert (public < 7.0).all()
    assert (emergency > public + 6.0).all()
    rules = {curve.service: curve.rule for curve in found.survival}
    assert rules[f"{ELEMENT}.public"] == "refused, or its pumps standing still, for more than 1 h"


def test_nobody_is_refused_where_there_is_enough() -> None:
    found = station_metrics({"public": one_litre(96.0)}, 10_000.0)
    assert found.estimates[f"survived_h[{ELEMENT}.public]"].mean == 24.0
    assert found.estimates[f"station_lost_l[{ELEMENT}.public]"].mean == 0.0
    assert found.estimates[f"station_wait_h[{ELEMENT}.public]"].mean < 0.1


def test_what_the_last_car_lacks_is_lost_with_the_tank_that_it_empties() -> None:
    """36 L for ambulances that want 10 L each: the fourth gets 6, and what it lacks has its event."""
    whole = {"per_day": 8.0, "litres": 10.0, "litres_sigma": 0.0}
    found = station_metrics({"emergency": whole}, 36.0)
    assert found.estimates[f"station_lost_l[{ELEMENT}.emergency]"].mean > 4.0
    (table,) = (table for table in found.causes if table.title.startswith("fuel"))
    assert "no event" not in {row.root for row in table.rows}


def test_fuel_is_away_while_pumps_stand_still_though_nobody_is_refused() -> None:
    """Drivers without end of patience wait from 06:00 to 18:00 before a full tank; a crank carries on."""
    dark = station_metrics({"public": one_litre(96.0), "emergency": one_litre(24.0)}, 10_000.0, outage=(6.0, 18.0))
    crank = station_metrics({"hand_service_min": 5.0, "public": one_litre(96.0)}, 10_000.0, outage=(6.0, 18.0))
    for who in ("public", "emergency"):
        assert dark.estimates[f"station_lost_l[{ELEMENT}.{who}]"].mean == 0.0
        assert dark.per_scenario[f"survived_h[{ELEMENT}.{who}]"].values.tolist() == [6.0, 6.0]
        assert dark.per_scenario[f"served_h[{ELEMENT}.{who}]"].values.tolist() == [12.0, 12.0]
    assert crank.estimates[f"survived_h[{ELEMENT}.public]"].mean == 24.0


def test_who_still_queues_before_dark_pumps_has_waited_as_long() -> None:
    """Dark from the start to the end of the day: nobody is served, and the first of 96 cars has waited most of it."""
    found = station_metrics({"public": one_litre(96.0)}, 10_000.0, outage=(0.0, 24.0))
    waits = [found.per_scenario[f"station_{wait}_wait_h[{ELEMENT}.public]"].values for wait in ("median", "longest")]
    assert (waits[1] > 22.0).all()
    assert (abs(waits[0] - 12.0) < 4.0).all()


def test_every_visit_ends_in_one_way_and_every_litre_lost_has_its_cause() -> None:
    """One pump, ten cars an hour, of twenty that come: a queue that is too long, rations, and then the promise."""
    hurried = one_litre(480.0) | {"litres": 2.0, "patience_min": 30.0, "balks_above": 8.0}
    asked = {"pumps": 1, "service_min": 6.0, "ration_l": 1.5, "promised_l": 5.0, "public": hurried}
    found = station_metrics(asked | {"emergency": one_litre(24.0)}, 200.0)
    values = {name: quantity.values for name, quantity in found.per_scenario.items()}
    public = f"[{ELEMENT}.public]"
    ended = sum(values[f"station_{how}_visits{public}"] for how in ("served", "balked", "reneged", "turned_away"))
    came = values[f"station_asked_l{public}"] / 2.0
    assert (came - ended >= -1e-9).all()
    assert (came - ended <= 10.0).all()  # in the queue and at the pump in the end
    assert all((values[f"station_{how}_visits{public}"] > 0.0).all() for how in ("served", "balked", "turned_away"))
    waits = [values[f"station_{wait}_wait_h{public}"] for wait in ("median", "p90", "longest")]
    assert (waits[0] <= waits[1]).all()
    assert (waits[1] <= waits[2]).all()
    assert (waits[2] <= 0.5 * 12.0).all()
    (table,) = (table for table in found.causes if table.title.startswith("fuel"))
    lost = sum(found.estimates[f"station_lost_l[{ELEMENT}.{who}]"].mean for who in ("public", "emergency"))
    assert table.whole.mean == pytest.approx(lost)
    assert sum(row.amount.mean for row in table.rows) == pytest.approx(table.whole.mean)
    roots = {row.root.partition(" at ")[0] for row in table.rows}
    assert {"fuel rationed", "queue too long", "public sale stopped"} <= roots
    assert "no event" not in roots


def test_who_stands_before_dark_pumps_goes_without_and_the_lost_grid_is_why() -> None:
    """Nobody is served all day: the person-hours are the vehicle-hours of the queue, at two people a car."""
    found = station_metrics({"public": one_litre(960.0) | {"people": 2.0}}, 10_000.0, outage=(0.0, 24.0))
    queued_h = found.per_scenario[f"station_wait_h[{ELEMENT}.public]"].values
    cars = found.per_scenario[f"station_asked_l[{ELEMENT}.public]"].values
    without = found.per_scenario[f"unserved_person_h[{ELEMENT}.public]"].values
    assert without == pytest.approx(2.0 * queued_h * cars, rel=0.01)
    (table,) = (table for table in found.causes if table.title.startswith("hours"))
    assert {row.root for row in table.rows} == {"grid lost on main"}
    assert sum(row.amount.mean for row in table.rows) == pytest.approx(table.whole.mean)


def test_every_person_hour_without_fuel_has_its_cause_and_they_sum_to_the_whole() -> None:
    """A tank that is dry at noon, and drivers who come again six hours later."""
    again = one_litre(960.0) | {"returns_prob": 0.8, "returns_after_h": 6.0}
    found = station_metrics({"promised_l": 50.0, "public": again, "emergency": one_litre(96.0)}, 450.0)
    (table,) = (table for table in found.causes if table.title.startswith("hours"))
    without = sum(found.estimates[f"unserved_person_h[{ELEMENT}.{who}]"].mean for who in ("public", "emergency"))
    assert without > 100.0
    assert table.whole.mean == pytest.approx(without)
    assert sum(row.amount.mean for row in table.rows) == pytest.approx(without)
    assert sum(row.share.mean for row in table.rows) == pytest.approx(1.0)
    assert table.rows[0].root.startswith("public sale stopped")
    assert table.rows[0].share.mean > 0.97
