"""Dimensions of lines and their values, tax codes that are not in use, jurisdictions and further bank accounts.

A part of a stack becomes a jurisdiction, whose rates are those of the first code that has it.
"""

import re

import sqlalchemy as sa
from alembic import op

from storage.queries.types import DecimalText

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dimensions",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "dimension_values",
        sa.Column("dimension", sa.String(), sa.ForeignKey("dimensions.code"), primary_key=True),
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.add_column("tax_codes", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "jurisdictions",
        sa.Column("code", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "jurisdiction_rates",
        sa.Column("jurisdiction", sa.String(), sa.ForeignKey("jurisdictions.code"), primary_key=True),
        sa.Column("valid_from", sa.Date(), primary_key=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("percent", DecimalText(), nullable=False),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("code", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in _BANK_DETAILS),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    _keep_parts()


_BANK_DETAILS = ("account_holder", "bank_name", "iban", "bic", "account_number", "routing_number")


def _keep_parts() -> None:
    connection = op.get_bind()
    parts = connection.execute(
        sa.text("SELECT code, position, level, name FROM tax_jurisdictions ORDER BY code, position")
    ).all()
    codes: dict[tuple[str, str], str] = {}
    for tax_code, position, level, name in parts:
        if (level, name) in codes:
            continue
        plain = re.sub(r"[^A-Z0-9]+", "-", f"{level}-{name}".upper()).strip("-")[:30]
        code = plain if plain not in codes.values() else f"{plain}-{len(codes) + 1}"
        codes[level, name] = code
        connection.execute(
            sa.text("INSERT INTO jurisdictions VALUES (:code, :name, :level, 'tax', '', TRUE)"),
            {"code": code, "name": name, "level": level},
        )
        connection.execute(
            sa.text(
                "INSERT INTO jurisdiction_rates SELECT :code, valid_from, valid_until, percent"
                " FROM tax_jurisdiction_rates WHERE code = :tax_code AND position = :position"
            ),
            {"code": code, "tax_code": tax_code, "position": position},
        )
