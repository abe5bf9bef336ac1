"""Agents, and skills with their files and settings."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("code", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "description", "instructions")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("tools", "arguments", "settings", "workflows")),
        sa.Column("enabled", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "skills",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "skill_contents",
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "skill_files",
        sa.Column("skill", sa.String(), sa.ForeignKey("skills.code"), primary_key=True),
        sa.Column("path", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), sa.ForeignKey("skill_contents.sha256"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
    )
    op.create_table(
        "skill_settings",
        sa.Column("skill", sa.String(), sa.ForeignKey("skills.code"), primary_key=True),
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
