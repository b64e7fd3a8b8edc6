"""Service stations in a report: one table, a row for every product and class that comes."""

from __future__ import annotations

from simulation.metrics.metrics import assess
from simulation.report.stations import COLUMNS, stations
from tests.events.worlds import GRID, Hands, area


def test_every_product_and_class_has_its_row_and_every_column_a_number_with_its_unit() -> None:
    tanks = {name: {"fuel": name, "capacity_l": 500.0} for name in ("petrol", "kerosene")}
    sells = {"public": {"per_day": 48.0}, "supply": {"per_day": 24.0}}
    pumps = {name: {"tank": name, **sells} for name in tanks}
    spec = area(
        {"stand": {"grid": GRID, "fuel_tank": tanks, "service_station": pumps}}, hazard={"start": "2019-09-09T00:00"}
    )
    metrics = assess(spec, Hands(spec).demand("stand", critical=1.0).play())
    page = stations(spec, metrics)
    rows = page.split("<tr>")[2:]
    assert [row.partition("<small>")[0] for row in rows] == [
        "<td>petrol, supply",
        "<td>petrol, public",
        "<td>kerosene, supply",
        "<td>kerosene, public",
    ]
    for row in rows:
        cells = row.split('<td class="number">')[1:]
        assert len(cells) == len(COLUMNS)
        assert all(unit in cell for unit, cell in zip(["L"] * 3 + ["visits"] * 4 + ["h"] * 3, cells, strict=True))


def test_without_a_station_there_is_no_table() -> None:
    spec = area({"home": {"grid": GRID}})
    assert stations(spec, assess(spec, Hands(spec).play())) == ""
