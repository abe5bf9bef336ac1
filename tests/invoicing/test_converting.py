"""Amounts in the currency of the books: subtotals and sides of the entry come to what the document states there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from invoicing.document.converting import accounting_sides, accounting_taxes, completed
from invoicing.document.documents import Document, DocumentKind
from invoicing.document.posting import post
from tests.invoicing.test_export_sums import histories
from tests.support.samples import POSTING, TODAY, circumstances, customer, discount, document, line, request

RATE = {"currency": "EUR", "exchange_rate": Decimal("0.8571"), "exchange_date": TODAY, "exchange_source": "ECB"}


@given(histories())
def test_subtotals_and_entry_come_to_what_each_document_states(history: list[Document]) -> None:
    for made in history:
        sign = -1 if made.kind is DocumentKind.CREDIT_NOTE else 1
        sides = post(made, POSTING)
        taxes, amounts = accounting_taxes(made), accounting_sides(made, sides)
        if made.exchange is None and made.currency != "GBP":
            assert {amount for tax in taxes for amount in (tax.taxable_minor, tax.tax_minor)} <= {None}
            assert set(amounts) <= {None}
            continue
        net, tax = (
            (made.exchange.net_minor, made.exchange.tax_minor) if made.exchange else (made.net_minor, made.tax_minor)
        )
        assert sum(one.taxable_minor or 0 for one in taxes) == net
        assert sum(one.tax_minor or 0 for one in taxes) == tax
        assert all(sum(part or 0 for part in one.parts_minor) == one.tax_minor for one in taxes if one.parts_minor)
        assert sum(amount or 0 for amount in amounts) == 0
        if made.total_minor:
            assert amounts[0] == sign * (net + tax)


def test_the_tax_of_an_entry_is_what_the_document_states_and_revenue_shares_the_net() -> None:
    made = document(request(line("100"), line("50", discount="5"), adjustments=(discount(amount="10"),), **RATE))
    sides = post(made, POSTING)
    amounts = dict(zip((side.account for side in sides), accounting_sides(made, sides), strict=True))
    assert made.exchange is not None
    assert (made.exchange.net_minor, made.exchange.tax_minor) == (11571, 2314)
    assert amounts == {"1100": 13885, "4000": -12428, "4300": 857, "2200": -2314}


def test_a_document_says_the_day_its_tax_is_due_and_the_currency_of_the_books() -> None:
    made = document(request(line("100"), **RATE))
    assert (made.tax_point, made.accounting_currency) == (TODAY, "GBP")


@pytest.mark.parametrize(("tax_number", "day"), [("", date(2026, 3, 31)), ("IE6388047V", TODAY)])
def test_the_tax_point_of_a_text_of_version_1_is_found_by_the_rule_of_the_sellers_country(
    tax_number: str, day: date
) -> None:
    """In Ireland that of a supply to a business is the day of the invoice, where it comes first."""
    buyer = customer("IE", tax_number=tax_number, consumer=not tax_number)
    asked = request(line("100", code="STANDARD"), supply_date=date(2026, 1, 1), supply_end=date(2026, 3, 31))
    made = document(asked, circumstances(seller="IE", buyer=buyer))
    early = replace(made, tax_point=None, accounting_currency="")
    assert completed(early, accounting_currency="EUR") == made
    assert made.tax_point == day


def test_a_credit_note_of_version_1_takes_its_tax_back_on_its_day() -> None:
    early = replace(document(request(line("100"))), tax_point=None, accounting_currency="")
    note = replace(early, kind=DocumentKind.CREDIT_NOTE, issue_date=date(2026, 5, 4))
    assert completed(note, accounting_currency="GBP").tax_point == date(2026, 5, 4)
