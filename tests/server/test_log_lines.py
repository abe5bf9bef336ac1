"""The log says what happens over and over a few times, and how often after that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from server.log_lines import LINE_CHARACTERS_MAX, TRACEBACK_CHARACTERS_MAX, Folding


@dataclass(slots=True)
class Log:
    """A log that is folded, and a clock in milliseconds."""

    lines: list[str] = field(default_factory=list)
    now: int = 0


class _Kept(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.lines.append(self.format(record))


@pytest.fixture
def log() -> Iterator[Log]:
    kept = Log()
    handler = _Kept(kept)
    handler.addFilter(Folding(3, lambda: kept.now))
    logger = logging.getLogger("counterfoil.test")
    logger.addHandler(handler)
    logger.propagate = False
    yield kept
    logger.removeHandler(handler)
    logger.propagate = True


LOGGER = logging.getLogger("counterfoil.test")


def warn(text: str) -> None:
    LOGGER.warning("a stranger sent %s", text)


def test_lines_of_one_kind_are_shown_a_few_times_a_minute_and_then_counted(log: Log) -> None:
    # F5: an accept error was written with its traceback, a hundred megabytes in a minute.
    for index in range(1_000):
        warn(str(index))
    assert log.lines == [
        "a stranger sent 0",
        "a stranger sent 1",
        "a stranger sent 2 (more like this are left out for a minute)",
    ]
    LOGGER.warning("something else")
    assert log.lines[3] == "something else"
    log.now = 59_999
    warn("more")
    log.now = 60_000
    warn("again")
    assert log.lines[4:] == ["a stranger sent again (998 more like this were left out before)"]
    log.now = 200_000
    warn("later")
    assert log.lines[5:] == ["a stranger sent later"]


def fail(raised: Callable[[], object]) -> None:
    try:
        raised()
    except (ValueError, ZeroDivisionError):
        LOGGER.exception("incident inc_%s", id(raised))


def test_defects_are_one_kind_where_they_were_raised_in_one_place(log: Log) -> None:
    for _ in range(50):
        fail(lambda: 1 // 0)
    assert sum("Traceback" in line for line in log.lines) == 3
    fail(lambda: int("x"))
    assert "ValueError" in log.lines[3]


def test_what_a_stranger_says_at_length_is_cut(log: Log) -> None:
    warn("a" * 1_000_000)
    fail(lambda: int("9" * 2_000 + "x"))
    assert len(log.lines[0]) < LINE_CHARACTERS_MAX + 200
    assert len(log.lines[1]) < TRACEBACK_CHARACTERS_MAX + LINE_CHARACTERS_MAX


def test_the_event_loops_errors_are_kinds_by_their_first_line() -> None:
    folding = Folding(1)

    def shown(text: str) -> bool:
        record = logging.LogRecord("asyncio", logging.ERROR, "base_events.py", 1, text, (), None)
        return folding.filter(record)

    assert [shown(f"accept failed\nsocket: {index}") for index in range(3)] == [True, False, False]
    assert shown("another\nsocket: 1")
