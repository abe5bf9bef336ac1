"""The audit trail: who did what, when, to which subject, in a hash chain of its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from invoicing.canonical import canonical_json, genesis, link_hash
from storage.statements import execute, table_of
from storage.tables import books, settings

_ENTRIES = table_of(books.AuditEntry)
_HEAD = select(_ENTRIES.c.position, _ENTRIES.c.hash).order_by(_ENTRIES.c.position.desc()).limit(1)
_ADD = _ENTRIES.insert().inline()


def record(session: Session, act: str, subject: str, *, at: datetime, by: str, detail: dict[str, object]) -> None:
    """Add an entry. `detail` holds plain values only, and never a secret."""
    head = execute(session, _HEAD).first()
    position, previous = (0, _genesis(session)) if head is None else (head[0], head[1])
    detail_text = canonical_json(detail)
    text = entry_text(at=at, by=by, act=act, subject=subject, detail=detail_text)
    entry = {
        "position": position + 1,
        "at": at,
        "principal": by,
        "act": act,
        "subject": subject,
        "detail": detail_text,
        "previous_hash": previous,
        "hash": link_hash(previous=previous, position=position + 1, text=text),
    }
    execute(session, _ADD, entry)


def _genesis(session: Session) -> str:
    return genesis(session.get_one(settings.Identity, 1).organization_id)


def entry_text(*, at: datetime, by: str, act: str, subject: str, detail: str) -> str:
    """The canonical text of an entry, which its hash covers."""
    return canonical_json({"act": act, "at": at.isoformat(), "by": by, "detail": detail, "subject": subject})
