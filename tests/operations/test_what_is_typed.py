"""What a database that is strict about types would stumble over: numbers beyond any row's, and letters of any case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from invoicing.reports.figures import ReportName
from operations.activity import list_activity_of_nobody
from operations.configuration.configuring import get_history
from operations.finding_invoices import InvoiceSearch, find_invoices
from operations.journal import JournalSearch, find_entries
from operations.organizations import list_organizations
from operations.reports.asking import ReportRequest, get_report
from storage.paging import encode_cursor
from tests.support.practice import practice

BEYOND = 10**13


async def test_lists_go_on_after_any_number_and_texts_are_found_in_any_case(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await one.issue(books, (await one.customer(books)).id)
        after = encode_cursor(BEYOND)
        for status, listed in (("", 1), ("former", 0)):
            cursor = encode_cursor("2026-12-31", BEYOND)
            page = await find_invoices(books, InvoiceSearch(status=status), cursor=cursor, limit=5)
            assert len(page.items) == listed
        assert (await get_history(books, cursor=after, limit=5)).items
        assert not (await list_activity_of_nobody(one.store, cursor=after, limit=5)).items
        behind = encode_cursor(BEYOND, "", "")
        reached, _ = await list_organizations(one.office, query="", cursor=behind, limit=5)
        assert not reached.items
        aging = ReportRequest(report=ReportName.RECEIVABLES_AGING)
        (owed,) = (await get_report(books, aging)).report.rows
        for cursor, listed in (("", 1), (after, 0)):
            found = await get_report(books, replace(aging, row=owed.key, cursor=cursor))
            assert len(found.report.rows) == listed
        for text, listed in (("HOTEL bristol", 1), ("H_tel", 0)):
            assert len((await find_entries(books, JournalSearch(text=text), cursor="", limit=5)).entries) == listed
