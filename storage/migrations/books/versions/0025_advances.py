"""What documents do to advances, and the account of advances that were received."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import add_reference, forbid_changes, refuse_insert

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "advance_entries",
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("advance_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_advance_entries_advance_id", "advance_entries", ["advance_id"])
    op.create_index(
        "ix_advance_entries_customer", "advance_entries", ["customer_id", "advance_id", "net_minor", "tax_minor"]
    )
    forbid_changes("advance_entries", "document_id,advance_id")
    refuse_insert(
        "advance_entries",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further advance",
    )
    add_reference("posting_profiles", "advances", "accounts (number)")
