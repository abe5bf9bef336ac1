"""The Swiss QR-bill: SIX, "Swiss Implementation Guidelines QR-bill" version 2.3, in force since 21 November 2025, which
knows structured addresses only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anyascii import anyascii

from invoicing.appearance.code_texts import amount_of, one_line
from invoicing.document.documents import Document
from invoicing.document.parties import Party
from invoicing.payment.accounts import is_qr_iban
from invoicing.payment.references import creditor_reference, qr_reference

SWISS_IBANS = frozenset({"CH", "LI"})

_NAME_MAX, _STREET_MAX, _NUMBER_MAX, _CODE_MAX, _TOWN_MAX = 70, 70, 16, 16, 35
_MESSAGE_MAX = 140
_HOUSE_NUMBER = re.compile(r"(?P<street>.*\D) (?P<number>\d{1,5} ?[A-Za-z]?)")
# The number of a box at the post office is none of a house.
_BOX = re.compile(
    r"(?:.*\W)?(?:postfach|case postale|casella postale|c\.? ?p\.?|p\.? ?o\.? box|box|pf)\W*", re.IGNORECASE
)
# Latin-1, Latin Extended-A, the Romanian letters with a comma below, and the euro sign: what SIX permits.
_PERMITTED = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x218, 0x21C), 0x20AC)))


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
        abroad = "" if self.country in SWISS_IBANS else f"{self.country}-"
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


def swiss_bill(document: Document) -> SwissBill | None:
    iban = document.payment.iban
    creditor = _swiss_address(document.payment.account_holder or document.seller.name, document.seller)
    if creditor is None or document.currency not in ("CHF", "EUR"):
        return None
    # Documents that were issued before references were frozen have none.
    made = qr_reference(document.number) if is_qr_iban(iban) else creditor_reference(document.number)
    reference = document.payment.reference or ("" if document.payment.reference_rule else made)
    kind = "QRR" if is_qr_iban(iban) else "SCOR" if reference else "NON"
    return SwissBill(
        iban=iban,
        creditor=creditor,
        amount=amount_of(document),
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
    if parts is not None and _BOX.fullmatch(parts["street"]):
        parts = None
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


def _permitted(text: str) -> str:
    return one_line("".join(one if one in _PERMITTED else anyascii(one) for one in one_line(text)))
