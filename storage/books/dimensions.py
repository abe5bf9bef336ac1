"""Queries on the dimensions of lines and their values."""

from __future__ import annotations

from sqlmodel import Session

from invoicing.master_data.records import Dimension, DimensionValue
from storage.books import settings_tables
from storage.queries.statements import Kept, execute, flat, table_of

_DIMENSIONS = table_of(settings_tables.Dimension)
_VALUES = Kept(settings_tables.DimensionValue, DimensionValue)
_OF = _DIMENSIONS.c
_IN_ORDER = _DIMENSIONS.select().order_by(_OF.code)
_VALUES_IN_ORDER = _VALUES.all.add_columns(_VALUES.table.c.dimension).order_by(
    _VALUES.table.c.dimension, _VALUES.table.c.code
)


def load_dimensions(session: Session) -> tuple[Dimension, ...]:
    """The dimensions by code, each with its values by code."""
    rows = execute(session, _IN_ORDER).all()
    values: dict[str, list[DimensionValue]] = {}
    # Nothing is asked about values where there are no dimensions.
    for *value, dimension in execute(session, _VALUES_IN_ORDER) if rows else ():
        values.setdefault(dimension, []).append(_VALUES.of(value))
    return tuple(
        Dimension(row.code, row.name, row.required, row.active, tuple(values.get(row.code, ()))) for row in rows
    )


def save_dimension(session: Session, dimension: Dimension) -> None:
    """Keep a dimension, new or changed; its values stay as they are."""
    values = {"name": dimension.name, "required": dimension.required, "active": dimension.active}
    change = _DIMENSIONS.update().where(_OF.code == dimension.code).values(values)
    if not execute(session, change).rowcount:
        execute(session, _DIMENSIONS.insert().inline().values(code=dimension.code, **values))


def save_value(session: Session, dimension: str, value: DimensionValue) -> None:
    """Keep a value of a dimension, new or changed."""
    if not _VALUES.change(session, dimension, value.code, name=value.name, active=value.active):
        _VALUES.add(session, dimension=dimension, **flat(value))
