"""What a credit note pays back where the sum to pay of its invoice is rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from invoicing.document.documents import Document
from invoicing.document.payable import PayableRounding, rounded_to
from invoicing.money.shares import half_up


def credited_rounding(invoice: Document, earlier: Sequence[Document], note: Document) -> PayableRounding | None:
    """The rounding of a credit note: all that is credited by now is rounded to the invoice's unit, and it pays back
    what that is more than was paid back before. So what takes the rest pays back exactly the rest. Of a rounding that
    was stated as an amount it is so much as is credited of the sum to pay.
    """
    rounding = invoice.payable_rounding
    if rounding is None:
        return None
    exact = note.payable_minor - note.rounding_minor
    before = sum(one.payable_minor - one.rounding_minor for one in earlier)
    paid_back = sum(one.payable_minor for one in earlier)
    whole = before + exact + _of_stated(invoice, before + exact)
    if rounding.unit:
        whole = rounded_to(before + exact, rounding.unit, invoice.currency)
    return replace(rounding, amount_minor=whole - paid_back - exact)


def _of_stated(invoice: Document, credited_minor: int) -> int:
    """The part of the invoice's rounding for what is credited of it by now."""
    payable = invoice.payable_minor - invoice.rounding_minor
    return half_up(Fraction(invoice.rounding_minor * credited_minor, payable)) if payable else invoice.rounding_minor
