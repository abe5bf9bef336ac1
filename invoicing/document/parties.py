"""Who is on a document, and where its buyer pays."""

from __future__ import annotations

from dataclasses import dataclass, field

from invoicing.document.legal_texts import Particulars
from invoicing.document.marks import LATER


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is an ISO 3166-1 alpha-2 code, the rest as written."""

    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A seller or a buyer as named on the document.

    `tax_number` is the VAT number (BT-31, BT-48), `registration_number` that of a register (BT-30, BT-47),
    `tax_office_number` another one by which a tax office knows a business (BT-32) or person (BT-46).
    `vat_registration` is of sellers that charge no tax: `small_business` or `not_registered`, else empty.
    `particulars` are what the law wants a seller to say of itself besides (BT-33).
    `trading_name` is what it is called besides its legal `name` (BT-28, BT-45), `contact` whom to ask there (BT-41,
    BT-56), with its phone and e-mail. `identifier` (BT-29, BT-46) and `e_invoice_address` (BT-34, BT-49) begin with
    their schemes.
    """

    name: str
    address: Address
    tax_number: str = ""
    registration_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    tax_office_number: str = field(default="", metadata=LATER)
    vat_registration: str = field(default="", metadata=LATER)
    particulars: Particulars | None = field(default=None, metadata=LATER)
    trading_name: str = field(default="", metadata=LATER)
    contact: str = field(default="", metadata=LATER)
    identifier: str = field(default="", metadata=LATER)
    e_invoice_address: str = field(default="", metadata=LATER)


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """Where the buyer pays: an IBAN with its BIC, or an account number with its bank's routing number. `account_type`
    is what the number is where it is no ordinary one, such as `bankgiro`. `reference` is what the payer states (BT-83),
    made from the number by the rule of `invoicing.payment.references`; where it is empty, the number itself is stated.
    """

    account_holder: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    account_number: str = ""
    routing_number: str = ""
    account_type: str = field(default="", metadata=LATER)
    reference_rule: str = field(default="", metadata=LATER)
    reference: str = field(default="", metadata=LATER)
