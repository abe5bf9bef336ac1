"""Anchors: how far each organization's chains had come, kept in the directory, outside the books that they guard.

A set of books can be cut or put back in ways that leave it sound in itself: its last documents are gone, and their
numbers would be given out again. The anchor knows that they were there. It is compared when books are opened, by
`verify` and by `doctor`, and it only ever moves forward: nothing makes it anew from the books, but the named act with
which somebody answers for what was lost (`operations/recovery.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import Session

from invoicing.refusals import Conflict
from storage.books import settings_tables, tables
from storage.books.audit import entries_end
from storage.books.documents import documents_end, next_sequence
from storage.directory import tables as directory_tables
from storage.faults.kinds import Fault
from storage.queries.statements import execute, flat, table_of
from storage.sqlite.engines import DamagedStore


class LostBooks(DamagedStore):
    """The books end before what the directory knows of them, or are others: something of them was lost."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, Fault.LOST)


@dataclass(frozen=True, slots=True)
class Number:
    """The highest number of a series and period, and the first one, by their sequences; and what the series is."""

    series: str
    period: str
    sequence: int
    first: int = 1
    kind: str = ""
    pattern: str = ""


class NoAnchor(Enum):
    """Why there is no anchor: books that were there before anchors were have none yet, and any other has lost it."""

    NOT_YET = "not yet"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class End:
    """The end of a chain: the position of its last link, 0 where there is none, and that link's hash."""

    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the chains of an organization's books end, and the highest numbers that its documents have.

    Of the books these are the numbers after a position that is known; of an anchor they are all.
    """

    documents: End
    entries: End
    numbers: tuple[Number, ...] = ()


_ANCHORS = table_of(directory_tables.Anchor)
_NUMBERS = table_of(directory_tables.AnchoredNumber)
_OF: BindParameter[str] = bindparam("of")
_ANCHOR = select(_ANCHORS.c.documents, _ANCHORS.c.documents_hash, _ANCHORS.c.entries, _ANCHORS.c.entries_hash).where(
    _ANCHORS.c.organization_id == _OF
)
_ANCHORED = (
    select(
        _NUMBERS.c.series,
        _NUMBERS.c.period,
        _NUMBERS.c.sequence,
        _NUMBERS.c.first,
        _NUMBERS.c.kind,
        _NUMBERS.c.pattern,
    )
    .where(_NUMBERS.c.organization_id == _OF)
    .order_by(_NUMBERS.c.series, _NUMBERS.c.period)
)
_ENTRIES_OF = select(_ANCHORS.c.organization_id, _ANCHORS.c.entries, _ANCHORS.c.entries_hash).where(
    _ANCHORS.c.organization_id.in_(bindparam("ids", expanding=True)), _ANCHORS.c.entries.is_not(None)
)
_ADD = _ANCHORS.insert().inline()
_MOVE = _ANCHORS.update().where(_ANCHORS.c.organization_id == _OF)
_FORWARD = _MOVE.where(func.coalesce(_ANCHORS.c.entries, -1) < bindparam("further_than"))
_THIS_NUMBER = _NUMBERS.update().where(
    _NUMBERS.c.organization_id == _OF,
    _NUMBERS.c.series == bindparam("of_series"),
    _NUMBERS.c.period == bindparam("of_period"),
)
_ADD_NUMBER = _NUMBERS.insert().inline()

_DOCUMENTS = table_of(tables.DocumentRow).c
_ENTRIES = table_of(tables.AuditEntry).c
_SERIES = table_of(settings_tables.NumberSeries).c
_DOCUMENT_AT = select(_DOCUMENTS.hash).where(_DOCUMENTS.position == bindparam("position"))
_ENTRY_AT = select(_ENTRIES.hash).where(_ENTRIES.position == bindparam("position"))
_NUMBERS_AFTER = (
    select(
        _DOCUMENTS.series,
        _DOCUMENTS.period,
        func.max(_DOCUMENTS.sequence),
        func.min(_DOCUMENTS.sequence),
        _SERIES.kind,
        _SERIES.pattern,
    )
    .join_from(_DOCUMENTS.id.table, _SERIES.code.table, _SERIES.code == _DOCUMENTS.series)
    .where(_DOCUMENTS.position > bindparam("position"))
    .group_by(_DOCUMENTS.series, _DOCUMENTS.period, _SERIES.kind, _SERIES.pattern)
)


def ends_of_books(session: Session, *, after: int = 0) -> Ends:
    """Where the chains of these books end, with the highest numbers of the documents after position `after`."""
    documents = End(*documents_end(session))
    numbers: tuple[Number, ...] = ()
    if documents.position > after:
        numbers = tuple(Number(*row) for row in execute(session, _NUMBERS_AFTER, {"position": after}))
    return Ends(documents, End(*entries_end(session)), numbers)


def loss_of_books(session: Session, anchor: Ends) -> str:
    """What these books have lost of what the anchor knows, in words for the operator; empty where all is there."""
    for name, there, known, at in (
        ("document", End(*documents_end(session)), anchor.documents, _DOCUMENT_AT),
        ("entry of the audit trail", End(*entries_end(session)), anchor.entries, _ENTRY_AT),
    ):
        if there.position < known.position:
            return f"the last {name} is the {there.position}. where there had been {known.position}"
        if known.position and execute(session, at, {"position": known.position}).scalar() != known.hash:
            return f"the {known.position}. {name} is not the one that had been there"
    for number in anchor.numbers:
        if next_sequence(session, number.series, number.period) <= number.sequence:
            series = f"{number.series} {number.period}".rstrip()
            return f"series {series} would give out numbers again: it had come to {number.sequence}"
    return ""


def anchor_of(session: Session, organization_id: str) -> Ends | NoAnchor:
    """What the directory knows of the organization's chains."""
    row = execute(session, _ANCHOR, {"of": organization_id}).first()
    if row is None:
        return NoAnchor.LOST
    if row.documents is None:
        return NoAnchor.NOT_YET
    numbers = anchored_numbers(session, organization_id)
    return Ends(End(row.documents, row.documents_hash), End(row.entries, row.entries_hash), numbers)


