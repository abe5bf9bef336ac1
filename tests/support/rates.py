"""Rates of a country's file, as tests look them up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from invoicing.countries import Country
from invoicing.countries.model import DatedRate, TaxCodeTemplate


def rate_on(rates: tuple[DatedRate, ...], day: date) -> Decimal | None:
    """The rate in percent that is in force on a day, or None where there is none."""
    in_force = [one.percent for one in rates if one.valid_from <= day and (one.valid_until or date.max) >= day]
    return in_force[0] if in_force else None


def default_code(place: Country) -> TaxCodeTemplate:
    """The code of an ordinary domestic supply."""
    (code,) = [template for template in place.tax_codes if template.default]
    return code
