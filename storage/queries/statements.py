"""Statements that are put together once and run past the ORM, which would cost most of a call's time.

The tables stay the only description of what is kept: columns are named by them, values by the fields of a dataclass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from sqlalchemy import CursorResult, Executable, Insert, Select, Table, bindparam, select, update
from sqlmodel import Session, SQLModel

from storage.queries.cache import forget_if_changed
from storage.work.budget import check_budget
from storage.work.stopping import stop_if_wished

T = TypeVar("T")

STATEMENTS_KEPT = 128
"""How many statements a list keeps of those that it put together for what was asked for."""

FEW = 2
"""Up to so many rows are asked for one by one, which costs less than a statement whose length varies."""

Values = Mapping[str, Any]


def table_of(model: type[SQLModel]) -> Table:
    """The table that a model describes."""
    found: Table = model.__table__  # type: ignore[attr-defined]  # Every table of SQLModel has one.
    return found


def execute(
    session: Session, statement: Executable, values: Values | Sequence[Values] = ()
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement in the session's transaction; what the session holds back must be flushed before."""
    check_budget(session)
    stop_if_wished(session)
    forget_if_changed(session, statement)
    return session.connection().execute(statement, values or None)


def insert_rows(session: Session, statement: Insert, rows: Iterable[Values]) -> None:
    """Add rows, in one batch; none is no error."""
    batch = list(rows)
    if batch:
        execute(session, statement, batch)


def flat(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that holds no other."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


class Kept(Generic[T]):
    """The values of a dataclass, kept in a table whose columns have the names of its fields.

    `kinds` are the fields whose values are made from what the column holds, such as a member of an enumeration.
    """

    def __init__(self, model: type[SQLModel], value: type[T], **kinds: Any) -> None:
        self.table = table_of(model)
        self._value = value
        names = [field.name for field in fields(value)]  # type: ignore[arg-type]  # A dataclass.
        self._kinds = tuple((names.index(name), kind) for name, kind in kinds.items())
        self.all: Select[*tuple[Any, ...]] = select(*(self.table.c[name] for name in names))
        self._keys = tuple(column.name for column in self.table.primary_key)
        self._one = self.all
        self._change = update(self.table)
        for name in self._keys:
            self._one = self._one.where(self.table.c[name] == bindparam(f"key_{name}"))
            self._change = self._change.where(self.table.c[name] == bindparam(f"key_{name}"))
        self._some = self.all.where(next(iter(self.table.primary_key)).in_(bindparam("ids", expanding=True)))
        self._add = self.table.insert().inline()

    def of(self, row: Sequence[Any]) -> T:
        """The value of a row of `all`."""
        if not self._kinds:
            return self._value(*row)
        values = list(row)
        for index, kind in self._kinds:
            values[index] = kind(values[index])
        return self._value(*values)

    def get(self, session: Session, *key: Any) -> T | None:
        """The value with this primary key."""
        row = execute(session, self._one, self._named(key)).first()
        return None if row is None else self.of(row)

    def by_ids(self, session: Session, ids: Iterable[str]) -> dict[str, T]:
        """Those of the values that there are, by their ids, the primary key."""
        wanted = sorted(set(ids))
        if len(wanted) > FEW:
            several = self.find(session, self._some, ids=wanted)
            return {getattr(value, self._keys[0]): value for value in several}
        found = {one: self.get(session, one) for one in wanted}
        return {one: value for one, value in found.items() if value is not None}

    def find(self, session: Session, statement: Select[*tuple[Any, ...]], **values: Any) -> list[T]:
        """The values of the rows of a statement that was made from `all`."""
        return [self.of(row) for row in execute(session, statement, values)]

    def add(self, session: Session, **values: Any) -> None:
        """Add a row; columns that are not named take their table's defaults."""
        execute(session, self._add, values)

    def change(self, session: Session, *key: Any, **values: Any) -> bool:
        """Change the row with this primary key; false where there is none."""
        return execute(session, self._change, {**values, **self._named(key)}).rowcount > 0

    def _named(self, key: tuple[Any, ...]) -> dict[str, Any]:
        return {f"key_{name}": value for name, value in zip(self._keys, key, strict=True)}
