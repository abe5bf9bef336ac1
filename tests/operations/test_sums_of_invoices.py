"""Sums of all documents that match a search, on the page or not: the same as adding up one by one, and quick."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.documents import Document, DocumentKind
from invoicing.document.former import FormerInvoice
from invoicing.document.lifecycle import OPEN, Balance, Status, next_due, status_of
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.money.sums import Summand, Sums, sums_per_currency
from invoicing.reports.figures import ReportName, SalesBy
from operations.credit_notes import CreditRequest
from operations.customers import save_customer
from operations.drafts import DraftRequest, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_drafts, find_invoices
from operations.issue_dates import local_date
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from operations.reports.asking import REPORTS, ReportRequest, get_report
from storage.books.known import known
from storage.books.profile import load_profile
from tests.operations.test_finding_invoices import MANY, filled, many
from tests.support.claims import Claim
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note
from tests.support.practice import practice
from tests.support.random_year import RandomYear
from tests.support.settling_year import random_year

NEW_YEAR = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("country", ["GB", "IT", "CH", "US"])
async def test_sums_of_a_random_year_are_those_of_its_documents_one_by_one(tmp_path: Path, country: str) -> None:
    async with practice(tmp_path, SettableClock(NEW_YEAR), country=country) as one:
        year = await random_year(one, country)
        await year.run(60)
        one.clock.advance(timedelta(days=20))
        assert {claim.invoice.currency for claim in year.claims} >= {"JPY", "KWD", "EUR"}
        customers = {claim.invoice.customer: claim.invoice.buyer.name for claim in year.claims}
        some_id, some_name = next(iter(customers.items()))
        dates = sorted(claim.invoice.issue_date for claim in year.claims)
        first, last = dates[len(dates) // 4], dates[3 * len(dates) // 4]
        searches = [
            InvoiceSearch(),
            *(InvoiceSearch(status=status) for status in (OPEN, *Status)),
            InvoiceSearch(customer=some_id),
            InvoiceSearch(query=f"{some_name} 2026"),
            InvoiceSearch(query="CN"),
            InvoiceSearch(query="nobody"),
            InvoiceSearch(issued_from=first, issued_to=last),
            InvoiceSearch(status=OPEN, query=some_name, issued_to=last),
        ]
        for search in searches:
            wanted = await brute_force(year, search)
            for limit in (1, 7, 100):
                page = await find_invoices(year.books, search, cursor="", limit=limit)
                assert page.sums == wanted, (search, limit)
                if page.next_cursor:
                    after = await find_invoices(year.books, search, cursor=page.next_cursor, limit=limit)
                    assert after.sums == wanted, "a later page tells the sums of all, not of what is left"


async def brute_force(year: RandomYear, search: InvoiceSearch) -> tuple[Sums, ...]:
    """What the clerk who kept the answers beside the books makes of it."""
    today = local_date(year.clock(), await year.books.read(load_profile))
    summands = []
    for claim in year.claims:
        for document in (claim.invoice, *claim.notes):
            due = claim.due_minor if document is claim.invoice else 0
            balance = balance_of(claim, document)
            assert balance.due_minor == due
            status = status_of(balance, due_date=next_due(document, balance), today=today)
            if matches(document, search) and search.status in ("", status, OPEN if due > 0 else status):
                amounts = (document.net_minor, document.tax_minor, document.total_minor)
                summands.append(Summand(document.currency, document.kind, *amounts, due))
    return sums_per_currency(summands)


def balance_of(claim: Claim, document: Document) -> Balance:
    if claim.sign < 0:
        return Balance(document.kind, document.payable_minor, 0, -claim.paid_minor, alone=True)
    if document is claim.invoice:
        credited = sum(note.payable_minor for note in claim.notes)
        return Balance(document.kind, document.payable_minor, credited, claim.paid_minor)
    refunds = (one for one in claim.payments if one.document == document.number and not one.reversed)
    return Balance(document.kind, document.payable_minor, 0, -sum(one.amount_minor for one in refunds))


def matches(document: Document, search: InvoiceSearch) -> bool:
    text = f"{document.number} {document.buyer.name}".lower()
    return (
        search.customer in ("", document.customer)
        and all(word in text for word in search.query.lower().split())
        and (search.issued_from is None or search.issued_from <= document.issue_date)
        and (search.issued_to is None or document.issue_date <= search.issued_to)
    )


async def test_an_overpaid_invoice_does_not_make_others_look_paid(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await filled(one)
        request = PaymentRequest(invoice="TEST-INV-2026-00001", amount=Decimal("37.50"), accept_overpayment=True)
        await record_payment(books, request)
        for limit in (1, 100):
            page = await find_invoices(books, InvoiceSearch(), cursor="", limit=limit)
            (sums,) = page.sums
            # Six invoices of 30.00; credited are 30.00, 15.00 and 30.00; of the second 10.00 was paid.
            assert (sums.invoices, sums.credit_notes, sums.total_minor) == (6, 3, 18_000 - 7_500)
            assert (sums.due_minor, sums.owed_to_customers_minor) == (2_000, 750)
        owed = await find_invoices(books, InvoiceSearch(status=OPEN), cursor="", limit=1)
        assert [one.due_minor for one in owed.sums] == [2_000]


async def test_overdue_sums_begin_with_the_day_of_the_organization(tmp_path: Path) -> None:
    """On the last day of the term nothing is overdue; midnight comes earlier in Auckland than in London."""
    for zone, expected in (("Europe/London", ()), ("Pacific/Auckland", (3_000,))):
        folder = tmp_path / zone.rpartition("/")[2]
        folder.mkdir()
        async with practice(folder) as one:
            books = one.books(await one.client("Harbour Bakery"))
            await update_organization(one.office, books, {"time_zone": zone})
            issued = await one.issue(books, (await one.customer(books)).id)
            due = issued.document.due_date
            one.clock.set(datetime(due.year, due.month, due.day, 20, 0, tzinfo=UTC))
            page = await find_invoices(books, InvoiceSearch(status=Status.OVERDUE), cursor="", limit=25)
            assert tuple(sums.due_minor for sums in page.sums) == expected, zone


async def test_drafts_are_summed_as_they_were_last_shown(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        chance = random.Random("drafts")  # noqa: S311  # The same drafts in every run.
        names = ("Hotel Bristol", "Grand Hotel", "Inn")
        customers = [(await one.customer(books, name)).id for name in names]
        wanted: dict[str, list[Summand]] = {name: [] for name in names}
        for _ in range(24):
            index, currency = chance.randrange(3), chance.choice(("GBP", "JPY", "KWD"))
            line = RequestedLine(quantity=Decimal(chance.randint(1, 9)), description="Flour", unit_price=Decimal(7))
            former = FormerInvoice("OLD-7", date(2026, 1, 7), "Returned") if chance.random() < 0.2 else None
            request = RequestedDocument(customer=customers[index], lines=(line,), currency=currency, former=former)
            shown = (await draft_invoice(books, DraftRequest(document=request))).document
            amounts = (shown.net_minor, shown.tax_minor, shown.total_minor, shown.payable_minor)
            signed = (-amount if former else amount for amount in amounts)
            wanted[names[index]].append(Summand(currency, DocumentKind.INVOICE, *signed))
        everything = sums_per_currency([*wanted["Hotel Bristol"], *wanted["Grand Hotel"], *wanted["Inn"]])
        hotels = sums_per_currency([*wanted["Hotel Bristol"], *wanted["Grand Hotel"]])
        for limit in (2, 100):
            for search, sums in (
                (InvoiceSearch(), everything),
                (InvoiceSearch(query="hotel"), hotels),
                (InvoiceSearch(customer="Inn"), sums_per_currency(wanted["Inn"])),
                (InvoiceSearch(query="castle"), ()),
            ):
                page = await find_drafts(books, search, cursor="", limit=limit)
                assert page.sums == sums, search
                if page.next_cursor:
                    assert (await find_drafts(books, search, cursor=page.next_cursor, limit=limit)).sums == sums


async def test_sums_of_very_many_documents_count_those_that_are_found(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await many(one)
        one.clock.advance(timedelta(days=100))
        for search in (InvoiceSearch(), InvoiceSearch(status=OPEN), InvoiceSearch(query="hotel TEST")):
            page = await find_invoices(books, search, cursor="", limit=25)
            assert sum(sums.count for sums in page.sums) == len(page.items) + page.left > MANY // 10


async def test_what_was_worked_out_before_follows_each_act(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        first, second = [(await one.issue(books, customer, quantity=each)).document.number for each in ("1", "2")]

        async def found() -> list[object]:
            searches = (InvoiceSearch(), InvoiceSearch(status=OPEN), InvoiceSearch(query="bristol"))
            lists = [await find_invoices(books, search, cursor="", limit=1) for search in searches]
            reports = [(await get_report(books, each)).report for each in requests]
            return [*lists, *((one.rows, one.totals, one.left) for one in reports)]

        async def pay() -> str:
            return (await record_payment(books, PaymentRequest(invoice=first, amount=Decimal(3)))).payment.id

        requests = [
            *(ReportRequest(report=name) for name in REPORTS if name is not ReportName.STATEMENT),
            *(ReportRequest(report=ReportName.SALES, by=by) for by in SalesBy),
            ReportRequest(report=ReportName.STATEMENT, customer=customer),
        ]
        paid = await pay()
        acts: list[Callable[[], Awaitable[object]]] = [
            lambda: one.issue(books, customer, quantity="5"),
            pay,
            lambda: issue_credit_note(books, CreditRequest(invoice=second, reason="Wrong")),
            lambda: record_payment(books, PaymentRequest(invoice=first, reverse=paid)),
            lambda: save_customer(books, {"name": "Hotel Savoy"}, customer_id=customer),
        ]
        before = await found()
        for act in acts:
            await act()
            remembered = await found()
            known.forget()
            assert before != remembered, act
            assert await found() == remembered
            before = remembered


async def test_a_report_tells_of_the_day_on_which_it_is_asked_for(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(await one.client("Harbour Bakery"))
        await one.issue(books, (await one.customer(books)).id)
        aging = ReportRequest(report=ReportName.RECEIVABLES_AGING)
        today = (await get_report(books, aging)).report.rows[0].amounts
        assert not today["overdue"]
        one.clock.advance(timedelta(days=60))
        assert (await get_report(books, aging)).report.rows[0].amounts["overdue"] == today["owed"]
