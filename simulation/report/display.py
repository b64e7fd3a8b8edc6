"""Estimates as people read them: large amounts of money in thousands or millions, shares in per cent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.metrics.estimate import Estimate

__all__ = ["change_text", "money", "rescaled", "shown", "split_estimate"]


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


def split_estimate(estimate: Estimate) -> tuple[str, str]:
    """An estimate in two lines: the number with its unit, and how sure it is.

    >>> split_estimate(Estimate(mean=0.94, stderr=0.03, n=64, unit="-", low=0.85, high=0.98, method="Wilson interval"))
    ('94 %', '85 to 98')
    """
    text = str(shown(estimate))
    for mark in (" ± ", " (", " in all "):
        head, found, tail = text.partition(mark)
        if found:
            unit = "%" if estimate.unit == "-" else shown(estimate).unit
            if mark == " ± ":
                return f"{head} {unit}", f"± {tail.removesuffix(unit).strip()}"
            if mark == " (" and not tail.endswith(")"):
                return f"{head} {unit}", tail.partition(")")[0]
            return head, tail.rstrip(")") if mark == " (" else f"in all {tail}"
    return text, ""
