"""The log of a command that serves, in the form that was asked for, and how whoever runs it is told something."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import typer

from invoicing.text.typed import one_line
from server.console import complain
from server.observing.choice import JSON

ComplaintOf = Callable[[Exception], str]
"""What was refused or went wrong, in one line; empty where it is a defect."""


class Operator(Protocol):
    """Whoever runs the server."""

    def tell(self, text: str) -> None:
        """A line of what goes on."""

    def tell_end(self, error: Exception) -> None:
        """What has ended the server."""


@contextmanager
def log_of(log_format: str, complaint_of: ComplaintOf) -> Iterator[Operator]:
    """Serve in here. Whoever runs the server reads standard error: as JSON, where the log is that, so that no line of
    it is anything else.
    """
    if log_format != JSON:
        yield _AtTerminal(complaint_of)
        return
    # Whoever reads lines of text need not wait for it.
    from server.observing.json_lines import begin_json_log

    with begin_json_log():
        operator = _InLog(complaint_of)
        try:
            yield operator
        except Exception as error:
            operator.tell_end(error)
            raise typer.Exit(1) from None


class _AtTerminal:
    def __init__(self, complaint_of: ComplaintOf) -> None:
        self._complaint_of = complaint_of

    def tell(self, text: str) -> None:
        complain(text)

    def tell_end(self, error: Exception) -> None:
        if complaint := self._complaint_of(error):
            complain(complaint)
        else:
            traceback.print_exception(error)


class _InLog:
    def __init__(self, complaint_of: ComplaintOf) -> None:
        from server.observing.json_lines import TOLD

        self._log = TOLD
        self._complaint_of = complaint_of

    def tell(self, text: str) -> None:
        self._log.info("told", extra={"said": one_line(text)})

    def tell_end(self, error: Exception) -> None:
        if complaint := self._complaint_of(error):
            self._log.error("ended", extra={"said": one_line(complaint)})
        else:
            self._log.error("ended", exc_info=error)
