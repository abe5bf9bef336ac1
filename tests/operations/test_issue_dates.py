"""Dates of issue: they follow the numbers within a period of a series, and no program dates back where it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.refusals import InvalidInput
from operations.drafts import DraftRequest, draft_invoice
from operations.invoices import IssueRequest
from operations.profile import update_organization
from operations.settings import add_series, continue_series
from operations.verification import verify_books
from storage.books import checks
from storage.books.pool import BOOKS_FILE, Books
from tests.support.clock import SettableClock
from tests.support.folders import folder_of
from tests.support.issuing import issue_invoice
from tests.support.people import refusal
from tests.support.practice import practice
from tests.support.raw import past_triggers

LINE = RequestedLine(quantity=Decimal(2), description="Bookkeeping", unit_price=Decimal("12.50"))


def asked(customer: str, **fields: date | str) -> DraftRequest:
    return DraftRequest(document=replace(RequestedDocument(customer=customer, lines=(LINE,)), **fields))  # type: ignore[arg-type]  # The fields are named in each test.


def request(customer: str, **fields: date | str) -> IssueRequest:
    return IssueRequest(request=asked(customer, **fields))


async def number(books: Books, wanted: IssueRequest) -> str:
    return (await issue_invoice(books, wanted)).document.number


async def test_each_year_begins_with_one_and_a_document_dated_ahead_does_not_close_the_old_year(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 12, 28, 12, tzinfo=UTC))) as one:
        books = one.books(await one.client("Harbour Bakery"))
        await update_organization(one.office, books, {"future_days": 7})
        customer = (await one.customer(books)).id
        assert await number(books, request(customer)) == "TEST-INV-2026-00001"
        assert await number(books, request(customer, issue_date=date(2027, 1, 2))) == "TEST-INV-2027-00001"
        for sequence, day in ((2, date(2026, 12, 28)), (3, date(2026, 12, 31))):
            preview = await draft_invoice(books, asked(customer, issue_date=day))
            assert (preview.number, preview.blockers) == (f"TEST-INV-2026-0000{sequence}", ())
            assert await number(books, request(customer, issue_date=day)) == preview.number
        for day, last in ((date(2026, 12, 30), "2026-12-31"), (date(2027, 1, 1), "2027-01-02")):
            refused = await refusal(issue_invoice(books, request(customer, issue_date=day)))
            assert (type(refused), refused.field) == (InvalidInput, "issue_date")
            assert f"lies before {last}, the date of the last document of this series in {last[:4]}" in refused.message
        one.clock.set(datetime(2027, 1, 3, 12, tzinfo=UTC))
        assert await number(books, request(customer)) == "TEST-INV-2027-00002"
        assert (await verify_books(books)).problem == ""


async def test_an_invoice_written_in_the_new_year_bears_a_date_of_the_old_one_where_the_law_allows_it(
    tmp_path: Path,
) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 12, 31, 12, tzinfo=UTC))) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        assert await number(books, request(customer)) == "TEST-INV-2026-00001"
        one.clock.set(datetime(2027, 1, 3, 12, tzinfo=UTC))
        assert await number(books, request(customer)) == "TEST-INV-2027-00001"
        for sequence in (2, 3):
            late = request(customer, issue_date=date(2026, 12, 31), supply_date=date(2026, 12, 30))
            assert await number(books, late) == f"TEST-INV-2026-0000{sequence}"
        refused = await refusal(issue_invoice(books, request(customer, issue_date=date(2026, 12, 30))))
        assert (type(refused), refused.field) == (InvalidInput, "issue_date")
        refused = await refusal(issue_invoice(books, request(customer, issue_date=date(2027, 1, 2))))
        assert "lies before 2027-01-03" in refused.message
        assert (await verify_books(books)).problem == ""


@pytest.mark.parametrize("country", ["PT", "HU", "HR", "ES"])
async def test_a_program_does_not_date_back_where_the_law_forbids_it(tmp_path: Path, country: str) -> None:
    """Portaria 363/2010 (PT), 23/2014. NGM rendelet (HU), Zakon o fiskalizaciji (HR), Real Decreto 1007/2023 (ES)."""
    async with practice(tmp_path, SettableClock(datetime(2027, 1, 3, 12, tzinfo=UTC))) as one:
        books = one.books(await one.client("Shop", country))
        customer = (await one.customer(books)).id
        for day in (date(2026, 12, 31), date(2027, 1, 2)):
            refused = await refusal(issue_invoice(books, request(customer, issue_date=day)))
            assert (type(refused), refused.field) == (InvalidInput, "issue_date")
            assert "a program does not date back" in refused.message
            assert "supply_date for when it was supplied" in refused.message
        document = (await issue_invoice(books, request(customer, supply_date=date(2026, 12, 31)))).document
        assert (document.issue_date, document.supply_date) == (date(2027, 1, 3), date(2026, 12, 31))


async def test_a_period_whose_numbers_a_former_system_gave_takes_no_more_of_them(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2027, 1, 3, 12, tzinfo=UTC))) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        await continue_series(books, "INVOICES", next_sequence=5)
        refused = await refusal(issue_invoice(books, request(customer, issue_date=date(2026, 12, 31))))
        assert (type(refused), refused.field) == (InvalidInput, "issue_date")
        assert "whose numbers a former system gave" in refused.message
        assert await number(books, request(customer)) == "TEST-INV-2027-00005"


async def test_dates_of_a_series_without_periods_never_run_backwards(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 12, 31, 12, tzinfo=UTC))) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        await add_series(books, "SHOP", kind="invoice", pattern="S-{SEQ:4}")
        one.clock.set(datetime(2027, 1, 3, 12, tzinfo=UTC))
        assert await number(books, request(customer, series="SHOP")) == "TEST-S-0001"
        refused = await refusal(issue_invoice(books, request(customer, series="SHOP", issue_date=date(2026, 12, 31))))
        assert "lies before 2027-01-03, the date of the last document of this series:" in refused.message


async def test_months_of_a_monthly_series_are_periods_of_their_own(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2026, 3, 2, 12, tzinfo=UTC))) as one:
        books = one.books(await one.client("Harbour Bakery"))
        customer = (await one.customer(books)).id
        await add_series(books, "MONTHLY", kind="invoice", pattern="M-{YYYY}-{MM}-{SEQ:3}")
        for day, expected in ((2, "2026-03-001"), (1, ""), (2, "2026-03-002")):
            wanted = request(customer, series="MONTHLY", issue_date=date(2026, 3, day))
            if expected:
                assert await number(books, wanted) == f"TEST-M-{expected}"
            else:
                assert isinstance(await refusal(issue_invoice(books, wanted)), InvalidInput)
        late = request(customer, series="MONTHLY", issue_date=date(2026, 2, 28))
        assert await number(books, late) == "TEST-M-2026-02-001"
        assert (await verify_books(books)).problem == ""


async def test_an_organization_that_is_new_issues_nothing_dated_ahead(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        refused = await refusal(issue_invoice(books, request(customer, issue_date=date(2026, 3, 17))))
        assert "at most 0 days after today (2026-03-16)" in refused.message


async def test_verification_finds_a_number_that_is_dated_before_an_earlier_one(tmp_path: Path) -> None:
    """Rows that were put in past the program, with hashes that fit: an earlier date under a later number."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = (await one.customer(books)).id
        for _ in range(2):
            await number(books, request(customer))
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute("UPDATE documents SET issue_date = '2026-03-15' WHERE sequence = 2")
        found = await books.read(lambda db: list(checks.date_problems(lambda question: question(db))))
        assert found == ["document TEST-INV-2026-00002: it is dated before an earlier number of its series"]
        assert (await verify_books(books)).problem
