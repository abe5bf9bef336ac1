"""A random year in every country reconciles to the cent: documents, credit notes, payments, journal and taxes."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from invoicing.countries import COUNTRY_CODES
from invoicing.countries.costs import ADVANCED
from invoicing.credit.remaining import Remaining, remaining
from invoicing.document.adjusted import AdjustmentKind
from invoicing.document.documents import Document, Line
from invoicing.master_data.records import Posting
from invoicing.money.amounts import minor_digits
from invoicing.settlement.kinds import ROLES, SettlementKind
from operations.credit_notes import CreditRequest
from operations.invoices import get_invoice
from operations.payments import PaymentRequest, record_payment
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.support.cash_year import ON_CASH
from tests.support.claims import Claim, Paid
from tests.support.clock import SettableClock
from tests.support.faults import first_in_turn, scaled
from tests.support.folders import folder_of
from tests.support.issuing import issue_credit_note
from tests.support.practice import practice
from tests.support.random_year import RandomYear
from tests.support.raw import raw
from tests.support.reconciled import check_reports
from tests.support.settling_year import random_year

pytestmark = pytest.mark.faults

NEW_YEAR = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
DOCUMENTS = scaled(1_000, 12)


@pytest.mark.parametrize("country", first_in_turn(COUNTRY_CODES))
async def test_a_random_year_reconciles_to_the_cent(tmp_path: Path, country: str) -> None:
    async with practice(tmp_path, SettableClock(NEW_YEAR), country=country) as one:
        year = await random_year(one, country)
        await year.run(DOCUMENTS)
        assert year.refused < len(year.claims) / 4, "most requests fit"
        assert any(claim.notes for claim in year.claims)
        assert any(claim.payments for claim in year.claims)
        assert any(claim.sign < 0 for claim in year.claims)
        assert any(claim.invoice.advance for claim in year.claims)
        assert any(claim.invoice.deducts for claim in year.claims)
        assert any(claim.invoice.cash_accounting for claim in year.claims) == (country in ON_CASH)
        for claim in year.claims:
            check_amounts(claim)
        await check_balances(year)
        check_journal(year)
        check_worth(year)
        check_taxes(year)
        await check_reports(year)
        await credit_the_rest(year)
        check_journal(year)
        verified = await verify_books(year.books)
        assert (verified.problem, verified.documents) == ("", year.documents)


def check_amounts(claim: Claim) -> None:
    """Each document adds up in itself, each line is its price, and nothing was taken back twice."""
    for document in (claim.invoice, *claim.notes):
        assert document.net_minor + document.tax_minor == document.total_minor
        assert sum(tax.taxable_minor for tax in document.taxes) == document.net_minor
        assert sum(tax.tax_minor for tax in document.taxes) == document.tax_minor
        assert sum(line.net_minor for line in document.lines) + adjusted(document) == document.net_minor
        assert document.deducts or document.total_minor >= 0
        assert takes_back(document) or min(document.net_minor, document.tax_minor) >= 0
    for line in claim.invoice.lines:
        assert abs(Fraction(line.amount_minor) - exact_amount(line, claim.invoice.currency)) <= Fraction(1, 2)
    left = remaining(claim.invoice, claim.notes)
    assert takes_back(claim.invoice) or min(amounts_of(left)) >= 0
    assert not left.is_nothing or set(amounts_of(left)) == {0}, claim.invoice.number


def takes_back(document: Document) -> bool:
    """Whether it has a line that takes goods back, so that a part of it can be less than nothing."""
    return any(line.quantity < 0 for line in document.lines)


def exact_amount(line: Line, currency: str) -> Fraction:
    """Quantity x price less discounts plus charges, in minor units and not rounded but for its adjustments."""
    price = Fraction(line.quantity) * Fraction(line.unit_price) / Fraction(line.base_quantity)
    price *= (100 - Fraction(line.discount_percent)) / 100
    exact = price - Fraction(line.discount_amount) + Fraction(line.charge_amount)
    return exact * Fraction(10) ** minor_digits(currency) + sum(item.signed_minor for item in line.adjustments)


def adjusted(document: Document) -> int:
    return sum(
        -item.net_minor if item.kind is AdjustmentKind.DISCOUNT else item.net_minor for item in document.adjustments
    )


def amounts_of(left: Remaining) -> list[int]:
    """Everything that an invoice could be credited of; a line's net may differ by the cent that its group gave it."""
    amounts = [line.amount_minor for line in left.lines] + [item.amount_minor for item in left.adjustments]
    for tax in left.taxes:
        amounts += [tax.taxable_minor, tax.tax_minor, *(part.tax_minor for part in tax.jurisdictions)]
    if left.withholding is not None:
        amounts += [left.withholding.base_minor, left.withholding.amount_minor]
    if left.exchange is not None:
        amounts += [left.exchange.net_minor, left.exchange.tax_minor]
    return amounts


