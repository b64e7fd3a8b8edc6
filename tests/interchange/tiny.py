"""Problems small enough to be solved by hand, beside their answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np

from simulation.interchange.problem import Label, Problem
from simulation.scenario.clock import Clock

NOTE = """
Two hours of 10 kW; prices 10 then 30 yen; a full-efficiency battery of 20 kWh, 12 kW, empty at first.

Hour 1: import up to 20 kW.  10 serve the load, 10 are stored, which serve hour 2: 20 kWh x 10 yen = 200 yen.

A demand charge of 70 yen/kW: each kW moved saves 20 yen of energy and adds 70 to the peak, so nothing is moved:
10 x 10 + 10 x 30 + 70 x 10 = 1,100 yen.  Shortage at 40 yen is cheaper than the charge: 20 x 40 = 800 yen.

With at most 5 kW of import in hour 2 and 60 yen of shortage: a kW that serves both hours costs 10 + 30 + 70 = 110
against 120 of shortage, so 5 kW do; a further kWh in hour 1 would cost 80 against 60, so 5 kWh are short in each
hour: 5 x 110 + 10 x 60 = 1,150 yen.

With shortage at 200 yen the 5 kWh are moved: 15 x 10 + 5 x 30 + 70 x 15 = 1,350 yen.
"""


def two_hours(*, demand_jpy: float, second_hour_kw: float, short_jpy: float, n_scenarios: int = 1) -> Problem:
    """Import, charge, discharge, unserved and the room below the peak over two hours (see the note above)."""
    columns = ("import_kw", "charge_kw", "discharge_kw", "unserved_kw", "below_peak_kw")
    matrix = np.array(
        [
            [1.0, -1.0, 1.0, 1.0, 0.0],
            [0.0, 1.0, -1.0, 0.0, 0.0],
            [1.0, 0.0, 0.0, 0.0, 1.0],
        ]
    )
    S, T, N = n_scenarios, 2, len(columns)
    cost = np.zeros((S, T, N))
    cost[:, 0, 0], cost[:, 1, 0] = 10.0, 30.0
    cost[:, :, 3] = short_jpy
    upper = np.empty((S, T, N))
    upper[:] = [20.0, 12.0, 12.0, 10.0, np.inf]
    upper[:, 1, 0] = second_hour_kw
    rhs = np.zeros((S, T, 3))
    rhs[:, :, 0] = 10.0
    return Problem(
        clock=Clock(start_utc=datetime(2026, 8, 2, 15), step_min=60, n_steps=T, zone="Asia/Tokyo"),
        columns=tuple(Label("house", name) for name in columns),
        rows=(Label("house", "bus_kw"), Label("house.battery", "balance_kwh"), Label("house", "meter_kw")),
        stores=(Label("house.battery", "level_kwh"),),
        peaks=(Label("house", "peak_kw"),),
        matrix=matrix,
        store_row=np.array([1]),
        retention=np.ones((T, 1)),
        peak_matrix=np.array([[0.0], [0.0], [1.0]]),
        peak_active=np.ones((T, 1)),
        peak_rows=np.zeros((0, 1)),
        peak_rhs=np.zeros((S, 0)),
        cost=cost,
        curvature=np.zeros_like(cost),
        upper=upper,
        rhs=rhs,
        initial_level=np.zeros((S, 1)),
        level_min=np.zeros((S, T, 1)),
        level_max=np.full((S, T, 1), 20.0),
        level_cost=np.zeros((S, T, 1)),
        peak_cost=np.full((S, 1), demand_jpy),
        peak_min=np.zeros((S, 1)),
        peak_max=np.full((S, 1), np.inf),
        exclusive=np.array([[1, 2]]),
    )


def with_peak_row(problem: Problem, least_kw: float) -> Problem:
    """The same with a row that holds twice the peak above ``2 * least_kw``."""
    S = problem.n_scenarios
    return replace(problem, peak_rows=np.array([[2.0]]), peak_rhs=np.full((S, 1), 2.0 * least_kw))


ANSWERS = (
    ({"demand_jpy": 0.0, "second_hour_kw": 20.0, "short_jpy": 40.0}, 200.0),
    ({"demand_jpy": 70.0, "second_hour_kw": 20.0, "short_jpy": 400.0}, 1100.0),
    ({"demand_jpy": 70.0, "second_hour_kw": 20.0, "short_jpy": 40.0}, 800.0),
    ({"demand_jpy": 70.0, "second_hour_kw": 5.0, "short_jpy": 60.0}, 1150.0),
    ({"demand_jpy": 70.0, "second_hour_kw": 5.0, "short_jpy": 200.0}, 1350.0),
)


def two_plants() -> Problem:
    """Two plants serve 30 kW for two hours, at 1/2 q x^2 yen each with q = 1 and 2 (columns 0 and 3).

    By marginal costs the first gives twice as much as the second, 20 and 10 kW, at 20 yen/kWh: 2 (200 + 100) yen.
    """
    base = two_hours(demand_jpy=0.0, second_hour_kw=20.0, short_jpy=0.0)
    return replace(
        base,
        cost=np.zeros_like(base.cost),
        curvature=np.broadcast_to([1.0, 0.0, 0.0, 2.0, 0.0], base.cost.shape).copy(),
        upper=np.broadcast_to([100.0, 0.0, 0.0, 100.0, np.inf], base.cost.shape).copy(),
        rhs=base.rhs * 3.0,
    )
