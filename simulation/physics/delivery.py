"""Lots on the road: when one that is sent arrives; numbers or arrays."""

from __future__ import annotations

import numpy as np

__all__ = ["arrival_by_way_h", "arrival_h"]


def arrival_h(sent_h, travel_h, struck_h, opens_h, slow_factor):
    """Hour at which a lot arrives that takes one road: after the strike it waits for that road, and then crawls [h].

    A lot that is there before the strike has seen nothing of it.

    Args:
        sent_h: when it is sent [h].
        travel_h: its travel time on a normal day [h].
        struck_h: hour of the strike; infinite where there is none [h].
        opens_h: hour from which the road is open; minus infinity where it was never closed [h].
        slow_factor: travel time over normal after the strike.

    >>> float(arrival_h(1.0, 2.0, 10.0, 30.0, 1.5)), float(arrival_h(9.0, 2.0, 10.0, 30.0, 1.5))
    (3.0, 33.0)
    """
    usual_h = sent_h + travel_h
    return np.where(usual_h <= struck_h, usual_h, np.maximum(sent_h, opens_h) + travel_h * slow_factor)


def arrival_by_way_h(sent_h, travel_h, sets_out_h, slow, round_h, patience_h):
    """Hour at which a lot arrives that sets out once a way is open; infinite where it will not wait so long [h].

    Going round takes its own time on top of the trip, however long that is: a trip may begin before the road graph.

    Args:
        sent_h: when it is sent [h].
        travel_h: its travel time on a normal day [h].
        sets_out_h: hour at which a way is open to it; infinite where none ever is [h].
        slow: time of the trip over that of a normal day, but for going round.
        round_h: what going round a closed link takes on top [h].
        patience_h: longest wait after which it is called off [h].

    >>> [float(arrival_by_way_h(1.0, 2.0, 7.0, 1.5, 0.5, patience_h)) for patience_h in (12.0, 5.0)]
    [10.5, inf]
    """
    waits = np.isfinite(sets_out_h) & (np.subtract(sets_out_h, sent_h) <= patience_h)
    return np.where(waits, sets_out_h + travel_h * slow + round_h, np.inf)
