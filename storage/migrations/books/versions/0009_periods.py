"""Periods that are closed, terms that end with a month or on a day, and accounts and terms that are not in use."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes
from storage.queries.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", _flag("active", default=True))
    op.add_column("payment_terms", _flag("end_of_month", default=False))
    op.add_column("payment_terms", sa.Column("day_of_month", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("payment_terms", _flag("active", default=True))
    op.create_table(
        "period_closings",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("closed_through", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
    forbid_changes("period_closings", "position")


def _flag(name: str, *, default: bool) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if default else sa.false())
