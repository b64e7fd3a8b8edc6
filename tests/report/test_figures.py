"""Figures: the same bytes every time, a unit on every axis, the right scenario, and no shared state."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from simulation.metrics.metrics import assess
from simulation.report.figures import style
from simulation.report.figures.cost import cost
from simulation.report.figures.draw import draw
from simulation.report.figures.power_balance import power_balance
from simulation.report.figures.style import corners, edges_utc, sheet, spread_labels, time_axis
from simulation.report.figures.survival import survival
from simulation.report.figures.window import choose
from simulation.report.words import service_words
from simulation.scenario.clock import Clock
from tests.metrics.trajectories import during, made, two_buildings
from tests.report.conftest import Week


def test_a_hub_in_a_disaster_gets_every_figure_survival_first(hub_week: Week) -> None:
    names = [figure.name for figure in hub_week.figures]
    assert names == ["survival", "run_out", "power_balance", "exchange", "stocks", "people", "peak", "cost"]


def test_figures_are_the_same_bytes_every_time(hub_week: Week) -> None:
    drawn = {figure.name: figure.data for figure in hub_week.figures}
    assert survival(hub_week.metrics)[0].data == drawn["survival"]
    assert cost(hub_week.metrics).data == drawn["cost"]


def test_drawing_leaves_no_trace_in_the_settings_of_matplotlib(hub_week: Week) -> None:
    before = dict(mpl.rcParams)
    style.render(Figure(), name="blank", title="", caption="")
    assert dict(mpl.rcParams) == before


def test_every_drawing_names_its_units(hub_week: Week) -> None:
    text = {figure.name: figure.data.decode() for figure in hub_week.figures if figure.ending == "svg"}
    expected = {
        "power_balance": ["kW", "local time (Asia/Tokyo)"],
        "exchange": ["kW", "kWh", "local time (Asia/Tokyo)"],
        "stocks": ["L", "m³", "kWh", "person-days", "local time (Asia/Tokyo)"],
        "people": ["people", "local time (Asia/Tokyo)"],
        "survival": ["%", "hours counted from the strike", "share of scenarios"],
        "peak": ["kW", "share of the time"],
        "cost": ["thousand yen"],
        "run_out": ["share of scenarios", "hours counted from the strike"],
    }
    for name, words in expected.items():
        for word in words:
            assert word in text[name], f"{name} lacks {word}"


def test_services_that_were_never_lost_are_named_and_not_drawn(hub_week: Week) -> None:
    kept = [service_words(curve) for curve in hub_week.metrics.survival if curve.alive_frac[-1] == 1.0]
    alone = [words for words in kept if "power" not in words]
    assert alone
    (drawn,) = [figure for figure in hub_week.figures if figure.name == "survival"]
    for words in alone:
        assert words in drawn.caption
        assert words not in drawn.data.decode()


def test_no_service_and_no_stock_is_left_out_of_the_figures_for_want_of_room(hub_week: Week) -> None:
    curve = next(curve for curve in hub_week.metrics.survival if curve.service == "hub.critical")
    many = tuple(
        replace(curve, service=f"hub.thing.{i}", meaning=f"thing {i:02d}", alive_frac=curve.alive_frac * 0.5)
        for i in range(14)
    )
    sheets = survival(replace(hub_week.metrics, survival=many))
    assert [one.name for one in sheets] == ["survival", "survival-2"]
    text = "".join(one.data.decode() for one in sheets)
    assert all(f"Thing {i:02d}" in text for i in range(14))


def test_a_stock_that_ran_out_at_the_very_end_has_a_whole_dot(hub_week: Week) -> None:
    (drawn,) = [figure.data.decode() for figure in hub_week.figures if figure.name == "run_out"]
    assert "<use " in drawn
    assert not re.findall(r'<g clip-path="[^"]*">\s*<use ', drawn)


def test_the_rule_of_each_service_stands_in_the_survival_figure(hub_week: Week) -> None:
    text = hub_week.figures[0].data.decode()
    assert "1 min critical, 1 h essential, 24 h comfort" in text
    assert "below 99 % served for more than 1 h" in text


def test_text_stays_text(hub_week: Week) -> None:
    for figure in hub_week.figures:
        assert figure.ending == "svg"
        assert b"<text" in figure.data, figure.name


def test_a_large_drawing_is_stored_as_pixels(hub_week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "_MOST_SVG_BYTES", 10)
    figure, _ = sheet(2.0)
    drawn = style.render(figure, name="large", title="", caption="")
    assert drawn.ending == "png"
    assert drawn.data.startswith(b"\x89PNG")


def test_the_scenario_that_is_shown_is_the_median_and_is_named(hub_week: Week) -> None:
    window = choose(hub_week.spec, hub_week.trajectory, hub_week.metrics)
    worth = hub_week.metrics.per_scenario["cost_jpy"].values + hub_week.metrics.per_scenario["lost_jpy"].values
    assert np.sum(worth < worth[window.row]) == 2
    assert f"scenario {window.scenario_id}, the median of 6" in window.words
    assert any(window.words in figure.caption for figure in hub_week.figures)


def test_of_a_long_period_the_days_round_the_strike_are_shown() -> None:
    spec = two_buildings(period={"start": datetime(2026, 8, 1), "days": 31}, hazard={"start": datetime(2026, 8, 20, 6)})
    trajectory = made(spec, {("import_kw", "mall"): 100.0})
    window = choose(spec, trajectory, assess(spec, trajectory))
    strike = round(19.25 * 48)
    assert window.first < strike < window.end
    assert window.end - window.first == 8 * 48
    assert window.first % 48 == 0
    assert "8 of 31 days" in window.words


def test_an_area_without_lines_shelters_or_stocks_is_drawn_without_them() -> None:
    building = two_buildings().building["mall"].model_dump(exclude_unset=True)
    spec = two_buildings(building={"mall": building}, tieline={}, hazard=None)
    trajectory = made(spec, {("demand_kw", "mall.critical"): 80.0, ("import_kw", "mall"): during(spec, 0, 40, 80.0)})
    names = [figure.name for figure in draw(spec, trajectory, assess(spec, trajectory))]
    assert names == ["power_balance", "peak", "cost"]


def test_one_scenario_is_enough_for_every_figure() -> None:
    spec = two_buildings()
    trajectory = made(spec, {("demand_kw", "hub.critical"): 40.0, ("import_kw", "hub"): 40.0})
    figures = draw(spec, trajectory, assess(spec, trajectory))
    names = {figure.name for figure in figures}
    assert names == {"power_balance", "stocks", "people", "peak", "cost"}, "no line used, nothing lost, nothing run out"
    assert "scenario 0, the only one" in " ".join(figure.caption for figure in figures)


@pytest.mark.parametrize(
    ("start", "days", "labels"),
    [
        (datetime(2026, 8, 2, 15), 7, ["Mon 3 Aug", "Tue 4 Aug"]),
        (datetime(2026, 8, 2, 15), 1, ["00:00\nMon 3 Aug", "06:00\nMon 3 Aug"]),
    ],
)
def test_ticks_stand_at_local_midnight(start: datetime, days: int, labels: list[str]) -> None:
    clock = Clock(start_utc=start, step_min=30, n_steps=48 * days, zone="Asia/Tokyo")
    figure, axes = sheet(2.0)
    time_axis(axes[0, 0], clock, edges_utc(clock))
    figure.draw_without_rendering()
    found = [label.get_text() for label in axes[0, 0].get_xticklabels()]
    assert found[:2] == labels
    assert axes[0, 0].get_xticks()[0] == edges_utc(clock)[0]


def test_labels_at_the_edge_do_not_touch() -> None:
    _, axes = sheet(2.0)
    axes[0, 0].set_ylim(0.0, 1.0)
    spread_labels(axes[0, 0], [(0.5, "a", "k"), (0.5, "b", "k"), (0.52, "c", "k"), (0.99, "d", "k")], gap=0.1)
    heights = sorted(text.get_position()[1] for text in axes[0, 0].texts)
    assert np.diff(heights).min() >= 0.1 - 1e-9
    assert heights[-1] <= 0.96 + 1e-9


def test_corners_keep_the_shape_of_a_step_function() -> None:
    alive = np.array([1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.2])
    assert corners(alive).tolist() == [0, 2, 3, 6, 7]


def test_no_figure_is_made_by_pyplot() -> None:
    for path in Path(style.__file__).parent.glob("*.py"):
        assert "matplotlib.pyplot" not in path.read_text(), path.name


def test_the_grid_marks_of_rounding_are_no_outage(hub_week: Week) -> None:
    """A feeder that is up for all but 1e-12 of a step was up: nothing is shaded."""
    spec = hub_week.spec
    flows = dict(hub_week.trajectory.flows)
    up = flows["grid_up_frac"]
    flows["grid_up_frac"] = replace(up, values=np.full_like(up.values, 1.0 - 1e-12))
    trajectory = replace(hub_week.trajectory, flows=flows)
    figure = power_balance(spec, trajectory, choose(spec, trajectory, hub_week.metrics))
    assert style.SHADE not in figure.data.decode()
    shaded = next(f for f in hub_week.figures if f.name == "power_balance")
    assert style.SHADE in shaded.data.decode()
