"""Queries on where the parts of the settings came from, and what their entries were like there and here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session

from storage.books import provenance_tables
from storage.queries.statements import execute, flat, insert_rows, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSource:
    """Where a part came from: a country's template, or an organization by its handle. `digest` is of the whole part as
    it was there.
    """

    part: str
    source: str
    digest: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySource:
    """What an entry of a part was like at its source, and as it was put here."""

    part: str
    code: str
    source: str
    digest: str
    digest_here: str


_PARTS = table_of(provenance_tables.PartProvenance)
_ENTRIES = table_of(provenance_tables.EntryProvenance)
_PART_NAMES = tuple(column.name for column in _PARTS.c)
_ENTRY_NAMES = tuple(column.name for column in _ENTRIES.c)
_DROP_PART = _PARTS.delete().where(_PARTS.c.part == bindparam("of_part"))
_DROP_ENTRY = _ENTRIES.delete().where(_ENTRIES.c.part == bindparam("of_part"), _ENTRIES.c.code == bindparam("of_code"))


def load_part_sources(session: Session) -> dict[str, PartSource]:
    """Where each part came from, by its name; a part of which nobody knows it is not there."""
    rows = execute(session, _PARTS.select().order_by(_PARTS.c.part))
    return {row.part: PartSource(**dict(zip(_PART_NAMES, row, strict=True))) for row in rows}


def load_entry_sources(session: Session) -> dict[str, dict[str, EntrySource]]:
    """The same of the entries, by part and code."""
    found: dict[str, dict[str, EntrySource]] = {}
    for row in execute(session, _ENTRIES.select().order_by(_ENTRIES.c.part, _ENTRIES.c.code)):
        found.setdefault(row.part, {})[row.code] = EntrySource(**dict(zip(_ENTRY_NAMES, row, strict=True)))
    return found


def record_sources(session: Session, parts: Iterable[PartSource], entries: Iterable[EntrySource]) -> None:
    """Put on record where these parts and entries came from now; the others stay as they are."""
    new_parts, new_entries = [flat(one) for one in parts], [flat(one) for one in entries]
    if new_parts:
        execute(session, _DROP_PART, [{"of_part": one["part"]} for one in new_parts])
    if new_entries:
        execute(session, _DROP_ENTRY, [{"of_part": one["part"], "of_code": one["code"]} for one in new_entries])
    insert_rows(session, _PARTS.insert().inline(), new_parts)
    insert_rows(session, _ENTRIES.insert().inline(), new_entries)
