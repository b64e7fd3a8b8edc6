"""Road links: when each closes, when crews have cleared it, how long it bears light vehicles only, the way round."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from jaxtyping import Bool, Float, Int

from simulation.draws.outage import merged
from simulation.draws.seeds import Stream, generator
from simulation.draws.shaking import ShakingDraws, components
from simulation.draws.snow import FallDraws, sample_falls
from simulation.physics.road import quickest
from simulation.scenario.road import RoadLink, RoadWorks
from simulation.scenario.spec import Spec

__all__ = ["RoadDraws", "Roads", "cleared_h", "sample_roads"]

NEVER = -np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadDraws:
    """Closures of the links (axis L in the order of ``Spec.road_link``) by every shock (axis A; one without [shaking]).

    Behind the shocks stand the falls of [snow], joined where they overlap, which close links with ``closed_in_snow``.
    A link is closed from ``closes_h`` to ``opens_h``, and bears only vehicles within its limit from ``closes_h`` to
    ``limited_until_h`` [h from the start of the period]; minus infinity in all three where a shock left it alone.
    """

    closes_h: Float[np.ndarray, "S L A"]
    opens_h: Float[np.ndarray, "S L A"]
    limited_until_h: Float[np.ndarray, "S L A"]


def sample_roads(
    spec: Spec, scenario_ids: Int[np.ndarray, " S"], seed: int, shaking: ShakingDraws | None = None
) -> RoadDraws | None:
    """Draw what happens to the links, each from its own stream; None for a Spec without any.

    With a fragility for road links they are closed by their damage, whose repair is the crews' work; else by their own
    chance.  A damaged link that still does its work is limited until it is mended.  Falls of snow are those that cover
    the panels; when one ends, its links are open without the work of a crew.
    """
    if not spec.road_link:
        return None
    by_damage = spec.shaking is not None and spec.shaking.fragility.road_link is not None and shaking is not None
    S, L = len(scenario_ids), len(spec.road_link)
    A = shaking.shock_h.shape[1] if by_damage and shaking is not None else 1
    closes_h, work_h = np.full((S, L, A), NEVER), np.zeros((S, L, A))
    limited_until_h = np.full((S, L, A), NEVER)
    for i, (name, link) in enumerate(spec.road_link.items()):
        if by_damage and shaking is not None:
            closed, work_h[:, i], light_until_h = _by_damage(spec, shaking, name)
            closes_h[:, i] = np.where(closed | (light_until_h > NEVER), shaking.shock_h, NEVER)
            work_h[:, i] = np.where(closed, work_h[:, i], 0.0)
            limited_until_h[:, i] = light_until_h
        elif spec.hazard_h is not None:
            closed, work_h[:, i, 0] = _by_chance(link, name, scenario_ids, seed)
            closes_h[:, i, 0] = np.where(closed, spec.hazard_h, NEVER)
    opens_h = cleared_h(tuple(spec.road_link.values()), spec.road_works or RoadWorks(), closes_h, work_h)
    limits_h = np.array([link.limit_h for link in spec.road_link.values()])[None, :, None]
    was_closed = work_h > 0.0
    limited_until_h = np.where(was_closed, opens_h + limits_h, limited_until_h)
    falls = sample_falls(spec, scenario_ids, seed)
    if falls is not None and any(link.closed_in_snow for link in spec.road_link.values()):
        begins_h, ends_h = _by_snow(tuple(spec.road_link.values()), falls)
        closes_h = np.concatenate([closes_h, begins_h], axis=2)
        opens_h, limited_until_h = (np.concatenate([one, ends_h], axis=2) for one in (opens_h, limited_until_h))
    for array in (closes_h, opens_h, limited_until_h):
        array.setflags(write=False)
    return RoadDraws(closes_h=closes_h, opens_h=opens_h, limited_until_h=limited_until_h)


def cleared_h(
    links: tuple[RoadLink, ...],
    works: RoadWorks,
    closes_h: Float[np.ndarray, "S L A"],
    work_h: Float[np.ndarray, "S L A"],
) -> Float[np.ndarray, "S L A"]:
    """Hour at which crews have cleared each closed link; where there is no work, the hour at which it closed.

    Crews take links in the order of priority, of like ones in the order of the file; the crew that is free first takes
    the next.  What a later shock closes is queued behind what an earlier one did.
    """
    S, _, A = closes_h.shape
    opens_h = closes_h.copy()
    order = sorted(range(len(links)), key=lambda i: links[i].priority)
    for s in range(S):
        free_h = [-inf] * (works.crews or len(links) * A)
        for a in range(A):
            for i in order:
                if work_h[s, i, a] > 0.0:
                    crew = min(range(len(free_h)), key=free_h.__getitem__)
                    begins_h = max(free_h[crew], closes_h[s, i, a] + works.begins_after_h)
                    free_h[crew] = opens_h[s, i, a] = begins_h + work_h[s, i, a]
    return opens_h


class Roads:
    """The road graph of one scenario: which way is open at an hour, and how long it takes.

    Raises ValueError where a way is asked for that does not exist even with every link open.
    """

    __slots__ = ("_changes_h", "_limits", "_links", "_places", "_spans", "_struck_h", "_usual_ways", "names")

    def __init__(self, spec: Spec, draws: RoadDraws, s: int) -> None:
        self.names = tuple(spec.road_link)
        self._links = tuple(spec.road_link.values())
        self._places = {place: i for i, place in enumerate(spec.road_places)}
        self._struck_h = inf if spec.hazard_h is None else spec.hazard_h
        self._limits = [inf if link.limit_t is None else link.limit_t for link in self._links]
        rows = np.stack([draws.closes_h[s], draws.opens_h[s], draws.limited_until_h[s]], axis=2).tolist()
        self._spans: list[list[tuple[float, float, float]]] = [
            [(closes_h, opens_h, limited_h) for closes_h, opens_h, limited_h in spans if closes_h > NEVER]
            for spans in rows
        ]
        ends = {hour for spans in self._spans for _, opens_h, limited_h in spans for hour in (opens_h, limited_h)}
        self._changes_h = sorted(hour for hour in ends if hour > NEVER)
        self._usual_ways: dict[tuple[str, str], tuple[float, tuple[int, ...]]] = {}  # every lot asks for one

    def spans(self, link: int) -> list[tuple[float, float, float]]:
        """For every shock that hit a link: when it closes, opens, and is free of its limit again [h]."""
        return list(self._spans[link])

    def limit_t(self, link: int) -> float:
        """Heaviest vehicle on a damaged link; infinity where any may pass [t]."""
        return self._limits[link]

    def passable(self, link: int, vehicle_t: float, hour: float) -> bool:
        """Whether a vehicle of so many tonnes may pass a link at an hour."""
        for closes_h, opens_h, limited_until_h in self._spans[link]:
            if closes_h <= hour < opens_h:
                return False
            if closes_h <= hour < limited_until_h and vehicle_t > self._limits[link]:
                return False
        return True

    def way(self, start: str, stop: str, vehicle_t: float, hour: float) -> tuple[float, tuple[int, ...]]:
        """Time and links of the quickest way that is open at an hour; infinity where none is [h]."""
        slow = hour >= self._struck_h
        known = [i for i in range(len(self._links)) if self.passable(i, vehicle_t, hour)]
        graph = [
            (self._places[self._links[i].a], self._places[self._links[i].b], self._link_h(i, slow=slow)) for i in known
        ]
        hours, found = quickest(graph, self._places[start], self._places[stop])
        return hours, tuple(known[i] for i in found)

    def usual_way(self, start: str, stop: str) -> tuple[float, tuple[int, ...]]:
        """Time and links of the quickest way on a normal day [h]."""
        known = self._usual_ways.get((start, stop))
        if known is not None:
            return known
        graph = [(self._places[link.a], self._places[link.b], link.normal_h) for link in self._links]
        hours, found = quickest(graph, self._places[start], self._places[stop])
        if hours == inf:
            raise ValueError(f"no road leads from {start} to {stop}; legal: road links that join them")
        self._usual_ways[start, stop] = hours, found
        return hours, found

    def sets_out(self, start: str, stop: str, vehicle_t: float, ready_h: float) -> tuple[float, float, float]:
        """When a vehicle that is ready sets out, as soon as a way is open, and how much longer than usual it takes.

        Returns:
            Hour of setting out, infinite where no way ever opens [h]; time over that of a normal day on the usual way,
            or on another that is quicker now; and what going round takes on top of the usual way as slow as it is [h].
        """
        usual_h, usual = self.usual_way(start, stop)
        for hour in (ready_h, *(change_h for change_h in self._changes_h if change_h > ready_h)):
            hours, _ = self.way(start, stop, vehicle_t, hour)
            if hours < inf:
                slow_h = sum(self._link_h(i, slow=hour >= self._struck_h) for i in usual)
                slow = min(hours, slow_h) / usual_h if usual else 1.0
                return hour, slow, max(0.0, hours - slow_h)
        return inf, 1.0, 0.0

    def _link_h(self, link: int, *, slow: bool) -> float:
        """Time from end to end, on a normal day or once the disaster has struck [h]."""
        one = self._links[link]
        return one.normal_h * (one.slow_factor if slow else 1.0)

    def blocked(self, start: str, stop: str, vehicle_t: float, hour: float) -> list[str]:
        """Links of the usual way that a vehicle cannot pass at an hour."""
        _, usual = self.usual_way(start, stop)
        return [self.names[i] for i in usual if not self.passable(i, vehicle_t, hour)]


def _by_damage(
    spec: Spec, shaking: ShakingDraws, name: str
) -> tuple[Bool[np.ndarray, "S A"], Float[np.ndarray, "S A"], Float[np.ndarray, "S A"]]:
    """Which shocks close a link, the work on it, and until when a lightly damaged one is limited."""
    numbers = [(one.kind, one.name) for one in components(spec)]
    c = numbers.index(("road_link", name))
    component = components(spec)[c]
    state, mended_h = shaking.state[:, :, c], shaking.mended_h[:, :, c]
    works = np.array([True, *(one.works for one in component.fragility.state)])[state]
    closed = (state > 0) & ~works
    work_h = np.where(closed, mended_h - np.where(state > 0, shaking.shock_h, 0.0), 0.0)
    return closed, work_h, np.where((state > 0) & works, mended_h, NEVER)


def _by_snow(
    links: tuple[RoadLink, ...], falls: FallDraws
) -> tuple[Float[np.ndarray, "S L N"], Float[np.ndarray, "S L N"]]:
    """When snow closes each link, and opens it again; minus infinity where it does not [h]."""
    start_h, end_h = merged(falls.start_h, falls.end_h)
    closed = np.isfinite(start_h)[:, None, :] & np.array([link.closed_in_snow for link in links])[None, :, None]
    return np.where(closed, start_h[:, None, :], NEVER), np.where(closed, end_h[:, None, :], NEVER)


def _by_chance(
    link: RoadLink, name: str, scenario_ids: Int[np.ndarray, " S"], seed: int
) -> tuple[Bool[np.ndarray, " S"], Float[np.ndarray, " S"]]:
    """In which scenarios the disaster closes a link, and the work on it [h]."""
    closed, work_h = np.empty(len(scenario_ids), dtype=bool), np.empty(len(scenario_ids))
    for row, scenario in enumerate(scenario_ids):
        chance = generator(seed, int(scenario), Stream.DELIVERY, f"road_link.{name}")
        closed[row] = chance.random() < link.closed_prob
        work_h[row] = link.clearing_median_h * np.exp(link.clearing_sigma * chance.standard_normal())
    return closed, np.where(closed, work_h, 0.0)
