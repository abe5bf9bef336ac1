"""Documents wait for approval, are decided step by step, and are issued as they were approved."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from invoicing.approval.approvals import How, State
from invoicing.document.documents import DocumentKind
from invoicing.refusals import Conflict, NotAllowed
from operations.approval.waiting import AwaitingApproval
from operations.credit_notes import CreditRequest
from operations.credit_notes import issue_credit_note as ask_for_credit_note
from operations.drafts import DraftRequest, delete_draft, draft_invoice
from operations.finding_invoices import InvoiceSearch, find_waiting
from operations.invoices import IssuedInvoice, IssueRequest, get_invoice, issue_invoice
from tests.support.approvals import desk
from tests.support.clock import SettableClock
from tests.support.ledgers import exported_ledger
from tests.support.people import refusal


async def test_a_document_that_matches_waits_without_a_number_and_is_issued_after_the_last_step(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(conditions="total > 1000 GBP", steps="accountant, not preparer | owner")
        waiting = await it.asked(it.anna)
        assert (waiting.document.number, waiting.state, len(waiting.steps)) == ("", State.WAITING, 2)
        listed = await find_waiting(await it.books(it.ben), InvoiceSearch(), cursor="", limit=9)
        assert [one.id for one in listed.items] == [waiting.id]
        first = await it.decide(it.ben, waiting.id, comment="Fine")
        assert (first.issued, len(first.approval.decisions)) == (None, 1)
        second = await it.decide(it.owner, waiting.id)
        assert second.issued is not None
        assert second.issued.document.number == "TEST-INV-2026-00001"
        shown = await get_invoice(await it.books(it.anna), second.issued.document.number)
        assert [(one.decided_by, one.how, one.comment, one.step) for one in shown.approvals] == [
            ("ben@example.com", How.TOOL, "Fine", 1),
            ("owner@example.com", How.TOOL, "", 2),
        ]
        at_once = await it.one.issue(await it.books(it.anna), it.customer, price="100")
        _, path = await exported_ledger(await it.books(it.owner), "json")
        exported = json.loads(path.read_text("utf-8"))["documents"]
        assert [one["number"] for one in exported] == [second.issued.document.number, at_once.document.number]
        assert [[said["decided_by"] for said in one["approvals"]] for one in exported] == [
            ["ben@example.com", "owner@example.com"],
            [],
        ]


async def test_what_no_workflow_matches_is_issued_at_once(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(conditions="total > 1000 GBP", steps="owner")
        await it.workflow("NOTES", trigger="credit_note", steps="owner")
        wanted = IssueRequest(request=it.request("800"))
        made = await issue_invoice(await it.books(it.anna), wanted)
        assert isinstance(made, IssuedInvoice)
        await it.withdraw()
        again = await issue_invoice(await it.books(it.anna), IssueRequest(request=it.request("5000")))
        assert isinstance(again, IssuedInvoice)


async def test_all_steps_of_all_workflows_count_in_the_order_of_their_codes(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow("B", steps="client")
        await it.workflow(
            "A", conditions="first_document; drafted_by = accountant", steps="owner | accountant, if total > 9000 GBP"
        )
        waiting = await it.asked(it.anna)
        assert [(step.workflow, step.approver) for step in waiting.steps] == [("A", "owner"), ("B", "client")]
        await it.decide(it.owner, waiting.id)
        assert (await it.decide(it.user, waiting.id)).issued is not None


async def test_a_credit_note_waits_likewise(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        issued = await it.one.issue(await it.books(it.owner), it.customer, price="500")
        await it.workflow(trigger="credit_note", steps="owner")
        request = CreditRequest(invoice=issued.document.number, reason="Returned", client_reference="back")
        books = await it.books(it.anna)
        asked = await ask_for_credit_note(books, request)
        assert isinstance(asked, AwaitingApproval)
        assert asked.approval.document.kind is DocumentKind.CREDIT_NOTE
        again = await ask_for_credit_note(books, request)
        assert again == AwaitingApproval(asked.approval, replayed=True)
        made = await it.decide(it.owner, asked.approval.id)
        assert made.issued is not None
        assert made.issued.document.number == "TEST-CN-2026-00001"
        replayed = await ask_for_credit_note(books, request)
        assert not isinstance(replayed, AwaitingApproval)


async def test_it_is_dated_when_it_is_issued_unless_a_day_was_set(tmp_path: Path) -> None:
    clock = SettableClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    async with desk(tmp_path, clock) as it:
        await it.workflow(steps="owner")
        open_day, set_day = await it.ask(it.anna), await it.ask(it.anna, issue_date=date(2026, 3, 2))
        clock.set(datetime(2026, 3, 5, 9, tzinfo=UTC))
        made = await it.decide(it.owner, open_day)
        assert made.issued is not None
        assert (made.issued.document.issue_date, made.issued.document.due_date) == (date(2026, 3, 5), date(2026, 4, 4))
        passed = await it.decide(it.owner, set_day)
        assert (passed.issued, passed.approval.state) == (None, State.RETURNED)
        assert "2026-03-05, the date of the last document" in passed.approval.note


async def test_a_rejected_draft_is_a_draft_again_with_the_comment(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="owner")
        key = await it.ask(it.anna, reference="march")
        rejected = await it.decide(it.owner, key, "reject", "Wrong price")
        assert (rejected.approval.state, rejected.approval.note) == (State.REJECTED, "Wrong price")
        replayed = await it.asked(it.anna, reference="march")
        assert (replayed.id, replayed.state) == (key, State.REJECTED)
        changed = await draft_invoice(
            await it.books(it.anna), DraftRequest(document=it.request("1500").document, draft=key)
        )
        assert changed.draft == key
        anew = await it.asked(it.anna, draft=key)
        assert (anew.round, anew.state) == (2, State.WAITING)
        assert (await it.decide(it.owner, key)).issued is not None
        repeated = IssueRequest(request=it.request(), client_reference="march")
        again = await issue_invoice(await it.books(it.anna), repeated)
        assert isinstance(again, IssuedInvoice)
        assert again.document.replayed


async def test_what_waits_is_not_deleted(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="owner")
        key = await it.ask(it.anna)
        assert isinstance(await refusal(delete_draft(await it.books(it.anna), key)), Conflict)
        await it.decide(it.owner, key, "reject")
        await delete_draft(await it.books(it.anna), key)


@pytest.mark.parametrize("who", ["anna", "user"])
async def test_a_step_is_for_its_approver_alone(tmp_path: Path, who: str) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="owner")
        key = await it.ask(it.ben)
        assert isinstance(await refusal(it.decide(getattr(it, who), key)), NotAllowed)
