"""Queries for verification: what the rows say, without trusting any of it.

All is asked for a page at a time (`storage.work.asking`): what is asked reads, and who asks computes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlmodel import Session

from storage.books import settings_tables, tables
from storage.books.audit import entry_text
from storage.books.beside import Beside, beside_each
from storage.books.series import LostNumbers
from storage.queries.statements import execute, table_of
from storage.queries.tuples import after
from storage.work.asking import Ask, each

_PAGE = 200
_DOCUMENTS_PAGE = 50
"""Each with its content."""


@dataclass(frozen=True, slots=True)
class Totals:
    documents: int
    files: int
    audit_entries: int


@dataclass(frozen=True, slots=True)
class StatedDocument:
    position: int
    id: str
    kind: str
    number: str
    issue_date: date
    due_date: date
    customer_id: str
    customer_name: str
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    content: str
    canonical_version: int
    series: str
    period: str
    sequence: int
    issued_at: datetime
    issued_by: str
    algorithm: str
    previous_hash: str
    hash: str
    credits_id: str | None
    withheld_minor: int
    tax_point: date
    supply_date: date
    supply_end: date | None
    accounting_currency: str
    accounting_net_minor: int | None
    accounting_tax_minor: int | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    position: int
    previous_hash: str
    hash: str
    text: str


@dataclass(frozen=True, slots=True)
class Act:
    """What the audit trail says was done, with its detail as it was recorded."""

    act: str
    subject: str
    at: datetime
    by: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owing:
    """What counts of a document for what is owed, in minor units of `currency`."""

    number: str
    kind: str
    currency: str
    payable_minor: int
    credits_id: str | None
    issue_date: date


ISSUING = ("issue_invoice", "issue_credit_note")
DECIDING = "decide_approval"
SIGNING_POLICY = "sign_policy"
PRINTING = "store_pdf"
CREATING = "create_organization"
SAVED_PLAN, SAVED_HOURS = "save_plan", "save_hours"
SETTING = (
    "bring_back_books",
    "update_organization",
    "save_tax_code",
    "add_series",
    "continue_series",
    "save_configuration",
    "close_period",
    "open_period",
    SAVED_PLAN,
    "repeat_layer",
    "push_configuration",
    CREATING,
)
SETTING_MANDATES = ("acknowledge_mandate", "withdraw_mandate_acknowledgement")
IMPORTING_FORMER = "import_open_items"
SAVING = {
    "customers": ("save_customer", "import_customers", IMPORTING_FORMER),
    "items": ("save_item", "import_items"),
    "billing_hours": (SAVED_HOURS,),
}
"""The acts that save records, by the table of these."""
BRINGING_BACK = "bring_back_books"
PAYING = ("record_payment", "reverse_payment")


_OF = table_of(tables.DocumentRow).c
_ENTRY = table_of(tables.AuditEntry).c
_FILE = table_of(tables.StoredFile).c
_KEY = table_of(tables.IdempotencyKey).c
_SERIES = table_of(settings_tables.NumberSeries).c
_PERIOD = table_of(settings_tables.SeriesPeriod).c
_AFTER: BindParameter[object] = bindparam("after")


def _page(position: Any, *columns: Any, limit: int = _PAGE) -> Select[*tuple[Any, ...]]:
    """The next rows by a column that orders them, which comes first."""
    return select(position, *columns).where(position > _AFTER).order_by(position).limit(limit)


_STATED = _page(*(_OF[field.name] for field in fields(StatedDocument)), limit=_DOCUMENTS_PAGE)
_SAID = (_ENTRY.act, _ENTRY.subject, _ENTRY.at, _ENTRY.principal, _ENTRY.detail)
_ENTRIES = _page(_ENTRY.position, _ENTRY.previous_hash, _ENTRY.hash, *_SAID)
_ACTS = _page(_ENTRY.position, *_SAID).where(_ENTRY.act.in_(bindparam("names", expanding=True)))
_OWING = _page(
    _OF.position,
    _OF.id,
    _OF.number,
    _OF.kind,
    _OF.currency,
    _OF.total_minor - _OF.withheld_minor,
    _OF.credits_id,
    _OF.issue_date,
)
_CREDITING = _page(_OF.position, _OF.credits_id).where(_OF.credits_id.is_not(None))
_CONTENT = select(_OF.content).where(_OF.id == bindparam("invoice"))
_CREDITS = select(_OF.content).where(_OF.credits_id == bindparam("invoice")).order_by(_OF.position)
_PDFS = _page(_FILE.id, _FILE.document_id, _FILE.path, _FILE.sha256).where(_FILE.format == "pdf")
_REFERENCES = (
    select(_KEY.tool, _KEY.reference, _KEY.subject)
    .where(after((_KEY.tool, _KEY.reference), (bindparam("after_tool"), bindparam("after_reference"))))
    .order_by(_KEY.tool, _KEY.reference)
    .limit(_PAGE)
)
_BY_PERIOD = select(_OF.series, _OF.period, func.count(), func.min(_OF.sequence), func.max(_OF.sequence)).group_by(
    _OF.series, _OF.period
)
_BEGINS = select(_SERIES.code, _SERIES.first_period, _SERIES.first_sequence)
_PERIODS = select(_PERIOD.series, _PERIOD.period, _PERIOD.next_sequence)
_IN_SERIES = select(
    _OF.number,
    _OF.issue_date,
    _OF.series,
    _OF.period,
    _OF.sequence,
    func.lag(_OF.issue_date).over(partition_by=(_OF.series, _OF.period), order_by=_OF.sequence).label("before"),
).subquery()
_DATED_BACK = (
    select(_IN_SERIES.c.number)
    .where(_IN_SERIES.c.issue_date < _IN_SERIES.c.before)
    .order_by(_IN_SERIES.c.series, _IN_SERIES.c.period, _IN_SERIES.c.sequence)
    .limit(_PAGE)
)


def totals(session: Session) -> Totals:
    counts = (
        execute(session, select(func.count()).select_from(table_of(model))).scalar_one()
        for model in (tables.DocumentRow, tables.StoredFile, tables.AuditEntry)
    )
    return Totals(*counts)


Rows = list[tuple[Any, ...]]


def page_of(statement: Select[*tuple[Any, ...]], key: Any, session: Session, **values: Any) -> tuple[Any, Rows] | None:
    """The rows after a key, which is their first column, with the last one's; None where there are no more."""
    rows = [tuple(row) for row in execute(session, statement, {"after": key, **values})]
    return (rows[-1][0], rows) if rows else None


