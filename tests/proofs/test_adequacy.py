"""Adequacy in the event model against NREL PRAS's test system A, enumerated exactly.

Three 10-MW units that fail with 0.1 and repair with 0.9 a step are up with 0.9 in every step, whatever went before: so
the eight states of the three, each held throughout and weighed, give every step's loss exactly.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.events.worlds import DIESEL, GRID, Hands, area

LOAD_KW = (25.0, 28.0, 27.0, 24.0)
WIND_KW = (5.0, 6.0, 7.0, 8.0)
LOSS_PROB = (0.028, 0.271, 0.028, 0.028)
UNSERVED_KWH = (0.29, 0.832, 0.29, 0.178)
WIND = {"rated_kw": 10.0}
HOLD = {"charge_kw": 1e-9, "discharge_kw": 1e-9, "capacity_kwh": 1.0, "initial_level_frac": 0.0}
"""Stands in for the grid that is not modelled there: it holds voltage for the wind where no unit runs."""
STATES = np.array(list(product((True, False), repeat=3)))
WEIGHTS = np.where(STATES, 0.9, 0.1).prod(axis=1)


@pytest.mark.parametrize("step_min", [60, 5])
def test_loss_of_load_and_unserved_energy_are_those_of_the_enumeration_at_any_step(step_min: int) -> None:
    """With steps of five minutes the chance of a loss is the same and the energy a twelfth."""
    spec = area(
        {
            "site": {
                "grid": GRID,
                "genset": {"unit": {**DIESEL, "rated_kw": 10.0, "count": 3}},
                "pv": {"wind": WIND},
                "battery": {"b": HOLD},
            }
        },
        step_min=step_min,
    )
    steps = spec.clock.n_steps // 4
    hands = Hands(spec, scenarios=len(STATES)).outage(0.0, 24.0)
    hands.demand("site", critical=np.tile(LOAD_KW, steps)).sun("site.pv.wind", np.tile(WIND_KW, steps))
    hands.available[:] = STATES
    lost_kw = hands.play().flow("unserved_kw", "site.critical")[:, 4:8]
    np.testing.assert_allclose(WEIGHTS @ (lost_kw > 1e-9), LOSS_PROB, atol=1e-8)
    np.testing.assert_allclose(WEIGHTS @ lost_kw * step_min / 60.0, np.array(UNSERVED_KWH) * step_min / 60.0, atol=1e-8)
