"""Shapes in annotations, checked in the first calls of a function in every test, and not in its hundred thousandth.

A plan takes the same functions through the same shapes twenty times over, and a run makes hundreds of plans: checking
every call was more than half of what the closed loop's tests cost.  A test made by hypothesis, whose examples differ
in their shapes, has every call checked.
"""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from beartype import beartype

CHECKS = 200
"""Checks of a function in one test, until it is left alone: of its arguments, and of what it returns."""

_checks: Counter[tuple[str, str]] = Counter()
_resting: list[Any] = []
_tireless = False


def first_calls(function: Callable) -> Callable:
    """``beartype``, and a count: after so many checks that held, ``jaxtyping`` is told to pass the function by."""
    check = beartype(function)
    key = function.__module__, function.__qualname__

    @wraps(check)
    def checked(*args: Any, **kwargs: Any) -> Any:
        result = check(*args, **kwargs)
        _checks[key] += 1
        if _checks[key] == CHECKS and not _tireless:
            _rest(*key)
        return result

    return checked


def wake(*, tireless: bool) -> None:
    """Every function is checked again, as at the start of a test; ``tireless`` keeps it so whatever the count."""
    global _tireless
    _tireless = tireless
    _checks.clear()
    while _resting:
        del _resting.pop().__no_type_check__


def _rest(module: str, qualname: str) -> None:
    """Mark a function of a module or a class as PEP 484's ``no_type_check`` does; one made inside another stays."""
    if "<locals>" in qualname:
        return
    found: Any = sys.modules[module]
    for name in qualname.split("."):
        found = inspect.getattr_static(found, name)
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, staticmethod | classmethod):
        found = found.__func__
    found.__no_type_check__ = True
    _resting.append(found)
