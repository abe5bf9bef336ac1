"""The fixed words of the printed document, in one place so that other languages can follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from invoicing.documents import DocumentKind, TaxCategory


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of one language."""

    invoice: str
    credit_note: str
    draft: str
    invoice_not_issued: str
    credit_note_not_issued: str
    bill_to: str
    credit_to: str
    registration: str
    issue_date: str
    due_date: str
    supply_date: str
    supply_period: str
    purchase_order: str
    currency: str
    position: str
    description: str
    quantity: str
    unit_price: str
    discount: str
    amount: str
    tax: str
    tax_in_sentence: str
    carried_forward: str
    brought_forward: str
    prices_with_tax: str
    prices_without_tax: str
    tax_summary: str
    tax_rate: str
    taxable: str
    net: str
    total: str
    payment_details: str
    account_holder: str
    bank: str
    iban: str
    bic: str
    account_number: str
    routing_number: str
    reference: str
    payment_terms: str
    note: str
    page: str
    sandbox: str
    categories: dict[TaxCategory, str]

    def kind(self, kind: DocumentKind) -> str:
        """What a document of this kind is called."""
        match kind:
            case DocumentKind.INVOICE:
                return self.invoice
            case DocumentKind.CREDIT_NOTE:
                return self.credit_note
            case _:
                assert_never(kind)


ENGLISH = Labels(
    invoice="Invoice",
    credit_note="Credit note",
    draft="Draft",
    invoice_not_issued="Invoice, not issued",
    credit_note_not_issued="Credit note, not issued",
    bill_to="Bill to",
    credit_to="Credit to",
    registration="Registration no.",
    issue_date="Issue date",
    due_date="Due date",
    supply_date="Supply date",
    supply_period="Supply period",
    purchase_order="Purchase order",
    currency="Currency",
    position="No.",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    discount="Discount",
    amount="Amount",
    tax="Tax",
    tax_in_sentence="tax",
    carried_forward="Carried forward",
    brought_forward="Brought forward",
    prices_with_tax="All amounts in {currency}, {tax} included in prices and line amounts.",
    prices_without_tax="All amounts in {currency}, {tax} not included in prices and line amounts.",
    tax_summary="{tax} summary",
    tax_rate="Rate",
    taxable="Taxable amount",
    net="Total without {tax}",
    total="Total",
    payment_details="Payment details",
    account_holder="Account holder",
    bank="Bank",
    iban="IBAN",
    bic="BIC",
    account_number="Account number",
    routing_number="Routing number",
    reference="Reference",
    payment_terms="Payment terms",
    note="Note",
    page="Page {page} of {pages}",
    sandbox="SANDBOX - NOT AN INVOICE",
    categories={
        TaxCategory.STANDARD: "",
        TaxCategory.ZERO: "zero-rated",
        TaxCategory.EXEMPT: "exempt",
        TaxCategory.REVERSE_CHARGE: "reverse charge",
        TaxCategory.INTRA_COMMUNITY: "intra-Community supply",
        TaxCategory.EXPORT: "export",
        TaxCategory.OUTSIDE_SCOPE: "outside the scope",
        TaxCategory.CANARY_ISLANDS: "Canary Islands",
        TaxCategory.CEUTA_AND_MELILLA: "Ceuta and Melilla",
    },
)
