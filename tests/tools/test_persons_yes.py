"""A person's yes counts for what the person was shown, once, and as long as the person may say it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from invoicing.approval.approvals import How
from operations.approval.deciding import DecisionRequest, decide_approval, question_before_decision
from operations.approval.persons import said_of
from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.rights import Right
from storage.books import checks
from storage.books.pool import Books
from tests.operations.test_human_approval import CLAUDE_CODE, LIVE, SALE, Person, chat_of, live_client, site_chat
from tests.server.test_http_confirmations import modern_with_forms
from tests.support.asking import shake_hands
from tests.support.assistant import ERAS, Era, text_of
from tests.support.http import Credentials, Site, message_of, site_of
from tests.support.people import archive, as_seen_by, colleague, in_the_directory, refusal

SERVICE: dict[str, Any] = {**SALE, "lines": [{**SALE["lines"][0], "supply": "services"}]}
YES = {"action": "accept", "content": {"approve": True}}


async def issued_in(books: Books) -> int:
    return (await books.read(checks.totals)).documents


async def say_yes(site: Site, token: str, tool: str, **arguments: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a call comes to after its form, in revision 2026-07-28, and the call as it was sent with the answer."""
    body: dict[str, Any] = {"name": tool, "arguments": {"organization": LIVE, **arguments}}
    asked = message_of(await modern_with_forms(site, token, body))["result"]
    assert asked["resultType"] == "input_required", asked
    given = dict.fromkeys(asked["inputRequests"], YES)
    body |= {"requestState": asked["requestState"], "inputResponses": given}
    return message_of(await modern_with_forms(site, token, body))["result"], body


async def test_an_answer_that_is_sent_again_issues_nothing_more(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books), site_of(one.store, one.clock) as site:
        token = await Credentials.of(one).token()
        made, invoice = await say_yes(site, token, "issue_invoice", **_work(100, quantity=2))
        number = made["structuredContent"]["invoice"]["number"]
        part = {"invoice": number, "reason": "Returned", "lines": [{"position": 1, "quantity": "1"}]}
        made, note = await say_yes(site, token, "issue_credit_note", **part)
        assert made["structuredContent"]["credit_note"]["number"]
        for body in (note, invoice):
            await modern_with_forms(site, token, body)
        assert await issued_in(books) == 2


def _work(price: int, quantity: int = 1) -> dict[str, Any]:
    line = {"description": f"Work at {price}", "unit_price": str(price), "quantity": str(quantity)}
    return {**SERVICE, "lines": [{**SERVICE["lines"][0], **line}]}


async def test_a_yes_to_a_step_counts_for_no_later_round_of_the_same_document(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books):
        anna = await colleague(one, one.organization, "accountant", email="anna@example.com")
        rules = one.books(books.organization, Right.CHANGE_WORKFLOWS)
        await save_entry(one.office, rules, Part.WORKFLOWS, Change(code="ALL", values={"steps": "accountant | owner"}))
        deciding = one.books(books.organization, Right.DECIDE_APPROVAL)
        async with chat_of(anna) as chat:
            waiting = (await chat.ok("issue_invoice", organization=LIVE, **SERVICE))["approval"]["id"]
            request = DecisionRequest(waiting, "approve")
            question = await question_before_decision(deciding, request)
            assert question is not None
            said = said_of([question], How.ELICITATION)
            assert len((await decide_approval(deciding, request, said)).approval.decisions) == 1
            # It is a draft again, and asked for anew, as it was.
            for note in ("Other", ""):
                await chat.ok("draft_invoice", organization=LIVE, draft=waiting, note=note, **SERVICE)
            await chat.ok("issue_invoice", organization=LIVE, draft=waiting)
        assert "has changed" in (await refusal(decide_approval(deciding, request, said))).message


async def test_a_question_names_every_document_that_it_covers(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books):
        person = Person()
        async with chat_of(one.office, "auto", person) as chat:
            drafts = [(await chat.ok("draft_invoice", organization=LIVE, **_work(100 + n)))["draft"] for n in range(21)]
            documents = [{"organization": LIVE, "draft": draft} for draft in drafts]
            refused = await chat.refused("issue_for_clients", documents=documents)
            assert (refused["code"], person.asked, await issued_in(books)) == ("limit_exceeded", [], 0)
            await chat.ok("issue_for_clients", documents=documents[:20])
            assert await issued_in(books) == 20
        (asked,) = person.asked
        _, first, *others = asked.splitlines()
        assert len(others) == 19
        assert "120.00 GBP: Issue invoice INV-2026-00001 to " in first
        for draft, line in zip(drafts[1:], others, strict=False):
            assert f"Issue invoice {draft} to " in line, "each document moves the number of the next"


async def test_a_name_says_nothing_of_ours_in_a_question(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _):
        person = Person()
        async with chat_of(one.office, "auto", person) as chat:
            name = 'Bristol" for "Nobody", 1.00 GBP'
            await chat.ok("save_customer", organization=LIVE, name=name, country="GB", address=ADDRESS)
            made = await chat.ok("issue_invoice", organization=LIVE, **{**SERVICE, "customer": name})
            number = made["invoice"]["number"]
            await chat.ok("issue_credit_note", organization=LIVE, invoice=number, reason="Returned")
        invoice, note = [question.splitlines()[1].rpartition(" [")[0] for question in person.asked]
        to = f'to "Bristol\' for \'Nobody\', 1.00 GBP" for "Harbour Bakery" ({LIVE})'
        assert invoice == f"120.00 GBP: Issue invoice {number} {to}"
        assert note == f"120.00 GBP: Issue credit note on {number} {to}"


