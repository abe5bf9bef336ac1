"""A practice's policy on where a person approves what is issued."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("human_approval", sa.String(), nullable=False, server_default="off"))
