"""The books of one organization, second part: issued documents, journal, audit, files; triggers and views."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import create_view, forbid_changes, refuse_insert
from storage.queries.types import DecimalText, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The unique keys by which an INSERT could replace a row: each entry is one key, its columns separated by commas.
KEYS = {
    "documents": ("position", "id", "number", "series,period,sequence", "hash"),
    "document_lines": ("document_id,position",),
    "document_taxes": ("document_id,position",),
    "journal_entries": ("id", "document_id"),
    "journal_lines": ("entry_id,position",),
    "audit_entries": ("position", "hash"),
    "idempotency_keys": ("tool,reference",),
    "files": ("id", "document_id,format"),
}


def upgrade() -> None:
    _create_documents()
    _create_journal_and_audit()
    _create_triggers()
    _create_views()


def _create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series"],
            ["number_series.code"],
        ),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("hash"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("series", "period", "sequence"),
    )
    op.create_index("ix_documents_customer", "documents", ["customer_id", "position"], unique=False)
    op.create_index("ix_documents_issue_date", "documents", ["issue_date", "position"], unique=False)
    op.create_table(
        "document_lines",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("quantity", DecimalText(), nullable=False),
        sa.Column("unit_price", DecimalText(), nullable=False),
        sa.Column("tax_code", sa.String(), nullable=False),
        sa.Column("tax_category", sa.String(), nullable=False),
        sa.Column("tax_rate", DecimalText(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
        ),
        sa.PrimaryKeyConstraint("document_id", "position"),
    )
    op.create_table(
        "document_taxes",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("rate", DecimalText(), nullable=False),
        sa.Column("taxable_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
        ),
        sa.PrimaryKeyConstraint("document_id", "position"),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_id", "format"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tool", "reference"),
    )


def _create_journal_and_audit() -> None:
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_id"),
    )
    op.create_table(
        "journal_lines",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("debit_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.number"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["journal_entries.id"],
        ),
        sa.PrimaryKeyConstraint("entry_id", "position"),
        sa.CheckConstraint(
            "debit_minor >= 0 AND credit_minor >= 0 AND (debit_minor = 0 OR credit_minor = 0)",
            name="one_side",
        ),
    )

    op.create_table(
        "audit_entries",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)


def _create_triggers() -> None:
    for table, keys in KEYS.items():
        forbid_changes(table, *keys)
    refuse_insert(
        "documents",
        name="in_order",
        when="NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM documents)",
        because="positions follow each other without a gap",
    )
    refuse_insert(
        "audit_entries",
        name="in_order",
        when="NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM audit_entries)",
        because="positions follow each other without a gap",
    )
    refuse_insert(
        "document_lines",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further lines",
    )
    refuse_insert(
        "document_taxes",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further tax",
    )
    # The audit entry is the last thing that issuing writes.
    refuse_insert(
        "journal_lines",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM audit_entries WHERE subject ="
        " (SELECT document_id FROM journal_entries WHERE id = NEW.entry_id))",
        because="an issued document takes no further journal lines",
    )


def _create_views() -> None:
    create_view(
        "book_counts",
        "SELECT (SELECT count(*) FROM customers WHERE NOT archived) AS customers,"
        " (SELECT count(*) FROM items WHERE NOT archived) AS items,"
        " (SELECT count(*) FROM drafts) AS drafts,"
        " (SELECT count(*) FROM documents) AS documents",
    )
    create_view(
        "trial_balance",
        "SELECT account, currency, sum(debit_minor) AS debit_minor, sum(credit_minor) AS credit_minor"
        " FROM journal_lines GROUP BY account, currency",
    )
