"""How long a transaction may hold the event loop: what takes longer is begun anew in a thread.

Nobody can know beforehand what a search or a sum will cost. So each transaction begins in the event loop, where the
few rows that most of them look at cost less than the hop to a thread; it ends there as soon as it has taken more than
that, and nothing of it is kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

AT_ONCE_MAX = 200
"""More rows or lines, known beforehand, are not tried in the event loop."""
IN_A_THREAD = AT_ONCE_MAX + 1
"""The size of what belongs into a thread whatever it looks at: it touches files, which may wait, and not twice."""
STEPS_AT_A_TIME = 1_000
STEPS_MAX = 100_000
"""Of the database's own; so many take some milliseconds."""
NANOSECONDS_MAX = 20_000_000
"""Of processor time, which waits for nobody else on the machine."""
_BUDGET = "counterfoil_budget"


class TooLong(Exception):
    """The transaction has taken more than its budget; nothing of it is kept. `computes` says that it was not the
    database that took long.
    """

    def __init__(self, *, computes: bool) -> None:
        super().__init__()
        self.computes = computes


class Budget:
    """What one transaction in the event loop may take; one at a time."""

    def __init__(self) -> None:
        self._steps = 0
        self._until = self._waits_since = 0
        self._is_spent = False
        self._computes = False
        self._is_running = False

    @property
    def is_spent(self) -> bool:
        return self._is_spent

    def too_long(self) -> TooLong:
        """What says that it is spent, and on what."""
        return TooLong(computes=self._computes)

    def begin(self) -> None:
        self._steps = STEPS_MAX
        self._until = time.thread_time_ns() + NANOSECONDS_MAX
        self._is_spent = self._computes = False
        self._is_running = True

    def end(self) -> None:
        """From now on the database is not stopped: it is to keep what was done, or to undo it."""
        self._is_running = False

    def wait(self) -> None:
        """From now on others compute."""
        self._waits_since = time.thread_time_ns()

    def go_on(self) -> None:
        """What others computed meanwhile does not count."""
        self._until += time.thread_time_ns() - self._waits_since

    def step(self) -> bool:
        """Called by the database every `STEPS_AT_A_TIME` steps; whether it is to stop."""
        if not self._is_running:
            return False
        self._steps -= STEPS_AT_A_TIME
        self._is_spent = self._is_spent or self._steps < 0
        return self._is_spent

    def check(self) -> None:
        """Stop here, if the time is up.

        Raises:
            TooLong: it is.
        """
        if not self._is_spent and time.thread_time_ns() > self._until:
            self._is_spent = self._computes = True
        if self._is_spent:
            raise self.too_long()


@contextmanager
def nothing_hidden(budget: Budget) -> Iterator[None]:
    """What was told in here that the budget is spent ends with that, whatever it has made of it: nobody knows what it
    left out.

    Raises:
        TooLong: it was told so.
    """
    try:
        yield
    except Exception:
        if budget.is_spent:
            raise budget.too_long() from None
        raise
    if budget.is_spent:
        raise budget.too_long()


def keep_to(session: Session, budget: Budget) -> Session:
    """The session, whose statements keep to the budget from now on."""
    session.info[_BUDGET] = budget
    return session


def check_budget(session: Session) -> None:
    """To be called before each statement.

    Raises:
        TooLong: the transaction has held the event loop for too long.
    """
    budget = session.info.get(_BUDGET)
    if isinstance(budget, Budget):
        budget.check()
