"""What cells of an imported file mean in the books: terms of payment in words, and rates of tax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from invoicing.countries import country
from invoicing.countries.model import SCALE
from invoicing.document.documents import TaxCategory
from invoicing.importing.terms import Terms, terms_meant
from invoicing.master_data.records import PaymentTerm, TaxCode
from invoicing.money.amounts import plain
from invoicing.refusals import InvalidInput
from storage.books.profile import load_profile
from storage.books.setup import load_terms
from storage.books.tax_codes import load_tax_codes


def terms_code(db: Session, text: str) -> str:
    """The code of the terms that a text names or means, such as `Net 30`; the text itself where it means none of them.

    Whether there are such terms is checked as for any other customer.
    """
    known = [term for term in load_terms(db) if term.active]
    if any(term.code == text.strip().upper() for term in known):
        return text
    meant = terms_meant(text)
    found = [term.code for term in known if meant is not None and _are(term, meant)]
    return found[0] if len(found) == 1 else text


@dataclass(frozen=True, slots=True)
class Meant:
    """What a cell means in the books; `said` is what was passed over for it, empty where nothing was."""

    value: Any
    said: str = ""


def code_of_rate(db: Session, rate: Decimal, *, on: date) -> Meant:
    """The tax code that has this rate in percent on a day; a rate below 1 may be a part of 1, as spreadsheets keep it.
    A code of the country's scale is meant before those of a trade, such as restaurants, that have the same rate.

    Raises:
        InvalidInput: no code has it, or several.
    """
    codes = [code for code in load_tax_codes(db) if code.active]
    found = _with_rate(codes, rate, on) or (_with_rate(codes, rate * 100, on) if 0 < rate < 1 else [])
    if len(found) == 1:
        return Meant(found[0].code)
    of_scale = [code for code in found if code.code in SCALE]
    trades = [code.code for code in found if code.code in _codes_of_trades(db)]
    if len(of_scale) == 1 and len(trades) == len(found) - 1:
        scale, others = of_scale[0].code, ", ".join(trades)
        percent = found[0].rate_on(on) or rate
        return Meant(scale, f"tax_rate: {plain(percent)} % was read as {scale}, not as {others}.")
    several = f"can be several tax codes: {', '.join(code.code for code in found)}"
    raise InvalidInput(
        f"tax_rate: {plain(rate)} % {several if found else 'is the rate of no tax code here'}. Say the code in a column"
        " tax_code.",
        field="tax_rate",
        candidates=[code.code for code in found],
    )


def _codes_of_trades(db: Session) -> set[str]:
    """The codes that the country has for a trade, beside those of its scale."""
    code = load_profile(db).country
    return {one.code for one in country(code).tax_codes} - SCALE if code else set()


def _with_rate(codes: Iterable[TaxCode], rate: Decimal, on: date) -> list[TaxCode]:
    found = [code for code in codes if code.rate_on(on) == rate]
    taxed = [code for code in found if code.category is TaxCategory.STANDARD]
    found = taxed or found
    usual = [code for code in found if code.is_default]
    return usual or found


def _are(term: PaymentTerm, meant: Terms) -> bool:
    plain_terms = not term.discount_percent and not term.instalments and not term.day_of_month
    return plain_terms and term.days == meant.days and term.end_of_month == meant.end_of_month
