"""What a planner asks: every service in every table, hours by which something was gone, honest bounds on a cure."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from simulation.metrics.causes import CauseRow, CauseTable
from simulation.metrics.depletion import quantile
from simulation.metrics.estimate import of_proportion, of_skewed_loss
from simulation.metrics.quantity import key
from simulation.report.answers import answers
from simulation.report.questions import LATER, first_lost, hours_text, lasting, lost_h, marks, without
from simulation.report.words import service_words
from tests.report.conftest import Week


def test_every_service_stands_in_the_table_of_how_long_it_lasts(hub_week: Week) -> None:
    services, stocks = lasting(hub_week.metrics)
    assert [row.words for row in services] == [service_words(curve) for curve in hub_week.metrics.survival]
    assert len(stocks) == len(hub_week.metrics.depletion)
    assert all(len(row.marks) == len(marks(hub_week.metrics)) for row in services)


def test_every_service_but_those_of_the_area_says_what_it_did_not_give(hub_week: Week) -> None:
    rows = {row.words: row for row in without(hub_week.metrics)}
    own = [curve for curve in hub_week.metrics.survival if not curve.service.startswith("area.")]
    assert list(rows) == [service_words(curve) for curve in own]
    assert rows["Critical power, hub"].amount == hub_week.metrics.estimates["unserved_kwh[hub.critical]"]
    assert rows["Critical power, hub"].people == hub_week.metrics.estimates["unserved_person_h[hub.critical]"]
    floor = rows["Room in shelter hall at hub"]
    assert floor.people == hub_week.metrics.estimates["unserved_person_h[hub.shelter.hall]"]


def test_hours_until_a_service_was_lost_agree_with_its_curve(hub_week: Week) -> None:
    for curve in hub_week.metrics.survival:
        hours = lost_h(hub_week.metrics, curve.service)
        assert np.isinf(hours).mean() == pytest.approx(curve.alive_frac[-1])
        half = float(quantile(hours, 0.5).hours)
        assert (half == inf) == (curve.alive_frac[-1] > 0.5)


def test_services_lost_together_all_count_as_the_first(hub_week: Week) -> None:
    """Two copies of a service that is lost at once in two of six scenarios, one that is lost later in three."""
    metrics = hub_week.metrics
    chosen = [c for c in metrics.survival if c.service in ("hub.critical", "hub.essential", "hub.comfort")]
    lost = {
        "hub.critical": [0.0, 0.0, 50.0, inf, inf, inf],
        "hub.essential": [0.0, 0.0, 60.0, inf, inf, inf],
        "hub.comfort": [9.0, 9.0, 9.0, inf, inf, inf],
    }
    found = dict(metrics.per_scenario)
    for service, hours in lost.items():
        for name in list(found):
            if name.endswith(f"[{service}]") and name.startswith("alive_at_"):
                found[name] = replace(found[name], values=np.isinf(hours).astype(float))
        name = key("survived_h", service)
        found[name] = replace(found[name], values=np.minimum(hours, 129.0))
    services, _ = first_lost(replace(metrics, survival=tuple(chosen), per_scenario=found))
    counts = {row.words: row.count for row in services}
    assert counts == {
        "Critical power, hub": 2,
        "Essential power, hub": 2,
        "Comfort power, hub": 1,
        "no service was lost": 3,
    }


def test_what_did_not_come_within_the_period_comes_later(hub_week: Week) -> None:
    services, _ = lasting(hub_week.metrics)
    never = [row for row, c in zip(services, hub_week.metrics.survival, strict=True) if c.alive_frac[-1] == 1.0]
    assert never
    assert all(moment.hours == LATER for row in never for moment in row.moments)


@pytest.mark.parametrize(("hours", "words"), [(0.0, "at once"), (23.94, "23.9 h"), (1234.4, "1,234 h")])
def test_hours_in_words(hours: float, words: str) -> None:
    assert hours_text(hours) == words


def _table(shares: dict[str, float]) -> CauseTable:
    """Ten scenarios alike, with their loss split among the roots."""
    rows = tuple(
        CauseRow(root=root, amount=of_skewed_loss(np.full(10, 100 * share), "kWh"), share=share_of(share), example=root)
        for root, share in shares.items()
    )
    return CauseTable(title="energy not served", whole=of_skewed_loss(np.full(10, 100.0), "kWh"), rows=rows, chains=())


def share_of(share: float):
    return of_proportion(round(100 * share), 100)


def _helps(week: Week, shares: dict[str, float]) -> str:
    found = answers(replace(week.metrics, causes=(_table(shares),)), "hub_week")
    return " ".join(next(answer.sentences for answer in found if answer.anchor == "help"))


def test_a_cure_is_bounded_by_the_share_of_its_root(hub_week: Week) -> None:
    said = _helps(hub_week, {"road R2 closed": 0.7, "grid lost on town": 0.3})
    assert "Without “road R2 closed” at most 70 % of the energy not served would be spared" in said
    assert "grid itself" not in said


def test_the_grid_itself_is_nothing_that_can_be_done_away_with(hub_week: Week) -> None:
    said = _helps(hub_week, {"grid lost on town": 0.98, "road R2 closed": 0.02})
    assert "98 % of the energy not served began with the grid itself" in said
    assert "road R2" not in said, "a root of two per cent is left to the table"


def test_where_nothing_is_lost_one_sentence_says_so(hub_week: Week) -> None:
    kept = tuple(replace(curve, alive_frac=np.ones_like(curve.alive_frac)) for curve in hub_week.metrics.survival)
    first, *_ = answers(replace(hub_week.metrics, survival=kept), "hub_week")
    assert first.sentences == ("Every service held to the end, 129 h, in all 6 scenarios.",)
