"""The work of a month, drafted for clients from what was invoiced before: once, with what needs a person by name."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.drafting import RequestedLine
from invoicing.organizations import OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput, LimitExceeded, NotAllowed, NotFound, OrganizationRequired
from operations.access import Office
from operations.customers import save_customer
from operations.drafts import delete_draft, draft_invoice, load_draft
from operations.invoices import IssuedInvoice, KeptAsDraft
from operations.items import save_item
from operations.profile import update_organization
from operations.recurring.drafting import WorkRequest, draft_for_clients
from operations.recurring.issuing import DOCUMENTS_MAX, DraftToIssue, NotIssued, issue_for_clients
from operations.verification import verify_books
from storage.books.drafts import every_draft
from storage.books.pool import Books
from tests.support.months import MARCH, READY, Months, live_client, silent, told
from tests.support.people import another_practice, archive, colleague, in_the_directory, refusal
from tests.support.practice import issue_request, practice


@dataclass(frozen=True, slots=True)
class Desk(Months):
    bakery: OrganizationRef
    books: Books
    customer: str

    async def drafts(self) -> int:
        return len(await self.books.read(every_draft))

    async def two_months(self, *, price: str = "100") -> None:
        """The same invoice in January and in February."""
        await self.invoice(self.books, self.customer, "2026-01-31")
        await self.invoice(self.books, self.customer, "2026-02-28", price)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        books, _ = await update_organization(one.office, one.books(bakery), READY)
        yield Desk(one, bakery, books, (await one.customer(books)).id)
        assert (await verify_books(books)).problem == ""


async def test_what_was_invoiced_in_both_months_before_is_drafted_once(desk: Desk) -> None:
    await desk.two_months()
    await desk.invoice(desk.books, desk.customer, "2026-02-28", text="A new till")
    work = await desk.work(desk.bakery)
    (made,) = work.drafts
    assert (made.new, made.currency, made.total_minor, work.exceptions) == (True, "GBP", 12_000, ())
    request, shown = await desk.books.read(lambda db: load_draft(db, made.draft))
    assert (request.supply_date, request.supply_end) == (None, None)
    assert shown is not None
    assert shown.warnings == (), "a draft among many has not shown its warnings"
    again = await desk.work(desk.bakery)
    assert [(one.draft, one.new) for one in again.drafts] == [(made.draft, False)]
    assert await desk.drafts() == 1


async def test_all_of_the_month_before_is_drafted_where_that_is_asked(desk: Desk) -> None:
    await desk.two_months()
    await desk.invoice(desk.books, desk.customer, "2026-02-28", "9.99", text="A new till")
    work = await desk.work(desk.bakery, source="previous_all")
    assert sorted(one.total_minor for one in work.drafts) == [1_199, 12_000]


async def test_a_dry_run_says_the_same_and_keeps_nothing(desk: Desk) -> None:
    await desk.two_months(price="110")
    dry = await desk.work(desk.bakery, dry_run=True)
    assert await desk.drafts() == 0
    real = await desk.work(desk.bakery)
    assert [one.total_minor for one in dry.drafts] == [one.total_minor for one in real.drafts] == [13_200]
    assert (dry.exceptions, [one.draft for one in dry.drafts]) == (real.exceptions, [""])


async def test_the_supply_moves_on_with_the_month(desk: Desk) -> None:
    for month, last in (("01", 31), ("02", 28)):
        first, end = date(2026, int(month), 1), date(2026, int(month), last)
        await desk.invoice(desk.books, desk.customer, f"2026-{month}-10", supply_date=first, supply_end=end)
    (made,) = (await desk.work(desk.bakery)).drafts
    request, _ = await desk.books.read(lambda db: load_draft(db, made.draft))
    assert (request.supply_date, request.supply_end) == (date(2026, 3, 1), date(2026, 3, 31))


async def test_a_deleted_draft_and_one_whose_invoice_was_credited_may_be_drafted_again(desk: Desk) -> None:
    await desk.two_months()
    (first,) = (await desk.work(desk.bakery)).drafts
    await delete_draft(desk.books, first.draft)
    (second,) = (await desk.work(desk.bakery)).drafts
    assert (second.new, second.draft != first.draft) == (True, True)
    (issued,) = await desk.issue((desk.bakery.handle, second.draft))
    assert isinstance(issued.outcome, IssuedInvoice)
    work = await desk.work(desk.bakery)
    assert (work.drafts, work.issued, work.exceptions) == ((), 1, ())
    await desk.credit(desk.books, issued.outcome.document.document.number)
    (third,) = (await desk.work(desk.bakery)).drafts
    assert third.new


async def test_a_draft_names_its_month_in_the_language_of_the_customer(desk: Desk) -> None:
    await save_customer(desk.books, {"language": "fr"}, customer_id=desk.customer)
    for day, month in (("2026-01-31", "janvier"), ("2026-02-28", "février")):
        await desk.invoice(desk.books, desk.customer, day, text=f"Bookkeeping {month}")
    request = issue_request(desk.customer).request
    assert request is not None
    lines = tuple(replace(line, description="Bookkeeping mars") for line in request.document.lines)
    draft = (await draft_invoice(desk.books, replace(request, document=replace(request.document, lines=lines)))).draft
    assert f"the draft {draft} is for the same" in told(await desk.work(desk.bakery))


async def test_what_is_invoiced_or_drafted_by_hand_is_told_and_not_drafted(desk: Desk) -> None:
    await desk.two_months()
    by_hand = (await desk.invoice(desk.books, desk.customer, "2026-03-02")).document.number
    work = await desk.work(desk.bakery)
    assert (work.drafts, f"{by_hand} of 2026-03-02 invoices the same" in told(work)) == ((), True)
    await desk.credit(desk.books, by_hand)
    request = issue_request(desk.customer).request
    assert request is not None
    assert request.document.lines[0].description == "Bookkeeping"
    draft = (await draft_invoice(desk.books, request)).draft
    work = await desk.work(desk.bakery)
    assert (work.drafts, f"the draft {draft} is for the same" in told(work)) == ((), True)


async def test_each_of_several_alike_is_drafted_for_each_that_recurs(desk: Desk) -> None:
    for day in ("2026-01-05", "2026-01-12", "2026-02-02", "2026-02-09", "2026-02-16"):
        await desk.invoice(desk.books, desk.customer, day)
    assert len((await desk.work(desk.bakery)).drafts) == 2
    assert len((await desk.work(desk.bakery)).drafts) == 2, "what is drafted is not taken for another's"


async def test_what_differs_is_told_by_name(desk: Desk) -> None:
    await desk.invoice(desk.books, desk.customer, "2026-01-05", text="Rent January 2026")
    february = (await desk.invoice(desk.books, desk.customer, "2026-02-05", "120", text="Rent February 2026")).document
    work = await desk.work(desk.bakery)
    assert len(work.drafts) == 1
    assert f"{february.number} came to 144.00 GBP" in told(work)
    assert f"Its text names a month, as that of {february.number} does." in told(work)
    assert told(work).startswith(f"Hotel Bristol, {february.number}: ")
    again = await desk.work(desk.bakery)
    assert ([one.new for one in again.drafts], again.exceptions) == ([False], work.exceptions), "until it is seen to"


async def test_an_item_that_costs_something_else_now_is_told(desk: Desk) -> None:
    item = (await save_item(desk.books, {"name": "Bread", "unit_price": Decimal(2)}, item_id="")).item
    for day in ("2026-01-05", "2026-02-05"):
        line = RequestedLine(quantity=Decimal(3), item=item.id)
        await desk.invoice(desk.books, desk.customer, day, lines=(line,))
    await save_item(desk.books, {"unit_price": Decimal("2.50")}, item_id=item.id)
    assert "Bread is at 2, and costs 2.5 now." in told(await desk.work(desk.bakery, dry_run=True))


async def test_an_archived_customer_is_told_and_the_others_are_drafted(desk: Desk) -> None:
    other = (await desk.one.customer(desk.books, "Old Mill")).id
    for day in ("2026-01-05", "2026-02-05"):
        for customer in (desk.customer, other):
            await desk.invoice(desk.books, customer, day)
    await save_customer(desk.books, {"archived": True}, customer_id=other)
    work = await desk.work(desk.bakery)
    assert len(work.drafts) == 1
    assert 'Not drafted. The customer "Old Mill" is archived.' in told(work)


async def test_what_fails_at_one_client_touches_no_other(desk: Desk) -> None:
    finch = await desk.one.client("Finch Studio")
    other = desk.one.books(finch)
    customer = (await desk.one.customer(other)).id
    for day in ("2026-01-05", "2026-02-05"):
        await desk.invoice(other, customer, day)
    await desk.two_months()
    archive(desk.one, desk.bakery)
    found = {one.organization.handle: one for one in (await desk.draft(desk.bakery, finch)).clients}
    assert "is archived" in told(found[desk.bakery.handle])
    assert len(found[finch.handle].drafts) == 1


async def test_an_interruption_between_clients_leaves_what_was_done_and_the_same_call_goes_on(desk: Desk) -> None:
    finch = await desk.one.client("Finch Studio")
    other = desk.one.books(finch)
    customer = (await desk.one.customer(other)).id
    for day in ("2026-01-05", "2026-02-05"):
        await desk.invoice(other, customer, day)
    await desk.two_months()

    async def interrupt(done: int, of: int) -> None:
        raise InterruptedError

    request = WorkRequest(month=MARCH, clients=(desk.bakery.handle, finch.handle), dry_run=False)
    with pytest.raises(InterruptedError):
        await draft_for_clients(desk.one.office, request, progress=interrupt)
    counts = {one.organization.handle: len(one.drafts) for one in (await desk.draft(desk.bakery, finch)).clients}
    assert counts == {desk.bakery.handle: 1, finch.handle: 1}
    assert [len(await books.read(every_draft)) for books in (desk.books, other)] == [1, 1]
    assert (await verify_books(other)).problem == ""


async def test_a_call_that_drafts_names_its_clients(desk: Desk) -> None:
    await desk.two_months()
    practice_handle = desk.one.organization.handle
    for partner in ("", practice_handle):
        assert isinstance(await refusal(desk.draft(partner=partner)), OrganizationRequired)
    assert isinstance(await refusal(desk.draft(source="plan")), OrganizationRequired)
    assert isinstance(await refusal(desk.draft(dry_run=True)), OrganizationRequired)
    found = await desk.draft(partner=practice_handle, dry_run=True)
    assert [one.organization.handle for one in found.clients] == [desk.bakery.handle]


async def test_what_is_no_month_or_no_source_is_refused(desk: Desk) -> None:
    for month, source in (("2026", "previous"), ("March", "previous"), (MARCH, "guess")):
        assert isinstance(await refusal(desk.draft(desk.bakery, month=month, source=source)), InvalidInput)


async def test_nobody_drafts_or_issues_for_clients_out_of_reach(desk: Desk) -> None:
    rival, theirs = await another_practice(desk.one)
    finch = await desk.one.client("Finch Studio")
    limited = await colleague(desk.one, desk.one.organization, "accountant", all_clients=False, clients=[finch])
    for office in (rival, limited):
        assert isinstance(await refusal(desk.draft(desk.bakery, office=office)), NotFound)
        wanted = [DraftToIssue(organization=desk.bakery.handle, draft="drf_x")]
        assert isinstance(await refusal(issue_for_clients(office, wanted, progress=silent)), NotFound)
    seen = await desk.draft(office=limited, partner=desk.one.organization.handle, dry_run=True)
    assert [one.organization.handle for one in seen.clients] == [finch.handle]
    assert isinstance(await refusal(desk.draft(partner=theirs.handle, dry_run=True)), NotFound)
    viewer = await colleague(desk.one, desk.one.organization, "viewer")
    own = await colleague(desk.one, desk.bakery, "owner")
    for office in (viewer, own):
        assert isinstance(await refusal(desk.draft(desk.bakery, office=office)), NotAllowed)


async def test_each_draft_is_issued_in_order_with_an_answer_of_its_own(desk: Desk) -> None:
    finch = await desk.one.client("Finch Studio")
    other = desk.one.books(finch)
    customer = (await desk.one.customer(other)).id
    for day in ("2026-01-05", "2026-02-05"):
        await desk.invoice(other, customer, day)
    await desk.two_months()
    works = (await desk.draft(desk.bakery, finch)).clients
    drafts = [(work.organization.handle, one.draft) for work in works for one in work.drafts]
    wanted = [drafts[0], (desk.bakery.handle, "drf_none"), drafts[1]]
    first = [one.outcome for one in await desk.issue(*wanted)]
    assert [type(one) for one in first] == [IssuedInvoice, NotIssued, IssuedInvoice]
    again = [one.outcome for one in await desk.issue(*wanted)]
    for before, after in zip(first, again, strict=True):
        if isinstance(before, IssuedInvoice):
            assert isinstance(after, IssuedInvoice)
            assert after.document.replayed
            assert after.document.document == before.document.document
    assert (await verify_books(other)).problem == ""


async def test_a_live_draft_with_warnings_stays_one_until_they_are_acknowledged(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        live = await live_client(one)
        books, months = one.books(live), Months(one)
        customer = (await one.customer(books)).id
        await months.invoice(books, customer, "2026-03-16")
        request = issue_request(customer, quantity="1", price="100").request
        assert request is not None
        draft = (await draft_invoice(books, request)).draft
        (first,) = await months.issue((live.handle, draft))
        assert isinstance(first.outcome, KeptAsDraft)
        assert first.outcome.unacknowledged == ("likely_duplicate",)
        (second,) = await months.issue((live.handle, draft), acknowledge=first.outcome.unacknowledged)
        assert isinstance(second.outcome, IssuedInvoice)


async def test_a_draft_among_many_wants_its_warnings_seen_before_they_are_acknowledged(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        live = await live_client(one)
        books, months = one.books(live), Months(one)
        customer = (await one.customer(books, country="FR", tax_number="")).id
        for day in ("2026-01-16", "2026-02-16"):
            await months.invoice(books, customer, day)
        work = await months.work(live)
        (made,) = work.drafts
        codes = tuple(text[1:].partition("]")[0] for text in told(work).split(" ") if text.startswith("["))
        assert codes
        (first,) = await months.issue((live.handle, made.draft), acknowledge=codes)
        assert isinstance(first.outcome, KeptAsDraft)
        (second,) = await months.issue((live.handle, made.draft), acknowledge=first.outcome.unacknowledged)
        assert isinstance(second.outcome, IssuedInvoice)


async def test_what_cannot_be_issued_in_one_call_is_refused_whole(desk: Desk) -> None:
    draft = ("harbour-bakery-sandbox", "drf_x")
    assert isinstance(await refusal(desk.issue()), InvalidInput)
    assert isinstance(await refusal(desk.issue(draft, draft)), InvalidInput)
    assert isinstance(await refusal(desk.issue((draft[0], ""))), InvalidInput)
    many = [(draft[0], f"drf_{number}") for number in range(DOCUMENTS_MAX + 1)]
    assert isinstance(await refusal(desk.issue(*many)), LimitExceeded)


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_is_done_in_between_no_work_is_ever_drafted_twice(desk: Desk, seed: int) -> None:
    """Random months: each invoice of February stands for one draft or invoice of March at most, and in the end one."""
    drawn = random.Random(seed)  # noqa: S311  No secret.
    texts = [drawn.choice(["Rent", "Books", "Advice"]) for _ in range(6)]
    for month in ("2026-01-31", "2026-02-28"):
        for text in texts:
            await desk.invoice(desk.books, desk.customer, month, text=text)
    issued: list[str] = []
    for _ in range(14):
        drafts = list(await desk.books.read(every_draft))
        match drawn.choice(["draft", "delete", "issue", "credit"]):
            case "draft":
                await desk.draft(desk.bakery)
            case "delete" if drafts:
                await delete_draft(desk.books, drawn.choice(drafts))
            case "issue" if drafts:
                (done,) = await desk.issue((desk.bakery.handle, drawn.choice(drafts)))
                assert isinstance(done.outcome, IssuedInvoice)
                issued.append(done.outcome.document.document.number)
            case "credit" if issued:
                await desk.credit(desk.books, issued.pop())
        assert len(await desk.books.read(every_draft)) + len(issued) <= len(texts)
    await desk.draft(desk.bakery)
    assert len(await desk.books.read(every_draft)) + len(issued) == len(texts)


def putting_away(desk: Desk, staff: Office, how: str) -> AsyncProgress:
    """Archives the bakery, or takes the member's reach away, once the first one is done."""

    async def put_away(done: int, of: int) -> None:
        if done == 1 and how == "archived":
            archive(desk.one, desk.bakery)
        elif done == 1:
            in_the_directory(desk.one, "DELETE FROM memberships WHERE user_id = ?", staff.principal.user_id)

    return put_away


