"""The journal entry of documents with discounts, charges and withholding; that any balances is a tax property."""

from __future__ import annotations

from dataclasses import replace

from invoicing.document.documents import DocumentKind
from invoicing.document.posting import JournalSide, post
from tests.invoicing.test_withholding_base import at
from tests.support.samples import POSTING, charge, discount, document, line, request


def test_discounts_of_the_document_are_debited_and_charges_are_revenue() -> None:
    made = document(
        request(line("100"), line("50", discount="5"), adjustments=(discount(amount="10"), charge(amount="7")))
    )
    expected = [
        JournalSide("1100", 17040, 0),
        JournalSide("4000", 0, 15200),
        JournalSide("4300", 1000, 0),
        JournalSide("2200", 0, 2840),
    ]
    assert list(post(made, POSTING)) == expected
    reversed_sides = [JournalSide(side.account, side.credit_minor, side.debit_minor) for side in expected]
    assert list(post(replace(made, kind=DocumentKind.CREDIT_NOTE), POSTING)) == reversed_sides


def test_what_the_buyer_withholds_stays_receivable_until_it_is_settled() -> None:
    made = document(request(line("100"), withholding="RITENUTA"))
    assert made.payable_minor == 10000
    assert post(made, POSTING)[0] == JournalSide("1100", 12000, 0)


def test_a_discount_account_that_is_the_revenue_account_takes_the_difference() -> None:
    made = document(request(line("100"), adjustments=(discount(amount="10"),)))
    sides = post(made, replace(POSTING, discount=POSTING.revenue))
    assert sides[1] == JournalSide("4000", 0, 9000)


def test_an_expense_in_the_buyers_name_is_revenue_only_in_books_that_have_no_account_of_such() -> None:
    given = at("DE")
    fee = replace(line("100"), cost="ADVANCED")
    at_first = document(request(fee), given).lines[0].revenue_account
    chosen = replace(given, setup=replace(given.setup, posting=replace(POSTING, passed_on="1590")))
    made = document(request(fee, line("50")), chosen)
    assert [at_first, *(one.revenue_account for one in made.lines)] == ["", "1590", ""]
