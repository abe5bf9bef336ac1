"""Queries on an organization's drafts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.requested import RequestedDocument
from invoicing.shown import Shown, draft_from_text, draft_text
from storage.statements import execute, table_of
from storage.tables import books

_DRAFTS = table_of(books.Draft)
_THIS_ONE = _DRAFTS.c.id == bindparam("draft")
_CONTENT = select(_DRAFTS.c.content).where(_THIS_ONE)
_ADD = _DRAFTS.insert().inline()
_CHANGE = _DRAFTS.update().where(_THIS_ONE)
_DELETE = _DRAFTS.delete().where(_THIS_ONE)


def draft_by_id(session: Session, draft_id: str) -> tuple[RequestedDocument, Shown | None] | None:
    """What was asked for, and what the draft last showed, unless an earlier release kept it."""
    content = execute(session, _CONTENT, {"draft": draft_id}).scalar()
    return None if content is None else draft_from_text(content)


def save_draft(
    session: Session, draft_id: str, request: RequestedDocument, shown: Shown, *, now: datetime, by: str
) -> None:
    """Keep a new draft, or the new state of one."""
    values = {
        "customer_id": request.customer,
        "content": draft_text(request, shown),
        "updated_at": now,
        "updated_by": by,
    }
    if not execute(session, _CHANGE, {**values, "draft": draft_id}).rowcount:
        execute(session, _ADD, {**values, "id": draft_id, "created_at": now})


def delete_draft(session: Session, draft_id: str) -> None:
    execute(session, _DELETE, {"draft": draft_id})
