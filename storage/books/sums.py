"""Sums over all documents or drafts that match a search, added up by the database: the texts are not read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.money.sums import Summand, Sums, sums_per_currency
from storage.books import tables
from storage.books.balances import DUE
from storage.books.documents import DocumentFilter, Header, conditions_of, matching
from storage.books.known import worked_out
from storage.queries.statements import STATEMENTS_KEPT, execute, table_of

_OF = table_of(tables.DocumentRow).c


def sums_of_documents(session: Session, wanted: DocumentFilter) -> tuple[Sums, ...]:
    """The sums of all documents that match, per currency."""
    return sums_per_currency(summands_of_documents(session, wanted))


def summands_of_documents(session: Session, wanted: DocumentFilter) -> list[Summand]:
    """What the documents that match add to sums: adding up goes through all of them, so it is done once, not at each
    page of a list.
    """

    def work() -> tuple[Summand, ...]:
        names, values = conditions_of(wanted)
        return tuple(_summand(*row) for row in execute(session, _summing(names), values))

    found: tuple[Summand, ...] = worked_out(session, ("sums", wanted), work, rows=len)
    return list(found)


def sums_of_headers(headers: Iterable[Header]) -> tuple[Sums, ...]:
    """The same where a page shows all that match: nothing more is asked of the database."""
    return sums_per_currency(
        Summand(
            one.currency, DocumentKind(one.kind), one.net_minor, one.tax_minor, one.total_minor, one.balance.due_minor
        )
        for one in headers
    )


@lru_cache(STATEMENTS_KEPT)
def _summing(names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    columns = (_OF.currency, _OF.kind, _OF.net_minor, _OF.tax_minor, _OF.total_minor, DUE.label("due"))
    # What is due takes several look-ups for each document. Without the hint it would be put into each place that names
    # it, and found out as often.
    each = matching(columns, names).cte("matching").prefix_with("MATERIALIZED").c
    # Overpaid invoices are added up apart from those of which something is owed.
    direction = case((each.due > 0, 1), (each.due < 0, -1), else_=0)
    amounts = (func.sum(each[name]) for name in ("net_minor", "tax_minor", "total_minor", "due"))
    return select(each.currency, each.kind, func.count(), *amounts).group_by(each.currency, each.kind, direction)


def _summand(currency: str, kind: str, count: int, net: int, tax: int, total: int, due: int) -> Summand:
    return Summand(currency, DocumentKind(kind), int(net), int(tax), int(total), int(due), int(count))
