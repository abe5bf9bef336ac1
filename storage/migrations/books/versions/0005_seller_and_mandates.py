"""What the law asks of a seller and of its invoices, and what finds a second entry of the same thing."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes
from storage.queries.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _describe_the_seller()
    _keep_mandates()
    _find_duplicates()
    _sum_documents()
    _keep_tax_office_numbers()


def _describe_the_seller() -> None:
    op.add_column("profile", _text("vat_registration"))


def _keep_mandates() -> None:
    op.add_column("profile", sa.Column("mandates", sa.String(), nullable=False, server_default="refuse"))
    op.add_column("profile", _text("annual_turnover"))
    for name in ("public_body", "demands_e_invoice"):
        op.add_column("customers", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "mandate_acknowledgements",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("handed_in", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    forbid_changes("mandate_acknowledgements", "position")


def _find_duplicates() -> None:
    op.create_index(
        "ix_documents_customer_total", "documents", ["customer_id", "total_minor", "position"], unique=False
    )
    op.create_index("ix_payments_day_amount", "payments", ["paid_on", "amount_minor"], unique=False)


def _sum_documents() -> None:
    columns = ["currency", "kind", "due_date", "net_minor", "tax_minor", "total_minor", "withheld_minor", "id"]
    op.create_index("ix_documents_sums", "documents", columns)


def _keep_tax_office_numbers() -> None:
    op.add_column("profile", _text("tax_office_number"))
    op.add_column("customers", _text("tax_office_number"))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")
