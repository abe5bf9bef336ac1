"""What customers, items and the organization have for the references of documents."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_OF_A_PARTY = ("trading_name", "contact", "identifier", "e_invoice_address")
_ADDED = {
    "profile": _OF_A_PARTY,
    "customers": (*_OF_A_PARTY, "buyer_reference", "accounting_reference", "language", "delivery_addresses"),
    "items": ("gtin", "origin", "classifications"),
}


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))
