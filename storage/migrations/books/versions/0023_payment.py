"""What bank accounts are for and how their references are made, and the references of documents."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes, refuse_insert

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("purpose", "account_type", "reference_rule"):
        op.add_column("bank_accounts", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "payment_references",
        sa.Column("reference", sa.String(), primary_key=True),
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), nullable=False, unique=True),
    )
    forbid_changes("payment_references", "reference", "document_id")
    refuse_insert(
        "payment_references",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further reference",
    )
