"""Which code a bank's app reads off a printed invoice, and the EPC code of the euro area.

European Payments Council, EPC069-12 version 2.1, "Quick Response Code: Guidelines to enable data capture for the
initiation of a SEPA credit transfer".
"""

from __future__ import annotations

from dataclasses import dataclass

from invoicing.appearance.code_texts import amount_of, one_line, payee_of
from invoicing.appearance.local_codes import (
    BySquareCode,
    Hub3Code,
    SpaydCode,
    UpnCode,
    by_square_code,
    hub3_code,
    spayd_code,
    upn_code,
)
from invoicing.appearance.swiss_bill import SWISS_IBANS, SwissBill, swiss_bill
from invoicing.countries.payment import PaymentCode
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.parties import PaymentDetails
from invoicing.document.payable import PaymentMeans
from invoicing.payment.accounts import at_home, country_of_account
from invoicing.payment.printing import scheme_of
from invoicing.payment.references import Scheme, creditor_reference

AMOUNT_MINOR_MAX = 99_999_999_999
EPC_BYTES_MAX = 331

# Countries of the SEPA schemes by the code of their IBANs. Outside the European Economic Area a payment needs the BIC.
_EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
_SEPA = _EEA | frozenset("AD AL CH GB GI MC MD ME MK RS SM VA".split())
_NAME_MAX, _MESSAGE_MAX = 70, 140


@dataclass(frozen=True, slots=True)
class EpcCode:
    """The text of a code by which a SEPA credit transfer is begun."""

    text: str


SmallCode = EpcCode | SpaydCode | BySquareCode | UpnCode | Hub3Code
"""A code that stands beside the payment details, and no slip."""


def asks_for_payment(document: Document) -> bool:
    """Whether somebody is to pay: not a credit note, and not what is paid, comes to nothing or is withheld whole."""
    return document.kind is DocumentKind.INVOICE and document.payable_minor > 0 and document.paid_on is None


def asks_for_transfer(document: Document) -> bool:
    """Whether somebody is to pay onto an account: by no other means, as far as the document says."""
    return asks_for_payment(document) and document.payment_means in (None, PaymentMeans.TRANSFER)


def payment_code(document: Document) -> SmallCode | SwissBill | None:
    """The code that an invoice can carry: the QR-bill for an account in Switzerland or Liechtenstein, for a buyer in
    the country of the account that one's own code, and else the EPC code for euros. None for a credit note or a draft,
    where nothing is payable or it is paid by other means than a transfer, or where the account or the seller's address
    does not allow one.

    Of an invoice in instalments it is for the first one. A sandbox's document has one too, which is never printed: it
    leads to a real account.
    """
    if not asks_for_transfer(document) or not document.number or document.payable_minor > AMOUNT_MINOR_MAX:
        return None
    if document.payment.iban[:2] in SWISS_IBANS:
        return swiss_bill(document)
    return _code_at_home(document) or _epc_code_of(document)


def _code_at_home(document: Document) -> SmallCode | None:
    iban, buyer = document.payment.iban, document.buyer.address.country
    place = country_of_account(iban, document.seller.address.country) if iban else None
    if place is None or not at_home(place, buyer):
        return None
    match place.payment.code:
        case PaymentCode.SPAYD:
            return spayd_code(document)
        case PaymentCode.BY_SQUARE:
            return by_square_code(document)
        case PaymentCode.UPN if document.currency == "EUR":
            return upn_code(document)
        case PaymentCode.HUB3 if document.currency == "EUR":
            return hub3_code(document)
    return None


def _epc_code_of(document: Document) -> EpcCode | None:
    payment, country = document.payment, document.payment.iban[:2]
    if document.currency != "EUR" or country not in _SEPA or not (country in _EEA or payment.bic):
        return None
    return epc_code(
        name=payee_of(document),
        iban=payment.iban,
        bic=payment.bic,
        amount=amount_of(document),
        text=document.number,
        reference=_structured(payment),
    )


def _structured(payment: PaymentDetails) -> str:
    """The reference for the field of the code that takes no free text: a national one in the form of ISO 11649, and
    the Belgian one as Belgian banks read it.
    """
    match scheme_of(payment):
        case Scheme.RF | Scheme.VIITE_AS_RF | Scheme.OGM:
            return payment.reference
        case Scheme.VIITE:
            return creditor_reference(payment.reference)
    return ""


def epc_code(*, name: str, iban: str, bic: str, amount: str, text: str, reference: str = "") -> EpcCode | None:
    """The EPC code of a transfer in euros; `amount` has a point and two decimals. It has the structured `reference` or
    else the `text`, never both. None where it would not fit.
    """
    message = "" if reference else one_line(text)[:_MESSAGE_MAX]
    lines = ("BCD", "002", "1", "SCT", bic, one_line(name)[:_NAME_MAX], iban, f"EUR{amount}", "", reference)
    whole = "\n".join((*lines, message) if message else lines)
    return EpcCode(whole) if len(whole.encode()) <= EPC_BYTES_MAX else None
