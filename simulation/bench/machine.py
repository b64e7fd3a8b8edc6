"""What a timing was taken on: processor, threads, versions, load.  Light on imports: it must run before numpy loads."""

from __future__ import annotations

import math
import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

__all__ = ["LoadWatch", "Machine", "one_thread", "others_load", "this_machine"]

_PACKAGES = ("yuimaru", "numpy", "scipy", "numba", "simpy", "highspy", "piqp", "pypsa", "oemof-solph")
_MEMORY_S = 60.0
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Processor model, how many it has, the kernels that BLAS chose, threads in use, and versions; no host name.

    ``load`` is the mean of the minute before the session.
    """

    processor: str
    processors: int
    system: str
    blas: str
    threads: int
    load: float
    versions: dict[str, str]


def one_thread() -> None:
    """Ask for one BLAS thread and the kernels of this very processor; only heeded before numpy is loaded.

    Some environments pin OpenBLAS to the kernels of another processor, so that results are the same everywhere; a
    timing is not to carry that.
    """
    if "numpy" in sys.modules:
        return
    os.environ.pop("OPENBLAS_CORETYPE", None)
    for name in _THREADS:
        os.environ[name] = "1"


def this_machine(threads: int = 1) -> Machine:
    """The machine as it is now."""
    return Machine(
        processor=_processor(),
        processors=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        blas=_blas(),
        threads=threads,
        load=round(_load(), 2),
        versions={"python": platform.python_version()}
        | {name: found for name in _PACKAGES if (found := _version(name))},
    )


class LoadWatch:
    """The highest load by other processes that was seen since it was opened; NaN where the system does not tell."""

    def __init__(self) -> None:
        self._start_s, self._before = perf_counter(), _load()
        self.highest = 0.0 if math.isfinite(self._before) else math.nan

    def look(self) -> None:
        """Take the load as it is now into account."""
        load = others_load(_load(), self._before, perf_counter() - self._start_s)
        self.highest = max(self.highest, load)


def others_load(load: float, before: float, elapsed_s: float) -> float:
    """The part of a load, a 1-minute mean, that others brought since it was ``before``.

    The mean forgets by exp(-t / 60 s): that much is left of what was before, and this process, which runs all the time,
    has brought 1 less that.

    >>> others_load(1.0, 1.0, 600.0), round(others_load(1.5, 0.0, 600.0), 2), others_load(0.4, 0.4, 0.0)
    (0.0, 0.5, 0.0)
    """
    left = math.exp(-elapsed_s / _MEMORY_S)
    return max(0.0, load - before * left - (1.0 - left))


def _load() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _blas() -> str:
    from threadpoolctl import threadpool_info

    found = [f"{one['internal_api']} {one.get('architecture', '')}".strip() for one in threadpool_info()]
    return ", ".join(dict.fromkeys(name for name in found if not name.startswith("openmp"))) or "unknown"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
