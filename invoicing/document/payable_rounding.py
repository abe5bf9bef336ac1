"""How the sum to pay of a document to be is rounded (EN 16931, BT-114)."""

from __future__ import annotations

from decimal import Decimal

from invoicing.countries import country
from invoicing.document.documents import Document
from invoicing.document.payable import PayableRounding, PaymentMeans, rounded_to, unit_fits
from invoicing.document.requested import RequestedDocument
from invoicing.master_data.profiles import Profile
from invoicing.money.amounts import exact_minor, plain
from invoicing.refusals import InvalidInput


def payable_rounding(request: RequestedDocument, document: Document, profile: Profile) -> PayableRounding | None:
    """The rounding that was asked for, or by which the country rounds what is paid in cash.

    Raises:
        InvalidInput: the currency does not have the unit, or the amount, or less than nothing would be to pay.
    """
    unit, currency = request.rounding_to, document.currency
    if request.rounding_amount:
        return _stated(request.rounding_amount, document)
    if unit is None and document.payment_means is PaymentMeans.CASH:
        unit = country(profile.country).cash_unit(currency, document.issue_date)
    if not unit:
        return None
    if not unit_fits(unit, currency):
        raise InvalidInput(f"rounding_to: {currency} has no {plain(unit)}.", field="rounding_to")
    return PayableRounding(unit, rounded_to(document.payable_minor, unit, currency) - document.payable_minor)


def _stated(amount: Decimal, document: Document) -> PayableRounding:
    amount_minor = exact_minor(amount, document.currency, field="rounding_amount")
    if document.payable_minor + amount_minor < 0:
        raise InvalidInput("rounding_amount is more than the sum to pay.", field="rounding_amount")
    return PayableRounding(Decimal(0), amount_minor)
