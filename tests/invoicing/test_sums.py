"""Sums per currency: credit notes are taken off what was invoiced, and what one owes does not pay for another."""

from __future__ import annotations

from invoicing.document.documents import DocumentKind
from invoicing.money.sums import Summand, Sums, sums_per_currency

INVOICE, NOTE = DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE


def test_sums_are_what_was_really_invoiced_and_what_is_still_owed() -> None:
    summands = (
        Summand("EUR", INVOICE, 10_000, 2_000, 12_000, 7_000),
        Summand("EUR", INVOICE, 5_000, 1_000, 6_000, -500),
        Summand("EUR", NOTE, 1_000, 200, 1_200, 0),
        Summand("BHD", INVOICE, 1_500, 0, 1_500, 0, count=2),
    )
    assert sums_per_currency(summands) == (
        Sums("BHD", 2, 0, 1_500, 0, 1_500, 0, 0),
        Sums("EUR", 2, 1, 14_000, 2_800, 16_800, 7_000, 500),
    )
    assert [one.count for one in sums_per_currency(summands)] == [2, 3]
    assert sums_per_currency(()) == ()
