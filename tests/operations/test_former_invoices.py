"""A credit note for an invoice of a former system: composed of its own lines, and owed to the customer by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.details import with_document_details
from invoicing.document.documents import CreditedInvoice, DocumentKind
from invoicing.document.former import FormerInvoice
from invoicing.document.lifecycle import Status
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.refusals import Conflict, IdempotencyMismatch, InvalidInput, LimitExceeded
from invoicing.remedies import Act
from invoicing.reports.aging import OWED_TO_CUSTOMERS
from invoicing.reports.figures import ReportName
from operations.approval.waiting import AwaitingApproval
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_drafts, find_invoices
from operations.invoices import IssueRequest, get_invoice
from operations.invoices import issue_invoice as ask_to_issue
from operations.profile import update_organization
from operations.settling.asked import Share
from operations.summaries import summary_of
from operations.verification import verify_books
from tests.operations.test_ledgers import in_csv
from tests.support.approvals import desk
from tests.support.german_office import RATED, GermanOffice, german_office
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.ledgers import csv_sides, exported_ledger, in_the_books
from tests.support.people import refusal

FORMER = FormerInvoice("ALT-4711", date(2025, 11, 3), "Returned")
CREDIT_NOTE = "TEST-CN-2026-00001"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        yield found
        # Whatever a test did, the books are whole.
        await found.balances()
        await found.verified()


async def credited(office: GermanOffice, customer: str = "", net: str = "100", **fields: Any) -> str:
    return await office.invoice(customer or office.home, net, former=FORMER, **fields)


async def standing(office: GermanOffice, number: str = CREDIT_NOTE) -> tuple[Status, int]:
    shown = await get_invoice(office.books, number)
    return shown.status, shown.balance.due_minor


async def test_it_is_a_credit_note_that_names_the_former_invoice_and_asks_for_no_payment(office: GermanOffice) -> None:
    await office.terms("SOON", "2", 10)
    assert await credited(office, withholding="") == CREDIT_NOTE
    note = (await get_invoice(office.books, CREDIT_NOTE)).document
    assert (note.kind, note.reason, note.total_minor) == (DocumentKind.CREDIT_NOTE, "Returned", 11_900)
    assert note.credits == CreditedInvoice("", "ALT-4711", date(2025, 11, 3))
    assert note.due_date == note.tax_point == note.issue_date == date(2026, 1, 5)
    # The rate that is taken back is the one that was charged.
    assert note.supply_date == date(2025, 11, 3)
    assert (note.payment_terms, note.early_payment, note.instalments, note.legal_terms) == ("", None, (), ())
    assert not note.payment.reference
    assert await credited(office, supply_date=date(2025, 10, 1)) == "TEST-CN-2026-00002"
    later = (await get_invoice(office.books, "TEST-CN-2026-00002")).document
    assert later.supply_date == date(2025, 10, 1)
    assert await office.invoice(office.home, "1") == "TEST-INV-2026-00001"


async def test_what_it_comes_to_is_owed_to_the_customer_until_it_is_paid_back(office: GermanOffice) -> None:
    await credited(office)
    assert await standing(office) == (Status.ISSUED, -11_900)
    assert await office.balances() == {"1100": (-11_900, -11_900), "2100": (1_900, 1_900), "4000": (10_000, 10_000)}
    for amount, kind, wrong in (("119.01", "payment", LimitExceeded), ("1", "credit", Conflict)):
        assert isinstance(await refusal(office.settle(CREDIT_NOTE, amount, kind=kind)), wrong)
    made = await office.settle(CREDIT_NOTE, "19")
    assert (made.payment.debit_account, made.payment.credit_account, made.owed_minor) == ("1100", "1000", -10_000)
    assert await standing(office) == (Status.PARTIALLY_PAID, -10_000)
    await office.settle(CREDIT_NOTE, "100", kind="paid_back")
    assert await standing(office) == (Status.PAID, 0)
    await office.settle(CREDIT_NOTE, reverse=made.payment.id)
    assert await standing(office) == (Status.PARTIALLY_PAID, -1_900)


async def test_it_settles_another_invoice_of_the_customer(office: GermanOffice) -> None:
    await credited(office)
    number = await office.invoice(office.home, "150")
    made = await office.settle(number, kind="credit")
    assert [(one.payment.document_id == made.document.document.id, one.owed_minor) for one in made.parts] == [
        (True, 5_950),
        (False, 0),
    ]
    assert (await standing(office), await standing(office, number)) == (
        (Status.PAID, 0),
        (Status.PARTIALLY_PAID, 5_950),
    )
    await office.settle(number, reverse=made.payment.id)
    assert (await standing(office), await standing(office, number)) == (
        (Status.ISSUED, -11_900),
        (Status.ISSUED, 17_850),
    )


async def test_several_are_paid_back_at_once(office: GermanOffice) -> None:
    numbers = [await credited(office), await credited(office, net="50")]
    made = await office.settle(invoices=tuple(Share(invoice=number) for number in numbers), kind="paid_back")
    assert [one.payment.amount_minor for one in made.parts] == [11_900, 5_950]


async def test_in_another_currency_it_is_worth_what_it_says(office: GermanOffice) -> None:
    await credited(office, office.abroad, **RATED)
    assert (await office.balances())["1100"] == (-10_000, -9_200)
    await office.settle(CREDIT_NOTE, "60", rate="0.95")
    await office.settle(CREDIT_NOTE, "40")
    assert "1100" not in await office.balances()


async def test_reports_take_it_off_on_its_own_day(office: GermanOffice) -> None:
    await office.invoice(office.france, "400", on=date(2026, 1, 10))
    office.at(date(2026, 2, 3))
    await credited(office, office.france)
    taxes = await office.report(ReportName.TAX_SUMMARY, period="2026-02")
    assert [row.amounts["taxable"] for row in taxes.rows] == [-100_00]
    supplies = await office.report(ReportName.EC_SALES, period="2026-02")
    assert [row.amounts for row in supplies.rows] == [{"taxable": -100_00}]
    sales = await office.report(ReportName.SALES, period="2026-02")
    assert [total.amounts["net"] for total in sales.totals] == [-100_00]
    office.at(date(2026, 3, 3))
    for asked, owed_to in (({}, 100_00), ({"period": "2026-02"}, 100_00), ({"period": "2026-01"}, 0)):
        aging = await office.report(ReportName.RECEIVABLES_AGING, **asked)
        assert [(row.amounts["owed"], row.amounts[OWED_TO_CUSTOMERS]) for row in aging.rows] == [(400_00, owed_to)]
        made_of = await office.report(ReportName.RECEIVABLES_AGING, row=aging.rows[0].key, **asked)
        assert sorted(row.amounts["open"] for row in made_of.rows) == ([-100_00, 400_00] if owed_to else [400_00])
    await office.settle(CREDIT_NOTE, "30")
    told = await office.report(ReportName.STATEMENT, customer=office.france, period="2026")
    assert [row.amounts for row in told.rows][-2:] == [
        {"charged": 0, "settled": 100_00, "balance": 300_00},
        {"charged": 30_00, "settled": 0, "balance": 330_00},
    ]


async def test_lists_and_sums_count_it_as_a_credit_note(office: GermanOffice) -> None:
    await office.invoice(office.home, "200")
    await credited(office)
    found = await find_invoices(office.books, InvoiceSearch(), cursor="", limit=10)
    limited = await find_invoices(office.books, InvoiceSearch(customer=office.home), cursor="", limit=1)
    for page in (found, limited):
        [sums] = page.sums
        assert (sums.invoices, sums.credit_notes, sums.total_minor) == (1, 1, 11_900)
        assert (sums.due_minor, sums.owed_to_customers_minor) == (23_800, 11_900)
    still_open = await find_invoices(office.books, InvoiceSearch(status="open"), cursor="", limit=10)
    assert [one.header.kind for one in still_open.items] == ["invoice"]
    await draft_invoice(office.books, DraftRequest(document=document(office, former=FORMER)))
    drafts = await find_drafts(office.books, InvoiceSearch(), cursor="", limit=10)
    assert [(one.total_minor, one.owed_to_customers_minor) for one in drafts.sums] == [(-11_900, 11_900)]


def document(office: GermanOffice, **fields: Any) -> RequestedDocument:
    line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
    return RequestedDocument(office.home, (line,), **fields)


async def test_a_draft_becomes_it_and_a_retry_finds_it(office: GermanOffice) -> None:
    drafted = await draft_invoice(office.books, DraftRequest(document=document(office, former=FORMER)))
    assert (drafted.number, drafted.document.kind) == (CREDIT_NOTE, DocumentKind.CREDIT_NOTE)
    assert "overdue" not in {one.code for one in drafted.warnings}
    request = IssueRequest(draft=drafted.draft, client_reference="one")
    made = await ask_to_issue(office.books, request)
    again = await ask_to_issue(office.books, request)
    assert [one.document.balance.due_minor for one in (made, again)] == [-11_900] * 2  # type: ignore[union-attr]  # Neither waits.
    assert [one.document.document.number for one in (made, again)] == [CREDIT_NOTE] * 2  # type: ignore[union-attr]  # Neither waits.
    other = IssueRequest(request=DraftRequest(document=document(office)), client_reference="one")
    assert isinstance(await refusal(ask_to_issue(office.books, other)), IdempotencyMismatch)


async def test_the_same_return_a_second_time_is_warned_of(office: GermanOffice) -> None:
    await credited(office)
    for number, warned in (("ALT-4711", True), ("ALT-4712", False)):
        former = FormerInvoice(number, FORMER.issue_date, FORMER.reason)
        drafted = await draft_invoice(office.books, DraftRequest(document=document(office, former=former)))
        assert ("likely_duplicate" in {one.code for one in drafted.warnings}) is warned
    sale = await draft_invoice(office.books, DraftRequest(document=document(office, supply_date=date(2025, 11, 3))))
    assert "likely_duplicate" not in {one.code for one in sale.warnings}


async def test_what_a_credit_note_cannot_say_is_refused(office: GermanOffice) -> None:
    own = await office.invoice(office.home, "100")
    failing: list[tuple[dict[str, Any], str]] = [
        ({"former": FormerInvoice("", date(2025, 11, 3), "Returned")}, "former_invoice"),
        ({"former": FormerInvoice("ALT-1", None, "Returned")}, "former_invoice_date"),
        ({"former": FormerInvoice("ALT-1", date(2025, 11, 3), " ")}, "reason"),
        ({"former": FormerInvoice("ALT-1", date(2026, 1, 6), "Returned")}, "former_invoice_date"),
        ({"former": FormerInvoice("ALT-1", date(1925, 1, 6), "Returned")}, "former_invoice_date"),
        ({"former": FORMER, "due_date": date(2026, 2, 1)}, "due_date"),
        ({"former": FORMER, "payment_terms": "NET30"}, "payment_terms"),
        ({"former": FORMER, "terms_text": "At once"}, "payment_terms_text"),
        ({"former": FORMER, "series": "INVOICES"}, "series"),
    ]
    for fields, field in failing:
        refused = await refusal(office.invoice(office.home, "100", **fields))
        assert (type(refused), refused.field) == (InvalidInput, field)
    ours = await refusal(office.invoice(office.home, "100", former=FormerInvoice(own, date(2026, 1, 5), "Returned")))
    assert (type(ours), ours.remedy) == (Conflict, Act.CREDIT_DOCUMENT)


async def test_it_is_neither_credited_nor_copied(office: GermanOffice) -> None:
    await credited(office)
    assert isinstance(
        await refusal(issue_credit_note(office.books, CreditRequest(invoice=CREDIT_NOTE, reason="Wrong"))), Conflict
    )
    copied = DraftRequest(document=RequestedDocument(office.home, ()), copy_of=CREDIT_NOTE)
    assert (await refusal(draft_invoice(office.books, copied))).field == "copy_of"


async def test_its_tax_does_not_wait_for_money(office: GermanOffice) -> None:
    await update_organization(office.one.office, office.books, {"tax_due": "payment"})
    await credited(office)
    taxes = await office.report(ReportName.TAX_SUMMARY, period="2026-01")
    assert [row.amounts["tax"] for row in taxes.rows] == [-19_00]
    await office.settle(CREDIT_NOTE, "119")
    again = await office.report(ReportName.TAX_SUMMARY, period="2026-01")
    assert [row.amounts["tax"] for row in again.rows] == [-19_00]


async def test_exports_reconcile_with_it(office: GermanOffice) -> None:
    await office.invoice(office.home, "100")
    await credited(office, net="40")
    await office.settle(CREDIT_NOTE, "17.60")
    await office.settle("TEST-INV-2026-00001", "20", kind="credit")
    made, path = await exported_ledger(office.books, "csv")
    assert made.count == 2
    note = next(row for row in csv_sides(path) if row["number"] == CREDIT_NOTE)
    assert (note["kind"], note["credited_invoice"], note["credit_reason"]) == ("credit_note", "ALT-4711", "Returned")
    amounts = ("document_total", "amount_credited", "amount_paid", "amount_received", "amount_due", "status")
    assert [note[name] for name in amounts] == ["-47.60", "0.00", "-37.60", "-37.60", "-10.00", "partially_paid"]
    journal = csv_sides((await exported_ledger(office.books, "journal_csv"))[1])
    assert in_csv(journal) == await in_the_books(office.books)


async def test_details_say_it() -> None:
    said = [("former_invoice", " ALT-4711"), ("former_invoice_date", "2025-11-03"), ("reason", "Returned")]
    request = with_document_details(RequestedDocument("Hotel Elbe", ()), said)
    assert request.former == FormerInvoice(" ALT-4711", date(2025, 11, 3), "Returned")


async def test_workflows_of_credit_notes_hold_it_as_a_draft_that_waits(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.workflow(trigger="credit_note", steps="accountant")
        books = await at.books(at.owner)
        made = await ask_to_issue(books, IssueRequest(request=at.request(former=FORMER)))
        assert isinstance(made, AwaitingApproval)
        summary = await books.read(lambda db: summary_of(db, books))
        assert (summary.drafts, summary.awaiting_approval, summary.drafts_awaiting) == (1, 1, 1)
        decided = await at.decide(at.anna, made.approval.id)
        assert decided.issued is not None
        assert decided.issued.document.number == CREDIT_NOTE
        assert (await verify_books(books)).problem == ""
        # Only credit notes wait.
        assert (await issue_invoice(books, IssueRequest(request=at.request()))).status is Status.ISSUED
