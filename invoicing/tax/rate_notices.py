"""What a draft says of rates that change while something is supplied, or before it is: which rate of which day was
used, why, and how to do otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from invoicing.countries.model import Country, PeriodRule, TaxPointOfPeriod
from invoicing.document.documents import Document, Line, Supply
from invoicing.document.notices import Notice
from invoicing.money.amounts import money_text, plain
from invoicing.money.shares import share_out
from invoicing.tax.choice import ChosenTax
from invoicing.tax.points import RateSpan, RateTiming

_LINES_NAMED = 5
# In Switzerland, Norway and the US the day of a payment decides no rate.
_ADVANCES = {"EU": "Article 65 Directive 2006/112/EC", "GB": "VAT Act 1994, section 6(4)"}


def rate_notices(document: Document, chosen: Sequence[ChosenTax], seller: Country) -> Iterable[Notice]:
    """One notice for all lines of one code and time, by the rules of the seller's country; none where each line has
    but one rate.
    """
    lines = dict(zip((tax.position for tax in chosen), document.lines, strict=False))
    alike: dict[tuple[str, RateTiming], list[ChosenTax]] = {}
    for tax in chosen:
        if tax.timing is not None:
            alike.setdefault((tax.code, tax.timing), []).append(tax)
    for (_, timing), taxes in alike.items():
        if any(span.rate != taxes[0].rate for span in timing.spans) and timing.dates.is_period:
            yield _changed_within(
                document, [lines[tax.position] for tax in taxes], taxes[0], timing, seller.tax_point_of_period
            )
        elif timing.rate_when_billed not in (None, taxes[0].rate):
            yield from _changed_between(document, taxes, timing, seller)


def _changed_within(
    document: Document, lines: Sequence[Line], tax: ChosenTax, timing: RateTiming, rule: TaxPointOfPeriod
) -> Notice:
    rates = " and ".join(
        f"{plain(span.rate)} % from {span.first.isoformat()} to {span.last.isoformat()}" for span in timing.spans
    )
    return Notice(
        "rate_changed_in_period",
        f"{_positions([line.position for line in lines])}: {tax.code} is {rates}. The rate of"
        f" {timing.day.isoformat()}, {plain(tax.rate)} %, is used for the whole, {_because(timing, rule.rule)}"
        f" ({rule.article}). {rule.otherwise or _otherwise(rule.rule)}{_parts(document, lines, timing)}.",
    )


def _parts(document: Document, lines: Sequence[Line], timing: RateTiming) -> str:
    """How to divide the lines, where there is something to divide."""
    if not timing.changes:
        return ""
    parts = "; ".join(_by_days(line, timing.spans, document.currency) for line in lines[:_LINES_NAMED])
    more = f"; and {len(lines) - _LINES_NAMED} more" if len(lines) > _LINES_NAMED else ""
    return f": for that, make a line for each part, with its own supply_date and supply_end; by days {parts}{more}"


def _because(timing: RateTiming, rule: PeriodRule) -> str:
    match rule:
        case PeriodRule.END:
            return "because one supply is made when it ends"
        case PeriodRule.END_OR_EARLIER_INVOICE if timing.day < timing.dates.last:
            return "because it is invoiced before it ends"
        case PeriodRule.END_OR_EARLIER_INVOICE:
            return "because one supply is made when it ends"
        case PeriodRule.INVOICE_TO_BUSINESS if timing.day != timing.dates.last:
            return "because to a business the day of its invoice decides"
        case PeriodRule.INVOICE_TO_BUSINESS:
            return "because one supply is made when it ends"
        case PeriodRule.INVOICE_FOR_SERVICES if timing.supply is Supply.SERVICES:
            return "because of services the day of payment or invoice decides"
        case PeriodRule.INVOICE_FOR_SERVICES:
            return "because one supply is made when it ends"
        case PeriodRule.DUE_DAY:
            return "because the day on which payment is due decides"
        case PeriodRule.HIGHEST_UNLESS_SPLIT:
            return "because what is not shown apart by time bears the highest rate"
        case PeriodRule.END_UNLESS_SPLIT:
            return "because what is not shown apart by time is taken as delivered at its end"
        case PeriodRule.BILLING_PERIOD:
            return "because a higher rate begins with a new period and a lower one with a new bill"
        case _:
            assert_never(rule)


def _otherwise(rule: PeriodRule) -> str:
    if rule in (PeriodRule.HIGHEST_UNLESS_SPLIT, PeriodRule.END_UNLESS_SPLIT):
        return "Shown apart, each part bears the rate of its own days"
    return "Parts that were agreed and are charged apart keep the rate of their own days"


def _by_days(line: Line, spans: Sequence[RateSpan], currency: str) -> str:
    """The line's amount as printed, in proportion to the days of each rate."""
    shares = share_out(abs(line.amount_minor), [span.days for span in spans])
    sign = -1 if line.amount_minor < 0 else 1
    amounts = " and ".join(
        f"{money_text(sign * share, currency)} at {plain(span.rate)} % ({span.days} days)"
        for span, share in zip(spans, shares, strict=True)
    )
    return f"line {line.position} is {amounts}"


def _changed_between(
    document: Document, taxes: Sequence[ChosenTax], timing: RateTiming, seller: Country
) -> Iterable[Notice]:
    """Billed before it is supplied, a payment can come before the change; in some countries the invoice decides."""
    tax, issued = taxes[0], document.issue_date
    if timing.rate_when_billed is None:
        return
    rule = seller.tax_point_of_period
    at_home = "GB" if seller.code == "GB" else "EU"
    when = f"{plain(timing.rate_when_billed)} % on the issue date {issued.isoformat()}"
    subject = f"{_positions([one.position for one in taxes])}: {tax.code} is {when}"
    if issued < timing.day and (seller.eu_member or seller.code == "GB"):
        yield Notice(
            "rate_changes_before_supply",
            f"{subject} and {plain(tax.rate)} % on {timing.day.isoformat()}, the day of supply, which is used. A"
            f" payment that is received before the rate changes is taxed at the rate of its day ({_ADVANCES[at_home]}):"
            " bill it by itself, with that day as its supply_date.",
        )
    elif issued > timing.day and _invoice_decides(timing, rule.rule, business=document.buyer.tax_number != ""):
        yield Notice(
            "rate_of_invoice_day",
            f"{subject}, and {plain(tax.rate)} % on {timing.day.isoformat()}, the day of supply, which is used. Where"
            f" the day of the invoice decides ({rule.article}), set it as the line's supply_date.",
        )


def _invoice_decides(timing: RateTiming, rule: PeriodRule, *, business: bool) -> bool:
    if timing.dates.is_period:
        return False
    if rule is PeriodRule.INVOICE_FOR_SERVICES:
        return timing.supply is Supply.SERVICES
    return rule is PeriodRule.INVOICE_TO_BUSINESS and business


def _positions(positions: Sequence[int]) -> str:
    shown = ", ".join(map(str, positions[:_LINES_NAMED]))
    more = f" and {len(positions) - _LINES_NAMED} more" if len(positions) > _LINES_NAMED else ""
    return f"{'Line' if len(positions) == 1 else 'Lines'} {shown}{more}"
