"""Blocks of worlds joined: their numbers stay in order, and every plan of every block is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulation.events.collect import concatenate
from tests.events.worlds import GRID, Hands, area


def test_blocks_are_joined_in_order_and_their_plans_are_counted_by_solver() -> None:
    """One block of which HiGHS finished a plan behind one that the interior point made alone."""
    block = Hands(area({"hall": {"grid": GRID}}), scenarios=2).demand("hall", critical=3.0).play()
    alone = replace(block, planned_by="interior point, closed loop", plans={"interior point": 8})
    rescued = replace(alone, scenario_ids=block.scenario_ids + 2, plans={"interior point": 7, "HiGHS": 1})
    for blocks in ([alone, rescued], [rescued, alone]):
        joined = concatenate(blocks)
        assert joined.plans == {"interior point": 15, "HiGHS": 1}
        assert joined.planned_in_words == "interior point, closed loop; plans: 15 by interior point, 1 by HiGHS"
        assert joined.scenario_ids.tolist() == [s for one in blocks for s in one.scenario_ids.tolist()]
        assert joined.flow("demand_kw", "hall.critical").shape == (4, block.clock.n_steps)
        assert joined.flow("demand_kw", "hall.critical")[3] == pytest.approx(3.0)
    assert concatenate([alone, alone]).planned_in_words == "interior point, closed loop"
