"""What a shelter has in store at run time, thing by thing: used up or lent out, and who goes without."""

from __future__ import annotations

from math import inf

from simulation.events.stock import Stock
from simulation.scenario.people import Item
from simulation.units import HOURS_PER_DAY

__all__ = ["ItemUnit"]


class ItemUnit:
    """One thing in store: in days of one user where it is consumed, in people whom it serves where it is lent."""

    __slots__ = ("building", "lent", "marks", "name", "part", "share", "stock", "title", "users", "without")

    def __init__(self, name: str, building: int, part: Item, share: float) -> None:
        self.name = name
        self.title = name.rpartition(".")[2].replace("_", " ")
        self.building = building
        self.part = part
        self.share = share  # of the people present, who use it
        self.lent = part.kind == "lent"
        self.stock = Stock(part.initial, inf, scale=1.0)
        self.marks: tuple[float, ...] = ()
        self.users = 0.0
        self.without = 0.0

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return "people" if self.lent else "person-days"

    def commit(self) -> float:
        """Let them use it; hours until it is at an end or is to be ordered [h]."""
        stock = self.stock
        if self.lent:
            lacking = self.users - stock.level
            self.without = lacking if lacking > 0.0 else 0.0
            return inf
        if stock.level > 0.0:
            self.without = 0.0
            return stock.set_rate(-self.users / HOURS_PER_DAY, self.marks)
        self.without = self.users
        return stock.set_rate(0.0)
