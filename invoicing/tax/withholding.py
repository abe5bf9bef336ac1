"""What the buyer withholds of a document: of which amount, and who does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from invoicing.countries import Country, VatRegistration
from invoicing.countries.mandates import BuyerKind
from invoicing.document.documents import Adjustment, Line, Withholding
from invoicing.master_data.records import Customer, WithholdingCode, rate_in_force
from invoicing.refusals import InvalidInput
from invoicing.tax.totals import Totals, tax_on

_WHO: dict[BuyerKind, str] = {"business": "businesses", "consumer": "consumers", "public_body": "public bodies"}


def withhold(code: WithholdingCode, totals: Totals, *, rules: Country, on: date) -> Withholding:
    """What the buyer withholds, rounded half up once: of the net, without the costs that the country leaves out of it.

    Raises:
        InvalidInput: the code has no rate on that day.
    """
    rate = rate_in_force(code.rates, on)
    if rate is None:
        raise InvalidInput(f"withholding: {code.code} has no rate on {on.isoformat()}.", field="withholding")
    own = rules.withholding(code.code)
    of_total = own is not None and own.of_total
    there = {line.cost for line in totals.lines} | {item.cost for item in totals.adjustments}
    left_out = tuple(one.code for one in rules.costs if one.code in there and not one.withheld and not of_total)
    base = withheld_base(
        left_out, totals.lines, totals.adjustments, whole_minor=totals.total_minor if of_total else totals.net_minor
    )
    return Withholding(
        code=code.code,
        label=code.label,
        rate=rate.percent,
        base_minor=base,
        amount_minor=tax_on(base, rate.percent),
        without=left_out,
        of_total=of_total,
    )


def withheld_base(
    without: Sequence[str], lines: Iterable[Line], adjustments: Iterable[Adjustment], *, whole_minor: int
) -> int:
    """The net or total of a document without the net of its costs of these kinds."""
    if not without:
        return whole_minor
    lines_minor = sum(line.net_minor for line in lines if line.cost in without)
    charges_minor = sum(one.kind.sign * one.net_minor for one in adjustments if one.cost in without)
    return whole_minor - lines_minor - charges_minor


def check_payer(code: WithholdingCode, *, rules: Country, customer: Customer, vat_registration: str) -> None:
    """Whether this buyer withholds, and from this seller; a code that is not the country's own is the accountant's
    word.

    Raises:
        InvalidInput: the law has no such payer, or spares the seller.
    """
    own = rules.withholding(code.code)
    if own is None:
        return
    kind: BuyerKind = "public_body" if customer.public_body else "consumer" if customer.consumer else "business"
    if kind not in own.payers:
        who = " and ".join(_WHO[one] for one in own.payers)
        raise InvalidInput(
            f"withholding: {code.code} is withheld by {who} alone ({own.article}), and {customer.name} is none: leave"
            " it out.",
            field="withholding",
        )
    if own.not_small_business and vat_registration == VatRegistration.SMALL_BUSINESS:
        raise InvalidInput(
            f"withholding: nothing is withheld from a small business ({own.not_small_business}): leave it out.",
            field="withholding",
        )
