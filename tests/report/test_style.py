"""How every figure is drawn: words of a scenario are words."""

from __future__ import annotations

from matplotlib.figure import Figure

from simulation.report.figures.style import render, sheet


def test_dollars_in_words_are_drawn_as_dollars() -> None:
    figure, axes = sheet(1.0)
    assert isinstance(figure, Figure)
    axes[0, 0].set_title("a load of $x_{$ and [red]")
    drawn = render(figure, name="words", title="Words", caption="No formula.")
    assert b"$x_{$" in drawn.data
