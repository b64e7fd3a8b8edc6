"""Every fault of a file is in one message, with its path, the value, what is legal and a suggestion."""

import copy
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.errors import Fault, ScenarioError
from simulation.scenario.faults import validate
from simulation.scenario.layers import paths_of
from simulation.scenario.legal import in_words, nearest, spec_schema
from simulation.scenario.load import load
from tests.scenario.small import SMALL, write

FAULTY = """
name = "faulty"
title = "x"
story = "y"
foldr = 3

[place]
latitude_deg = 95
longitude_deg = 139
zone = "Asia/Tokio"
climate = "yokaichi"

[period]
start = 2026-08-03T00:00:00+09:00
days = 2.5
planning_step_min = 7

[feeder.f.outage.typhoon]
kind = "distributed"

[feeder.f.outage.fire]
kind = "schedule"
hour = 3

[building.mall.grid]
feeder = "g"
tariff = "tepco_hgh_2024"
contract_kw = "500"

[building.mall.battery.nas]
charge_kw = -5
discharge_kw = nan
capacity_kWh = 500

[building.mall.battery.lithium]
charge_kw = 5
discharge_kw = 5
capacity_kwh = 500
min_level_frac = 0.9
max_level_frac = 0.5
efficiency = 2

[building.mall.load.shops]
archetype = "offce"
floor_area_m2 = 3
tier_frac = { criticl = 0.5, comfort = 0.5 }
emergency_only = "yes"

[building.mall.load.homes]
archetype = "dwelling"
floor_area_m2 = 30
tier_frac = { comfort = 1 }

[building."my shop"]

[tieline.road]
a = "mall"
b = "mal"
capacity_ab_kw = true
capacity_ba_kw = 1

[delivery.tanker]
to = "mall.fuel_tank.day"
amount = 0
"""

EXPECTED = {
    "foldr": ("an unknown key, with 3", "one of name, title", ""),
    "place.latitude_deg": ("95", "a number from -66 to 66 (north positive [deg])", ""),
    "place.zone": ("'Asia/Tokio'", "an IANA name", "did you mean Asia/Tokyo?"),
    "place.climate": ("'yokaichi'", "a preset in climate.toml: ", "did you mean yokkaichi?"),
    "period.start": ("2026-08-03T00:00:00+09:00", "a local date and time", ""),
    "period.days": ("2.5", "a whole number from 1 to 3660", ""),
    "period.planning_step_min": ("7", "one of 5, 10, 15, 30, 60 minutes", ""),
    "feeder.f.outage.typhoon.kind": ("'distributed'", "one of ", "did you mean distribution?"),
    "feeder.f.outage.fire.hour": ("an unknown key, with 3", "one of ", "did you mean hours?"),
    "feeder.f.outage.typhoon.start": ("nothing", "a local time here, or a [hazard]", ""),
    "feeder.f.outage.fire.start": ("nothing", "a local time here, or a [hazard]", ""),
    "building.mall.grid.feeder": ("'g'", "a [feeder.*] table: f", ""),
    "building.mall.grid.tariff": ("'tepco_hgh_2024'", "a [tariff.*] table", "did you mean tepco_high_2024?"),
    "building.mall.grid.contract_kw": ("'500'", "a number above 0 (most that may be drawn [kW])", ""),
    "building.mall.battery.nas.charge_kw": ("-5", "a number above 0 (most it takes, at its terminals [kW])", ""),
    "building.mall.battery.nas.discharge_kw": ("nan", "a number above 0", ""),
    "building.mall.battery.nas.capacity_kWh": ("an unknown key, with 500", "", "did you mean capacity_kwh?"),
    "building.mall.battery.lithium.efficiency": (
        "an unknown key, with 2",
        "one of charge_kw",
        "did you mean charge_efficiency_frac?",
    ),
    "building.mall.battery.lithium": ("min_level_frac 0.9 is not below max_level_frac 0.5", "a usable band", ""),
    "building.mall.load.shops.archetype": ("'offce'", "a preset in archetypes.toml: ", "did you mean office?"),
    "building.mall.load.shops.tier_frac.criticl": ("'criticl'", "one of critical", "did you mean critical?"),
    "building.mall.load.shops.emergency_only": ("'yes'", "true or false", ""),
    "building.mall.load.homes": ("floor_area_m2 = 30", "dwellings, by which archetype dwelling counts", ""),
    "building.my shop": ("'my shop'", "a name of letters, digits, _ and -", ""),
    "tieline.road.b": ("'mal'", "a [building.*] table: mall, my shop", "did you mean mall?"),
    "tieline.road.capacity_ab_kw": ("true", "a number at least 0", ""),
    "delivery.tanker": ("no [hazard] in the file", "a [hazard] table", "deliveries count from the strike"),
    "delivery.tanker.to": ("'mall.fuel_tank.day'", "something that can be filled: there is none", ""),
    "delivery.tanker.amount": ("0", "a number above 0", ""),
}


