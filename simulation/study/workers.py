"""Scenarios spread over processes, in blocks whose size does not depend on how many workers there are.

Every scenario has its own streams of chance and every block is planned on its own, so the result is the same for
one worker and for many.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.managers import DictProxy
from typing import Literal

from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.errors import RunError
from simulation.events.collect import concatenate
from simulation.events.simulate import simulate
from simulation.events.trajectory import Trajectory
from simulation.interchange.assemble import assemble
from simulation.interchange.schedule import Solver
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec

__all__ = ["Plan", "Work", "default_workers", "run_scenarios"]

Plan = Literal["replan", "perfect"]
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be run: a scenario, how it is planned and by which solver, and which worlds.

    ``plan`` is ``replan`` for the closed loop, ``perfect`` for the bound of perfect information.
    """

    spec: Spec
    plan: Plan
    solver: Solver
    scenario_ids: tuple[int, ...]
    seed: int
    block: int = 16

    def blocks(self) -> list[tuple[int, ...]]:
        """The scenarios in blocks of ``block``."""
        ids = self.scenario_ids
        return [ids[i : i + self.block] for i in range(0, len(ids), self.block)]


def default_workers() -> int:
    """Number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_scenarios(work: Work, *, workers: int = 1, progress: Progress | None = None) -> Trajectory:
    """Run every scenario of ``work`` and join the results in the order of ``scenario_ids``.

    ``progress`` is called with the share that is done.  Raises RunError where a worker dies.
    """
    blocks = work.blocks()
    report = progress or _ignore
    if workers <= 1 or len(blocks) == 1:
        done = [
            _run_block(work, ids, lambda share, i=i: report((i + share) / len(blocks)))  # type: ignore[misc]
            for i, ids in enumerate(blocks)
        ]
        return concatenate(done)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(min(workers, len(blocks)), mp_context=context) as pool:
        shares = manager.dict()
        futures = [pool.submit(_run_block_there, work, ids, shares, i) for i, ids in enumerate(blocks)]
        _watch(futures, shares, report)
        try:
            return concatenate([future.result() for future in futures])
        except Exception as error:
            raise RunError(f"a worker failed: {error}; run with --workers 1 to see where") from error


def _run_block(work: Work, ids: Sequence[int], progress: Progress) -> Trajectory:
    draws = sample(work.spec, seed=work.seed, only=ids)
    if work.plan == "replan":
        return replan(work.spec, draws, work.solver, progress=progress)
    schedule = solve(assemble(work.spec, draws), work.solver)
    progress(0.8)
    return simulate(work.spec, draws, schedule)


def _run_block_there(work: Work, ids: Sequence[int], shares: DictProxy[int, float], block: int) -> Trajectory:
    """In a worker process: as ``_run_block``, telling its share through a shared table."""
    return _run_block(work, ids, lambda share: shares.__setitem__(block, share))


def _watch(futures: Sequence[Future[Trajectory]], shares: DictProxy[int, float], report: Progress) -> None:
    """Tell the share that is done, twice a second, until every block is finished or one has failed."""
    open_futures = set(futures)
    while open_futures:
        finished, open_futures = wait(open_futures, timeout=0.5)
        if any(future.exception() for future in finished):
            for future in open_futures:
                future.cancel()
            return
        running = dict(shares)
        share = sum(1.0 if future.done() else running.get(i, 0.0) for i, future in enumerate(futures))
        report(share / len(futures))


def _ignore(share: float) -> None:
    """Progress that nobody looks at."""