@pytest.mark.parametrize("how", ["archived", "out of reach"])
async def test_a_client_that_is_put_away_during_the_call_is_told_and_touched_no_more(desk: Desk, how: str) -> None:
    finch = await desk.one.client("Aldous Finch")
    other = desk.one.books(finch)
    customer = (await desk.one.customer(other)).id
    for day in ("2026-01-05", "2026-02-05"):
        await desk.invoice(other, customer, day)
    await desk.two_months()
    staff = await colleague(desk.one, desk.one.organization, "accountant")
    request = WorkRequest(month=MARCH, clients=(finch.handle, desk.bakery.handle), dry_run=False)
    first, second = (await draft_for_clients(staff, request, progress=putting_away(desk, staff, how))).clients
    assert (len(first.drafts), second.drafts, how in told(second)) == (1, (), True)
    assert await desk.drafts() == 0


@pytest.mark.parametrize("how", ["archived", "out of reach"])
async def test_a_draft_of_a_client_that_is_put_away_during_the_call_stays_one(desk: Desk, how: str) -> None:
    for day in ("2026-01-05", "2026-02-05"):
        for text in ("Rent", "Books"):
            await desk.invoice(desk.books, desk.customer, day, text=text)
    made = (await desk.work(desk.bakery)).drafts
    staff = await colleague(desk.one, desk.one.organization, "accountant")
    wanted = [DraftToIssue(organization=desk.bakery.handle, draft=one.draft) for one in made]
    _, (first, second) = await issue_for_clients(staff, wanted, progress=putting_away(desk, staff, how))
    assert isinstance(first.outcome, IssuedInvoice)
    assert isinstance(second.outcome, NotIssued)
    assert how in str(second.outcome.refusal)
    assert await desk.drafts() == 1


