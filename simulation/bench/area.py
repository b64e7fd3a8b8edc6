"""A member of the standard family as plain numbers, from which the peers' models are built."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from simulation.bench import family
from simulation.bench.family_spec import Family
from simulation.scenario.clock import Clock

__all__ = ["Area"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What the area has and pays; axes S scenario, T step, B building, M month."""

    clock: Clock
    names: tuple[str, ...]
    lines: tuple[tuple[int, int], ...]
    months: tuple[str, ...]
    month_active: Float[np.ndarray, "T M"]
    demand_kw: Float[np.ndarray, "S T B"]
    pv_kw: Float[np.ndarray, "S T B"]
    import_jpy_per_kwh: Float[np.ndarray, " T"]
    contract_kw: Float[np.ndarray, " B"]
    capacity_kwh: Float[np.ndarray, " B"]
    battery_kw: Float[np.ndarray, " B"]
    genset_kw: Float[np.ndarray, " B"]
    peak_so_far_kw: float
    export_jpy_per_kwh: float = family.EXPORT_JPY_PER_KWH
    unserved_jpy_per_kwh: float = family.UNSERVED_JPY_PER_KWH
    genset_jpy_per_kwh: float = family.GENSET_JPY_PER_KWH
    demand_jpy_per_kw: float = family.DEMAND_JPY_PER_KW_MONTH
    line_kw: float = family.LINE_KW
    line_loss_frac: float = family.LINE_LOSS_FRAC
    efficiency_frac: float = family.BATTERY_EFFICIENCY
    level_min_frac: float = family.BATTERY_MIN_FRAC
    level_start_frac: float = family.BATTERY_START_FRAC

    @property
    def n_scenarios(self) -> int:
        """S, the number of scenarios."""
        return self.demand_kw.shape[0]

    @classmethod
    def of(cls, member: Family, n_scenarios: int) -> Area:
        """The numbers of the first ``n_scenarios`` scenarios of a member."""
        spec, draws = member.spec, member.draws
        kinds = family.family_kinds(len(spec.building))
        grids = [building.grid for building in spec.building.values()]
        local = draws.clock.local
        month = local.year.to_numpy() * 12 + local.month.to_numpy()
        months = np.unique(month)
        tariff = spec.tariff["area"]
        return cls(
            clock=draws.clock,
            names=spec.building_names,
            lines=tuple(family.family_lines(len(kinds))),
            months=tuple(f"month {m}" for m in months),
            month_active=(month[:, None] == months).astype(float),
            demand_kw=draws.demand.demand_kw[:n_scenarios].sum(axis=3),
            pv_kw=draws.pv_kw[:n_scenarios],
            import_jpy_per_kwh=tariff.energy_jpy_per_kwh(draws.clock),
            contract_kw=np.array([grid.contract_kw for grid in grids if grid is not None]),
            capacity_kwh=np.array([placed.part.capacity_kwh for placed in spec.batteries]),
            battery_kw=np.array([placed.part.charge_kw for placed in spec.batteries]),
            genset_kw=np.array([kind.genset_frac * kind.peak_kw for kind in kinds]),
            peak_so_far_kw=max(grid.peak_so_far_kw for grid in grids if grid is not None),
        )
