"""Column types, and texts that are JSON, whose form differs between databases, in one place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from invoicing.money.amounts import plain


class DecimalText(TypeDecorator[Decimal]):
    """A decimal kept as its plain text, because SQLite would make a binary float of a number."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else plain(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonOf(FunctionElement[Any]):
    """What a column of text says in JSON, for the database's own functions; SQLite reads the text as it is."""

    name = "json_of"
    type = JSON()
    inherit_cache = True


@compiles(JsonOf)
def _as_it_is(element: JsonOf, compiler: Any, **given: Any) -> str:
    said: str = compiler.process(element.clauses, **given)
    return said
