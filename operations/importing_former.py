"""Importing documents of a former system: its open items, and its history.

Nothing is issued: each row is a record that keeps its number, and what was open of it on the opening day is owed here
from then on. Its tax and revenue were declared there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from invoicing.document.documents import DocumentKind
from invoicing.document.former_records import FORMER_PREFIX
from invoicing.importing.tables import Problem
from invoicing.importing.values import ReadRow
from invoicing.importing.vocabulary import document_kind_of
from invoicing.master_data.profiles import Profile
from invoicing.master_data.records import Customer
from invoicing.money.amounts import check_amount, check_currency, exact_minor, money_text
from invoicing.refusals import Conflict, InvalidInput, Refusal
from invoicing.remedies import Act, Remark
from invoicing.text.typed import clean_line, clean_text, counted
from operations.former_customers import FormerCustomers
from operations.imported import Import, Imported, ImportedRow, Outcome
from operations.importing_series import numbers_to_come
from operations.issue_dates import closed_refusal, today_in
from storage.books import audit, customers
from storage.books.chart import account, accounts
from storage.books.checks import IMPORTING_FORMER
from storage.books.former_documents import (
    FormerDocument,
    add_former_documents,
    former_by_numbers,
    issued_numbers,
    worth_of,
)
from storage.books.payments import posting_of_kind
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.states import record_states
from storage.ids import new_id
from storage.work.stopping import stop_if_wished

_BALANCE_SHEET = frozenset({"asset", "liability", "equity"})
_EARLIEST = date(2000, 1, 1)
_CANDIDATES_MAX = 10


@dataclass(frozen=True, slots=True)
class _Opening:
    """What the import says of all its rows."""

    day: date
    account: str
    import_id: str


@dataclass(frozen=True, slots=True)
class _Planned:
    """A row with the document that it becomes, and the customer that is made for it; None where nothing is kept."""

    row: ImportedRow
    document: FormerDocument | None = None
    customer: Customer | None = None


async def import_former(books: Books, wanted: Import) -> Imported:
    """Check every row; if all are in order and it is no dry run, keep them as one transaction.

    Raises:
        InvalidInput: no opening day or account, or none that can be; no column that says what is open.
        Conflict: the opening day lies in a period that is closed.
    """
    if wanted.columns.fields.isdisjoint({"open", "paid"}):
        raise InvalidInput(
            "There is no column open or paid: what is still open of each document must be said, 0 if it is settled.",
            field="file",
            remedy=Act.MAP_COLUMNS,
        )
    if wanted.dry_run:
        return await books.read(lambda db: _dry_run(db, books, wanted), size=len(wanted.rows))
    return await books.write(lambda db: _plan_and_keep(db, books, wanted), size=len(wanted.rows))


def _dry_run(db: Session, books: Books, wanted: Import) -> Imported:
    return _imported(db, _plan(db, books, wanted), wanted, written=False)


def _plan_and_keep(db: Session, books: Books, wanted: Import) -> Imported:
    planned = _plan(db, books, wanted)
    if any(one.row.outcome is Outcome.REFUSED for one in planned):
        return _imported(db, planned, wanted, written=False)
    documents = [one.document for one in planned if one.document is not None]
    if not documents:
        return _imported(db, planned, wanted, written=True)
    made = [one.customer for one in planned if one.customer is not None]
    customers.add_customers(db, made, now=books.clock())
    hashes = add_former_documents(
        db, documents, organization_id=books.organization.id, books_currency=load_profile(db).currency
    )
    found = _imported(db, planned, wanted, written=True)
    detail = {
        "file": wanted.file_name,
        "sha256": wanted.sha256,
        "opening_day": documents[0].opening_day.isoformat(),
        "opening_account": wanted.opening_account.strip(),
        **found.counts,
        "documents": hashes,
        "states": record_states(db, "customers", [one.id for one in made]),
    }
    audit.record(db, IMPORTING_FORMER, documents[0].import_id, at=books.clock(), by=books.actor, detail=detail)
    return found


def _plan(db: Session, books: Books, wanted: Import) -> list[_Planned]:
    profile = load_profile(db)
    opening = _opening(db, books, wanted)
    numbers = list(_numbers(wanted.rows))
    plan = _Plan(
        db=db,
        books=books,
        profile=profile,
        opening=opening,
        headings={column.field: column.heading for column in wanted.columns.known},
        known=former_by_numbers(db, numbers),
        issued=issued_numbers(db, numbers),
    )
    return [plan.row(row) for row in wanted.rows]


def _numbers(rows: Sequence[ReadRow]) -> Iterator[str]:
    """The numbers that rows say, as they are kept; one that none can be is refused where its row is read."""
    for row in rows:
        with suppress(Refusal):
            yield _number(row.values)


def _number(values: Mapping[str, Any]) -> str:
    return clean_line(str(values.get("number", "")), field="number", limit=100)


def _opening(db: Session, books: Books, wanted: Import) -> _Opening:
    day, number = wanted.opening_day, wanted.opening_account.strip()
    if day is None:
        raise InvalidInput(
            "opening_day is required: the day from which on the open items are owed here, mostly the first of a year"
            " or month.",
            field="opening_day",
            remedy=Act.SAY_OPENING,
        )
    today = today_in(db, books)
    if day > today:
        raise InvalidInput(f"opening_day {day.isoformat()} lies after today, {today.isoformat()}.", field="opening_day")
    if day < _EARLIEST:
        raise InvalidInput(
            f"opening_day {day.isoformat()} lies before {_EARLIEST.isoformat()}, since when payments are recorded.",
            field="opening_day",
        )
    if closed := closed_refusal(db, day, field="opening_day"):
        raise closed
    found = account(db, number) if number else None
    if found is None or not found.active or found.type not in _BALANCE_SHEET:
        chart = [one for one in accounts(db) if one.active and one.type == "equity"]
        because = f"{number} is no account of the balance sheet in use here" if number else "it is required"
        raise InvalidInput(
            f"opening_account: {because}. It takes the other side of what is receivable, as the opening balance of the"
            " books has it.",
            field="opening_account",
            candidates=[f"{one.number} {one.name}" for one in chart[:_CANDIDATES_MAX]],
            remedy=Act.SAY_OPENING,
        )
    if number in _receivable(db).values():
        raise InvalidInput(
            f"opening_account: on {number} stands what is receivable itself. Its other side is another account, such as"
            " that of opening balances.",
            field="opening_account",
            remedy=Act.SAY_OPENING,
        )
    return _Opening(day, number, new_id("fmi"))


def _receivable(db: Session) -> dict[DocumentKind, str]:
    """The account on which stands what is owed of a document, or to its customer, of each kind."""
    return {kind: posting_of_kind(db, kind).receivable for kind in DocumentKind}


class _Plan:
    """What becomes of the rows, one after the other: a row may name a customer that an earlier one makes."""

    def __init__(
        self,
        *,
        db: Session,
        books: Books,
        profile: Profile,
        opening: _Opening,
        headings: Mapping[str, str],
        known: Mapping[tuple[DocumentKind, str], FormerDocument],
        issued: frozenset[str],
    ) -> None:
        self._db, self._books, self._profile, self._opening = db, books, profile, opening
        self._headings, self._known, self._issued = headings, known, issued
        self._seen: dict[tuple[DocumentKind, str], tuple[int, FormerDocument]] = {}
        self._customers = FormerCustomers(db)
        self._accounts = _receivable(db)

    def row(self, row: ReadRow) -> _Planned:
        stop_if_wished(self._db)
        problems = list(row.problems)
        if not problems:
            try:
                return self._read(row)
            except Refusal as refusal:
                heading = self._headings.get(refusal.field, "")
                problems.append(Problem(refusal.field, refusal.message, heading, refusal.remedy))
        return _Planned(ImportedRow(row.number, Outcome.REFUSED, problems=tuple(problems)))

    def _read(self, row: ReadRow) -> _Planned:
        values = row.values
        number = _number(values)
        if not number:
            raise InvalidInput("number is required: that of the document in the former system.", field="number")
        customer, is_new = self._customers.of(values)
        currency = check_currency(str(values.get("currency", "")) or customer.currency or self._profile.currency)
        kind, total, open_minor = _amounts(values, currency)
        issued, due = self._days(values)
        document = FormerDocument(
            id=new_id(FORMER_PREFIX),
            kind=kind,
            number=number,
            issue_date=issued,
            due_date=due,
            customer_id=customer.id,
            customer_name=customer.name,
            currency=currency,
            total_minor=total,
            open_minor=open_minor,
            exchange_rate=self._rate(values, currency),
            note=clean_text(str(values.get("note", "")), field="note", limit=500),
            opening_day=self._opening.day,
            receivable_account=self._accounts[kind],
            opening_account=self._opening.account if open_minor else None,
            import_id=self._opening.import_id,
            imported_at=self._books.clock(),
            imported_by=self._books.actor,
        )
        # Its worth is told wherever it is shown, so it must be an amount.
        worth_of(document, total, self._profile.currency)
        before = self._before(row.number, document)
        if before is not None:
            return _Planned(ImportedRow(row.number, Outcome.UNCHANGED, id=before.id, name=_told(before)))
        if is_new:
            self._customers.keep(customer)
        self._seen[kind, number] = (row.number, document)
        told = f"{_told(document)}{' (a new customer)' if is_new else ''}"
        said = ImportedRow(row.number, Outcome.CREATED, id=document.id, name=told, mended=row.remarks)
        return _Planned(said, document, customer if is_new else None)

    def _before(self, number: int, document: FormerDocument) -> FormerDocument | None:
        """The same document, where it is there already, or an earlier row has it."""
        key = (document.kind, document.number)
        if document.number in self._issued:
            raise Conflict(f"number: {document.number} was issued here.", field="number")
        row, earlier = self._seen.get(key, (0, None))
        if earlier is not None:
            if not _same(earlier, document):
                raise Conflict(f"number: row {row} has {document.number} too, with other values.", field="number")
            return earlier
        kept = self._known.get(key)
        if kept is not None and not _same(kept, document):
            raise Conflict(f"number: {_told(kept)} is here already, with other values: it stays.", field="number")
        return kept

    def _days(self, values: Mapping[str, Any]) -> tuple[date, date]:
        issued, due = values.get("issue_date"), values.get("due_date")
        if not isinstance(issued, date):
            raise InvalidInput("issue_date is required.", field="issue_date")
        due = due if isinstance(due, date) else issued
        if issued > self._opening.day:
            raise InvalidInput(
                f"issue_date {issued.isoformat()} lies after the opening day, {self._opening.day.isoformat()}: what is"
                " issued since then is issued here.",
                field="issue_date",
            )
        if due < issued:
            raise InvalidInput(
                f"due_date {due.isoformat()} lies before issue_date {issued.isoformat()}.", field="due_date"
            )
        return issued, due

    def _rate(self, values: Mapping[str, Any], currency: str) -> Decimal | None:
        rate = values.get("exchange_rate")
        if currency == self._profile.currency or not isinstance(rate, Decimal):
            return None
        if rate <= 0:
            raise InvalidInput("exchange_rate must be more than 0.", field="exchange_rate")
        return rate


def _amounts(values: Mapping[str, Any], currency: str) -> tuple[DocumentKind, int, int]:
    """What the document is, its total and what is open of it: positive for either kind."""
    total = _minor(values, "total", currency)
    open_minor, paid = _minor(values, "open", currency), _minor(values, "paid", currency)
    if total is None:
        raise InvalidInput("total is required: what the document came to, with tax.", field="total")
    if open_minor is None and paid is None:
        raise InvalidInput("open is required: 0 where nothing is open any more.", field="open")
    if open_minor is None:
        open_minor = total - (paid or 0)
    elif paid is not None and abs(open_minor) + abs(paid) != abs(total):
        raise InvalidInput("open and paid do not sum up to the total.", field="open")
    said = str(values.get("kind", "")).strip()
    word = document_kind_of(said) if said else ""
    if said and not word:
        raise InvalidInput(f"kind must be invoice or credit_note, and is {said[:40]}.", field="kind")
    is_note = word == DocumentKind.CREDIT_NOTE.value or (not word and total < 0)
    if total < 0 or open_minor < 0:
        if not is_note or total > 0 or open_minor > 0:
            raise InvalidInput(
                "total and open must have one sign; less than zero are those of a credit note.", field="open"
            )
        total, open_minor = -total, -open_minor
    if open_minor > total:
        raise InvalidInput("open is more than the total.", field="open")
    return DocumentKind.CREDIT_NOTE if is_note else DocumentKind.INVOICE, total, open_minor


def _minor(values: Mapping[str, Any], field: str, currency: str) -> int | None:
    amount = values.get(field)
    if not isinstance(amount, Decimal):
        return None
    return check_amount(exact_minor(amount, currency, field=field), field=field)


def _same(one: FormerDocument, other: FormerDocument) -> bool:
    """Whether two say the same of a document, whenever and by whom they were imported."""
    by_import = {"id": "", "import_id": "", "imported_at": one.imported_at, "imported_by": "", "customer_name": ""}
    by_import |= {"receivable_account": "", "opening_account": None, "opening_day": one.opening_day}
    return replace(one, **by_import) == replace(other, **by_import)  # type: ignore[arg-type]  # Each of its own type.


def _told(document: FormerDocument) -> str:
    kind = "credit note" if document.kind is DocumentKind.CREDIT_NOTE else "invoice"
    total, left = (money_text(one, document.currency) for one in (document.total_minor, document.open_minor))
    still = f"{left} open, due {document.due_date.isoformat()}" if document.open_minor else "settled"
    return f"{kind} {document.number}, {document.customer_name}: {total} {document.currency}, {still}"


def _imported(db: Session, planned: Sequence[_Planned], wanted: Import, *, written: bool) -> Imported:
    # What is not kept has no id.
    rows = tuple(
        one.row if written or one.row.outcome is not Outcome.CREATED else replace(one.row, id="") for one in planned
    )
    documents = [one.document for one in planned if one.document is not None]
    sums = _sums(documents, wanted, books_currency=load_profile(db).currency)
    return Imported(rows, written=written, notes=(*sums, *numbers_to_come(db, documents)))


def _sums(documents: Sequence[FormerDocument], wanted: Import, *, books_currency: str) -> list[Remark]:
    """What is owed from the opening day on by what is new, in each currency, where it is posted, and what of it has no
    worth in the currency of the books.
    """
    day = wanted.opening_day.isoformat() if wanted.opening_day else ""
    found = []
    for currency in sorted({one.currency for one in documents if one.open_minor}):
        mine = [one for one in documents if one.open_minor and one.currency == currency]
        owed = money_text(sum(one.signed_open_minor for one in mine), currency)
        receivable = ", ".join(sorted({one.receivable_account for one in mine}))
        found.append(
            f"{counted(len(mine), 'open document')} in {currency} come to {owed}, on {receivable} against"
            f" {wanted.opening_account} on {day}."
        )
        without = sum(one.exchange_rate is None for one in mine)
        if without and currency != books_currency:
            found.append(
                f"{counted(without, 'open document')} in {currency} without exchange_rate: the journal has no amount in"
                f" {books_currency} for them, and none can be said later."
            )
    settled = sum(not one.open_minor for one in documents)
    if settled:
        found.append(f"{counted(settled, 'document')} of which nothing is open: history, without an entry.")
    return [Remark(one) for one in found]
