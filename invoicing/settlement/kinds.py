"""The kinds of what settles a document, and which account each is posted to. docs/money.md has them as a table."""

from __future__ import annotations

from enum import StrEnum


class SettlementKind(StrEnum):
    """What is recorded of a document. All but a payment are of invoices alone; of a credit note a payment is a refund.
    Of one for an invoice of a former system, which counts by itself, money is paid back and credit is used.

    A certificate is of the tax that the document itself says is withheld: it settles nothing that is due.
    """

    PAYMENT = "payment"
    PAID_BACK = "paid_back"
    CREDIT = "credit"
    CREDIT_USED = "credit_used"
    WRITE_OFF = "write_off"
    CHARGES = "charges"
    WITHHELD_TAX = "withheld_tax"
    CERTIFICATE = "certificate"
    DISCOUNT = "discount"


MONEY = frozenset({SettlementKind.PAYMENT, SettlementKind.PAID_BACK})
"""What moves money at a rate of its own; the others are at the document's."""

OWED_AGAIN = frozenset({SettlementKind.PAID_BACK, SettlementKind.CREDIT_USED})
"""What makes up for what the customer is owed: the invoice stands higher after it."""

CHOSEN = tuple(kind for kind in SettlementKind if kind not in (SettlementKind.CREDIT_USED, SettlementKind.CERTIFICATE))
"""What is asked for by name; the two others follow from it."""

ROLES = {
    SettlementKind.PAYMENT: "bank",
    SettlementKind.PAID_BACK: "bank",
    SettlementKind.CREDIT: "customer_credit",
    SettlementKind.CREDIT_USED: "customer_credit",
    SettlementKind.WRITE_OFF: "write_off",
    SettlementKind.CHARGES: "bank_charges",
    SettlementKind.WITHHELD_TAX: "withheld_tax",
    SettlementKind.CERTIFICATE: "withheld_tax",
    SettlementKind.DISCOUNT: "discount",
}
"""The role of a posting profile (`invoicing.master_data.records.Posting`) that stands against what is receivable."""


def effect(kind: SettlementKind) -> int:
    """What an amount of the kind does to what was paid of an invoice: added 1, taken off -1, neither 0."""
    if kind is SettlementKind.CERTIFICATE:
        return 0
    return -1 if kind in OWED_AGAIN else 1
