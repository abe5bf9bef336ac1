"""Tables of the exports that were made, which age."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.cache import NO_SETTING
from storage.queries.statements import table_of
from storage.queries.types import UtcDateTime


class Export(BooksTable, table=True):
    """The file of an export, when it was last asked for, and when it was removed because nobody did for long. `clients`
    are the ids of those that an archive over several is of, as JSON.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_content", "sha256", "format"), Index("ix_exports_asked_at", "asked_at"))

    file_id: str = Field(primary_key=True, foreign_key="files.id")
    sha256: str
    format: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clients: str = "[]"


class ExportRequest(BooksTable, table=True):
    """Which file answers a request: `request` is a hash of what was asked for and of how far the books had come."""

    __tablename__ = "export_requests"

    request: str = Field(primary_key=True)
    file_id: str = Field(foreign_key="exports.file_id", index=True)
    documents: int
    notes: str
    asked_at: datetime = Field(sa_type=UtcDateTime)


class ExportDay(BooksTable, table=True):
    """How many files exports made anew on a day (UTC), and how large they are together."""

    __tablename__ = "export_days"

    day: date = Field(primary_key=True)
    made: int = 0
    size_bytes: int = Field(default=0, sa_type=BigInteger)


for _model in (Export, ExportRequest, ExportDay):
    table_of(_model).info.update(NO_SETTING)
