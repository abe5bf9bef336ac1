"""Queries of the directory on when each organization's books were last found in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session

from storage.directory.overview_tables import Verification
from storage.queries.cache import remembered
from storage.queries.statements import execute, table_of

_AT_ONCE = 500
_VERIFICATIONS = table_of(Verification)
_OF = _VERIFICATIONS.c
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_KNOWN = select(_OF.organization_id, _OF.verified_at).where(_OF.organization_id.in_(_IDS))
_FORGET = _VERIFICATIONS.delete().where(_OF.organization_id == bindparam("of"))
_ADD = _VERIFICATIONS.insert().inline()


def verified_at(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    """When those of these organizations were verified that were found in order the last time, by id."""
    return dict(remembered(session, ("verified", *ids), lambda db: _read(db, ids)))


def _read(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = execute(session, _KNOWN, {"ids": ids[start : start + _AT_ONCE]}).all()
        found.update((row[0], row[1]) for row in rows)
    return found


def note_verified(session: Session, organization_id: str, *, at: datetime | None) -> None:
    """Keep that the books were found in order, or with None that they were not."""
    execute(session, _FORGET, {"of": organization_id})
    if at is not None:
        execute(session, _ADD, {"organization_id": organization_id, "verified_at": at})
