"""Long transactions that nobody wants any more are stopped: nothing of them is kept, and their thread is free again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session

T = TypeVar("T")

STEPS_BETWEEN = 20_000
"""How many of its steps the database takes, in a millisecond or so, before it looks whether it is to stop."""
_STOP = "counterfoil_stop"


class Stopped(Exception):
    """The transaction was stopped. Whoever began it has gone and never sees this."""


class Stop:
    """Whether a transaction is to be stopped: wished for in the event loop, looked for in the thread that runs it."""

    def __init__(self) -> None:
        self.wished = threading.Event()

    def wish(self) -> None:
        """From now on the transaction ends as soon as it looks."""
        self.wished.set()

    def mark(self, session: Session) -> None:
        """From now on `stop_if_wished` looks here."""
        session.info[_STOP] = self

    def watched(self, work: Callable[[Session], T], session: Session) -> T:
        """As `watched_statements`; in the middle of a statement too, where the database is asked now and then."""
        self.check()
        self.mark(session)
        plain: Any = session.connection().connection.driver_connection
        plain.set_progress_handler(self.wished.is_set, STEPS_BETWEEN)
        try:
            result = work(session)
            session.flush()
        finally:
            # What began to be committed is committed.
            plain.set_progress_handler(None, 0)
        self.check()
        return result

    def watched_statements(self, work: Callable[[Session], T], session: Session) -> T:
        """Run `work`, whose statements, and whose calls of `stop_if_wished`, end it when that is wished for."""
        self.check()
        self.mark(session)
        result = work(session)
        session.flush()
        self.check()
        return result

    def check(self) -> None:
        """Stop here, if somebody wishes it.

        Raises:
            Stopped: it is wished for.
        """
        if self.wished.is_set():
            raise Stopped


def stop_if_wished(session: Session) -> None:
    """To be called now and then by work that computes for long between its statements.

    Raises:
        Stopped: nobody waits for the transaction any more.
    """
    stop = session.info.get(_STOP)
    if isinstance(stop, Stop):
        stop.check()
