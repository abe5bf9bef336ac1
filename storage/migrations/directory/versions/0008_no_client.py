"""Credentials do without the client's name, which nothing ever wrote or read."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("credentials", "client")
