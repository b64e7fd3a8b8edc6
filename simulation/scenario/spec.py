"""The Spec: a whole scenario, frozen and validated, and the order in which its elements are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Generic, Literal, TypeVar

from pydantic import Field, model_validator

from simulation.scenario.agreement import disagreements
from simulation.scenario.battery import Battery
from simulation.scenario.building import Building
from simulation.scenario.clock import Clock
from simulation.scenario.crew import Crew
from simulation.scenario.delivery import Delivery, Road
from simulation.scenario.demand import Load
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.gas import GasNetwork
from simulation.scenario.genset import Genset
from simulation.scenario.grid import Feeder
from simulation.scenario.part import Fraction, Name, NonNegative, Part, Positive
from simulation.scenario.period import Period
from simulation.scenario.place import Place
from simulation.scenario.pv import PV
from simulation.scenario.road import RoadLink, RoadWorks, places
from simulation.scenario.service_station import ServiceStation
from simulation.scenario.sewer import Sewer
from simulation.scenario.shaking import Shaking
from simulation.scenario.shelter import Communications, Shelter
from simulation.scenario.shower import Shower
from simulation.scenario.snow import Snow
from simulation.scenario.tariff import Tariff
from simulation.scenario.tieline import Tieline
from simulation.scenario.toilet import Toilet
from simulation.scenario.vehicle import Vehicle
from simulation.scenario.water import Pump, WaterTank
from simulation.scenario.water_use import LostWater
from simulation.units import LARGEST_SEED, MOST_SCENARIOS, TIERS

__all__ = [
    "Belief",
    "Hazard",
    "LostLoad",
    "Money",
    "Placed",
    "Planner",
    "Published",
    "Runs",
    "Spec",
]

P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Generic[P]):
    """An element with its full name and the index of the building where it stands."""

    name: str
    building: int
    part: P


class Hazard(Part):
    """The disaster's clock: outages, deliveries, roads and people count their hours from here."""

    start: datetime = Field(description="local time of the strike")


class LostLoad(Part):
    """What a kilowatt-hour not served is worth, by tier: the order in which loads are shed, and the price of it."""

    critical_jpy_per_kwh: Positive = 30_000.0
    essential_jpy_per_kwh: Positive = 5_000.0
    deferrable_jpy_per_kwh: Positive = 1_000.0
    comfort_jpy_per_kwh: Positive = 500.0
    assumption: str = Field(default="values of lost load by tier are assumptions; only their order and ratio matter")

    @property
    def by_tier(self) -> tuple[float, ...]:
        """Value of each tier in the order of ``units.TIERS`` [yen/kWh]."""
        return tuple(getattr(self, f"{tier}_jpy_per_kwh") for tier in TIERS)

    @model_validator(mode="after")
    def _ordered(self) -> LostLoad:
        if list(self.by_tier) != sorted(self.by_tier, reverse=True):
            raise ValueError(f"values {self.by_tier}; legal: falling from {' to '.join(TIERS)}")
        return self


class Belief(Part):
    """What the planner believes about an outage while it lasts; it never sees the draw.

    ``remaining_hours`` takes the grid to return that many hours from now, whenever it is asked; ``restoration``
    takes the given quantile of the remaining time on a restoration curve, given how long it has lasted.
    """

    kind: Literal["remaining_hours", "restoration"] = "remaining_hours"
    hours: Positive = Field(default=24.0, description="believed time until the grid returns [h]")
    preset: str | None = Field(default=None, description="curve in presets/restoration.toml")
    quantile_frac: Fraction = Field(default=0.8, description="quantile of the remaining time; high is careful")
    assumption: str = Field(default="the planner's belief about the length of an outage is an assumption")

    @model_validator(mode="after")
    def _has_curve(self) -> Belief:
        if self.kind == "restoration" and self.preset is None:
            raise ValueError("kind restoration without a preset; legal: preset = a curve in presets/restoration.toml")
        return self


