"""A page of the rows that hold every word of a query, in the order of their names."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import func
from sqlmodel import Session, select
from sqlmodel.sql.expression import SelectOfScalar

from invoicing.text import fold
from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of
from storage.tuples import after

T = TypeVar("T")


def page_by_name(
    session: Session, wanted: SelectOfScalar[T], table: Any, *, query: str, cursor: str, limit: int
) -> Page[T]:
    """A page of `wanted` rows of `table`, which has the columns `name_key`, `id` and `search_key`."""
    for word in fold(query).split():
        wanted = wanted.where(table.search_key.like(like_pattern(word), escape="\\"))
    order = (table.name_key, table.id)
    if (position := decode_cursor(cursor, str, str)) is not None:
        wanted = wanted.where(after(order, position))
    rows = session.exec(wanted.order_by(*order).limit(limit + 1)).all()

    def cursor_of(row: Any) -> str:
        return encode_cursor(row.name_key, row.id)

    def count() -> int:
        return session.exec(select(func.count()).select_from(wanted.subquery())).one()

    return page_of(rows, limit=limit, count=count, cursor_of=cursor_of)
