"""What was drafted for which month, and how a practice bills its clients: plans, hours, and what was billed."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import forbid_changes
from storage.queries.types import DecimalText, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recurring_drafts",
        sa.Column("position", sa.Integer(), primary_key=True),
        _text("month"),
        sa.Column("source_id", sa.String(), sa.ForeignKey("documents.id"), nullable=False),
        _text("draft"),
        *_recorded(),
    )
    op.create_index("ix_recurring_drafts_month", "recurring_drafts", ["month", "source_id"])
    forbid_changes("recurring_drafts", "position")
    _plans_and_hours()
    _what_was_billed()


def _plans_and_hours() -> None:
    op.create_table(
        "billing_plans",
        sa.Column("id", sa.String(), primary_key=True),
        *(_text(name) for name in ("name", "client_id")),
        sa.Column("customer_id", sa.String(), sa.ForeignKey("customers.id"), nullable=False),
        _text("kind"),
        sa.Column("price", DecimalText(), nullable=False),
        *(_text(name) for name in ("currency", "item_id", "tax_code", "first_month", "last_month")),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "billing_hours",
        sa.Column("id", sa.String(), primary_key=True),
        _text("client_id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", DecimalText(), nullable=False),
        *(_text(name) for name in ("description", "who")),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_billing_hours_client", "billing_hours", ["client_id", "day"])


def _what_was_billed() -> None:
    op.create_table(
        "billed_periods",
        sa.Column("position", sa.Integer(), primary_key=True),
        sa.Column("plan", sa.String(), sa.ForeignKey("billing_plans.id"), nullable=False),
        *(_text(name) for name in ("client_id", "month", "draft")),
        sa.Column("quantity", DecimalText(), nullable=False),
        *_recorded(),
    )
    op.create_index("ix_billed_periods_plan", "billed_periods", ["plan", "month"])
    forbid_changes("billed_periods", "position")
    op.create_table(
        "billed_hours",
        sa.Column("period", sa.Integer(), sa.ForeignKey("billed_periods.position"), primary_key=True),
        sa.Column("hours_id", sa.String(), sa.ForeignKey("billing_hours.id"), primary_key=True),
    )
    op.create_index("ix_billed_hours_hours", "billed_hours", ["hours_id"])
    forbid_changes("billed_hours", "period,hours_id")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _recorded() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
    )
