"""Which day decides the rate of a supply, and which rates there are while it lasts.

A supply of one day bears the rate of that day, whenever it is invoiced (Articles 63 and 93 Directive 2006/112/EC).
For one over a period, each country's file names the rule and its article (`tax_point_of_period`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import assert_never

from invoicing.countries.model import DatedRate, PeriodRule, TaxPointOfPeriod
from invoicing.document.documents import Supply
from invoicing.master_data.records import TaxCode

_ONE_DAY = timedelta(days=1)
# Hungary: a payment that is due later than this no longer moves the day (Áfa tv. 58. § (1a) b)).
_DUE_WITHIN = timedelta(days=60)
# Ireland: until this day of the month that follows, the invoice has to be issued (VAT Regulations 2010, regulation 23).
_INVOICED_BY = 15


@dataclass(frozen=True, slots=True)
class SupplyDates:
    """When something is supplied: on one day, or from `start` to `end`, both included."""

    start: date
    end: date | None = None

    @property
    def last(self) -> date:
        return self.end or self.start

    @property
    def is_period(self) -> bool:
        return self.last > self.start

    @property
    def days(self) -> int:
        return (self.last - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Billing:
    """What decides the day besides the supply: the country's rule, when it is billed and due, and whether to a
    business.
    """

    rule: TaxPointOfPeriod
    issue_date: date
    due_date: date
    business: bool


@dataclass(frozen=True, slots=True)
class RateSpan:
    """Days of a supply with one rate, in percent; both ends included."""

    first: date
    last: date
    rate: Decimal

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class RateTiming:
    """The day that decided the rate of a line. `spans` are the rates of its code while it is supplied, and
    `rate_when_billed` that of the issue date, None where the code has none then.
    """

    dates: SupplyDates
    day: date
    supply: Supply
    spans: tuple[RateSpan, ...]
    rate_when_billed: Decimal | None

    @property
    def changes(self) -> bool:
        return len(self.spans) > 1


def rate_timing(dates: SupplyDates, billing: Billing, *, supply: Supply, code: TaxCode) -> RateTiming:
    """Which day decides the rate of this supply, and what it could have been."""
    return RateTiming(
        dates=dates,
        day=tax_point(dates, billing, supply=supply, code=code),
        supply=supply,
        spans=rate_spans(code, dates),
        rate_when_billed=code.rate_on(billing.issue_date),
    )


def tax_point(dates: SupplyDates, billing: Billing, *, supply: Supply, code: TaxCode | None = None) -> date:
    """The day whose rate a supply bears. Some rules look at the rates of its `code`; without one, there is no change.

    Nothing is known here of payments, which make the tax of what they pay due (Article 65): a part that was paid
    before is billed as a line of its own, supplied on the day of the payment.
    """
    last = dates.last
    if not dates.is_period:
        return last
    rule = billing.rule.rule
    match rule:
        case PeriodRule.END | PeriodRule.END_UNLESS_SPLIT:
            return last
        case PeriodRule.END_OR_EARLIER_INVOICE:
            return _within(billing.issue_date, dates)
        case PeriodRule.INVOICE_TO_BUSINESS:
            return min(billing.issue_date, _invoiced_by(last)) if billing.business else last
        case PeriodRule.INVOICE_FOR_SERVICES:
            return billing.issue_date if supply is Supply.SERVICES else last
        case PeriodRule.DUE_DAY:
            return _due_day(dates, billing)
        case PeriodRule.HIGHEST_UNLESS_SPLIT:
            spans = rate_spans(code, dates) if code else ()
            # The last of equal ones: its texts are the newer ones.
            return max(spans, key=lambda span: (span.rate, span.last)).last if spans else last
        case PeriodRule.BILLING_PERIOD:
            return _of_billing_period(dates, billing, code)
        case _:
            assert_never(rule)


def rate_spans(code: TaxCode, dates: SupplyDates) -> tuple[RateSpan, ...]:
    """The rates of a code while something is supplied, in the order of time; days without a rate are left out."""
    found: list[RateSpan] = []
    starts = [dates.start, *_changes(code, dates)]
    ends = [start - _ONE_DAY for start in starts[1:]] + [dates.last]
    for first, last in zip(starts, ends, strict=True):
        rate = code.rate_on(first)
        if rate is None:
            continue
        if found and found[-1].rate == rate and found[-1].last + _ONE_DAY == first:
            first = found.pop().first
        found.append(RateSpan(first, last, rate))
    return tuple(found)


def _changes(code: TaxCode, dates: SupplyDates) -> list[date]:
    """The days within the supply from which another rate may be in force."""
    dated: Iterable[Sequence[DatedRate]] = [code.rates, *(place.rates for place in code.jurisdictions)]
    days = {rate.valid_from for rates in dated for rate in rates}
    days |= {rate.valid_until + _ONE_DAY for rates in dated for rate in rates if rate.valid_until is not None}
    return sorted(day for day in days if dates.start < day <= dates.last)


def _within(day: date, dates: SupplyDates) -> date:
    return min(max(day, dates.start), dates.last)


def _invoiced_by(last: date) -> date:
    """The day until which an invoice has to be issued for what was supplied until `last`."""
    following = date(last.year + last.month // 12, last.month % 12 + 1, 1)
    return following.replace(day=_INVOICED_BY)


def _due_day(dates: SupplyDates, billing: Billing) -> date:
    last = dates.last
    if billing.due_date > last:
        return min(billing.due_date, last + _DUE_WITHIN)
    # Billed and due before the end: the day of the invoice (Áfa tv. 58. § (1a) a)).
    return billing.issue_date if billing.issue_date < last and billing.due_date < last else last


def _of_billing_period(dates: SupplyDates, billing: Billing, code: TaxCode | None) -> date:
    before, after = (code.rate_on(day) if code else None for day in (dates.start, dates.last))
    if before is None or after is None or before == after:
        return dates.last
    return dates.start if after > before else _within(billing.issue_date, dates)
