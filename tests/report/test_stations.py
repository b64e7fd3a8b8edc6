"""Service stations in a report: one table, a column for every product and class that comes."""

from __future__ import annotations

from simulation.metrics.metrics import assess
from simulation.report.stations import QUANTITIES, stations
from tests.events.worlds import GRID, Hands, area


def test_every_product_and_class_has_its_column_and_every_line_numbers_with_their_unit() -> None:
    tanks = {name: {"fuel": name, "capacity_l": 500.0} for name in ("petrol", "kerosene")}
    sells = {"public": {"per_day": 48.0}, "supply": {"per_day": 24.0}}
    pumps = {name: {"tank": name, **sells} for name in tanks}
    spec = area(
        {"stand": {"grid": GRID, "fuel_tank": tanks, "service_station": pumps}}, hazard={"start": "2019-09-09T00:00"}
    )
    metrics = assess(spec, Hands(spec).demand("stand", critical=1.0).play())
    page = stations(spec, metrics)
    heads = page[: page.index("<tbody>")].split('<th scope="col" class="number">')[1:]
    assert [head.partition("<small>")[0] for head in heads] == [
        "petrol, supply",
        "petrol, public",
        "kerosene, supply",
        "kerosene, public",
    ]
    lines = page[page.index("<tbody>") :].split('<th scope="row">')[1:]
    assert len(lines) == len(QUANTITIES)
    for line, unit in zip(lines, ["L"] * 3 + ["visits"] * 4 + ["h"] * 3, strict=True):
        cells = line.split('<td class="number">')[1:]
        assert len(cells) == len(heads)
        assert all(unit in cell for cell in cells)


def test_without_a_station_there_is_no_table() -> None:
    spec = area({"home": {"grid": GRID}})
    assert stations(spec, assess(spec, Hands(spec).play())) == ""
