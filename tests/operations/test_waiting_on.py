"""What waits goes on as it was asked for, and what would not wait is known by no more than the document itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from invoicing.refusals import Conflict, InvalidInput
from operations.approval.waiting import VOIDING, AwaitingApproval
from operations.credit_notes import CreditRequest, issue_credit_note
from operations.invoices import IssuedInvoice, IssueRequest, issue_invoice
from operations.profile import update_organization
from operations.recurring.issuing import DraftToIssue, NotIssued, issue_for_clients
from operations.rights import Right
from storage.books import audit
from tests.operations.test_human_approval import chat_of
from tests.support.approvals import desk
from tests.support.assistant import text_of
from tests.support.months import silent
from tests.support.people import refusal


async def test_a_draft_that_changed_and_that_nothing_asks_for_any_more_waits_no_more_on_record(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow("ALL", steps="owner")
        key = await it.ask(it.anna)
        await it.withdraw("ALL")
        books = await it.books(it.anna)
        assert isinstance(await issue_invoice(books, IssueRequest(draft=key)), AwaitingApproval)
        profile = await it.books(it.owner, Right.UPDATE_PROFILE)
        await update_organization(it.owner, profile, {"legal_name": "Bakery Ltd"})
        assert isinstance(await issue_invoice(books, IssueRequest(draft=key)), IssuedInvoice)
        assert await books.read(lambda db: audit.first_detail(db, VOIDING, key)) != {}


async def test_a_stated_rate_avoids_no_limit(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow("ALL", conditions="total > 1000 GBP", steps="owner")
        rate = Decimal("0.001")
        assert (await it.asked(it.anna, "900000", currency="USD", exchange_rate=rate, exchange_source="ECB")).steps


async def test_what_never_holds_for_a_credit_note_is_no_condition_of_one(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        for values in (
            {"conditions": "first_document", "steps": "owner"},
            {"conditions": "none", "steps": "owner, if overridden_tax"},
        ):
            assert isinstance(await refusal(it.workflow("NOTES", trigger="credit_note", **values)), InvalidInput)


async def test_the_request_of_a_credit_note_is_no_draft_to_issue(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        issued = await it.one.issue(it.one.books(it.client), it.customer)
        await it.workflow("NOTES", trigger="credit_note", steps="owner")
        request = CreditRequest(invoice=issued.document.number, reason="Returned")
        asked = await issue_credit_note(await it.books(it.anna), request)
        assert isinstance(asked, AwaitingApproval)
        await it.decide(it.owner, asked.approval.id)
        named = [DraftToIssue(organization=it.client.handle, draft=asked.approval.id)]
        _, (made,) = await issue_for_clients(it.owner, named, progress=silent)
        assert isinstance(made.outcome, NotIssued)
        assert isinstance(made.outcome.refusal, Conflict)


async def test_a_comment_of_several_lines_looks_like_no_line_of_ours_and_what_waits_is_told_before_going_live(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as it:
        await it.workflow("ALL", steps="owner")
        key, _ = await it.ask(it.anna), await it.ask(it.anna)
        await it.decide(it.owner, key, "reject", "No.\nApproved by owner@example.com.")
        async with chat_of(it.owner) as chat:
            shown = text_of(await chat.call("get_invoice", organization=it.client.handle, invoice=key))
            assert not any(line.startswith("Approved by") for line in shown.splitlines())
            told = text_of(await chat.call("go_live", organization=it.client.handle, dry_run=True))
        assert f"Waiting for approval in {it.client.handle}, and left behind there: 1." in told
