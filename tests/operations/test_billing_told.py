"""What of the billing of clients is told and not billed, or billed once all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.recurring.plans import UNBILLED_MAX, Hours, PlanKind, entry_id
from invoicing.refusals import Conflict, LimitExceeded
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.drafts import DraftRequest, draft_invoice
from operations.going_live import go_live
from operations.invoices import IssuedInvoice
from operations.naming import Caller, PracticeConnection
from operations.recurring.drafting import WorkRequest, draft_for_clients
from operations.recurring.issuing import DraftToIssue, NotIssued, issue_for_clients
from operations.verification import verify_books
from storage.books.billing import load_plans, save_hours, save_plan
from tests.operations.test_billing_clients import PLAN, Desk, desk_in, sell
from tests.support.months import FEBRUARY, MARCH, silent, told
from tests.support.people import bring_back, colleague, refusal


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_in(tmp_path) as made:
        yield made
        assert (await verify_books(made.books)).problem == ""


async def test_a_client_that_went_live_is_billed_once_where_its_sandbox_is_brought_back(desk: Desk) -> None:
    await desk.plan("hour", "Advice")
    await desk.hours("1", "2026-02-03")
    caller = Caller(desk.one.office, PracticeConnection(), "", protocol_has_sessions=False)
    live = (await go_live(caller, desk.bakery.handle)).created
    assert live is not None
    bring_back(desk.one, desk.bakery)
    second = desk.save(Part.PLANS, f"{live.handle}/advice", **PLAN, name="Advice", kind="hour", first="2026-01")
    assert isinstance(await refusal(second), Conflict), "the plan that it had counts these hours"
    await desk.save(Part.PLANS, f"{live.handle}/hour", price="95")
    work = await desk.bill()
    assert (work.organization.handle, work.counted, work.exceptions) == (live.handle, ("Advice: 1.5 h",), ())
    partner = desk.books.organization.handle
    for named in (live, desk.bakery):
        (again,) = (await desk.draft(named, month=FEBRUARY, source="plan", partner=partner)).clients
        assert [(one.draft, one.new) for one in again.drafts] == [(work.drafts[0].draft, False)]


async def test_plans_that_would_bill_the_same_twice_are_told_and_not_billed(desk: Desk) -> None:
    await desk.plan("month")
    await desk.plan("hour", "Advice")
    await desk.hours("1", "2026-02-03")
    (hourly,) = (one for one in await desk.books.read(load_plans) if one.kind is PlanKind.HOUR)
    twin = replace(hourly, id=entry_id(desk.bakery.id, "twin"))
    await desk.books.write(lambda db: save_plan(db, twin))
    work = await desk.bill()
    assert (work.counted, told(work)) == (
        ("Bookkeeping: the month",),
        ": Not drafted: hour and twin count the same hours in 2026-02. End all but one.",
    )
    change = Change(code=f"{desk.bakery.handle}/twin", withdraw=True)
    await save_entry(desk.one.office, desk.books, Part.PLANS, change)
    assert "Advice: 1.5 h" in (await desk.bill()).counted


async def test_a_draft_is_told_once_where_a_plan_in_it_got_another_customer(desk: Desk) -> None:
    await desk.plan("month")
    await desk.plan("hour", "Advice")
    await desk.hours("1", "2026-02-03")
    first = await desk.bill()
    await desk.one.customer(desk.books, "Harbour Shop Ltd")
    await desk.save(Part.PLANS, f"{desk.bakery.handle}/month", customer="Harbour Shop Ltd")
    again = await desk.bill()
    assert [one.draft for one in again.drafts] == [one.draft for one in first.drafts]
    await desk.issue_it(again)
    assert (await desk.bill()).issued == 1


async def test_who_sees_only_some_clients_issues_no_bill_of_another(desk: Desk) -> None:
    finch = await desk.one.client("Finch Studio")
    await desk.plan("month")
    drafts = [one.draft for one in (await desk.bill()).drafts]
    await desk.save(Part.PLANS, f"{finch.handle}/month", **PLAN, name="Books", kind="month", first="2026-01")
    partner = desk.books.organization.handle
    (theirs,) = (await desk.draft(finch, month=FEBRUARY, source="plan", partner=partner)).clients
    limited = await colleague(desk.one, desk.one.organization, "accountant", all_clients=False, clients=[finch])
    wanted = [
        DraftToIssue(organization=partner, draft=draft) for draft in (*drafts, "drf_none", theirs.drafts[0].draft)
    ]
    for dry_run in (True, False):
        _, (hidden, none, own) = await issue_for_clients(limited, wanted, dry_run=dry_run, progress=silent)
        assert isinstance(hidden.outcome, NotIssued)
        assert isinstance(none.outcome, NotIssued)
        assert str(hidden.outcome.refusal) == str(none.outcome.refusal)
        assert not isinstance(own.outcome, NotIssued)
    assert isinstance((await desk.issue((partner, drafts[0])))[0].outcome, IssuedInvoice)
    _, (hidden, *_) = await issue_for_clients(limited, wanted, progress=silent)
    assert isinstance(hidden.outcome, NotIssued), "nor sees that it is issued"


async def test_a_plan_that_is_withdrawn_during_the_call_bills_nothing(desk: Desk) -> None:
    finch = await desk.one.client("Finch Studio")
    for client in (desk.bakery, finch):
        await desk.save(Part.PLANS, f"{client.handle}/month", **PLAN, name="Books", kind="month", first="2026-01")

    async def withdraw(done: int, of: int) -> None:
        if done == 1:
            change = Change(code=f"{desk.bakery.handle}/month", withdraw=True)
            await save_entry(desk.one.office, desk.books, Part.PLANS, change)

    partner = desk.books.organization.handle
    request = WorkRequest(month=FEBRUARY, source="plan", partner=partner, dry_run=False)
    works = (await draft_for_clients(desk.one.office, request, progress=withdraw)).clients
    assert {work.organization.handle: len(work.drafts) for work in works} == {finch.handle: 1, desk.bakery.handle: 0}


async def test_hours_that_no_plan_counts_are_told(desk: Desk) -> None:
    await desk.hours("1", "2026-01-03")
    work = await desk.bill()
    assert (work.drafts, told(work)) == (
        (),
        ": Not billed: 1.5 h from 2026-01-03 to 2026-01-03, which no plan counts in 2026-02.",
    )
    await desk.plan("hour", "Advice", first="2026-02")
    await desk.hours("2", "2026-02-03")
    work = await desk.bill()
    assert (work.counted, "1.5 h from 2026-01-03" in told(work)) == (("Advice: 1.5 h",), True)


async def test_late_hours_come_with_a_later_plan(desk: Desk) -> None:
    await desk.plan("hour", "Advice", until="2026-01")
    later = PLAN | {"name": "Later", "kind": "hour", "first": "2026-02"}
    await desk.save(Part.PLANS, f"{desk.bakery.handle}/later", **later)
    await desk.hours("late", "2026-01-31")
    work = await desk.bill()
    assert (work.counted, work.exceptions) == (("Later: 1.5 h",), ())


async def test_documents_that_come_after_they_were_counted_are_told(desk: Desk) -> None:
    desk.one.clock.set(datetime(2026, 4, 2, 12, tzinfo=UTC))
    await sell(desk, "2026-02-10")
    await desk.plan("document", first="2026-02")
    draft = (await desk.bill()).drafts[0].draft
    await sell(desk, "2026-02-28", "2026-03-01")
    said = f"{draft} bills 1 document of 2026-02, and the client issued 2."
    assert said in told(await desk.bill())
    march = await desk.bill(month=MARCH)
    assert (march.counted, said in told(march)) == (("Bookkeeping: 1 document",), True)


async def test_a_bill_that_is_not_as_its_plans_say_now_is_told(desk: Desk) -> None:
    await desk.plan("month")
    draft = (await desk.bill()).drafts[0].draft
    await desk.save(Part.PLANS, f"{desk.bakery.handle}/month", price="80")
    assert "it bills 1 at 50; its plans say 1 at 80" in told(await desk.bill())
    await desk.save(Part.PLANS, f"{desk.bakery.handle}/month", price="50")
    assert (await desk.bill()).exceptions == ()
    line = RequestedLine(quantity=Decimal(2), description="Something else", unit_price=Decimal(1))
    edited = RequestedDocument(customer=desk.customer, lines=(line,))
    await draft_invoice(desk.books, DraftRequest(draft=draft, document=edited))
    assert "it bills 2 at 1; its plans say 1 at 50" in told(await desk.bill())


async def test_no_more_hours_wait_than_one_bill_has_lines_for(tmp_path: Path) -> None:
    async with desk_in(tmp_path) as desk:
        await desk.plan("hour", "Advice")
        bakery = desk.bakery.id
        waiting = [
            Hours(entry_id(bakery, f"h{number}"), bakery, date(2026, 2, 3), Decimal("0.1"), "Call", "Anna")
            for number in range(UNBILLED_MAX)
        ]

        def enter(db: Session) -> None:
            for one in waiting:
                save_hours(db, one)

        await desk.books.write(enter)
        assert isinstance(await refusal(desk.hours("more", "2026-02-03")), LimitExceeded)
        assert (await desk.bill()).counted == ("Advice: 90 h",)
        await desk.hours("more", "2026-02-03")
