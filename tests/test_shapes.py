"""A wrong shape is found in the first calls of every test, and in every call of a test that wants so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from jaxtyping import Float, TypeCheckError, jaxtyped

from tests.shapes import CHECKS, first_calls, wake

RIGHT, WRONG = np.zeros((2, 3)), np.zeros(3)


@jaxtyped(typechecker=first_calls)
def total(values: Float[np.ndarray, "S T"]) -> float:
    return float(values.sum())


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    wake(tireless=False)


def test_a_function_is_checked_until_its_shapes_have_held_often_and_again_in_the_next_test() -> None:
    with pytest.raises(TypeCheckError, match="total"):
        total(WRONG)
    for _ in range(CHECKS // 2):  # one of the argument and one of the result in every call
        total(RIGHT)
    assert total(WRONG) == 0.0
    wake(tireless=False)
    with pytest.raises(TypeCheckError, match="total"):
        total(WRONG)


def test_where_examples_differ_every_call_is_checked() -> None:
    wake(tireless=True)
    for _ in range(CHECKS):
        total(RIGHT)
    with pytest.raises(TypeCheckError, match="total"):
        total(WRONG)