def document_rows(ask: Ask) -> Iterator[tuple[StatedDocument, Beside]]:
    """All documents in the order of the chain, each with the rows beside it."""
    for page in each(ask, _documents, 0):
        stated = [StatedDocument(*row) for row in page]
        yield from zip(stated, beside_each(ask, [one.id for one in stated]), strict=True)


def _documents(key: int, session: Session) -> tuple[int, list[Rows]] | None:
    page = page_of(_STATED, key, session)
    return (page[0], [page[1]]) if page else None


def audit_rows(ask: Ask) -> Iterator[AuditRow]:
    """All audit entries in the order of their chain, with the canonical text of what they say now."""
    for position, previous, link, act, subject, at, by, detail in each(ask, _entries, 0):
        yield AuditRow(position, previous, link, entry_text(at=at, by=by, act=act, subject=subject, detail=detail))


def _entries(key: int, session: Session) -> tuple[int, Rows] | None:
    return page_of(_ENTRIES, key, session)


def issued_hashes(ask: Ask) -> dict[str, tuple[str, str]]:
    """Number and hash of each document by its id, as the audit trail says that it was issued."""
    return {act.subject: (act.detail["number"], act.detail["hash"]) for act in acts(ask, *ISSUING)}


def acts(ask: Ask, *names: str) -> Iterator[Act]:
    """The acts of these names in the order of the audit trail."""
    for _, act, subject, at, by, detail in each(ask, partial(_acts, names), 0):
        yield Act(act, subject, at, by, json.loads(detail))


def _acts(names: tuple[str, ...], key: int, session: Session) -> tuple[int, Rows] | None:
    return page_of(_ACTS, key, session, names=names)


def owings(ask: Ask) -> dict[str, Owing]:
    """What counts of each document for what is owed, by its id."""
    return {document_id: Owing(*row) for _, document_id, *row in each(ask, _owings, 0)}


