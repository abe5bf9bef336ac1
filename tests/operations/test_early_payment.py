"""A discount for early payment: what terms promise, what taking it changes, and where the law wants a document."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from invoicing.document.canonical import document_from_text, document_text
from invoicing.document.lifecycle import Status
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded
from invoicing.reports.figures import Report, ReportName
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.credit_notes import CreditRequest
from operations.invoices import get_invoice
from tests.support.german_office import RATED, GermanOffice, german_office
from tests.support.issuing import issue_credit_note
from tests.support.people import refusal
from tests.support.practice import practice

FIRST, LATER = date(2026, 1, 10), date(2026, 2, 3)
TERMS = "SKONTO"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        await found.terms(TERMS, "3", 14)
        yield found
        await found.balances()
        await found.verified()


def taxes(report: Report) -> dict[str, tuple[int, int, int]]:
    """Taxable, tax and number of documents by category and rate."""
    return {
        " ".join(row.key.split("/")[:2]): (row.amounts["taxable"], row.amounts["tax"], row.documents)
        for row in report.rows
    }


async def test_a_document_says_until_when_and_how_much_and_keeps_it(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", "7: 50", on=FIRST, payment_terms=TERMS)
    document = (await get_invoice(office.books, number)).document
    early = document.early_payment
    assert early is not None
    assert (int(early.percent), early.until, early.amount_minor) == (3, date(2026, 1, 24), 518)
    assert document_from_text(document_text(document)) == document
    await office.terms(TERMS, "5", 7)
    assert (await get_invoice(office.books, number)).document.early_payment == early
    plain = await office.invoice(office.home, "100")
    assert "early_payment" not in document_text((await get_invoice(office.books, plain)).document)


async def test_taking_it_takes_the_tax_in_it_off_in_the_month_of_the_payment(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", "7: 50", on=FIRST, payment_terms=TERMS)
    office.at(LATER)
    paid = await office.settle(number, "167.32", paid_on=date(2026, 1, 23))
    taken = await office.settle(number, kind="discount", paid_on=date(2026, 1, 23))
    assert (taken.payment.amount_minor, taken.warnings) == (518, ())
    assert (await get_invoice(office.books, number)).status is Status.PAID
    january = await office.report(ReportName.TAX_SUMMARY, period="2026-01")
    assert taxes(january) == {"S 19": (9700, 1843, 2), "S 7": (4850, 339, 2)}
    assert await office.balances() == {
        "1000": (16732, 16732),
        "2100": (-2182, -2182),
        "4000": (-15000, -15000),
        "4300": (450, 450),
    }
    made_of = await office.report(ReportName.TAX_SUMMARY, period="2026-01", row=january.rows[0].key)
    assert [(row.key, row.amounts["taxable"], row.amounts["tax"]) for row in made_of.rows] == [
        (paid.document.document.id, 10000, 1900),
        (taken.payment.id, -300, -57),
    ]
    await office.settle(number, reverse=taken.payment.id)
    back = taxes(await office.report(ReportName.TAX_SUMMARY, period="2026"))
    assert {key: row[:2] for key, row in back.items()} == {"S 19": (10000, 1900), "S 7": (5000, 350)}


async def test_a_figure_is_paged_over_documents_and_what_changed_them(office: GermanOffice) -> None:
    for _ in range(3):
        number = await office.invoice(office.home, "100", on=FIRST, payment_terms=TERMS)
        await office.settle(number, "115.43")
        await office.settle(number, kind="discount")
    (row,) = (await office.report(ReportName.TAX_SUMMARY, period="2026-01")).rows
    seen, cursor = 0, ""
    while True:
        page = await office.report(ReportName.TAX_SUMMARY, period="2026-01", row=row.key, limit=2, cursor=cursor)
        seen += sum(one.amounts["taxable"] for one in page.rows)
        cursor = page.next_cursor
        if not cursor:
            break
    assert (seen, row.amounts["taxable"], row.documents) == (29100, 29100, 6)


async def test_it_lowers_what_is_reported_of_supplies_to_other_member_states(office: GermanOffice) -> None:
    number = await office.invoice(office.france, "1000", on=FIRST, payment_terms=TERMS)
    office.at(LATER)
    taken = await office.settle(number, kind="discount")
    assert [warning.code for warning in taken.warnings] == ["late_discount"]
    (sold,) = (await office.report(ReportName.EC_SALES, period="2026")).rows
    assert sold.amounts["taxable"] == 97000
    (february,) = (await office.report(ReportName.EC_SALES, period="2026-02")).rows
    assert february.amounts["taxable"] == -3000
    made_of = await office.report(ReportName.EC_SALES, period="2026", row=sold.key)
    assert sum(row.amounts["taxable"] for row in made_of.rows) == 97000


async def test_in_another_currency_it_is_taken_at_the_documents_rate(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "1000", on=FIRST, payment_terms=TERMS, **RATED)
    await office.settle(number, kind="discount")
    await office.settle(number, "1154.30", rate="0.9")
    balances = await office.balances()
    assert balances["4300"] == (3000, 2760)
    assert balances["2100"] == (-18430, -16956)
    assert "1100" not in balances


async def test_no_more_is_taken_than_was_promised_and_nothing_where_nothing_was(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=FIRST, payment_terms=TERMS)
    plain = await office.invoice(office.home, "100", on=FIRST)
    assert isinstance(await refusal(office.settle(plain, "1", kind="discount")), Conflict)
    assert isinstance(await refusal(office.settle(number, "3.58", kind="discount")), LimitExceeded)
    await office.settle(number, "2", kind="discount")
    assert isinstance(await refusal(office.settle(number, "1.58", kind="discount")), LimitExceeded)
    await office.settle(number, kind="discount")
    assert (await get_invoice(office.books, number)).balance.due_minor == 11543


async def test_what_was_given_up_is_taken_back_before_the_invoice_is_credited(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=FIRST, payment_terms=TERMS)
    taken = await office.settle(number, kind="discount")
    request = CreditRequest(invoice=number, reason="Returned")
    assert isinstance(await refusal(issue_credit_note(office.books, request)), Conflict)
    await office.settle(number, reverse=taken.payment.id)
    made = await issue_credit_note(office.books, request)
    assert made.invoice_balance.due_minor == 0
    assert made.note.document.early_payment is None


@pytest.mark.parametrize(
    "values",
    [
        {"days": "30", "discount_percent": "2"},
        {"days": "30", "discount_days": "7"},
        {"days": "30", "discount_percent": "100", "discount_days": "7"},
        {"days": "30", "discount_percent": "-1", "discount_days": "7"},
        {"days": "30", "discount_percent": "2,5", "discount_days": "7"},
        {"days": "30", "discount_percent": "2", "discount_days": "31"},
    ],
)
async def test_terms_whose_discount_means_nothing_are_refused(office: GermanOffice, values: dict[str, str]) -> None:
    change = Change(code="ODD", values={"name": "Odd"} | values)
    found = await refusal(save_entry(office.one.office, office.books, Part.PAYMENT_TERMS, change))
    assert isinstance(found, InvalidInput)


@pytest.mark.parametrize(("country", "promised"), [("ES", True), ("BE", False)])
async def test_where_the_law_wants_another_document_it_is_refused(tmp_path: Path, country: str, promised: bool) -> None:
    async with practice(tmp_path, country=country) as one:
        books = one.books(one.organization)
        values = {"name": "Early", "days": "30", "discount_percent": "2", "discount_days": "10", "default": "true"}
        act = save_entry(one.office, books, Part.PAYMENT_TERMS, Change(code="EARLY", values=values))
        if not promised:
            assert "Article 28" in (await refusal(act)).message
            return
        await act
        customer = await one.customer(books, country=country)
        number = (await one.issue(books, customer.id)).document.number
        office = GermanOffice(one, one.clock, books, customer.id, "", "")
        found = await refusal(office.settle(number, kind="discount"))
        assert isinstance(found, Conflict)
        assert "credit note" in found.message