async def test_month_end_that_is_done_after_the_month_breaks_no_chain(desk: Desk) -> None:
    await desk.two_months()
    for month, day, supplied in ((MARCH, (4, 2), "2026-03-31"), ("2026-04", (5, 2), "2026-04-30")):
        desk.one.clock.set(datetime(2026, *day, 12, tzinfo=UTC))
        work = await desk.work(desk.bakery, month=month)
        assert (len(work.drafts), work.exceptions) == (1, ())
        (issued,) = await desk.issue((desk.bakery.handle, work.drafts[0].draft))
        assert isinstance(issued.outcome, IssuedInvoice)
        document = issued.outcome.document.document
        assert (document.issue_date, str(document.supply_date)) == (date(2026, *day), supplied)


async def test_what_recurred_and_is_missing_in_the_month_before_is_told_by_name(desk: Desk) -> None:
    await desk.two_months()
    desk.one.clock.set(datetime(2026, 4, 20, 12, tzinfo=UTC))
    work = await desk.work(desk.bakery, month="2026-04")
    assert (work.drafts, "recurred until then" in told(work), "Hotel Bristol" in told(work)) == ((), True, True)
    assert (await desk.work(desk.bakery, month="2026-05")).exceptions == ()


async def test_what_came_to_nothing_and_was_credited_recurs_no_more(desk: Desk) -> None:
    await desk.invoice(desk.books, desk.customer, "2026-01-05", "0")
    free = (await desk.invoice(desk.books, desk.customer, "2026-02-05", "0")).document.number
    assert len((await desk.work(desk.bakery, dry_run=True)).drafts) == 1
    await desk.credit(desk.books, free)
    assert (await desk.work(desk.bakery, dry_run=True)).drafts == ()