def _owings(key: int, session: Session) -> tuple[int, Rows] | None:
    return page_of(_OWING, key, session)


def credited_invoices(ask: Ask) -> Iterator[tuple[str | None, list[str]]]:
    """The text of each invoice that credit notes name, in the order of the first of these, and their texts."""
    seen: set[str] = set()
    for _, invoice_id in each(ask, _crediting, 0):
        if invoice_id not in seen:
            seen.add(invoice_id)
            yield ask(partial(_credited, invoice_id))


def _crediting(key: int, session: Session) -> tuple[int, Rows] | None:
    return page_of(_CREDITING, key, session)


def _credited(invoice_id: str, session: Session) -> tuple[str | None, list[str]]:
    of = {"invoice": invoice_id}
    return execute(session, _CONTENT, of).scalar(), list(execute(session, _CREDITS, of).scalars())


def series_problems(ask: Ask) -> Iterator[str]:
    """Numbers of a series that are missing, or taken without a document. Lost ones that are on record are neither."""
    by_period, beginnings, periods = ask(_numbers)
    found = {(series, period): numbers for series, period, *numbers in by_period}
    begins = {(code, first_period): first for code, first_period, first in beginnings}
    lost = _lost_by_period(ask)
    for series, period, next_sequence in periods:
        key = (series, period)
        begin = begins.get(key, 1)
        count, first, last = found.pop(key, (0, begin, begin - 1))
        name = f"series {series} {period}".rstrip()
        lost_count = sum(one.last - one.first + 1 for one in lost.get(key, ()))
        reached = max([last, *(one.last for one in lost.get(key, ()))])
        if (
            min([first, *(one.first for one in lost.get(key, ()))]) != begin
            or count + lost_count != reached - begin + 1
        ):
            yield f"{name}: {count} documents between numbers {first} and {last}; some are missing"
        if next_sequence != reached + 1:
            yield f"{name}: the next number is {next_sequence}, but the last that was given out is {reached}"
    for series, period in found:
        yield f"series {series} {period}: it has documents but no record of its numbers"


def _numbers(session: Session) -> tuple[Rows, Rows, Rows]:
    by_period, begins, periods = (
        [tuple(row) for row in execute(session, statement)] for statement in (_BY_PERIOD, _BEGINS, _PERIODS)
    )
    return by_period, begins, periods


def lost_numbers(ask: Ask) -> list[tuple[Act, LostNumbers]]:
    """The numbers that were given out and lost, as those said who brought the books back."""
    return [(act, LostNumbers(*one)) for act in acts(ask, BRINGING_BACK) for one in act.detail["numbers"]]


def _lost_by_period(ask: Ask) -> dict[tuple[str, str], list[LostNumbers]]:
    found: dict[tuple[str, str], list[LostNumbers]] = {}
    for _, one in lost_numbers(ask):
        found.setdefault((one.series, one.period), []).append(one)
    return found


def date_problems(ask: Ask) -> Iterator[str]:
    """Documents that are dated before the number before them in their series and period."""
    for number in ask(_dated_back):
        yield f"document {number}: it is dated before an earlier number of its series"


def _dated_back(session: Session) -> list[str]:
    return list(execute(session, _DATED_BACK).scalars())


def references(ask: Ask) -> Iterator[tuple[str, str, str]]:
    """Tool, reference and subject of everything that a retry would find."""
    return each(ask, _references, ("", ""))


def _references(key: tuple[str, str], session: Session) -> tuple[tuple[str, str], list[tuple[str, str, str]]] | None:
    values = {"after_tool": key[0], "after_reference": key[1]}
    rows = [(row[0], row[1], row[2]) for row in execute(session, _REFERENCES, values)]
    return (rows[-1][:2], rows) if rows else None


def stored_pdfs(ask: Ask) -> dict[str, tuple[str, str]]:
    """Path and SHA-256 sum of the stored PDF of each document, by the document's id."""
    return {document_id: (path, sha256) for _, document_id, path, sha256 in each(ask, _pdfs, "")}


def _pdfs(key: str, session: Session) -> tuple[str, Rows] | None:
    return page_of(_PDFS, key, session)
