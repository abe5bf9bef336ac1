"""Queries on an organization's drafts."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from invoicing.canonical import canonical_json
from invoicing.documents import Supply
from invoicing.drafting import RequestedDocument, RequestedLine
from storage.statements import execute, table_of
from storage.tables import books

_DRAFTS = table_of(books.Draft)
_THIS_ONE = _DRAFTS.c.id == bindparam("draft")
_CONTENT = select(_DRAFTS.c.content).where(_THIS_ONE)
_ADD = _DRAFTS.insert().inline()
_CHANGE = _DRAFTS.update().where(_THIS_ONE)
_DELETE = _DRAFTS.delete().where(_THIS_ONE)


def draft_by_id(session: Session, draft_id: str) -> RequestedDocument | None:
    content = execute(session, _CONTENT, {"draft": draft_id}).scalar()
    return None if content is None else _request(json.loads(content))


def save_draft(session: Session, draft_id: str, request: RequestedDocument, *, now: datetime, by: str) -> None:
    """Keep a new draft, or the new state of one."""
    values = {
        "customer_id": request.customer,
        "content": canonical_json(asdict(request)),
        "updated_at": now,
        "updated_by": by,
    }
    if not execute(session, _CHANGE, {**values, "draft": draft_id}).rowcount:
        execute(session, _ADD, {**values, "id": draft_id, "created_at": now})


def delete_draft(session: Session, draft_id: str) -> None:
    execute(session, _DELETE, {"draft": draft_id})


def _request(raw: dict[str, Any]) -> RequestedDocument:
    dates = {
        name: date.fromisoformat(raw[name]) if raw[name] else None
        for name in ("issue_date", "due_date", "supply_date", "supply_end")
    }
    return RequestedDocument(**{**raw, **dates, "lines": tuple(_line(line) for line in raw["lines"])})


def _line(raw: dict[str, Any]) -> RequestedLine:
    price = raw["unit_price"]
    return RequestedLine(
        **{
            **raw,
            "quantity": Decimal(raw["quantity"]),
            "unit_price": None if price is None else Decimal(price),
            "supply": Supply(raw["supply"]) if raw["supply"] else None,
            "discount_percent": Decimal(raw["discount_percent"]),
        }
    )
