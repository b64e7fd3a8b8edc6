"""A file to start from: the commented starter, or a copy of a shipped scenario."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from simulation.errors import Fault, ScenarioError
from simulation.scenario.load import shipped

__all__ = ["write_starter"]


def write_starter(path: Path, source: str = "starter") -> Path:
    """Write ``source`` (``starter``, or the name of a shipped scenario) to ``path``.

    Raises ScenarioError where the file exists already, cannot be written, or the source is unknown.
    """
    if source == "starter":
        text = files("simulation.scenario.presets").joinpath("starter.toml").read_text(encoding="utf-8")
    else:
        text = shipped(source).read_text(encoding="utf-8")
    try:
        if not path.parent.is_dir():
            raise _refused(path, "no such folder", "a file in a folder that exists", f"mkdir {path.parent}")
        _write_whole(path, text)
    except FileExistsError:
        raise _refused(path, "it is there already", "a file that does not exist yet", "choose another name") from None
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _refused(path, said, "a file that can be written", "choose another folder or name") from None
    return path


def _write_whole(path: Path, text: str) -> None:
    """Write a new file; where the disk is full, none is left rather than half of one."""
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _refused(path: Path, said: str, legal: str, hint: str) -> ScenarioError:
    return ScenarioError(str(path), [Fault(where="path", given=f"{path}: {said}", legal=legal, hint=hint)])
