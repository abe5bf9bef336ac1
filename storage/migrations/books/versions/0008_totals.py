"""What is added up when it is written: totals of accounts, taxes, customers and items by month, what is owed of each
invoice, and what the recapitulative statement names. Existing books add up what they hold.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from invoicing.countries import COUNTRY_CODES, country
from storage.migrations.dialects import forbid_changes, refuse_insert
from storage.queries.types import DecimalText

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_SIGN = "CASE WHEN d.kind = 'credit_note' THEN -1 ELSE 1 END"
_SUPPLIES = sa.text(
    "SELECT t.document_id, t.position, d.kind, d.tax_point, d.content, t.category, d.currency, t.taxable_minor,"
    " t.accounting_taxable_minor FROM document_taxes t JOIN documents d ON d.id = t.document_id"
    " WHERE t.category IN ('K', 'AE') ORDER BY d.position, t.position"
)


def upgrade() -> None:
    _create_totals()
    _create_receivables()
    _create_supplies()
    op.create_index("ix_documents_tax_point", "documents", ["tax_point", "position"])
    op.create_index("ix_journal_entries_date", "journal_entries", ["entry_date", "id"])
    _add_up_accounts()
    _add_up_taxes()
    _add_up_sales()
    _find_what_is_owed()
    _find_supplies()
    forbid_changes("community_supplies", "document_id,position")
    refuse_insert(
        "community_supplies",
        name="while_issuing",
        when="EXISTS (SELECT 1 FROM journal_entries WHERE document_id = NEW.document_id)",
        because="an issued document takes no further supplies",
    )


def _key(name: str, kind: sa.types.TypeEngine[Any] | None = None, of: str = "") -> sa.Column[Any]:
    column_of = (sa.ForeignKey(of),) if of else ()
    return sa.Column(name, kind or sa.String(), *column_of, primary_key=True)


def _sums(*names: str, counts: tuple[str, ...] = ()) -> list[sa.Column[int]]:
    amounts = [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]
    return amounts + [sa.Column(name, sa.Integer(), nullable=False) for name in counts]


def _create_totals() -> None:
    op.create_table(
        "account_totals",
        _key("month"),
        _key("account", of="accounts.number"),
        _key("currency"),
        *_sums("debit_minor", "credit_minor", "accounting_minor", counts=("unconverted",)),
    )
    op.create_table(
        "tax_totals",
        *(_key(name) for name in ("month", "category")),
        _key("rate", DecimalText()),
        *(_key(name) for name in ("label", "jurisdiction", "level", "currency")),
        *_sums(
            "taxable_minor",
            "tax_minor",
            "accounting_taxable_minor",
            "accounting_tax_minor",
            counts=("documents", "unconverted"),
        ),
    )
    op.create_table(
        "customer_totals",
        _key("month"),
        _key("customer_id", of="customers.id"),
        _key("currency"),
        *_sums("net_minor", "tax_minor", "total_minor", "accounting_net_minor", counts=("documents", "unconverted")),
    )
    op.create_table(
        "item_totals",
        *(_key(name) for name in ("month", "item_id", "currency")),
        *_sums("net_minor", counts=("documents",)),
    )


def _create_receivables() -> None:
    op.create_table(
        "receivables",
        _key("document_id", of="documents.id"),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        *_sums("open_minor"),
    )
    op.create_index(
        "ix_receivables_open",
        "receivables",
        ["customer_id", "currency", "due_date", "open_minor"],
        sqlite_where=sa.text("open_minor <> 0"),
        postgresql_where=sa.text("open_minor <> 0"),
    )


def _create_supplies() -> None:
    op.create_table(
        "community_supplies",
        _key("document_id"),
        _key("position", sa.Integer()),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("month", "buyer_country", "buyer_number", "supply", "currency")
        ),
        *_sums("taxable_minor"),
        sa.Column("accounting_taxable_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["document_id", "position"], ["document_taxes.document_id", "document_taxes.position"]),
    )
    columns = ["month", "buyer_country", "buyer_number", "supply"]
    op.create_index("ix_community_supplies_month", "community_supplies", columns)


def _month(day: str) -> str:
    return f"substr(CAST({day} AS TEXT), 1, 7)"


def _add_up_accounts() -> None:
    op.execute(
        "INSERT INTO account_totals (month, account, currency, debit_minor, credit_minor, accounting_minor,"
        f" unconverted) SELECT {_month('e.entry_date')}, l.account, l.currency, sum(l.debit_minor),"
        " sum(l.credit_minor), coalesce(sum(l.accounting_minor), 0),"
        " sum(CASE WHEN l.accounting_minor IS NULL THEN 1 ELSE 0 END)"
        " FROM journal_entries e JOIN journal_lines l ON l.entry_id = e.id GROUP BY 1, 2, 3"
    )


def _add_up_taxes() -> None:
    """Subtotals, and then their parts, whose taxable amount is the subtotal's."""
    columns = (
        "INSERT INTO tax_totals (month, category, rate, label, jurisdiction, level, currency, documents,"
        " taxable_minor, tax_minor, accounting_taxable_minor, accounting_tax_minor, unconverted) SELECT"
        f" {_month('d.tax_point')}, t.category,"
    )
    sums = (
        f" count(DISTINCT d.id), sum({_SIGN} * t.taxable_minor), sum({_SIGN} * %s.tax_minor),"
        f" coalesce(sum({_SIGN} * t.accounting_taxable_minor), 0),"
        f" coalesce(sum({_SIGN} * %s.accounting_tax_minor), 0),"
        " count(DISTINCT CASE WHEN t.accounting_taxable_minor IS NULL THEN d.id END)"
        " FROM document_taxes t JOIN documents d ON d.id = t.document_id"
    )
    op.execute(
        f"{columns} t.rate, t.label, t.jurisdiction, '', d.currency,{sums % ('t', 't')} GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )
    op.execute(
        f"{columns} p.rate, t.label, p.name, p.level, d.currency,{sums % ('p', 'p')} JOIN document_tax_parts p"
        " ON p.document_id = t.document_id AND p.tax_position = t.position GROUP BY 1, 2, 3, 4, 5, 6, 7"
    )


def _add_up_sales() -> None:
    op.execute(
        "INSERT INTO customer_totals (month, customer_id, currency, documents, net_minor, tax_minor, total_minor,"
        f" accounting_net_minor, unconverted) SELECT {_month('d.issue_date')}, d.customer_id, d.currency, count(*),"
        f" sum({_SIGN} * d.net_minor), sum({_SIGN} * d.tax_minor), sum({_SIGN} * d.total_minor),"
        f" coalesce(sum({_SIGN} * d.accounting_net_minor), 0),"
        " sum(CASE WHEN d.accounting_net_minor IS NULL THEN 1 ELSE 0 END) FROM documents d GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO item_totals (month, item_id, currency, documents, net_minor)"
        f" SELECT {_month('d.issue_date')}, l.item_id, d.currency, count(DISTINCT d.id), sum({_SIGN} * l.net_minor)"
        " FROM document_lines l JOIN documents d ON d.id = l.document_id GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO item_totals (month, item_id, currency, documents, net_minor)"
        f" SELECT {_month('d.issue_date')}, 'adjustments', d.currency, count(*),"
        f" sum({_SIGN} * (d.net_minor - s.net_minor))"
        " FROM documents d JOIN (SELECT document_id, sum(net_minor) AS net_minor FROM document_lines"
        " GROUP BY document_id) s ON s.document_id = d.id WHERE d.net_minor <> s.net_minor GROUP BY 1, 2, 3"
    )


def _find_what_is_owed() -> None:
    signed = "CASE WHEN p.reverses_id IS NULL THEN p.amount_minor ELSE -p.amount_minor END"
    op.execute(
        "INSERT INTO receivables (document_id, customer_id, currency, due_date, open_minor)"
        " SELECT d.id, d.customer_id, d.currency, d.due_date, d.total_minor - d.withheld_minor"
        " - (SELECT coalesce(sum(n.total_minor - n.withheld_minor), 0) FROM documents n WHERE n.credits_id = d.id)"
        f" - (SELECT coalesce(sum({signed}), 0) FROM payments p WHERE p.document_id = d.id)"
        f" + (SELECT coalesce(sum({signed}), 0) FROM documents n JOIN payments p ON p.document_id = n.id"
        " WHERE n.credits_id = d.id) FROM documents d WHERE d.kind = 'invoice'"
    )


def _find_supplies() -> None:
    connection = op.get_bind()
    found = [row for one in connection.execute(_SUPPLIES) if (row := _supply(one)) is not None]
    if found:
        connection.execute(sa.table("community_supplies", *(sa.column(name) for name in found[0])).insert(), found)


def _supply(one: sa.Row[Any]) -> dict[str, Any] | None:
    document = json.loads(one.content)
    number, there = document["buyer"].get("tax_number", ""), document["buyer"]["address"]["country"]
    here = document["seller"]["address"]["country"]
    abroad = here != there and _is_member(here) and _is_member(there)
    if not number or (one.category == "AE" and not abroad):
        return None
    sign = -1 if one.kind == "credit_note" else 1
    accounting_minor = one.accounting_taxable_minor
    return {
        "document_id": one.document_id,
        "position": one.position,
        "month": str(one.tax_point)[:7],
        "buyer_country": there,
        "buyer_number": number,
        "supply": "goods" if one.category == "K" else "services",
        "currency": one.currency,
        "taxable_minor": sign * one.taxable_minor,
        "accounting_taxable_minor": None if accounting_minor is None else sign * accounting_minor,
    }


def _is_member(code: str) -> bool:
    return code in COUNTRY_CODES and country(code).eu_member
