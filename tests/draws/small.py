"""A small scenario for the draws: one island with whatever a test puts there."""

from __future__ import annotations

from typing import Any

from simulation.scenario.spec import Spec

STRIKE = "2026-08-04T03:00"


def small(**changes: Any) -> Spec:
    """Three summer days at Kashiwa, a strike after 27 h; ``changes`` replace whole tables, and keys of the hub."""
    hub = changes.pop("hub", {"load": {"all": {"constant_kw": 10.0, "tier_frac": {"critical": 1.0}}}})
    table: dict[str, Any] = {
        "name": "small",
        "title": "a small scenario",
        "story": "for tests of the draws",
        "place": {"latitude_deg": 35.9, "longitude_deg": 139.95, "climate": "yokkaichi"},
        "period": {"start": "2026-08-03", "days": 3},
        "building": {"hub": hub},
        "hazard": {"start": STRIKE},
    }
    return Spec.model_validate(table | changes)
