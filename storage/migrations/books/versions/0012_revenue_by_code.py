"""The account of revenue by tax code."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tax_codes", sa.Column("revenue_account", sa.String(), nullable=False, server_default=""))
