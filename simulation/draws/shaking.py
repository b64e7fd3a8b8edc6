"""An earthquake's draw: when its shocks come, how hard each site shakes, what that breaks, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from simulation.draws.seeds import Stream, generator
from simulation.physics.fragility import lognormal_of, ordered_states, shaking_correlation
from simulation.scenario.fragility import DamageState, Fragility, read_fragility
from simulation.scenario.grid import ShakingOutage
from simulation.scenario.shaking import Shaking, Site
from simulation.scenario.spec import Placed, Spec
from simulation.scenario.water import WaterTank
from simulation.units import HOURS_PER_DAY

__all__ = [
    "Component",
    "ShakingDraws",
    "components",
    "mains_districts",
    "sample_shaking",
    "shaking_sites",
    "site_number",
]

ORIGIN = "origin"
"""The site of everything that has no place of its own."""

MAIN = 0
"""The main shock on the axis of shocks; the aftershocks follow in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Something that shaking may break: its kind, its full name, the name of its site, what it can stand."""

    kind: str
    name: str
    site: str
    fragility: Fragility

    def state(self, number: int) -> DamageState:
        """A damage state by its number, from 1."""
        return self.fragility.state[number - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShakingDraws:
    """Shocks (axis A: main shock, then aftershocks), sites (axis N) and components (axis C) of every scenario.

    ``shock_h`` is the hour from the start of the period, infinite where the shock does not come; ``state`` is 0 for no
    damage; ``mended_h`` the hour at which that shock's damage is mended, minus infinity where there is none.
    """

    shock_h: Float[np.ndarray, "S A"]
    site_g: Float[np.ndarray, "S A N"]
    state: Int[np.ndarray, "S A C"]
    mended_h: Float[np.ndarray, "S A C"]

    def of(self, spec: Spec, kind: str, name: str) -> tuple[Int[np.ndarray, "S A"], Float[np.ndarray, "S A"]] | None:
        """States of one component and the hours at which they are mended; None for one that stands any shaking."""
        for c, component in enumerate(components(spec)):
            if (component.kind, component.name) == (kind, name):
                return self.state[:, :, c], self.mended_h[:, :, c]
        return None

    def at(self, spec: Spec, name: str) -> Float[np.ndarray, "S A"]:
        """Peak ground acceleration where a thing of that name stands; zero for a shock that does not come [g]."""
        return np.where(np.isfinite(self.shock_h), self.site_g[:, :, site_number(spec, name)], 0.0)


def shaking_sites(spec: Spec) -> tuple[str, ...]:
    """Names of the sites: the origin, where all stand that the file does not name, then those that it names."""
    return (ORIGIN, *(spec.shaking.site if spec.shaking is not None else ()))


def site_number(spec: Spec, name: str) -> int:
    """Number of the site where a thing of that name stands: its own, or the origin."""
    sites = shaking_sites(spec)
    return sites.index(name) if name in sites else 0


def mains_districts(spec: Spec) -> dict[str, list[Placed[WaterTank]]]:
    """Tanks whose mains fail with the strike and return, by their district; each by itself that names none."""
    found: dict[str, list[Placed[WaterTank]]] = {}
    for tank in spec.water_tanks:
        part = tank.part
        if part.mains_return is not None and part.mains_fail_with_hazard and part.mains_m3ph > 0.0:
            name = tank.name if part.mains_district is None else f"district {part.mains_district}"
            found.setdefault(name, []).append(tank)
    return found


def components(spec: Spec) -> tuple[Component, ...]:
    """Everything that shaking may break, by kind, in the order of the Spec."""
    if spec.shaking is None:
        return ()
    names = spec.building_names
    kinds = spec.shaking.fragility
    there: list[tuple[str, str | None, list[tuple[str, str]]]] = [
        ("building", kinds.building, [(name, name) for name in names]),
        ("genset", kinds.genset, [(item.name, names[item.building]) for item in spec.gensets]),
        ("pump", kinds.pump, [(item.name, names[item.building]) for item in spec.pumps]),
        ("water_tank", kinds.water_tank, [(item.name, names[item.building]) for item in spec.water_tanks]),
        ("tieline", kinds.tieline, [(name, name) for name in spec.tieline]),
        ("road_link", kinds.road_link, [(name, name) for name in spec.road_link]),
        ("mains", kinds.mains, [(name, names[tanks[0].building]) for name, tanks in mains_districts(spec).items()]),
        ("sewer", kinds.sewer, [(f"sewer.{name}", name) for name in spec.sewer]),
    ]
    found = [
        Component(kind=kind, name=name, site=site, fragility=read_fragility(preset))
        for kind, preset, places in there
        if preset is not None
        for name, site in places
    ]
    found += [
        Component(kind="feeder", name=f"{feeder}.{name}", site=feeder, fragility=read_fragility(outage.fragility))
        for feeder, part in spec.feeder.items()
        for name, outage in part.outage.items()
        if isinstance(outage, ShakingOutage)
    ]
    return tuple(found)


def sample_shaking(spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int) -> ShakingDraws | None:
    """Draw the earthquake of every scenario; None for a Spec without [shaking].

    Every shock has a stream for its hour and its part that all sites share, every site one for its own part, every
    component one for its capacity, which all shocks meet, and for how long each of its repairs takes.
    """
    shaking = spec.shaking
    if shaking is None:
        return None
    assert spec.hazard_h is not None, "the Spec refuses shaking where there is no hazard"
    S, A = len(scenario_ids), 1 + len(shaking.aftershock)

    def normals(element: str, count: int) -> Float[np.ndarray, "S n"]:
        """Numbers of one element's own stream."""
        rows = [generator(seed, int(s), Stream.SHAKING, element).standard_normal(count) for s in scenario_ids]
        return np.array(rows).reshape(S, count)

    shock_h, between = np.full((S, A), spec.hazard_h), np.empty((S, A))
    between[:, MAIN] = normals("shock", 1)[:, 0]
    for a, (name, shock) in enumerate(shaking.aftershock.items(), start=1):
        evenly = np.array([generator(seed, int(s), Stream.SHAKING, f"when.{name}").random(2) for s in scenario_ids])
        comes = evenly[:, 0] < shock.probability
        shock_h[:, a] = np.where(comes, spec.hazard_h + shock.after_h + shock.window_h * evenly[:, 1], np.inf)
        between[:, a] = normals(f"shock.{name}", 1)[:, 0]
    site_g = _site_g(spec, shaking, between, normals)
    state, mended_h = _damage(spec, shock_h, site_g, normals)
    for array in (shock_h, site_g, state, mended_h):
        array.setflags(write=False)
    return ShakingDraws(shock_h=shock_h, site_g=site_g, state=state, mended_h=mended_h)


