"""What cells of an imported file mean in the books: terms of payment in words, and rates of tax."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from invoicing.document.documents import TaxCategory
from invoicing.importing.terms import Terms, terms_meant
from invoicing.master_data.records import PaymentTerm, TaxCode
from invoicing.money.amounts import plain
from invoicing.refusals import InvalidInput
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


def code_of_rate(db: Session, rate: Decimal, *, on: date) -> str:
    """The tax code that has this rate in percent on a day; a rate below 1 may be a part of 1, as spreadsheets keep it.

    Raises:
        InvalidInput: no code has it, or several.
    """
    codes = [code for code in load_tax_codes(db) if code.active]
    found = _with_rate(codes, rate, on) or (_with_rate(codes, rate * 100, on) if 0 < rate < 1 else [])
    if len(found) == 1:
        return found[0].code
    several = f"can be several tax codes: {', '.join(code.code for code in found)}"
    raise InvalidInput(
        f"tax_rate: {plain(rate)} % {several if found else 'is the rate of no tax code here'}. Say the code in a column"
        " tax_code.",
        field="tax_rate",
        candidates=[code.code for code in found],
    )


def _with_rate(codes: Iterable[TaxCode], rate: Decimal, on: date) -> list[TaxCode]:
    found = [code for code in codes if code.rate_on(on) == rate]
    taxed = [code for code in found if code.category is TaxCategory.STANDARD]
    found = taxed or found
    usual = [code for code in found if code.is_default]
    return usual or found


def _are(term: PaymentTerm, meant: Terms) -> bool:
    plain_terms = not term.discount_percent and not term.instalments and not term.day_of_month
    return plain_terms and term.days == meant.days and term.end_of_month == meant.end_of_month
