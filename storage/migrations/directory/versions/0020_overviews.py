"""When each organization's chains were last found in order, and how people like to see a practice's clients."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), primary_key=True),
        sa.Column("verified_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("user_id", "organization_id", "name_key"),
    )
    op.create_index("ix_saved_views_organization_id", "saved_views", ["organization_id"])
