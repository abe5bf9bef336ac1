"""Queries on the journal: one entry for each document and each payment, and which accounts a document was posted to.

What a former system issued names its entry itself (`former_documents`), and so does what settles that.

Rows are only ever added here; the database refuses to change or delete them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, union_all
from sqlmodel import Session

from invoicing.document.converting import accounting_sides
from invoicing.document.documents import Document
from invoicing.document.former_records import is_former
from invoicing.document.posting import JournalSide
from invoicing.document.tags import tags_json
from invoicing.settlement.entries import PostedSide, Standing
from storage.books import former_tables, tables
from storage.books.totals import add_entry_totals
from storage.ids import new_id
from storage.queries.statements import execute, insert_rows, table_of


class EntryKind(StrEnum):
    """What an entry is of."""

    DOCUMENT = "document"
    PAYMENT = "payment"
    FORMER = "former"
    FORMER_PAYMENT = "former_payment"


_ENTRIES = table_of(tables.JournalEntry)
_SIDES = table_of(tables.JournalLine)
_ADD_ENTRY = _ENTRIES.insert().inline()
_ADD_SIDE = _SIDES.insert().inline()
_FORMER, _FORMER_PAYMENTS = (
    table_of(former_tables.FormerDocument).c,
    table_of(former_tables.FormerPayment).c,
)
_FIRST_SIDE = (
    select(_SIDES.c.account)
    .join_from(_ENTRIES, _SIDES, _SIDES.c.entry_id == _ENTRIES.c.id)
    .where(_ENTRIES.c.document_id == bindparam("document"), _SIDES.c.position == 1)
)
_OF_PAYMENT = (
    select(_SIDES.c.account, _SIDES.c.debit_minor, _SIDES.c.credit_minor, _SIDES.c.accounting_minor)
    .where(
        _SIDES.c.entry_id.in_(
            union_all(
                select(_ENTRIES.c.id).where(_ENTRIES.c.payment_id == bindparam("payment")),
                select(_FORMER_PAYMENTS.entry_id).where(_FORMER_PAYMENTS.id == bindparam("payment")),
            )
        )
    )
    .order_by(_SIDES.c.position)
)
_DOCUMENTS, _PAYMENTS = table_of(tables.DocumentRow).c, table_of(tables.Payment).c
_OF_INVOICE = select(_DOCUMENTS.id).where(
    or_(_DOCUMENTS.id == bindparam("invoice"), _DOCUMENTS.credits_id == bindparam("invoice"))
)
_ENTRIES_OF_INVOICE = union_all(
    select(_ENTRIES.c.id).where(_ENTRIES.c.document_id.in_(_OF_INVOICE)),
    select(_ENTRIES.c.id)
    .join_from(table_of(tables.Payment), _ENTRIES, _ENTRIES.c.payment_id == _PAYMENTS.id)
    .where(_PAYMENTS.document_id.in_(_OF_INVOICE)),
)
_SIGNED = _SIDES.c.debit_minor - _SIDES.c.credit_minor
_ENTRIES_OF_FORMER = union_all(
    select(_FORMER.entry_id).where(_FORMER.id == bindparam("invoice")),
    select(_FORMER_PAYMENTS.entry_id).where(_FORMER_PAYMENTS.document_id == bindparam("invoice")),
)
_ON_ACCOUNT = select(
    func.coalesce(func.sum(_SIGNED), 0),
    func.coalesce(func.sum(_SIDES.c.accounting_minor), 0),
    func.coalesce(func.sum(case((_SIDES.c.accounting_minor.is_(None), _SIGNED), else_=0)), 0),
).where(_SIDES.c.account == bindparam("account"))
_STANDING = _ON_ACCOUNT.where(_SIDES.c.entry_id.in_(_ENTRIES_OF_INVOICE))
_STANDING_OF_FORMER = _ON_ACCOUNT.where(_SIDES.c.entry_id.in_(_ENTRIES_OF_FORMER))
_RECEIVABLE_OF_FORMER = select(_FORMER.receivable_account).where(_FORMER.id == bindparam("document"))
_ACCOUNTS = (
    select(_ENTRIES.c.document_id, _SIDES.c.account)
    .join_from(_ENTRIES, _SIDES, _SIDES.c.entry_id == _ENTRIES.c.id)
    .where(_ENTRIES.c.document_id.in_(bindparam("documents", expanding=True)))
)


def post_document(session: Session, document: Document, sides: Sequence[JournalSide]) -> None:
    """Add the document's entry. After it, the database takes no further lines for the document."""
    _add(
        session,
        {
            "kind": EntryKind.DOCUMENT.value,
            "document_id": document.id,
            "payment_id": None,
            "entry_date": document.issue_date,
            "description": described(document.number, document.buyer.name),
            "accounting_currency": document.accounting_currency,
        },
        sides,
        accounting_sides(document, sides),
        currency=document.currency,
    )


