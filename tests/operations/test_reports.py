"""Reports: what each says of a quarter that was worked out by hand, and what a figure is made of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.refusals import Refusal
from invoicing.reports.figures import ReportName
from operations.credit_notes import CreditRequest
from operations.reports.asking import REPORTS, ReportRequest, get_report
from storage.books.pool import BOOKS_FILE
from tests.support.folders import folder_of
from tests.support.german_office import GermanOffice, german_office
from tests.support.issuing import issue_credit_note
from tests.support.raw import past_triggers


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[GermanOffice]:
    async with german_office(tmp_path) as found:
        yield found


async def test_the_tax_summary_goes_by_tax_point_and_takes_credit_notes_off(office: GermanOffice) -> None:
    first = await office.invoice(office.home, "100", on=date(2026, 1, 10))
    await office.invoice(office.home, "50", on=date(2026, 4, 2), supply_date=date(2026, 3, 30))
    await office.invoice(office.home, "70", on=date(2026, 4, 3))
    office.clock.set(datetime(2026, 4, 4, 9, tzinfo=UTC))
    await issue_credit_note(office.books, CreditRequest(invoice=first, reason="Returned"))
    quarter = await office.report(ReportName.TAX_SUMMARY, period="2026-Q1")
    assert [(row.label, row.amounts, row.documents) for row in quarter.rows] == [
        ("S USt. 19 % DE", {"taxable": 150_00, "tax": 28_50}, 2)
    ]
    second = await office.report(ReportName.TAX_SUMMARY, period="2026-Q2")
    assert [(row.amounts, row.documents) for row in second.rows] == [({"taxable": -30_00, "tax": -5_70}, 2)]
    made_of = await office.report(ReportName.TAX_SUMMARY, period="2026-Q2", row=second.rows[0].key)
    assert [row.amounts["taxable"] for row in made_of.rows] == [70_00, -100_00]


async def test_a_document_without_a_rate_is_named_and_not_added(office: GermanOffice) -> None:
    await office.invoice(office.home, "100", on=date(2026, 1, 10))
    await office.invoice(office.abroad, "80", on=date(2026, 1, 11), currency="USD")
    rated = {"exchange_rate": Decimal("0.9"), "exchange_source": "ECB"}
    await office.invoice(office.abroad, "10", on=date(2026, 1, 12), currency="USD", **rated)
    report = await office.report(ReportName.SALES, period="2026-01")
    assert {total.currency: dict(total.accounting) for total in report.totals} == {"EUR": {"net": 100_00}, "USD": {}}
    assert list(report.notes) == ["1 document in another currency states no exchange rate: not in the figures in EUR."]


async def test_the_recapitulative_statement_names_businesses_of_other_members(office: GermanOffice) -> None:
    await office.invoice(office.home, "100", on=date(2026, 2, 1))
    await office.invoice(office.abroad, "100", on=date(2026, 2, 1))
    await office.invoice(office.france, "100", on=date(2026, 2, 2))
    number = await office.invoice(office.france, "40", on=date(2026, 2, 3))
    await issue_credit_note(office.books, CreditRequest(invoice=number, reason="Returned"))
    report = await office.report(ReportName.EC_SALES, period="2026-Q1")
    assert [(row.label, row.amounts, row.documents) for row in report.rows] == [
        ("FR FR83404833048 goods", {"taxable": 100_00}, 3)
    ]
    made_of = await office.report(ReportName.EC_SALES, period="2026-02", row=report.rows[0].key)
    assert [row.amounts["taxable"] for row in made_of.rows] == [100_00, 40_00, -40_00]


async def test_what_was_owed_at_the_end_of_a_month_is_what_was_dated_up_to_then(office: GermanOffice) -> None:
    first = await office.invoice(office.home, "100", on=date(2026, 1, 10), due_date=date(2026, 1, 20))
    await office.invoice(office.home, "200", on=date(2026, 2, 10), due_date=date(2026, 3, 10))
    await office.pay(first, "19", date(2026, 2, 1))
    await office.pay(first, "100", date(2026, 3, 5))
    office.clock.set(datetime(2026, 4, 30, 9, tzinfo=UTC))
    january = await office.report(ReportName.RECEIVABLES_AGING, period="2026-01")
    assert january.totals[0].amounts["days_1_to_30"] == january.totals[0].amounts["owed"] == 119_00
    february = await office.report(ReportName.RECEIVABLES_AGING, period="2026-02")
    (row,) = february.rows
    assert (row.amounts["days_31_to_60"], row.amounts["not_due"], row.documents) == (100_00, 238_00, 2)
    made_of = await office.report(ReportName.RECEIVABLES_AGING, period="2026-02", row=row.key)
    assert [one.amounts["open"] for one in made_of.rows] == [100_00, 238_00]
    now = await office.report(ReportName.RECEIVABLES_AGING)
    assert (now.totals[0].amounts["owed"], now.totals[0].amounts["days_31_to_60"]) == (238_00, 238_00)


async def test_a_statement_begins_with_what_was_owed_and_ends_with_what_is(office: GermanOffice) -> None:
    first = await office.invoice(office.home, "100", on=date(2026, 1, 10))
    await office.invoice(office.home, "50", on=date(2026, 2, 10))
    await office.pay(first, "119", date(2026, 2, 11))
    report = await office.report(ReportName.STATEMENT, period="2026-02", customer="Hotel Elbe")
    assert [row.amounts["balance"] for row in report.rows] == [119_00, 178_50, 59_50]
    (end,) = report.totals
    assert end.amounts == {"charged": 59_50, "settled": 119_00, "balance": 59_50}
    assert not (await office.report(ReportName.STATEMENT, period="2026", customer=office.france)).rows


async def test_most_is_sold_first_and_each_sum_is_told_by_customer_item_and_month(office: GermanOffice) -> None:
    await office.invoice(office.home, "10", on=date(2026, 1, 10))
    await office.invoice(office.france, "90", on=date(2026, 2, 10))
    by_customer = await office.report(ReportName.SALES)
    assert [row.label for row in by_customer.rows] == ["Hôtel Seine", "Hotel Elbe"]
    by_month = await office.report(ReportName.SALES, by="month")
    assert [(row.label, row.amounts["net"]) for row in by_month.rows] == [("2026-01", 10_00), ("2026-02", 90_00)]
    by_item = await office.report(ReportName.SALES, by="Item")
    assert [(row.label, row.amounts["net"], row.documents) for row in by_item.rows] == [("(no item)", 100_00, 2)]


async def test_accounts_open_with_what_the_months_before_came_to(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=date(2026, 1, 10))
    await office.pay(number, "119", date(2026, 2, 1))
    report = await office.report(ReportName.TRIAL_BALANCE, period="2026-02")
    receivable = next(row for row in report.rows if row.amounts["opening"] == 119_00)
    assert (receivable.amounts["credit"], receivable.amounts["closing"]) == (119_00, 0)
    sides = await office.report(ReportName.TRIAL_BALANCE, period="2026-02", row=receivable.key)
    assert [(side.amounts["debit"], side.amounts["credit"]) for side in sides.rows] == [(0, 119_00)]


async def test_pages_follow_each_other_and_say_how_many_are_left(office: GermanOffice) -> None:
    for day in (1, 2, 3):
        await office.invoice(office.home, "10", on=date(2026, 3, day))
    for name in (ReportName.JOURNAL, ReportName.AUDIT_TRAIL):
        first = await office.report(name, limit=1)
        second = await office.report(name, limit=1, cursor=first.next_cursor)
        assert second.left == first.left - 1
        assert {row.label for row in first.rows}.isdisjoint(row.label for row in second.rows) or name == "audit_trail"


@pytest.mark.parametrize(
    ("code", "field", "asked"),
    [
        ("invalid_input", "report", {"report": "profit"}),
        ("invalid_input", "limit", {"report": "sales", "limit": 0}),
        ("invalid_input", "period", {"report": "sales", "period": "last month"}),
        ("invalid_input", "by", {"report": "sales", "by": "country"}),
        ("invalid_input", "by", {"report": "journal", "by": "month"}),
        ("invalid_input", "customer", {"report": "statement"}),
        ("invalid_input", "customer", {"report": "trial_balance", "customer": "Hotel Elbe"}),
        ("not_found", "customer", {"report": "statement", "customer": "Nobody"}),
        ("invalid_input", "row", {"report": "journal", "row": "x"}),
        ("not_found", "row", {"report": "sales", "row": "x"}),
        ("not_found", "row", {"report": "sales", "row": "cus_x/EUR"}),
        ("not_found", "row", {"report": "sales", "by": "month", "row": "2025-12/EUR"}),
        ("not_found", "row", {"report": "sales", "by": "month", "row": "2026-Q1/EUR"}),
        ("not_found", "row", {"report": "tax_summary", "row": "S/nineteen/VAT/DE//EUR"}),
        ("not_found", "row", {"report": "trial_balance", "row": "1400/USD"}),
        ("not_found", "row", {"report": "ec_sales", "row": "FR/FR1/goods"}),
        ("not_found", "row", {"report": "receivables_aging", "row": "cus_x/EUR"}),
        ("not_found", "row", {"report": "tax_summary", "row": "S/1E+300000000/VAT/DE//EUR"}),
        ("not_found", "row", {"report": "sales", "row": "x" * 1_000}),
        ("not_found", "row", {"report": "trial_balance", "row": "/EUR"}),
        ("invalid_input", "customer", {"report": "sales", "by": "item", "customer": "Hotel Elbe"}),
        ("invalid_input", "customer", {"report": "sales", "row": "x/EUR", "customer": "Hotel Elbe"}),
        ("invalid_input", "period", {"report": "audit_trail", "period": "9999"}),
        ("invalid_input", "cursor", {"report": "sales", "cursor": "WzUwXQ"}),
        ("invalid_input", "cursor", {"report": "journal", "cursor": "WzUwXQ"}),
    ],
)
async def test_what_cannot_be_reported_is_refused_by_its_field(
    office: GermanOffice, code: str, field: str, asked: dict[str, Any]
) -> None:
    await office.invoice(office.home, "10", on=date(2026, 1, 10))
    with pytest.raises(Refusal) as refused:
        await get_report(office.books, ReportRequest(**asked))
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize("name", REPORTS)
async def test_books_in_which_nothing_happened_report_nothing(office: GermanOffice, name: ReportName) -> None:
    customer = "Hotel Elbe" if name is ReportName.STATEMENT else ""
    report = await office.report(name, period="2025", customer=customer)
    assert (list(report.rows), list(report.totals), list(report.notes), report.left) == ([], [], [], 0)


async def test_verification_says_that_all_is_as_recorded_or_the_first_thing_that_is_not(office: GermanOffice) -> None:
    number = await office.invoice(office.home, "100", on=date(2026, 1, 10))
    report = await office.report(ReportName.VERIFICATION)
    assert [row.label for row in report.rows] == ["Everything is as it was recorded."]
    assert report.notes[0].startswith("Looked at: 1 document, 0 files, ")
    with past_triggers(folder_of(office.books) / BOOKS_FILE) as connection:
        connection.execute("UPDATE documents SET total_minor = total_minor + 1")
    (row,) = (await office.report(ReportName.VERIFICATION)).rows
    assert row.label.startswith(f"Not as it was recorded: document {number}: ")
    with pytest.raises(Refusal) as refused:
        await office.report(ReportName.VERIFICATION, period="2026")
    assert refused.value.field == "period"