@pytest.fixture(scope="module")
def faults(tmp_path_factory) -> dict[str, Fault]:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path_factory.mktemp("faulty"), FAULTY))
    assert "\n  - building.mall.battery.nas.charge_kw: given -5; legal: a number above 0" in str(caught.value)
    return {fault.where: fault for fault in caught.value.faults}


def test_all_faults_are_listed_at_once_and_none_else(faults):
    assert set(faults) == set(EXPECTED)


@pytest.mark.parametrize("where", EXPECTED)
def test_fault_says_what_was_given_what_is_legal_and_what_was_meant(faults, where):
    given, legal, hint = EXPECTED[where]
    assert faults[where].given == given
    assert legal in faults[where].legal
    assert faults[where].hint == hint


def test_faults_come_in_the_order_of_the_file(faults):
    first = [where.split(".")[0] for where in faults]
    assert first == sorted(first, key=["foldr", "place", "period", "feeder", "building", "tieline", "delivery"].index)


def _wheres(tmp_path, text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, text))
    return [fault.where for fault in caught.value.faults]


def test_missing_keys_are_named_with_what_they_hold(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, "name = 'x'\n"))
    faults = {fault.where: fault for fault in caught.value.faults}
    assert set(faults) == {"title", "story", "place", "period", "building"}
    assert faults["title"].given == "nothing"
    assert "one line for people" in faults["title"].legal


def test_folder_is_not_for_the_file_to_say(tmp_path):
    assert _wheres(tmp_path, 'folder = "x"\n' + SMALL) == ["folder"]


@pytest.mark.parametrize(
    ("added", "where"),
    [
        ('[building.clinic.genset.g]\nfuel_tank = "t"', "building.clinic.genset.g.fuel_tank"),
        ('[building.clinic.pump.p]\ntank = "t"', "building.clinic.pump.p.tank"),
        ('[building.clinic.communications.c]\nfeeder = "x"', "building.clinic.communications.c.feeder"),
        ('[planner.belief]\nkind = "restoration"\npreset = "x"', "planner.belief.preset"),
    ],
)
def test_names_that_lead_nowhere_are_faults(tmp_path, added, where):
    write(tmp_path)
    child = write(tmp_path, f'extends = "small.toml"\n{added}\n', "child.toml")
    with pytest.raises(ScenarioError) as caught:
        load(child)
    assert where in [fault.where for fault in caught.value.faults]


def test_engine_and_tank_with_different_fuels_contradict_each_other(tmp_path):
    added = """
    [building.mall.genset.g]
    rated_kw = 5
    fuel = "diesel"
    fuel_tank = "t"
    fuel_slope_l_per_kwh = 0.3
    fuel_jpy_per_l = 160
    [building.mall.fuel_tank.t]
    fuel = "lpg"
    capacity_l = 100
    """
    assert _wheres(tmp_path, SMALL + added) == ["building.mall.genset.g.fuel"]


def test_vehicles_that_draw_nothing_and_fewer_than_no_people_are_faults(tmp_path):
    added = """
    [building.mall.fuel_tank.t]
    fuel = "diesel"
    capacity_l = 100
    vehicles = 3
    """
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, SMALL + added))
    (fault,) = caught.value.faults
    assert fault.where == "building.mall.fuel_tank.t"
    assert fault.legal == "both, or neither"
    assert _wheres(tmp_path, SMALL + "[building.club]\npeople = -1\n") == ["building.club.people"]
    load(write(tmp_path, SMALL + added + "vehicle_demand_l_per_day = 90\n"))


def test_buildings_behind_one_meter_have_one_tariff(tmp_path):
    text = SMALL.replace("contract_kw = 500", 'contract_kw = 500\nmeter = "m"').replace(
        'tariff = "tepco_high_2024"\ncontract_kw = 200', 'tariff = "kansai_high_as"\ncontract_kw = 200\nmeter = "m"'
    )
    assert _wheres(tmp_path, text) == ["building.office.grid.tariff"]


@pytest.mark.parametrize("start", ["2026-08-03T00:00:00+09:00", '"2026-08-03T00:00:00Z"', "5"])
def test_times_with_an_offset_or_as_numbers_are_faults(tmp_path, start):
    assert _wheres(tmp_path, f"{SMALL}[hazard]\nstart = {start}\n") == ["hazard.start"]


def test_key_that_is_named_like_a_kind_of_outage_keeps_its_path(tmp_path):
    added = """
    [hazard]
    start = 2026-08-03
    [feeder.north.outage.storm]
    kind = "distribution"
    distribution = "weibul"
    mean_h = 9
    """
    assert _wheres(tmp_path, SMALL + added) == ["feeder.north.outage.storm.distribution"]


