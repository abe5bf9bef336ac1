"""Which live organization took the place of a sandbox one."""

from storage.migrations.dialects import add_reference

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_reference("organizations", "successor_id", "organizations (id)")
