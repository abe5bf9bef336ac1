"""Queries of the directory on when each organization's books were last found in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session

from storage.directory.overview_tables import Verification
from storage.queries.among import among_many, batches_of
from storage.queries.cache import remembered_for_now
from storage.queries.statements import execute, table_of

_FEW = 50
_VERIFICATIONS = table_of(Verification)
_OF = _VERIFICATIONS.c
_IDS: BindParameter[Sequence[str]] = bindparam("ids", expanding=True)
_ALL_KNOWN = select(_OF.organization_id, _OF.verified_at)
_KNOWN = _ALL_KNOWN.where(_OF.organization_id.in_(_IDS))
_MANY_KNOWN = _ALL_KNOWN.where(among_many(_OF.organization_id))
_FORGET = _VERIFICATIONS.delete().where(_OF.organization_id == bindparam("of"))
_ADD = _VERIFICATIONS.insert().inline()


def verified_at(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    """When those of these organizations were verified that were found in order the last time, by id."""
    return dict(remembered_for_now(session, ("verified", *ids), lambda db: _read(db, ids)))


def _read(session: Session, ids: Sequence[str]) -> dict[str, datetime]:
    if len(ids) <= _FEW:
        rows = execute(session, _KNOWN, {"ids": ids}).all()
    else:
        rows = [row for batch in batches_of(ids) for row in execute(session, _MANY_KNOWN, batch)]
    return {row[0]: row[1] for row in rows}


def note_verified(session: Session, organization_id: str, *, at: datetime | None) -> None:
    """Keep that the books were found in order, or with None that they were not."""
    execute(session, _FORGET, {"of": organization_id})
    if at is not None:
        execute(session, _ADD, {"organization_id": organization_id, "verified_at": at})
