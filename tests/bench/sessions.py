"""A session of measuring with invented figures, for tests of what is made of one."""

from __future__ import annotations

from datetime import UTC, datetime

from simulation.bench.history import Session
from simulation.bench.machine import Machine
from simulation.bench.measure import Figure

MACHINE = Machine(
    processor="Processor 9000",
    processors=2,
    system="Linux x86_64",
    blas="openblas Zen",
    threads=1,
    load=0.1,
    versions={"python": "3.11.7", "numpy": "2.4.6"},
)


def figure(case: str, phase: str, solver: str, median_ms: float, scenarios: int = 64) -> Figure:
    solved = phase == "solve"
    return Figure(
        case=case,
        phase=phase,
        solver=solver,
        scenarios=scenarios,
        repeats=3,
        median_ms=median_ms,
        fastest_ms=0.9 * median_ms,
        slowest_ms=1.2 * median_ms,
        variables=865,
        count=12,
        counted="iterations",
        iterations=12.5 if solved else None,
        worst=3e-9 if solved else None,
        objective_jpy=1e6 if solved else None,
        differs=2e-9 if solved and solver != "interior-point" else None,
    )


def session(day: int = 1, core_ms: float = 0.25) -> Session:
    cells = [
        figure(case, "solve", solver, factor * core_ms)
        for case in ("2x48-plain", "2x48-stressed")
        for solver, factor in (("interior-point", 1.0), ("interior-point-fast", 0.8), ("highs", 20.0))
    ]
    cells += [figure("2x48-plain", "assemble", "interior-point", 0.03)]
    cells += [figure("flagship-week", "simulate", "HiGHS", 90.0, 1)]
    line = [
        figure(f"5x48-{half}", "solve", solver, time_ms / n**power, n)
        for half in ("plain", "stressed")
        for solver, time_ms, power in (
            ("interior-point", 9.0, 0.3),
            ("interior-point-fast", 4.0, 0.2),
            ("highs", 15.0, 0.0),
        )
        for n in (1, 4, 16)
    ]
    return Session(
        started_utc=datetime(2026, 11, day, 12, tzinfo=UTC),
        command="yuimaru bench",
        commit="0123456789ab",
        machine=MACHINE,
        absent=("oemof-solph",),
        figures=tuple(cells),
        scaling=tuple(line),
    )