class Planner(Part):
    """How often the closed loop plans, how far it looks, and what it believes."""

    replan_every_h: Positive = Field(default=6.0, description="time between plans [h]")
    horizon_h: Positive = Field(default=48.0, description="length of each plan [h]")
    belief: Belief = Belief()
    stored_energy_jpy_per_kwh: NonNegative | None = Field(
        default=None,
        description="value of energy left in a battery at the end of a plan [yen/kWh]; unless given, what it costs to "
        "refill: the mean price over the plan's last day through the charge efficiency, 0 without a connection",
    )
    readiness_jpy_per_kwh_h: NonNegative = Field(
        default=0.05,
        description="value of a kWh kept in a battery for an hour [yen/(kWh h)], so that what may be charged at any "
        "hour is charged now; default, an assumption: one loss of supply in ten years times 5,000 yen/kWh",
    )
    peak_margin_frac: Fraction = Field(
        default=0.05,
        description="share of the expected load that a plan on forecasts keeps free below every metered peak, for what "
        "the forecast misses; default, an assumption: about one standard deviation of a day's load",
    )
    rations_essential: bool = Field(
        default=True,
        description="whether in an outage stored energy and fuel that a plan keeps for later critical load are refused "
        "to essential load; if not, only to comfort and deferrable load",
    )
    stored_water_jpy_per_m3: NonNegative = Field(
        default=100.0,
        description="value of water left in a tank at the end of a plan [yen/m3]; default, an assumption: "
        "more than it costs to pump, far less than a shortage",
    )
    readiness_jpy_per_m3_h: NonNegative = Field(
        default=0.5,
        description="value of a cubic metre kept in a tank for an hour [yen/(m3 h)], so that pumps fill it now and not "
        "at the end of every plan; default, an assumption: one loss of supply in ten years times 50,000 yen/m3",
    )
    sky_memory_h: Positive = Field(
        default=24.0,
        description="time over which the departure of the sun from its expected course fades in a forecast [h]; "
        "default, an assumption: about a day, as weather persists",
    )

    @model_validator(mode="after")
    def _looks_ahead(self) -> Planner:
        if self.horizon_h < self.replan_every_h:
            raise ValueError(
                f"horizon_h {self.horizon_h:g} is shorter than replan_every_h {self.replan_every_h:g}; "
                "legal: a plan that reaches at least to the next"
            )
        return self


class Money(Part):
    """What turns capital into yearly cost, and how often the disaster comes."""

    discount_rate_frac: Fraction = 0.03
    disasters_per_year: NonNegative = 0.02
    assumption: str = Field(default="discount rate and frequency of the disaster are assumptions")


class Published(Part):
    """A figure that somebody published about this place, to be shown beside ours; nothing is tuned to it."""

    claim: str = Field(description="what was claimed, with its value and unit")
    reading: str = Field(default="", description="how we read it")


class Runs(Part):
    """How many scenarios are drawn unless the command says otherwise, and from which root seed."""

    scenarios: int = Field(default=32, ge=1, le=MOST_SCENARIOS, description="number of scenarios")
    seed: int = Field(default=1, ge=0, le=LARGEST_SEED, description="root seed")


def _treatment(building: Building) -> dict[str, Pump]:
    return dict(building.treatment)


