"""A hub with all of its backup power in one file: read, drawn, planned in the closed loop and written down."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.interchange.highs import HiGHS
from simulation.metrics.metrics import assess
from simulation.scenario.load import load

HUB = """
name = "backup"
title = "A hub and its backup power"
story = "Two diesel sets, a gas engine with heat for showers, a bus on call and a car on a V2H set."

[place]
latitude_deg = 35.6
longitude_deg = 136.0
climate = "imajo"

[period]
start = 2026-01-05
days = 3

[hazard]
start = 2026-01-05T06:00:00

[feeder.town.outage.strike]
kind = "schedule"
hours = 60

[tariff.flat]
band = [{ jpy_per_kwh = 20 }]

[crew.maker]
number = 1
ready_after_h = 12

[gas.town.stop.strike]
kind = "restoration"
preset = "noto_weibull"
probability = 0.5

[delivery.oil]
to = "hub.fuel_tank.oil"
amount = 20
first_after_h = 24
every_h = 48

[building.hub.grid]
feeder = "town"
tariff = "flat"
contract_kw = 200

[building.hub.load.all]
constant_kw = 60
tier_frac = { critical = 0.3, essential = 0.4, comfort = 0.3 }

[building.hub.genset.diesel]
rated_kw = 50
count = 2
fuel = "diesel"
fuel_tank = "reserve"
fuel_slope_l_per_kwh = 0.25
fuel_intercept_lph_per_kw = 0.05
fuel_jpy_per_l = 160
min_load_frac = 0.3
reliability = "japan_2011"
mean_time_to_repair_h = 12
common_cause_frac = 0.1
crew = "maker"
day_tank = { capacity_l = 100, transfer_lph = 60 }
oil = { sump_l = 1.5, use_lph = 0.1, spare = "oil" }

[building.hub.genset.gas]
rated_kw = 25
operation = "always"
fuel = "city_gas"
pipe = "town"
fuel_slope_l_per_kwh = 0.25
fuel_jpy_per_l = 90
reliability = "reopt_us"
heat_kwh_per_kwh = 1.2

[building.hub.fuel_tank.reserve]
fuel = "diesel"
capacity_l = 950

[building.hub.fuel_tank.oil]
fuel = "lubricating_oil"
capacity_l = 20

[building.hub.vehicle.bus]
model = "fuel_cell_bus"
travel_h = 6

[building.hub.vehicle.car]
model = "v2h_car"
presence = "timetable"
there_from_hour = 18
there_until_hour = 8

[building.hub.shower.bath]
wanted_per_day = 100
store_kwh = 60

[building.hub.pv.roof]
rated_kw = 20
snow_loss_frac = 0.5
"""


def test_all_of_a_hubs_backup_power_plays_together(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    path.write_text(HUB, encoding="utf-8")
    spec = load(path)
    run = replan(spec, sample(spec, 3, 1), HiGHS())
    metrics = assess(spec, run)
    kinds = {event.kind for event in run.events}
    assert {"genset_out_of_oil", "genset_oil_refilled", "vehicle_came"} <= kinds
    assert run.flows["transfer_lph"].values.sum() > 0.0
    taken, wanted = (metrics.per_scenario[f"showers_{word}[hub.shower.bath]"].values for word in ("taken", "wanted"))
    assert (taken > 0.0).all()
    assert (taken <= wanted + 1e-9).all()
    power = ("import_kw", "pv_kw", "genset_kw", "vehicle_discharge_kw")
    given = sum(run.flows[name].values.sum(axis=2) for name in power) - run.flows["dumped_kw"].values.sum(axis=2)
    served = run.flows["demand_kw"].values.sum(axis=2) - run.flows["unserved_kw"].values.sum(axis=2)
    np.testing.assert_allclose(given - run.flows["vehicle_charge_kw"].values.sum(axis=2), served, atol=1e-6)


def test_what_is_written_out_is_read_again_as_the_same(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    path.write_text(HUB, encoding="utf-8")
    spec = load(path)
    again = type(spec).model_validate(spec.model_dump(mode="json", exclude_none=True))
    assert again.model_copy(update={"folder": spec.folder}) == spec
