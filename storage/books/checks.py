"""Queries for verification: what the rows say, without trusting any of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, SQLModel, col, select

from storage.books import settings_tables, tables
from storage.books.audit import entry_text
from storage.books.series import LostNumbers
from storage.books.total_tables import CommunitySupply
from storage.queries.statements import execute, table_of

_BATCH = 500


def _of_document(model: type[SQLModel]) -> Select[*tuple[Any, ...]]:
    """The rows that a document has in a table, in the order of their positions."""
    table = table_of(model)
    return sql_select(table).where(table.c.document_id == bindparam("document")).order_by(*table.primary_key.columns)


_LINES, _TAXES = _of_document(tables.DocumentLine), _of_document(tables.DocumentTax)
_TAX_PARTS, _COMMUNITY = _of_document(tables.DocumentTaxPart), _of_document(CommunitySupply)


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


ISSUING = ("issue_invoice", "issue_credit_note")
PRINTING = "store_pdf"
CREATING = "create_organization"
SETTING = (
    "bring_back_books",
    "update_organization",
    "save_tax_code",
    "add_series",
    "continue_series",
    "save_configuration",
    "close_period",
    "open_period",
    CREATING,
)
SETTING_MANDATES = ("acknowledge_mandate", "withdraw_mandate_acknowledgement")
SAVING = {"customers": ("save_customer", "import_customers"), "items": ("save_item", "import_items")}
"""The acts that save records, by the table of these."""
BRINGING_BACK = "bring_back_books"
PAYING = ("record_payment", "reverse_payment")


def totals(session: Session) -> Totals:
    return Totals(
        documents=session.exec(select(func.count()).select_from(tables.DocumentRow)).one(),
        files=session.exec(select(func.count()).select_from(tables.StoredFile)).one(),
        audit_entries=session.exec(select(func.count()).select_from(tables.AuditEntry)).one(),
    )


def document_rows(session: Session) -> Iterator[StatedDocument]:
    """All documents in the order of the chain."""
    query = select(tables.DocumentRow).order_by(col(tables.DocumentRow.position))
    for row in session.exec(query.execution_options(yield_per=_BATCH)):
        yield StatedDocument(**{name: getattr(row, name) for name in StatedDocument.__slots__})


def audit_rows(session: Session) -> Iterator[AuditRow]:
    """All audit entries in the order of their chain, with the canonical text of what they say now."""
    query = select(tables.AuditEntry).order_by(col(tables.AuditEntry.position))
    for row in session.exec(query.execution_options(yield_per=_BATCH)):
        text = entry_text(at=row.at, by=row.principal, act=row.act, subject=row.subject, detail=row.detail)
        yield AuditRow(row.position, row.previous_hash, row.hash, text)


def issued_hashes(session: Session) -> dict[str, tuple[str, str]]:
    """Number and hash of each document by its id, as the audit trail says that it was issued."""
    return {act.subject: (act.detail["number"], act.detail["hash"]) for act in acts(session, *ISSUING)}


def acts(session: Session, *names: str) -> Iterator[Act]:
    """The acts of these names in the order of the audit trail."""
    query = (
        select(tables.AuditEntry).where(col(tables.AuditEntry.act).in_(names)).order_by(col(tables.AuditEntry.position))
    )
    for row in session.exec(query.execution_options(yield_per=_BATCH)):
        yield Act(row.act, row.subject, row.at, row.principal, json.loads(row.detail))


def owings(session: Session) -> dict[str, Owing]:
    """What counts of each document for what is owed, by its id."""
    table: Any = tables.DocumentRow
    payable = table.total_minor - table.withheld_minor
    query = sql_select(table.id, table.number, table.kind, table.currency, payable, table.credits_id)
    return {document_id: Owing(*row) for document_id, *row in session.execute(query)}


def credited_invoices(session: Session) -> list[str]:
    """The ids of the invoices that credit notes name, in the order of the first of these."""
    table: Any = tables.DocumentRow
    query = sql_select(table.credits_id).where(table.credits_id.is_not(None)).group_by(table.credits_id)
    return list(session.execute(query.order_by(func.min(table.position))).scalars())


def line_rows(session: Session, document_id: str) -> list[dict[str, Any]]:
    """What the line rows of a document say, in the order of the lines."""
    return _rows(session, _LINES, document_id)


def tax_rows(session: Session, document_id: str) -> list[dict[str, Any]]:
    return _rows(session, _TAXES, document_id)


def tax_part_rows(session: Session, document_id: str) -> list[dict[str, Any]]:
    return _rows(session, _TAX_PARTS, document_id)


def community_rows(session: Session, document_id: str) -> list[dict[str, Any]]:
    return _rows(session, _COMMUNITY, document_id)


def _rows(session: Session, statement: Select[*tuple[Any, ...]], document_id: str) -> list[dict[str, Any]]:
    return [dict(row) for row in execute(session, statement, {"document": document_id}).mappings()]


def series_problems(session: Session) -> Iterator[str]:
    """Numbers of a series that are missing, or taken without a document. Lost ones that are on record are neither."""
    table: Any = tables.DocumentRow
    query = sql_select(table.series, table.period, func.count(), func.min(table.sequence), func.max(table.sequence))
    found = {
        (series, period): (count, first, last)
        for series, period, count, first, last in session.execute(query.group_by(table.series, table.period))
    }
    begins = {
        (row.code, row.first_period): row.first_sequence for row in session.exec(select(settings_tables.NumberSeries))
    }
    lost = _lost_by_period(session)
    for row in session.exec(select(settings_tables.SeriesPeriod)):
        key = (row.series, row.period)
        begin = begins.get(key, 1)
        count, first, last = found.pop(key, (0, begin, begin - 1))
        name = f"series {row.series} {row.period}".rstrip()
        lost_count = sum(one.last - one.first + 1 for one in lost.get(key, ()))
        reached = max([last, *(one.last for one in lost.get(key, ()))])
        if (
            min([first, *(one.first for one in lost.get(key, ()))]) != begin
            or count + lost_count != reached - begin + 1
        ):
            yield f"{name}: {count} documents between numbers {first} and {last}; some are missing"
        if row.next_sequence != reached + 1:
            yield f"{name}: the next number is {row.next_sequence}, but the last that was given out is {reached}"
    for series, period in found:
        yield f"series {series} {period}: it has documents but no record of its numbers"


def lost_numbers(session: Session) -> list[tuple[Act, LostNumbers]]:
    """The numbers that were given out and lost, as those said who brought the books back."""
    return [(act, LostNumbers(*one)) for act in acts(session, BRINGING_BACK) for one in act.detail["numbers"]]


def _lost_by_period(session: Session) -> dict[tuple[str, str], list[LostNumbers]]:
    found: dict[tuple[str, str], list[LostNumbers]] = {}
    for _, one in lost_numbers(session):
        found.setdefault((one.series, one.period), []).append(one)
    return found


def date_problems(session: Session) -> Iterator[str]:
    """Documents that are dated before an earlier number of their series and period."""
    table: Any = tables.DocumentRow
    query = sql_select(table.series, table.period, table.number, table.issue_date)
    rows = session.execute(
        query.order_by(table.series, table.period, table.sequence).execution_options(yield_per=_BATCH)
    )
    before: tuple[str, str, date] = ("", "", date.min)
    for series, period, number, issue_date in rows:
        if (series, period) == before[:2] and issue_date < before[2]:
            yield f"document {number}: it is dated before an earlier number of its series"
        before = (series, period, issue_date)


def references(session: Session) -> list[tuple[str, str, str]]:
    """Tool, reference and subject of everything that a retry would find."""
    key: Any = tables.IdempotencyKey
    query = sql_select(key.tool, key.reference, key.subject).order_by(key.tool, key.reference)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def stored_pdfs(session: Session) -> dict[str, tuple[str, str]]:
    """Path and SHA-256 sum of the stored PDF of each document, by the document's id."""
    file: Any = tables.StoredFile
    query = sql_select(file.document_id, file.path, file.sha256).where(file.format == "pdf")
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}
