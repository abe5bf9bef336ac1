"""Queries on acknowledgements of mandates: rows are added and never change, and the last one of a subject counts."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import Session

from invoicing.mandates import Acknowledgement
from storage.remembering import remembered
from storage.statements import execute, flat, table_of
from storage.tables import settings

_TABLE = table_of(settings.MandateAcknowledgement)
_C = _TABLE.c
_IN_ORDER = select(_C.code, _C.handed_in, _C.recorded_at, _C.recorded_by, _C.draft, _C.customer).order_by(_C.position)
_LAST = select(func.coalesce(func.max(_C.position), 0))
_ADD = _TABLE.insert().inline()


def standing_acknowledgements(session: Session) -> tuple[Acknowledgement, ...]:
    """The acknowledgements that have not been withdrawn."""
    return remembered(session, ("mandate acknowledgements",), _read)


def add_acknowledgement(session: Session, acknowledgement: Acknowledgement) -> None:
    """Add a row; one with an empty `handed_in` withdraws what stood for the same code and draft."""
    position = int(execute(session, _LAST).scalar_one()) + 1
    execute(session, _ADD, {"position": position, **flat(acknowledgement)})


def _read(session: Session) -> tuple[Acknowledgement, ...]:
    last: dict[tuple[str, str], Acknowledgement] = {}
    for row in execute(session, _IN_ORDER):
        one = Acknowledgement(*row)
        last[one.code, one.draft] = one
    return tuple(one for one in last.values() if one.handed_in)
