"""How large load, fault and repeated tests are: whole in `make test-faults`, otherwise a part of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, TypeVar

import pytest

T = TypeVar("T", bound=Callable[..., Any])


def is_whole() -> bool:
    """Whether this is `make test-faults`."""
    return os.environ.get("COUNTERFOIL_FAULTS") == "whole"


def scaled(whole: int, part: int = 10) -> int:
    """`whole` where COUNTERFOIL_FAULTS says so, otherwise a tenth of it, or another part, and at least one."""
    return whole if is_whole() else max(1, whole // part)


def only_whole(test: T) -> T:
    """A test that `make test` has no time for, where a quicker one tries the same at a smaller size."""
    pytest.mark.skipif(not is_whole(), reason="takes long (make test-faults)")(test)
    pytest.mark.faults(test)
    return test


def first_in_turn(cases: Sequence[Any], of: int = 2) -> list[Any]:
    """All cases; in `make test` each second one, or each so many."""
    return list(cases) if is_whole() else list(cases)[::of]


def combined(*axes: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All combinations of one value of each of three axes or more; otherwise half of them, in which each two values of
    different axes still meet.
    """
    every = product(*(enumerate(axis) for axis in axes))
    return [tuple(value for _, value in one) for one in every if is_whole() or sum(place for place, _ in one) % 2 == 0]