ADDRESS = {"line1": "1 Hill", "postal_code": "SW1A 1AA", "city": "London"}
WHILE_ASKED = {
    "removed": "DELETE FROM memberships WHERE user_id = ?",
    "demoted": "UPDATE memberships SET role = 'viewer' WHERE user_id = ?",
}


@pytest.mark.parametrize("what", ["removed", "demoted", "archived"])
async def test_who_may_not_any_more_when_the_answer_comes_issues_and_decides_nothing(tmp_path: Path, what: str) -> None:
    async with live_client(tmp_path) as (one, books), site_of(one.store, one.clock) as site:
        anna = await colleague(one, one.organization, "accountant", email="anna@example.com")
        await save_entry(
            one.office,
            one.books(books.organization, Right.CHANGE_WORKFLOWS),
            Part.WORKFLOWS,
            Change(code="LARGE", values={"conditions": "total > 1000 GBP", "steps": "accountant"}),
        )
        async with chat_of(one.office, "auto", Person()) as chat:
            number = (await chat.ok("issue_invoice", organization=LIVE, **SERVICE))["invoice"]["number"]
            waiting = (await chat.ok("issue_invoice", organization=LIVE, **_work(5000)))["approval"]["id"]
        token = await Credentials.of(one).token("anna@example.com")
        calls: list[tuple[str, dict[str, Any]]] = [
            ("issue_invoice", _work(200)),
            ("issue_credit_note", {"invoice": number, "reason": "Returned"}),
            ("decide_approval", {"document": waiting, "decision": "approve"}),
        ]
        clients = [await shake_hands(site, token) for _ in calls]
        lines = [
            client.call(tool, organization=LIVE, **arguments)
            for client, (tool, arguments) in zip(clients, calls, strict=True)
        ]
        asked = [await line.hear() for line in lines]
        if what == "archived":
            archive(one, books.organization)
        else:
            in_the_directory(one, WHILE_ASKED[what], anna.principal.user_id)
        for client, line, question in zip(clients, lines, asked, strict=True):
            await client.post({"jsonrpc": "2.0", "id": question["id"], "result": YES})
            assert (await line.hear())["result"]["isError"]
        assert await issued_in(books) == 1


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("which", ["key", "link"])
async def test_no_key_and_no_link_says_a_persons_yes(tmp_path: Path, era: Era, which: str) -> None:
    async with live_client(tmp_path) as (one, books), site_of(one.store, one.clock) as site:
        credentials, person = Credentials.of(one), Person()
        key = await credentials.key(books.organization) if which == "key" else ""
        path = f"/mcp/{LIVE}" if key else f"/mcp/k/{await credentials.link(books.organization)}"
        async with site_chat(site, key, path, era, CLAUDE_CODE, elicitation_callback=person) as chat:
            result = await chat.call("issue_invoice", **SERVICE)
        assert "is no person" in text_of(result).split("\n")[1]
        assert (person.asked, await issued_in(books)) == ([], 0)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("content", [{}, {"approve": "vielleicht"}, None])
async def test_a_form_that_says_nothing_is_no_yes_and_no_defect(
    tmp_path: Path, era: Era, content: dict[str, Any] | None
) -> None:
    async with live_client(tmp_path) as (one, books):
        async with chat_of(one.office, era, Person(action="accept", content=content)) as chat:
            result = await chat.call("issue_invoice", organization=LIVE, **SERVICE)
        assert "incident" not in text_of(result)
        assert "has not said yes" in text_of(result)
        assert await issued_in(books) == 0


async def test_what_changed_while_a_person_was_asked_is_told_so(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books), site_of(one.store, one.clock) as site:
        client = await shake_hands(site, await Credentials.of(one).token())
        line = client.call("issue_invoice", organization=LIVE, **SERVICE)
        question = await line.hear()
        one.clock.advance(timedelta(hours=20))
        await client.post({"jsonrpc": "2.0", "id": question["id"], "result": YES})
        answer = (await line.hear())["result"]
        assert "it has changed since the person was shown it" in answer["content"][0]["text"]
        assert await issued_in(books) == 0


OFF: list[tuple[str, dict[str, Any]]] = [
    ("update_organization", {"human_approval": "off"}),
    ("save_configuration", {"part": "policy", "values": {"human_approval": "off"}}),
]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(("tool", "arguments"), OFF, ids=["field", "part"])
async def test_the_policy_is_switched_off_by_a_persons_own_yes_alone(
    tmp_path: Path, era: Era, tool: str, arguments: dict[str, Any]
) -> None:
    async with live_client(tmp_path) as (one, books):
        arguments = {"organization": one.organization.handle, **arguments}

        async def policy() -> str:
            return (await as_seen_by(one.office, one.organization)).human_approval.value

        async with chat_of(one.office, era) as alone:
            refused = await alone.refused(tool, **arguments)
            assert (refused["code"], await policy()) == ("not_allowed", "live")
        for no in (Person(action="decline"), Person(action="accept", content={})):
            async with chat_of(one.office, era, no) as chat:
                assert (await chat.refused(tool, **arguments))["code"] == "not_allowed"
                assert await policy() == "live"
        person = Person()
        async with chat_of(one.office, era, person) as chat:
            await chat.ok(tool, **arguments)
            assert (len(person.asked), await policy()) == (1, "off")
            await chat.ok("update_organization", organization=one.organization.handle, human_approval="live")
            assert (len(person.asked), await policy()) == (1, "live")
        assert books.organization.human_approval.value == "live"
