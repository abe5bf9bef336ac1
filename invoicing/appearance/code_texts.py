"""What the codes on paper have in common: how much is asked for, and texts in the letters that a standard takes."""

from __future__ import annotations

from datetime import date

from anyascii import anyascii

from invoicing.document.documents import Document
from invoicing.money.amounts import to_major


def asked_minor(document: Document) -> int:
    """How much a code asks for: of an invoice in instalments the first one."""
    return document.instalments[0].amount_minor if document.instalments else document.payable_minor


def amount_of(document: Document) -> str:
    """How much is asked for, with a point and two decimals."""
    return f"{to_major(asked_minor(document), document.currency):.2f}"


def due_of(document: Document) -> date:
    """When what is asked for is due."""
    return document.instalments[0].due_date if document.instalments else document.due_date


def payee_of(document: Document) -> str:
    return document.payment.account_holder or document.seller.name


def one_line(text: str) -> str:
    return " ".join(text.split())


def in_letters(text: str, letters: str) -> str:
    """The text in ASCII and these other letters, on one line; whatever else is in it is written in ASCII."""
    return one_line("".join(one if one.isascii() or one in letters else anyascii(one) for one in one_line(text)))
