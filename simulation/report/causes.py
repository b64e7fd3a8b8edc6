"""The section of a report that says where what went unserved began."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from simulation.metrics.causes import CauseTable
from simulation.metrics.metrics import Metrics
from simulation.report.template import template

__all__ = ["causes"]

_MOST_ROOTS: Final = 8


def causes(metrics: Metrics) -> Markup:
    """Root causes with their shares, a table for energy and one for person-hours; empty where nothing was lost."""
    tables = [table for table in metrics.causes if table.whole.mean > 0.0]
    if not tables:
        return Markup("")
    return Markup(template("causes.html.j2").render(tables=tables, most=_MOST_ROOTS, rest=_rest))


def _rest(table: CauseTable) -> str:
    return f"{100.0 * sum(row.share.mean for row in table.rows[_MOST_ROOTS:]):.1f}"
