"""Tables of where the configuration came from."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from storage.books.settings_tables import BooksTable
from storage.queries.types import UtcDateTime


class Provenance(BooksTable, table=True):
    """Where a layer of the configuration came from, when, and by whom."""

    __tablename__ = "provenance"

    layer: str = Field(primary_key=True)
    source: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class PartProvenance(BooksTable, table=True):
    """Where a part of the configuration came from, what it was like there, when, and by whom."""

    __tablename__ = "part_provenance"

    part: str = Field(primary_key=True)
    source: str
    digest: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str


class EntryProvenance(BooksTable, table=True):
    """What an entry of a part was like where it came from, and as it was put here."""

    __tablename__ = "entry_provenance"

    part: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    source: str
    digest: str
    digest_here: str
