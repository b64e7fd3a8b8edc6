"""Energy-interchange and disaster-hub simulator: the public names, loaded when first used.

>>> import simulation
>>> "load" in dir(simulation)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "load": "simulation.scenario.load",
    "sample": "simulation.draws.draws",
    "assemble": "simulation.interchange.assemble",
    "solve": "simulation.interchange.solve",
    "solve_stream": "simulation.interchange.solve",
    "explain": "simulation.interchange.explain",
    "simulate": "simulation.events.simulate",
    "replan": "simulation.ensemble",
    "assess": "simulation.metrics.metrics",
    "write_report": "simulation.report.write",
    "Spec": "simulation.scenario.spec",
    "Draws": "simulation.draws.draws",
    "Problem": "simulation.interchange.problem",
    "Schedule": "simulation.interchange.schedule",
    "Trajectory": "simulation.events.trajectory",
    "Metrics": "simulation.metrics.metrics",
    "HiGHS": "simulation.interchange.highs",
    "InteriorPoint": "simulation.interchange.interior_point",
    "NoExchange": "simulation.interchange.rules",
    "MeritOrder": "simulation.interchange.rules",
}

__all__ = [
    "Draws",
    "HiGHS",
    "InteriorPoint",
    "MeritOrder",
    "Metrics",
    "NoExchange",
    "Problem",
    "Schedule",
    "Spec",
    "Trajectory",
    "assemble",
    "assess",
    "explain",
    "load",
    "replan",
    "sample",
    "simulate",
    "solve",
    "solve_stream",
    "write_report",
]

if TYPE_CHECKING:
    from simulation.draws.draws import Draws, sample
    from simulation.ensemble import replan
    from simulation.events.simulate import simulate
    from simulation.events.trajectory import Trajectory
    from simulation.interchange.assemble import assemble
    from simulation.interchange.explain import explain
    from simulation.interchange.highs import HiGHS
    from simulation.interchange.interior_point import InteriorPoint
    from simulation.interchange.problem import Problem
    from simulation.interchange.rules import MeritOrder, NoExchange
    from simulation.interchange.schedule import Schedule
    from simulation.interchange.solve import solve, solve_stream
    from simulation.metrics.metrics import Metrics, assess
    from simulation.report.write import write_report
    from simulation.scenario.load import load
    from simulation.scenario.spec import Spec


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}; there are: {', '.join(__all__)}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
