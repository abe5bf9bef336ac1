"""Tables of one organization's books. No column names another organization's rows: there are none here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.types import DecimalText, UtcDateTime

BOOKS_METADATA = MetaData()


class BooksTable(SQLModel):
    """Base of the books' tables."""

    metadata: ClassVar[MetaData] = BOOKS_METADATA


class Identity(BooksTable, table=True):
    """Whose books these are: one row, compared with what the directory expects on every open."""

    __tablename__ = "identity"

    id: int = Field(default=1, primary_key=True)
    organization_id: str
    stamped_at: datetime = Field(sa_type=UtcDateTime)


class Profile(BooksTable, table=True):
    """The organization as its documents show it, and its defaults: one row."""

    __tablename__ = "profile"

    id: int = Field(default=1, primary_key=True)
    name: str
    legal_name: str = ""
    environment: str
    country: str = ""
    currency: str = ""
    locale: str = "en_GB"
    time_zone: str = "UTC"
    accounting_standard: str = ""
    tax_system: str = ""
    chart_of_accounts: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    tax_number: str = ""
    registration_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""
    footer: str = ""
    prices_include_tax: bool = False
    future_days: int = 7


class Account(BooksTable, table=True):
    __tablename__ = "accounts"

    number: str = Field(primary_key=True)
    name: str
    type: str


class TaxAuthority(BooksTable, table=True):
    __tablename__ = "tax_authorities"

    name: str = Field(primary_key=True)
    country: str


class TaxCode(BooksTable, table=True):
    __tablename__ = "tax_codes"

    code: str = Field(primary_key=True)
    name: str
    category: str
    label: str
    reason: str = ""
    is_default: bool = False


class TaxRate(BooksTable, table=True):
    __tablename__ = "tax_rates"

    code: str = Field(primary_key=True, foreign_key="tax_codes.code")
    valid_from: date = Field(primary_key=True)
    valid_until: date | None = None
    percent: Decimal = Field(sa_type=DecimalText)


class PaymentTerm(BooksTable, table=True):
    __tablename__ = "payment_terms"

    code: str = Field(primary_key=True)
    name: str
    days: int
    is_default: bool = False


class PostingProfile(BooksTable, table=True):
    __tablename__ = "posting_profiles"

    name: str = Field(primary_key=True)
    receivable: str = Field(foreign_key="accounts.number")
    revenue: str = Field(foreign_key="accounts.number")
    tax_payable: str = Field(foreign_key="accounts.number")
    discount: str = Field(foreign_key="accounts.number")
    rounding: str = Field(foreign_key="accounts.number")
    bank: str = Field(foreign_key="accounts.number")


class NumberSeries(BooksTable, table=True):
    __tablename__ = "number_series"

    code: str = Field(primary_key=True)
    kind: str
    pattern: str
    is_default: bool = True


class SeriesPeriod(BooksTable, table=True):
    """How far a series has come in a period; the next document takes `next_sequence`."""

    __tablename__ = "series_periods"

    series: str = Field(primary_key=True, foreign_key="number_series.code")
    period: str = Field(primary_key=True)
    next_sequence: int = 1


class TransactionType(BooksTable, table=True):
    """Which series and posting profile a kind of transaction uses."""

    __tablename__ = "transaction_types"

    name: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    series: str = Field(foreign_key="number_series.code")
    posting_profile: str = Field(foreign_key="posting_profiles.name")


class Provenance(BooksTable, table=True):
    """Where a layer of the configuration came from, when, and by whom."""

    __tablename__ = "provenance"

    layer: str = Field(primary_key=True)
    source: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


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
    supply: str = "goods"
    revenue_account: str = ""
    archived: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Draft(BooksTable, table=True):
    """A draft: what was asked for, as canonical JSON; its totals are computed anew whenever it is shown."""

    __tablename__ = "drafts"

    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    content: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: str


class IssuedDocument(BooksTable, table=True):
    """An issued document and its link in the hash chain; `content` is the canonical text the hash covers."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("series", "period", "sequence"),
        Index("ix_documents_issue_date", "issue_date", "position"),
        Index("ix_documents_customer", "customer_id", "position"),
        Index("ix_documents_series_date", "series", "issue_date"),
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


class DocumentTax(BooksTable, table=True):
    __tablename__ = "document_taxes"

    document_id: str = Field(primary_key=True, foreign_key="documents.id")
    position: int = Field(primary_key=True)
    category: str
    rate: Decimal = Field(sa_type=DecimalText)
    taxable_minor: int = Field(sa_type=BigInteger)
    tax_minor: int = Field(sa_type=BigInteger)


class JournalEntry(BooksTable, table=True):
    __tablename__ = "journal_entries"

    id: str = Field(primary_key=True)
    document_id: str = Field(foreign_key="documents.id", unique=True)
    entry_date: date
    description: str


class JournalLine(BooksTable, table=True):
    """One side of an entry; debit or credit, never both; the lines of an entry sum to zero."""

    __tablename__ = "journal_lines"

    entry_id: str = Field(primary_key=True, foreign_key="journal_entries.id")
    position: int = Field(primary_key=True)
    account: str = Field(foreign_key="accounts.number")
    debit_minor: int = Field(default=0, sa_type=BigInteger)
    credit_minor: int = Field(default=0, sa_type=BigInteger)
    currency: str


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


IMMUTABLE_TABLES = (
    "identity",
    "documents",
    "document_lines",
    "document_taxes",
    "journal_entries",
    "journal_lines",
    "audit_entries",
    "idempotency_keys",
    "files",
)
"""Tables whose rows the database itself refuses to change or delete."""
