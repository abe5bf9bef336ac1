"""Documents of a former system: added by an import, in a hash chain of their own, and never issued again.

Rows are only ever added here; the database refuses to change or delete them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from invoicing.document.canonical import canonical_json, genesis, link_hash
from invoicing.document.documents import DocumentKind
from invoicing.document.lifecycle import Balance
from invoicing.settlement.entries import PostedSide, credit_side, debit_side
from invoicing.tax.conversion import convert
from invoicing.text.typed import search_key
from storage.books import former_tables, tables
from storage.books.journal import post_former
from storage.queries.statements import Kept, execute, flat, insert_rows, table_of


@dataclass(frozen=True, slots=True)
class FormerDocument:
    """An invoice or credit note of a former system. Amounts are in minor units of `currency` and positive for either
    kind; `open_minor` is what was still to be settled of it on the `opening_day`. `opening_account` is the other side
    of what is receivable, None of what was settled before: that makes no entry. `exchange_rate` is what one unit of
    `currency` was worth in that of the books.
    """

    id: str
    kind: DocumentKind
    number: str
    issue_date: date
    due_date: date
    customer_id: str
    customer_name: str
    currency: str
    total_minor: int
    open_minor: int
    exchange_rate: Decimal | None
    note: str
    opening_day: date
    receivable_account: str
    opening_account: str | None
    import_id: str
    imported_at: datetime
    imported_by: str

    @property
    def signed_open_minor(self) -> int:
        """What the customer owed on the opening day; less than zero where the customer was owed."""
        return -self.open_minor if self.kind is DocumentKind.CREDIT_NOTE else self.open_minor


_KEPT = Kept(former_tables.FormerDocument, FormerDocument, kind=DocumentKind)
_OF = _KEPT.table.c
_ADD = _KEPT.table.insert().inline()
_ADD_OWED = table_of(former_tables.FormerReceivable).insert().inline()
_END = select(_OF.position, _OF.hash).order_by(_OF.position.desc()).limit(1)
_NUMBERED = _KEPT.all.where(_OF.number.in_(bindparam("numbers", expanding=True))).order_by(_OF.position)
_ISSUED = table_of(tables.DocumentRow).c
_ISSUED_NUMBERS = select(_ISSUED.number).where(_ISSUED.number.in_(bindparam("numbers", expanding=True)))
_COUNT = select(func.count()).select_from(_KEPT.table)
_OWED = table_of(former_tables.FormerReceivable).c
_OWED_OF = (
    select(_OF.kind, _OF.total_minor, _OWED.open_minor)
    .join_from(_KEPT.table, _OWED.document_id.table, _OWED.document_id == _OF.id)
    .where(_OF.id == bindparam("id"))
)
_SETTLE = (
    _OWED.document_id.table.update()
    .where(_OWED.document_id == bindparam("of_document"))
    .values(open_minor=_OWED.open_minor - bindparam("by_minor"))
)
_AT_ONCE = 500


def add_former_documents(
    session: Session, added: Iterable[FormerDocument], *, organization_id: str, books_currency: str
) -> dict[str, str]:
    """Add documents as the next links of their chain, each with what is owed of it and its entry in the journal, which
    is dated the opening day; answers the hash of each by its id.
    """
    row = execute(session, _END).first()
    last, previous = (row[0], row[1]) if row else (0, genesis(organization_id))
    rows, owed, hashes = [], [], dict[str, str]()
    for position, document in enumerate(added, start=last + 1):
        entry_id = _post(session, document, books_currency) if document.open_minor else None
        link = link_hash(previous=previous, position=position, text=covered(document, entry_id))
        rows.append(
            flat(document)
            | {"kind": document.kind.value, "position": position, "entry_id": entry_id}
            | {"search_key": search_key(document.number, document.customer_name)}
            | {"previous_hash": previous, "hash": link}
        )
        owed.append(_owed(document))
        hashes[document.id] = previous = link
    insert_rows(session, _ADD, rows)
    insert_rows(session, _ADD_OWED, owed)
    return hashes


def covered(document: FormerDocument, entry_id: str | None) -> str:
    """What the hash of a document covers: all that the import said of it, and which entry it made."""
    said = flat(document) | {"kind": document.kind.value, "imported_at": document.imported_at.isoformat()}
    return canonical_json(said | {"entry_id": entry_id})


def opening_sides(document: FormerDocument, books_currency: str) -> tuple[PostedSide, ...]:
    """The entry of a document: what is receivable against the opening account, of a credit note the other way round."""
    amount, opening = document.open_minor, document.opening_account
    if opening is None:
        return ()
    worth = worth_of(document, amount, books_currency)
    receivable = document.receivable_account
    if document.kind is DocumentKind.CREDIT_NOTE:
        return debit_side(opening, amount, worth), credit_side(receivable, amount, worth)
    return debit_side(receivable, amount, worth), credit_side(opening, amount, worth)


def worth_of(document: FormerDocument, amount_minor: int, books_currency: str) -> int | None:
    """What an amount of the document is worth in the currency of the books; None where no rate is known."""
    if document.currency == books_currency:
        return amount_minor
    if document.exchange_rate is None:
        return None
    return convert(amount_minor, document.exchange_rate, currency=document.currency, accounting_currency=books_currency)


def balance_where(kind: DocumentKind, total_minor: int, owed_minor: int) -> Balance:
    """The balance of a former document of which so much is owed now: what was paid of it there counts as paid."""
    if kind is DocumentKind.CREDIT_NOTE:
        return Balance(kind, total_minor, 0, total_minor + owed_minor, alone=True)
    return Balance(kind, total_minor, 0, total_minor - owed_minor)


def former_balance(session: Session, document_id: str) -> Balance:
    """What has happened to a former document until now, there and here."""
    kind, total_minor, owed_minor = execute(session, _OWED_OF, {"id": document_id}).one()
    return balance_where(DocumentKind(kind), total_minor, owed_minor)


def settle_former(session: Session, document_id: str, *, by_minor: int) -> None:
    """Take what was paid of a former document off what is owed of it; what was taken back is less than zero."""
    execute(session, _SETTLE, {"of_document": document_id, "by_minor": by_minor})


def former_by_numbers(session: Session, numbers: Iterable[str]) -> dict[tuple[DocumentKind, str], FormerDocument]:
    """Those of the former documents that have one of these numbers, by kind and number."""
    found: dict[tuple[DocumentKind, str], FormerDocument] = {}
    for some in _portions(numbers):
        found |= {(one.kind, one.number): one for one in _KEPT.find(session, _NUMBERED, numbers=some)}
    return found


def issued_numbers(session: Session, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers that issued documents have."""
    portions = _portions(numbers)
    return frozenset(row[0] for some in portions for row in execute(session, _ISSUED_NUMBERS, {"numbers": some}))


def count_former(session: Session) -> int:
    return int(execute(session, _COUNT).scalar_one())


def _portions(numbers: Iterable[str]) -> Iterable[Sequence[str]]:
    wanted = sorted(set(numbers))
    return [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]


def _post(session: Session, document: FormerDocument, books_currency: str) -> str:
    return post_former(
        session,
        on=document.opening_day,
        number=document.number,
        customer_name=document.customer_name,
        sides=opening_sides(document, books_currency),
        currency=document.currency,
        accounting_currency=books_currency,
    )


def _owed(document: FormerDocument) -> dict[str, object]:
    owed = document.signed_open_minor
    return {
        "document_id": document.id,
        "customer_id": document.customer_id,
        "currency": document.currency,
        "due_date": document.due_date,
        "open_minor": owed,
        "wanted_minor": owed,
    }
