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

install_import_hook(_SHAPED, "tests.shapes.first_calls")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    wake(tireless=hasattr(getattr(item, "obj", None), "hypothesis"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*.json with what comes out now")
