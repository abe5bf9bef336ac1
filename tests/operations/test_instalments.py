"""Invoices in instalments in the books: what is open of each, when they are overdue, and what terms are refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.credit.wanted import CreditLine
from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.lifecycle import Status
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.money.amounts import exact_minor, money_text
from invoicing.refusals import InvalidInput
from invoicing.reports.figures import ReportName
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.invoices import get_invoice
from storage.books.reports import open_now, open_then
from tests.support.german_office import GermanOffice, german_office
from tests.support.issuing import issue_credit_note
from tests.support.money_document import money_table
from tests.support.people import refusal

FIRST = date(2026, 1, 10)
TERMS = "PARTS"
TABLE = money_table("terms", "payable")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        await found.terms_in_instalments(TERMS, "30:0, 70:30")
        yield found
        await found.balances()
        await found.verified()


async def in_two(office: GermanOffice, net: str = "100", **fields: object) -> str:
    """An invoice without tax, of which 30 percent are due at once and the rest in 30 days."""
    return await office.invoice(office.abroad, net, on=FIRST, payment_terms=TERMS, **fields)


async def status(office: GermanOffice, number: str, day: date) -> Status:
    """The document's own status, which is also that of the lists."""
    office.at(day)
    found = (await get_invoice(office.books, number)).status
    for one in Status:
        page = await find_invoices(office.books, InvoiceSearch(status=one), cursor="", limit=25)
        listed = {row.header.number: row.status for row in page.items}
        assert listed.get(number) == (found if one is found else None)
    return found


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['terms']} {row['payable']} {row['paid']}")
async def test_what_is_open_of_each_comes_out_as_written(office: GermanOffice, row: dict[str, str]) -> None:
    payable, credited, paid = (exact_minor_of(row[name]) for name in ("payable", "credited", "paid"))
    await office.terms_in_instalments("OTHER", row["terms"])
    nets = [money_text(part, "EUR") for part in (payable - credited, credited) if part]
    number = await office.invoice(office.abroad, *nets, on=FIRST, payment_terms="OTHER")
    document = (await get_invoice(office.books, number)).document
    assert ", ".join(money_text(part.amount_minor, "EUR") for part in document.instalments) == row["instalments"]
    if credited:
        await issue_credit_note(
            office.books, CreditRequest(invoice=number, reason="Returned", lines=(CreditLine(2, None),))
        )
    if paid:
        await office.settle(number, money_text(paid, "EUR"), accept_overpayment=True)
    now = await office.books.read(open_now)
    assert sorted(now) == sorted(await office.books.read(lambda db: open_then(db, FIRST)))
    assert sum(invoices for *_, invoices in now) == 1
    open_on = {due: minor for _, _, due, minor, _ in now if minor}
    found = [open_on.pop(part.due_date, 0) for part in document.instalments]
    assert ", ".join(money_text(minor, "EUR") for minor in found) == row["open of each"]
    assert not open_on


def exact_minor_of(text: str) -> int:
    return exact_minor(Decimal(text), "EUR", field="amount")


async def test_it_is_overdue_as_soon_as_an_instalment_that_has_passed_is_not_paid(office: GermanOffice) -> None:
    number = await in_two(office)
    last = FIRST + timedelta(days=30)
    assert (await get_invoice(office.books, number)).document.due_date == last
    assert await status(office, number, FIRST) is Status.ISSUED
    assert await status(office, number, FIRST + timedelta(days=1)) is Status.OVERDUE
    await office.settle(number, "29.99")
    assert await status(office, number, FIRST + timedelta(days=2)) is Status.OVERDUE
    await office.settle(number, "0.01")
    assert await status(office, number, last) is Status.PARTIALLY_PAID
    assert await status(office, number, last + timedelta(days=1)) is Status.OVERDUE
    await office.settle(number, "70")
    assert await status(office, number, last + timedelta(days=2)) is Status.PAID


