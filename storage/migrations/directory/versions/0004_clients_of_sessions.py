"""What a session's client said of itself when the session began, so that any process can ask it in mid-call."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("revision", sa.String(), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("capabilities", sa.String(), nullable=False, server_default=""))
