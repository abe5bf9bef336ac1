"""Queries on closed periods; rows are added and never change, and the last one counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from storage.books import settings_tables
from storage.queries.cache import remembered
from storage.queries.statements import execute, flat, table_of

_TABLE = table_of(settings_tables.PeriodClosing)
_IN_ORDER = select(_TABLE.c.closed_through, _TABLE.c.reason, _TABLE.c.recorded_at, _TABLE.c.recorded_by).order_by(
    _TABLE.c.position
)
_ADD = _TABLE.insert().inline()


@dataclass(frozen=True, slots=True)
class Closing:
    """Up to the end of `closed_through`, a month as in `2026-03`, nothing is dated any more; empty where all is open.
    `reason` says why months were opened again.
    """

    closed_through: str
    reason: str
    recorded_at: datetime
    recorded_by: str


def closings(session: Session) -> tuple[Closing, ...]:
    """All that was said of periods, in the order in which it was."""
    return remembered(session, ("period closings",), _read)


def closed_through(session: Session) -> str:
    """The last month that is closed, as in `2026-03`; empty where none is."""
    said = closings(session)
    return said[-1].closed_through if said else ""


def add_closing(session: Session, closing: Closing) -> None:
    execute(session, _ADD, {"position": len(closings(session)) + 1, **flat(closing)})


def _read(session: Session) -> tuple[Closing, ...]:
    return tuple(Closing(*row) for row in execute(session, _IN_ORDER))
