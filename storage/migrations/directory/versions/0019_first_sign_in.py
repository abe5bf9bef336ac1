"""When people signed in first: nobody is let in by an invitation who did before."""

import sqlalchemy as sa
from alembic import op

from storage.queries.types import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SIGNED_IN = ("browser_sessions", "passwords", "passkeys")


def upgrade() -> None:
    op.add_column("users", sa.Column("signed_in_at", UtcDateTime()))
    for table in _SIGNED_IN:
        op.execute(f"UPDATE users SET signed_in_at = created_at WHERE id IN (SELECT user_id FROM {table})")
    op.execute(
        "UPDATE users SET signed_in_at = created_at"
        " WHERE id IN (SELECT user_id FROM sign_in_links WHERE used_at IS NOT NULL)"
    )
