"""The page: self-contained, loud where it must be, and honest about its numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from simulation.metrics.estimate import of_proportion
from simulation.metrics.metrics import assess
from simulation.report.figures.window import choose
from simulation.report.html import Page, inline
from simulation.report.provenance import statements
from simulation.report.run_record import RunRecord
from simulation.report.template import template
from tests.report.conftest import Week


class _Reader(HTMLParser):
    """Ids, references and tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("src", "href", "xlink:href") and value:
                self.references.append(value)


def _page(week: Week, **changes) -> str:
    run = RunRecord.of(week.spec, seed=5, plan="replan", solver="HiGHS", command="yuimaru run hub_week --seed 5")
    page = Page(
        spec=week.spec,
        trajectory=week.trajectory,
        metrics=week.metrics,
        figures=week.figures,
        window=choose(week.spec, week.trajectory, week.metrics),
        run=run,
    )
    return replace(page, **changes).html()


@pytest.fixture(scope="module")
def text(hub_week: Week) -> str:
    """The page of the week."""
    return _page(hub_week)


def test_nothing_is_fetched_from_anywhere(text: str) -> None:
    reader = _Reader()
    reader.feed(text)
    for reference in reader.references:
        assert reference.startswith(("#", "data:")), reference
    assert "@import" not in text
    assert "url(http" not in text


def test_only_the_column_of_names_has_the_width_of_names(text: str) -> None:
    """A second row of a head begins with an hour or a share; as wide as a name, it would spread the shading."""
    heads = re.findall(r"<thead>(<tr.*?)</thead>", text, re.DOTALL)
    double = [re.findall(r"<tr[^>]*>", head) for head in heads if "rowspan" in head]
    assert double
    assert all(rows[1:] == ['<tr class="under">'] for rows in double)
    style = text.partition("<style>")[2].partition("</style>")[0]
    wide = [line for line in style.splitlines() if "th:first-child" in line and "min-width" in line]
    assert wide
    assert all("th:first-child" not in rule.replace("tr:not(.under) > th:first-child", "") for rule in wide)


def test_rows_left_out_of_a_ranking_may_be_as_frequent_as_the_last_shown() -> None:
    row = {"words": "room", "count": 1, "share": of_proportion(1, 8)}
    blank = {"services": [], "lost_first": [], "empty_first": [], "causes": [], "explained": [], "helps": [], "n": 8}
    page = template("questions.html.j2").make_module(blank).counted("lost first", [row] * 10)
    assert "2 more, none of them in more scenarios than these." in page


def test_every_name_is_there_once_and_every_reference_is_met(text: str) -> None:
    reader = _Reader()
    reader.feed(text)
    assert len(reader.ids) == len(set(reader.ids))
    for reference in reader.references:
        if reference.startswith("#"):
            assert reference[1:] in reader.ids, reference
    for name in re.findall(r"url\(#([^)]+)\)", text):
        assert name in reader.ids


def test_headline_numbers_stand_with_their_error_bars(text: str, hub_week: Week) -> None:
    for name in ("area_peak_kw", "self_sufficiency_frac", "co2_kg"):
        assert str(hub_week.metrics.estimates[name]) in text


def test_every_figure_has_a_caption_and_words_for_those_who_cannot_see_it(text: str, hub_week: Week) -> None:
    assert text.count("<figcaption>") == len(hub_week.figures)
    assert text.count('role="img" aria-label=') == len(hub_week.figures)


def test_the_rule_stands_beside_every_survival_number(text: str) -> None:
    assert "Critical power, hub<small>below 99\u00a0% served for more than 1 min</small>" in text


def test_the_closed_loop_carries_no_label_of_perfection(text: str) -> None:
    assert "PERFECT INFORMATION" not in text


def test_perfect_information_is_said_loudly(hub_week: Week) -> None:
    trajectory = replace(hub_week.trajectory, perfect_information=True)
    loud = _page(hub_week, trajectory=trajectory, metrics=assess(hub_week.spec, trajectory))
    assert '<div class="loud"><strong>PERFECT INFORMATION: A BOUND, NOT A FORECAST</strong>' in loud


def test_a_bound_stands_beside_and_is_labelled(hub_week: Week) -> None:
    beside = _page(hub_week, bound=replace(hub_week.metrics, perfect_information=True))
    assert beside.count('<th scope="col" class="number">PERFECT INFORMATION (a bound)</th>') == 1


