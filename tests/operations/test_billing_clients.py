"""A practice bills its clients from its own books: by plans, once for each month, with what was counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from invoicing.document.documents import Document
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotFound
from operations.access import Office
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.drafts import delete_draft
from operations.going_live import go_live
from operations.invoices import IssuedInvoice
from operations.naming import Caller, PracticeConnection
from operations.profile import update_organization
from operations.recurring.outcomes import ClientWork
from operations.reports.asking import ReportRequest, get_report
from operations.verification import verify_books
from storage.books.pool import Books
from tests.support.months import FEBRUARY, MARCH, READY, Months, told
from tests.support.people import archive, as_seen_by, colleague, refusal
from tests.support.practice import practice

PLAN = {"customer": "Harbour Bakery Ltd", "price": "50"}


@dataclass(frozen=True, slots=True)
class Desk(Months):
    """A practice with a sandbox client, and the customer of the practice that it is."""

    books: Books
    bakery: OrganizationRef
    customer: str

    async def save(self, part: Part, code: str, **values: str) -> Entry | None:
        return await self.save_as(self.one.office, part, code, **values)

    async def save_as(self, office: Office, part: Part, code: str, **values: str) -> Entry | None:
        named = {"from" if name == "first" else name: value for name, value in values.items()}
        return await save_entry(office, self.books, part, Change(code=code, values=named))

    async def plan(self, kind: str, name: str = "Bookkeeping", **values: str) -> None:
        more = {"name": name, "kind": kind, "first": "2026-01"}
        await self.save(Part.PLANS, f"{self.bakery.handle}/{kind}", **PLAN | more | values)

    async def hours(self, code: str, day: str, hours: str = "1.5", handle: str = "") -> None:
        values = {"day": day, "hours": hours, "description": "VAT return", "who": "Anna"}
        await self.save(Part.HOURS, f"{handle or self.bakery.handle}/{code}", **values)

    async def entries(self, part: Part, office: Office | None = None) -> dict[str, Entry]:
        page = await get_entries(office or self.one.office, self.books, part, cursor="", limit=100)
        return {entry.code: entry for entry in page.items}

    async def bill(self, *, month: str = FEBRUARY, dry_run: bool = False) -> ClientWork:
        found = await self.draft(month=month, source="plan", partner=self.books.organization.handle, dry_run=dry_run)
        (work,) = found.clients
        return work

    async def issue_it(self, work: ClientWork) -> Document:
        (made,) = work.drafts
        (issued,) = await self.issue((self.books.organization.handle, made.draft))
        assert isinstance(issued.outcome, IssuedInvoice)
        return issued.outcome.document.document


@asynccontextmanager
async def desk_in(folder: Path) -> AsyncIterator[Desk]:
    async with practice(folder, client="Harbour Bakery") as one:
        bakery = one.first_client
        await update_organization(one.office, one.books(bakery), READY)
        books, _ = await update_organization(one.office, one.books(one.organization), READY)
        yield Desk(one, books, bakery, (await one.customer(books, "Harbour Bakery Ltd")).id)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_in(tmp_path) as made:
        yield made
        assert (await verify_books(made.books)).problem == ""


async def sell(desk: Desk, *days: str) -> None:
    theirs = desk.one.books(desk.bakery)
    customer = (await desk.one.customer(theirs)).id
    for day in days:
        await desk.invoice(theirs, customer, day)


async def test_what_is_counted_is_named_with_client_and_month(desk: Desk) -> None:
    await sell(desk, "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
    await desk.plan("month")
    await desk.plan("document", "Documents", price="2")
    await desk.plan("hour", "Advice", price="90")
    for code, day in (("1", "2026-02-03"), ("2", "2026-02-20"), ("3", "2026-03-01")):
        await desk.hours(code, day)
    work = await desk.bill()
    assert work.counted == ("Documents: 2 documents", "Advice: 3 h", "Bookkeeping: the month")
    again = await desk.bill()
    assert (again.counted, [one.draft for one in again.drafts]) == (work.counted, [one.draft for one in work.drafts])
    document = await desk.issue_it(work)
    assert document.net_minor == 5_000 + 400 + 27_000
    assert [line.description for line in document.lines] == [
        "Documents: Harbour Bakery, 2026-02, 2 documents issued",
        "Advice: Harbour Bakery, 2026-02\n2026-02-03 Anna: VAT return",
        "Advice: Harbour Bakery, 2026-02\n2026-02-20 Anna: VAT return",
        "Bookkeeping: Harbour Bakery, 2026-02",
    ]
    assert (str(document.supply_date), str(document.supply_end)) == ("2026-02-01", "2026-02-28")
    assert document.buyer.name == "Harbour Bakery Ltd"


async def test_a_month_is_billed_once_and_again_only_after_it_was_taken_back(desk: Desk) -> None:
    await desk.plan("month")
    dry = await desk.bill(dry_run=True)
    first = await desk.bill()
    assert [one.draft for one in dry.drafts] == [""]
    assert [(one.draft, one.new) for one in (await desk.bill()).drafts] == [(first.drafts[0].draft, False)]
    await delete_draft(desk.books, first.drafts[0].draft)
    second = await desk.bill()
    assert [one.new for one in second.drafts] == [True]
    document = await desk.issue_it(second)
    again = await desk.bill()
    assert (again.drafts, again.issued, again.exceptions) == ((), 1, ())
    await desk.credit(desk.books, document.number)
    assert [one.new for one in (await desk.bill()).drafts] == [True]


async def test_hours_are_billed_once_and_late_ones_with_the_next_month(desk: Desk) -> None:
    desk.one.clock.set(datetime(2026, 4, 2, 12, tzinfo=UTC))
    await desk.plan("hour", "Advice", price="90")
    await desk.hours("1", "2026-02-03")
    await desk.issue_it(await desk.bill())
    await desk.hours("late", "2026-02-27", "2")
    await desk.hours("2", "2026-03-10", "0.25")
    work = await desk.bill(month=MARCH)
    assert work.counted == ("Advice: 2.25 h",)
    billed = {code: entry.values["billed"] for code, entry in (await desk.entries(Part.HOURS)).items()}
    assert billed[f"{desk.bakery.handle}/late"] == work.drafts[0].draft
    changed = desk.hours("late", "2026-02-27", "3")
    assert isinstance(await refusal(changed), Conflict)
    await delete_draft(desk.books, work.drafts[0].draft)
    await desk.hours("late", "2026-02-27", "3")
    assert (await desk.bill(month=MARCH)).counted == ("Advice: 3.25 h",)


async def test_what_is_counted_waits_for_the_end_of_the_month_and_nothing_is_no_draft(desk: Desk) -> None:
    await desk.plan("document")
    work = await desk.bill(month=MARCH)
    assert (work.drafts, "2026-03 is not over" in told(work)) == ((), True)
    work = await desk.bill()
    assert (work.drafts, told(work)) == ((), ": Nothing to bill: Bookkeeping: 0 documents.")
    await desk.save(Part.PLANS, f"{desk.bakery.handle}/document", kind="month")
    assert len((await desk.bill(month=MARCH)).drafts) == 1, "what is fixed is known before"


async def test_a_plan_bills_from_its_first_month_to_its_last_and_not_when_withdrawn(desk: Desk) -> None:
    await desk.plan("month", first="2026-02", until="2026-02")
    handle = desk.books.organization.handle
    for month in ("2026-01", MARCH):
        assert (await desk.draft(month=month, source="plan", partner=handle)).clients == ()
    (unplanned,) = (await desk.draft(desk.bakery, month=MARCH, source="plan", partner=handle)).clients
    assert "No plan of the practice bills it" in told(unplanned)
    code = f"{desk.bakery.handle}/month"
    await save_entry(desk.one.office, desk.books, Part.PLANS, Change(code=code, withdraw=True))
    assert (await desk.draft(month=FEBRUARY, source="plan", partner=handle)).clients == ()


async def test_a_client_that_went_live_is_billed_as_what_it_is_now(desk: Desk) -> None:
    await sell(desk, "2026-02-10")
    await desk.plan("hour", "Advice")
    await desk.hours("1", "2026-02-03")
    caller = Caller(desk.one.office, PracticeConnection(), "", protocol_has_sessions=False)
    live = (await go_live(caller, desk.bakery.handle)).created
    assert live is not None
    await desk.hours("2", "2026-02-04", handle=live.handle)
    assert set(await desk.entries(Part.HOURS)) == {f"{live.handle}/1", f"{live.handle}/2"}
    work = await desk.bill()
    assert (work.organization.handle, work.counted) == (live.handle, ("Advice: 3 h",))
    assert await desk.entries(Part.PLANS) != {}
    await desk.save(Part.PLANS, f"{live.handle}/hour", price="95")
    (entry,) = (await desk.entries(Part.PLANS)).values()
    assert entry.values["price"] == "95"


async def test_an_archived_client_is_told_and_not_billed(desk: Desk) -> None:
    await desk.plan("month")
    archive(desk.one, desk.bakery)
    work = await desk.bill()
    assert (work.drafts, "it is not billed" in told(work)) == ((), True)


async def test_only_a_practice_has_plans_and_hours(desk: Desk) -> None:
    theirs = desk.one.books(desk.bakery)
    for part in (Part.PLANS, Part.HOURS):
        refused = await refusal(get_entries(desk.one.office, theirs, part, cursor="", limit=10))
        assert isinstance(refused, Conflict)
        change = Change(code="harbour-bakery-sandbox/x", values={})
        assert isinstance(await refusal(save_entry(desk.one.office, theirs, part, change)), Conflict)


async def test_who_sees_only_some_clients_sees_and_bills_theirs_alone(desk: Desk) -> None:
    finch = await desk.one.client("Finch Studio")
    await desk.plan("month")
    await desk.hours("1", "2026-02-03")
    await desk.save(Part.PLANS, f"{finch.handle}/month", **PLAN, name="Bookkeeping", kind="month", first="2026-01")
    limited = await colleague(desk.one, desk.one.organization, "accountant", all_clients=False, clients=[finch])
    seen = await as_seen_by(limited, desk.books.organization)
    theirs = replace(desk, books=replace(desk.books, organization=seen))
    assert set(await theirs.entries(Part.PLANS, limited)) == {f"{finch.handle}/month"}
    assert await theirs.entries(Part.HOURS, limited) == {}
    for code in (f"{desk.bakery.handle}/month", "nobody-sandbox/month"):
        refused = await refusal(theirs.save_as(limited, Part.PLANS, code, price="1"))
        assert isinstance(refused, NotFound)
        assert "no such client" in refused.message
    handle = desk.books.organization.handle
    found = await desk.draft(month=FEBRUARY, source="plan", partner=handle, office=limited)
    assert [one.organization.handle for one in found.clients] == [finch.handle]
    for books, hidden in ((theirs.books, True), (desk.books, False)):
        acts = {one.act for one in (await get_history(books, cursor="", limit=100)).items}
        assert {"save_plan", "save_hours"}.isdisjoint(acts) is hidden
    report = await get_report(desk.books, ReportRequest(report="audit_trail", limit=100))
    told_there = " ".join(row.label for row in report.report.rows)
    assert "save hours 1" in told_there
    assert desk.bakery.handle not in told_there


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": ""}, "name is required"),
        ({"customer": "Nobody"}, "no customer here"),
        ({"kind": "mile"}, "kind must be one of"),
        ({"price": "0"}, "price must be more than 0"),
        ({"currency": "XYZ"}, "currency"),
        ({"tax_code": "NONE"}, "tax_code must be one of"),
        ({"item": "Nothing"}, "no item here"),
        ({"first": "2026"}, "from must be a month"),
        ({"until": "2025-12"}, "until lies before from"),
    ],
)
async def test_a_plan_that_does_not_fit_is_refused_by_its_field(desk: Desk, values: dict[str, str], said: str) -> None:
    whole = PLAN | {"name": "Bookkeeping", "kind": "month", "first": "2026-01"} | values
    refused = await refusal(desk.save(Part.PLANS, f"{desk.bakery.handle}/x", **whole))
    assert said in refused.message
    assert await desk.entries(Part.PLANS) == {}


async def test_an_hour_has_one_price(desk: Desk) -> None:
    await desk.plan("hour", until="2026-02")
    second = PLAN | {"name": "Advice", "kind": "hour"}
    refused = desk.save(Part.PLANS, f"{desk.bakery.handle}/second", **second, first="2026-02")
    assert isinstance(await refusal(refused), Conflict)
    await desk.save(Part.PLANS, f"{desk.bakery.handle}/second", **second, first="2026-03")


async def test_hours_that_do_not_fit_are_refused(desk: Desk) -> None:
    for day, hours in (("yesterday", "1"), ("2026-02-01", "0"), ("2026-02-01", "1001"), ("", "1"), ("2099-02-01", "1")):
        assert isinstance(await refusal(desk.hours("1", day, hours)), InvalidInput)
    assert isinstance(await refusal(desk.hours("a/b", "2026-02-01")), InvalidInput)
    saved = await desk.save(Part.HOURS, f"{desk.bakery.handle}/1", day="2026-02-01", hours="1", description="Call")
    assert saved is not None
    assert (saved.values["hours"], saved.values["who"]) == ("1", desk.books.actor)
