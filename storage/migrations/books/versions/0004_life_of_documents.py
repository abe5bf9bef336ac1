"""What happens to a document and what else it can say: payments, credits, withholding, stacked taxes, branding."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import add_reference, create_view, forbid_changes, refuse_insert
from storage.queries.types import DecimalText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _extend_settings()
    _create_jurisdictions()
    _create_withholdings()
    _extend_documents()
    _create_payments()


def _extend_settings() -> None:
    op.add_column("profile", sa.Column("rounding", sa.String(), nullable=False, server_default="sum_of_lines"))
    op.add_column("profile", sa.Column("small_business", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("profile", sa.Column("payment_qr", sa.Boolean(), nullable=False, server_default="1"))
    for name in ("second_language", "brand_color", "logo", "logo_sha256"):
        op.add_column("profile", _text(name))
    for name in ("reason_local", "reason_code"):
        op.add_column("tax_codes", _text(name))
    # A series that goes on from a former system: the first number of the period in which it was taken over.
    op.add_column("number_series", sa.Column("first_sequence", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("number_series", _text("first_period"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _create_jurisdictions() -> None:
    op.create_table(
        "tax_jurisdictions",
        sa.Column("code", sa.String(), sa.ForeignKey("tax_codes.code"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
    )
    op.create_table(
        "tax_jurisdiction_rates",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("percent", DecimalText(), nullable=False),
        sa.ForeignKeyConstraint(["code", "position"], ["tax_jurisdictions.code", "tax_jurisdictions.position"]),
    )


def _create_withholdings() -> None:
    op.create_table(
        "withholding_codes",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
    )
    op.create_table(
        "withholding_rates",
        sa.Column("code", sa.String(), sa.ForeignKey("withholding_codes.code"), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("percent", DecimalText(), nullable=False),
    )


def _extend_documents() -> None:
    add_reference("documents", "credits_id", "documents (id)")
    op.add_column("documents", sa.Column("withheld_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_documents_credits_id", "documents", ["credits_id"], unique=False)


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("id", sa.String(), nullable=False, unique=True),
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), nullable=False, index=True),
        sa.Column("reverses_id", sa.String(), sa.ForeignKey("payments.id"), nullable=True, unique=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("debit_account", sa.String(), sa.ForeignKey("accounts.number"), nullable=False),
        sa.Column("credit_account", sa.String(), sa.ForeignKey("accounts.number"), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name="positive"),
    )
    forbid_changes("payments", "position", "id", "reverses_id")
    refuse_insert(
        "payments",
        name="in_order",
        when="NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM payments)",
        because="positions follow each other without a gap",
    )
    op.execute("DROP VIEW trial_balance")
    sides = (
        "SELECT account, currency, sum(debit_minor) AS debit_minor, sum(credit_minor) AS credit_minor FROM ("
        " SELECT account, currency, debit_minor, credit_minor FROM journal_lines"
        " UNION ALL SELECT debit_account, currency, amount_minor, 0 FROM payments"
        " UNION ALL SELECT credit_account, currency, 0, amount_minor FROM payments"
        ")"
    )
    by = " GROUP BY account, currency"
    create_view("trial_balance", sides + by, on_postgresql=f"{sides} AS sides{by}")