def test_rare_losses_are_marked_and_counted(text: str, hub_week: Week) -> None:
    assert hub_week.metrics.rare
    assert " †</td>" in text
    assert "fewer than 50 scenarios with a loss" in text


def test_what_a_planner_asks_comes_first_and_every_answer_leads_on(text: str) -> None:
    asked = re.findall(r'<dt><a href="#(\w+)">([^<]+)</a></dt>', text)
    assert [anchor for anchor, _ in asked] == ["lasting", "without", "first", "causes", "help"]
    assert text.index('id="short"') < text.index('class="cards"') < text.index('id="lasting"') < text.index("<svg")


def test_numbers_of_services_that_all_held_are_folded_away(text: str, hub_week: Week) -> None:
    kept = tuple(replace(curve, alive_frac=np.ones_like(curve.alive_frac)) for curve in hub_week.metrics.survival)
    folded = _page(hub_week, metrics=replace(hub_week.metrics, survival=kept))
    said = "<details><summary>Every service held to the end in every scenario: the numbers</summary>"
    assert said in folded
    assert said not in text
    assert folded.count("<details") == folded.count("</details>")


def test_explanations_stand_under_what_would_help(hub_week: Week) -> None:
    text = _page(hub_week, explained=("With perfect information, scenario 0:", "A larger tank would have cured it."))
    assert "<li>A larger tank would have cured it.</li>" in text[text.index('id="help"') :]


def test_the_page_prints_whole_and_in_light_colours(text: str) -> None:
    printed = text[text.index("@media print") :]
    assert "details::details-content { content-visibility: visible" in printed
    assert "--paper: #ffffff" in printed


def test_of_events_that_come_again_and_again_the_first_are_shown(hub_week: Week) -> None:
    window = choose(hub_week.spec, hub_week.trajectory, hub_week.metrics)
    first = hub_week.trajectory.events[0]
    flood = tuple(
        replace(first, scenario=window.scenario_id, time_h=40.0 + i, text=f"cut number {i}") for i in range(80)
    )
    last = replace(first, scenario=window.scenario_id, time_h=130.0, kind="road_opened", text="the road is open")
    text = _page(hub_week, trajectory=replace(hub_week.trajectory, events=(*flood, last)))
    assert "cut number 2" in text
    assert "cut number 3" not in text
    assert "the road is open" in text


def test_assumptions_and_sources_of_every_table_are_listed(text: str, hub_week: Week) -> None:
    assert "40 kW of load around the clock, split by tier" in text
    assert "a catalogue" in text
    found = {statement.where[0]: statement for statement in statements(hub_week.spec)}
    assert found["building.hub.pv.roof"].source == "a catalogue"
    assert found["building.hub.load.all"].assumption.startswith("40 kW of load")
    noise = next(s for s in statements(hub_week.spec) if s.where[0].endswith(".noise"))
    assert len(noise.where) == 2, "the same words of two loads stand once"


def test_the_page_says_how_to_run_it_again(text: str, hub_week: Week) -> None:
    assert "yuimaru run hub_week --seed 5" in text
    assert hub_week.trajectory.clock.zone in text


def test_what_a_user_writes_cannot_break_the_page(hub_week: Week) -> None:
    spec = hub_week.spec.model_copy(update={"title": "<script>alert(1)</script> & more"})
    text = _page(hub_week, spec=spec)
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text


def test_figures_follow_the_colours_of_the_page(hub_week: Week) -> None:
    drawing = inline(hub_week.figures[0])
    assert "var(--ink)" in drawing
    assert "#1c2733" not in drawing


def test_pixels_are_part_of_the_page(hub_week: Week) -> None:
    picture = replace(hub_week.figures[0], data=b"\x89PNG", ending="png")
    assert inline(picture).startswith('<img src="data:image/png;base64,')


def test_one_scenario_says_that_it_has_no_error_bar(hub_week: Week) -> None:
    from tests.report import week

    trajectory = week.trajectory(hub_week.spec, n=1)
    metrics = assess(hub_week.spec, trajectory)
    text = _page(
        hub_week,
        trajectory=trajectory,
        metrics=metrics,
        figures=(),
        window=choose(hub_week.spec, trajectory, metrics),
    )
    assert "one run, no error bar" in text
