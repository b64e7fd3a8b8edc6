"""A file to start from: the commented starter, or a copy of a shipped scenario."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from simulation.errors import Fault, ScenarioError
from simulation.scenario.load import shipped

__all__ = ["write_starter"]


def write_starter(path: Path, source: str = "starter") -> Path:
    """Write ``source`` (``starter``, or the name of a shipped scenario) to ``path``.

    Raises ScenarioError where the file exists already, its folder does not, or the source is unknown.
    """
    if path.exists():
        fault = Fault(where="path", given=str(path), legal="a file that does not exist yet", hint="choose another name")
        raise ScenarioError(str(path), [fault])
    if not path.parent.is_dir():
        fault = Fault(
            where="path", given=str(path), legal="a file in a folder that exists", hint=f"mkdir {path.parent}"
        )
        raise ScenarioError(str(path), [fault])
    if source == "starter":
        text = files("simulation.scenario.presets").joinpath("starter.toml").read_text(encoding="utf-8")
    else:
        text = shipped(source).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return path
