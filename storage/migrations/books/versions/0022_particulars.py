"""What the law wants said of the organization itself on its papers, by country and legal form."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("profile", sa.Column("particulars", sa.String(), nullable=False, server_default=""))
