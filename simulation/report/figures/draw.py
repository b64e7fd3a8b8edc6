"""All figures of a report, in the order in which they are shown."""

from __future__ import annotations

from simulation.events.trajectory import Trajectory
from simulation.metrics.metrics import Metrics
from simulation.report.figures.cost import cost
from simulation.report.figures.exchange import exchange
from simulation.report.figures.peak import peak
from simulation.report.figures.people import people
from simulation.report.figures.power_balance import power_balance
from simulation.report.figures.run_out import run_out
from simulation.report.figures.stocks import stocks
from simulation.report.figures.style import Drawn
from simulation.report.figures.survival import survival
from simulation.report.figures.window import choose
from simulation.scenario.spec import Spec

__all__ = ["draw"]


def draw(spec: Spec, trajectory: Trajectory, metrics: Metrics) -> tuple[Drawn, ...]:
    """Every figure that has something to show: survival first where there is a hazard, power first where not.

    Where nothing can be seen to end (no hazard, and no service lost), survival is left out.
    """
    window = choose(spec, trajectory, metrics)
    at_stake = spec.hazard is not None or any(curve.alive_frac[-1] < 1.0 for curve in metrics.survival)
    fate = (*survival(metrics), run_out(metrics)) if at_stake else ()
    flow = (
        power_balance(spec, trajectory, window),
        exchange(spec, trajectory, metrics, window),
        peak(spec, trajectory, metrics),
        cost(metrics),
    )
    life = (*stocks(spec, trajectory, metrics), people(spec, trajectory))
    ordered = (*fate, *flow[:2], *life, *flow[2:]) if spec.hazard is not None else (*flow, *life, *fate)
    return tuple(drawn for drawn in ordered if drawn is not None)
