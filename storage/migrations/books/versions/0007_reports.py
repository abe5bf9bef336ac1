"""What reports stand on: tax point, supply period, currencies and jurisdictions in rows, payments in the journal.

Issued rows never change: what existing books lack is filled in here, from the canonical texts of the documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from invoicing.document.canonical import document_from_text
from invoicing.document.converting import accounting_sides, completed
from invoicing.document.documents import Document
from invoicing.document.posting import JournalSide
from storage.books.document_rows import DocumentRows, rows_of
from storage.migrations.dialects import allow_changes, allow_insert, create_view, forbid_changes, refuse_insert
from storage.queries.types import DecimalText

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_DOCUMENT_KEYS = ("position", "id", "number", "series,period,sequence", "hash")
_DOCUMENT_COLUMNS = (
    "tax_point",
    "supply_date",
    "supply_end",
    "accounting_currency",
    "accounting_net_minor",
    "accounting_tax_minor",
)
_TAX_COLUMNS = ("label", "jurisdiction", "accounting_taxable_minor", "accounting_tax_minor")
# Stands in a column that cannot be empty until it is filled: a day on which no document is dated.
_NO_DAY = "0001-01-01"
_TAX_KEY = ("document_id", "position")
_KINDS: dict[str, Any] = {
    **dict.fromkeys(("tax_point", "supply_date", "supply_end"), sa.Date()),
    "rate": DecimalText(),
}
_BATCH = 200
# Positions follow each other without a gap: a page is never empty before the end.
_PAGE = sa.text("SELECT content FROM documents WHERE position > :after AND position <= :to ORDER BY position")
_FORMER_SIDES = sa.text(
    "SELECT e.document_id, l.* FROM documents d JOIN former_journal_entries e ON e.document_id = d.id"
    " JOIN former_journal_lines l ON l.entry_id = e.id WHERE d.position > :after AND d.position <= :to"
    " ORDER BY d.position, l.position"
)
_WHILE_ISSUING = ("document_lines", "document_taxes", "journal_lines")


def upgrade() -> None:
    for table in ("documents", "document_taxes"):
        allow_changes(table)
    for table in _WHILE_ISSUING:
        allow_insert(table, name="while_issuing")
    op.execute("DROP VIEW trial_balance")
    _extend_documents()
    _extend_taxes()
    _set_the_journal_aside()
    _create_journal()
    _keep_entries()
    _fill()
    _post_payments()
    op.drop_table("former_journal_lines")
    op.drop_table("former_journal_entries")
    _guard()
    create_view(
        "trial_balance",
        "SELECT account, currency, sum(debit_minor) AS debit_minor, sum(credit_minor) AS credit_minor,"
        " sum(accounting_minor) AS accounting_minor FROM journal_lines GROUP BY account, currency",
    )


def _extend_documents() -> None:
    for name in ("accounting_net_minor", "accounting_tax_minor"):
        op.add_column("documents", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("documents", sa.Column("canonical_version", sa.Integer(), nullable=False, server_default="1"))
    for name in ("tax_point", "supply_date"):
        op.add_column("documents", sa.Column(name, sa.Date(), nullable=False, server_default=_NO_DAY))
    op.add_column("documents", sa.Column("supply_end", sa.Date(), nullable=True))
    op.add_column("documents", _text("accounting_currency"))


def _extend_taxes() -> None:
    for name in ("label", "jurisdiction"):
        op.add_column("document_taxes", _text(name))
    for name in ("accounting_taxable_minor", "accounting_tax_minor"):
        op.add_column("document_taxes", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_table(
        "document_tax_parts",
        sa.Column("document_id", sa.String(), primary_key=True),
        sa.Column("tax_position", sa.Integer(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("rate", DecimalText(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("accounting_tax_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id", "tax_position"], ["document_taxes.document_id", "document_taxes.position"]
        ),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _set_the_journal_aside() -> None:
    """An entry was always of a document, which a column of SQLite cannot forget."""
    for table in ("journal_entries", "journal_lines"):
        allow_changes(table)
        op.rename_table(table, f"former_{table}")


def _create_journal() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), nullable=True, unique=True),
        sa.Column("payment_id", sa.String(), sa.ForeignKey("payments.id"), nullable=True, unique=True),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("accounting_currency", sa.String(), nullable=False),
    )
    op.create_table(
        "journal_lines",
        sa.Column("entry_id", sa.String(), sa.ForeignKey("journal_entries.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(), sa.ForeignKey("accounts.number"), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("accounting_minor", sa.BigInteger(), nullable=True),
        sa.Column("dimensions", sa.String(), nullable=True),
        sa.CheckConstraint(
            "debit_minor >= 0 AND credit_minor >= 0 AND (debit_minor = 0 OR credit_minor = 0)",
            name="one_side",
        ),
    )


def _keep_entries() -> None:
    op.execute(
        "INSERT INTO journal_entries (id, kind, document_id, entry_date, description, accounting_currency)"
        " SELECT id, 'document', document_id, entry_date, description, (SELECT currency FROM profile)"
        " FROM former_journal_entries"
    )


def _fill() -> None:
    """Fill what is new from all documents, a page of them at a time. The currency of the books stays as it is once
    there is a document.
    """
    connection = op.get_bind()
    currency = connection.execute(sa.text("SELECT coalesce(max(currency), '') FROM profile")).scalar_one()
    position = 0
    while page := connection.execute(_PAGE, {"after": position, "to": position + _BATCH}).scalars().all():
        documents = [completed(document_from_text(content), accounting_currency=currency) for content in page]
        _fill_rows([rows_of(document) for document in documents])
        sides = connection.execute(_FORMER_SIDES, {"after": position, "to": position + _BATCH}).all()
        _fill_journal(documents, sides)
        position += _BATCH


def _fill_rows(found: list[DocumentRows]) -> None:
    _update("documents", _DOCUMENT_COLUMNS, [rows.document for rows in found], key=("id",))
    _update("document_taxes", _TAX_COLUMNS, [row for rows in found for row in rows.taxes], key=_TAX_KEY)
    _insert("document_tax_parts", [row for rows in found for row in rows.tax_parts])


def _fill_journal(documents: list[Document], sides: Sequence[sa.Row[Any]]) -> None:
    """The entries that are there, with the currency of the books and their amounts in it."""
    by_document = {of: list(lines) for of, lines in groupby(sides, key=attrgetter("document_id"))}
    lines = []
    for document in documents:
        mine = by_document.get(document.id, [])
        amounts = accounting_sides(
            document, [JournalSide(one.account, one.debit_minor, one.credit_minor) for one in mine]
        )
        for one, accounting_minor in zip(mine, amounts, strict=True):
            values = {name: value for name, value in one._mapping.items() if name != "document_id"}
            lines.append(values | {"accounting_minor": accounting_minor})
    _insert("journal_lines", lines)


def _post_payments() -> None:
    """The id of a payment's entry is that of the payment, with the prefix of entries."""
    op.execute(
        "INSERT INTO journal_entries (id, kind, payment_id, entry_date, description, accounting_currency)"
        " SELECT replace(p.id, 'pay_', 'jrn_'), 'payment', p.id, p.paid_on, d.number || ' ' || d.customer_name,"
        " d.accounting_currency FROM payments p JOIN documents d ON d.id = p.document_id"
    )
    for position, account, debit, credit, signed in (
        (1, "p.debit_account", "p.amount_minor", "0", "p.amount_minor"),
        (2, "p.credit_account", "0", "p.amount_minor", "-p.amount_minor"),
    ):
        op.execute(
            "INSERT INTO journal_lines (entry_id, position, account, debit_minor, credit_minor, currency,"
            f" accounting_minor) SELECT e.id, {position}, {account}, {debit}, {credit}, p.currency,"
            f" CASE WHEN p.currency = e.accounting_currency THEN {signed} END"
            " FROM journal_entries e JOIN payments p ON p.id = e.payment_id"
        )


