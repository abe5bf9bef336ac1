"""The audit trail: who did what, when, to which subject, in a hash chain of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, func, literal, select
from sqlmodel import Session

from invoicing.document.canonical import canonical_json, genesis, link_hash
from storage.books import settings_tables, tables
from storage.paging import Page, decode_cursor, encode_cursor, page_of
from storage.queries.cache import remember_for_now, remembered_for_now
from storage.queries.statements import execute, table_of

_ENTRIES = table_of(tables.AuditEntry)
_HEAD = select(_ENTRIES.c.position, _ENTRIES.c.hash).order_by(_ENTRIES.c.position.desc()).limit(1)
_DETAIL = (
    select(_ENTRIES.c.detail)
    .where(_ENTRIES.c.subject == bindparam("subject"), _ENTRIES.c.act == bindparam("act"))
    .order_by(_ENTRIES.c.position)
    .limit(1)
)
_ADD = _ENTRIES.insert().inline()
_CHAIN = ("audit chain",)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the trail says was done."""

    at: datetime
    by: str
    act: str
    subject: str
    detail: dict[str, Any]


def record(session: Session, act: str, subject: str, *, at: datetime, by: str, detail: dict[str, object]) -> None:
    """Add an entry. `detail` holds plain values only, and never a secret."""
    position, previous = entries_end(session)
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
    remember_for_now(session, _CHAIN, (entry["position"], entry["hash"]))


def first_detail(session: Session, act: str, subject: str) -> dict[str, Any]:
    """The detail of the first such act on the subject, or nothing where there is none."""
    text = execute(session, _DETAIL, {"act": act, "subject": subject}).scalar()
    detail: dict[str, Any] = json.loads(text) if text else {}
    return detail


def entries_page(session: Session, since: datetime, until: datetime, *, cursor: str, limit: int) -> Page[Recorded]:
    """What was done from a moment to before another one, newest first."""
    between = and_(_ENTRIES.c.at >= since, _ENTRIES.c.at < until)
    return _newest_first(session, between, cursor=cursor, limit=limit)


def acts_page(session: Session, acts: Sequence[str], *, cursor: str, limit: int) -> Page[Recorded]:
    """The acts of these kinds, newest first."""
    return _newest_first(session, _ENTRIES.c.act.in_(acts), cursor=cursor, limit=limit)


def _newest_first(session: Session, which: ColumnElement[bool], *, cursor: str, limit: int) -> Page[Recorded]:
    columns = _ENTRIES.c
    wanted = select(columns.position, columns.at, columns.principal, columns.act, columns.subject, columns.detail)
    wanted = wanted.where(which)
    if position := decode_cursor(cursor, int):
        wanted = wanted.where(columns.position < literal(position[0], BigInteger))

    def count() -> int:
        return int(execute(session, select(func.count()).select_from(wanted.subquery())).scalar_one())

    page = page_of(
        execute(session, wanted.order_by(columns.position.desc()).limit(limit + 1)).all(),
        limit=limit,
        count=count,
        cursor_of=lambda row: encode_cursor(row[0]),
    )
    return page.map(lambda row: Recorded(at=row[1], by=row[2], act=row[3], subject=row[4], detail=json.loads(row[5])))


def entries_end(session: Session) -> tuple[int, str]:
    """Position and hash of the last entry; before the first one 0, and what its link follows."""
    return remembered_for_now(session, _CHAIN, _read_end)


def _read_end(session: Session) -> tuple[int, str]:
    row = execute(session, _HEAD).first()
    if row is None:
        return 0, genesis(session.get_one(settings_tables.Identity, 1).organization_id)
    return row[0], row[1]


def entry_text(*, at: datetime, by: str, act: str, subject: str, detail: str) -> str:
    """The canonical text of an entry, which its hash covers."""
    return canonical_json({"act": act, "at": at.isoformat(), "by": by, "detail": detail, "subject": subject})
