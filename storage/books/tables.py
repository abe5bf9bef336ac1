"""Tables of one organization's books. No column names another organization's rows: there are none here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import DecimalText, UtcDateTime


class Customer(BooksTable, table=True):
    __tablename__ = "customers"

    id: str = Field(primary_key=True)
    name: str
    name_key: str = Field(index=True)
    search_key: str
    country: str
    consumer: bool = False
    tax_number: str = ""
    registration_number: str = ""
    tax_office_number: str = ""
    email: str = ""
    phone: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    currency: str = ""
    payment_terms: str = ""
    note: str = ""
    archived: bool = False
    public_body: bool = False
    demands_e_invoice: bool = False
    trading_name: str = ""
    contact: str = ""
    identifier: str = ""
    e_invoice_address: str = ""
    buyer_reference: str = ""
    accounting_reference: str = ""
    language: str = ""
    delivery_addresses: str = ""
    surcharge: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Item(BooksTable, table=True):
    __tablename__ = "items"

    id: str = Field(primary_key=True)
    name: str
    name_key: str = Field(index=True)
    search_key: str
    sku: str = ""
    description: str = ""
    unit: str = ""
    unit_price: Decimal | None = Field(default=None, sa_type=DecimalText)
    currency: str = ""
    tax_code: str = ""
    supply: str = ""
    revenue_account: str = ""
    archived: bool = False
    gtin: str = ""
    origin: str = ""
    classifications: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Draft(BooksTable, table=True):
    """A draft: what was asked for and the figures it last showed, as canonical JSON; it is computed anew whenever it is
    shown or issued.
    """

    __tablename__ = "drafts"

    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    content: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: str
    preparers: str = "[]"


class DocumentRow(BooksTable, table=True):
    """An issued document and its link in the hash chain; `content` is the canonical text the hash covers."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("series", "period", "sequence"),
        Index("ix_documents_issue_date", "issue_date", "position"),
        Index("ix_documents_customer", "customer_id", "position"),
        Index("ix_documents_customer_total", "customer_id", "total_minor", "position"),
        Index("ix_documents_series_date", "series", "issue_date"),
        Index("ix_documents_tax_point", "tax_point", "position"),
        # All that sums over very many documents look at, beside their texts, which are a hundred times as long.
        Index(
            "ix_documents_sums",
            "currency",
            "kind",
            "due_date",
            "net_minor",
            "tax_minor",
            "total_minor",
            "withheld_minor",
            "id",
        ),
    )

    position: int = Field(primary_key=True)
    id: str = Field(unique=True)
    kind: str
    number: str = Field(unique=True)
    series: str = Field(foreign_key="number_series.code")
    period: str
    sequence: int
    issue_date: date
    due_date: date
    customer_id: str
    customer_name: str
    search_key: str
    currency: str
    net_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    total_minor: int = Field(sa_type=BigInteger)
    content: str
    algorithm: str
    previous_hash: str
    hash: str = Field(unique=True)
    issued_at: datetime = Field(sa_type=UtcDateTime)
    issued_by: str
    credits_id: str | None = Field(default=None, foreign_key="documents.id", index=True)
    withheld_minor: int = Field(default=0, sa_type=BigInteger)
    canonical_version: int
    tax_point: date
    supply_date: date
    supply_end: date | None = None
    accounting_currency: str
    accounting_net_minor: int | None = Field(default=None, sa_type=BigInteger)
    accounting_tax_minor: int | None = Field(default=None, sa_type=BigInteger)
    cash_accounting: bool = False


class DocumentLine(BooksTable, table=True):
    __tablename__ = "document_lines"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    position: int = Field(primary_key=True)
    item_id: str = ""
    description: str
    quantity: Decimal = Field(sa_type=DecimalText)
    unit_price: Decimal = Field(sa_type=DecimalText)
    tax_code: str
    tax_category: str
    tax_rate: Decimal = Field(sa_type=DecimalText)
    net_minor: int = Field(sa_type=BigInteger)


class LineDimension(BooksTable, table=True):
    """The value that a line has in one of the organization's dimensions, and what it comes to."""

    __tablename__ = "line_dimensions"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "position"], ["document_lines.document_id", "document_lines.position"]),
    )

    document_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    value: str
    net_minor: int = Field(sa_type=BigInteger)


class DocumentTax(BooksTable, table=True):
    __tablename__ = "document_taxes"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    position: int = Field(primary_key=True)
    category: str
    rate: Decimal = Field(sa_type=DecimalText)
    taxable_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    label: str
    jurisdiction: str
    accounting_taxable_minor: int | None = Field(default=None, sa_type=BigInteger)
    accounting_tax_minor: int | None = Field(default=None, sa_type=BigInteger)


