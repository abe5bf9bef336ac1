"""The identity provider from elsewhere, whom it means by whom, and its statements that were used."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_providers",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("issuer", "client_id", "sealed_secret")),
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("connect_staff", sa.Boolean(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
    )
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("user_id", sa.String(), sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "used_statements",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
