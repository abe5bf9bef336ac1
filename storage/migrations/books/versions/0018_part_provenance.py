"""Where each part of the settings came from, with digests of what it was like there and here."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "part_provenance",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("part"),
    )
    op.create_table(
        "entry_provenance",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("digest_here", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("part", "code"),
    )
