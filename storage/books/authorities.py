"""Queries on the authorities that tax is due to."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session

from storage.books import settings_tables
from storage.queries.statements import execute, insert_rows, table_of

_TABLE = table_of(settings_tables.TaxAuthority)
_IN_ORDER = select(_TABLE.c.name, _TABLE.c.country).order_by(_TABLE.c.name)


def load_authorities(session: Session) -> list[tuple[str, str]]:
    """Name and country of each, by name."""
    return [(row[0], row[1]) for row in execute(session, _IN_ORDER)]


def add_authorities(session: Session, authorities: Iterable[tuple[str, str]]) -> None:
    """Add new authorities, by name and country."""
    rows = ({"name": name, "country": country} for name, country in authorities)
    insert_rows(session, _TABLE.insert().inline(), rows)


def save_authority(session: Session, name: str, country: str) -> None:
    """Keep an authority, new or changed."""
    change = _TABLE.update().where(_TABLE.c.name == name).values(country=country)
    if not execute(session, change).rowcount:
        execute(session, _TABLE.insert().inline().values(name=name, country=country))
