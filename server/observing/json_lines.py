"""The log as data: each record is one JSON object on one line.

A record of ours is shown by the words that stand in the code, an id or a number that was put into them, and what the
record names besides. Whatever else was put in may be somebody's own words, and so may the text of an exception: of an
exception there are its type and the places in the code that it has passed. Of a library's record there is nothing but
the place.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from invoicing.refusals import Refusal
from server.logs import begin_log
from server.observing.choice import JSON, Observing
from server.observing.events import EVENTS, event_of
from server.observing.observations import observed

OURS = frozenset({"counterfoil", "server", "tools", "views", "operations", "storage", "invoicing"})
"""The first names of loggers whose records have a constant text (tests/test_architecture.py)."""
NAMED = ("incident", "organization", "doing", "reason", "said")
"""What a record of ours may name, by `extra`: our own words, ids and handles; and what a command says at a terminal."""
TOLD = logging.getLogger("counterfoil.told")
"""What whoever runs a server is told, at a terminal and in this form."""
_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
_PLACES_MAX = 24
_CAUSES_MAX = 4


@contextmanager
def begin_json_log(stream: TextIO | None = None) -> Iterator[logging.Handler]:
    """Write events, warnings and errors on the stream, one object a line, until this ends; on standard error, where
    none is named.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, before = logging.getLogger(), (logging.getLogger().level, EVENTS.level)
    root.addHandler(handler)
    EVENTS.addHandler(handler)
    root.setLevel(logging.WARNING)
    EVENTS.setLevel(logging.INFO)
    TOLD.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        EVENTS.removeHandler(handler)
        root.setLevel(before[0])
        EVENTS.setLevel(before[1])


@contextmanager
def log_here(observing: Observing) -> Iterator[None]:
    """The log of this process, in the form that was chosen; begun already where the command has begun it."""
    begun = any(isinstance(one.formatter, JsonFormatter) for one in EVENTS.handlers)
    if observing.log_format != JSON:
        begin_log()
    if observing.log_format != JSON or begun:
        yield
        return
    with begin_json_log():
        yield


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        event = event_of(record)
        line |= event.shown() if event is not None else _shown(record)
        if left_out := getattr(record, "left_out", 0):
            line["left_out_before"] = left_out
        return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


def _shown(record: logging.LogRecord) -> dict[str, Any]:
    ours = record.name.partition(".")[0] in OURS
    shown: dict[str, Any] = {"event": str(getattr(record, "wording", record.msg)) if ours else "library"}
    if (request := observed()) is not None:
        shown["request"] = request.request
    if ours:
        if known := [_known(one) for one in getattr(record, "given", record.args) or ()]:
            shown["given"] = known
        shown |= {name: str(getattr(record, name)) for name in NAMED if hasattr(record, name)}
    else:
        shown["place"] = f"{record.module}:{record.lineno} {record.funcName}"
    if record.exc_info and record.exc_info[1] is not None:
        shown["errors"] = [_error(one) for one in _causes(record.exc_info[1])]
    return shown


def _known(given: object) -> object:
    """What was put into a text, where that cannot be anybody's own words."""
    match given:
        case bool() | int() | float():
            return given
        case str() if _ID.fullmatch(given):
            return given
        case Refusal():
            # Of a file that is at fault, whoever runs the server is told which.
            return getattr(given, "detail", given.code)
        case BaseException():
            return _error(given)
        case _:
            return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = error
    for _ in range(_CAUSES_MAX):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _error(error: BaseException) -> dict[str, Any]:
    said: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, Refusal):
        said["code"] = error.code
    if isinstance(error, OSError) and error.strerror:
        said["system"] = error.strerror
    if places := list(_places(error.__traceback__))[-_PLACES_MAX:]:
        said["places"] = places
    return said


def _places(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        frame = traceback.tb_frame
        yield f"{frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno} {frame.f_code.co_name}"
        traceback = traceback.tb_next