class Spec(Part):
    """A whole scenario: what a scenario file says, with every default filled in.

    Elements are counted in the order of the file, buildings first, then kinds, then names; ``batteries``,
    ``gensets`` and so on give that order once, and every array with an element axis follows it.
    """

    name: Name = Field(description="name of the scenario, as in results and tables")
    title: str = Field(description="one line for people")
    story: str = Field(description="one paragraph: what this is, and what to look for")
    place: Place
    period: Period
    building: dict[Name, Building] = Field(min_length=1)
    tieline: dict[Name, Tieline] = {}
    feeder: dict[Name, Feeder] = {}
    tariff: dict[Name, Tariff] = {}
    road: dict[Name, Road] = {}
    road_link: dict[Name, RoadLink] = {}
    road_works: RoadWorks | None = None
    delivery: dict[Name, Delivery] = {}
    crew: dict[Name, Crew] = {}
    gas: dict[Name, GasNetwork] = {}
    sewer: dict[Name, Sewer] = {}
    published: dict[Name, Published] = {}
    hazard: Hazard | None = None
    shaking: Shaking | None = None
    snow: Snow | None = None
    lost_load: LostLoad = LostLoad()
    lost_water: LostWater = LostWater()
    planner: Planner = Planner()
    money: Money = Money()
    runs: Runs = Runs()
    folder: str = Field(default=".", description="where relative paths of series start; set on loading", exclude=True)

    @cached_property
    def clock(self) -> Clock:
        """The control-step grid of the whole period."""
        return self.period.clock(self.place.zone_info)

    @cached_property
    def planning_clock(self) -> Clock:
        """The planning-step grid of the whole period."""
        return self.clock.refined(self.period.planning_step_min)

    @property
    def building_names(self) -> tuple[str, ...]:
        """Keys of the buildings in order."""
        return tuple(self.building)

    def hour_of(self, moment: datetime | None) -> float | None:
        """Hours from the start of the period to a local moment; a missing one means the hazard, None where none."""
        return self.hazard_h if moment is None else self.period.hour_of(moment, self.place.zone_info)

    @cached_property
    def hazard_h(self) -> float | None:
        """Hours from the start of the period to the strike; None without a hazard [h]."""
        return None if self.hazard is None else self.period.hour_of(self.hazard.start, self.place.zone_info)

    @property
    def road_places(self) -> tuple[str, ...]:
        """Ends of the road links, in order of first mention."""
        return places(self.road_link)

    @cached_property
    def loads(self) -> tuple[Placed[Load], ...]:
        """All loads in order."""
        return self._placed(lambda building: building.load, "load")

    @cached_property
    def pvs(self) -> tuple[Placed[PV], ...]:
        """All PV arrays in order (axis V)."""
        return self._placed(lambda building: building.pv, "pv")

    @cached_property
    def batteries(self) -> tuple[Placed[Battery], ...]:
        """All batteries in order (axis K)."""
        return self._placed(lambda building: building.battery, "battery")

    @cached_property
    def gensets(self) -> tuple[Placed[Genset], ...]:
        """All engines in order (axis G), each of ``count`` like ones under its own name: ``chp_1``, ``chp_2``."""
        placed: list[Placed[Genset]] = []
        for item in self._placed(lambda building: building.genset, "genset"):
            many = item.part.count > 1
            names = [f"{item.name}_{i + 1}" for i in range(item.part.count)] if many else [item.name]
            placed += [Placed(name=name, building=item.building, part=item.part) for name in names]
        return tuple(placed)

    @cached_property
    def fuel_tanks(self) -> tuple[Placed[FuelTank], ...]:
        """All fuel tanks in order."""
        return self._placed(lambda building: building.fuel_tank, "fuel_tank")

    @cached_property
    def service_stations(self) -> tuple[Placed[ServiceStation], ...]:
        """All service stations in order."""
        return self._placed(lambda building: building.service_station, "service_station")

    @cached_property
    def water_tanks(self) -> tuple[Placed[WaterTank], ...]:
        """All water tanks in order (axis W)."""
        return self._placed(lambda building: building.water_tank, "water_tank")

    @cached_property
    def pumps(self) -> tuple[Placed[Pump], ...]:
        """All pumps in order, and after them the treatment units, which are counted with them (axis Pu)."""
        return (
            *self._placed(lambda building: building.pump, "pump"),
            *self._placed(_treatment, "treatment"),
        )

    @cached_property
    def showers(self) -> tuple[Placed[Shower], ...]:
        """All places with hot showers in order."""
        return self._placed(lambda building: building.shower, "shower")

    @cached_property
    def vehicles(self) -> tuple[Placed[Vehicle], ...]:
        """All vehicles in order (axis Ve)."""
        return self._placed(lambda building: building.vehicle, "vehicle")

    @cached_property
    def shelters(self) -> tuple[Placed[Shelter], ...]:
        """All shelters in order (axis H)."""
        return self._placed(lambda building: building.shelter, "shelter")

    @cached_property
    def toilets(self) -> tuple[Placed[Toilet], ...]:
        """All toilets in order, like ones counted as one."""
        return self._placed(lambda building: building.toilet, "toilet")

    @cached_property
    def communications(self) -> tuple[Placed[Communications], ...]:
        """All base stations in order."""
        return self._placed(lambda building: building.communications, "communications")

    @cached_property
    def meters(self) -> tuple[str, ...]:
        """Names of the meters that carry a demand charge, in order of first mention (axis M)."""
        named = (b.grid.meter or name for name, b in self.building.items() if b.grid is not None)
        return tuple(dict.fromkeys(named))

    def meter_of(self, building: str) -> str | None:
        """The meter behind which a building hangs; None without a grid connection."""
        grid = self.building[building].grid
        return None if grid is None else (grid.meter or building)

    def tariff_of(self, building: str) -> Tariff | None:
        """The tariff of a building's connection; None without one."""
        grid = self.building[building].grid
        return None if grid is None else self.tariff[grid.tariff]

    def _placed(self, table: Callable[[Building], dict[str, P]], kind: str) -> tuple[Placed[P], ...]:
        return tuple(
            Placed(name=f"{key}.{kind}.{name}", building=b, part=part)
            for b, (key, building) in enumerate(self.building.items())
            for name, part in table(building).items()
        )

    @model_validator(mode="after")
    def _agrees(self) -> Spec:
        wrong = disagreements(self)
        if wrong:
            raise ValueError("; ".join(wrong))
        return self
