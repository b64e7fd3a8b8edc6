"""What a story watches: troubles that begin and end, each with its words and with how to find what it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from simulation.events.battery import BatteryUnit
from simulation.events.building import Bus
from simulation.events.reasons import why_dry, why_short, why_thirsty
from simulation.events.shelter import ShelterUnit
from simulation.events.stock import Stock
from simulation.events.water import PumpUnit, WaterTankUnit
from simulation.units import WATER_USES

if TYPE_CHECKING:
    from simulation.events.world import World

__all__ = ["NOTICED_KW", "StockWatch", "Watch", "service_watches", "stock_watches"]

NOTICED_KW = 1e-6
"""Power below this is rounding, and is not told."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """One trouble: under which key it stands, kind and words of its beginning and its end.

    ``lacks`` says whether it is there, given whether it was; ``why`` finds what brought it about; ``value`` what the
    event of its end carries.  ``asked`` is the version of the causes at which the reason was last looked for.
    """

    key: str
    began: tuple[str, str]
    over: tuple[str, str]
    lacks: Callable[[bool], bool]
    why: Callable[[], int]
    value: Callable[[], float] | None = None
    told: bool = False
    asked: int = -1

    @property
    def element(self) -> str:
        """Full name of what it happens to: the key without its aspect."""
        return self.key.partition(" ")[0]


@dataclass(slots=True, kw_only=True)
class StockWatch(Watch):
    """A trouble that begins only at or below a mark of a stock, and ends only above it: few moments need ask for it."""

    stock: Stock
    mark: float = 0.0


def stock_watches(world: World) -> list[StockWatch]:
    """Fuel, water, food and batteries that are at their end; nobody misses that of which nothing was promised."""
    found = [
        _dry(tank.name, f"fuel at {world.title(tank.building)}", tank.stock, partial(why_dry, world, tank))
        for tank in world.fuel_tanks
    ]
    brought = {part.to for part in world.spec.delivery.values()}
    for tank in world.water_tanks:
        found += _water_watches(world, tank, promised=tank.name in brought)
    for shelter in world.shelters:
        words, why = f"food at {world.title(shelter.building)}", partial(why_dry, world, shelter)
        watch = _dry(f"{shelter.name} food", words, shelter.food, why)
        if shelter.part.food_person_days > 0.0:
            found.append(watch)
        elif shelter.name in brought:
            watch.began = ("stock_empty", f"there is no {words}")
            watch.lacks = partial(_missed, shelter.food, shelter)
            found.append(watch)
        for item in shelter.items:
            if not item.lent:
                here, why = f"{item.title}: %s at {world.title(item.building)}", partial(why_dry, world, item)
                watch = _dry(item.name, item.title, item.stock, why)
                if item.part.initial == 0.0:
                    watch.lacks = partial(_missed, item.stock, shelter)
                watch.began, watch.over = ("stock_empty", here % "none left"), ("stock_refilled", here % "some again")
                found.append(watch)
    for battery in world.batteries:
        bus = world.buses[battery.building]
        why = partial(why_short, world, bus, but_for_batteries=True)
        watch = _dry(battery.name, f"battery {battery.name}", battery.stock, why)
        watch.lacks, watch.mark = partial(_battery_out, battery, bus), battery.low_kwh
        found.append(watch)
    return found


def service_watches(world: World, why_at: Callable[[Bus], int]) -> list[Watch]:
    """Pumps, base stations, vehicles at the pump, things that are lent; ``why_at``: why a building is short."""
    at, latest = world.causes.at, world.causes.latest
    found: list[Watch] = []

    def watch(
        key: str, words: tuple[str, str, str, str], lacks: Callable[[bool], bool], why: Callable[[], int]
    ) -> None:
        began, over = (words[0], words[1]), (words[2], words[3])
        found.append(Watch(key=key, began=began, over=over, lacks=lacks, why=why))

    for pump in world.pumps:
        here, bus = f"pump at {world.title(pump.building)}", world.buses[pump.building]
        words = ("pump_dark", f"{here} dark", "pump_runs", f"{here} runs again")
        watch(pump.name, words, partial(_pump_dark, pump), partial(why_at, bus))
    for station in world.stations:
        here, bus = f"phones at {world.title(station.building)}", world.buses[station.building]
        fed_by = f"{bus.name} dark" if station.feeder < 0 else f"feeder {world.feeder_names[station.feeder]}"
        words = ("phones_dead", f"{here} dead", "phones_alive", f"{here} alive again")
        watch(station.name, words, lambda _, unit=station: not unit.up, partial(at, fed_by))
    for tank in (tank for tank in world.fuel_tanks if tank.promised_lph > 0.0):
        here, bus = f"at {world.title(tank.building)}", world.buses[tank.building]
        words = ("vehicles_wait", f"no fuel for vehicles {here}", "vehicles_served", f"vehicles served {here}")
        why = partial(latest, (tank.name, f"{bus.name} dark"))
        watch(
            f"{tank.name} vehicles", words, lambda _, unit=tank: unit.vehicle_served_lph < unit.vehicle_demand_lph, why
        )
    for shelter in world.shelters:
        here = world.title(shelter.building)
        for item in shelter.items:
            if item.lent:
                short, enough = f"{item.title}: not enough at {here}", f"{item.title}: enough at {here}"
                words = ("item_short", short, "item_enough", enough)
                watch(item.name, words, lambda _, unit=item: unit.without > 0.0, partial(why_dry, world, item))
    return found


def _water_watches(world: World, tank: WaterTankUnit, *, promised: bool) -> list[StockWatch]:
    """A tank that is empty, and each of its uses that is rationed, from the least precious one on."""
    why = partial(why_thirsty, world, tank)
    kind, here = "water" if tank.potable else "water that nobody drinks", world.title(tank.building)
    promised = promised or tank.stock.level > 0.0 or tank.potable
    found = [_dry(tank.name, f"{kind} at {here}", tank.stock, why)] if promised else []
    for use in reversed(tank.rules):
        words = f"{kind} at {here}: none for {WATER_USES[use]}"
        below = 100.0 * tank.stops_m3[use] / tank.stock.capacity
        found.append(
            StockWatch(
                key=f"{tank.name}.{WATER_USES[use]}",
                began=("water_rationed", f"{words} below {below:g} % of the tank"),
                over=("ration_over", f"{kind} at {here} for {WATER_USES[use]} again"),
                lacks=lambda _, use=use: tank.rationed[use],
                why=why,
                value=lambda: tank.stock.level,
                stock=tank.stock,
                mark=tank.stops_m3[use],
            )
        )
    return found


def _dry(key: str, words: str, stock: Stock, why: Callable[[], int]) -> StockWatch:
    """A stock at its end."""
    return StockWatch(
        key=key,
        began=("stock_empty", f"{words} is at an end"),
        over=("stock_refilled", f"{words} is back"),
        lacks=lambda _: stock.level <= 0.0,
        why=why,
        value=lambda: stock.level,
        stock=stock,
    )


def _missed(stock: Stock, shelter: ShelterUnit, told: bool) -> bool:
    """Nothing is in store of what is to come; it is missed from the moment when somebody is there."""
    return stock.level <= 0.0 and (told or shelter.present > 0.0)


def _battery_out(battery: BatteryUnit, bus: Bus, told: bool) -> bool:
    """Empty in an island; back once it holds its reserve again, or half its band where it keeps none."""
    level = battery.stock.level
    if not told:
        return not bus.grid_up and level <= battery.low_kwh
    enough = battery.reserve_kwh if battery.reserve_kwh > battery.low_kwh else battery.middle_kwh
    return level < enough


def _pump_dark(pump: PumpUnit, told: bool) -> bool:
    """Without the power that it asks for; as before while it asks for none, or is broken."""
    if not pump.works or pump.wanted_kw <= NOTICED_KW:
        return told
    return pump.power_kw <= NOTICED_KW
