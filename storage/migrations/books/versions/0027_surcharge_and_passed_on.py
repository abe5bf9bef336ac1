"""Customers that bear a surcharge, and the account of expenses in the buyers' names."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.dialects import add_reference

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("surcharge", sa.Boolean(), nullable=False, server_default=sa.false()))
    add_reference("posting_profiles", "passed_on", "accounts (number)")
