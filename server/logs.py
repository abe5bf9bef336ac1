"""The log: one line for each thing that happened, whoever's words are in it.

A text with a line break would otherwise write lines of its own, and who reads the log would take them for the server's.
"""

from __future__ import annotations

import logging
from typing import Any

from invoicing.text.typed import one_line

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def begin_log() -> None:
    """Write warnings and errors on standard error, in this form; where a log is set up already, it stays."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter(_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class OneLineFormatter(logging.Formatter):
    """Writes a record as one line; where a defect left a traceback, its lines follow, indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # The library's name.
        return one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  # The library's name.
        return _indented(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  # The library's name.
        return _indented(super().formatStack(stack_info))


def _indented(text: str) -> str:
    return "\n".join(f"    {one_line(line)}" for line in text.split("\n"))
