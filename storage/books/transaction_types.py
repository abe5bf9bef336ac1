"""Queries on transaction types: which series and posting profile a kind of document uses."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from storage.books import settings_tables
from storage.queries.statements import Kept


@dataclass(frozen=True, slots=True)
class TransactionType:
    name: str
    kind: str
    series: str
    posting_profile: str


_TYPES = Kept(settings_tables.TransactionType, TransactionType)
_IN_ORDER = _TYPES.all.order_by(_TYPES.table.c.name, _TYPES.table.c.kind)


def load_types(session: Session) -> list[TransactionType]:
    """The transaction types by name."""
    return _TYPES.find(session, _IN_ORDER)


def change_type(session: Session, changed: TransactionType) -> None:
    """Keep the new series and posting profile of a type."""
    _TYPES.change(session, changed.name, changed.kind, series=changed.series, posting_profile=changed.posting_profile)
