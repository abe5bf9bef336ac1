"""Queries for verification: the rows that documents have beside their own, for reports and in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlmodel import Session

from storage.books import tables
from storage.books.total_tables import AdvanceEntry, CommunitySupply, DocumentInstalment, PaymentReference
from storage.queries.statements import execute, table_of
from storage.work.asking import Ask

_LINES_AT_A_TIME = 500

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rows of a document say, each kind in order; of each side of its journal entry account, debit, credit and
    amount in the accounting currency.
    """

    lines: list[dict[str, Any]]
    line_dimensions: list[dict[str, Any]]
    taxes: list[dict[str, Any]]
    tax_parts: list[dict[str, Any]]
    community_supplies: list[dict[str, Any]]
    instalments: list[dict[str, Any]]
    references: list[dict[str, Any]]
    advances: list[dict[str, Any]]
    sides: list[tuple[str, int, int, int | None]]


_IDS: BindParameter[tuple[str, ...]] = bindparam("ids", expanding=True)
_ROWS = (
    table_of(tables.DocumentLine),
    table_of(tables.LineDimension),
    table_of(tables.DocumentTax),
    table_of(tables.DocumentTaxPart),
    table_of(CommunitySupply),
    table_of(DocumentInstalment),
    table_of(PaymentReference),
    table_of(AdvanceEntry),
)
_ENTRY, _SIDE = table_of(tables.JournalEntry), table_of(tables.JournalLine)


def _of_documents(model: Any) -> Select[*tuple[Any, ...]]:
    return select(model.c.document_id, model).where(model.c.document_id.in_(_IDS)).order_by(*model.primary_key.columns)


_STATEMENTS = (
    *map(_of_documents, _ROWS),
    select(
        _ENTRY.c.document_id,
        _SIDE.c.account,
        _SIDE.c.debit_minor,
        _SIDE.c.credit_minor,
        _SIDE.c.accounting_minor,
    )
    .join_from(_ENTRY, _SIDE, _SIDE.c.entry_id == _ENTRY.c.id)
    .where(_ENTRY.c.document_id.in_(_IDS))
    .order_by(_SIDE.c.position),
)
_COUNTED = select(_ROWS[0].c.document_id, func.count()).where(_ROWS[0].c.document_id.in_(_IDS)).group_by("document_id")


def beside_each(ask: Ask, ids: list[str]) -> Iterator[Beside]:
    """What is beside each of these documents, in their order; so many at a time that no answer is large."""
    found: dict[str, list[Rows]] = {}
    for index, one in enumerate(ids):
        if one not in found:
            found = ask(partial(_beside, tuple(ids[index:])))
        *rows, sides = found[one]
        lines, dimensions, taxes, tax_parts, community, instalments, references, advances = (
            [dict(zip(table.c.keys(), row, strict=True)) for row in each]
            for table, each in zip(_ROWS, rows, strict=True)
        )
        posted = [(row[0], row[1], row[2], row[3]) for row in sides]
        yield Beside(lines, dimensions, taxes, tax_parts, community, instalments, references, advances, posted)


def _beside(ids: tuple[str, ...], session: Session) -> dict[str, list[Rows]]:
    """The rows of each kind of as many of the documents, from the first on, as have few lines together."""
    counted = {row[0]: row[1] for row in execute(session, _COUNTED, {"ids": ids})}
    lines, answered = 0, dict[str, list[Rows]]()
    for one in ids:
        lines += counted.get(one, 0)
        if answered and lines > _LINES_AT_A_TIME:
            break
        answered[one] = [[] for _ in _STATEMENTS]
    for kind, statement in enumerate(_STATEMENTS):
        for document_id, *row in execute(session, statement, {"ids": tuple(answered)}):
            answered[document_id][kind].append(tuple(row))
    return answered
