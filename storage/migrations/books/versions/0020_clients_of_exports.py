"""Which clients an archive over several of them is of, so that it is read by whoever reaches each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exports", sa.Column("clients", sa.String(), nullable=False, server_default="[]"))
