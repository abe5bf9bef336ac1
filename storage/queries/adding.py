"""Adding to sums that are kept: one statement adds to the row that is there, or begins it."""

from __future__ import annotations

from sqlalchemy import Insert
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

from storage.queries.statements import table_of


def adding_to(model: type[SQLModel]) -> Insert:
    """The statement that adds a row's sums to those of its primary key. All columns beside the key are sums."""
    table = table_of(model)
    keys = list(table.primary_key.columns)
    statement = insert(table).inline()
    sums = {column.name: column + statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=keys, set_=sums)
