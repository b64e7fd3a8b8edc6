"""Scenario files that extend one another, laid over each other as raw tables."""

from __future__ import annotations

import difflib
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulation.errors import Fault, ScenarioError
from simulation.scenario.legal import brief, did_you_mean, listed

__all__ = ["Layers", "merged", "nested", "paths_of", "read_toml"]

Table = dict[str, Any]

_DEEPEST = 40


def read_toml(path: Path) -> Table:
    """The tables of one TOML file.

    Raises:
        ScenarioError: if it is not there, is a folder, is not UTF-8, or is not TOML; with line and column.
    """
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        if _is_deep(table):
            raise RecursionError
        return table
    except FileNotFoundError:
        near = did_you_mean(path.name, [item.name for item in path.parent.glob("*.toml")])
        raise _unreadable(path, "file", "nothing there", "a scenario file", near) from None
    except IsADirectoryError:
        there = listed(sorted(item.name for item in path.glob("*.toml")), "none")
        raise _unreadable(path, "file", "a folder", "a scenario file", f"files in it: {there}") from None
    except OSError as error:
        hint = "see that the name is right and the file can be opened"
        raise _unreadable(path, "file", str(error.strerror), "a file that may be read", hint) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        given = f"the byte 0x{error.object[error.start]:02x}"
        raise _unreadable(path, f"line {line}", given, "text in UTF-8", "save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        said, at = _message_and_position(error, path)
        raise _unreadable(path, at, said, "TOML", "see https://toml.io; texts need quotes") from None
    except RecursionError:
        legal = f"at most {_DEEPEST} levels; a scenario needs fewer than ten"
        raise _unreadable(path, "file", "tables or lists nested too deeply", legal, "close the brackets") from None
    except ValueError as error:
        raise _unreadable(path, "file", str(error), "names and numbers of the usual kind", "") from None


@dataclass(kw_only=True)
class Layers:
    """A file with all that it extends; gathers the faults that lie in the layers themselves."""

    find: Callable[[str, Path], Path]
    """Gives the file that ``extends`` names, from the text and the folder of the file that says so."""

    faults: list[Fault] = field(default_factory=list)

    def read(self, path: Path, below: tuple[Path, ...] = ()) -> Table:
        """The tables of ``path`` laid over those of the file that it extends, and so on.

        Raises:
            ScenarioError: if a file cannot be read or the files extend each other in a circle.
        """
        here = path.resolve()
        if here in below:
            circle = " -> ".join(item.name for item in (*below[below.index(here) :], here))
            hint = "take `extends` out of one of them"
            raise _unreadable(below[0], "extends", circle, "files that do not extend each other in a circle", hint)
        table = read_toml(path)
        parent = table.pop("extends", None)
        if parent is None:
            return self.over({}, table, f"{path.name}: " if below else "")
        if not isinstance(parent, str):
            raise _unreadable(path, "extends", brief(parent), "the path of one scenario file, in quotes", "")
        source = self._source(parent, path)
        lower = self.read(source, (*below, here))
        return self.over(_moved(lower, source.parent, path.parent), table, f"{path.name}: " if below else "")

    def _source(self, parent: str, path: Path) -> Path:
        """The file that ``path`` extends; where there is none, the fault is the one of ``path``."""
        legal = "a scenario file, as seen from the folder of this one, or the name of a shipped scenario"
        said = brief(parent)
        try:
            source = self.find(parent, path.parent)
            is_folder = stat.S_ISDIR(source.stat().st_mode)
        except ScenarioError as error:
            raise _unreadable(path, "extends", f"{said}: nothing there", legal, error.faults[0].hint) from None
        except FileNotFoundError:
            near = did_you_mean(Path(parent).name, [item.name for item in (path.parent / parent).parent.glob("*.toml")])
            raise _unreadable(path, "extends", f"{said}: nothing there", legal, near or "mend the path") from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise _unreadable(path, "extends", f"{said}: {why}", legal, "mend the path") from None
        if is_folder:
            raise _unreadable(path, "extends", f"{said}: a folder", legal, "name a file in it")
        return source

    def over(self, lower: Table, upper: Mapping[str, Any], label: str = "") -> Table:
        """``upper`` over ``lower``, after what ``upper`` says to ``remove`` has been taken out of ``lower``."""
        upper = dict(upper)
        removed = upper.pop("remove", [])
        if not isinstance(removed, list | tuple) or not all(isinstance(item, str) for item in removed):
            legal = 'a list of paths such as ["building.mall.battery.nas"]'
            self.faults.append(Fault(where=f"{label}remove", given=brief(removed), legal=legal))
            removed = []
        for i, path in enumerate(removed):
            rest = _without(lower, path.split("."))
            if rest is None:
                self.faults.append(_nothing_to_remove(f"{label}remove[{i}]", path, lower))
            else:
                lower = rest
        return merged(lower, upper)


def merged(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Table:
    """Tables merged key by key; a value or a list of the upper one replaces the lower one's whole.

    >>> merged({"a": {"x": 1, "y": [1, 2]}}, {"a": {"y": [3]}})
    {'a': {'x': 1, 'y': [3]}}
    """
    result = dict(lower)
    for key, value in upper.items():
        below = result.get(key)
        if isinstance(value, Mapping):
            result[key] = merged(below if isinstance(below, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def nested(overrides: Mapping[str, Any]) -> Table:
    """Tables in tables from keys with dots.

    >>> nested({"period.days": 3, "period": {"planning_step_min": 60}})
    {'period': {'days': 3, 'planning_step_min': 60}}
    """
    result: Table = {}
    for key, value in overrides.items():
        inner: Any = nested(value) if isinstance(value, Mapping) else value
        for step in reversed(key.split(".")):
            inner = {step: inner}
        result = merged(result, inner)
    return result


def paths_of(table: Mapping[str, Any]) -> list[str]:
    """Dotted paths of everything in nested tables, in order, each table before what it holds."""
    paths = []
    for key, value in table.items():
        paths.append(key)
        if isinstance(value, Mapping):
            paths += [f"{key}.{inner}" for inner in paths_of(value)]
    return paths


def _is_deep(table: Table) -> bool:
    """Whether tables or lists lie deeper in each other than any scenario needs; found level by level."""
    level: list[Any] = [table]
    for _ in range(_DEEPEST):
        inner = (item.values() if isinstance(item, Mapping) else item for item in level)
        level = [item for items in inner for item in items if isinstance(item, Mapping | list)]
    return bool(level)


def _without(table: Mapping[str, Any], steps: list[str]) -> Table | None:
    """A table without the item at a path; None where there is none."""
    first, *rest = steps
    if first not in table:
        return None
    if not rest:
        return {key: value for key, value in table.items() if key != first}
    inner = _without(table[first], rest) if isinstance(table[first], Mapping) else None
    return None if inner is None else {**table, first: inner}


def _nothing_to_remove(where: str, path: str, table: Mapping[str, Any]) -> Fault:
    every = paths_of(table)
    close = difflib.get_close_matches(path, every, n=1)
    hint = f"did you mean {close[0]}?" if close else ""
    legal = "the path of something inherited" if every else "nothing: the file extends no other"
    return Fault(where=where, given=brief(path), legal=legal, hint=hint)


def _moved(table: Mapping[str, Any], source: Path, target: Path) -> Table:
    """The same tables with relative paths of series that start at another folder."""
    if source.resolve() == target.resolve():
        return dict(table)
    moved: Table = {}
    for key, value in table.items():
        if key == "series" and isinstance(value, Mapping) and isinstance(value.get("path"), str):
            path = source.resolve() / value["path"]
            moved[key] = {**value, "path": Path(os.path.relpath(path, target.resolve())).as_posix()}
        else:
            moved[key] = _moved(value, source, target) if isinstance(value, Mapping) else value
    return moved


def _message_and_position(error: tomllib.TOMLDecodeError, path: Path) -> tuple[str, str]:
    """What the parser says, and where, with the text of that line."""
    found = re.search(r"^(.*) \(at (line (\d+), column \d+|end of document)\)", str(error))
    if found is None:
        return str(error), "file"
    said, at, line = found[1], found[2], found[3]
    if line is None:
        return said, at
    text = path.read_text(encoding="utf-8-sig").splitlines()[int(line) - 1].strip()
    return f"{text!r}: {said[:1].lower()}{said[1:]}", at


def _unreadable(path: Path, where: str, given: str, legal: str, hint: str) -> ScenarioError:
    return ScenarioError(str(path), [Fault(where=where, given=given, legal=legal, hint=hint)])
