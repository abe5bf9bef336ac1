"""An issued document as a page shows it: what was said, what it comes to and what happened to it since, written by the
organization's own locale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from invoicing.document.details import said_of_document
from invoicing.document.documents import DocumentKind, Line, TaxSubtotal
from invoicing.document.former_records import is_former
from invoicing.document.lifecycle import Status
from invoicing.document.parties import Party
from invoicing.exports.ledger.entries import Entry, Side
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import money_text
from invoicing.render.formats import Formats
from invoicing.settlement.kinds import SettlementKind
from operations.issuing import StandingDocument
from storage.books.payments import standing_of
from views.base import View
from views.listed_documents import formats_of


class ShownLine(View):
    """`below` is what is said of it besides its name."""

    position: int
    name: str
    below: list[str]
    quantity: str
    unit: str
    price: str
    tax: str
    net: str


class ShownTax(View):
    """`reason` is the law that says why there is none."""

    name: str
    rate: str
    taxable: str
    tax: str
    reason: str


class ShownEvent(View):
    """Something that happened to it: `what` is the kind of a settlement, `issued` or `credited`. `key` is the id of the
    credit note, and `reverse` that of what was recorded, where it stands and can be taken back.
    """

    what: str
    when: str
    amount: str
    said: list[str]
    who: str
    key: str
    reverse: str


class ShownSide(View):
    """One side of an entry; one of the two amounts is empty."""

    account: str
    name: str
    debit: str
    credit: str


class ShownEntry(View):
    """What was posted on a day; amounts in the document's currency."""

    day: str
    sides: list[ShownSide]


class ShownDocument(View):
    """Amounts are without their currency. `open` is what is still owed, less than zero where the customer is owed. Of
    one of a `former` system the total alone is known, and it has no PDF here.
    """

    key: str
    number: str
    kind: str
    status: str
    customer: str
    address: list[str]
    numbers: list[str]
    issued: str
    due: str
    supplied: str
    terms: str
    purchase_order: str
    details: dict[str, str]
    note: str
    currency: str
    lines: list[ShownLine]
    taxes: list[ShownTax]
    net: str
    tax: str
    total: str
    payable: str
    paid: str
    credited: str
    open: str
    owed_to_customer: bool
    credits: str
    credits_number: str
    reason: str
    hash: str
    former: bool
    events: list[ShownEvent]


def shown_document(found: StandingDocument, profile: Profile) -> ShownDocument:
    document, balance = found.document, found.balance
    formats, buyer = formats_of(profile, document.currency), document.buyer
    is_note, former = document.kind is DocumentKind.CREDIT_NOTE, is_former(document.id)
    return ShownDocument(
        key=document.id,
        number=document.number,
        kind=document.kind.value,
        status=found.status.value,
        customer=buyer.name,
        address=address_of(buyer),
        numbers=[number for number in (buyer.tax_number, buyer.registration_number) if number],
        issued=formats.date(document.issue_date),
        due="" if is_note else formats.date(document.due_date),
        supplied="" if former else days_of(document.supply_date, document.supply_end, formats),
        terms=document.payment_terms,
        purchase_order=document.purchase_order,
        details=said_of_document(document),
        note=document.note,
        currency=document.currency,
        lines=[shown_line(line, formats) for line in document.lines],
        taxes=[shown_tax(tax, formats) for tax in document.taxes],
        net="" if former else formats.amount(document.net_minor),
        tax=formats.amount(document.tax_minor),
        total=formats.amount(document.total_minor),
        payable=formats.amount(document.payable_minor) if document.payable_minor != document.total_minor else "",
        paid=formats.amount(balance.paid_minor) if balance.paid_minor else "",
        credited=formats.amount(balance.credited_minor) if balance.credited_minor else "",
        open=formats.amount(balance.due_minor) if balance.due_minor else "",
        owed_to_customer=balance.due_minor < 0,
        credits=document.of_invoice,
        credits_number=document.credits.number if document.credits else "",
        reason=document.reason,
        hash=found.hash,
        former=former,
        events=_events(found, formats),
    )


def acts_of(shown: ShownDocument) -> list[str]:
    """What can be done with a document as it stands: credited, paid, or what was recorded taken back."""
    is_note, acts = shown.kind == DocumentKind.CREDIT_NOTE.value, ["reverse"]
    if shown.open or (is_note and shown.credits):
        acts.append("pay")
    if not is_note and not shown.former and shown.status != Status.CREDITED:
        acts.append("credit")
    return acts


