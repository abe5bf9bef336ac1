"""Credentials: personal tokens, API keys and secret links, kept as hashes."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False, unique=True),
        sa.Column("digest", sa.String(), unique=True),
        sa.Column("page_digest", sa.String(), unique=True),
        sa.Column("page_expires_at", UtcDateTime()),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), index=True),
        sa.Column("read_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("last_used_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.CheckConstraint("kind IN ('token', 'key', 'link')", name="kind_is_known"),
    )
