"""The directory: users, organizations, memberships, sessions."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("email", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("handle", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False, index=True),
        sa.Column("search_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("partner_id", sa.String(), sa.ForeignKey("organizations.id"), index=True),
        sa.Column("environment", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("named_writes", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("archived_at", UtcDateTime()),
        sa.CheckConstraint("kind IN ('partner', 'standard')", name="kind_is_known"),
        sa.CheckConstraint("environment IN ('sandbox', 'live')", name="environment_is_known"),
        sa.CheckConstraint("named_writes IN ('live', 'always', 'off')", name="named_writes_is_known"),
        sa.CheckConstraint("handle = lower(handle)", name="handle_is_lower_case"),
    )
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), primary_key=True, index=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("all_clients", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'accountant', 'viewer', 'client')", name="role_is_known"),
    )
    op.create_table(
        "membership_clients",
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), primary_key=True),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("principal", sa.String(), nullable=False, index=True),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=False, index=True),
    )