async def check_balances(year: RandomYear) -> None:
    """What the books say of each invoice is what the clerk kept."""
    for claim in year.claims:
        shown = await get_invoice(year.books, claim.invoice.number)
        assert shown.document == claim.invoice
        assert [note.document for note in shown.credit_notes] == claim.notes
        assert (claim.sign * shown.balance.paid_minor, shown.balance.due_minor) == (claim.paid_minor, claim.due_minor)


def advances_minor(document: Document) -> int:
    """What of a document's net is on the account of advances: all of an advance, and what another one deducts."""
    if document.advance is not None:
        return document.net_minor
    return sum(line.net_minor for line in document.lines if line.advance is not None)


def passed_on_minor(document: Document) -> int:
    """What of it is on the account of expenses in the buyers' names, which an advance does not post to."""
    if document.advance is not None:
        return 0
    return sum(line.net_minor for line in document.lines if line.cost == ADVANCED and line.advance is None)


def check_journal(year: RandomYear) -> None:
    """Each entry balances, and each account is the sum of what happened, in every currency."""
    assert rows(year.books, ENTRIES_OUT_OF_BALANCE) == []
    wanted: Counter[tuple[str, str]] = Counter()
    for claim in year.claims:
        currency = claim.invoice.currency
        wanted["receivable", currency] += claim.receivable_minor
        for one in claim.standing:
            tax_minor = sum(change.tax_minor for change in one.changes)
            wanted[role_of(one), currency] += one.amount_minor + one.certified_minor - tax_minor
            wanted["tax_payable", currency] += tax_minor
        for document, sign in ((claim.invoice, claim.sign), *((note, -1) for note in claim.notes)):
            wanted["tax_payable", currency] -= sign * (document.tax_minor - document.split_tax_minor)
            on_advances_minor = advances_minor(document)
            wanted["advances", currency] -= sign * on_advances_minor
            on_passed_on_minor = passed_on_minor(document)
            wanted["passed_on", currency] -= sign * on_passed_on_minor
            wanted["revenue", currency] -= sign * (document.net_minor - on_advances_minor - on_passed_on_minor)
            wanted["rounding", currency] -= sign * document.rounding_minor
    names = [field.name for field in fields(Posting)]
    (accounts,) = rows(year.books, f"SELECT {', '.join(names)} FROM posting_profiles")  # noqa: S608  # Our own names.
    roles = dict(zip(accounts, ("revenue" if name == "discount" else name for name in names), strict=True))
    found: Counter[tuple[str, str]] = Counter()
    for account, currency, balance in rows(year.books, TRIAL_BALANCE):
        found[roles[account], currency] += balance
    assert {key: amount for key, amount in found.items() if amount} == {
        key: amount for key, amount in wanted.items() if amount
    }
    balanced: Counter[str] = Counter()
    for (_, currency), balance in found.items():
        balanced[currency] += balance
    assert set(balanced.values()) <= {0}


def role_of(paid: Paid) -> str:
    """The account against what is receivable. What documents take off and what is taken for paying early have one, and
    revenue is before both.
    """
    role = ROLES[paid.kind]
    return "revenue" if role == "discount" else role


