"""Files become a Spec: layers, presets, shipped scenarios, and the way back."""

import json
import re
from datetime import datetime

import pytest

from simulation.errors import ScenarioError
from simulation.scenario import load as load_module
from simulation.scenario.load import dump, load, schema, shipped, shipped_names
from simulation.scenario.preset import preset_names
from simulation.scenario.spec import Spec
from simulation.scenario.tariff import Tariff
from tests.scenario.small import SMALL, write


def test_small_scenario_is_read_with_defaults_and_preset_tariff(tmp_path):
    spec = load(write(tmp_path))
    assert spec.name == "small"
    assert spec.building["mall"].battery["nas"].charge_efficiency_frac == 0.95
    assert spec.tariff["tepco_high_2024"].demand_jpy_per_kw_month == 1890.0
    assert spec.folder == str(tmp_path)
    assert spec.clock.n_steps == 96


def test_own_tariff_goes_before_the_preset_of_that_name(tmp_path):
    own = "[tariff.tepco_high_2024]\nband = [{ jpy_per_kwh = 1.5 }]\n"
    spec = load(write(tmp_path, SMALL + own))
    assert spec.tariff["tepco_high_2024"].band[0].jpy_per_kwh == 1.5


def test_every_preset_tariff_is_a_tariff():
    for name, table in load_module.read_presets("tariffs").items():
        assert Tariff.model_validate(table).band, name


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_scenario_survives_writing_and_reading(name, tmp_path):
    spec = load(name)
    again = load(write(tmp_path, dump(spec)))
    assert again.model_copy(update={"folder": spec.folder}) == spec
    assert [item.name for item in again.loads] == [item.name for item in spec.loads]


def test_writing_keeps_what_differs_from_the_default_even_if_it_is_empty(tmp_path):
    text = SMALL + '[building.bare]\nallowed_gap_min = {}\n[lost_load]\nassumption = ""\n'
    spec = load(write(tmp_path, text))
    again = load(write(tmp_path, dump(spec), "again.toml"))
    assert again == spec
    assert again.building["bare"].allowed_gap_min == {}
    assert again.lost_load.assumption == ""


def test_child_overrides_values_merges_tables_and_replaces_lists(tmp_path):
    write(tmp_path, SMALL + "[tariff.own]\nband = [{ jpy_per_kwh = 1, to_hour = 8 }, { jpy_per_kwh = 2 }]\n")
    child = """
    extends = "small.toml"
    name = "child"
    [building.mall.battery.nas]
    capacity_kwh = 900
    [tariff.own]
    band = [{ jpy_per_kwh = 3 }]
    """
    spec = load(write(tmp_path, child, "child.toml"))
    nas = spec.building["mall"].battery["nas"]
    assert (nas.capacity_kwh, nas.charge_kw) == (900, 50)
    assert [band.jpy_per_kwh for band in spec.tariff["own"].band] == [3]
    assert (spec.name, spec.title) == ("child", "A mall and an office")


def test_chain_of_three_files_ends_with_the_last(tmp_path):
    write(tmp_path)
    write(tmp_path, 'extends = "small.toml"\nname = "second"\n[runs]\nseed = 2\n', "second.toml")
    spec = load(write(tmp_path, 'extends = "second.toml"\nname = "third"\n', "third.toml"))
    assert (spec.name, spec.runs.seed) == ("third", 2)


def test_remove_takes_out_tables_and_single_keys(tmp_path):
    write(tmp_path)
    child = """
    extends = "small.toml"
    remove = ["building.mall.battery.nas", "tieline", "building.mall.load.shops.archetype"]
    [building.mall.load.shops]
    constant_kw = 12
    """
    spec = load(write(tmp_path, child, "child.toml"))
    assert not spec.batteries
    assert not spec.tieline
    assert spec.building["mall"].load["shops"].constant_kw == 12


