"""The audit trail: who did what, when, to which subject, in a hash chain of its own."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from invoicing.canonical import canonical_json, genesis, link_hash
from storage.tables import books


def record(session: Session, act: str, subject: str, *, at: datetime, by: str, detail: dict[str, object]) -> None:
    """Add an entry. `detail` holds plain values only, and never a secret."""
    query = select(books.AuditEntry.position, books.AuditEntry.hash)
    head = session.exec(query.order_by(col(books.AuditEntry.position).desc()).limit(1)).first()
    position, previous = (0, _genesis(session)) if head is None else (head[0], head[1])
    detail_text = canonical_json(detail)
    text = entry_text(at=at, by=by, act=act, subject=subject, detail=detail_text)
    session.add(
        books.AuditEntry(
            position=position + 1,
            at=at,
            principal=by,
            act=act,
            subject=subject,
            detail=detail_text,
            previous_hash=previous,
            hash=link_hash(previous=previous, position=position + 1, text=text),
        )
    )
    session.flush()


def _genesis(session: Session) -> str:
    return genesis(session.get_one(books.Identity, 1).organization_id)


def entry_text(*, at: datetime, by: str, act: str, subject: str, detail: str) -> str:
    """The canonical text of an entry, which its hash covers."""
    return canonical_json({"act": act, "at": at.isoformat(), "by": by, "detail": detail, "subject": subject})
