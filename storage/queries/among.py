"""Rows of very many ids: a list whose length varies is put into the text of a statement anew each time, which costs
more than the rows do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import BindParameter, ColumnElement, bindparam

AT_ONCE = 500
_IDS: tuple[BindParameter[str], ...] = tuple(bindparam(f"id_{number}") for number in range(AT_ONCE))
_NAMES = tuple(one.key for one in _IDS)


def among_many(column: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the column is one of the ids of a batch of `batches_of`."""
    return column.in_(_IDS)


def batches_of(ids: Sequence[str]) -> Iterator[dict[str, str]]:
    """The ids as values of statements with `among_many`, so many at once; the last batch names one of them again."""
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        padded = (*batch, *[batch[-1]] * (AT_ONCE - len(batch)))
        yield dict(zip(_NAMES, padded, strict=True))
