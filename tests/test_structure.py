"""The layout holds: imports go left only, and each library stays behind its fence."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "simulation"

STAGES = (
    ("errors", "units"),
    ("scenario", "physics"),
    ("draws",),
    ("interchange",),
    ("events",),
    ("ensemble",),
    ("metrics",),
    ("study",),
    ("report",),
    ("bench", "explore"),
    ("commands",),
    ("cli",),
)
RANK = {name: rank for rank, stage in enumerate(STAGES) for name in stage}

FENCES = {
    "simpy": ("events/",),
    "scipy.optimize": ("interchange/linprog.py",),
    "highspy": ("interchange/highs.py", "interchange/nested.py"),
    "matplotlib": ("report/",),
}
MAY_OPEN_FILES = ("scenario/", "study/blocks.py", "report/", "bench/")
OPENERS = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "read_csv", "read_parquet", "to_parquet"}
HEAVY = ("numpy", "scipy", "pandas", "simpy", "matplotlib", "pvlib", "xarray", "pydantic", "jinja2", "holidays")

MODULES = sorted(PACKAGE.rglob("*.py"))


def _relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _imports(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def _stage(dotted: str) -> str:
    return dotted.split(".")[1]


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_imports_go_left_only(path: Path) -> None:
    here = _relative(path).split("/")[0].removesuffix(".py")
    if here in {"__init__", "__main__"}:
        return
    for name in _imports(ast.parse(path.read_text())):
        if not name.startswith("simulation."):
            continue
        there = _stage(name)
        assert there in RANK, f"{name}: a stage that the layout does not know"
        same_stage = there == here
        assert same_stage or RANK[there] < RANK[here] or {there, here} == {"errors", "units"}, (
            f"{_relative(path)} imports {name}: data flows right, imports go left"
        )


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_libraries_stay_behind_their_fences(path: Path) -> None:
    for name in _imports(ast.parse(path.read_text())):
        for library, homes in FENCES.items():
            if name == library or name.startswith(f"{library}."):
                assert _relative(path).startswith(homes), f"{_relative(path)} imports {name}; legal only in {homes}"


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_files_are_opened_only_where_they_may_be(path: Path) -> None:
    if _relative(path).startswith(MAY_OPEN_FILES):
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in OPENERS, f"{_relative(path)}:{node.lineno} calls {name}"


@pytest.mark.parametrize("path", MODULES, ids=_relative)
def test_package_heads_hold_a_docstring_and_nothing_else(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert body, f"{_relative(path)} is empty"
    assert isinstance(body[0], ast.Expr), f"{_relative(path)} has no docstring"
    if path.name == "__init__.py" and path.parent != PACKAGE:
        assert len(body) == 1, f"{_relative(path)} holds more than its docstring"


def test_no_global_random_state_anywhere() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("np.random."):
                name = ast.unparse(node).removeprefix("np.random.").split(".")[0]
                home = _relative(path) == "draws/seeds.py"
                assert name == "Generator" or home, f"{_relative(path)}:{node.lineno}: chance comes from draws/seeds.py"


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    top_level = [
        node
        for path in (*PACKAGE.glob("*.py"), *PACKAGE.glob("commands/*.py"))
        if path.stem != "ensemble"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    for node in top_level:
        for name in _imports(node):
            assert not name.startswith(HEAVY), f"{ast.unparse(node)} at the top of a light module"


def test_one_component_has_one_file_name_at_every_stage() -> None:
    for noun in ("battery", "genset", "tieline", "pv"):
        stages = {path.parent.name for path in PACKAGE.glob(f"*/{noun}.py")}
        assert {"scenario", "physics", "interchange"} <= stages, f"{noun}: found only in {sorted(stages)}"
