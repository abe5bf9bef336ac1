"""What a bank's app reads off a printed invoice: the EPC code of the euro area and the Swiss QR-bill.

- European Payments Council, EPC069-12 version 2.1, "Quick Response Code: Guidelines to enable data capture for the
  initiation of a SEPA credit transfer".
- SIX, "Swiss Implementation Guidelines QR-bill" version 2.3, in force since 21 November 2025: only structured
  addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anyascii import anyascii
from stdnum import iso11649
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from invoicing.document.documents import Document, DocumentKind, Party
from invoicing.money.amounts import to_major

AMOUNT_MINOR_MAX = 99_999_999_999
EPC_BYTES_MAX = 331

# Countries of the SEPA schemes by the code of their IBANs. Outside the European Economic Area a payment needs the BIC.
_EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
_SEPA = _EEA | frozenset("AD AL CH GB GI MC MD ME MK RS SM VA".split())
_SWISS = frozenset({"CH", "LI"})
_NAME_MAX, _STREET_MAX, _NUMBER_MAX, _CODE_MAX, _TOWN_MAX = 70, 70, 16, 16, 35
_MESSAGE_MAX = 140
_SCOR_MAX, _QRR_DIGITS = 21, 26
_HOUSE_NUMBER = re.compile(r"(?P<street>.*\D) (?P<number>\d{1,5} ?[A-Za-z]?)")
_RESERVED = re.compile(r"[^0-9A-Z]+")
# Latin-1, Latin Extended-A, the Romanian letters with a comma below, and the euro sign: what SIX permits.
_PERMITTED = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x20AC)))


@dataclass(frozen=True, slots=True)
class EpcCode:
    """The text of a code by which a SEPA credit transfer is begun."""

    text: str


@dataclass(frozen=True, slots=True)
class SwissAddress:
    """A structured address (type S) in the permitted characters, cut to the lengths of the standard."""

    name: str
    street: str
    number: str
    postal_code: str
    city: str
    country: str

    @property
    def lines(self) -> tuple[str, ...]:
        """As it is printed, in at most three lines."""
        place = f"{self.postal_code} {self.city}"
        abroad = "" if self.country in _SWISS else f"{self.country}-"
        return tuple(line for line in (self.name, f"{self.street} {self.number}".strip(), abroad + place) if line)


@dataclass(frozen=True, slots=True)
class SwissBill:
    """What the payment part and the receipt of a Swiss QR-bill say. `debtor` is None where the buyer's address is
    not complete: then it is filled in by hand. `reference_type` is QRR, SCOR or NON.
    """

    iban: str
    creditor: SwissAddress
    amount: str
    currency: str
    debtor: SwissAddress | None
    reference_type: str
    reference: str
    message: str

    @property
    def text(self) -> str:
        """The 31 elements of the code, each on its line. The ultimate creditor is reserved and stays empty."""
        return "\n".join(
            (
                "SPC",
                "0200",
                "1",
                self.iban,
                *_elements(self.creditor),
                *[""] * 7,
                self.amount,
                self.currency,
                *_elements(self.debtor),
                self.reference_type,
                self.reference,
                self.message,
                "EPD",
            )
        )


def asks_for_payment(document: Document) -> bool:
    """Whether somebody is to pay: not a credit note, and not what comes to nothing or is withheld whole."""
    return document.kind is DocumentKind.INVOICE and document.payable_minor > 0


def payment_code(document: Document) -> EpcCode | SwissBill | None:
    """The code that an invoice can carry: the QR-bill for an account in Switzerland or Liechtenstein, else the EPC
    code for euros. None for a credit note or a draft, where nothing is payable, or where the account or the seller's
    address does not allow one.

    Of an invoice in instalments it is for the first one. A sandbox's document has one too, which is never printed: it
    leads to a real account.
    """
    if not asks_for_payment(document) or not document.number or document.payable_minor > AMOUNT_MINOR_MAX:
        return None
    country = document.payment.iban[:2]
    if country in _SWISS:
        return _swiss_bill(document)
    if document.currency == "EUR" and country in _SEPA and (country in _EEA or document.payment.bic):
        return epc_code(
            name=document.payment.account_holder or document.seller.name,
            iban=document.payment.iban,
            bic=document.payment.bic,
            amount=_amount(document),
            text=document.number,
        )
    return None


def epc_code(*, name: str, iban: str, bic: str, amount: str, text: str) -> EpcCode | None:
    """The EPC code of a transfer in euros; `amount` has a point and two decimals. None where it would not fit."""
    lines = ("BCD", "002", "1", "SCT", bic, _one_line(name)[:_NAME_MAX], iban, f"EUR{amount}", "", "")
    whole = "\n".join((*lines, _one_line(text)[:_MESSAGE_MAX]))
    return EpcCode(whole) if len(whole.encode()) <= EPC_BYTES_MAX else None


def is_qr_iban(iban: str) -> bool:
    """Whether this is a QR-IBAN, whose institution number is between 30000 and 31999."""
    return iban[:2] in _SWISS and "30000" <= iban[4:9] <= "31999"


def qr_reference(number: str) -> str:
    """The QR reference of a document's number: 26 digits and the check digit (modulo 10, recursive).

    Letters become two digits as in an IBAN (A = 10), so that two series do not meet. Of a number that is too long,
    the end counts.
    """
    digits = "".join(str(int(character, 36)) for character in _compact(number))[-_QRR_DIGITS:].rjust(_QRR_DIGITS, "0")
    return digits + esr.calc_check_digit(digits)


def creditor_reference(number: str) -> str:
    """The creditor reference (ISO 11649) of a document's number, or nothing where it is too long for one."""
    compact = _compact(number)
    if not 0 < len(compact) <= _SCOR_MAX:
        return ""
    reference = f"RF{mod_97_10.calc_check_digits(compact + 'RF')}{compact}"
    return reference if iso11649.is_valid(reference) else ""


