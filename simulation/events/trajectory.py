"""The Trajectory: what really happened, as arrays on the control grid and one flat list of events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from simulation.scenario.clock import Clock

__all__ = ["EventRecord", "Series", "Trajectory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One quantity over S scenarios: the mean of every step (T entries) or the level at every edge (T + 1)."""

    values: Float[np.ndarray, "S t E"]
    elements: tuple[str, ...]
    unit: str
    meaning: str

    def of(self, element: str) -> Float[np.ndarray, "S t"]:
        """The values of one element by its name; raises KeyError naming those there are."""
        if element not in self.elements:
            raise KeyError(f"no element {element!r}; there are: {', '.join(self.elements) or 'none'}")
        return self.values[:, :, self.elements.index(element)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """One thing that happened: when, to what, which kind, how much, in words, and what brought it about.

    ``cause`` is the index, among the records of the same scenario in their order, of the record that brought it about;
    -1 where none did.
    """

    scenario: int
    time_h: float
    element: str
    kind: str
    value: float
    text: str
    cause: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """What happened in S worlds.

    Flows are means over the control step [kW, L/h, m3/h, people]; levels stand at its edges [kWh, L, m3, ...].

    ============================  ==============================================================  ====
    flow                          element                                                         unit
    ============================  ==============================================================  ====
    ``demand_kw``                 ``building.tier``                                               kW
    ``unserved_kw``               ``building.tier``                                               kW
    ``import_kw`` ``export_kw``   building                                                        kW
    ``pv_kw`` ``curtailed_kw``    PV array                                                        kW
    ``charge_kw``                 battery                                                         kW
    ``discharge_kw``              battery                                                         kW
    ``deferrable_kw``             building: deferrable load served, backlog included              kW
    ``dumped_kw``                 building: minimum load of engines that goes into a load bank    kW
    ``genset_kw``                 engine                                                          kW
    ``genset_running_frac``       engine: share of the step it runs                               -
    ``genset_fuel_lph``           engine                                                          L/h
    ``sent_kw``                   ``line:from>to``, counted at the sending end                    kW
    ``pump_kw`` ``pump_m3ph``     pump                                                            kW, m3/h
    ``water_demand_m3ph``         water tank                                                      m3/h
    ``water_unserved_m3ph``       water tank                                                      m3/h
    ``water_use_demand_m3ph``     ``shelter.use`` or ``tank.use``: water asked for                m3/h
    ``water_use_unserved_m3ph``   ``shelter.use`` or ``tank.use``: of that, not served            m3/h
    ``rain_m3ph``                 water tank with a roof                                          m3/h
    ``water_spilled_m3ph``        water tank: what runs over                                      m3/h
    ``raw_water_m3ph``            treatment unit: raw water that it takes in                      m3/h
    ``mains_m3ph``                water tank: taken from the mains                                m3/h
    ``vehicle_demand_lph``        fuel tank                                                       L/h
    ``vehicle_unserved_lph``      fuel tank                                                       L/h
    ``station_asked_lph``         ``station.class``: fuel that vehicles come for                  L/h
    ``station_served_lph``        ``station.class``: fuel that they get                           L/h
    ``station_lost_lph``          ``station.class``: fuel that they will not come for again       L/h
    ``station_rationed_lph``      ``station.class``: of that, beyond the ration                   L/h
    ``station_left_lph``          ``station.class``: of that, by those who did not wait           L/h
    ``station_cars_ph``           ``station.class.outcome``: visits by what they end with         1/h
    ``station_queue_vehicles``    ``station.class``: vehicles in the queue                        vehicles
    ``delivered``                 delivery: what arrived, as a rate                               L/h, ...
    ``people`` ``turned_away``    shelter                                                         people
    ``without_food``              shelter                                                         people
    ``without_toilet``            shelter with toilets: people beyond what they serve             people
    ``toilet_people``             toilets: people who use them                                    people
    ``toilet_up_frac``            toilets: share of the step in which they may be used            -
    ``sewer_up_frac``             sewer: share of the step that it holds                          -
    ``car_people``                shelter: people who sleep in their cars                         people
    ``stranded_people``           shelter: visitors of the moment among those who want a place    people
    ``item_people``               thing in store: people who use it                               people
    ``without_item``              thing in store: users who go without                            people
    ``grid_up_frac``              feeder: share of the step with power                            -
    ``communications_up_frac``    base station: share of the step it works                        -
    ============================  ==============================================================  ====

    Levels: ``battery_kwh``, ``fuel_l``, ``water_m3``, ``backlog_kwh`` (deferrable, per building),
    ``food_person_days``, ``item_person_days``, ``toilet_room_l`` (room left in pits), ``communications_h``.

    ``plans`` counts plans by the solver that made them, or whose directions made them cheaper; see ``Schedule.plans``.
    """

    clock: Clock
    scenario_ids: Int[np.ndarray, " S"]
    planned_by: str
    perfect_information: bool
    flows: Mapping[str, Series]
    levels: Mapping[str, Series]
    events: tuple[EventRecord, ...]
    n_events: Int[np.ndarray, " S"]
    plans: Mapping[str, int] = field(default_factory=dict)

    @property
    def planned_in_words(self) -> str:
        """By what it was planned; how many plans each solver made where there were several."""
        if len(self.plans) < 2:
            return self.planned_by
        made = ", ".join(f"{n:,} by {name}" for name, n in self.plans.items())
        return f"{self.planned_by}; plans: {made}"

    def flow(self, quantity: str, element: str) -> Float[np.ndarray, "S T"]:
        """One flow of one element."""
        return self.flows[quantity].of(element)

    def level(self, quantity: str, element: str) -> Float[np.ndarray, "S T1"]:
        """One level of one element."""
        return self.levels[quantity].of(element)
