"""What a credential lets its bearer do, which connection it is for, and which program it was given to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("credentials", sa.Column("scopes", sa.String(), nullable=False, server_default="read"))
    op.add_column("credentials", sa.Column("audience", sa.String(), nullable=False, server_default=""))
    op.add_column("credentials", sa.Column("client", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE credentials SET scopes = 'read draft issue configure credentials' WHERE NOT read_only")
    op.drop_column("credentials", "read_only")
