"""Where the time of a solve goes, by file: a profile for those who make it faster."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Sequence
from pathlib import Path

from threadpoolctl import threadpool_limits

from simulation.bench.cases import Case, Phase
from simulation.bench.jobs import Material, prepare

__all__ = ["shares_by_file"]

_LEAST = 0.02
_PACKAGE = Path(__file__).parents[1]


def shares_by_file(case: Case, n_scenarios: int | None = None) -> Sequence[tuple[str, float]]:
    """Share of the solve's time spent in each file of this package, the largest first; under 2 % is left out.

    Time in numpy and scipy counts for the file that called them.  A profiler slows small calls down more than large
    ones, so shares are for finding the way, not for comparing.
    """
    job = prepare(Material(case, n_scenarios or case.many), Phase.SOLVE)
    job.run()
    profile = cProfile.Profile()
    with threadpool_limits(limits=1):
        profile.runcall(job.run)
    spent: dict[str, float] = {}
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  pstats has it, its stubs do not
    for (file, _, _), (_, _, own_s, _, callers) in stats.items():
        if _inside(file):
            spent[Path(file).name] = spent.get(Path(file).name, 0.0) + own_s
            continue
        for (caller, _, _), (_, _, own_part_s, _) in callers.items():
            name = Path(caller).name if _inside(caller) else "numpy and scipy among themselves"
            spent[name] = spent.get(name, 0.0) + own_part_s
    total = sum(spent.values())
    ranked = sorted(spent.items(), key=lambda item: -item[1])
    return [(name, value / total) for name, value in ranked if value >= _LEAST * total]


def _inside(file: str) -> bool:
    return Path(file).is_relative_to(_PACKAGE)
