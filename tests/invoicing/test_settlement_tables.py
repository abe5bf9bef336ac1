"""What settles a document: the tables of docs/money.md that are computed without books."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from invoicing.countries import COUNTRY_CODES
from invoicing.document.documents import CreditedInvoice, Document, DocumentKind, Exchange, TaxCategory, TaxSubtotal
from invoicing.money.amounts import exact_minor, money_text
from invoicing.settlement.cash import NO_MONEY, Received, due_taxes, made_due
from invoicing.settlement.discounts import FROM_THE_START, WITHOUT_DOCUMENT, discount_of, tax_changes
from invoicing.settlement.entries import Standing, credit_side, debit_side, difference, with_difference
from invoicing.settlement.kinds import OWED_AGAIN, ROLES, SettlementKind, effect
from invoicing.settlement.worth import at_rate, receivable_worth
from tests.support.money_document import money_table
from tests.support.samples import document, line, request

KINDS = money_table("kind", "open")
RATES = money_table("invoice", "rate")
DISCOUNTS = money_table("subtotals", "discount %")
CASH = money_table("case", "event")
LAWS = money_table("country", "document")
BOOKS = "EUR"


def minor(text: str, currency: str = "USD") -> int:
    return exact_minor(Decimal(text.strip()), currency, field="amount")


def listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",")]


def test_each_kind_has_its_row_with_what_it_does_and_where_it_is_posted() -> None:
    assert [row["kind"] for row in KINDS] == list(SettlementKind)
    words = {1: "less", -1: "more", 0: "same"}
    for row in KINDS:
        kind = SettlementKind(row["kind"])
        assert row["open"] == words[effect(kind)]
        against, owed = ("credit", "debit") if kind in OWED_AGAIN else ("debit", "credit")
        assert (row[against], row[owed]) == (ROLES[kind], "receivable")


def in_dollars(total: str, rate: str) -> Document:
    """An invoice in dollars without tax, in books in euros."""
    amount = minor(total)
    tax = TaxSubtotal(TaxCategory.EXEMPT, Decimal(0), "VAT", amount, 0)
    exchange = Exchange(BOOKS, Decimal(rate), document(request(line())).issue_date, "ECB", 0, 0)
    changed: dict[str, Any] = {"currency": "USD", "accounting_currency": BOOKS, "exchange": exchange}
    return replace(
        document(request(line())), taxes=(tax,), net_minor=amount, tax_minor=0, total_minor=amount, **changed
    )


@pytest.mark.parametrize("row", RATES, ids=lambda row: f"{row['invoice']} {row['paid']}")
def test_money_at_another_rate_comes_out_as_written(row: dict[str, str]) -> None:
    invoice = in_dollars(row["invoice"], row["rate"])
    worth = at_rate(invoice.total_minor, Decimal(row["rate"]), document=invoice, books_currency=BOOKS)
    standing = Standing(open_minor=invoice.total_minor, worth_minor=worth)
    columns = (listed(row[name]) for name in ("paid", "at", "bank", "receivable", "difference"))
    for paid, at, bank, receivable, over in zip(*columns, strict=True):
        settled = minor(paid)
        taken = receivable_worth(invoice, standing, settled_minor=settled, books_currency=BOOKS)
        assert taken is not None
        rate = None if at == "-" else Decimal(at)
        came = taken if rate is None else at_rate(settled, rate, document=invoice, books_currency=BOOKS)
        sides = (debit_side("bank", settled, came), credit_side("receivable", settled, taken))
        assert [money_text(one, BOOKS) for one in (came, taken, difference(sides))] == [bank, receivable, over]
        entry = with_difference(sides, gain="gain", loss="loss")
        assert sum(one.accounting_minor or 0 for one in entry) == 0
        assert [one.side.account for one in entry[2:]] == [("gain" if over[0] != "-" else "loss")] * (over != "0.00")
        assert standing.worth_minor is not None
        standing = Standing(open_minor=standing.open_minor - settled, worth_minor=standing.worth_minor - taken)


@pytest.mark.parametrize("row", DISCOUNTS, ids=lambda row: row["subtotals"])
def test_a_discount_changes_the_taxes_as_written(row: dict[str, str]) -> None:
    invoice = with_subtotals(row["subtotals"])
    taken = discount_of(invoice.total_minor, Decimal(row["discount %"]))
    assert money_text(taken, BOOKS) == row["discount"]
    changes = tax_changes(invoice, [], taken, worth_minor=taken, books_currency=BOOKS)
    found = "; ".join(f"{money_text(one.taxable_minor, BOOKS)}, {money_text(one.tax_minor, BOOKS)}" for one in changes)
    assert found == row["of each: net and tax"]
    assert [(one.accounting_taxable_minor, one.accounting_tax_minor) for one in changes] == [
        (one.taxable_minor, one.tax_minor) for one in changes
    ]


def with_subtotals(text: str) -> Document:
    """An invoice in the currency of the books with these subtotals: rate, taxable and tax of each."""
    taxes = []
    for part in text.split(";"):
        rate, amounts = part.split("%:")
        taxable, tax = (minor(one, BOOKS) for one in amounts.split(","))
        category = TaxCategory.STANDARD if Decimal(rate) else TaxCategory.REVERSE_CHARGE
        taxes.append(TaxSubtotal(category, Decimal(rate.strip()), "VAT", taxable, tax))
    net, tax = sum(one.taxable_minor for one in taxes), sum(one.tax_minor for one in taxes)
    return replace(
        document(request(line())),
        currency=BOOKS,
        accounting_currency=BOOKS,
        exchange=None,
        taxes=tuple(taxes),
        net_minor=net,
        tax_minor=tax,
        total_minor=net + tax,
    )


HALVES = "19 %: 100.00, 19.00; 7 %: 100.00, 7.00"
GIVEN_BACK = ("refunded", "paid_back")


@pytest.mark.parametrize("case", dict.fromkeys(row["case"] for row in CASH))
def test_cash_accounting_makes_due_what_is_written(case: str) -> None:
    invoice = replace(with_subtotals(HALVES), cash_accounting=True)
    notes, received = list[Document](), Received()
    before = due_taxes(invoice, notes, received)
    for row in (row for row in CASH if row["case"] == case):
        what, _, amount = row["event"].rpartition(" ")
        if what == "credited 7":
            notes.append(credit_note_of(invoice, "7 %: 100.00, 7.00"))
        else:
            received = after(received, what, minor(amount))
        due = due_taxes(invoice, notes, received)
        changes = {one.position: one for one in made_due(invoice, before, due)}
        for position, name in enumerate(("at 19 %: net, tax", "at 7 %: net, tax"), start=1):
            change = changes.get(position)
            found = [] if change is None else [-change.taxable_minor, -change.tax_minor]
            assert ", ".join(money_text(one, BOOKS) for one in found) == row[name].strip(
                "-" if row[name] == "-" else ""
            )
        before = due


def after(received: Received, what: str, amount: int) -> Received:
    if what == "discount":
        return Received(received.money_minor, (*received.discounts_minor, amount))
    if what == "written off":
        assert SettlementKind.WRITE_OFF in NO_MONEY
        return received
    return Received(received.money_minor + (-amount if what in GIVEN_BACK else amount), received.discounts_minor)


def credit_note_of(invoice: Document, subtotals: str) -> Document:
    """It takes these subtotals back."""
    credited = CreditedInvoice(invoice.id, invoice.number, invoice.issue_date)
    return replace(with_subtotals(subtotals), kind=DocumentKind.CREDIT_NOTE, credits=credited, lines=())


def test_the_law_of_each_country_is_in_the_table() -> None:
    stated = {row["country"]: row for row in LAWS}
    assert {code for code, row in stated.items() if row["document"].startswith("none")} == set(WITHOUT_DOCUMENT)
    for code, law in WITHOUT_DOCUMENT.items():
        assert code in COUNTRY_CODES
        assert stated[code]["by"] == law
    assert {code for code, row in stated.items() if row["document"] == "no such terms"} == set(FROM_THE_START)
    assert all(stated[code]["by"].startswith(law) for code, law in FROM_THE_START.items())
