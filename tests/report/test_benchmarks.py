from __future__ import annotations

import re

from simulation.report.figures.benchmarks import scaling


def test_every_solver_has_a_look_of_its_own() -> None:
    lines = {f"solver {place}": [(1, 1.0 + place), (4, 2.0 + place)] for place in range(20)}
    drawing = scaling(lines, "words").data.decode()
    strokes = re.findall(r'style="fill: none; (?:stroke-dasharray: ([^;]*); [^"]*?)?stroke: (#[0-9a-f]{6})', drawing)
    drawn = {(colour, dashes) for dashes, colour in strokes}
    assert len(drawn) >= len(lines)
    assert len({colour for colour, _ in drawn}) >= 11, "the solvers that there are differ by their colour already"
