"""Who made a credential, by an id that stays when the address changes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credentials", sa.Column("made_by", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE credentials SET made_by ="
        " coalesce((SELECT users.id FROM users WHERE users.email = credentials.created_by), '')"
    )
