"""What was done, read or refused, where and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    texts = ("user_id", "label", "program", "credential_id", "door", "act", "result")
    op.create_table(
        "activity",
        sa.Column("organization_id", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False, server_default="1"),
    )
    op.create_index("ix_activity_at", "activity", ["at"])
