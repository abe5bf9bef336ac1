"""Queries on an organization's drafts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, case, cast, func, select
from sqlmodel import Session

from invoicing.approval.people import Actor
from invoicing.document.canonical import canonical_json
from invoicing.document.documents import DocumentKind
from invoicing.document.plain_values import made_of
from invoicing.document.requested import RequestedDocument
from invoicing.document.shown import Shown, draft_from_text, draft_text
from invoicing.money.sums import Summand, Sums, sums_per_currency
from invoicing.text.typed import search_key
from storage.books import tables
from storage.paging import Page, cursor_moment, decode_cursor, encode_cursor, page_of, search_words
from storage.queries.statements import STATEMENTS_KEPT, execute, table_of
from storage.queries.tuples import before
from storage.queries.types import JsonOf


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """What a list shows of a draft. `shown` is what it last showed, unless an earlier release kept it; the name is
    the one that the customer has today. `waits` is for its approval.
    """

    id: str
    customer_name: str
    updated_at: datetime
    request: RequestedDocument
    shown: Shown | None
    waits: bool = False


_DRAFTS = table_of(tables.Draft)
_CUSTOMERS = table_of(tables.Customer)
_COLUMNS = _DRAFTS.c
_THIS_ONE = _COLUMNS.id == bindparam("draft")
_CONTENT = select(_COLUMNS.content).where(_THIS_ONE)
_EVERY = select(_COLUMNS.id, _COLUMNS.content).order_by(_COLUMNS.id)
_PREPARERS = select(_COLUMNS.preparers).where(_THIS_ONE)
_ADD = _DRAFTS.insert().inline()
_CHANGE = _DRAFTS.update().where(_THIS_ONE)
_DELETE = _DRAFTS.delete().where(_THIS_ONE)
_ORDER = (_COLUMNS.updated_at, _COLUMNS.id)
_JSON = JsonOf(_COLUMNS.content)
_PURCHASE_ORDER = _JSON["purchase_order"].as_string()
_SHOWN = _JSON["shown"]
_CURRENCY = _SHOWN["currency"].as_string()
_NET, _TAX, _TOTAL, _WITHHELD = (
    cast(_SHOWN[name].as_string(), BigInteger) for name in ("net_minor", "tax_minor", "total_minor", "withheld_minor")
)
_SIGN = case((_JSON["former"].as_string().is_(None), 1), else_=-1)
# Of a credit note for an invoice of a former system the amounts are taken off.
_FIGURES = (_CURRENCY, *(_SIGN * amount for amount in (_NET, _TAX, _TOTAL, _TOTAL - _WITHHELD)))
_NAMED = select(*_ORDER, _CUSTOMERS.c.name, _PURCHASE_ORDER).join(_CUSTOMERS, _CUSTOMERS.c.id == _COLUMNS.customer_id)
_WHOLE = (
    select(_COLUMNS.id, _CUSTOMERS.c.name, _COLUMNS.updated_at, _COLUMNS.content)
    .join(_CUSTOMERS, _CUSTOMERS.c.id == _COLUMNS.customer_id)
    .where(_COLUMNS.id.in_(bindparam("ids", expanding=True)))
    .order_by(*(column.desc() for column in _ORDER))
)


def draft_by_id(session: Session, draft_id: str) -> tuple[RequestedDocument, Shown | None] | None:
    """What was asked for, and what the draft last showed, unless an earlier release kept it."""
    content = execute(session, _CONTENT, {"draft": draft_id}).scalar()
    return None if content is None else draft_from_text(content)


def every_draft(session: Session) -> dict[str, tuple[RequestedDocument, Shown | None]]:
    """What each draft asks for, and what it last showed, by its id in the order in which they were made."""
    return {row[0]: draft_from_text(row[1]) for row in execute(session, _EVERY)}


def preparers_of(session: Session, draft_id: str) -> tuple[Actor, ...]:
    """Who has prepared the draft, in their order; nobody where an earlier release kept it, or nothing is kept."""
    kept = execute(session, _PREPARERS, {"draft": draft_id}).scalar()
    return tuple(made_of(Actor, one) for one in json.loads(kept or "[]"))


def find_drafts(session: Session, *, query: str, customer: str, cursor: str, limit: int) -> Page[ListedDraft]:
    """A page of the drafts that hold every word of `query` in the customer's name or the purchase order, those
    changed last first; `customer` is an id, or empty for all.
    """
    words = search_words(query)
    names, values = _conditions(customer, cursor)
    if words:
        rows = [row for row in execute(session, _searched(names), values) if _holds(row, words)]
    else:
        rows = list(execute(session, _page(names), {**values, "at_most": limit + 1}))

    def count() -> int:
        return len(rows) if words else int(execute(session, _counting(names), values).scalar_one())

    page = page_of(rows, limit=limit, count=count, cursor_of=lambda row: encode_cursor(row[0].isoformat(), row[1]))
    found = execute(session, _WHOLE, {"ids": [row[1] for row in page.items]}) if page.items else ()
    return Page(tuple(_listed(row) for row in found), page.next_cursor, page.left)


def sums_of_drafts(session: Session, *, query: str, customer: str) -> tuple[Sums, ...]:
    """What all drafts that match last showed, added up per currency; one that an earlier release kept shows nothing."""
    words = search_words(query)
    names, values = _conditions(customer, "")
    if not words:
        return sums_per_currency(_summand(*row) for row in execute(session, _summing(names), values))
    found = execute(session, _searched(names).add_columns(*_FIGURES), values)
    figures = (row[-len(_FIGURES) :] for row in found if _holds(row, words))
    return sums_per_currency(_summand(*row) for row in figures if row[0] is not None)


def _summand(currency: str, net: int, tax: int, total: int, due: int, count: int = 1) -> Summand:
    return Summand(currency, DocumentKind.INVOICE, int(net), int(tax), int(total), int(due), count)


def save_draft(
    session: Session,
    draft_id: str,
    request: RequestedDocument,
    shown: Shown,
    *,
    now: datetime,
    by: str,
    preparers: tuple[Actor, ...],
) -> None:
    """Keep a new draft, or the new state of one."""
    values = {
        "customer_id": request.customer,
        "content": draft_text(request, shown),
        "updated_at": now,
        "updated_by": by,
        "preparers": canonical_json(preparers),
    }
    if not execute(session, _CHANGE, {**values, "draft": draft_id}).rowcount:
        execute(session, _ADD, {**values, "id": draft_id, "created_at": now})


def delete_draft(session: Session, draft_id: str) -> None:
    execute(session, _DELETE, {"draft": draft_id})


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "customer": _COLUMNS.customer_id == bindparam("customer"),
    "before": before(_ORDER, (bindparam("before_moment", type_=_COLUMNS.updated_at.type), bindparam("before_id"))),
}


def _conditions(customer: str, cursor: str) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The names of the conditions that a list has, and their values."""
    values: dict[str, Any] = {"customer": customer} if customer else {}
    names = tuple(values)
    if (position := decode_cursor(cursor, str, str)) is not None:
        names = (*names, "before")
        values |= {"before_moment": cursor_moment(str(position[0])), "before_id": position[1]}
    return names, values


