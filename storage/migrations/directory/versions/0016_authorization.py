"""Client programs, what they ask people for, and the codes and tokens of the connections that people have allowed."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_programs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("redirect_uris", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("keys", sa.String(), nullable=False),
        sa.Column("keys_url", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("fresh_until", UtcDateTime()),
        sa.Column("last_used_at", UtcDateTime(), index=True),
    )
    op.create_table(
        "authorization_requests",
        sa.Column("digest", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("browser_digest", "client_id", "redirect_uri")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("audience", "handle", "scopes")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("state", "challenge", "prompt")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "authorization_codes",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("credential_id", sa.String(), sa.ForeignKey("credentials.id"), nullable=False, index=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("client_id", "redirect_uri", "challenge")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("redeemed_at", UtcDateTime()),
    )
    op.create_table(
        "access_tokens",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("credential_id", sa.String(), sa.ForeignKey("credentials.id"), nullable=False, index=True),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("credential_id", sa.String(), sa.ForeignKey("credentials.id"), nullable=False, index=True),
        sa.Column("replaces", sa.String(), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
        sa.Column("used_at", UtcDateTime()),
    )
    op.create_table(
        "client_assertions",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False, index=True),
    )
