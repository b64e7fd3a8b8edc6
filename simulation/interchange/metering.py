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
    """A peak per meter with a demand charge and per local month of the plan, never below what was metered before.

    Every month in view is charged in full, however little of it is in view; months out of view cost nothing.  With a
    ratchet a month is charged the highest of itself and the ``ratchet_months - 1`` before it: those in view, and those
    before of which ``outlook.earlier_kw`` holds what still counts.

    The mean is taken over the metering step; what the interval that runs has counted so far counts in it.  Where the
    planning step is longer (or does not fit into the metering step) the mean is taken over their least common
    multiple, which understates the peak; the label then says so.
    """
    view = _view(builder.clock, spec.period.metering_step_min)
    for m, meter in enumerate(spec.meters):
        behind = [name for name in spec.building if spec.meter_of(name) == meter]
        tariff = spec.tariff_of(behind[0])
        if tariff is None or tariff.demand_after_power_factor_jpy == 0.0:
            continue
        contract_kw = sum(grid.contract_kw for name in behind if (grid := spec.building[name].grid) is not None)
        kept_free_kw = _kept_free_kw(spec, outlook, behind)
        before = _Before(
            month_kw=outlook.peak_kw[:, [m]],
            earlier_kw=outlook.earlier_kw[:, m],
            running_kwh=outlook.metered_kwh[:, [m]] if view.begun else np.zeros((builder.n_scenarios, 1)),
        )
        charge = _Charge(
            jpy_per_kw=tariff.demand_after_power_factor_jpy,
            ratchet_months=tariff.ratchet_months,
            constant=outlook.perfect,
            most_kw=np.maximum(contract_kw, before.highest_kw(view)) + kept_free_kw.max(axis=1, keepdims=True),
        )
        peaks = _peaks(builder, f"meter.{meter}", view, charge, before)
        imports = [column for name in behind if (column := builder.find(name, IMPORT)) is not None]
        row = _metered(builder, f"meter.{meter}", view, imports, (charge.most_kw, kept_free_kw, before.running_kwh))
        for month, peak in enumerate(peaks):
            builder.enter_peak(row, peak, view.peak_factor * (view.month == month))


@dataclass(frozen=True, slots=True)
class _View:
    """Metering intervals and months of the plan's steps.

    ``peak_factor`` is what a peak enters the meter's row with: 1 where an interval is one step, else the hours of the
    interval, as far as it is not cut by the end of the view, at its last step.  ``begun`` says that the first interval
    began before the view, and that the meter has counted what was drawn in it.
    """

    interval_h: float
    single: bool
    begun: bool
    first: Bool[np.ndarray, " T"]
    last: Bool[np.ndarray, " T"]
    peak_factor: Float[np.ndarray, " T"]
    month: Int[np.ndarray, " T"]
    month_names: tuple[str, ...]
    coarse: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What a meter has taken: in this month, in those before that still count, and in the interval that runs."""

    month_kw: Float[np.ndarray, "S 1"]
    earlier_kw: Float[np.ndarray, "S R"]
    running_kwh: Float[np.ndarray, "S 1"]

    def floor_kw(self, month: int) -> Float[np.ndarray, "S 1"] | float:
        """Highest of the months before the view that counts in a month of it [kW]."""
        return self.earlier_kw[:, [month]] if month < self.earlier_kw.shape[1] else 0.0

    def highest_kw(self, view: _View) -> Float[np.ndarray, "S 1"]:
        """Highest that was metered in any of it [kW]."""
        running_kw = self.running_kwh / view.interval_h
        return np.maximum(np.maximum(self.month_kw, running_kw), self.earlier_kw.max(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Charge:
    """Price of a kilowatt and month, months that it counts in, and the most that a peak may be.

    ``constant`` says that what counts of the months before is the same in every month of the view that it reaches.
    """

    jpy_per_kw: float
    ratchet_months: int
    constant: bool
    most_kw: Float[np.ndarray, "S 1"]


def _view(clock: Clock, metering_step_min: int) -> _View:
    interval_min = lcm(clock.step_min, metering_step_min)
    local = clock.local
    begun_min = int(local.minute[0]) % interval_min
    begun = begun_min > 0 and interval_min == metering_step_min
    first = local.minute.to_numpy() % interval_min < clock.step_min
    last = np.append(first[1:], True)
    first[0] = True
    number = np.cumsum(first) - 1
    hours = np.bincount(number)[number] * clock.step_h
    if begun:
        hours[number == 0] += begun_min / MINUTES_PER_HOUR
        first[0] = False
    single = interval_min == clock.step_min
    _, month = np.unique(local.year.to_numpy() * 12 + local.month.to_numpy(), return_inverse=True)
    starts = [int(np.argmax(month == i)) for i in range(month.max() + 1)]
    return _View(
        interval_h=interval_min / MINUTES_PER_HOUR,
        single=single,
        begun=begun,
        first=first,
        last=last,
        peak_factor=np.ones(clock.n_steps) if single else np.where(last, hours, 0.0),
        month=month.astype(np.int64),
        month_names=tuple(f"{local[i].year}_{local[i].month:02d}" for i in starts),
        coarse="" if interval_min == metering_step_min else f"mean_of_{interval_min}_min_",
    )


def _peaks(builder: Builder, meter: str, view: _View, charge: _Charge, before: _Before) -> list[int]:
    """Global columns of the measured peaks, one a month, and what ties them to what is charged.

    Where the ratchet reaches over all months in view, and no month before it drops out of count within it, the charged
    demand is the running highest and needs no columns of its own.
    """
    months, ratchet_months = len(view.month_names), charge.ratchet_months
    apart = 1 < ratchet_months <= months or (min(months, ratchet_months) > 1 and not charge.constant)
    peaks = []
    for i, name in enumerate(view.month_names):
        low = before.month_kw if i == 0 else 0.0
        peaks.append(
            builder.peak(
                meter,
                f"peak_{view.coarse}{name}_kw",
                cost=0.0 if apart else charge.jpy_per_kw,
                low=low if apart else np.maximum(low, before.floor_kw(i)),
                high=charge.most_kw,
            )
        )
    if apart:
        for i, name in enumerate(view.month_names):
            charged = builder.peak(
                meter,
                f"charged_{view.coarse}{name}_kw",
                cost=charge.jpy_per_kw,
                low=before.floor_kw(i),
                high=charge.most_kw,
            )
            for peak in peaks[max(0, i + 1 - ratchet_months) : i + 1]:
                builder.at_least({charged: 1.0, peak: -1.0})
    elif ratchet_months > 1:
        for one, after in zip(peaks, peaks[1:], strict=False):
            builder.at_least({after: 1.0, one: -1.0})
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
    limits: tuple[Float[np.ndarray, "S 1"], Float[np.ndarray, "S T"], Float[np.ndarray, "S 1"]],
) -> int:
    """The row that holds the metered mean, and what is to be kept free above it, below the peak.

    One step an interval: imports + kept free + room = peak.  Else a store adds up both over an interval, from whose
    end the peak takes its hours; what is left must not be above 0, and the next interval starts from 0.
    """
    most_kw, kept_free_kw, running_kwh = limits
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
            initial=running_kwh,
            level_min=np.where(view.last, -full_kwh, 0.0),
            level_max=np.where(view.last, 0.0, full_kwh),
            retention=np.where(view.first, 0.0, 1.0),
        ),
    )
    return row