def _update(table: str, columns: tuple[str, ...], rows: list[dict[str, Any]], *, key: tuple[str, ...]) -> None:
    described = sa.table(table, *(_column(name) for name in (*columns, *key)))
    statement = described.update().where(*(described.c[name] == sa.bindparam(f"key_{name}") for name in key))
    statement = statement.values({name: sa.bindparam(f"new_{name}") for name in columns})
    values = [
        {f"key_{name}": row[name] for name in key} | {f"new_{name}": row[name] for name in columns} for row in rows
    ]
    if values:
        op.get_bind().execute(statement, values)


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(sa.table(table, *(_column(name) for name in rows[0])).insert(), rows)


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name, _KINDS[name]) if name in _KINDS else sa.column(name)


def _guard() -> None:
    forbid_changes("documents", *_DOCUMENT_KEYS)
    forbid_changes("document_taxes", "document_id,position")
    forbid_changes("document_tax_parts", "document_id,tax_position,position")
    forbid_changes("journal_entries", "id", "document_id", "payment_id")
    forbid_changes("journal_lines", "entry_id,position")
    for table, what in (("document_lines", "lines"), ("document_taxes", "tax"), ("document_tax_parts", "tax")):
        refuse_insert(
            table,
            name="while_issuing",
            when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
            because=f"an issued document takes no further {what}",
        )
    refuse_insert(
        "journal_entries",
        name="of_one",
        when="(NEW.document_id IS NULL) = (NEW.payment_id IS NULL)",
        because="an entry is of a document or of a payment",
    )
    # The audit entry is the last thing that issuing, and recording a payment, writes.
    refuse_insert(
        "journal_lines",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM audit_entries WHERE subject ="
        " (SELECT coalesce(document_id, payment_id) FROM journal_entries WHERE id = NEW.entry_id))",
        because="an entry that is on record takes no further lines",
    )
