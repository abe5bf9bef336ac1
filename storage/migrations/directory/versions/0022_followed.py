"""What several server processes have to know of each other: work that somebody follows, and replies to questions."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followed_work",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("alive_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_followed_work_organization_id", "followed_work", ["organization_id"])
    op.create_index("ix_followed_work_expires_at", "followed_work", ["expires_at"])
    op.create_table(
        "replies",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("conversation", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_replies_process", "replies", ["process"])
    op.create_index("ix_replies_expires_at", "replies", ["expires_at"])
