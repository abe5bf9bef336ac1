"""What settles a document besides plain money: kinds of payments, acts of several of them, rates of their own, the
accounts that they need, terms with a discount for early payment, and what that changes in taxes.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import add_reference, allow_changes, forbid_changes, refuse_insert
from storage.queries.types import DecimalText

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROLES = ("write_off", "bank_charges", "exchange_gain", "exchange_loss", "withheld_tax", "customer_credit")


def upgrade() -> None:
    for role in _ROLES:
        add_reference("posting_profiles", role, "accounts (number)")
    op.add_column("profile", sa.Column("write_off_limit", sa.String(), nullable=False, server_default="5"))
    op.add_column("payment_terms", sa.Column("discount_percent", DecimalText(), nullable=False, server_default="0"))
    op.add_column("payment_terms", sa.Column("discount_days", sa.Integer(), nullable=False, server_default="0"))
    _extend_payments()
    _create_taxes()


def _extend_payments() -> None:
    op.add_column("payments", sa.Column("kind", sa.String(), nullable=False, server_default="payment"))
    op.add_column("payments", sa.Column("receipt_id", sa.String(), nullable=False, server_default=""))
    op.add_column("payments", sa.Column("exchange_rate", DecimalText(), nullable=True))
    allow_changes("payments")
    op.execute("UPDATE payments SET receipt_id = id")
    forbid_changes("payments", "position", "id", "reverses_id")
    op.create_index("ix_payments_receipt", "payments", ["receipt_id"], unique=False)


def _create_taxes() -> None:
    op.create_table(
        "settlement_taxes",
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
    op.create_index("ix_settlement_taxes_month", "settlement_taxes", ["month"], unique=False)
    forbid_changes("settlement_taxes", "event_id,tax_position,part")
    refuse_insert(
        "settlement_taxes",
        name="while_recording",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE payment_id = NEW.event_id)"
        " OR EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.event_id)",
        because="what is on record takes no further change in tax",
    )
