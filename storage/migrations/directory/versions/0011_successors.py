"""Which live organization took the place of a sandbox one."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE organizations ADD COLUMN successor_id VARCHAR NULL REFERENCES organizations (id)")
