"""Cash accounting: when tax becomes due, which documents it is of, and what credit notes change in the taxes of their
invoice besides payments.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes, refuse_insert

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profile", sa.Column("tax_due", sa.String(), nullable=False, server_default="supply"))
    op.add_column("documents", sa.Column("cash_accounting", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_settlement_taxes_month", table_name="settlement_taxes")
    _create_taxes()
    op.execute("INSERT INTO settlement_taxes_anew SELECT * FROM settlement_taxes")
    op.drop_table("settlement_taxes")
    op.rename_table("settlement_taxes_anew", "settlement_taxes")
    op.create_index("ix_settlement_taxes_month", "settlement_taxes", ["month"], unique=False)
    forbid_changes("settlement_taxes", "event_id,tax_position,part")
    refuse_insert(
        "settlement_taxes",
        name="while_recording",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE payment_id = NEW.event_id)"
        " OR EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.event_id)",
        because="what is on record takes no further change in tax",
    )


def _create_taxes() -> None:
    op.create_table(
        "settlement_taxes_anew",
        sa.Column("event_id", sa.String(), primary_key=True),
        sa.Column("tax_position", sa.Integer(), primary_key=True),
        sa.Column("part", sa.Integer(), primary_key=True),
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("taxable_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("accounting_taxable_minor", sa.BigInteger(), nullable=True),
        sa.Column("accounting_tax_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id", "tax_position"], ["document_taxes.document_id", "document_taxes.position"]
        ),
    )
