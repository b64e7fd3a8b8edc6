"""Where a result came from: everything that is needed to make it again."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import simulation
from simulation.scenario.spec import Spec

__all__ = ["RunRecord", "git_commit", "scenario_hash"]

_PACKAGES = (
    "yuimaru",
    "numpy",
    "scipy",
    "numba",
    "simpy",
    "pandas",
    "pvlib",
    "holidays",
    "matplotlib",
    "xarray",
    "pydantic",
)
_HASH_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """Provenance of a run; stored as ``run.json``, together with the whole scenario.

    ``plan`` is ``replan`` (closed loop) or ``perfect`` (the bound); ``wall_s`` maps a phase to its seconds.
    """

    scenario: str
    scenario_hash: str
    seed: int | None
    plan: str
    solver: Mapping[str, Any]
    command: str
    started_utc: datetime
    versions: Mapping[str, str]
    git_commit: str | None
    machine: str
    wall_s: Mapping[str, float] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """Name of the results' folder: scenario, time in UTC, hash of the scenario."""
        return f"{self.scenario}-{self.started_utc:%Y%m%dT%H%M%SZ}-{self.scenario_hash}"

    @classmethod
    def of(
        cls,
        spec: Spec,
        *,
        seed: int | None,
        plan: str,
        solver: object,
        command: str = "",
        wall_s: Mapping[str, float] | None = None,
    ) -> RunRecord:
        """The record of a run that ends now; ``solver`` is a frozen set of knobs, or a name."""
        return cls(
            scenario=spec.name,
            scenario_hash=scenario_hash(spec),
            seed=seed,
            plan=plan,
            solver=_knobs(solver),
            command=command,
            started_utc=datetime.now(UTC).replace(microsecond=0),
            versions={name: found for name in _PACKAGES if (found := _version(name))} | {"python": _python()},
            git_commit=git_commit(),
            machine=f"{platform.system()} {platform.machine()}",
            wall_s=dict(wall_s or {}),
        )

    def as_json(self, spec: Spec) -> str:
        """The record and the whole scenario, defaults filled in, as JSON."""
        table = asdict(self) | {
            "run_id": self.run_id,
            "started_utc": self.started_utc.isoformat(),
            "scenario_as_run": spec.model_dump(mode="json"),
        }
        return json.dumps(table, indent=2, ensure_ascii=False, default=str) + "\n"


def scenario_hash(spec: Spec) -> str:
    """Eight hexadecimal digits that change with anything in the scenario or in a series file that it reads."""
    digest = hashlib.sha256(json.dumps(spec.model_dump(mode="json"), sort_keys=True).encode())
    for load in spec.loads:
        if load.part.series is not None:
            file = Path(spec.folder) / load.part.series.path
            digest.update(file.read_bytes() if file.is_file() else b"absent")
    return digest.hexdigest()[:_HASH_DIGITS]


def _knobs(solver: object) -> dict[str, Any]:
    if is_dataclass(solver) and not isinstance(solver, type):
        return {"name": type(solver).__name__, **asdict(solver)}
    return {"name": str(solver)}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return simulation.__version__ if package == "yuimaru" else None


def _python() -> str:
    return platform.python_version()


def git_commit() -> str | None:
    """Commit of the checkout that this package runs from; None for an installed one, or without git."""
    root = Path(simulation.__file__).parents[1]
    if not (root / ".git").exists():
        return None
    try:
        found = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
