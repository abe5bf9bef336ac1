"""Queries on an organization's drafts."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from invoicing.canonical import canonical_json
from invoicing.documents import Supply
from invoicing.drafting import RequestedDocument, RequestedLine
from storage.tables import books


def draft_by_id(session: Session, draft_id: str) -> RequestedDocument | None:
    row = session.get(books.Draft, draft_id)
    return None if row is None else _request(json.loads(row.content))


def save_draft(session: Session, draft_id: str, request: RequestedDocument, *, now: datetime, by: str) -> None:
    """Keep a new draft, or the new state of one."""
    row = session.get(books.Draft, draft_id)
    content = canonical_json(asdict(request))
    if row is None:
        session.add(
            books.Draft(
                id=draft_id,
                customer_id=request.customer,
                content=content,
                created_at=now,
                updated_at=now,
                updated_by=by,
            )
        )
        return
    row.customer_id, row.content, row.updated_at, row.updated_by = request.customer, content, now, by


def delete_draft(session: Session, draft_id: str) -> None:
    session.delete(session.get_one(books.Draft, draft_id))


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
