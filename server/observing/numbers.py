"""How often what was done, how long it took and what came of it, counted since this process began."""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import assert_never

from server.observing.events import EVENTS, Answered, Called, event_of

Labels = tuple[str, ...]
_BOUNDS_MS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000)
BOUNDS_SECONDS = tuple(one / 1_000 for one in _BOUNDS_MS)
"""The bounds that the field's conventions advise for the duration of an MCP operation."""


@dataclass(slots=True)
class Row:
    """The durations of one kind: how many fell below each bound and above the one before, and beyond the last."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_SECONDS) + 1))
    seconds: float = 0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS_SECONDS, seconds)] += 1
        self.seconds += seconds


Durations = dict[Labels, Row]


class Numbers(logging.Handler):
    """Counts the events that are told. Labels are names of ours alone: there are never more of them than the program
    has tools, routes and codes.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.calls: Durations = {}
        self.requests: Durations = {}

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what is told while this lasts."""
        before = EVENTS.level
        EVENTS.addHandler(self)
        EVENTS.setLevel(logging.INFO)
        try:
            yield
        finally:
            EVENTS.removeHandler(self)
            EVENTS.setLevel(before)

    def emit(self, record: logging.LogRecord) -> None:
        event = event_of(record)
        match event:
            case Called():
                _add(self.calls, (event.method, event.tool, event.outcome), event.seconds)
            case Answered():
                _add(self.requests, (event.http_method, event.route, str(event.status)), event.seconds)
            case None:
                pass
            case _:
                assert_never(event)


def _add(durations: Durations, labels: Labels, seconds: float) -> None:
    durations.setdefault(labels, Row()).add(seconds)