class DocumentTaxPart(BooksTable, table=True):
    """What one jurisdiction levies of a subtotal."""

    __tablename__ = "document_tax_parts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "tax_position"], ["document_taxes.document_id", "document_taxes.position"]
        ),
    )

    document_id: str = Field(primary_key=True)
    tax_position: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    name: str
    level: str
    rate: Decimal = Field(sa_type=DecimalText)
    tax_minor: int = Field(sa_type=BigInteger)
    accounting_tax_minor: int | None = Field(default=None, sa_type=BigInteger)


class JournalEntry(BooksTable, table=True):
    """The entry of a document or of a payment: one of the two."""

    __tablename__ = "journal_entries"
    __table_args__ = (Index("ix_journal_entries_date", "entry_date", "id"),)

    id: str = Field(primary_key=True)
    kind: str
    document_id: str | None = Field(default=None, foreign_key="documents.id", unique=True)
    payment_id: str | None = Field(default=None, foreign_key="payments.id", unique=True)
    entry_date: date
    description: str
    accounting_currency: str


class JournalLine(BooksTable, table=True):
    """One side of an entry; debit or credit, never both; the lines of an entry sum to zero, in either currency."""

    __tablename__ = "journal_lines"

    entry_id: str = Field(primary_key=True, foreign_key="journal_entries.id")
    position: int = Field(primary_key=True)
    account: str = Field(foreign_key="accounts.number")
    debit_minor: int = Field(default=0, sa_type=BigInteger)
    credit_minor: int = Field(default=0, sa_type=BigInteger)
    currency: str
    accounting_minor: int | None = Field(default=None, sa_type=BigInteger)
    dimensions: str | None = None


class Payment(BooksTable, table=True):
    """What settles an issued document, or the reversal of that: an entry of its own, and never changed. What was
    recorded in one act has one `receipt_id`, the id of its first.
    """

    __tablename__ = "payments"
    __table_args__ = (
        Index("ix_payments_day_amount", "paid_on", "amount_minor"),
        Index("ix_payments_receipt", "receipt_id"),
    )

    position: int = Field(primary_key=True)
    id: str = Field(unique=True)
    document_id: str = Field(foreign_key="documents.id", index=True)
    reverses_id: str | None = Field(default=None, foreign_key="payments.id", unique=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    paid_on: date
    method: str
    reference: str
    debit_account: str = Field(foreign_key="accounts.number")
    credit_account: str = Field(foreign_key="accounts.number")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str
    kind: str = "payment"
    receipt_id: str = ""
    exchange_rate: Decimal | None = Field(default=None, sa_type=DecimalText)


class SettlementTax(BooksTable, table=True):
    """What an event changes in a tax subtotal of an invoice: a settlement, as a discount for early payment does, or
    under cash accounting any, and a credit note; less than zero where it takes tax off. A row whose `part` is more than
    zero is that jurisdiction's share of the row of part 0.
    """

    __tablename__ = "settlement_taxes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "tax_position"], ["document_taxes.document_id", "document_taxes.position"]
        ),
        Index("ix_settlement_taxes_month", "month"),
    )

    event_id: str = Field(primary_key=True)
    tax_position: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    document_id: str
    month: str
    taxable_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)
    accounting_taxable_minor: int | None = Field(default=None, sa_type=BigInteger)
    accounting_tax_minor: int | None = Field(default=None, sa_type=BigInteger)


class AuditEntry(BooksTable, table=True):
    """Who did what and when, in a hash chain of its own."""

    __tablename__ = "audit_entries"

    position: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    principal: str
    act: str
    subject: str = Field(index=True)
    detail: str
    previous_hash: str
    hash: str = Field(unique=True)


class IdempotencyKey(BooksTable, table=True):
    __tablename__ = "idempotency_keys"

    tool: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    request_hash: str
    subject: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class StoredFile(BooksTable, table=True):
    """A file that was made: its name under the organization's folder, its hash and size."""

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("document_id", "format"),
        ForeignKeyConstraint(["document_id"], ["documents.id"]),
    )

    id: str = Field(primary_key=True)
    document_id: str | None = None
    format: str
    path: str
    file_name: str
    media_type: str
    sha256: str
    size_bytes: int
    created_at: datetime = Field(sa_type=UtcDateTime)


# What happens in books, which is read anew each time.
for _model in (
    Customer,
    Item,
    Draft,
    DocumentRow,
    DocumentLine,
    LineDimension,
    DocumentTax,
    DocumentTaxPart,
    JournalEntry,
    JournalLine,
    Payment,
    SettlementTax,
    AuditEntry,
    IdempotencyKey,
    StoredFile,
):
    table_of(_model).info.update(NO_SETTING)