def test_list_items_are_counted_in_brackets(tmp_path):
    added = "[tariff.own]\nband = [{ jpy_per_kwh = 1 }, { jpy_per_kwh = 2, to_hour = 25 }, { jpy_per_kw = 3 }]\n"
    assert _wheres(tmp_path, SMALL + added) == ["tariff.own.band[1].to_hour", "tariff.own.band[2].jpy_per_kw"]


def test_empty_list_is_told_how_many_it_needs(tmp_path):
    with pytest.raises(ScenarioError, match="a list with at least 1"):
        load(write(tmp_path, SMALL + "[tariff.own]\nband = []\n"))


def test_value_where_a_table_belongs_and_the_reverse(tmp_path):
    text = SMALL.replace("[feeder.north]", "").replace('name = "small"', 'name = "small"\nfeeder = 3')
    wheres = _wheres(tmp_path, text + "[runs.seed]\nx = 1\n")
    assert {"feeder", "runs.seed"} <= set(wheres)


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "integer", "minimum": 1}, "a whole number at least 1"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, "a number above 0 and below 1"),
        ({"type": "number"}, "a number"),
        ({"type": "array", "items": {"type": "integer"}}, "a list, each a whole number"),
        ({"enum": ["a", "b"]}, "one of a, b"),
        ({"type": "string"}, "text"),
    ],
)
def test_schema_nodes_are_said_in_words(node, words):
    assert in_words(node) == words


def test_every_node_of_the_schema_can_be_said_in_words():
    for table in spec_schema()["$defs"].values():
        for node in table.get("properties", {}).values():
            assert in_words(node) not in ("", "a value") or "$ref" in node or "anyOf" in node or "discriminator" in node


def test_nearest_is_none_where_nothing_is_alike():
    assert nearest("xyz", ["capacity_kwh"]) is None


RICH = (
    SMALL.replace("tepco_high_2024", "own")
    + """
[tariff.own]
band = [{ jpy_per_kwh = 20 }]
[hazard]
start = 2026-08-03T12:00:00
[feeder.north.outage.storm]
kind = "distribution"
distribution = "weibull"
mean_h = 9
[planner.belief]
kind = "restoration"
preset = "noto_weibull"
[road.trunk]
[building.mall.fuel_tank.day]
fuel = "diesel"
capacity_l = 100
[building.mall.genset.g]
rated_kw = 5
fuel = "diesel"
fuel_tank = "day"
fuel_slope_l_per_kwh = 0.3
fuel_jpy_per_l = 160
[delivery.tanker]
to = "mall.fuel_tank.day"
amount = 50
road = "trunk"
"""
)
WEIRD = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1e300,
        float("inf"),
        float("nan"),
        "",
        "x",
        "mall",
        [],
        [1],
        ["x"],
        {},
        {"kind": "schedule"},
        {"x": {}},
    ]
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_stands_in_the_tables_the_answer_is_a_spec_or_a_list_of_faults(data):
    table = tomllib.loads(RICH)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths_of(table))).split(".")
        around = table
        for step in path[:-1]:
            around = around[step]
        value = copy.deepcopy(data.draw(WEIRD))
        around[data.draw(st.sampled_from([path[-1], "new", "kind"]))] = value
    faults = None
    try:
        spec = validate("weird.toml", table)
    except ScenarioError as error:
        faults = error.faults
    if faults is None:
        assert spec.clock.n_steps
    else:
        assert faults
        assert len({str(fault) for fault in faults}) == len(faults)


@pytest.mark.parametrize(("number", "refused"), [("1e300", True), ("1e12", True), ("9e11", False)])
def test_numbers_beyond_all_reason_are_refused(tmp_path, number, refused):
    text = SMALL.replace("capacity_kwh = 300", f"capacity_kwh = {number}")
    if refused:
        with pytest.raises(ScenarioError, match=r"capacity_kwh: .* nothing here reaches 1e\+12; look at the unit"):
            load(write(tmp_path, text))
    else:
        load(write(tmp_path, text))


@pytest.mark.parametrize("months", ["[0]", "[13]", "[]"])
def test_a_band_of_a_month_that_no_year_has_is_refused(tmp_path, months):
    added = f"[tariff.own]\nband = [{{ jpy_per_kwh = 1, months = {months} }}, {{ jpy_per_kwh = 2 }}]\n"
    (where,) = _wheres(tmp_path, SMALL + added)
    assert where.startswith("tariff.own.band[0].months")


def test_every_rule_of_a_table_says_what_would_be_legal(tmp_path):
    added = """
    [planner]
    replan_every_h = 12
    horizon_h = 6
    [planner.belief]
    kind = "restoration"
    [tariff.own]
    band = [{ jpy_per_kwh = 1, from_hour = 9, to_hour = 7 }]
    """
    with pytest.raises(ScenarioError) as caught:
        load(write(tmp_path, SMALL + added))
    assert len(caught.value.faults) >= 2
    assert not any("does not hold" in fault.legal for fault in caught.value.faults)
