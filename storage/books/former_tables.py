"""Tables of documents of a former system: what was issued there, is owed still, and is settled here.

Nothing of it is issued, so none of it is in `documents`; what is owed and what settles it has the columns of
`receivables` and `payments`, so that both are read together.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import DecimalText, UtcDateTime


class FormerDocument(BooksTable, table=True):
    """An invoice or credit note of a former system, as it stood on the opening day, and its link in a hash chain."""

    __tablename__ = "former_documents"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        Index("ix_former_documents_customer", "customer_id", "position"),
        Index("ix_former_documents_number", "number"),
    )

    position: int = Field(primary_key=True)
    id: str = Field(unique=True)
    kind: str
    number: str
    issue_date: date
    due_date: date
    customer_id: str = Field(foreign_key="customers.id")
    customer_name: str
    search_key: str
    currency: str
    total_minor: int = Field(sa_type=BigInteger)
    open_minor: int = Field(sa_type=BigInteger)
    exchange_rate: Decimal | None = Field(default=None, sa_type=DecimalText)
    note: str
    opening_day: date
    receivable_account: str = Field(foreign_key="accounts.number")
    opening_account: str | None = Field(default=None, foreign_key="accounts.number")
    entry_id: str | None = Field(default=None, foreign_key="journal_entries.id", unique=True)
    import_id: str = Field(index=True)
    imported_at: datetime = Field(sa_type=UtcDateTime)
    imported_by: str
    previous_hash: str
    hash: str = Field(unique=True)


class FormerPayment(BooksTable, table=True):
    """What settles a document of a former system, or the reversal of that; as `payments`, with its own entry."""

    __tablename__ = "former_payments"
    __table_args__ = (Index("ix_former_payments_receipt", "receipt_id"),)

    position: int = Field(primary_key=True)
    id: str = Field(unique=True)
    document_id: str = Field(foreign_key="former_documents.id", index=True)
    reverses_id: str | None = Field(default=None, foreign_key="former_payments.id", unique=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    paid_on: date
    method: str
    reference: str
    debit_account: str = Field(foreign_key="accounts.number")
    credit_account: str = Field(foreign_key="accounts.number")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str
    kind: str
    receipt_id: str
    exchange_rate: Decimal | None = Field(default=None, sa_type=DecimalText)
    entry_id: str = Field(foreign_key="journal_entries.id", unique=True)


class FormerReceivable(BooksTable, table=True):
    """What is owed of a document of a former system now; as `receivables`."""

    __tablename__ = "former_receivables"
    __table_args__ = (
        Index(
            "ix_former_receivables_open",
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

    document_id: str = Field(primary_key=True, foreign_key="former_documents.id")
    customer_id: str
    currency: str
    due_date: date
    open_minor: int = Field(sa_type=BigInteger)
    wanted_minor: int = Field(sa_type=BigInteger)


for _model in (FormerDocument, FormerPayment, FormerReceivable):
    table_of(_model).info.update(NO_SETTING)
