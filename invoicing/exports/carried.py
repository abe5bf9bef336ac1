"""Documents on their way from the books into an export, as lines of text.

Whoever reads the books only copies what is stored there, which takes little; understanding it and writing the export
takes long, and is done by another process where there is one. The first line says what all documents have in common,
each further one is a document. It is no format of ours to keep: such a file is gone when the export is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from invoicing.document.canonical import document_from_text
from invoicing.document.documents import DocumentKind
from invoicing.document.lifecycle import Balance, next_due, status_of
from invoicing.exports.rows import ExportedAccounts, ExportedApproval, ExportedDocument, ExportedPayment


@dataclass(frozen=True, slots=True)
class CarriedHead:
    """The day of the export, the currency of the books, and where each kind of document is posted to now."""

    today: date
    books_currency: str
    accounts: Mapping[DocumentKind, ExportedAccounts]


@dataclass(frozen=True, slots=True)
class CarriedDocument:
    """An issued document as it is stored: its canonical text, its hash in the chain, its balance, its payments, the
    accounts that its journal entry has, and its approvals.
    """

    content: str
    hash: str
    balance: Balance
    payments: tuple[ExportedPayment, ...]
    posted: frozenset[str]
    approvals: tuple[ExportedApproval, ...] = ()


def write_head(file: TextIO, head: CarriedHead) -> None:
    accounts = {kind.value: astuple(of) for kind, of in head.accounts.items()}
    _write(file, [head.today.isoformat(), head.books_currency, accounts])


def write_document(file: TextIO, carried: CarriedDocument) -> None:
    balance = carried.balance
    standing = [balance.kind.value, balance.payable_minor, balance.credited_minor, balance.paid_minor, balance.alone]
    payments = [astuple(payment) for payment in carried.payments]
    approvals = [astuple(approval) for approval in carried.approvals]
    _write(file, [carried.content, carried.hash, standing, payments, sorted(carried.posted), approvals])


class CarriedDocuments:
    """The documents of such a file, read one by one, and how many of them could not be converted so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._books_currency = ""
        self._not_converted = 0

    def __iter__(self) -> Iterator[ExportedDocument]:
        with self._path.open(encoding="utf-8") as file:
            head = _head(json.loads(file.readline()))
            self._books_currency = head.books_currency
            for line in file:
                yield self._exported(head, *json.loads(line))

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever works with the export must know, once all documents were read."""
        if not self._not_converted:
            return ()
        one = self._not_converted == 1
        what, whose, them = (
            ("1 document is", "its", "it") if one else (f"{self._not_converted} documents are", "their", "them")
        )
        return (
            f"{what} in another currency without an exchange rate: {whose} amounts in {self._books_currency} are empty,"
            f" so sums in {self._books_currency} leave {them} out.",
        )

    def _exported(
        self,
        head: CarriedHead,
        content: str,
        link: str,
        standing: tuple[str, int, int, int, bool],
        payments: list[list[Any]],
        posted: list[str],
        approvals: list[list[Any]],
    ) -> ExportedDocument:
        document = document_from_text(content)
        balance = Balance(DocumentKind(standing[0]), *standing[1:])
        self._not_converted += document.exchange is None and document.currency != head.books_currency
        return ExportedDocument(
            document=document,
            status=status_of(balance, due_date=next_due(document, balance), today=head.today),
            paid_minor=balance.paid_minor,
            credited_minor=balance.credited_minor,
            due_minor=balance.due_minor,
            hash=link,
            payments=tuple(_payment(*one) for one in payments),
            accounts=_known(head.accounts[document.kind], frozenset(posted)),
            books_currency=head.books_currency,
            approvals=tuple(ExportedApproval(*one) for one in approvals),
        )


def _write(file: TextIO, values: list[Any]) -> None:
    file.write(json.dumps(values, ensure_ascii=False, default=date.isoformat) + "\n")


def _head(values: list[Any]) -> CarriedHead:
    today, books_currency, accounts = values
    by_kind = {DocumentKind(kind): ExportedAccounts(*of) for kind, of in accounts.items()}
    return CarriedHead(date.fromisoformat(today), books_currency, by_kind)


def _payment(payment_id: str, paid_on: str, *rest: Any) -> ExportedPayment:
    return ExportedPayment(payment_id, date.fromisoformat(paid_on), *rest)


def _known(now: ExportedAccounts, posted: frozenset[str]) -> ExportedAccounts:
    """The accounts of today's posting profile, where the document's journal entry has them: the profile may have
    changed since, and then nobody knows which side of the entry was for what.
    """
    return ExportedAccounts(*(account if account in posted else "" for account in astuple(now)))