def _swiss_bill(document: Document) -> SwissBill | None:
    iban = document.payment.iban
    creditor = _swiss_address(document.payment.account_holder or document.seller.name, document.seller)
    if creditor is None or document.currency not in ("CHF", "EUR"):
        return None
    reference = qr_reference(document.number) if is_qr_iban(iban) else creditor_reference(document.number)
    kind = "QRR" if is_qr_iban(iban) else "SCOR" if reference else "NON"
    return SwissBill(
        iban=iban,
        creditor=creditor,
        amount=_amount(document),
        currency=document.currency,
        debtor=_swiss_address(document.buyer.name, document.buyer),
        reference_type=kind,
        reference=reference,
        message=_permitted(document.number)[:_MESSAGE_MAX],
    )


def _swiss_address(name: str, party: Party) -> SwissAddress | None:
    address = party.address
    street = ", ".join(part for part in (_permitted(address.line1), _permitted(address.line2)) if part)
    # Only where the house number stands last, as in Switzerland and its neighbours; elsewhere the street has both.
    parts = _HOUSE_NUMBER.fullmatch(street)
    written = SwissAddress(
        name=_permitted(name)[:_NAME_MAX],
        street=(parts["street"] if parts else street)[:_STREET_MAX],
        number=(parts["number"] if parts else "")[:_NUMBER_MAX],
        postal_code=_permitted(address.postal_code)[:_CODE_MAX],
        city=_permitted(address.city)[:_TOWN_MAX],
        country=address.country.upper(),
    )
    complete = written.name and written.postal_code and written.city and len(written.country) == 2
    return written if complete else None


def _elements(address: SwissAddress | None) -> tuple[str, ...]:
    if address is None:
        return ("",) * 7
    parts = (address.name, address.street, address.number, address.postal_code, address.city, address.country)
    return ("S", *parts)


def _amount(document: Document) -> str:
    first = document.instalments[0].amount_minor if document.instalments else document.payable_minor
    return f"{to_major(first, document.currency):.2f}"


def _compact(number: str) -> str:
    return _RESERVED.sub("", anyascii(number).upper())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _permitted(text: str) -> str:
    return _one_line("".join(one if one in _PERMITTED else anyascii(one) for one in _one_line(text)))
