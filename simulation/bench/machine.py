"""What a timing was taken on: processor, threads, versions.  Light on imports: it must run before numpy loads."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["Machine", "one_thread", "this_machine"]

_PACKAGES = ("yuimaru", "numpy", "scipy", "numba", "simpy", "highspy", "piqp", "pypsa", "oemof-solph")
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Processor model, how many it has, the kernels that BLAS chose, threads in use, and versions; no host name."""

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
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else float("nan"),
        versions={"python": platform.python_version()}
        | {name: found for name in _PACKAGES if (found := _version(name))},
    )


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
