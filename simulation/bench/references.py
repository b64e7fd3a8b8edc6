"""The solvers that stand side by side: the core, the references, and what a user would pick instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.bench.oemof_peer import oemof_cost_jpy
from simulation.bench.piqp_solver import PIQP
from simulation.bench.pypsa_peer import pypsa_cost_jpy
from simulation.interchange.highs import HiGHS
from simulation.interchange.highs_chain import WarmHiGHS
from simulation.interchange.interior_point import InteriorPoint
from simulation.interchange.linprog import Linprog
from simulation.interchange.schedule import Solution, Solver

if TYPE_CHECKING:
    from simulation.bench.area import Area
    from simulation.bench.jobs import Material

__all__ = ["CORE", "FAST", "REFERENCES", "Reference", "absent", "reference_named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One way to solve the standard problem.

    ``package`` must be there to import, and ``extra`` of the project brings it; ``together`` says that more scenarios
    in one call make each cheaper, ``compiled`` that a first run may compile, so that it never counts.  A ``peer``
    builds its own model from plain numbers and hands back costs; a ``solver`` takes the arrays.
    """

    name: str
    title: str
    package: str = "scipy"
    distribution: str = "scipy"
    extra: str = "peers"
    together: bool = False
    compiled: bool = False
    solver: Solver | None = None
    peer: Callable[[Area], np.ndarray] | None = None

    @property
    def installed(self) -> bool:
        """Whether its package can be imported."""
        return find_spec(self.package.split(".")[0]) is not None

    def prepare(self, material: Material) -> Callable[[], Solution | np.ndarray]:
        """What is to be timed, on inputs that are ready."""
        run: Any
        if self.peer is not None:
            peer, area = self.peer, material.area
            run = lambda: peer(area)  # noqa: E731  two short ways to the same callable
        else:
            assert self.solver is not None, "a reference is a solver or a peer"
            solver, problem = self.solver, material.problem
            run = lambda: solver.solve(problem)  # noqa: E731  the same
        return run


CORE = Reference(
    name="interior-point", title="Yuimaru's core, numpy", together=True, solver=InteriorPoint(kernels="numpy")
)
"""The core on its readable kernels, whatever is installed: by default a year takes the fused ones where they are."""

FAST = Reference(
    name="interior-point-fast",
    title="Yuimaru's core, numba",
    package="numba",
    distribution="numba",
    extra="fast",
    together=True,
    compiled=True,
    solver=InteriorPoint(kernels="numba"),
)
"""The core on the fused kernels of the optional extra ``fast``."""

REFERENCES: tuple[Reference, ...] = (
    CORE,
    FAST,
    Reference(name="highs", title="HiGHS through scipy", solver=Linprog()),
    Reference(
        name="highspy-presolve",
        title="HiGHS direct, cold, presolve",
        package="highspy",
        distribution="highspy",
        solver=HiGHS(nested=False),
    ),
    Reference(
        name="highspy",
        title="HiGHS direct, cold, no presolve",
        package="highspy",
        distribution="highspy",
        solver=HiGHS(presolve=False, nested=False),
    ),
    Reference(
        name="highspy-nested",
        title="HiGHS direct, nested",
        package="highspy",
        distribution="highspy",
        solver=HiGHS(),
    ),
    Reference(
        name="highspy-warm",
        title="HiGHS direct, warm along a chain",
        package="highspy",
        distribution="highspy",
        together=True,
        solver=WarmHiGHS(),
    ),
    Reference(name="piqp", title="PIQP, cold", package="piqp", distribution="piqp", solver=PIQP()),
    Reference(
        name="piqp-once",
        title="PIQP, set up once",
        package="piqp",
        distribution="piqp",
        together=True,
        solver=PIQP(set_up_once=True),
    ),
    Reference(name="pypsa", title="PyPSA", package="pypsa", distribution="pypsa", peer=pypsa_cost_jpy),
    Reference(
        name="oemof", title="oemof.solph", package="oemof.solph", distribution="oemof-solph", peer=oemof_cost_jpy
    ),
)


def absent() -> tuple[str, ...]:
    """Packages of references that are not installed, each once: the extras ``fast`` and ``peers`` bring them."""
    return tuple(dict.fromkeys(one.distribution for one in REFERENCES if not one.installed))


def reference_named(name: str) -> Reference:
    """The reference of this name.

    Raises:
        KeyError: naming the references there are.
    """
    found = {one.name: one for one in REFERENCES}
    if name not in found:
        raise KeyError(f"no solver {name!r}; there are: {', '.join(found)}")
    return found[name]
