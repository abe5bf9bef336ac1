"""Queries on payments: what was paid of a document, what was refunded, and what reverses what.

Rows are only ever added here; the database refuses to change or delete them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from sqlalchemy import bindparam, case, func, select
from sqlmodel import Session, SQLModel

from invoicing.document.documents import Document, DocumentKind
from invoicing.document.former_records import is_former
from invoicing.master_data.records import Posting
from invoicing.money.amounts import plain
from invoicing.settlement.discounts import TaxChange
from invoicing.settlement.entries import PostedSide
from invoicing.settlement.kinds import SettlementKind, effect
from storage.books import former_tables, settings_tables, tables
from storage.books.former_documents import settle_former
from storage.books.journal import EntryKind, as_recorded, described, plain_entry, post_former, post_payment
from storage.books.settlement_taxes import add_tax_changes
from storage.books.totals import settle
from storage.queries.statements import Kept, execute, flat, table_of
from storage.work.asking import Ask, each


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of an invoice, a refund of a credit note, what else settles one of them (`kind`), or the reversal
    (`reverses_id`) of one of these.

    `amount_minor` is more than zero, in minor units of `currency`; which way it went is said by the accounts.
    `receipt_id` is the id of the first that was recorded in the same act. `exchange_rate` is what one unit of
    `currency` was worth in that of the books, where somebody stated it.
    """

    position: int
    id: str
    document_id: str
    reverses_id: str | None
    amount_minor: int
    currency: str
    paid_on: date
    method: str
    reference: str
    debit_account: str
    credit_account: str
    recorded_at: datetime
    recorded_by: str
    kind: SettlementKind = SettlementKind.PAYMENT
    receipt_id: str = ""
    exchange_rate: Decimal | None = None


class _Rows:
    """The statements on a table of payments: on that of what was issued here, or of documents of a former system."""

    def __init__(self, model: type[SQLModel]) -> None:
        self.kept = Kept(model, Payment, kind=SettlementKind)
        all_of, columns = self.kept.all, self.kept.table.c
        self.last = select(func.coalesce(func.max(columns.position), 0))
        self.of_document = all_of.where(columns.document_id == bindparam("document")).order_by(columns.position)
        several = columns.document_id.in_(bindparam("documents", expanding=True))
        self.of_documents = all_of.where(several).order_by(columns.position)
        self.by_id = all_of.where(columns.id == bindparam("payment"))
        self.of_receipt = all_of.where(columns.receipt_id == bindparam("receipt")).order_by(columns.position)
        self.reversal = all_of.where(columns.reverses_id == bindparam("payment"))
        after = all_of.where(columns.position > bindparam("after"))
        self.in_order = after.order_by(columns.position).limit(bindparam("at_most"))


_ISSUED, _FORMER = _Rows(tables.Payment), _Rows(former_tables.FormerPayment)


def _rows_of(document_id: str) -> _Rows:
    return _FORMER if is_former(document_id) else _ISSUED


_PAGE = 200

_KIND_OF_PAYMENTS = "payment"
_POSTINGS = Kept(settings_tables.PostingProfile, Posting)
_PROFILE = _POSTINGS.table
_TYPE = table_of(settings_tables.TransactionType)
# The profile of payments where there is one, else that of the document's own kind.
_POSTING = (
    _POSTINGS.all.join_from(_TYPE, _PROFILE, _PROFILE.c.name == _TYPE.c.posting_profile)
    .where(_TYPE.c.kind.in_([_KIND_OF_PAYMENTS, bindparam("kind")]))
    .order_by(case((_TYPE.c.kind == _KIND_OF_PAYMENTS, 0), else_=1), _TYPE.c.name)
    .limit(1)
)


def payment_posting(session: Session, document: Document) -> Posting:
    """The posting profile of payments, or else that of the document's kind."""
    return posting_of_kind(session, document.kind)


def posting_of_kind(session: Session, kind: DocumentKind) -> Posting:
    """The posting profile of payments, or else that of a kind of document."""
    return _POSTINGS.find(session, _POSTING, kind=kind.value)[0]


def next_position(session: Session, document_id: str) -> int:
    """The position of the next payment of documents such as this one; they follow each other without a gap."""
    return int(execute(session, _rows_of(document_id).last).scalar_one()) + 1


def add_payment(
    session: Session,
    payment: Payment,
    document: Document,
    sides: Sequence[PostedSide],
    *,
    accounting_currency: str,
    taxed: Document,
    changes: Sequence[TaxChange] = (),
) -> None:
    """Add what settles the document, with its entry in the journal of books in `accounting_currency`, and what it
    changes in the taxes of the invoice `taxed`, also where its credit note is refunded.
    """
    if is_former(payment.document_id):
        _add_former(session, payment, document, sides, accounting_currency)
        return
    _ISSUED.kept.add(session, **flat(payment))
    add_tax_changes(session, payment.id, taxed, changes, on=payment.paid_on)
    post_payment(
        session,
        payment.id,
        on=payment.paid_on,
        description=described(document.number, document.buyer.name),
        sides=sides,
        currency=payment.currency,
        accounting_currency=accounting_currency,
    )
    # A refund of a credit note is owed again on its invoice.
    signed = settled_minor(payment)
    settle(session, document.of_invoice or document.id, by_minor=-signed if document.of_invoice else signed)


