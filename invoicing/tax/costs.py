"""Costs that a line or a charge passes on: their tax, and the charge that a fund's contribution is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from invoicing.countries import Country, DatedRate, country
from invoicing.countries.costs import Cost
from invoicing.countries.registration import words_in_force
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import TaxCategory
from invoicing.document.requested import RequestedAdjustment
from invoicing.master_data.records import TaxCode
from invoicing.money.amounts import parse_decimal
from invoicing.refusals import InvalidInput
from invoicing.tax.choice import Choice, Rule, SellerFacts

_ALWAYS = date(1950, 1, 1)


def known_cost(code: str, rules: Country, *, field: str) -> Cost:
    """The country's kind of cost of this code.

    Raises:
        InvalidInput: there is none; it names those that there are.
    """
    cost = rules.cost(code)
    if cost is None:
        known = ", ".join(f"{one.code} ({one.name})" for one in rules.costs) or f"none in {rules.name}"
        raise InvalidInput(f"{field}: no such kind of cost. Known: {known}.", field=field)
    return cost


def as_cost(
    code: TaxCode, choice: Choice, cost: str, seller: SellerFacts, *, on: date, stated: bool, field: str
) -> tuple[TaxCode, Choice]:
    """The tax of a line that passes a cost on; `stated` says that the line names its own code, which then holds.

    An expense in the buyer's name is outside the taxable amount wherever the buyer is. A seller that charges no tax at
    all gives that as the one reason for everything.
    """
    known = known_cost(cost, country(seller.country), field=field)
    if stated or not known.untaxed or not seller.registered:
        return code, choice
    text = words_in_force(known.texts, on)
    untaxed = TaxCode(
        code=known.code,
        name=known.name,
        category=TaxCategory.EXEMPT,
        label=code.label,
        rates=(DatedRate(Decimal(0), _ALWAYS),),
        reason=text.reason,
        reason_local=text.reason_local,
        reason_code=known.reason_code,
    )
    because = "it passes on an expense in the name and for the account of the buyer"
    return untaxed, Choice(TaxCategory.EXEMPT, Rule.ADVANCED, because)


def is_passed_on(cost: str, seller: SellerFacts) -> bool:
    """Whether it is an expense in the buyer's name, which the seller's country leaves out of the taxable amount."""
    known = country(seller.country).cost(cost)
    return known is not None and known.untaxed


def fund_charge(fund: str, rules: Country) -> RequestedAdjustment:
    """The charge that a fund's contribution is: `fund` is its code, and after a blank its percentage of the fee where
    that is not the usual one.

    Raises:
        InvalidInput: an unknown fund, one without a usual percentage, or a percentage that is none.
    """
    code, _, stated = fund.partition(" ")
    cost = rules.cost(code)
    if cost is None or cost.untaxed:
        funds = [f"{one.code} ({one.name})" for one in rules.costs if not one.untaxed]
        known = ", ".join(funds) or f"none in {rules.name}"
        raise InvalidInput(f"fund: no such fund. Known: {known}.", field="fund")
    percent = parse_decimal(stated.strip().removesuffix("%").strip(), field="fund") if stated.strip() else cost.percent
    if percent is None:
        raise InvalidInput(
            f"fund: state its percentage too, such as {code} 4: {cost.name} has no usual one.", field="fund"
        )
    if not 0 < percent <= 100:
        raise InvalidInput(
            f"fund: the percentage of {code} must be more than 0 and at most 100, such as {code} 4.", field="fund"
        )
    return RequestedAdjustment(AdjustmentKind.CHARGE, cost.label, percent=percent, cost=code)
