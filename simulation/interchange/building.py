"""A building in the interchange problem: the balance of its bus."""

from __future__ import annotations

from simulation.interchange.builder import Builder
from simulation.interchange.names import BUS, DEFERRABLE
from simulation.interchange.outlook import Outlook
from simulation.scenario.spec import Spec
from simulation.units import TIERS

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """A power balance per building: all that comes in equals the load that cannot wait."""
    fixed_tiers = [tier for tier in range(len(TIERS)) if tier != DEFERRABLE]
    fixed_kw = outlook.demand_kw[:, :, :, fixed_tiers].sum(axis=3)
    for b, name in enumerate(spec.building):
        builder.row(name, BUS, rhs=fixed_kw[:, :, b])
