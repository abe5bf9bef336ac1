"""Jurisdictions and the stacks that they are parts of: what one takes from a day on, it takes in every stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from invoicing.countries.model import DatedRate
from invoicing.master_data.records import Jurisdiction, KnownJurisdiction, TaxCode, rate_in_force
from invoicing.tax.settings import rates_from_day


def taking(known: KnownJurisdiction, percent: Decimal, day: date) -> KnownJurisdiction:
    """The jurisdiction with this rate on the day, and from it on where that is another.

    Raises:
        Conflict: it would be another, and there is a rate that begins later.
    """
    now = rate_in_force(known.rates, day)
    if now is not None and now.percent == percent:
        return known
    return replace(known, rates=rates_from_day(known.rates, percent, day))


def following(code: TaxCode, known: KnownJurisdiction, day: date) -> TaxCode:
    """The code, whose part of the jurisdiction takes what that takes from the day on; what its stack took before stays,
    and so does the day from which it has the part.
    """
    parts = (
        replace(part, rates=_joined(part, known.rates, day)) if is_part(part, known) else part
        for part in code.jurisdictions
    )
    return replace(code, jurisdictions=tuple(parts))


def renamed_in(code: TaxCode, before: KnownJurisdiction, name: str) -> TaxCode:
    """The code with the part of the jurisdiction called by another name."""
    parts = (replace(part, name=name) if is_part(part, before) else part for part in code.jurisdictions)
    return replace(code, jurisdictions=tuple(parts))


def is_part(part: Jurisdiction, known: KnownJurisdiction) -> bool:
    return (part.level.value, part.name) == known.part


def takes_from(code: TaxCode, known: KnownJurisdiction, day: date) -> bool:
    """Whether the code charges anything for the jurisdiction on this day or later."""
    rates = (rate for part in code.jurisdictions if is_part(part, known) for rate in part.rates)
    return any(rate.percent and (rate.valid_until is None or rate.valid_until >= day) for rate in rates)


def _joined(part: Jurisdiction, rates: Sequence[DatedRate], day: date) -> tuple[DatedRate, ...]:
    start = max(day, part.rates[-1].valid_from)
    joined = tuple(rate for rate in part.rates if rate.valid_from < start)
    for rate in rates:
        if rate.valid_until is None or rate.valid_until >= start:
            begins = max(rate.valid_from, start)
            joined = (*rates_from_day(joined, rate.percent, begins)[:-1], replace(rate, valid_from=begins))
    return joined
