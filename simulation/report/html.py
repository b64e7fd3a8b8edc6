"""The page of a report: one file that needs nothing else, for light and dark screens, wide and narrow."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from simulation.events.trajectory import EventRecord, Trajectory
from simulation.metrics.depletion import QUANTILES
from simulation.metrics.estimate import FEW_LOSSES, Estimate
from simulation.metrics.metrics import Metrics
from simulation.metrics.quantity import Topic
from simulation.report.answers import answers
from simulation.report.causes import causes
from simulation.report.display import shown, split_estimate
from simulation.report.figures.style import COLOURS, INK, MUTED, RULE, SHADE, Drawn
from simulation.report.figures.window import Window
from simulation.report.headlines import HEADLINES
from simulation.report.provenance import statements
from simulation.report.questions import first_lost, lasting, marks, without
from simulation.report.run_record import RunRecord
from simulation.report.stations import stations
from simulation.report.template import template
from simulation.scenario.spec import Spec
from simulation.units import HOURS_PER_DAY

__all__ = ["Page", "inline"]

_TOPIC_TITLES: Final[Mapping[Topic, str]] = {
    Topic.COST: "Cost",
    Topic.POWER: "Power and CO2",
    Topic.STOCKS: "Stocks",
    Topic.WATER: "Water",
    Topic.FUEL: "Fuel",
    Topic.PEOPLE: "People and communications",
    Topic.SURVIVAL: "Survival, in hours and at its marks",
}
_CARDS: Final = (
    ("cost_jpy", "paid in the period"),
    ("area_peak_kw", "peak import of the area"),
    ("self_sufficiency_frac", "self-sufficiency"),
    ("co2_kg", "CO2"),
    ("exchanged_kwh", "exchanged over tie-lines"),
    ("unserved_kwh[critical]", "critical energy not served"),
    ("lost_jpy", "value of what was not served"),
)
_MOST_EVENTS: Final = 60
_MOST_ALIKE: Final = 3
"""Events of one kind and element that are shown: loads are cut and served again many times."""
_LEAD_H: Final = 1.0
"""The excerpt of the event log begins this long before survival is counted [h]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a report shows."""

    spec: Spec
    trajectory: Trajectory
    metrics: Metrics
    figures: tuple[Drawn, ...]
    window: Window
    run: RunRecord
    bound: Metrics | None = None
    explained: Sequence[str] = ()

    def html(self) -> str:
        """The page as text."""
        spec, metrics, clock = self.spec, self.metrics, self.trajectory.clock
        events = self._events()
        mine = sum(event.scenario == self.window.scenario_id for event in self.trajectory.events)
        return template("report.html.j2").render(
            title=spec.title,
            story=_paragraphs(spec.story),
            run=self.run,
            spec=spec,
            n=len(metrics.scenario_ids),
            begins=clock.local_text(0.0),
            ends=clock.local_text(clock.duration_h),
            clock=clock,
            planned_by=self.trajectory.planned_in_words,
            perfect=metrics.perfect_information,
            cards=_cards(metrics),
            headlines=_headlines(metrics, self.bound),
            bound=self.bound is not None,
            published=list(spec.published.values()),
            notes=metrics.notes,
            rare=metrics.rare,
            few=FEW_LOSSES,
            figures=[(figure, inline(figure)) for figure in self.figures],
            asked=("survival", "run_out"),
            stations=stations(spec, metrics),
            tables=_tables(metrics),
            statements=statements(spec),
            events=events,
            all_events=mine,
            most_alike=_MOST_ALIKE,
            window=self.window,
            **self._questions(),
        )

    def _questions(self) -> dict[str, Any]:
        """What a planner asks first."""
        metrics = self.metrics
        services, stocks = lasting(metrics)
        lost_first, empty_first = first_lost(metrics)
        said = answers(metrics, self.run.scenario)
        return {
            "answers": said,
            "services": services,
            "any_lost": any(curve.alive_frac[-1] < 1.0 for curve in metrics.survival),
            "stocks": stocks,
            "hours": [f"{hour:.4g} h" for hour in marks(metrics)],
            "end": f"{marks(metrics)[-1]:.4g} h" if metrics.survival else "",
            "fracs": [f"{round(100 * frac)} %" for frac in QUANTILES],
            "survival_from": metrics.survival_from,
            "without": without(metrics),
            "lost_first": lost_first,
            "empty_first": empty_first,
            "causes": causes(metrics),
            "helps": next((answer.sentences for answer in said if answer.anchor == "help"), ()),
            "explained": self.explained,
        }

    def _events(self) -> list[EventRecord]:
        """The events of the scenario that is shown, from shortly before the strike; of many alike the first."""
        mine = [event for event in self.trajectory.events if event.scenario == self.window.scenario_id]
        hazard_h = self.spec.hazard_h
        if len(mine) <= _MOST_EVENTS:
            return mine
        if hazard_h is not None:
            mine = [event for event in mine if event.time_h >= hazard_h - _LEAD_H] or mine
        seen: Counter[tuple[str, str]] = Counter()
        kept = []
        for event in mine:
            seen[event.element, event.kind] += 1
            if seen[event.element, event.kind] <= _MOST_ALIKE:
                kept.append(event)
        return kept[:_MOST_EVENTS]


def inline(figure: Drawn) -> Markup:
    """A figure as part of the page: SVG whose inks follow the page's colours, or an image with its bytes inside.

    Names inside the drawing get the figure's name in front, since several drawings share one page.
    """
    words = Markup.escape(f"{figure.title}. {figure.caption}")
    if figure.ending != "svg":
        data = base64.b64encode(figure.data).decode("ascii")
        return Markup(f'<img src="data:image/{figure.ending};base64,{data}" alt="{words}">')
    text = figure.data.decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2)
    text = re.sub(r'\bid="', f'id="{figure.name}-', text)
    text = re.sub(r"url\(#", f"url(#{figure.name}-", text)
    text = re.sub(r'href="#', f'href="#{figure.name}-', text)
    text = re.sub(r"font: ([\w. ]*?)([\d.]+px) [^;\"]+", r"font: \1\2 var(--sans)", text)
    for colour, name in ((INK, "ink"), (MUTED, "muted"), (RULE, "rule"), (SHADE, "shade"), (COLOURS["grid"], "blue")):
        text = text.replace(f": {colour}", f": var(--{name})")
    return Markup(text.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1))


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def _cards(metrics: Metrics) -> list[tuple[str, str, str]]:
    """Headline numbers: words, number, how sure; the services that matter most at the latest mark that is reached."""
    cards = [(words, *split_estimate(metrics.estimates[name])) for name, words in _CARDS if name in metrics.estimates]
    hours = marks(metrics)
    whole = [curve for curve in metrics.survival if curve.service.endswith(".critical")]
    if hours and whole:
        hour = min(hours, key=lambda mark: abs(mark - 3 * HOURS_PER_DAY))
        name = f"alive_at_{hour:g}_h[{whole[0].service}]"
        if name in metrics.estimates:
            cards.append((f"critical power still there after {hour:g} h", *split_estimate(metrics.estimates[name])))
    return cards


def _headlines(metrics: Metrics, bound: Metrics | None) -> list[tuple[str, str, str]]:
    rows = []
    for name, words in HEADLINES:
        if name in metrics.estimates:
            beside = str(shown(bound.estimates[name])) if bound is not None and name in bound.estimates else ""
            rows.append((words, str(shown(metrics.estimates[name])), beside))
    return rows


def _tables(metrics: Metrics) -> list[tuple[str, list[tuple[str, str, Estimate]]]]:
    """Every quantity by topic: its name, its meaning, its estimate."""
    return [
        (
            title,
            [
                (name, quantity.meaning, metrics.estimates[name])
                for name, quantity in metrics.per_scenario.items()
                if quantity.topic is topic
            ],
        )
        for topic, title in _TOPIC_TITLES.items()
        if any(quantity.topic is topic for quantity in metrics.per_scenario.values())
    ]
