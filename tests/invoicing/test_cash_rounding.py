"""The sum to pay is rounded, and nothing else; docs/money.md says to what, and what credit notes pay back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.countries import COUNTRY_CODES, country
from invoicing.credit.crediting import credit
from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.converting import accounting_sides
from invoicing.document.details import with_document_details
from invoicing.document.documents import Document
from invoicing.document.payable import PaymentMeans, rounded_to
from invoicing.document.posting import post
from invoicing.document.requested import request_from_text, request_text
from invoicing.money.amounts import money_text, plain
from invoicing.refusals import InvalidInput
from invoicing.tax.totals import totals_follow
from tests.support.money_document import money_table
from tests.support.samples import POSTING, TODAY, circumstances, composed, document, issued, line, request

RULES = money_table("country", "currency")
CASES = money_table("total", "unit")
IN_CASH = PaymentMeans.CASH


def untaxed(total: str, **fields: object) -> Document:
    return document(request(line(total, "EXEMPT"), currency="EUR", **fields))


def test_the_countries_that_round_cash_are_those_of_the_money_document() -> None:
    kept = [
        (code, rule.currency, plain(rule.unit), rule.valid_from.isoformat())
        for code in sorted(COUNTRY_CODES)
        for rule in country(code).cash_rounding
    ]
    assert kept == [tuple(row[name] for name in ("country", "currency", "in cash to", "since")) for row in RULES]


@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row['total']} to {row['unit']}")
def test_what_is_payable_and_paid_back_stands_in_the_money_document(row: dict[str, str]) -> None:
    parts = row["credited in steps of"].split(", ")
    made = document(
        request(*(line(part, "EXEMPT") for part in parts), currency="EUR", rounding_to=Decimal(row["unit"])),
    )
    invoice, notes = issued(made), list[Document]()
    assert (money_text(invoice.total_minor, "EUR"), money_text(invoice.payable_minor, "EUR")) == (
        row["total"],
        row["payable"],
    )
    for position in range(1, len(parts) + 1):
        note = credit(invoice, notes, [CreditLine(position)], reason="Returned", issue_date=TODAY, series="CN")
        notes.append(replace(note, id=f"cn_{position}"))
    assert ", ".join(money_text(note.payable_minor, "EUR") for note in notes) == row["paid back"]
    assert sum(note.payable_minor for note in notes) == invoice.payable_minor
    assert sum(note.rounding_minor for note in notes) == invoice.rounding_minor


@pytest.mark.parametrize(
    ("seller", "currency", "means", "payable"),
    [
        ("CH", "CHF", IN_CASH, "79.90"),
        ("CH", "CHF", PaymentMeans.TRANSFER, "79.92"),
        ("CH", "CHF", None, "79.92"),
        ("CH", "EUR", IN_CASH, "79.92"),
        ("SE", "SEK", IN_CASH, "80.00"),
        ("NO", "NOK", IN_CASH, "80.00"),
        ("NO", "NOK", PaymentMeans.CARD, "79.92"),
        ("DK", "DKK", IN_CASH, "80.00"),
        ("HU", "HUF", IN_CASH, "80.00"),
        ("HU", "HUF", PaymentMeans.TRANSFER, "79.92"),
        ("CZ", "CZK", IN_CASH, "80.00"),
        ("NL", "EUR", IN_CASH, "79.90"),
        ("DE", "EUR", IN_CASH, "79.92"),
        ("GB", "GBP", IN_CASH, "79.92"),
    ],
)
def test_cash_is_rounded_as_the_country_has_it(
    seller: str, currency: str, means: PaymentMeans | None, payable: str
) -> None:
    wanted = request(line("79.92", "EXEMPT"), currency=currency, payment_means=means)
    made = document(wanted, circumstances(seller=seller))
    assert money_text(made.payable_minor, currency) == payable
    assert (made.total_minor, made.payment_means) == (7_992, means)


def test_cash_is_not_rounded_before_the_day_of_the_rule() -> None:
    day = date(2025, 4, 30)
    wanted = request(line("79.92", "EXEMPT"), currency="EUR", payment_means=IN_CASH, issue_date=day)
    given = circumstances(seller="LT")
    assert document(wanted, given).rounding_minor == 0
    assert document(replace(wanted, issue_date=date(2025, 5, 1)), given).rounding_minor == -2


def test_what_is_asked_for_outranks_the_country() -> None:
    wanted = request(line("79.92", "EXEMPT"), currency="CHF", payment_means=IN_CASH, rounding_to=Decimal(0))
    assert document(wanted, circumstances(seller="CH")).payable_rounding is None


@pytest.mark.parametrize(("unit", "field"), [("0.001", "rounding_to"), ("-1", "rounding_to"), ("101", "rounding_to")])
def test_a_unit_that_the_currency_does_not_have_is_refused(unit: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        untaxed("10", rounding_to=Decimal(unit))
    assert refused.value.field == field


def test_means_and_unit_are_details() -> None:
    said = with_document_details(request(), [("payment_means", "Cash"), ("rounding_to", "0.05")])
    assert (said.payment_means, said.rounding_to) == (IN_CASH, Decimal("0.05"))
    assert request_from_text(request_text(said)) == said
    with pytest.raises(InvalidInput) as refused:
        with_document_details(request(), [("payment_means", "barter")])
    assert "transfer, cash, card" in refused.value.message


def test_the_document_keeps_it_and_a_lie_is_found() -> None:
    made = untaxed("79.92", payment_means=IN_CASH, rounding_to=Decimal("0.05"))
    assert document_from_text(document_text(made)) == made
    assert totals_follow(made)
    assert made.payable_rounding
    assert not totals_follow(replace(made, payable_rounding=replace(made.payable_rounding, amount_minor=-1)))


def test_rounding_is_on_its_account_and_no_tax_in_either_currency() -> None:
    made = document(
        request(
            line("66.60"),
            currency="EUR",
            rounding_to=Decimal("0.05"),
            exchange_rate=Decimal("0.85"),
            exchange_source="ECB",
        )
    )
    sides = post(made, POSTING)
    posted = {side.account: side.debit_minor - side.credit_minor for side in sides}
    assert posted == {
        POSTING.receivable: 7_990,
        POSTING.rounding: 2,
        POSTING.revenue: -6_660,
        POSTING.tax_payable: -1_332,
    }
    worth = accounting_sides(made, sides)
    assert sum(amount or 0 for amount in worth) == 0
    assert worth[0] == 5_661 + 1_132 - 2


@pytest.mark.parametrize(("amount", "rounded"), [(2, 0), (3, 5), (-3, -5), (-2, 0), (7, 5), (8, 10)])
def test_a_half_goes_away_from_zero(amount: int, rounded: int) -> None:
    assert rounded_to(amount, Decimal("0.05"), "EUR") == rounded
    assert rounded_to(5 * amount, Decimal("0.25"), "EUR") == 5 * rounded


def test_a_rounding_that_no_unit_says_is_stated_and_credited_in_proportion() -> None:
    wanted = request(line("3", "EXEMPT"), line("6", "EXEMPT"), currency="EUR", rounding_amount=Decimal("-0.09"))
    made = composed(wanted)
    assert any("rounded as stated, which adds -0.09: 8.91 EUR" in said for said in made.explanation)
    invoice = issued(made.document)
    assert (invoice.total_minor, invoice.payable_minor) == (900, 891)
    assert document_from_text(document_text(invoice)) == invoice
    assert totals_follow(invoice)
    first = credit(invoice, (), [CreditLine(1)], reason="Returned", issue_date=TODAY, series="CN")
    rest = credit(invoice, [replace(first, id="cn_1")], None, reason="Returned", issue_date=TODAY, series="CN")
    assert [(note.total_minor, note.rounding_minor) for note in (first, rest)] == [(300, -3), (600, -6)]


@pytest.mark.parametrize(
    ("total", "stated"),
    [
        ("10", {"rounding_amount": "5.01"}),
        ("10", {"rounding_amount": "0.001"}),
        ("1", {"rounding_amount": "-1.01"}),
        ("10", {"rounding_amount": "1", "rounding_to": "1"}),
    ],
)
def test_a_rounding_that_is_none_is_refused(total: str, stated: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        untaxed(total, **{name: Decimal(amount) for name, amount in stated.items()})
    assert refused.value.field == "rounding_amount"
