"""Shapes in annotations are checked while tests run: in every module that has any.

The others are left alone, because a check on every call of an inner loop of plain numbers costs thirty times the call.
For the same reason a function is checked in its first hundred calls of every test (``tests/shapes.py``).
"""

from pathlib import Path

import pytest
from jaxtyping import install_import_hook

from tests.shapes import wake

_ROOT = Path(__file__).parents[1]
_SHAPED = [
    ".".join(path.relative_to(_ROOT).with_suffix("").parts)
    for path in sorted((_ROOT / "simulation").rglob("*.py"))
    if "from jaxtyping import" in path.read_text()
]

_LONGEST = ("test_runs.py", "test_switching.py", "test_package.py", "test_interior_point.py", "test_headlines.py")

install_import_hook(_SHAPED, "tests.shapes.first_calls")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    wake(tireless=hasattr(getattr(item, "obj", None), "hypothesis"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first, so that no worker is left with one when the others have ended."""
    items.sort(key=lambda item: _LONGEST.index(item.path.name) if item.path.name in _LONGEST else len(_LONGEST))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*.json with what comes out now")