def test_removing_what_is_not_there_is_a_fault_with_a_suggestion(tmp_path):
    write(tmp_path)
    child = write(tmp_path, 'extends = "small.toml"\nremove = ["building.mall.batery.nas"]\n', "child.toml")
    with pytest.raises(ScenarioError, match=re.escape("did you mean building.mall.battery.nas?")) as caught:
        load(child)
    assert caught.value.faults[0].where == "remove[0]"


def test_faults_of_layers_stand_beside_faults_of_tables(tmp_path):
    write(tmp_path)
    child = write(tmp_path, 'extends = "small.toml"\nremove = ["nothing"]\n[runs]\nseed = -1\n', "child.toml")
    with pytest.raises(ScenarioError) as caught:
        load(child)
    assert [fault.where for fault in caught.value.faults] == ["remove[0]", "runs.seed"]


def test_files_that_extend_each_other_in_a_circle_are_a_fault(tmp_path):
    write(tmp_path, 'extends = "b.toml"\n', "a.toml")
    write(tmp_path, 'extends = "a.toml"\n', "b.toml")
    with pytest.raises(ScenarioError, match=re.escape("a.toml -> b.toml -> a.toml")):
        load(tmp_path / "a.toml")


def test_series_path_of_a_parent_in_another_folder_still_leads_to_its_file(tmp_path):
    series = '{ path = "data/x.csv", column = "kw", unit = "kW", zone = "UTC" }'
    text = SMALL.replace('archetype = "office"\nfloor_area_m2 = 1000', f"series = {series}")
    write(tmp_path, text)
    spec = load(write(tmp_path, 'extends = "../small.toml"\n', "variants/child.toml"))
    assert spec.folder == str(tmp_path / "variants")
    assert spec.building["office"].load["rooms"].series.path == "../data/x.csv"


def test_overrides_lie_on_top_nested_or_with_dots(tmp_path):
    path = write(tmp_path)
    spec = load(
        path,
        {
            "period.days": 3,
            "building": {"mall": {"battery.nas.charge_kw": 70}},
            "remove": ["building.office.load.rooms.archetype"],
            "building.office.load.rooms.constant_kw": 5,
        },
    )
    assert spec.period.days == 3
    assert spec.building["mall"].battery["nas"].charge_kw == 70
    assert spec.building["office"].load["rooms"].constant_kw == 5


def test_overrides_with_faults_are_refused(tmp_path):
    path = write(tmp_path)
    with pytest.raises(ScenarioError, match=re.escape("period.dys")):
        load(path, {"period.dys": 3})
    with pytest.raises(ScenarioError, match="extends in a file only"):
        load(path, {"extends": "other.toml"})


def test_shipped_scenario_is_found_by_bare_name_and_can_be_extended(tmp_path):
    assert shipped("mutsuzawa_faxai").is_file()
    spec = load(write(tmp_path, 'extends = "mutsuzawa_faxai"\nname = "mine"\n', "mine.toml"))
    assert spec.name == "mine"
    with pytest.raises(ScenarioError, match=r"mutsuzawa_faxai, .*did you mean mutsuzawa_faxai\?"):
        load("mutsuzawa_faxay")


def test_installed_scenarios_go_before_those_of_a_checkout(tmp_path, monkeypatch):
    write(tmp_path, SMALL, "installed/small.toml")
    write(tmp_path, SMALL, "installed/variants/other.toml")
    folders = (tmp_path / "installed", tmp_path / "missing")
    monkeypatch.setattr(load_module, "_SHIPPED_FOLDERS", folders)
    assert shipped_names() == ("small", "other")
    monkeypatch.setattr(load_module, "_SHIPPED_FOLDERS", folders[1:])
    with pytest.raises(ScenarioError, match="none is installed"):
        shipped("small")


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (b'name = "x"\ndays = 3 4\n', "line 2, column 10", "'days = 3 4'"),
        (b"[a]\n[a]\n", "line 2", "cannot declare"),
        (b'name = "', "end of document", "ntermin"),
        ('name = "道の駅"'.encode("cp932"), "line 1", "save the file as UTF-8"),
    ],
)
def test_text_that_is_not_toml_says_where(tmp_path, text, where, said):
    path = tmp_path / "bad.toml"
    path.write_bytes(text)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert where in caught.value.faults[0].where
    assert said in str(caught.value)


