"""People who are signed in with a browser, and connections of theirs that may be limited to some organizations."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("asleep_since", sa.DateTime()))
    op.add_column("credentials", sa.Column("client_id", sa.String(), nullable=False, server_default=""))
    op.add_column("credentials", sa.Column("limited", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "credential_organizations",
        sa.Column("credential_id", sa.String(), sa.ForeignKey("credentials.id"), primary_key=True),
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), primary_key=True),
    )
    op.create_table(
        "browser_sessions",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False, unique=True),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("proved_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_browser_sessions_user_id", "browser_sessions", ["user_id"])
    op.create_index("ix_browser_sessions_last_used_at", "browser_sessions", ["last_used_at"])
