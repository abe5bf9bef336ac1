"""What a person signs who approves a document, and the keys with which the installation vouches for one."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes
from storage.queries.types import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document_approvals", sa.Column("signed", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "approval_signatures",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False, unique=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("authenticator_data", sa.String(), nullable=False),
        sa.Column("client_data", sa.String(), nullable=False),
        sa.Column("relying_party", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
    )
    forbid_changes("approval_signatures", "id", "nonce")
    op.create_table(
        "approval_keys",
        sa.Column("public_key", sa.String(), primary_key=True),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
    forbid_changes("approval_keys", "public_key")
    op.create_table(
        "approval_challenges",
        sa.Column("approval_id", sa.String(), primary_key=True),
        sa.Column("user_id", sa.String(), primary_key=True),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
