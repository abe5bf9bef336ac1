"""Anchors of the books' chains, the latest moment seen, and credentials that sleep after a restore."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _anchors()
    _latest_moment()
    op.add_column("credentials", sa.Column("asleep_since", UtcDateTime()))


def _anchors() -> None:
    op.create_table(
        "anchors",
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), primary_key=True),
        sa.Column("documents", sa.Integer()),
        sa.Column("documents_hash", sa.String(), nullable=False, server_default=""),
        sa.Column("entries", sa.Integer()),
        sa.Column("entries_hash", sa.String(), nullable=False, server_default=""),
    )
    op.create_table(
        "anchored_numbers",
        sa.Column("organization_id", sa.String(), sa.ForeignKey("organizations.id"), primary_key=True),
        sa.Column("series", sa.String(), primary_key=True),
        sa.Column("period", sa.String(), primary_key=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
    )
    # Books that were there before anchors were: each is anchored once, when it is opened for the first time.
    op.execute("INSERT INTO anchors (organization_id) SELECT id FROM organizations")


def _latest_moment() -> None:
    op.create_table(
        "latest_moment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
