"""A part of a transaction that is kept whole or not at all, while the rest of the transaction goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from storage.queries.cache import forget

T = TypeVar("T")


def whole_or_not_at_all(session: Session, work: Callable[[Session], T]) -> T:
    """Run `work` in the session's transaction; where it raises, nothing of it is left, and what was there before is."""
    session.flush()
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT part")
    try:
        answer = work(session)
        session.flush()
        connection.exec_driver_sql("RELEASE SAVEPOINT part")
        return answer
    except BaseException:
        # SQLAlchemy's own nested transaction could not undo one whose release has failed.
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
        forget(session)
        raise