def anchored_numbers(session: Session, organization_id: str) -> tuple[Number, ...]:
    """The numbers of the organization that the directory knows, also where its anchor is lost."""
    return tuple(Number(*row) for row in execute(session, _ANCHORED, {"of": organization_id}))


def anchored_entries(session: Session, organization_ids: Iterable[str]) -> dict[str, End]:
    """Where the audit trails of these organizations end, as far as they are anchored."""
    found = execute(session, _ENTRIES_OF, {"ids": list(organization_ids)})
    return {row[0]: End(row[1], row[2]) for row in found}


def add_anchor(session: Session, organization_id: str, ends: Ends) -> None:
    """The anchor of books that were just made."""
    execute(session, _ADD, {"organization_id": organization_id, **_values(ends)})


def move_forward(session: Session, ends: Mapping[str, Ends]) -> None:
    """Move the anchors of these organizations forward; one that is further already stays."""
    for organization_id, one in ends.items():
        values = {"of": organization_id, "further_than": one.entries.position, **_values(one)}
        execute(session, _FORWARD, values)
        _keep_numbers(session, organization_id, one.numbers)


def set_anchor(session: Session, organization_id: str, ends: Ends, *, known: Ends | NoAnchor) -> None:
    """Let the anchor follow the books, backwards too, where it still is what was `known`. The numbers stay anchored.

    For the named act alone with which somebody answers for what was lost.
    """
    if anchor_of(session, organization_id) != known:
        raise Conflict("The books were changed at the same moment: stop every server, and repeat it.")
    if not execute(session, _MOVE, {"of": organization_id, **_values(ends)}).rowcount:
        add_anchor(session, organization_id, ends)
    _keep_numbers(session, organization_id, ends.numbers)


def highest(numbers: Iterable[Number]) -> tuple[Number, ...]:
    """The highest and the first number of each series and period."""
    found: dict[tuple[str, str], Number] = {}
    for number in numbers:
        other = found.setdefault((number.series, number.period), number)
        further = number if number.sequence > other.sequence else other
        found[number.series, number.period] = replace(further, first=min(number.first, other.first))
    return tuple(found.values())


def _values(ends: Ends) -> dict[str, object]:
    return {
        "documents": ends.documents.position,
        "documents_hash": ends.documents.hash,
        "entries": ends.entries.position,
        "entries_hash": ends.entries.hash,
    }


def _keep_numbers(session: Session, organization_id: str, numbers: Iterable[Number]) -> None:
    known = {(row[0], row[1]): row[2] for row in execute(session, _ANCHORED, {"of": organization_id})}
    for number in highest(numbers):
        key = (number.series, number.period)
        if key not in known:
            execute(session, _ADD_NUMBER, {"organization_id": organization_id, **flat(number)})
        elif known[key] < number.sequence:
            values = {"of": organization_id, "of_series": key[0], "of_period": key[1], "sequence": number.sequence}
            execute(session, _THIS_NUMBER, values)
