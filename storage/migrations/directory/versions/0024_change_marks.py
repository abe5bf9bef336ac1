"""A mark that is another one after each change of settings."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_marks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mark", sa.BigInteger(), nullable=False),
    )
