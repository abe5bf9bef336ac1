"""Workflows: which documents wait for approval, with their steps and conditions."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workflows",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "workflow_steps",
        sa.Column("workflow", sa.String(), sa.ForeignKey("workflows.code"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("apart", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "workflow_conditions",
        sa.Column("workflow", sa.String(), sa.ForeignKey("workflows.code"), primary_key=True),
        sa.Column("step", sa.Integer(), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("comparison", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
    )
