"""Every shipped scenario loads, tells its story, names where its numbers come from, and has its row in the README."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from simulation.draws.outage import restoration_curve, sample_outages
from simulation.draws.shaking import ShakingDraws, components, sample_shaking
from simulation.physics.restoration import still_out_frac
from simulation.scenario.load import dump, load
from simulation.scenario.part import Part
from simulation.scenario.preset import read_presets
from simulation.scenario.restoration import PointsPreset, read_restoration
from simulation.scenario.spec import Spec

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
FILES = sorted([*FOLDER.glob("*.toml"), *FOLDER.glob("variants/*.toml")])
BASES = {
    "area_and_hub",
    "higashi_matsushima",
    "kashiwanoha",
    "mihama",
    "mihama_earthquake",
    "mutsuzawa_faxai",
    "noto_ushitsu",
    "tohoku_fuel",
}


@cache
def loaded(file: Path) -> Spec:
    """The scenario of a file, read once."""
    return load(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_two_buildings_share_a_title(file: Path) -> None:
    titles = [
        table["title"] for table in tomllib.loads(file.read_text()).get("building", {}).values() if "title" in table
    ]
    assert len(set(titles)) == len(titles)


def shipped(name: str) -> Spec:
    """The shipped scenario or variant of that name."""
    return loaded(next(file for file in FILES if file.stem == name))


def written_parts(part: BaseModel, where: str) -> Iterator[tuple[str, Part]]:
    """Every table that the file itself wrote, with its path."""
    if isinstance(part, Part):
        yield where, part
    for key in part.model_fields_set:
        value = getattr(part, key)
        items = value.items() if isinstance(value, dict) else [("", value)]
        for name, item in items:
            if isinstance(item, BaseModel):
                yield from written_parts(item, ".".join(filter(None, (where, key, name))))


def numbers(part: Part) -> set[str]:
    """Fields of a table that the file wrote and that hold a number or a share."""
    kinds = (int, float, dict, tuple)
    found = {key: getattr(part, key) for key in part.model_fields_set}
    return {
        key
        for key, value in found.items()
        if isinstance(value, kinds) and not isinstance(value, bool) and not _holds_parts(value)
    }


def _holds_parts(value: object) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return any(isinstance(item, BaseModel) for item in items)


def bare_tables(spec: Spec) -> list[str]:
    """Tables with numbers that say neither where these come from nor that they are assumed."""
    choices = {"", "period", "planner", "runs"}  # what the run does, not what the place is
    return [
        f"{where} ({', '.join(sorted(numbers(part)))})"
        for where, part in written_parts(spec, "")
        if where not in choices and numbers(part) and not (part.source or part.assumption)
    ]


def test_all_scenarios_are_there() -> None:
    assert {file.stem for file in FILES if file.parent == FOLDER} == BASES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_loads_under_its_own_name_and_tells_a_story(file: Path) -> None:
    spec = loaded(file)
    assert spec.name == file.stem
    assert spec.title
    assert len(spec.story.split()) >= (60 if file.stem in BASES else 8)
    assert "story" in tomllib.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_table_with_numbers_names_a_source_or_an_assumption(file: Path) -> None:
    assert bare_tables(loaded(file)) == []


def test_a_table_without_source_and_assumption_would_be_noticed() -> None:
    spec = load(FOLDER / "area_and_hub.toml", {"building.mall.grid.assumption": ""})
    assert bare_tables(spec) == ["building.mall.grid (contract_kw)"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_dumped_loads_to_the_same_scenario(file: Path, tmp_path: Path) -> None:
    spec = loaded(file)
    copy = tmp_path / file.name
    copy.write_text(dump(spec), encoding="utf-8")
    assert load(copy).model_dump() == spec.model_dump()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_readme_has_a_row_for_the_file(file: Path) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`[\w]+`\]\(([\w/.]+)\)", readme, flags=re.MULTILINE)
    assert rows.count(file.relative_to(FOLDER).as_posix()) == 1


@pytest.mark.parametrize("file", sorted(FOLDER.glob("variants/*.toml")), ids=lambda file: file.stem)
def test_variant_extends_a_shipped_file_and_differs_from_it(file: Path) -> None:
    base = file.parent / tomllib.loads(file.read_text(encoding="utf-8"))["extends"]
    assert base.resolve() in {known.resolve() for known in FILES}
    ours, theirs = loaded(file).model_dump(), loaded(base.resolve()).model_dump()
    words = {"name", "title", "story"}
    assert {key for key in ours if ours[key] != theirs[key]} - words


def test_kashiwanoha_has_the_published_equipment() -> None:
    spec = shipped("kashiwanoha")
    assert sum(item.part.rated_kw for item in spec.pvs) == 500 + 220
    assert {(item.part.discharge_kw, item.part.capacity_kwh) for item in spec.batteries} == {
        (1_800, 11_850),
        (500, 3_800),
    }
    assert [item.part.rated_kw for item in spec.gensets] == [2_000]
    line = spec.tieline["exchange"]
    assert (line.capacity_ab_kw, line.capacity_ba_kw, line.own_source_only) == (1_000, 1_000, True)
    assert spec.meter_of("shop_office") == spec.meter_of("hotel_residence") == "gate_square"
    assert spec.meter_of("lalaport") == "lalaport"
    assert {name for name, line in spec.tieline.items() if line.operation == "emergency"} == {"tower_1", "tower_2"}


@pytest.mark.parametrize(("stem", "step_count"), [("kashiwanoha", 336), ("kashiwanoha_year", 17_520)])
def test_storage_configurations_are_nested(stem: str, step_count: int) -> None:
    full, alone, bare = (shipped(f"{stem}{ending}") for ending in ("", "_storage_alone", "_no_storage"))
    assert full.clock.n_steps == alone.clock.n_steps == bare.clock.n_steps == step_count
    assert set(full.tieline) - set(alone.tieline) == {"exchange"}
    assert alone.tieline == bare.tieline
    assert alone.batteries == full.batteries
    assert bare.batteries == ()
    assert alone.loads == full.loads == bare.loads


def test_mutsuzawa_replays_six_dark_hours_and_two_islanded_days() -> None:
    spec = shipped("mutsuzawa_faxai")
    (outage,) = spec.feeder["mutsuzawa"].outage.values()
    delays_h = {item.part.start_delay_min / 60 for item in spec.gensets}
    assert delays_h == {6.0}
    assert outage.kind == "schedule"
    assert outage.hours - 6.0 == 48.0
    assert [item.part.rated_kw for item in spec.gensets] == [80, 80]
    assert len(shipped("mutsuzawa_one_engine").gensets) == 1
    assert {item.part.start_delay_min for item in shipped("mutsuzawa_auto_start").gensets} == {1.0}


def test_area_and_hub_is_five_days_and_then_an_outage_of_uncertain_length() -> None:
    spec = shipped("area_and_hub")
    assert len(spec.building) == 6
    assert spec.clock.days == 11
    assert spec.hazard_h is not None
    assert 5 <= spec.hazard_h / 24 < 6
    assert {outage.kind for feeder in spec.feeder.values() for outage in feeder.outage.values()} == {"restoration"}
    assert [name for name, line in spec.tieline.items() if line.own_source_only] == ["mall_office"]
    hub = spec.building["hub"]
    assert all((hub.shelter, hub.water_tank, hub.pump, hub.fuel_tank, hub.genset, hub.communications))


def test_the_typhoon_takes_the_grid_as_faxai_took_it_in_chiba() -> None:
    """Half of 641,000 customers are back after 76 h, nine in ten after 197 h; so are the draws, and so the belief."""
    spec = shipped("mihama_typhoon")
    (outage,) = spec.feeder["mihama"].outage.values()
    assert outage.kind == "restoration"
    assert outage.preset == spec.planner.belief.preset == "faxai_chiba_points"
    points = read_restoration(outage.preset)
    assert isinstance(points, PointsPreset)
    assert (points.still_out[0], points.hours[-1], points.still_out[-1]) == (641_000, 303.0, 3_600)
    out_frac = still_out_frac(restoration_curve(outage.preset), np.array([76.0, 197.0]))
    assert out_frac == pytest.approx([0.5, 0.1], abs=0.005)
    draws = sample_outages(spec, np.arange(400), 1)
    assert spec.hazard_h is not None
    assert (draws.start_h[:, 0, 0] == spec.hazard_h).all()
    half = (draws.end_h[:, 0, 0] - draws.start_h[:, 0, 0] > 76.0).mean()
    assert abs(half - 0.5) < 3.0 * 0.5 / np.sqrt(400)


def test_a_shipped_shelter_gives_water_by_a_citys_plan() -> None:
    """3 L, from the fourth day 20 L, from the eighth 100 L, and the pages of the plan as its source."""
    hall = shipped("mihama_damaged_homes").building["station"].shelter["hall"]
    assert hall.water_plan == "fujinomiya"
    assert [(day, sum(litres)) for day, litres in hall.steps_by_use] == [(0, 3.0), (3, 20.0), (7, 100.0)]
    assert "expydoc 12054013" in read_presets("water")["fujinomiya"]["source"]


def test_the_line_of_the_hub_with_everything_breaks_where_it_is_given_a_fragility() -> None:
    """And nothing else breaks otherwise for it."""
    stands = shipped("mihama_everything")
    breaks = load(FOLDER / "variants" / "mihama_everything.toml", {"shaking.fragility.tieline": "power_line"})
    ids = np.arange(40)
    before, after = sample_shaking(stands, ids, 1), sample_shaking(breaks, ids, 1)
    assert isinstance(before, ShakingDraws)
    assert isinstance(after, ShakingDraws)
    (line,) = stands.tieline
    assert before.of(stands, "tieline", line) is None
    damage = after.of(breaks, "tieline", line)
    assert damage is not None
    assert set(np.unique(damage[0][:, 0])) >= {0, 1, 2}
    kept = [i for i, one in enumerate(components(breaks)) if one.kind != "tieline"]
    np.testing.assert_array_equal(after.state[:, :, kept], before.state)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_delivery_can_arrive_within_the_period(file: Path) -> None:
    """At its median travel time, on the open road."""
    spec = loaded(file)
    left_h = spec.clock.duration_h - (spec.hazard_h or 0.0)
    late = [name for name, lot in spec.delivery.items() if lot.first_after_h + lot.travel_h >= left_h]
    assert late == []
