"""Scenarios spread over processes, in blocks whose size does not depend on how many workers there are.

Every scenario has its own streams of chance and every block is planned on its own, so the result is the same for
one worker and for many.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from typing import Any, Literal

from simulation.draws.draws import sample
from simulation.ensemble import replan
from simulation.errors import RunError, YuimaruError
from simulation.events.collect import concatenate
from simulation.events.simulate import play, simulate
from simulation.events.trajectory import Trajectory
from simulation.interchange.assemble import assemble
from simulation.interchange.schedule import Solver
from simulation.interchange.solve import solve
from simulation.scenario.spec import Spec

__all__ = ["Plan", "Work", "default_workers", "run_scenarios", "run_stream"]

Plan = Literal["replan", "perfect", "none"]
Progress = Callable[[float], None]

_there: dict[str, Any] = {}
"""In a worker process: the table of shares that it was started with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be run: a scenario, how it is planned and by which solver, and which worlds.

    ``plan`` is ``replan`` for the closed loop, ``perfect`` for the bound of perfect information, ``none`` for worlds
    that go by their own rules, where ``solver`` has nothing to do.
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

    ``progress`` is called with the share that is done.  An interruption, or a block that fails, ends all workers at
    once.  Raises RunError where a worker dies.
    """
    return concatenate(list(run_stream(work, workers=workers, progress=progress)))


def run_stream(work: Work, *, workers: int = 1, progress: Progress | None = None) -> Iterator[Trajectory]:
    """Run ``work`` as ``run_scenarios`` does and hand out its blocks one by one, in the order of ``scenario_ids``.

    No more than two blocks a worker are under way or wait to be taken, so that memory does not grow with the number of
    scenarios: ten thousand worlds of a fortnight would fill some 25 GB at once.
    """
    blocks = work.blocks()
    report = progress or _ignore
    if workers <= 1 or len(blocks) == 1:
        for i, ids in enumerate(blocks):
            yield _run_block(work, ids, lambda share, i=i: report((i + share) / len(blocks)))  # type: ignore[misc]
        return
    context = multiprocessing.get_context("spawn")
    shares = context.RawArray("d", len(blocks))
    workers = min(workers, len(blocks))
    with _pool(context, workers, shares) as pool:
        under_way: deque[Future[Trajectory]] = deque()
        try:
            for taken in range(len(blocks)):
                for i in range(taken + len(under_way), min(taken + 2 * workers, len(blocks))):
                    with _deaf_children():
                        under_way.append(pool.submit(_run_block_there, work, blocks[i], i))
                yield _take_first(under_way, taken, shares, report)
        except YuimaruError:
            raise
        except Exception as error:
            hint = "run with --workers 1 to see where; a worker that the system ended may have lacked memory"
            raise RunError(f"a worker failed: {error}; {hint}") from error


@contextmanager
def _pool(context: SpawnContext, workers: int, shares: Any) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that are ended at once where the block does not end well."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(shares,))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Children started meanwhile never hear of an interruption: a terminal sends it to all, but it is ours to answer.

    They inherit the mask from their first moment on, before any code of theirs could ask to ignore the signal.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _begin(shares: Any) -> None:
    """At the start of a worker: keep the table of shares; be deaf where no mask can be had; end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _there["shares"] = shares
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for work for ever, also where its parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run_block(work: Work, ids: Sequence[int], progress: Progress) -> Trajectory:
    draws = sample(work.spec, seed=work.seed, only=ids)
    if work.plan == "none":
        return play(work.spec, draws)
    if work.plan == "replan":
        return replan(work.spec, draws, work.solver, progress=progress)
    schedule = solve(assemble(work.spec, draws), work.solver)
    progress(0.8)
    return simulate(work.spec, draws, schedule)


def _run_block_there(work: Work, ids: Sequence[int], block: int) -> Trajectory:
    """In a worker process: as ``_run_block``, telling its share through the shared table."""
    return _run_block(work, ids, lambda share: _there["shares"].__setitem__(block, share))


def _take_first(
    under_way: deque[Future[Trajectory]], first: int, shares: Sequence[float], report: Progress
) -> Trajectory:
    """Take block ``first`` once it is finished; till then tell the share that is done, twice a second.

    Raises what any block under way failed with, as soon as that is known.
    """
    while True:
        wait([under_way[0]], timeout=0.5)
        for future in under_way:
            if future.done():
                future.result()
        done = sum(1.0 if future.done() else shares[first + k] for k, future in enumerate(under_way))
        report((first + done) / len(shares))
        if under_way[0].done():
            return under_way.popleft().result()


def _ignore(share: float) -> None:
    """Progress that nobody looks at."""
