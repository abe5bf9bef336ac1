"""Queries on number series: which there are, how they count, and where one goes on from a former system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from sqlalchemy import bindparam, exists, select
from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.master_data.records import Series
from storage.books import settings_tables, tables
from storage.books.documents import next_sequence
from storage.queries.statements import Kept, execute, insert_rows, table_of

SERIES = Kept(settings_tables.NumberSeries, Series, kind=DocumentKind)


@dataclass(frozen=True, slots=True)
class KeptSeries:
    """A series as it is kept: `usual` where documents of its kind draw from it unless another is named.

    `first_sequence` is the number with which it went on from a former system in `first_period`, else 1.
    """

    series: Series
    usual: bool
    first_sequence: int
    first_period: str


@dataclass(frozen=True, slots=True)
class LostNumbers:
    """Numbers of a series and period, first to last, that were given out to documents that are lost."""

    series: str
    period: str
    first: int
    last: int


_TABLE = SERIES.table
_TYPES = table_of(settings_tables.TransactionType)
_PERIODS = table_of(settings_tables.SeriesPeriod)
_DOCUMENTS = table_of(tables.DocumentRow)
_IN_ORDER = SERIES.all.order_by(_TABLE.c.code)
_USUAL = exists().where(_TYPES.c.series == _TABLE.c.code, _TYPES.c.kind == _TABLE.c.kind)
_KEPT = SERIES.all.add_columns(_USUAL, _TABLE.c.first_sequence, _TABLE.c.first_period).order_by(_TABLE.c.code)
_FIRST_PERIOD = select(_TABLE.c.first_period).where(_TABLE.c.code == bindparam("series"))
_HAS_DOCUMENTS = select(_DOCUMENTS.c.id).where(_DOCUMENTS.c.series == bindparam("series")).limit(1)
_SET_NEXT = _PERIODS.update().where(
    _PERIODS.c.series == bindparam("of_series"), _PERIODS.c.period == bindparam("of_period")
)
_ADD = _TABLE.insert().inline()
_ADD_PERIOD = _PERIODS.insert().inline()
_WIDTH = len(fields(Series))


def load_series(session: Session) -> list[Series]:
    """All series by code."""
    return SERIES.find(session, _IN_ORDER)


def kept_series(session: Session) -> list[KeptSeries]:
    """All series by code, with how they are used and began."""
    return [
        KeptSeries(SERIES.of(row[:_WIDTH]), bool(row[_WIDTH]), *row[_WIDTH + 1 :]) for row in execute(session, _KEPT)
    ]


def save_series(session: Session, series: Iterable[Series], *, usual: bool = True) -> None:
    """Add new series; `usual` says that they are meant for all documents of their kind."""
    rows = (
        {
            "code": one.code,
            "kind": one.kind.value,
            "pattern": one.pattern,
            "is_default": usual,
            "first_sequence": 1,
            "first_period": "",
        }
        for one in series
    )
    insert_rows(session, _ADD, rows)


def first_period(session: Session, series: str) -> str:
    """The period in which the series went on from a former system; empty where it began here."""
    return str(execute(session, _FIRST_PERIOD, {"series": series}).scalar() or "")


def has_documents(session: Session, series: str) -> bool:
    """Whether a document of this series was issued."""
    return execute(session, _HAS_DOCUMENTS, {"series": series}).first() is not None


def continue_series(session: Session, series: str, period: str, next_sequence: int) -> None:
    """Let a series that has no document yet begin in this period with this sequence number."""
    SERIES.change(session, series, first_sequence=next_sequence, first_period=period)
    execute(session, _ADD_PERIOD, {"series": series, "period": period, "next_sequence": next_sequence})


def go_on_above(session: Session, series: Series, period: str, sequence: int, *, first: int) -> LostNumbers | None:
    """Let a series go on above a number that was given out in this period, and answer which ones are lost by that;
    None where it is above it already. `first` was the first of the period. A series that is lost itself is made again.
    """
    code = series.code
    following = next_sequence(session, code, period)
    if following > sequence:
        return None
    if following > 1:
        execute(session, _SET_NEXT, {"of_series": code, "of_period": period, "next_sequence": sequence + 1})
        return LostNumbers(code, period, following, sequence)
    # A period is on record from its first number on, and this one is not.
    if SERIES.get(session, code) is None:
        save_series(session, [series], usual=False)
    if first > 1:
        # It had gone on from a former system.
        SERIES.change(session, code, first_sequence=first, first_period=period)
    execute(session, _ADD_PERIOD, {"series": code, "period": period, "next_sequence": sequence + 1})
    return LostNumbers(code, period, first, sequence)
