"""Demand charge in the interchange problem: the highest metered mean of each month, with what still counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.interchange.builder import Builder, Store
from simulation.interchange.names import IMPORT, METERED, ROOM_BELOW_PEAK
from simulation.interchange.outlook import Outlook
from simulation.scenario.clock import Clock
from simulation.scenario.spec import Spec
from simulation.units import MINUTES_PER_HOUR

__all__ = ["contribute"]


def contribute(builder: Builder, spec: Spec, outlook: Outlook) -> None:
    """A peak per meter with a demand charge and per local month of the plan, never below the peak so far.

    Every month in view is charged in full, however little of it is in view; months out of view cost nothing.  The
    peak so far counts in the first month in view and, with a ratchet, in the ``ratchet_months - 2`` after it.  With a
    ratchet a month is charged the highest of itself and the ``ratchet_months - 1`` before it.

    The mean is taken over the metering step.  Where the planning step is longer (or does not fit into it) it is taken
    over their least common multiple, which understates the peak; the label then says so.
    """
    view = _view(builder.clock, spec.period.metering_step_min)
    for m, meter in enumerate(spec.meters):
        behind = [name for name in spec.building if spec.meter_of(name) == meter]
        tariff = spec.tariff_of(behind[0])
        if tariff is None or tariff.demand_after_power_factor_jpy == 0.0:
            continue
        contract_kw = sum(grid.contract_kw for name in behind if (grid := spec.building[name].grid) is not None)
        so_far_kw = outlook.peak_kw[:, [m]]
        kept_free_kw = _kept_free_kw(spec, outlook, behind)
        most_kw = np.maximum(contract_kw, so_far_kw) + kept_free_kw.max(axis=1, keepdims=True)
        peaks = _peaks(
            builder,
            f"meter.{meter}",
            view,
            (tariff.demand_after_power_factor_jpy, tariff.ratchet_months),
            (so_far_kw, most_kw),
        )
        imports = [column for name in behind if (column := builder.find(name, IMPORT)) is not None]
        row = _metered(builder, f"meter.{meter}", view, imports, (most_kw, kept_free_kw))
        for month, peak in enumerate(peaks):
            builder.enter_peak(row, peak, view.peak_factor * (view.month == month))


@dataclass(frozen=True, slots=True)
class _View:
    """Metering intervals and months of the plan's steps.

    ``peak_factor`` is what a peak enters the meter's row with: 1 where an interval is one step, else the hours of the
    interval that are in view, at its last step.
    """

    interval_h: float
    single: bool
    first: Bool[np.ndarray, " T"]
    last: Bool[np.ndarray, " T"]
    peak_factor: Float[np.ndarray, " T"]
    month: Int[np.ndarray, " T"]
    month_names: tuple[str, ...]
    coarse: str


def _view(clock: Clock, metering_step_min: int) -> _View:
    interval_min = lcm(clock.step_min, metering_step_min)
    local = clock.local
    first = local.minute.to_numpy() % interval_min < clock.step_min
    first[0] = True
    last = np.append(first[1:], True)
    number = np.cumsum(first) - 1
    hours = np.bincount(number)[number] * clock.step_h
    single = interval_min == clock.step_min
    _, month = np.unique(local.year.to_numpy() * 12 + local.month.to_numpy(), return_inverse=True)
    starts = [int(np.argmax(month == i)) for i in range(month.max() + 1)]
    return _View(
        interval_h=interval_min / MINUTES_PER_HOUR,
        single=single,
        first=first,
        last=last,
        peak_factor=np.ones(clock.n_steps) if single else np.where(last, hours, 0.0),
        month=month.astype(np.int64),
        month_names=tuple(f"{local[i].year}_{local[i].month:02d}" for i in starts),
        coarse="" if interval_min == metering_step_min else f"mean_of_{interval_min}_min_",
    )


def _peaks(
    builder: Builder,
    meter: str,
    view: _View,
    charge: tuple[float, int],
    limits: tuple[Float[np.ndarray, "S 1"], Float[np.ndarray, "S 1"]],
) -> list[int]:
    """Global columns of the measured peaks, one a month, and what ties them to what is charged.

    Where the ratchet reaches over all months in view, the charged demand is the running highest and needs no
    columns of its own.
    """
    jpy_per_kw, ratchet_months = charge
    so_far_kw, most_kw = limits
    months = len(view.month_names)
    apart = 1 < ratchet_months <= months
    peaks = [
        builder.peak(
            meter,
            f"peak_{view.coarse}{name}_kw",
            cost=0.0 if apart else jpy_per_kw,
            low=so_far_kw if i == 0 and not apart else 0.0,
            high=most_kw,
        )
        for i, name in enumerate(view.month_names)
    ]
    if apart:
        for i, name in enumerate(view.month_names):
            low = so_far_kw if i < ratchet_months - 1 else 0.0
            charged = builder.peak(meter, f"charged_{view.coarse}{name}_kw", cost=jpy_per_kw, low=low, high=most_kw)
            for peak in peaks[max(0, i + 1 - ratchet_months) : i + 1]:
                builder.at_least({charged: 1.0, peak: -1.0})
    elif ratchet_months > 1:
        for before, after in zip(peaks, peaks[1:], strict=False):
            builder.at_least({after: 1.0, before: -1.0})
    return peaks


def _kept_free_kw(spec: Spec, outlook: Outlook, behind: list[str]) -> Float[np.ndarray, "S T"]:
    """What a plan on forecasts keeps free below the peak of a meter: a share of the load expected behind it [kW]."""
    places = [list(spec.building).index(name) for name in behind]
    share = 0.0 if outlook.perfect else spec.planner.peak_margin_frac
    return share * outlook.demand_kw[:, :, places].sum(axis=(2, 3))


def _metered(
    builder: Builder,
    meter: str,
    view: _View,
    imports: list[int],
    limits: tuple[Float[np.ndarray, "S 1"], Float[np.ndarray, "S T"]],
) -> int:
    """The row that holds the metered mean, and what is to be kept free above it, below the peak.

    One step an interval: imports + kept free + room = peak.  Else a store adds up both over an interval, from whose
    end the peak takes its hours; what is left must not be above 0, and the next interval starts from 0.
    """
    most_kw, kept_free_kw = limits
    row = builder.row(meter, METERED, rhs=-kept_free_kw * (1.0 if view.single else builder.step_h))
    if view.single:
        builder.enter(row, imports)
        builder.column(meter, ROOM_BELOW_PEAK, upper=most_kw, enters={row: 1.0})
        return row
    builder.enter(row, imports, builder.step_h)
    full_kwh = most_kw * view.interval_h
    builder.store(
        meter,
        "metered_kwh",
        row,
        Store(
            initial=0.0,
            level_min=np.where(view.last, -full_kwh, 0.0),
            level_max=np.where(view.last, 0.0, full_kwh),
            retention=np.where(view.first, 0.0, 1.0),
        ),
    )
    return row
