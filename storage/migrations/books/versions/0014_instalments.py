"""Terms and documents in instalments, and what is wanted of an invoice after its credit notes."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes, refuse_insert

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment_terms", sa.Column("instalments", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "document_instalments",
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("until_minor", sa.BigInteger(), nullable=False),
    )
    forbid_changes("document_instalments", "document_id,position")
    refuse_insert(
        "document_instalments",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further instalments",
    )
    _keep_what_is_wanted()


def _keep_what_is_wanted() -> None:
    op.add_column("receivables", sa.Column("wanted_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE receivables SET wanted_minor = (SELECT d.total_minor - d.withheld_minor"
        " - (SELECT coalesce(sum(n.total_minor - n.withheld_minor), 0) FROM documents n WHERE n.credits_id = d.id)"
        " FROM documents d WHERE d.id = receivables.document_id)"
    )
    op.drop_index("ix_receivables_open", "receivables")
    op.create_index(
        "ix_receivables_open",
        "receivables",
        ["customer_id", "currency", "due_date", "open_minor", "wanted_minor", "document_id"],
        sqlite_where=sa.text("open_minor <> 0"),
        postgresql_where=sa.text("open_minor <> 0"),
    )
