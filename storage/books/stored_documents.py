"""Queries on issued documents as they are stored: as texts, which nobody has read yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam
from sqlmodel import Session

from invoicing.document.lifecycle import Balance
from storage.books import tables
from storage.books.balances import BALANCE, balance_from
from storage.books.documents import DocumentFilter, conditions_of, matching
from storage.queries.statements import STATEMENTS_KEPT, execute, table_of


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The canonical text of an issued document with its place in the chain, and what happened to it."""

    id: str
    content: str
    position: int
    hash: str
    balance: Balance


_COLUMNS = table_of(tables.DocumentRow).c
_STORED = (_COLUMNS.id, _COLUMNS.content, _COLUMNS.position, _COLUMNS.hash, *BALANCE)


def texts_in_order(
    session: Session, wanted: DocumentFilter, *, after_position: int, limit: int
) -> list[StoredDocument]:
    """At most `limit` matching documents, oldest first, after a position of the chain."""
    conditions, values = conditions_of(wanted)
    values |= {"after_position": after_position, "at_most": limit}
    return [
        StoredDocument(document_id, content, position, link, balance_from(*balance))
        for document_id, content, position, link, *balance in execute(
            session, _in_order((*conditions, "after")), values
        )
    ]


@lru_cache(STATEMENTS_KEPT)
def _in_order(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    return matching(_STORED, names).order_by(_COLUMNS.position).limit(bindparam("at_most"))