async def test_a_draft_warns_where_its_first_instalment_is_overdue_already(office: GermanOffice) -> None:
    for day, warned in ((FIRST, False), (FIRST + timedelta(days=1), True)):
        office.at(day)
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
        asked = RequestedDocument(office.abroad, (line,), issue_date=FIRST, payment_terms=TERMS)
        shown = await draft_invoice(office.books, DraftRequest(document=asked))
        assert ("overdue" in {warning.code for warning in shown.warnings}) is warned


async def test_a_credit_note_has_none_and_leaves_the_first_instalments_as_they_are(office: GermanOffice) -> None:
    number = await office.invoice(office.abroad, "20", "80", on=FIRST, payment_terms=TERMS)
    made = await issue_credit_note(
        office.books, CreditRequest(invoice=number, reason="Less", lines=(CreditLine(2, None),))
    )
    assert made.note.document.instalments == ()
    assert await status(office, number, FIRST + timedelta(days=1)) is Status.OVERDUE
    await office.settle(number, "20")
    assert await status(office, number, FIRST + timedelta(days=90)) is Status.PAID


async def test_each_instalment_ages_by_its_own_day_and_the_invoice_is_one(office: GermanOffice) -> None:
    number = await in_two(office)
    await in_two(office)
    office.at(FIRST + timedelta(days=35))
    (row,) = (await office.report(ReportName.RECEIVABLES_AGING)).rows
    assert {name: minor for name, minor in row.amounts.items() if minor} == {
        "owed": 200_00,
        "overdue": 200_00,
        "days_31_to_60": 60_00,
        "days_1_to_30": 140_00,
    }
    assert row.documents == 2
    await office.settle(number, "30")
    made_of = await office.report(ReportName.RECEIVABLES_AGING, row=row.key)
    assert [(one.amounts["open"], one.label.rpartition(" ")[2]) for one in made_of.rows] == [
        (70_00, (FIRST + timedelta(days=30)).isoformat()),
        (100_00, FIRST.isoformat()),
    ]
    office.at(date(2026, 3, 1))
    (then,) = (await office.report(ReportName.RECEIVABLES_AGING, period="2026-01")).rows
    assert (then.amounts["overdue"], then.amounts["not_due"]) == (60_00, 140_00)


async def test_documents_keep_their_instalments_whatever_becomes_of_the_terms(office: GermanOffice) -> None:
    number = await in_two(office)
    document = (await get_invoice(office.books, number)).document
    assert document_from_text(document_text(document)) == document
    await office.terms_in_instalments(TERMS, "50:0, 50:60")
    assert (await get_invoice(office.books, number)).document == document
    values = {"instalments": "0", "days": "14"}
    await save_entry(office.one.office, office.books, Part.PAYMENT_TERMS, Change(code=TERMS, values=values))
    later = (await get_invoice(office.books, await in_two(office))).document
    assert (later.instalments, later.due_date) == ((), FIRST + timedelta(days=14))


async def test_a_due_date_that_is_stated_outranks_the_terms_and_their_name(office: GermanOffice) -> None:
    number = await in_two(office, due_date=FIRST + timedelta(days=30))
    document = (await get_invoice(office.books, number)).document
    assert (document.instalments, document.payment_terms) == ((), "")


@pytest.mark.parametrize(
    "values",
    [
        {"instalments": "30:0, 60:30"},
        {"instalments": "30:0, 70:0"},
        {"instalments": "100:30"},
        {"instalments": "30:0, 70:30", "days": "14"},
        {"instalments": "30:0, 70:30", "end_of_month": "true"},
        {"instalments": "30:0, 70:30", "day_of_month": "15"},
        {"instalments": "30:0, 70:30", "discount_percent": "2", "discount_days": "7"},
        {"instalments": "0"},
    ],
)
async def test_terms_whose_instalments_mean_nothing_are_refused(office: GermanOffice, values: dict[str, str]) -> None:
    change = Change(code="ODD", values={"name": "Odd"} | values)
    found = await refusal(save_entry(office.one.office, office.books, Part.PAYMENT_TERMS, change))
    assert isinstance(found, InvalidInput)
    assert found.field == "values"
