"""Documents of a former system: what was owed of them on the opening day, and what settles them since."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import allow_insert, forbid_changes, refuse_insert
from storage.queries.types import DecimalText, UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_KEYS = {
    "former_documents": ("position", "id", "hash", "entry_id", "kind,number"),
    "former_payments": ("position", "id", "reverses_id", "entry_id"),
}


def upgrade() -> None:
    _create_documents()
    _create_payments()
    _create_receivables()
    for table, keys in _KEYS.items():
        forbid_changes(table, *keys)
        refuse_insert(
            table,
            name="in_order",
            when=f"NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM {table})",
            because="positions follow each other without a gap",
        )
    _admit_entries()


def _admit_entries() -> None:
    """What is of a former system names its entry, and not the entry it."""
    allow_insert("journal_entries", name="of_one")
    refuse_insert(
        "journal_entries",
        name="of_one",
        when="(NEW.document_id IS NULL) + (NEW.payment_id IS NULL)"
        " <> CASE WHEN NEW.kind IN ('former', 'former_payment') THEN 2 ELSE 1 END",
        because="an entry is of a document or of a payment",
        on_postgresql="num_nulls(NEW.document_id, NEW.payment_id)"
        " <> CASE WHEN NEW.kind IN ('former', 'former_payment') THEN 2 ELSE 1 END",
    )
    refuse_insert(
        "journal_lines",
        name="of_former",
        when="EXISTS (SELECT 1 FROM former_documents WHERE entry_id = NEW.entry_id)"
        " OR EXISTS (SELECT 1 FROM former_payments WHERE entry_id = NEW.entry_id)",
        because="an entry takes no further side",
    )


def _create_documents() -> None:
    op.create_table(
        "former_documents",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.String(), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("exchange_rate", DecimalText(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("opening_day", sa.Date(), nullable=False),
        sa.Column("receivable_account", sa.String(), sa.ForeignKey("accounts.number"), nullable=False),
        sa.Column("opening_account", sa.String(), sa.ForeignKey("accounts.number"), nullable=True),
        sa.Column("entry_id", sa.String(), sa.ForeignKey("journal_entries.id"), nullable=True, unique=True),
        sa.Column("import_id", sa.String(), nullable=False, index=True),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False, unique=True),
        sa.UniqueConstraint("kind", "number"),
        sa.CheckConstraint("open_minor >= 0 AND open_minor <= total_minor", name="open_of_total"),
    )
    op.create_index("ix_former_documents_customer", "former_documents", ["customer_id", "position"])
    op.create_index("ix_former_documents_number", "former_documents", ["number"])


def _create_payments() -> None:
    op.create_table(
        "former_payments",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("document_id", sa.String(), sa.ForeignKey("former_documents.id"), nullable=False, index=True),
        sa.Column("reverses_id", sa.String(), sa.ForeignKey("former_payments.id"), nullable=True, unique=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("debit_account", sa.String(), sa.ForeignKey("accounts.number"), nullable=False),
        sa.Column("credit_account", sa.String(), sa.ForeignKey("accounts.number"), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("exchange_rate", DecimalText(), nullable=True),
        sa.Column("entry_id", sa.String(), sa.ForeignKey("journal_entries.id"), nullable=False, unique=True),
        sa.CheckConstraint("amount_minor > 0", name="positive"),
    )
    op.create_index("ix_former_payments_receipt", "former_payments", ["receipt_id"])


def _create_receivables() -> None:
    columns = ["customer_id", "currency", "due_date", "open_minor", "wanted_minor", "document_id"]
    op.create_table(
        "former_receivables",
        sa.Column("document_id", sa.String(), sa.ForeignKey("former_documents.id"), primary_key=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("wanted_minor", sa.BigInteger(), nullable=False),
    )
    op.create_index(
        "ix_former_receivables_open", "former_receivables", columns, sqlite_where=sa.text("open_minor <> 0")
    )