def _add_former(
    session: Session, payment: Payment, document: Document, sides: Sequence[PostedSide], accounting_currency: str
) -> None:
    """Of a document of a former system nothing is taxed here: it has an entry, and less is owed of it."""
    entry_id = post_former(
        session,
        on=payment.paid_on,
        number=document.number,
        customer_name=document.buyer.name,
        sides=sides,
        currency=payment.currency,
        accounting_currency=accounting_currency,
        kind=EntryKind.FORMER_PAYMENT,
    )
    _FORMER.kept.add(session, **flat(payment), entry_id=entry_id)
    settle_former(session, payment.document_id, by_minor=settled_minor(payment))


def settled_minor(payment: Payment) -> int:
    """What it adds to what was paid of an invoice, or refunded of a credit note; a reversal takes it away again."""
    return effect(payment.kind) * (-payment.amount_minor if payment.reverses_id else payment.amount_minor)


def standing_of(settled: Sequence[Payment]) -> list[Payment]:
    """Those of them that stand: neither reversals, nor reversed by one that is among them."""
    reversed_ids = {payment.reverses_id for payment in settled}
    return [payment for payment in settled if not payment.reverses_id and payment.id not in reversed_ids]


def payment_by_id(session: Session, payment_id: str) -> Payment | None:
    found = (rows.kept.find(session, rows.by_id, payment=payment_id) for rows in (_ISSUED, _FORMER))
    return next((one for some in found for one in some), None)


def reversal_of(session: Session, payment: Payment) -> Payment | None:
    """The payment that reverses this one, if there is one."""
    rows = _rows_of(payment.document_id)
    return next(iter(rows.kept.find(session, rows.reversal, payment=payment.id)), None)


def payments_of(session: Session, document_id: str) -> list[Payment]:
    """The payments of a document, in the order in which they were recorded."""
    rows = _rows_of(document_id)
    return rows.kept.find(session, rows.of_document, document=document_id)


def payments_of_several(session: Session, document_ids: Sequence[str]) -> dict[str, list[Payment]]:
    """The payments of these documents by document, each in the order in which they were recorded."""
    found: dict[str, list[Payment]] = {}
    for rows in (_ISSUED, _FORMER):
        if ids := [one for one in document_ids if _rows_of(one) is rows]:
            for payment in rows.kept.find(session, rows.of_documents, documents=ids):
                found.setdefault(payment.document_id, []).append(payment)
    return found


def of_receipt(session: Session, receipt_id: str) -> list[Payment]:
    """What was recorded in one act, in its order: each has an id that is later than the one before."""
    issued, former = (rows.kept.find(session, rows.of_receipt, receipt=receipt_id) for rows in (_ISSUED, _FORMER))
    return sorted([*issued, *former], key=lambda one: one.id) if issued and former else issued or former


def all_payments(ask: Ask) -> Iterator[Payment]:
    """All payments in the order in which they were recorded: of what was issued here, and then of what was not."""
    for rows in (_ISSUED, _FORMER):
        yield from each(ask, partial(_payments_after, rows), 0)


def _payments_after(rows: _Rows, key: int, session: Session) -> tuple[int, list[Payment]] | None:
    page = rows.kept.find(session, rows.in_order, after=key, at_most=_PAGE)
    return (page[-1].position, page) if page else None


def audited(payment: Payment) -> dict[str, object]:
    """What the audit trail says of a payment: all of it, so that a changed row is found. What an ordinary payment does
    not have is left out.
    """
    values = {name: value for name, value in flat(payment).items() if name not in _APART}
    extra = {"kind": payment.kind.value, "receipt_id": payment.receipt_id}
    usual = {"kind": SettlementKind.PAYMENT.value, "receipt_id": payment.id}
    values |= {name: value for name, value in extra.items() if value != usual[name]}
    return values if payment.exchange_rate is None else values | {"exchange_rate": plain(payment.exchange_rate)}


def posted(payment: Payment, sides: Sequence[PostedSide], *, accounting_currency: str) -> dict[str, object]:
    """What the audit trail says of the entry: its sides, where they are not those of plain money."""
    known = payment.currency == accounting_currency
    usual = plain_entry(payment.debit_account, payment.credit_account, payment.amount_minor, known=known)
    stated = [as_recorded(one) for one in sides]
    return {} if stated == usual else {"journal": stated}


_APART = frozenset({"id", "recorded_at", "recorded_by", "kind", "receipt_id", "exchange_rate"})
