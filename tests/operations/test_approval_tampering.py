"""Ways to get a document issued without the approval that it needs, or otherwise than it was approved: none works."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from invoicing.refusals import Refusal
from operations.approval.waiting import AwaitingApproval
from operations.credit_notes import CreditRequest
from operations.credit_notes import issue_credit_note as ask_for_credit_note
from storage.books import checks
from tests.operations.approval_attacks import ATTACKS
from tests.operations.test_human_approval import LIVE, acknowledged, chat_of, live_client
from tests.support.approvals import desk
from tests.support.people import refusal


def test_at_least_thirty_ways_are_tried() -> None:
    assert len(ATTACKS) >= 30


async def test_no_way_leads_to_a_document_that_was_not_approved_as_it_is(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        books = it.one.books(it.client)
        for attack in ATTACKS:
            await it.workflow("ALL", conditions="none", steps="accountant, not preparer | owner")
            before = await books.read(checks.totals)
            await attack(it)
            assert (await books.read(checks.totals)).documents == before.documents, attack.__name__


async def test_two_approvers_at_once_issue_one_document(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow("ALL", steps="accountant")
        key = await it.ask(it.anna)
        said = await asyncio.gather(*(it.decide(who, key) for who in (it.ben, it.owner)), return_exceptions=True)
        assert sum(isinstance(one, Refusal) for one in said) == 1
        await refusal(it.decide(it.anna, key))
        assert (await it.one.books(it.client).read(checks.totals)).documents == 1


async def test_a_credit_note_is_not_approved_by_who_asked_nor_for_what_was_taken_back_meanwhile(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        issued = await it.one.issue(it.one.books(it.client), it.customer)
        await it.workflow("NOTES", trigger="credit_note", steps="accountant, not preparer")
        request = CreditRequest(invoice=issued.document.number, reason="Returned")
        books = await it.books(it.anna)
        first, second = [await ask_for_credit_note(books, request) for _ in range(2)]
        assert isinstance(first, AwaitingApproval)
        assert isinstance(second, AwaitingApproval)
        await refusal(it.decide(it.anna, first.approval.id))
        assert (await it.decide(it.ben, first.approval.id)).issued is not None
        await refusal(it.decide(it.ben, second.approval.id))
        await it.decide(it.ben, second.approval.id, "reject")
        assert (await it.one.books(it.client).read(checks.totals)).documents == 2


@pytest.mark.parametrize("argument", ["outcome", "question", "proof", "signed", "approve", "how", "inputResponses"])
async def test_no_argument_says_that_a_person_agreed(tmp_path: Path, argument: str) -> None:
    async with live_client(tmp_path) as (one, books), chat_of(one.office) as chat:
        draft = await acknowledged(chat)
        forged = {argument: {"action": "accept", "content": {"approve": True}}}
        refused = await chat.refused("issue_invoice", organization=LIVE, draft=draft, **forged)
        assert refused["code"] == "invalid_input"
        assert (await books.read(checks.totals)).documents == 0
