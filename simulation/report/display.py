"""Estimates as people read them: large amounts of money in thousands or millions, shares in per cent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.metrics.estimate import Estimate

__all__ = ["change_text", "money", "rescaled", "shown"]


def money(jpy: float) -> tuple[float, str]:
    """Divisor and unit in which amounts of this size are easily read.

    >>> money(2_500_000.0)
    (1000000.0, 'million yen')
    """
    if jpy >= 1e6:
        return 1e6, "million yen"
    return (1e3, "thousand yen") if jpy >= 1e4 else (1.0, "yen")


def rescaled(estimate: Estimate, factor: float, unit: str) -> Estimate:
    """The same estimate in a unit ``factor`` times as large."""
    return replace(
        estimate,
        mean=estimate.mean / factor,
        stderr=estimate.stderr / factor,
        low=estimate.low / factor,
        high=estimate.high / factor,
        unit=unit,
    )


def shown(estimate: Estimate) -> Estimate:
    """In the unit that suits a page: from a million yen up, millions.

    >>> print(shown(Estimate(mean=2.5e6, stderr=1e5, n=9, unit="yen", low=2.3e6, high=2.7e6, method="t")))
    2.5 ± 0.2 million yen
    """
    reach = np.nanmax(np.abs([0.0, estimate.mean, estimate.low, estimate.high]))
    if not estimate.unit.startswith("yen") or reach < 1e6:
        return estimate
    return rescaled(estimate, 1e6, f"million {estimate.unit}")


def change_text(estimate: Estimate) -> str:
    """A difference in words; shares differ in percentage points."""
    text = str(shown(estimate))
    return text.replace(" %", " points") if estimate.unit == "-" else text
