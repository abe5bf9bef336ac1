"""A page of the rows that hold every word of a query, in the order of their names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal, select
from sqlmodel import Session

from storage.paging import Page, decode_cursor, encode_cursor, like_pattern, page_of, search_words
from storage.queries.statements import STATEMENTS_KEPT, Kept, execute
from storage.queries.tuples import after

T = TypeVar("T")


def page_by_name(session: Session, kept: Kept[T], *, query: str, cursor: str, limit: int) -> Page[T]:
    """A page of what is kept and not archived; the table has `name_key`, `id`, `search_key` and `archived`."""
    words = [like_pattern(word) for word in search_words(query)]
    position = decode_cursor(cursor, str, str)
    values: dict[str, Any] = {f"word_{index}": word for index, word in enumerate(words)}
    if position is not None:
        values |= {"after_name_key": position[0], "after_id": position[1]}
    wanted = _matching(kept, len(words), position is not None)
    rows = execute(session, _page(wanted), {**values, "at_most": limit + 1}).all()

    def cursor_of(row: Any) -> str:
        return encode_cursor(*row[-2:])

    def count() -> int:
        return int(execute(session, _count(wanted), values).scalar_one())

    # The two columns that the order needs come last, after those of the value.
    page = page_of(rows, limit=limit, count=count, cursor_of=cursor_of)
    return page.map(lambda row: kept.of(row[:-2]))


def names_to_compare(session: Session, kept: Kept[Any], fragments: Sequence[str], *, limit: int) -> list[str]:
    """The names of what is kept and not archived; of more than `limit` those that hold most of the fragments."""
    columns = kept.table.c
    everything = select(columns.name).where(columns.archived.is_(False))
    names = [row[0] for row in execute(session, everything.limit(limit + 1))]
    if len(names) <= limit:
        return names
    wanted = most_fragments(everything, columns.search_key, fragments).limit(limit)
    return [row[0] for row in execute(session, wanted)]


def most_fragments(
    rows: Select[*tuple[Any, ...]], search_key: ColumnElement[Any], fragments: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    """Those of the rows that hold any of the fragments, the ones with most of them first."""
    held = sum(
        (case((search_key.like(like_pattern(fragment), escape="\\"), 1), else_=0) for fragment in fragments),
        start=literal(0),
    )
    return rows.where(held > 0).order_by(held.desc(), search_key)


@lru_cache(STATEMENTS_KEPT)
def _matching(kept: Kept[Any], words: int, goes_on: bool) -> Select[*tuple[Any, ...]]:
    columns = kept.table.c
    wanted = kept.all.add_columns(columns.name_key.label("by_name"), columns.id.label("by_id"))
    wanted = wanted.where(columns.archived.is_(False))
    for index in range(words):
        wanted = wanted.where(columns.search_key.like(bindparam(f"word_{index}"), escape="\\"))
    if goes_on:
        order = (columns.name_key, columns.id)
        wanted = wanted.where(after(order, (bindparam("after_name_key"), bindparam("after_id"))))
    return wanted.order_by(columns.name_key, columns.id)


@lru_cache(STATEMENTS_KEPT)
def _page(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return wanted.limit(bindparam("at_most"))


@lru_cache(STATEMENTS_KEPT)
def _count(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return select(func.count()).select_from(wanted.order_by(None).subquery())
