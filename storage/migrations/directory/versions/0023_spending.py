"""How many requests one account has made of each server process lately."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("process", sa.String(), primary_key=True),
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_spending_told_at", "spending", ["told_at"])
