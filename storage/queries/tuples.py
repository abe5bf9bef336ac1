"""Row-value comparison, for pages that begin after a position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, tuple_


def after(columns: Sequence[Any], position: Sequence[Any]) -> ColumnElement[bool]:
    """Rows whose `columns`, in this order, come after `position`."""
    return tuple_(*columns) > tuple_(*position)


def before(columns: Sequence[Any], position: Sequence[Any]) -> ColumnElement[bool]:
    """Rows whose `columns`, in this order, come before `position`: the next page of a newest-first list."""
    return tuple_(*columns) < tuple_(*position)
