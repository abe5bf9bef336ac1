"""Where a payer looks: the account in the forms that people there know, and the reference to state."""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.appearance.payment_codes import asks_for_payment, asks_for_transfer
from invoicing.document.documents import Document
from invoicing.document.payable import PaymentMeans
from invoicing.payment.accounts import at_home, country_of_account
from invoicing.payment.printing import account_at_home, printed_reference, scheme_of, typed_account
from invoicing.payment.references import Scheme
from invoicing.render.formats import grouped_by_four
from invoicing.render.labels import Labels
from invoicing.render.layout import Modules, NoCode

_KNOWN_EVERYWHERE = frozenset({Scheme.NONE, Scheme.RF, Scheme.VIITE_AS_RF, Scheme.QRR})


@dataclass(frozen=True, slots=True)
class CodeToPay:
    """A code, or the box of a test in its place, with its width and height in points."""

    art: Modules | NoCode
    size: tuple[float, float]


def payment_pairs(document: Document, labels: Labels, language: str) -> list[tuple[str, str]]:
    """The account and the reference, with what each is called; nothing where nobody pays or there is no account, since
    a reference could be put on nothing.
    """
    payment = document.payment
    if not asks_for_transfer(document):
        # Nobody pays onto a credit note, or to an account what is paid in cash: it would only mislead.
        return []
    account = _account_pairs(document, labels)
    # Its holder, who is the seller where nobody else is named, is no account.
    if not any(value for _, value in account):
        return []
    # An invoice that was issued before references were has its number.
    reference = printed_reference(payment) or document.number
    return [
        (labels.account_holder, payment.account_holder),
        (labels.bank, payment.bank_name),
        *account,
        (_reference_label(document, labels, language), reference),
    ]


def means_text(document: Document, labels: Labels) -> str:
    """How it is paid, or was, where that needs no account: in cash, by card."""
    means = document.payment_means
    if means is None or means is PaymentMeans.TRANSFER or not (asks_for_payment(document) or document.paid_on):
        return ""
    return labels.payment_means[means]


def _account_pairs(document: Document, labels: Labels) -> list[tuple[str, str]]:
    payment = document.payment
    place = country_of_account(payment.iban, document.seller.address.country)
    kind, typed = typed_account(payment, place)
    home = place is not None and at_home(place, document.buyer.address.country)
    stated = payment.account_number or payment.routing_number
    bank, number = account_at_home(payment.iban, place) if place is not None and home and not stated else ("", "")
    return [
        (kind, typed),
        (labels.routing_number, bank),
        (labels.account_number, number),
        ("IBAN", grouped_by_four(payment.iban)),
        ("BIC", payment.bic),
        (labels.account_number, "" if typed else payment.account_number),
        (labels.routing_number, payment.routing_number),
    ]


def _reference_label(document: Document, labels: Labels, language: str) -> str:
    """What the reference is called where the account is kept, in a document in a language of that country."""
    payment = document.payment
    place = country_of_account(payment.iban, document.seller.address.country)
    if place is None or scheme_of(payment) in _KNOWN_EVERYWHERE:
        return labels.reference
    return place.payment.labels.get(language, labels.reference)