@lru_cache(STATEMENTS_KEPT)
def _page(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return _matching(select(*_ORDER), names).order_by(*(column.desc() for column in _ORDER)).limit(bindparam("at_most"))


@lru_cache(STATEMENTS_KEPT)
def _searched(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return _matching(_NAMED, names).order_by(*(column.desc() for column in _ORDER))


@lru_cache(STATEMENTS_KEPT)
def _counting(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return _matching(select(func.count()).select_from(_DRAFTS), names)


@lru_cache(STATEMENTS_KEPT)
def _summing(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    currency, *amounts = _FIGURES
    summed = select(currency, *(func.sum(amount) for amount in amounts), func.count()).select_from(_DRAFTS)
    return _matching(summed, names).where(currency.is_not(None)).group_by(currency, _SIGN)


def _matching(rows: Select[*tuple[Any, ...]], names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return rows.where(*(_CONDITIONS[name] for name in names))


def _holds(row: Sequence[Any], words: list[str]) -> bool:
    # Unlike an issued document a draft keeps no search key: the customer's name is the one of today.
    text = search_key(row[2], row[3] or "")
    return all(word in text for word in words)


def _listed(row: Sequence[Any]) -> ListedDraft:
    draft_id, customer_name, updated_at, content = row
    return ListedDraft(draft_id, customer_name, updated_at, *draft_from_text(content))