def post_payment(
    session: Session,
    payment_id: str,
    *,
    on: date,
    description: str,
    sides: Sequence[PostedSide],
    currency: str,
    accounting_currency: str,
) -> None:
    """Add the entry of what settles a document."""
    _add(
        session,
        {
            "kind": EntryKind.PAYMENT.value,
            "document_id": None,
            "payment_id": payment_id,
            "entry_date": on,
            "description": description,
            "accounting_currency": accounting_currency,
        },
        [posted.side for posted in sides],
        [posted.accounting_minor for posted in sides],
        currency=currency,
    )


def post_former(
    session: Session,
    *,
    on: date,
    number: str,
    customer_name: str,
    sides: Sequence[PostedSide],
    currency: str,
    accounting_currency: str,
    kind: EntryKind = EntryKind.FORMER,
) -> str:
    """Add the entry of a document of a former system, or of what settles it; answers its id."""
    return _add(
        session,
        {
            "kind": kind.value,
            "document_id": None,
            "payment_id": None,
            "entry_date": on,
            "description": described(number, customer_name),
            "accounting_currency": accounting_currency,
        },
        [posted.side for posted in sides],
        [posted.accounting_minor for posted in sides],
        currency=currency,
    )


def described(number: str, customer_name: str) -> str:
    """What an entry says of the document that it is about."""
    return f"{number} {customer_name}"


def plain_entry(debit_account: str, credit_account: str, amount_minor: int, *, known: bool) -> list[list[object]]:
    """The sides of plain money as they go on record: one account against the other, worth what it is where the
    currency is that of the books (`known`).
    """
    sides = JournalSide(debit_account, amount_minor, 0), JournalSide(credit_account, 0, amount_minor)
    return [as_recorded(PostedSide(side, side.debit_minor - side.credit_minor if known else None)) for side in sides]


def as_recorded(posted: PostedSide) -> list[object]:
    """A side as it goes on record: account, debit, credit, and what it comes to in the currency of the books."""
    side = posted.side
    return [side.account, side.debit_minor, side.credit_minor, posted.accounting_minor]


def sides_of_payment(session: Session, payment_id: str) -> list[PostedSide]:
    """The sides of what was posted for a payment, in their order."""
    return [
        PostedSide(JournalSide(account, debit_minor, credit_minor), accounting_minor)
        for account, debit_minor, credit_minor, accounting_minor in execute(
            session, _OF_PAYMENT, {"payment": payment_id}
        )
    ]


def standing_on_account(session: Session, invoice_id: str, account: str) -> Standing:
    """How an invoice stands on its account of what is receivable, with its credit notes and all that settled them."""
    statement = _STANDING_OF_FORMER if is_former(invoice_id) else _STANDING
    row = execute(session, statement, {"invoice": invoice_id, "account": account}).one()
    open_minor, worth_minor, unvalued_minor = (int(one) for one in row)
    return Standing(open_minor=open_minor, worth_minor=worth_minor, unvalued_minor=unvalued_minor)


def side_on_record(side: JournalSide) -> list[object]:
    """A side of a document's entry as the audit trail has it."""
    return posted_side(side.account, side.debit_minor, side.credit_minor, tags_json(side.dimensions))


def posted_side(account: str, debit_minor: int, credit_minor: int, dimensions: str | None) -> list[object]:
    """The same of the columns of a row: account, debit and credit, and the dimensions where it has some."""
    return [account, debit_minor, credit_minor, *([dimensions] if dimensions is not None else [])]


def receivable_of(session: Session, document_id: str) -> str:
    """The account on which a document stands as receivable: the first side of its entry, whatever the posting profile
    says since. Empty where it has none.
    """
    statement = _RECEIVABLE_OF_FORMER if is_former(document_id) else _FIRST_SIDE
    return str(execute(session, statement, {"document": document_id}).scalar() or "")


def accounts_posted(session: Session, document_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """The accounts of the journal entries of these documents, by document."""
    found: dict[str, set[str]] = {}
    for document_id, account in execute(session, _ACCOUNTS, {"documents": list(document_ids)}):
        found.setdefault(document_id, set()).add(account)
    return {document_id: frozenset(accounts) for document_id, accounts in found.items()}


def _add(
    session: Session,
    entry: dict[str, Any],
    sides: Sequence[JournalSide],
    accounting: Sequence[int | None],
    *,
    currency: str,
) -> str:
    entry_id = new_id("jrn")
    execute(session, _ADD_ENTRY, {"id": entry_id, **entry})
    lines = (
        {
            "entry_id": entry_id,
            "position": position,
            "account": side.account,
            "debit_minor": side.debit_minor,
            "credit_minor": side.credit_minor,
            "currency": currency,
            "accounting_minor": accounting_minor,
            "dimensions": tags_json(side.dimensions),
        }
        for position, (side, accounting_minor) in enumerate(zip(sides, accounting, strict=True), start=1)
    )
    insert_rows(session, _ADD_SIDE, lines)
    add_entry_totals(session, entry["entry_date"], sides, accounting, currency=currency)
    return entry_id
