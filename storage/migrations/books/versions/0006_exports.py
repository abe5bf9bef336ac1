"""Exports: which file answers which request, how many were made in a day, and when one was last asked for."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keep_exports()


def _keep_exports() -> None:
    op.create_table(
        "exports",
        sa.Column("file_id", sa.String(), sa.ForeignKey("files.id"), primary_key=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
    )
    op.create_index("ix_exports_content", "exports", ["sha256", "format"])
    op.create_index("ix_exports_asked_at", "exports", ["asked_at"])
    op.create_table(
        "export_requests",
        sa.Column("request", sa.String(), primary_key=True),
        sa.Column("file_id", sa.String(), sa.ForeignKey("exports.file_id"), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_export_requests_file_id", "export_requests", ["file_id"])
    op.create_table(
        "export_days",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
    )
    # Those that are there already age from the day on which they were made.
    op.execute(
        "INSERT INTO exports (file_id, sha256, format, made_at, asked_at)"
        " SELECT id, sha256, format, created_at, created_at FROM files WHERE format LIKE 'export-%'"
    )
