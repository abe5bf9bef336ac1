"""Queries on an organization's items."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from invoicing.catalog import Item
from invoicing.documents import Supply
from invoicing.text import fold, search_key
from storage.paging import Page
from storage.searching import page_by_name
from storage.tables import books


def item_by_id(session: Session, item_id: str) -> Item | None:
    row = session.get(books.Item, item_id)
    return None if row is None else _item(row)


def items_by_name(session: Session, name: str) -> list[Item]:
    """The items of exactly this name or stock number, in any case, that are not archived; at most five."""
    query = select(books.Item).where(
        or_(col(books.Item.name_key) == fold(name), func.lower(col(books.Item.sku)) == name.strip().lower()),
        col(books.Item.archived).is_(False),
    )
    return [_item(row) for row in session.exec(query.order_by(col(books.Item.id)).limit(5))]


def find_items(session: Session, *, query: str, cursor: str, limit: int) -> Page[Item]:
    """A page of the items that are not archived and hold every word of `query`, by name."""
    wanted = select(books.Item).where(col(books.Item.archived).is_(False))
    page = page_by_name(session, wanted, books.Item, query=query, cursor=cursor, limit=limit)
    return page.map(_item)


def save_item(session: Session, item: Item, *, now: datetime) -> None:
    """Keep a new item, or the new state of one."""
    values = asdict(item) | {
        "name_key": fold(item.name),
        "search_key": search_key(item.name, item.sku, item.description),
        "supply": item.supply.value,
        "updated_at": now,
    }
    row = session.get(books.Item, item.id)
    if row is None:
        session.add(books.Item(**values, created_at=now))
        return
    for name, value in values.items():
        setattr(row, name, value)


def _item(row: books.Item) -> Item:
    values = {field.name: getattr(row, field.name) for field in fields(Item)}
    return Item(**{**values, "supply": Supply(row.supply)})
