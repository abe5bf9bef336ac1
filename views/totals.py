"""The shape of what a document says besides its lines and tax: adjustments, jurisdictions, withholding, conversion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Annotated, Any

from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, DocumentKind, TaxSubtotal
from invoicing.document.payable import PaymentMeans
from invoicing.money.amounts import money_text, plain
from views.base import LIST_UNSPELT, SEVERAL_UNSPELT, UNSPELT_OR_NULL, View


class JurisdictionAnswer(View):
    name: str
    level: str
    rate: str
    tax: str


class AdjustmentAnswer(View):
    """A discount or charge of the document, or its share of one tax group. `cost` is the fund that it is for."""

    kind: str
    reason: str
    percent: str
    amount: str
    tax_code: str
    cost: str


class WithholdingAnswer(View):
    """`base` is what the rate is of: the net, without costs that the law leaves out of it."""

    code: str
    label: str
    rate: str
    base: str
    amount: str


class ExchangeAnswer(View):
    """Net and tax in the currency of the books."""

    currency: str
    rate: str
    on: date
    source: str
    net_total: str
    tax_total: str


class EarlyPaymentAnswer(View):
    """What may be taken off by paying up to a day."""

    percent: str
    until: date
    amount: str


class InstalmentAnswer(View):
    due_date: date
    amount: str


class TotalsAnswer(View):
    """What stands below the lines; `payable` is the total less what the buyer withholds, or pays to the tax office,
    rounded if it says so.
    """

    adjustments: Annotated[list[AdjustmentAnswer], SEVERAL_UNSPELT]
    withholding: Annotated[WithholdingAnswer | None, UNSPELT_OR_NULL]
    payable: str
    exchange: Annotated[ExchangeAnswer | None, UNSPELT_OR_NULL]
    early_payment: Annotated[EarlyPaymentAnswer | None, UNSPELT_OR_NULL]
    instalments: Annotated[list[InstalmentAnswer], LIST_UNSPELT]


def totals_answer(document: Document) -> dict[str, Any]:
    """The fields of `TotalsAnswer`."""
    currency, held, rate = document.currency, document.withholding, document.exchange
    early = document.early_payment
    return {
        "adjustments": [
            AdjustmentAnswer(
                kind=item.kind.value,
                reason=item.reason,
                percent=plain(item.percent),
                amount=money_text(item.amount_minor, currency),
                tax_code=item.tax_code,
                cost=item.cost,
            )
            for item in document.adjustments
        ],
        "withholding": held
        and WithholdingAnswer(
            code=held.code,
            label=held.label,
            rate=plain(held.rate),
            base=money_text(held.base_minor, currency),
            amount=money_text(held.amount_minor, currency),
        ),
        "payable": money_text(document.payable_minor, currency),
        "exchange": rate
        and ExchangeAnswer(
            currency=rate.currency,
            rate=plain(rate.rate),
            on=rate.on,
            source=rate.source,
            net_total=money_text(rate.net_minor, rate.currency),
            tax_total=money_text(rate.tax_minor, rate.currency),
        ),
        "early_payment": early
        and EarlyPaymentAnswer(
            percent=plain(early.percent), until=early.until, amount=money_text(early.amount_minor, currency)
        ),
        "instalments": [
            InstalmentAnswer(due_date=part.due_date, amount=money_text(part.amount_minor, currency))
            for part in document.instalments
        ],
    }


def jurisdiction_answers(tax: TaxSubtotal, currency: str) -> list[JurisdictionAnswer]:
    return [
        JurisdictionAnswer(
            name=part.name, level=part.level.value, rate=plain(part.rate), tax=money_text(part.tax_minor, currency)
        )
        for part in tax.jurisdictions
    ]


def adjustment_lines(document: Document) -> Iterable[str]:
    """A line for each discount and charge of the document, with its shares where it is split."""
    currency = document.currency
    for _, group in groupby(document.adjustments, key=lambda item: item.position):
        shares = list(group)
        first = shares[0]
        sign = "-" if first.kind is AdjustmentKind.DISCOUNT else ""
        total = money_text(sum(share.amount_minor for share in shares), currency)
        percent = f", {plain(first.percent)} %" if first.percent else ""
        parts = ", ".join(f"{share.tax_code} {money_text(share.amount_minor, currency)}" for share in shares)
        yield f"{first.kind.value.capitalize()} {first.reason}{percent}: {sign}{total} ({parts})"


def tax_text(tax: TaxSubtotal, currency: str) -> str:
    """A tax subtotal in a few words, with the part of each jurisdiction, or each of two taxes."""
    parts = ", ".join(
        f"{part.name} ({part.level.value}) {plain(part.rate)} % {money_text(part.tax_minor, currency)}"
        for part in tax.jurisdictions
    )
    amount = f"{rate_text(tax)} {money_text(tax.tax_minor, currency)}"
    return f"{amount} ({parts})" if parts else amount


def rate_text(tax: TaxSubtotal) -> str:
    """What a tax is called, with its rate; where none is charged with its category, of which there may be several."""
    return f"{tax.label} {plain(tax.rate)} %{'' if tax.rate else f' ({tax.category.value})'}"


def settlement_lines(document: Document) -> Iterable[str]:
    """What is withheld and payable, the amounts in the currency of the books, a discount for early payment, and
    instalments, where they are stated.
    """
    currency, held, rate = document.currency, document.withholding, document.exchange
    if split := document.split_tax_minor:
        yield (
            f"Split payment: the buyer pays the tax of {money_text(split, currency)} to the tax office;"
            f" payable {money_text(document.payable_minor, currency)} {currency}"
        )
    if held is not None:
        base, amount = money_text(held.base_minor, currency), money_text(held.amount_minor, currency)
        yield (
            f"Withheld: {held.label} ({held.code}) {plain(held.rate)} % of {base} = {amount};"
            f" payable {money_text(document.payable_minor, currency)} {currency}"
        )
    means = f" by {document.payment_means.value.replace('_', ' ')}" if document.payment_means is not None else ""
    if document.paid_on is not None:
        yield f"Paid on {document.paid_on}{means}: recorded when it is issued"
    elif means:
        handed_over = document.payment_means is PaymentMeans.CASH and document.kind is DocumentKind.INVOICE
        paid = "; if it was paid at once, say when in details (paid_on)" if handed_over else ""
        yield f"To be paid{means}{paid}"
    if document.payable_rounding is not None:
        unit = document.payable_rounding.unit
        yield (
            f"Rounded {f'to {plain(unit)} {currency}' if unit else 'as stated'}:"
            f" {money_text(document.rounding_minor, currency)}; payable"
            f" {money_text(document.payable_minor, currency)} {currency}"
        )
    if rate is not None:
        yield (
            f"In {rate.currency}, at {plain(rate.rate)} ({rate.source}, {rate.on}): net"
            f" {money_text(rate.net_minor, rate.currency)}, tax {money_text(rate.tax_minor, rate.currency)}"
        )
    if early := document.early_payment:
        yield (
            f"Paid by {early.until}: {plain(early.percent)} % = {money_text(early.amount_minor, currency)} {currency}"
            " may be taken off"
        )
    if document.instalments:
        parts = (f"{money_text(part.amount_minor, currency)} by {part.due_date}" for part in document.instalments)
        yield f"In instalments: {', '.join(parts)}"
