"""A document as it is frozen when it is issued: everything that is on the paper, and nothing that can change.

The same value is a preview before it is issued: then `id`, `number` and `series` are empty.
Payments and the status that follows from them are not part of it: they happen to a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.document.adjusted import AdjustmentKind, LineAdjustment
from invoicing.document.advances import AdvanceTax, DeductedAdvance
from invoicing.document.corrected import LineCorrection, Remains
from invoicing.document.legal_texts import LegalTerm
from invoicing.document.marks import LATER, text_of
from invoicing.document.parties import Party, PaymentDetails
from invoicing.document.payable import EarlyPayment, Instalment, PayableRounding, PaymentMeans
from invoicing.document.references import Delivery, LineReferences, Payee, References, TaxRepresentative
from invoicing.organizations import Environment


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Supply(StrEnum):
    """What a line supplies; the place of supply, and so the tax, can follow from it."""

    GOODS = "goods"
    SERVICES = "services"


class TaxCategory(StrEnum):
    """The VAT categories of EN 16931 (UNCL 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"
    SPLIT_PAYMENT = "B"
    CANARY_ISLANDS = "L"
    CEUTA_AND_MELILLA = "M"


class JurisdictionLevel(StrEnum):
    """Who levies a part of a US sales tax; or which of two taxes of one state it is, where VAT has a surcharge."""

    STATE = "state"
    COUNTY = "county"
    CITY = "city"
    DISTRICT = "district"
    VAT = "vat"
    SURCHARGE = "surcharge"


@dataclass(frozen=True, slots=True)
class JurisdictionRate:
    """What one jurisdiction takes, in percent, on the tax point."""

    name: str
    level: JurisdictionLevel
    rate: Decimal


@dataclass(frozen=True, slots=True)
class JurisdictionTax:
    """What one jurisdiction takes of a document. The parts of a subtotal sum to its tax; each is within one minor
    unit of its own rate's exact tax.
    """

    name: str
    level: JurisdictionLevel
    rate: Decimal
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Tag:
    """The value that a line has in one of the organization's own dimensions, both by their codes."""

    dimension: str
    value: str


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What a line says from the request to the paper. A `quantity` below zero takes goods back; its price stays
    positive. `discount_percent` is in percent. The price is for `base_quantity` units (BT-149). `name` is what it is
    called besides its description (BT-153, BT-154); where there is but one text, it is the description. `supply_date`
    and `supply_end` are its own day or period, where it is not the document's (BG-26). `order_line` is the line of the
    buyer's purchase order that it answers (BT-132). `note` is what else there is to say (BT-127). `dimensions` are for
    the organization's own books, by the code of the dimension, and are not printed. `cost` is the kind of cost that it
    passes on (`Country.costs`), such as ADVANCED for an expense in the buyer's name; empty for what is simply supplied.
    """

    quantity: Decimal
    item: str = ""
    description: str = ""
    unit: str = field(default="", metadata=text_of(20, later=False))
    discount_percent: Decimal = Decimal(0)
    name: str = field(default="", metadata=text_of(200))
    supply_date: date | None = field(default=None, metadata=LATER)
    supply_end: date | None = field(default=None, metadata=LATER)
    order_line: str = field(default="", metadata=text_of(100))
    dimensions: tuple[Tag, ...] = field(default=(), metadata=LATER)
    cost: str = field(default="", metadata=LATER)
    base_quantity: Decimal = field(default=Decimal(1), metadata=LATER)
    note: str = field(default="", metadata=LATER)
    references: LineReferences | None = field(default=None, metadata=LATER)


LINE_TEXTS: Mapping[str, int] = {
    field.name: field.metadata["length_max"] for field in fields(LineTerms) if "length_max" in field.metadata
}
"""The texts of a line besides its description, and how long each can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine(LineTerms):
    """A line with its price and what it supplies. `discount_amount` and `charge_amount` are in the currency, for the
    whole line (BT-136, BT-141), and have the sign of the quantity; `adjustments` are what was taken off or added
    besides, in their order. `supply_assumed` says that nobody stated what it supplies. `revenue_account` is a
    number of the chart of accounts. A line with an `advance` supplies nothing: it deducts that.
    """

    unit_price: Decimal
    supply: Supply = Supply.GOODS
    revenue_account: str = ""
    discount_amount: Decimal = field(default=Decimal(0), metadata=LATER)
    charge_amount: Decimal = field(default=Decimal(0), metadata=LATER)
    supply_assumed: bool = field(default=False, metadata=LATER)
    adjustments: tuple[LineAdjustment, ...] = field(default=(), metadata=LATER)
    advance: DeductedAdvance | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(PricedLine):
    """A line as it is frozen. `amount_minor` is quantity x price less discounts plus charges as printed: without tax,
    or with it where the document's prices include tax. `net_minor` is always without tax. `tax_rate` is in percent,
    `jurisdictions` are the parts of a stacked one. `invoice_position` is the line of the invoice that a line of a
    credit note takes back, else 0, and `correction` what was left of it before.
    """

    position: int
    tax_code: str
    tax_category: TaxCategory
    tax_rate: Decimal
    amount_minor: int
    net_minor: int
    jurisdictions: tuple[JurisdictionRate, ...] = field(default=(), metadata=LATER)
    invoice_position: int = field(default=0, metadata=LATER)
    correction: LineCorrection | None = field(default=None, metadata=LATER)

    @property
    def price_only(self) -> bool:
        """Whether a line of a credit note reduces a price and takes nothing back (Article 90 Directive 2006/112/EC)."""
        return self.correction is not None and self.correction.price_only

    @property
    def title(self) -> str:
        """What is supplied, in its one or first text (BT-153)."""
        return self.name or self.description

    @property
    def details(self) -> str:
        """What is said besides (BT-154)."""
        return self.description if self.name else ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount or charge of the whole document, or its share in one tax group (BG-20, BG-21).

    What was asked for once and split over several groups has one `position`. The amounts are positive for either
    kind: `amount_minor` as printed (with tax where prices include it), `net_minor` without tax (BT-92, BT-99).
    `percent` is 0 where an amount was stated, and else what was taken of `base_minor`: the printed amounts of the
    group's lines, or its share of a base that was stated (BT-93, BT-100). `cost` is the fund that a contribution is of
    (`Country.costs`), such as TC04. `reason_code` is one of UNTDID 5189 or 7161 (BT-98, BT-105).
    """

    position: int
    kind: AdjustmentKind
    reason: str
    percent: Decimal
    base_minor: int
    tax_code: str
    tax_category: TaxCategory
    tax_rate: Decimal
    amount_minor: int
    net_minor: int
    jurisdictions: tuple[JurisdictionRate, ...] = ()
    cost: str = field(default="", metadata=LATER)
    reason_code: str = field(default="", metadata=LATER)


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """The tax of one category and rate (EN 16931, group BG-23). `label` is the tax's name, such as "VAT";
    `reason` the text that the law wants where no tax is charged (BT-120), else empty; `reason_local` the same in
    the language of the country, and `reason_code` its code (BT-121, VATEX). `jurisdictions` are the parts of a US
    sales tax, of which each stack has a subtotal of its own.
    """

    category: TaxCategory
    rate: Decimal
    label: str
    taxable_minor: int
    tax_minor: int
    reason: str = ""
    reason_local: str = field(default="", metadata=LATER)
    reason_code: str = field(default="", metadata=LATER)
    jurisdictions: tuple[JurisdictionTax, ...] = field(default=(), metadata=LATER)


@dataclass(frozen=True, slots=True)
class Withholding:
    """Tax that the buyer keeps back from the payment and hands to the tax office for the seller.

    `rate` is percent of `base_minor`: the document's net less its parts of the kinds in `without` (`Line.cost`,
    `Adjustment.cost`), or with `of_total` its total. It changes neither net, tax nor total of the document: it changes
    what is paid to the seller.
    """

    code: str
    label: str
    rate: Decimal
    base_minor: int
    amount_minor: int
    without: tuple[str, ...] = field(default=(), metadata=LATER)
    of_total: bool = field(default=False, metadata=LATER)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The document's net and tax in the accounting `currency`, in its minor units (BT-6, BT-111).

    `rate` is what one unit of the document's currency costs in the accounting currency: EUR 1 = GBP 0.85 is 0.85
    on a document in EUR in books in GBP. `on` and `source` say whose rate of which day it is.
    """

    currency: str
    rate: Decimal
    on: date
    source: str
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class CreditedInvoice:
    """The invoice that a credit note takes back, whole or in part (BG-3). `whole` says that this note alone takes back
    all of it; `remains` what is left after it, which documents of the first releases do not say. An invoice of a former
    system has no id.
    """

    id: str
    number: str
    issue_date: date
    whole: bool = field(default=False, metadata=LATER)
    remains: Remains | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or credit note. All amounts are in the minor unit of `currency`, and positive for either kind.

    `reason` says why a credit note was made; `form_words` stand on a PDF that is only a copy in law. `tax_point` is the
    day on which its tax is due (BT-7), of a credit note its own issue date; `accounting_currency` is that of the books
    (BT-6). Both are empty in documents whose canonical text is of version 1. `instalments` are in the order of their
    days, of which the last is the `due_date`, and sum to what is payable.
    `paid_on` is the day on which all that is payable was paid, before it was issued or with it.
    `cash_accounting` says that the seller's tax becomes due when it is paid, whatever the tax point. `advance` says of
    an advance when its tax is due. `legal_terms` are sentences that the law of the seller's country wants on it. It is
    printed in the language of its `locale` and, beside that, in
    its `second_language` (ISO 639-1), where it or its branding has one.
    """

    kind: DocumentKind
    environment: Environment
    organization: str
    id: str
    number: str
    series: str
    issue_date: date
    due_date: date
    supply_date: date
    currency: str
    prices_include_tax: bool
    rounding: str
    seller: Party
    buyer: Party
    customer: str
    payment: PaymentDetails
    lines: tuple[Line, ...]
    taxes: tuple[TaxSubtotal, ...]
    net_minor: int
    tax_minor: int
    total_minor: int
    purchase_order: str = ""
    payment_terms: str = ""
    note: str = ""
    footer: str = ""
    locale: str = "en_GB"
    tax_number_label: str = "VAT no."
    supply_end: date | None = None
    adjustments: tuple[Adjustment, ...] = field(default=(), metadata=LATER)
    withholding: Withholding | None = field(default=None, metadata=LATER)
    exchange: Exchange | None = field(default=None, metadata=LATER)
    credits: CreditedInvoice | None = field(default=None, metadata=LATER)
    reason: str = field(default="", metadata=LATER)
    form_words: str = field(default="", metadata=LATER)
    tax_point: date | None = field(default=None, metadata=LATER)
    accounting_currency: str = field(default="", metadata=LATER)
    early_payment: EarlyPayment | None = field(default=None, metadata=LATER)
    instalments: tuple[Instalment, ...] = field(default=(), metadata=LATER)
    cash_accounting: bool = field(default=False, metadata=LATER)
    legal_terms: tuple[LegalTerm, ...] = field(default=(), metadata=LATER)
    payment_means: PaymentMeans | None = field(default=None, metadata=LATER)
    payable_rounding: PayableRounding | None = field(default=None, metadata=LATER)
    second_language: str = field(default="", metadata=LATER)
    advance: AdvanceTax | None = field(default=None, metadata=LATER)
    paid_on: date | None = field(default=None, metadata=LATER)

    @property
    def of_invoice(self) -> str:
        """The id of the invoice on which a credit note counts; empty where a document counts by itself: an invoice, and
        a credit note for an invoice of a former system.
        """
        return self.credits.id if self.credits else ""

    @property
    def due_at_first_minor(self) -> int:
        """What is due of it when it is issued; less than zero where the customer is owed."""
        if self.kind is DocumentKind.INVOICE:
            return self.payable_minor
        return 0 if self.of_invoice else -self.payable_minor

    @property
    def is_due_by_payment(self) -> bool:
        """Whether its tax becomes due when it is paid."""
        return self.cash_accounting or self.advance is AdvanceTax.PAYMENT

    @property
    def deducts(self) -> bool:
        """Whether advances are deducted from it: a final invoice."""
        return any(line.advance is not None for line in self.lines)

    @property
    def withheld_minor(self) -> int:
        """What the buyer withholds."""
        return self.withholding.amount_minor if self.withholding else 0

    @property
    def rounding_minor(self) -> int:
        """What rounding adds to the sum to pay, less than zero where it takes off (BT-114)."""
        return self.payable_rounding.amount_minor if self.payable_rounding else 0

    @property
    def owed_minor(self) -> int:
        """What the books have as receivable: the total less split tax, with its rounding; withheld or not."""
        return self.total_minor - self.split_tax_minor + self.rounding_minor

    @property
    def split_tax_minor(self) -> int:
        """The tax that the buyer pays to the tax office itself (category B), and not to the seller."""
        return sum(tax.tax_minor for tax in self.taxes if tax.category is TaxCategory.SPLIT_PAYMENT)

    references: References | None = field(default=None, metadata=LATER)
    delivery: Delivery | None = field(default=None, metadata=LATER)
    payee: Payee | None = field(default=None, metadata=LATER)
    tax_representative: TaxRepresentative | None = field(default=None, metadata=LATER)

    @property
    def payable_minor(self) -> int:
        """What is to be paid to the seller: the total less what the buyer withholds, or pays to the tax office; rounded
        where it says so.
        """
        return self.owed_minor - self.withheld_minor
