"""Kashiwa-no-ha: three configurations on the same draws.  Neither published claim is a target (docs/kashiwanoha.md)."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
from rich.console import Console

from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.events.simulate import simulate
from simulation.events.trajectory import Trajectory
from simulation.interchange.assemble import assemble
from simulation.interchange.highs import HiGHS
from simulation.interchange.solve import solve
from simulation.metrics.metrics import assess
from simulation.report.terminal import comparison_table, published_lines
from simulation.scenario.load import load
from simulation.study.compare import compare
from simulation.units import MONTHS_PER_YEAR

NONE, ALONE, EXCHANGE = "kashiwanoha_no_storage", "kashiwanoha_storage_alone", "kashiwanoha"

pytestmark = pytest.mark.slow


@cache
def perfect(name: str) -> tuple[np.ndarray, Trajectory]:
    """Bound on the cost of every scenario, and what becomes of the plan."""
    spec = load(name)
    draws = sample(spec, n_scenarios=2, seed=1)
    schedule = solve(assemble(spec, draws), HiGHS())
    return schedule.relaxed_objective_jpy, simulate(spec, draws, schedule)


def test_each_freedom_lowers_the_bound() -> None:
    none, alone, exchange = (perfect(name)[0] for name in (NONE, ALONE, EXCHANGE))
    assert (alone < none).all()
    assert (exchange <= alone + 1e-6 * np.abs(alone)).all()


def test_the_closed_loop_pays_at_least_what_perfect_information_pays() -> None:
    spec = load(EXCHANGE)
    loop = assess(spec, replan(spec, sample(spec, n_scenarios=2, seed=1), HiGHS()))
    bound = assess(spec, perfect(EXCHANGE)[1])
    assert (loop.per_scenario["cost_jpy"].values >= bound.per_scenario["cost_jpy"].values).all()
    assert bound.perfect_information
    assert not loop.perfect_information


def test_what_is_sent_to_the_mall_is_the_senders_own_output() -> None:
    run = perfect(EXCHANGE)[1]
    ways = [name for name in run.flows["sent_kw"].elements if name.startswith("exchange:")]
    assert len(ways) == 2
    assert sum(run.flow("sent_kw", way).sum() for way in ways) > 0.0
    for way in ways:
        sender = way.split(":")[1].split(">")[0]
        own = sum(
            run.flows[flow].of(element)
            for flow in ("pv_kw", "discharge_kw", "genset_kw")
            for element in run.flows[flow].elements
            if element.startswith(f"{sender}.")
        )
        assert (run.flow("sent_kw", way) <= own + 1e-6).all()
        assert run.flow("sent_kw", way).max() <= 1_000.0 + 1e-9


def test_storage_cuts_the_demand_charge_and_the_published_claims_stand_beside() -> None:
    charge = {
        name: assess(load(name), perfect(name)[1]).per_scenario["demand_charge_jpy_per_year"].values
        for name in (NONE, ALONE, EXCHANGE)
    }
    assert (charge[ALONE] < charge[NONE]).all()
    assert (charge[EXCHANGE] < charge[NONE]).all()
    published = load(EXCHANGE).published
    assert "26 %" in published["peak_cut"].claim
    assert "10 million yen" in published["saving"].claim


def test_the_printed_comparison_shows_both_cuts_beside_the_published_claims() -> None:
    """The cut of the area's peak in per cent and of the demand charge in yen a year, from no storage to exchange."""
    specs = [load(name) for name in (NONE, ALONE, EXCHANGE)]
    comparison = compare(specs, [assess(spec, perfect(spec.name)[1]) for spec in specs])
    printed = Console(width=240, file=io.StringIO(), color_system=None)
    printed.print(comparison_table(comparison), *published_lines(specs))
    lines = printed.file.getvalue().splitlines()

    def cells(words: str) -> list[str]:
        return next(line for line in lines if words in line).replace("|", "\u2502").split("\u2502")[2:-1]

    before = comparison.metrics[0].estimates
    peaks = cells("peak import of the area")
    for found, cell in zip(comparison.differences, peaks[1:], strict=True):
        cut = found["area_peak_kw"]
        assert cut.mean < 0.0
        if cut.resolved:
            assert f"{100.0 * cut.mean / before['area_peak_kw'].mean:+.1f} %" in cell
    charges = cells("demand charge of a year at this peak")
    assert len(charges) == 3
    for found, cell in zip(comparison.differences, charges[1:], strict=True):
        assert found["demand_charge_jpy_per_year"].mean < 0.0
        assert "yen/year" in cell
    published = " ".join(line.strip() for line in lines if line)
    for words in ("26 %", "10 million yen", "Our reading"):
        assert words in published
    assert "both cannot be demand-charge results on one baseline" in published


@pytest.mark.full
def test_over_a_year_each_freedom_cuts_the_peak_and_the_demand_charge() -> None:
    """Closed loop, every month billed with its ratchet; a month of it runs in the slow tier (tests/scenarios).

    So what is saved on both meters together is worth, within a quarter, what the area's peak fell by: the tariff knows
    no cut of 26 % for 10 million yen.
    """
    names = ("kashiwanoha_year_no_storage", "kashiwanoha_year_storage_alone", "kashiwanoha_year")
    specs = [load(name) for name in names]
    found = [assess(spec, replan(spec, sample(spec, n_scenarios=1), HiGHS())).per_scenario for spec in specs]
    peak_kw = [float(values["area_peak_kw"].values[0]) for values in found]
    charge_jpy = [float(values["cost_demand_jpy"].values[0]) for values in found]
    assert peak_kw[0] > peak_kw[1] > peak_kw[2]
    assert charge_jpy[0] > charge_jpy[1] > charge_jpy[2]
    price_jpy = specs[0].tariff_of("lalaport").demand_after_power_factor_jpy * MONTHS_PER_YEAR
    saved_kw = (charge_jpy[0] - charge_jpy[2]) / price_jpy
    assert saved_kw == pytest.approx(peak_kw[0] - peak_kw[2], rel=0.25)
