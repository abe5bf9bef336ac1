"""Cash accounting: when tax becomes due, and which documents it is of."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profile", sa.Column("tax_due", sa.String(), nullable=False, server_default="supply"))
    op.add_column("documents", sa.Column("cash_accounting", sa.Boolean(), nullable=False, server_default=sa.false()))
