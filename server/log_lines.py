"""The log of a server: lines of one kind are shown so many times a minute and then counted, so that whoever causes
them over and over neither fills the disk nor drowns what else there is to read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from server.observing.events import event_of

_WINDOW_MS = 60_000
LINE_CHARACTERS_MAX = 2_000
TRACEBACK_CHARACTERS_MAX = 8_000

Kind = tuple[object, ...]
"""Where in the code a line was written, and where the exception that it shows was raised: no text of anybody's."""


@dataclass(slots=True)
class _Window:
    began_ms: int
    shown: int = 0
    left_out: int = 0


class Folding(logging.Filter):
    """Lets `lines` of each kind through a minute; the last of them says so, and the next one afterwards how many were
    left out. What is let through is cut to a length.

    `milliseconds` answers a monotonic time.
    """

    def __init__(self, lines: int, milliseconds: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000) -> None:
        super().__init__()
        self._lines = lines
        self._milliseconds = milliseconds
        self._windows: dict[Kind, _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now, kind = self._milliseconds(), _kind(record)
        if not kind:
            return True
        window = self._windows.get(kind)
        left_out = 0
        if window is None or now - window.began_ms >= _WINDOW_MS:
            left_out = window.left_out if window else 0
            window = self._windows[kind] = _Window(now)
        if window.shown >= self._lines:
            window.left_out += 1
            return False
        window.shown += 1
        record.left_out = left_out
        if event_of(record) is not None:
            return True
        record.wording, record.given = record.msg, record.args
        note = f" ({left_out} more like this were left out before)" if left_out else ""
        if window.shown == self._lines:
            note += " (more like this are left out for a minute)"
        record.msg, record.args = _cut(record.getMessage(), LINE_CHARACTERS_MAX) + note, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = _cut(logging.Formatter().formatException(record.exc_info), TRACEBACK_CHARACTERS_MAX)
        return True


def fold_log(lines: int) -> None:
    """Fold what all loggers write that have no place of their own."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(Folding(lines))


def _kind(record: logging.LogRecord) -> Kind:
    """Empty for what is never left out: whoever is known does no more than is allowed at once."""
    if (event := event_of(record)) is not None:
        return event.stranger
    raised: Kind = ()
    if record.exc_info and record.exc_info[0] is not None:
        raised = (record.exc_info[0], *_last_place(record.exc_info[2]))
    # The event loop writes everything in one place; its first line is a fixed text.
    said = str(record.msg).partition("\n")[0] if record.name == "asyncio" else ""
    return (record.pathname, record.lineno, said, *raised)


def _last_place(traceback: TracebackType | None) -> Kind:
    place: Kind = ()
    while traceback is not None:
        place = (traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length // 2]} [...] {text[-length // 2 :]}"
