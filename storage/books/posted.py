"""Queries on journal entries: which accounts a document was posted to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlmodel import Session

from storage.books import tables
from storage.sqlite.statements import execute, table_of

_ENTRIES = table_of(tables.JournalEntry)
_SIDES = table_of(tables.JournalLine)
_ACCOUNTS = (
    select(_ENTRIES.c.document_id, _SIDES.c.account)
    .join_from(_ENTRIES, _SIDES, _SIDES.c.entry_id == _ENTRIES.c.id)
    .where(_ENTRIES.c.document_id.in_(bindparam("documents", expanding=True)))
)


def accounts_posted(session: Session, document_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """The accounts of the journal entries of these documents, by document."""
    found: dict[str, set[str]] = {}
    for document_id, account in execute(session, _ACCOUNTS, {"documents": list(document_ids)}):
        found.setdefault(document_id, set()).add(account)
    return {document_id: frozenset(accounts) for document_id, accounts in found.items()}
