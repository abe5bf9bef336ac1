"""Tables of what is added up when it is written, so that a report reads a few rows and no document.

Each follows from the rows of documents, journal and payments alone: verification adds them up again and compares.
`month` is the first seven characters of a day, as in `2026-03`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import DecimalText


class AccountTotal(BooksTable, table=True):
    """What a month posted to an account in a currency."""

    __tablename__ = "account_totals"

    month: str = Field(primary_key=True)
    account: str = Field(primary_key=True, foreign_key="accounts.number")
    currency: str = Field(primary_key=True)
    debit_minor: int = Field(sa_type=BigInteger)
    credit_minor: int = Field(sa_type=BigInteger)
    accounting_minor: int = Field(sa_type=BigInteger)
    unconverted: int


class TaxTotal(BooksTable, table=True):
    """What the documents whose tax point lies in a month come to at a rate; credit notes are taken off. A row with a
    `level` is the part of a place of the US in the rows without one.
    """

    __tablename__ = "tax_totals"

    month: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    rate: Decimal = Field(primary_key=True, sa_type=DecimalText)
    label: str = Field(primary_key=True)
    jurisdiction: str = Field(primary_key=True)
    level: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    documents: int
    taxable_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    accounting_taxable_minor: int = Field(sa_type=BigInteger)
    accounting_tax_minor: int = Field(sa_type=BigInteger)
    unconverted: int


class CustomerTotal(BooksTable, table=True):
    """What was invoiced to a customer in a month, by day of issue; credit notes are taken off."""

    __tablename__ = "customer_totals"

    month: str = Field(primary_key=True)
    customer_id: str = Field(primary_key=True, foreign_key="customers.id")
    currency: str = Field(primary_key=True)
    documents: int
    net_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    total_minor: int = Field(sa_type=BigInteger)
    accounting_net_minor: int = Field(sa_type=BigInteger)
    unconverted: int


class ItemTotal(BooksTable, table=True):
    """What a month sold of an item, by day of issue; `item_id` is empty for lines of none, and `adjustments` for what
    documents take off or add as a whole.
    """

    __tablename__ = "item_totals"

    month: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    documents: int
    net_minor: int = Field(sa_type=BigInteger)


class DimensionTotal(BooksTable, table=True):
    """What lines with a value of a dimension came to in a month, by day of issue; credit notes are taken off."""

    __tablename__ = "dimension_totals"

    month: str = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    currency: str = Field(primary_key=True)
    documents: int
    net_minor: int = Field(sa_type=BigInteger)


class Receivable(BooksTable, table=True):
    """What is owed of an invoice now: less than zero where the customer is owed, zero where it is settled.

    `wanted_minor` is what was payable less its credit notes, paid or not: so much of its instalments, from the first.
    """

    __tablename__ = "receivables"
    __table_args__ = (
        # What is settled is most of the rows, and no report asks for it.
        Index(
            "ix_receivables_open",
            "customer_id",
            "currency",
            "due_date",
            "open_minor",
            "wanted_minor",
            "document_id",
            sqlite_where=text("open_minor <> 0"),
            postgresql_where=text("open_minor <> 0"),
        ),
    )

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    customer_id: str
    currency: str
    due_date: date
    open_minor: int = Field(sa_type=BigInteger)
    wanted_minor: int = Field(sa_type=BigInteger)


class DocumentInstalment(BooksTable, table=True):
    """A part of an invoice that is due on a day of its own; `until_minor` is its amount with those before it."""

    __tablename__ = "document_instalments"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    position: int = Field(primary_key=True)
    due_date: date
    amount_minor: int = Field(sa_type=BigInteger)
    until_minor: int = Field(sa_type=BigInteger)


class PaymentReference(BooksTable, table=True):
    """What a payer states of an invoice, where that is not its number: no two invoices have the same. A reference in
    the form of ISO 11649 that is made from a national one is kept as that one.
    """

    __tablename__ = "payment_references"

    reference: str = Field(primary_key=True)
    document_id: str = Field(foreign_key="documents.id", unique=True)


class AdvanceEntry(BooksTable, table=True):
    """What a document does to an advance: that itself, or a final invoice that has taken its deduction back, adds to
    what is left of it; its credit note, or a final invoice that deducts it, takes off.
    """

    __tablename__ = "advance_entries"
    __table_args__ = (Index("ix_advance_entries_customer", "customer_id", "advance_id", "net_minor", "tax_minor"),)

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    advance_id: str = Field(primary_key=True, foreign_key="documents.id", index=True)
    customer_id: str
    net_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)


class CommunitySupply(BooksTable, table=True):
    """A subtotal of a document that the recapitulative statement (EC sales list) names: what was supplied to a
    business of another member state without tax (Directive 2006/112/EC, Article 262).
    """

    __tablename__ = "community_supplies"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "position"], ["document_taxes.document_id", "document_taxes.position"]),
        Index("ix_community_supplies_month", "month", "buyer_country", "buyer_number", "supply"),
    )

    document_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    month: str
    buyer_country: str
    buyer_number: str
    supply: str
    currency: str
    taxable_minor: int = Field(sa_type=BigInteger)
    accounting_taxable_minor: int | None = Field(default=None, sa_type=BigInteger)


for _model in (
    AccountTotal,
    TaxTotal,
    CustomerTotal,
    ItemTotal,
    DimensionTotal,
    Receivable,
    DocumentInstalment,
    PaymentReference,
    AdvanceEntry,
    CommunitySupply,
):
    table_of(_model).info.update(NO_SETTING)
