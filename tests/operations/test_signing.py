# ruff: noqa: S608  Statements are put together from our own names.
"""A signature counts for what its person was shown, once, not for long; and what was signed can be checked for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from invoicing.approval.approvals import Answer, Decision, How
from invoicing.approval.signing import Signature, statement_of
from invoicing.refusals import NotAllowed, Refusal
from operations.access import Office
from operations.approval.deciding import Decided, DecisionRequest, decide_approval, waiting_approval
from operations.approval.showing import Shown, show_for_decision, waiting_for
from operations.approval.signatures import signature_problem
from operations.approval.signing import PasskeyAssertion, Proof
from operations.credit_notes import CreditRequest
from operations.credit_notes import issue_credit_note as ask_for_credit_note
from operations.customers import save_customer
from operations.invoices import get_invoice
from operations.rights import Right
from operations.verification import verify_books
from storage.books import audit
from storage.books.approval_signatures import signatures
from storage.books.approvals import save_approval
from storage.books.checks import DECIDING
from storage.books.pool import BOOKS_FILE, Books
from storage.folder.keys import Keys
from tests.support.approvals import Desk, desk
from tests.support.folders import folder_of
from tests.support.people import refusal
from tests.support.raw import past_triggers
from tests.support.signing import PASSKEY, assertion, by_passkey, by_password, sign


async def deciding(it: Desk, who: Office) -> Books:
    return await it.books(who, Right.DECIDE_APPROVAL)


async def seen_by(it: Desk, who: Office, key: str) -> Shown:
    return await show_for_decision(await deciding(it, who), key)


async def approve(it: Desk, who: Office, key: str, proof: Proof) -> Decided:
    return await decide_approval(await deciding(it, who), DecisionRequest(key, "approve"), proof)


async def kept(it: Desk) -> dict[str, Signature]:
    return await it.one.books(it.client).read(lambda db: signatures(lambda question: question(db)))


@pytest.mark.parametrize("passkey", [True, False], ids=["passkey", "password"])
async def test_what_was_shown_is_signed_and_stays_with_the_document(tmp_path: Path, passkey: bool) -> None:
    async with desk(tmp_path) as it:

        def make(seen: Shown) -> Proof:
            return by_passkey(seen) if passkey else by_password(seen, it.one.store)

        await it.workflow(steps="accountant | owner")
        key = await it.ask(it.anna)
        first = await seen_by(it, it.ben, key)
        assert (first.number, first.issues) == ("TEST-INV-2026-00001", False)
        assert (await approve(it, it.ben, key, make(first))).issued is None
        # The second yes comes on another day, of which the document is then.
        it.one.clock.advance(timedelta(days=1))
        last = await seen_by(it, it.owner, key)
        assert (last.number, last.issues) == ("TEST-INV-2026-00001", True)
        made = (await approve(it, it.owner, key, make(last))).issued
        assert made is not None
        given = (await get_invoice(await it.books(it.anna), made.document.number)).approvals
        found = await kept(it)
        assert [one.signed in found for one in given] == [True, True]
        statements = [statement_of(found[one.signed].statement) for one in given]
        assert [(one.user_id, one.step) for one in statements] == [
            (it.ben.principal.user_id, 1),
            (it.owner.principal.user_id, 2),
        ]
        assert statements[0].issue_date < statements[1].issue_date == made.document.issue_date


async def test_the_installations_key_is_made_once_and_anew_where_it_cannot_be_opened(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        for keys in (it.one.store.keys, it.one.store.keys, Keys(tmp_path / "others", "another")):
            it.one.store.keys = keys
            key = await it.ask(it.anna, str(1000 + len(await kept(it))))
            seen = await seen_by(it, it.ben, key)
            assert (await approve(it, it.ben, key, by_password(seen, it.one.store))).issued
        assert len({one.public_key for one in (await kept(it)).values()}) == 2


async def test_whoever_may_decide_sees_what_waits_and_nobody_else(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant, not preparer")
        key = await it.ask(it.anna)
        assert [one.id for one in await waiting_for(await deciding(it, it.ben))] == [key]
        for who in (it.anna, it.user):
            assert await waiting_for(await deciding(it, who)) == []
            assert isinstance(await refusal(seen_by(it, who, key)), NotAllowed)


WRONG: dict[str, Callable[[Shown], PasskeyAssertion]] = {
    "another challenge": lambda seen: assertion(b"0" * 32, seen.nonce),
    "nobody was verified": lambda seen: by_passkey(seen, replace(PASSKEY, verifies=False)),
    "nobody was there": lambda seen: by_passkey(seen, replace(PASSKEY, present=False)),
    "another site": lambda seen: by_passkey(seen, replace(PASSKEY, origin="https://localhost.example.com")),
    "an origin that is only said": lambda seen: replace(
        by_passkey(seen, replace(PASSKEY, origin="http://evil.localhost")), origin="http://localhost:8750"
    ),
    "another relying party": lambda seen: replace(
        by_passkey(seen, replace(PASSKEY, host="example.com")), relying_party="localhost"
    ),
    "a frame of somebody else": lambda seen: by_passkey(seen, replace(PASSKEY, says={"crossOrigin": True})),
    "the making of a passkey": lambda seen: by_passkey(seen, replace(PASSKEY, says={"type": "webauthn.create"})),
    "another key": lambda seen: replace(by_passkey(seen), public_key=by_passkey(seen).public_key[:-4] + "AAAA"),
    "no signature": lambda seen: replace(by_passkey(seen), signature=""),
    "no client data": lambda seen: replace(by_passkey(seen), client_data=""),
}


async def test_what_a_passkey_has_not_signed_for_this_is_refused(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        key = await it.ask(it.anna)
        for name, make in WRONG.items():
            seen = await seen_by(it, it.ben, key)
            assert isinstance(await refusal(approve(it, it.ben, key, make(seen))), NotAllowed), name
        assert await kept(it) == {}


async def test_a_signature_counts_for_no_other_document_person_round_or_moment(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant | owner")
        first, second = await it.ask(it.anna), await it.ask(it.anna, "3000")
        seen = await seen_by(it, it.ben, first)
        others = [(it.owner, first), (it.anna, first), (it.ben, second)]
        for who, key in others:
            await seen_by(it, who, key)
            assert (await approve(it, who, key, by_passkey(seen))).anew, "the nonce is of one person and one document"
            theirs = await seen_by(it, who, key)
            taken = assertion(seen.challenge, theirs.nonce)
            assert isinstance(await refusal(approve(it, who, key, taken)), NotAllowed)
        it.one.clock.advance(timedelta(minutes=-1))
        assert (await approve(it, it.ben, first, by_passkey(seen))).anew, "it was shown at another time"
        it.one.clock.advance(timedelta(minutes=17))
        assert (await approve(it, it.ben, first, by_passkey(seen))).anew, "it was shown long ago"
        seen = await seen_by(it, it.ben, first)
        await it.decide(it.ben, first, "reject")
        await it.ask(it.anna, draft=first)
        assert (await approve(it, it.ben, first, by_passkey(seen))).anew, "it waits for another round"
        assert await kept(it) == {}


async def test_what_changed_since_it_was_shown_is_shown_anew(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant", conditions="total > 1000 GBP")
        key = await it.ask(it.anna)
        seen = await seen_by(it, it.ben, key)
        # Another document takes the number that was shown.
        await it.one.issue(await it.books(it.anna), it.customer, price="100")
        assert (await approve(it, it.ben, key, by_passkey(seen))).anew
        seen = await seen_by(it, it.ben, key)
        assert seen.number == "TEST-INV-2026-00002"
        await save_customer(await it.books(it.anna), {"email": "new@example.com"}, customer_id=it.customer)
        assert (await approve(it, it.ben, key, by_passkey(seen))).anew
        seen = await seen_by(it, it.ben, key)
        it.one.clock.advance(timedelta(minutes=1))
        assert (await approve(it, it.ben, key, by_passkey(seen))).issued is not None


async def test_two_clicks_and_two_people_at_once_issue_one_document(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        key = await it.ask(it.anna)
        mine, theirs = by_passkey(await seen_by(it, it.ben, key)), by_passkey(await seen_by(it, it.owner, key))
        said = await asyncio.gather(
            approve(it, it.ben, key, mine),
            approve(it, it.ben, key, mine),
            approve(it, it.owner, key, theirs),
            return_exceptions=True,
        )
        assert sum(isinstance(one, Decided) and one.issued is not None for one in said) == 1
        assert all(isinstance(one, Decided | Refusal) for one in said)
        assert len(await kept(it)) == 1


async def test_a_credit_note_is_signed_as_it_will_stand(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        issued = await it.one.issue(it.one.books(it.client), it.customer)
        await it.workflow("NOTES", trigger="credit_note", steps="accountant")
        request = CreditRequest(invoice=issued.document.number, reason="Returned")
        waiting = await ask_for_credit_note(await it.books(it.anna), request)
        made = await sign(await deciding(it, it.ben), waiting.approval.id)  # type: ignore[union-attr]  # It waits.
        assert made.issued is not None


@pytest.mark.parametrize("how", [How.ELICITATION, How.FORCED_PROMPT])
async def test_what_was_decided_by_a_form_or_prompt_before_there_were_signatures_stays_readable(
    tmp_path: Path, how: How
) -> None:
    """Older versions wrote these values into rows that never change, and into the audit trail."""
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant | owner")
        key = await it.ask(it.anna)
        ben, at = it.ben.principal, it.one.clock()

        def decided_as_once(db: Session) -> None:
            waiting = waiting_approval(db, key)
            save_approval(db, waiting.decided(Decision(Answer.APPROVE, ben.user_id, ben.label, at, how)))
            detail = {"decision": "approve", "workflow": "LARGE", "step": 1, "round": 1, "how": how.value}
            detail |= {"user_id": ben.user_id, "comment": "", "digest": waiting.digest}
            audit.record(db, DECIDING, key, at=at, by=ben.label, detail=detail)

        books = await deciding(it, it.owner)
        await books.write(decided_as_once)
        (waiting,) = await waiting_for(books)
        assert waiting.decisions[0].how is how
        made = (await approve(it, it.owner, key, by_passkey(await seen_by(it, it.owner, key)))).issued
        assert made is not None
        given = (await get_invoice(books, made.document.number)).approvals
        assert [one.how for one in given] == [how, How.PASSKEY]
        assert (await verify_books(books)).problem == ""


SIGNED = "UPDATE approval_signatures SET"
TAMPERINGS = {
    "the statement": (f"{SIGNED} statement = replace(statement, '\"step\":1', '\"step\":2')", "not as it was kept"),
    "the signature": (f"{SIGNED} signature = substr(signature, 2)", "it is not as it was kept"),
    "the key": (f"{SIGNED} public_key = public_key || 'A'", "it is not as it was kept"),
    "the moment": (f"{SIGNED} signed_at = '2020-01-01 00:00:00.000000'", "it is not as it was kept"),
    "a signature that is gone": ("DELETE FROM approval_signatures", "it was given, and is not there any more"),
    "the approval's signature": ("UPDATE document_approvals SET signed = ''", "is not what is on record"),
    "how it was approved": ("UPDATE document_approvals SET how = 'tool'", "is not what is on record"),
    "that it was signed": (
        "UPDATE document_approvals SET how = 'elicitation', signed = ''",
        "is not what is on record",
    ),
    "a key of the installation": ("DELETE FROM approval_keys", "its key is none of this installation"),
}


TABLES = ("approval_signatures", "document_approvals", "approval_keys")


async def test_what_was_signed_cannot_be_changed_without_a_word(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        key = await it.ask(it.anna)
        assert (await approve(it, it.ben, key, by_password(await seen_by(it, it.ben, key), it.one.store))).issued
        books = it.one.books(it.client)
        assert (await verify_books(books)).problem == ""
        path = folder_of(books) / BOOKS_FILE
        for name, (sql, told) in TAMPERINGS.items():
            with past_triggers(path) as connection:
                before = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
                assert connection.execute(sql).rowcount > 0
            assert told in (await verify_books(books)).problem, name
            with past_triggers(path) as connection:
                for table, rows in before.items():
                    connection.execute(f"DELETE FROM {table}")
                    for row in rows:
                        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


async def test_a_row_that_is_whole_in_itself_is_checked_by_its_signature(tmp_path: Path) -> None:
    """Whoever can write into the books cannot sign: neither for a passkey, nor for the installation."""
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant | owner")
        key = await it.ask(it.anna)
        await approve(it, it.ben, key, by_passkey(await seen_by(it, it.ben, key)))
        await approve(it, it.owner, key, by_password(await seen_by(it, it.owner, key), it.one.store))
        for real in (await kept(it)).values():
            assert signature_problem(real) == ""
            forged: dict[str, Any] = {
                "statement": real.statement.replace("INV-2026-00001", "INV-2026-00007"),
                "nonce": "00" * 32,
                "signed_at": real.signed_at + timedelta(days=1) if real.method is How.PASSWORD_AND_CODE else None,
                "signature": real.signature[:-8] + "AAAAAAAA",
                "method": How.ELICITATION,
                "public_key": "AAAA",
            }
            for field, value in forged.items():
                if value is not None:
                    assert signature_problem(replace(real, **{field: value})), field