Normals = Callable[[str, int], Float[np.ndarray, "S n"]]


def _site_g(
    spec: Spec, shaking: Shaking, between: Float[np.ndarray, "S A"], normals: Normals
) -> Float[np.ndarray, "S A N"]:
    """Peak ground acceleration: what all sites share, and what is alike at near ones [g]."""
    names = shaking_sites(spec)
    sites = [shaking.site.get(name, Site()) for name in names]
    x, y = np.array([site.x_km for site in sites]), np.array([site.y_km for site in sites])
    correlation = shaking_correlation(np.hypot(x[:, None] - x, y[:, None] - y), shaking.range_km)
    root = _lower_root(correlation)
    own = np.stack([normals(f"site.{name}", between.shape[1]) for name in names], axis=2)
    medians = np.array([shaking.median_g, *(shock.median_g for shock in shaking.aftershock.values())])
    factors = np.array([site.ground_factor for site in sites])
    common = np.log(medians)[None, :] + shaking.between_sigma * between
    return np.exp(common[:, :, None] + np.log(factors) + shaking.within_sigma * own @ root.T)


def _lower_root(correlation: Float[np.ndarray, "N N"]) -> Float[np.ndarray, "N N"]:
    """Lower triangular L with L L' = correlation, row by row, so that a new site changes none before it.

    Sites at the same place make the matrix singular; their rows are then alike, and the pivot is zero.
    """
    n = len(correlation)
    root = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            rest = correlation[i, j] - root[i, :j] @ root[j, :j]
            root[i, j] = rest / root[j, j] if root[j, j] > 1e-6 else 0.0
        root[i, i] = np.sqrt(max(correlation[i, i] - root[i, :i] @ root[i, :i], 0.0))
    return root


def _damage(
    spec: Spec, shock_h: Float[np.ndarray, "S A"], site_g: Float[np.ndarray, "S A N"], normals: Normals
) -> tuple[Int[np.ndarray, "S A C"], Float[np.ndarray, "S A C"]]:
    """States by the capacity of each component, and repairs by their lognormal."""
    there = components(spec)
    S, A = shock_h.shape
    state = np.zeros((S, A, len(there)), dtype=np.int64)
    mended_h = np.full((S, A, len(there)), -np.inf)
    for c, component in enumerate(there):
        drawn = normals(f"{component.kind}.{component.name}", 1 + A)
        states = component.fragility.state
        capacities, betas = np.array([one.median_g for one in states]), np.array([one.beta for one in states])
        capacity = np.broadcast_to(drawn[:, :1], (S, A))
        reached = ordered_states(site_g[:, :, site_number(spec, component.site)], capacities, betas, capacity)
        state[:, :, c] = np.where(np.isfinite(shock_h), reached, 0)
        for number, one in enumerate(states, start=1):
            mu, sigma = lognormal_of(one.restored_mean_days, one.restored_sd_days)
            repair_h = HOURS_PER_DAY * np.exp(mu + sigma * drawn[:, 1:])
            here = state[:, :, c] == number
            mended_h[:, :, c][here] = (shock_h + repair_h)[here]
    return state, mended_h