def kinds_of_settling(shown: ShownDocument) -> list[str]:
    """In which ways it can be settled as it stands, the usual one first."""
    if shown.kind == DocumentKind.CREDIT_NOTE.value:
        return [SettlementKind.PAYMENT.value]
    if shown.owed_to_customer:
        return [SettlementKind.PAID_BACK.value, SettlementKind.PAYMENT.value]
    return [kind.value for kind in _USUAL]


def amount_to_type(found: StandingDocument, profile: Profile) -> str:
    """What is still open of it, as it would be typed; empty where nothing is."""
    currency, due_minor = found.document.currency, abs(found.balance.due_minor)
    return money_text(due_minor, currency).replace(".", formats_of(profile, currency).decimal) if due_minor else ""


_USUAL = (
    SettlementKind.PAYMENT,
    SettlementKind.CREDIT,
    SettlementKind.DISCOUNT,
    SettlementKind.CHARGES,
    SettlementKind.WITHHELD_TAX,
    SettlementKind.WRITE_OFF,
)


def shown_entries(found: Sequence[Entry], names: Mapping[str, str], profile: Profile) -> list[ShownEntry]:
    """The entries of a document, each side with what its account is called."""
    return [
        ShownEntry(
            day=formats_of(profile, "").date(entry.day),
            sides=[_side(side, names.get(side.account, ""), profile) for side in entry.sides],
        )
        for entry in found
    ]


def _side(side: Side, name: str, profile: Profile) -> ShownSide:
    formats = formats_of(profile, side.currency)
    debit, credit = (formats.amount(minor) if minor else "" for minor in (side.debit_minor, side.credit_minor))
    return ShownSide(account=side.account, name=name, debit=debit, credit=credit)


def address_of(party: Party) -> list[str]:
    """The lines of an address below the name."""
    place = party.address
    lines = (place.line1, place.line2, f"{place.postal_code} {place.city}".strip(), place.country)
    return [text for text in lines if text]


def shown_tax(tax: TaxSubtotal, formats: Formats) -> ShownTax:
    return ShownTax(
        name=tax.label,
        rate=formats.percent(tax.rate),
        taxable=formats.amount(tax.taxable_minor),
        tax=formats.amount(tax.tax_minor),
        reason=tax.reason,
    )


def days_of(first: date, last: date | None, formats: Formats) -> str:
    return " – ".join(dict.fromkeys(formats.date(day) for day in (first, last) if day))


def shown_line(line: Line, formats: Formats) -> ShownLine:
    days = days_of(line.supply_date, line.supply_end, formats) if line.supply_date else ""
    return ShownLine(
        position=line.position,
        name=line.title,
        below=[text for text in (line.details, days, line.note) if text],
        quantity=formats.number(line.quantity),
        unit=line.unit,
        price=formats.price(line.unit_price),
        tax=formats.percent(line.tax_rate),
        net=formats.amount(line.net_minor),
    )


def _events(found: StandingDocument, formats: Formats) -> list[ShownEvent]:
    """What happened, the newest first."""
    standing = {payment.id for payment in standing_of(found.payments)}
    events = [
        ShownEvent(
            what="reversed" if payment.reverses_id else payment.kind.value,
            when=formats.date(payment.paid_on),
            amount=formats.amount(payment.amount_minor),
            said=[text for text in (payment.method, payment.reference) if text],
            who=payment.recorded_by,
            key="",
            reverse=payment.id if payment.id in standing else "",
        )
        for payment in found.payments
    ]
    events += [
        ShownEvent(
            what="credited",
            when=formats.date(note.document.issue_date),
            amount=formats.amount(note.document.total_minor),
            said=[note.document.number, note.document.reason],
            who=note.issued_by,
            key=note.document.id,
            reverse="",
        )
        for note in found.credit_notes
    ]
    events.append(
        ShownEvent(
            what="issued",
            when=_moment(found.issued_at, formats),
            amount="",
            said=[],
            who=found.issued_by,
            key="",
            reverse="",
        )
    )
    return events


def _moment(moment: datetime, formats: Formats) -> str:
    return f"{formats.date(moment.date())}, {moment:%H:%M} UTC"