def check_worth(year: RandomYear) -> None:
    """What is settled is worth nothing any more in the currency of the books, but for what credit notes round; and
    nothing stays between the invoices that credits moved to.
    """
    assert rows(year.books, STUCK) == []
    for number, sides, open_minor, worth_minor in rows(year.books, WORTH):
        assert open_minor or abs(worth_minor or 0) <= sides, number


def check_taxes(year: RandomYear) -> None:
    """The taxes of the invoices less those of their credit notes, by currency, category and rate."""
    wanted: Counter[tuple[str, str, Fraction]] = Counter()
    for claim in year.claims:
        for document, sign in ((claim.invoice, claim.sign), *((note, -1) for note in claim.notes)):
            for tax in document.taxes:
                wanted[document.currency, tax.category.value, Fraction(tax.rate)] += sign * tax.tax_minor
    found: Counter[tuple[str, str, Fraction]] = Counter()
    for currency, category, rate, charged in rows(year.books, TAXES):
        found[currency, category, Fraction(str(rate))] += charged
    assert found == wanted
    backwards = any(takes_back(claim.invoice) or claim.sign < 0 for claim in year.claims)
    assert backwards or min(found.values()) >= 0


async def credit_the_rest(year: RandomYear) -> None:
    """At the year's end a third of the invoices is taken back whole: nothing is left of any part of them. Advances that
    are deducted stay.
    """
    for claim in [claim for claim in year.claims if claim.sign > 0][::3]:
        if await year.is_deducted(claim):
            continue
        for one in claim.standing:
            if one.kind in (SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF):
                await record_payment(year.books, PaymentRequest(invoice=one.document, reverse=one.id))
                one.reversed = True
        if not remaining(claim.invoice, claim.notes).is_nothing:
            made = await issue_credit_note(year.books, CreditRequest(invoice=claim.invoice.number, reason="Year's end"))
            claim.notes.append(made.note.document)
        left = remaining(claim.invoice, claim.notes)
        assert set(amounts_of(left)) == {0}
        assert {line.net_minor for line in left.lines} == {0}
        assert {item.net_minor for item in left.adjustments} <= {0}
        assert claim.due_minor == -claim.paid_minor
        assert sum(note.total_minor for note in claim.notes) == claim.invoice.total_minor


def rows(books: Books, query: str) -> list[tuple[Any, ...]]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        return connection.execute(query).fetchall()


ENTRIES_OUT_OF_BALANCE = (
    "SELECT entry_id FROM journal_lines GROUP BY entry_id"
    " HAVING sum(debit_minor) <> sum(credit_minor) OR count(DISTINCT currency) <> 1 OR sum(accounting_minor) <> 0"
)
WORTH = (
    "SELECT i.number, count(*), sum(l.debit_minor - l.credit_minor), sum(l.accounting_minor) FROM journal_lines l"
    " JOIN journal_entries e ON e.id = l.entry_id LEFT JOIN payments p ON p.id = e.payment_id"
    " JOIN documents d ON d.id = coalesce(e.document_id, p.document_id)"
    " JOIN documents i ON i.id = coalesce(d.credits_id, d.id)"
    " WHERE l.account = (SELECT receivable FROM posting_profiles) GROUP BY i.number"
)
STUCK = (
    "SELECT p.receipt_id FROM payments p JOIN journal_entries e ON e.payment_id = p.id"
    " JOIN journal_lines l ON l.entry_id = e.id WHERE l.account = (SELECT customer_credit FROM posting_profiles)"
    " GROUP BY p.receipt_id HAVING sum(l.debit_minor - l.credit_minor) <> 0"
    " OR (count(*) = count(l.accounting_minor) AND sum(l.accounting_minor) <> 0)"
)
TRIAL_BALANCE = "SELECT account, currency, debit_minor - credit_minor FROM trial_balance"
TAXES = (
    "SELECT d.currency, t.category, t.rate, CASE d.kind WHEN 'invoice' THEN t.tax_minor ELSE -t.tax_minor END"
    " FROM document_taxes t JOIN documents d ON d.id = t.document_id"
)
