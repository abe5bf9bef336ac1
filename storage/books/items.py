"""Queries on an organization's items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session

from invoicing.document.documents import Supply
from invoicing.master_data.records import Item
from invoicing.text.typed import fold, search_key
from storage.books import tables
from storage.books.searching import names_to_compare, page_by_name
from storage.paging import Page
from storage.queries.statements import Kept, execute, flat, insert_rows

# A text that is empty says that nobody has stated which of the two it is.
_ITEMS = Kept(tables.Item, Item, supply=lambda kept: Supply(kept) if kept else None)
_COLUMNS = _ITEMS.table.c
_BY_NAME = (
    _ITEMS.all.where(
        or_(_COLUMNS.name_key == bindparam("name_key"), func.lower(_COLUMNS.sku) == bindparam("sku")),
        _COLUMNS.archived.is_(False),
    )
    .order_by(_COLUMNS.id)
    .limit(5)
)
_NAMES = select(_COLUMNS.id, _COLUMNS.name, _COLUMNS.archived, _COLUMNS.sku).order_by(_COLUMNS.id)
_ADD = _ITEMS.table.insert().inline()


def item_by_id(session: Session, item_id: str) -> Item | None:
    return _ITEMS.get(session, item_id)


def items_by_ids(session: Session, item_ids: Iterable[str]) -> dict[str, Item]:
    """Those of the items that there are, by their ids."""
    return _ITEMS.by_ids(session, item_ids)


def item_names(session: Session) -> list[tuple[str, str, bool, str]]:
    """Id and name of every item, whether it is archived, and its stock number."""
    return [(row[0], row[1], row[2], row[3]) for row in execute(session, _NAMES)]


def items_by_name(session: Session, name: str) -> list[Item]:
    """The items of exactly this name or stock number, in any case, that are not archived; at most five."""
    return _ITEMS.find(session, _BY_NAME, name_key=fold(name), sku=name.strip().lower())


def find_items(session: Session, *, query: str, cursor: str, limit: int) -> Page[Item]:
    """A page of the items that are not archived and hold every word of `query`, by name."""
    return page_by_name(session, _ITEMS, query=query, cursor=cursor, limit=limit)


def item_names_like(session: Session, fragments: Sequence[str], *, limit: int) -> list[str]:
    """Names of items that are not archived: all, or of very many those that hold most of the fragments."""
    return names_to_compare(session, _ITEMS, fragments, limit=limit)


def save_item(session: Session, item: Item, *, now: datetime) -> None:
    """Keep a new item, or the new state of one."""
    values = _values(item, now)
    if not _ITEMS.change(session, item.id, **values):
        _ITEMS.add(session, **values, created_at=now)


def add_items(session: Session, added: Iterable[Item], *, now: datetime) -> None:
    """Keep new items, in one batch."""
    insert_rows(session, _ADD, (_values(item, now) | {"created_at": now} for item in added))


def _values(item: Item, now: datetime) -> dict[str, Any]:
    return flat(item) | {
        "name_key": fold(item.name),
        "search_key": search_key(item.name, item.sku, item.description),
        "supply": item.supply.value if item.supply else "",
        "updated_at": now,
    }
