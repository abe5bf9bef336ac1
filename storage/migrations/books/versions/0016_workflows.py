"""Workflows: which documents wait for approval, what waits, and what was approved by whom."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes, refuse_insert
from storage.queries.types import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_workflows()
    _create_approvals()


def _create_workflows() -> None:
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


def _create_approvals() -> None:
    op.add_column("drafts", sa.Column("preparers", sa.String(), nullable=False, server_default="[]"))
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("customer_id", sa.String(), sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_approvals_state", "approvals", ["state", "asked_at"])
    op.create_table(
        "document_approvals",
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("approver", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
    )
    forbid_changes("document_approvals", "document_id,position")
    refuse_insert(
        "document_approvals",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further approval",
    )
