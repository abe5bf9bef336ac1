"""How much work is done, in steps that do not depend on how busy the machine is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(slots=True)
class Steps:
    count: int = 0


@contextmanager
def counting_steps() -> Iterator[Steps]:
    """Count in this thread the lines of Python that run, and the functions written in C that are called.

    What such a function does inside counts as one step, however long it takes.
    """
    steps = Steps()

    def line(frame: FrameType, event: str, given: Any) -> Any:
        steps.count += 1
        return line

    def call(frame: FrameType, event: str, given: Any) -> None:
        steps.count += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(line)
    sys.setprofile(call)
    try:
        yield steps
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])


def steps_of(work: Callable[[], object]) -> int:
    """The steps that one call of `work` takes."""
    with counting_steps() as steps:
        work()
    return steps.count
