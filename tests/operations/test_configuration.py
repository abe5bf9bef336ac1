"""Configuration: each part changes what it is for, and documents that were issued before stay as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from invoicing.document.documents import Document
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.master_data.records import PaymentTerm
from invoicing.refusals import Conflict, Refusal
from invoicing.reports.figures import ReportName
from operations.configuration.configuring import PARTS_OF_ALL, described, get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.credit_notes import CreditRequest
from operations.customers import save_customer
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest, get_invoice
from operations.items import save_item
from operations.payments import PaymentRequest, record_payment
from operations.reports.asking import ReportRequest, get_report
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.clock import SettableClock
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.practice import Practice, practice


@dataclass(slots=True)
class Desk:
    one: Practice
    clock: SettableClock
    books: Books
    customer: str

    async def save(self, part: Part, code: str, **values: str) -> Entry | None:
        return await save_entry(self.one.office, self.books, part, Change(code=code, values=values))

    async def withdraw(self, part: Part, code: str, reason: str = "") -> None:
        await save_entry(self.one.office, self.books, part, Change(code=code, withdraw=True, reason=reason))

    async def entries(self, part: Part) -> dict[str, Entry]:
        page = await get_entries(self.one.office, self.books, part, cursor="", limit=100)
        return {entry.code: entry for entry in page.items}

    async def invoice(self, on: date, **fields: Any) -> Document:
        self.at(on)
        line = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
        document = RequestedDocument(self.customer, (line,), **fields)
        return (await issue_invoice(self.books, IssueRequest(request=DraftRequest(document=document)))).document

    def at(self, day: date) -> None:
        self.clock.set(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))

    async def accounts_posted(self) -> set[str]:
        request = ReportRequest(report=ReportName.TRIAL_BALANCE, limit=100)
        return {row.key.partition("/")[0] for row in (await get_report(self.books, request)).report.rows}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = SettableClock(datetime(2026, 1, 5, 9, tzinfo=UTC))
    async with practice(tmp_path, clock) as one:
        books = one.books(await one.client("Harbour Bakery"))
        yield Desk(one, clock, books, (await one.customer(books)).id)
        assert (await verify_books(books)).problem == ""


@pytest.mark.parametrize("part", PARTS_OF_ALL)
async def test_every_part_is_listed_and_what_it_shows_can_be_said_again(desk: Desk, part: Part) -> None:
    entries = await desk.entries(part)
    assert entries or part in (
        Part.PERIODS,
        Part.WORKFLOWS,
        Part.TAX_AUTHORITIES,
        Part.JURISDICTIONS,
        Part.DIMENSIONS,
        Part.BANK_ACCOUNTS,
        Part.CREDENTIALS,
        Part.AGENTS,
        Part.SKILLS,
    )
    fields = set((await described(desk.books, part)).fields)
    for entry in entries.values():
        assert set(entry.values) <= fields, entry


async def test_a_new_account_takes_what_a_posting_profile_sends_there(desk: Desk) -> None:
    before = await desk.invoice(date(2026, 1, 10))
    await desk.save(Part.ACCOUNTS, "4150", name="Revenue from cakes", type="Income")
    await desk.save(Part.POSTING_PROFILES, "Standard", revenue="4150")
    assert "4150" not in await desk.accounts_posted()
    await desk.invoice(date(2026, 1, 11))
    assert "4150" in await desk.accounts_posted()
    assert (await get_invoice(desk.books, before.id)).document == before


async def test_what_is_receivable_is_settled_where_it_stands(desk: Desk) -> None:
    invoices = [await desk.invoice(date(2026, 1, 10)) for _ in range(2)]
    await desk.save(Part.ACCOUNTS, "1199", name="Receivables of the shop", type="asset")
    await desk.save(Part.POSTING_PROFILES, "Standard", receivable="1199")
    await record_payment(desk.books, PaymentRequest(invoice=invoices[0].number, amount=Decimal(100)))
    await issue_credit_note(desk.books, CreditRequest(invoice=invoices[1].number, reason="Returned"))
    assert "1199" not in await desk.accounts_posted()


async def test_what_is_shown_can_be_said_again_as_it_is(desk: Desk) -> None:
    for part in (Part.SERIES, Part.PAYMENT_TERMS, Part.POSTING_PROFILES, Part.TRANSACTION_TYPES, Part.ACCOUNTS):
        entries = await desk.entries(part)
        code, entry = next(iter(entries.items()))
        await desk.save(part, code, **entry.values)
        assert await desk.entries(part) == entries


async def test_revenue_goes_to_the_account_of_its_item_then_of_its_tax_code_then_of_the_profile(desk: Desk) -> None:
    before = await desk.invoice(date(2026, 1, 10))
    await desk.save(Part.TAX_CODES, "STANDARD", revenue_account="4100")
    assert (await desk.entries(Part.TAX_CODES))["STANDARD"].values["revenue_account"] == "4100"
    by_code = await desk.invoice(date(2026, 1, 11))
    cake = (await save_item(desk.books, {"name": "Cake", "revenue_account": "4300"}, item_id="")).item.id
    desk.at(date(2026, 1, 12))
    lines = tuple(
        RequestedLine(Decimal(1), item=item, description="Cake", unit_price=Decimal(1)) for item in (cake, "")
    )
    request = DraftRequest(document=RequestedDocument(desk.customer, lines))
    mixed = (await issue_invoice(desk.books, IssueRequest(request=request))).document
    assert [line.revenue_account for line in mixed.lines] == ["4300", "4100"]
    await desk.save(Part.TAX_CODES, "STANDARD", revenue_account="-")
    after = await desk.invoice(date(2026, 1, 13))
    assert [made.lines[0].revenue_account for made in (before, by_code, after)] == ["", "4100", ""]
    note = await issue_credit_note(desk.books, CreditRequest(invoice=by_code.number, reason="Returned"))
    assert note.note.document.lines[0].revenue_account == "4100"
    assert {"4000", "4100", "4300"} <= await desk.accounts_posted()
    assert (await get_invoice(desk.books, before.id)).document == before


async def test_an_account_of_a_tax_code_is_one_of_income_and_stays_in_use(desk: Desk) -> None:
    for number in ("1000", "4999"):
        with pytest.raises(Refusal, match="an income account of the chart"):
            await desk.save(Part.TAX_CODES, "STANDARD", revenue_account=number)
    await desk.save(Part.TAX_CODES, "STANDARD", revenue_account="4100")
    with pytest.raises(Conflict, match="the tax code STANDARD"):
        await desk.withdraw(Part.ACCOUNTS, "4100")
    with pytest.raises(Conflict, match="rests on it"):
        await desk.save(Part.ACCOUNTS, "4100", type="asset")


async def test_an_account_in_use_is_neither_taken_away_nor_made_another(desk: Desk) -> None:
    await desk.invoice(date(2026, 1, 10))
    with pytest.raises(Conflict, match="the posting profile Standard"):
        await desk.withdraw(Part.ACCOUNTS, "4000")
    with pytest.raises(Conflict, match="type"):
        await desk.save(Part.ACCOUNTS, "4000", type="asset")
    await desk.save(Part.POSTING_PROFILES, "Standard", revenue="4100")
    await desk.withdraw(Part.ACCOUNTS, "4000")
    assert not (await desk.entries(Part.ACCOUNTS))["4000"].active
    with pytest.raises(Refusal, match="revenue must be an account of the chart that is in use"):
        await desk.save(Part.POSTING_PROFILES, "Standard", revenue="4000")
    await desk.save(Part.ACCOUNTS, "4000", name="Sales")
    assert (await desk.entries(Part.ACCOUNTS))["4000"].active


async def test_a_kind_of_document_can_have_a_posting_profile_and_a_series_of_its_own(desk: Desk) -> None:
    await desk.save(Part.ACCOUNTS, "4950", name="Returns", type="income")
    await desk.save(Part.POSTING_PROFILES, "Returns", revenue="4950")
    await desk.save(Part.SERIES, "returns", kind="credit_note", pattern="R-{YYYY}-{SEQ:4}")
    await desk.save(Part.TRANSACTION_TYPES, "Credit note", posting_profile="Returns", series="RETURNS")
    invoice = await desk.invoice(date(2026, 1, 10))
    issued = await issue_credit_note(desk.books, CreditRequest(invoice=invoice.number, reason="Returned"))
    assert issued.note.document.number == "TEST-R-2026-0001"
    assert {"4000", "4950"} <= await desk.accounts_posted()


async def test_a_series_goes_on_from_a_former_system_once(desk: Desk) -> None:
    await desk.save(Part.SERIES, "SHOP", kind="invoice", pattern="SHOP-{YYYY}-{SEQ:3}", next="41")
    assert (await desk.entries(Part.SERIES))["SHOP"].values["next_number"] == "TEST-SHOP-2026-041"
    for values in ({"next": "50"}, {"pattern": "S-{SEQ}"}, {"usual": "true"}):
        with pytest.raises(Refusal):
            await desk.save(Part.SERIES, "SHOP", **values)


@pytest.mark.parametrize(
    ("days", "end_of_month", "day_of_month", "issued", "due"),
    [
        (30, False, 0, date(2026, 1, 10), date(2026, 2, 9)),
        (0, True, 0, date(2026, 2, 3), date(2026, 2, 28)),
        (30, True, 0, date(2026, 1, 10), date(2026, 2, 28)),
        (0, True, 10, date(2026, 1, 10), date(2026, 2, 10)),
        (0, False, 15, date(2026, 1, 15), date(2026, 1, 15)),
        (0, False, 15, date(2026, 1, 16), date(2026, 2, 15)),
        (0, False, 31, date(2026, 1, 31), date(2026, 1, 31)),
        (1, False, 31, date(2026, 1, 31), date(2026, 2, 28)),
        (30, True, 31, date(2027, 12, 15), date(2028, 1, 31)),
    ],
)
def test_terms_end_after_days_with_a_month_or_on_a_day(
    days: int, end_of_month: bool, day_of_month: int, issued: date, due: date
) -> None:
    term = PaymentTerm("X", "x", days, end_of_month=end_of_month, day_of_month=day_of_month)
    assert term.due(issued) == due


async def test_terms_that_are_withdrawn_stay_with_those_who_have_them(desk: Desk) -> None:
    await desk.save(Part.PAYMENT_TERMS, "eom", name="End of month", days="0", end_of_month="true")
    await save_customer(desk.books, {"payment_terms": "EOM"}, customer_id=desk.customer)
    assert (await desk.invoice(date(2026, 1, 10))).due_date == date(2026, 1, 31)
    await desk.withdraw(Part.PAYMENT_TERMS, "EOM")
    assert (await desk.invoice(date(2026, 2, 10))).due_date == date(2026, 2, 28)
    with pytest.raises(Refusal, match="payment_terms: no such terms"):
        await desk.invoice(date(2026, 2, 11), payment_terms="EOM")
    with pytest.raises(Refusal, match="payment_terms must be one of"):
        await save_customer(desk.books, {"payment_terms": "EOM"}, customer_id=desk.customer)


async def test_there_are_always_default_terms_and_only_one(desk: Desk) -> None:
    known = await desk.entries(Part.PAYMENT_TERMS)
    (before,) = (code for code, one in known.items() if one.values["default"] == "true")
    with pytest.raises(Conflict):
        await desk.withdraw(Part.PAYMENT_TERMS, before)
    with pytest.raises(Conflict):
        await desk.save(Part.PAYMENT_TERMS, before, default="false")
    await desk.save(Part.PAYMENT_TERMS, "NOW", name="At once", days="0", default="true")
    entries = await desk.entries(Part.PAYMENT_TERMS)
    assert [code for code, one in entries.items() if one.values["default"] == "true"] == ["NOW"]


async def test_a_rate_begins_on_its_day(desk: Desk) -> None:
    await desk.save(Part.TAX_CODES, "CAKE", name="Cakes", percent="5", valid_from="2026-01-01")
    await desk.save(Part.TAX_CODES, "CAKE", percent="8", valid_from="2026-03-01")
    assert (await desk.entries(Part.TAX_CODES))["CAKE"].values[
        "rates"
    ] == "5 from 2026-01-01 to 2026-02-28; 8 from 2026-03-01"


async def test_a_closed_month_takes_no_document_credit_or_payment(desk: Desk) -> None:
    invoice = await desk.invoice(date(2026, 1, 20))
    desk.at(date(2026, 2, 3))
    await desk.save(Part.PERIODS, "2026-01")
    with pytest.raises(Conflict) as refused:
        await desk.invoice(date(2026, 2, 3), issue_date=date(2026, 1, 31))
    assert refused.value.field == "issue_date"
    with pytest.raises(Conflict):
        await issue_credit_note(
            desk.books, CreditRequest(invoice=invoice.number, reason="Returned", issue_date=date(2026, 1, 31))
        )
    payment = PaymentRequest(invoice=invoice.number, amount=Decimal(1), paid_on=date(2026, 1, 31))
    with pytest.raises(Conflict) as unpaid:
        await record_payment(desk.books, payment)
    assert unpaid.value.field == "paid_on"
    await record_payment(desk.books, PaymentRequest(invoice=invoice.number, amount=Decimal(1)))
    await desk.withdraw(Part.PERIODS, "2026-01", "A payment was found")
    await record_payment(desk.books, payment)
    history = await get_history(desk.books, cursor="", limit=2)
    assert [(one.act, one.detail["reason"]) for one in history.items] == [
        ("open_period", "A payment was found"),
        ("close_period", ""),
    ]


async def test_opening_a_month_opens_what_came_after_it_alone(desk: Desk) -> None:
    desk.at(date(2026, 7, 1))
    await desk.save(Part.PERIODS, "2026-06")
    await desk.withdraw(Part.PERIODS, "2026-04", "A correction")
    assert next(iter(await desk.entries(Part.PERIODS))) == "2026-03"
    with pytest.raises(Conflict):
        await desk.withdraw(Part.PERIODS, "2026-04", "Again")
    with pytest.raises(Conflict):
        await desk.save(Part.PERIODS, "2026-02")


async def test_the_history_says_who_changed_what_from_what_to_what(desk: Desk) -> None:
    await desk.save(Part.ACCOUNTS, "4150", name="Cakes", type="income")
    await desk.save(Part.ACCOUNTS, "4150", name="Cakes and bread")
    page = await get_history(desk.books, cursor="", limit=1)
    (last,) = page.items
    assert (last.subject, last.detail["changed"]) == ("4150", {"name": ["Cakes", "Cakes and bread"]})
    (before,) = (await get_history(desk.books, cursor=page.next_cursor, limit=1)).items
    assert before.detail["part"] == "accounts"
    assert page.left > 1


@pytest.mark.parametrize(
    ("field", "part", "change"),
    [
        ("code", Part.ACCOUNTS, Change(code="")),
        ("code", Part.ACCOUNTS, Change(code="41 50", values={"name": "x", "type": "income"})),
        ("values", Part.ACCOUNTS, Change(code="4150", values={"name": "x"})),
        ("values", Part.ACCOUNTS, Change(code="4150", values={"name": "x", "type": "profit"})),
        ("values", Part.ACCOUNTS, Change(code="4150", values={"colour": "red"})),
        ("values", Part.ACCOUNTS, Change(code="4150", values={"name": "x"}, withdraw=True)),
        ("name", Part.ACCOUNTS, Change(code="4150", values={"type": "income"})),
        ("code", Part.ACCOUNTS, Change(code="9999", withdraw=True)),
        ("values", Part.POSTING_PROFILES, Change(code="Standard", values={"bank": "4000"})),
        ("values", Part.POSTING_PROFILES, Change(code="Standard", values={"bank": "9999"})),
        ("withdraw", Part.POSTING_PROFILES, Change(code="Standard", withdraw=True)),
        ("values", Part.TRANSACTION_TYPES, Change(code="Credit note", values={"series": "INVOICES"})),
        ("values", Part.TRANSACTION_TYPES, Change(code="Credit note", values={"posting_profile": "None"})),
        ("code", Part.TRANSACTION_TYPES, Change(code="Receipt", values={"series": "INVOICES"})),
        ("pattern", Part.SERIES, Change(code="AGAIN", values={"kind": "invoice", "pattern": "INV-{YYYY}-{SEQ:5}"})),
        ("pattern", Part.SERIES, Change(code="NONE", values={"kind": "invoice", "pattern": "INV"})),
        ("values", Part.PAYMENT_TERMS, Change(code="X", values={"name": "x"})),
        ("values", Part.PAYMENT_TERMS, Change(code="X", values={"name": "x", "days": "99999"})),
        ("values", Part.PAYMENT_TERMS, Change(code="X", values={"name": "x", "days": "-1"})),
        ("values", Part.PAYMENT_TERMS, Change(code="X", values={"name": "x", "days": "1", "day_of_month": "32"})),
        ("values", Part.PAYMENT_TERMS, Change(code="X", values={"name": "x", "days": "1", "end_of_month": "so"})),
        ("code", Part.PAYMENT_TERMS, Change(code="X", withdraw=True)),
        ("valid_from", Part.TAX_CODES, Change(code="CAKE", values={"name": "Cakes", "percent": "5"})),
        ("values", Part.TAX_CODES, Change(code="CAKE", values={"valid_from": "soon"})),
        ("country", Part.TAX_AUTHORITIES, Change(code="HMRC", values={"country": "Nowhere"})),
        ("code", Part.PERIODS, Change(code="2026")),
        ("code", Part.PERIODS, Change(code="2026-01")),
        ("reason", Part.PERIODS, Change(code="2025-12", withdraw=True)),
        ("code", Part.PERIODS, Change(code="2025-12", withdraw=True, reason="x")),
    ],
    ids=lambda value: str(value.values or value.code) if isinstance(value, Change) else str(value),
)
async def test_what_does_not_fit_is_refused_and_nothing_is_changed(
    desk: Desk, field: str, part: Part, change: Change
) -> None:
    before = await desk.entries(part)
    with pytest.raises(Refusal) as refused:
        await save_entry(desk.one.office, desk.books, part, change)
    assert refused.value.field == field, refused.value.message
    assert await desk.entries(part) == before


async def test_what_is_so_already_is_no_change_and_goes_not_on_record(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        before = await get_history(books, cursor="", limit=9)
        terms = Change(code="NET30", values={"days": "30"})
        assert await save_entry(one.office, books, Part.PAYMENT_TERMS, terms)
        assert (await get_history(books, cursor="", limit=9)).items == before.items
