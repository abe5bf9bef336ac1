"""What a practice lets a client's own people do."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organizations", sa.Column("client_may", sa.String(), nullable=False, server_default=""))