def test_byte_order_mark_and_windows_lines_are_no_fault(tmp_path):
    path = tmp_path / "small.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path).name == "small"


def test_missing_file_and_folder_say_what_is_there(tmp_path):
    write(tmp_path)
    with pytest.raises(ScenarioError, match=re.escape("did you mean small.toml?")):
        load(tmp_path / "smal.toml")
    with pytest.raises(ScenarioError, match=r"given a folder; .*files in it: small\.toml"):
        load(tmp_path)
    with pytest.raises(ScenarioError, match="extends"):
        load(write(tmp_path, "extends = 3\n", "child.toml"))


def test_schema_knows_files_that_stand_alone_and_files_that_extend():
    document = schema()
    assert "folder" not in json.dumps(document["$defs"]["Alone"])
    assert "period" in document["$defs"]["Alone"]["required"]
    layer = document["$defs"]["Layer"]
    assert {"extends", "remove"} <= set(layer["properties"])
    assert "required" not in layer
    names = set(document["$defs"])
    used = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(document)))
    assert used <= names
    for name, table in document["$defs"].items():
        if name.startswith("Partial"):
            assert "required" not in table
            assert table["properties"].keys() == document["$defs"][name.removeprefix("Partial")]["properties"].keys()


def test_schema_names_every_key_of_the_models():
    assert set(schema()["$defs"]["Alone"]["properties"]) == set(Spec.model_fields) - {"folder"}


def test_hazard_and_outage_times_are_local(tmp_path):
    text = SMALL + '[hazard]\nstart = 2026-08-03T12:00:00\n[feeder.north.outage.storm]\nkind = "schedule"\nhours = 4\n'
    spec = load(write(tmp_path, text))
    assert spec.hazard.start == datetime(2026, 8, 3, 12)
    assert spec.hazard_h == 12.0


def test_presets_are_copies_that_a_caller_may_change():
    tables = load_module.read_presets("tariffs")
    tables[preset_names("tariffs")[0]].clear()
    assert load_module.read_presets("tariffs")[preset_names("tariffs")[0]]


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "[" * 200 + "]" * 200,
        "x = " + "{a = " * 2000 + "1" + "}" * 2000,
        ".".join("a" * 5000) + " = 1",
        "[a" + ".a" * 60 + "]\nx = 1",
    ],
    ids=["lists beyond the parser", "lists", "tables beyond the parser", "a dotted key", "a heading"],
)
def test_tables_nested_beyond_reason_are_a_fault(tmp_path, text):
    with pytest.raises(ScenarioError, match="nested too deeply; legal: at most 40 levels"):
        load(write(tmp_path, text))


@pytest.mark.parametrize(
    ("parent", "said"),
    [
        ("nowhere.toml", "'nowhere.toml': nothing there"),
        ("chilt.toml", "did you mean child.toml?"),
        ("mihamma", "did you mean mihama?"),
        (".", "'.': a folder"),
        ("deep/nowhere.toml", "nothing there"),
        ("x" * 4000, "File name too long"),
        ("a\\u0000b.toml", "null byte"),
    ],
)
def test_extending_what_is_not_there_is_a_fault_of_the_file_that_extends(tmp_path, parent, said):
    child = write(tmp_path, f'extends = "{parent}"\n', "child.toml")
    with pytest.raises(ScenarioError) as caught:
        load(child)
    assert caught.value.path == str(child)
    (fault,) = caught.value.faults
    assert fault.where == "extends"
    assert said in str(fault)


def test_a_number_with_thousands_of_digits_is_a_fault(tmp_path):
    with pytest.raises(ScenarioError, match="5000 digits"):
        load(write(tmp_path, "name = " + "9" * 5000))
