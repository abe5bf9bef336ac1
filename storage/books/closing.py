"""Books that are closed: nothing is written to them at this place any more, because they go on at another one, or are
about to be removed. They say so themselves, by the last entry of their audit trail, so that it holds for every process
that writes, and travels with them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.books import audit, tables
from storage.queries.cache import remember_for_now, remembered_for_now
from storage.queries.statements import execute, table_of

HANDING_OVER = "hand_over_organization"
REMOVING = "remove_organization"
TAKING_OVER = "take_over_organization"
TAKING_BACK = "take_back_organization"
T = TypeVar("T")
_WORDS = {HANDING_OVER: "was handed over", REMOVING: "is being removed"}

_ENTRIES = table_of(tables.AuditEntry)
_LAST = (
    select(_ENTRIES.c.act, _ENTRIES.c.at, _ENTRIES.c.principal, _ENTRIES.c.subject)
    .order_by(_ENTRIES.c.position.desc())
    .limit(1)
)
_CLOSED = ("closed books",)


class ClosedBooks(Conflict):
    """Something was to be written in books that are closed."""


def check_open(session: Session) -> None:
    """Refuse to write where the last entry has closed the books.

    Raises:
        ClosedBooks
    """
    if said := remembered_for_now(session, _CLOSED, _closed):
        raise ClosedBooks(f"{said}: it can be read, not changed.")


def where_open(work: Callable[[Session], T], session: Session) -> T:
    """What `work` answers in books that are open.

    Raises:
        ClosedBooks
    """
    check_open(session)
    return work(session)


def closed_by(session: Session) -> str:
    """The act that has closed the books; empty where they are open."""
    row = execute(session, _LAST).first()
    return row.act if row is not None and row.act in _WORDS else ""


def close(session: Session, act: str, handle: str, *, at: datetime, by: str) -> None:
    """Close the books with an entry of their audit trail: what comes after it is refused."""
    audit.record(session, act, handle, at=at, by=by, detail={})
    remember_for_now(session, _CLOSED, _closed(session))


def open_again(session: Session, act: str, handle: str, *, at: datetime, by: str, detail: dict[str, object]) -> None:
    """Open the books with an entry that says why."""
    audit.record(session, act, handle, at=at, by=by, detail=detail)
    remember_for_now(session, _CLOSED, "")


def _closed(session: Session) -> str:
    row = execute(session, _LAST).first()
    if row is None or row.act not in _WORDS:
        return ""
    return f"{row.subject} {_WORDS[row.act]} by {row.principal} on {row.at.date()}"
