"""A building as a user describes it: its loads, its grid connection, and the equipment that stands there."""

from __future__ import annotations

from pydantic import Field, model_validator

from simulation.scenario.battery import Battery
from simulation.scenario.demand import Load
from simulation.scenario.fire_law import wrong_stores
from simulation.scenario.fuel_tank import FuelTank
from simulation.scenario.genset import Genset
from simulation.scenario.grid import Grid
from simulation.scenario.part import Name, NonNegative, Part, Positive
from simulation.scenario.pv import PV
from simulation.scenario.service_station import ServiceStation
from simulation.scenario.shelter import Communications, Shelter
from simulation.scenario.shower import Shower
from simulation.scenario.toilet import Toilet
from simulation.scenario.vehicle import Vehicle
from simulation.scenario.water import Pump, Treatment, WaterTank
from simulation.scenario.water_supply import wrong_water

__all__ = ["Building"]


class Building(Part):
    """One node of the area: a bus for power, and the stocks of water and fuel beside it.

    Equipment stands in tables by kind and name, ``[building.mall.battery.nas]``; the element's full name
    everywhere is then ``mall.battery.nas``.
    """

    title: str = Field(default="", description="name for people; default: the key")
    grid: Grid | None = Field(default=None, description="connection to the public grid; without one it is islanded")
    load: dict[Name, Load] = Field(default={}, description="electric loads")
    pv: dict[Name, PV] = Field(default={}, description="photovoltaic arrays")
    battery: dict[Name, Battery] = Field(default={}, description="stationary batteries")
    genset: dict[Name, Genset] = Field(default={}, description="engines")
    fuel_tank: dict[Name, FuelTank] = Field(default={}, description="fuel stocks")
    service_station: dict[Name, ServiceStation] = Field(default={}, description="pumps that sell fuel")
    water_tank: dict[Name, WaterTank] = Field(default={}, description="water stocks")
    pump: dict[Name, Pump] = Field(default={}, description="pumps")
    treatment: dict[Name, Treatment] = Field(default={}, description="units that turn raw water into drinking water")
    shower: dict[Name, Shower] = Field(default={}, description="hot showers from the heat of engines")
    toilet: dict[Name, Toilet] = Field(default={}, description="toilets for the people of a shelter")
    vehicle: dict[Name, Vehicle] = Field(default={}, description="vehicles that give power")
    shelter: dict[Name, Shelter] = Field(default={}, description="places for people")
    communications: dict[Name, Communications] = Field(default={}, description="base stations and radio")
    people: NonNegative = Field(
        default=0.0,
        description="people who live or work there and rely on its power, beside those in its shelters",
    )
    allowed_gap_min: dict[str, float] = Field(
        default={"critical": 1.0, "essential": 60.0, "deferrable": 720.0, "comfort": 1440.0},
        description="interruption of a tier that is still no loss of service [min]",
    )
    served_threshold_frac: Positive = Field(
        default=0.99, le=1, description="share of a tier's load that counts as served"
    )

    @model_validator(mode="after")
    def _references(self) -> Building:
        wrong = wrong_stores(self.fuel_tank)
        for name, engine in self.genset.items():
            if engine.fuel_tank is None:
                continue
            tank = self.fuel_tank.get(engine.fuel_tank)
            if tank is None:
                wrong.append(
                    f"genset.{name}.fuel_tank: no fuel_tank {engine.fuel_tank!r} here ({_names(self.fuel_tank)})"
                )
            elif tank.fuel != engine.fuel:
                wrong.append(f"genset.{name} burns {engine.fuel}, but fuel_tank.{engine.fuel_tank} holds {tank.fuel}")
        for name, station in self.service_station.items():
            if station.tank not in self.fuel_tank:
                wrong.append(
                    f"service_station.{name}.tank: no fuel_tank {station.tank!r} here ({_names(self.fuel_tank)})"
                )
        wrong += wrong_water(self)
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def _names(table: dict[str, object] | dict) -> str:
    return "there are: " + ", ".join(table) if table else "there is none"
