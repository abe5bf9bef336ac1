"""The pages on which a person signs what waits: all of it is shown, to whoever may decide it and to nobody else."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from invoicing.approval.approvals import How
from invoicing.refusals import NotAllowed
from operations.access import Office
from operations.approval.proving import OwnPasskey, Site
from operations.approval.signing import Sealing
from operations.identity import browsing
from operations.identity.browsing import Method, SignedIn
from operations.invoices import get_invoice
from operations.verification import verify_books
from server.pages.approvals import routes
from server.pages.visiting import Desk as PagesDesk
from storage.books import checks
from tests.operations.test_human_approval import LIVE, SALE, acknowledged, chat_of, issue, live_client
from tests.support.approvals import Desk, desk
from tests.support.people import as_seen_by
from tests.support.practice import Practice
from tests.support.signing import KEYS, ORIGIN, PASSKEY, base64url

RIGHT = "a right one"
HERE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Codes:
    """People who have a passkey in software, or a password with codes that count once."""

    used: set[str] = field(default_factory=set)

    async def passkeys(self, office: Office, site: Site) -> list[OwnPasskey]:
        return [OwnPasskey("cGs", base64url(PASSKEY.public_key))]

    async def has_password(self, office: Office) -> bool:
        return True

    async def prove_password(self, office: Office, one: SignedIn, password: str, code: str, *, address: str) -> None:
        if (password, code in self.used) != (RIGHT, False):
            raise NotAllowed("Password and code do not fit together, or the code was used before.")
        self.used.add(code)

    def sealing(self, office: Office) -> Sealing:
        return KEYS


@asynccontextmanager
async def browser_of(one: Practice, office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser in which the person of the office is signed in."""
    pages = PagesDesk.of(replace(one.office, public_url=ORIGIN))
    user_id, now = office.principal.user_id, one.clock()
    secret = await one.store.directory.write(lambda db: browsing.begin(db, user_id, Method.PASSKEY, now=now))
    transport = httpx2.ASGITransport(Starlette(routes=routes(pages, Codes())))
    cookies = {pages.cookie.name: secret}
    async with httpx2.AsyncClient(base_url=ORIGIN, transport=transport, cookies=cookies) as browser:
        yield browser


def fields_of(page: str) -> dict[str, Any]:
    """What the first form of a page holds before anybody fills it in, with each warning ticked."""
    form = page[page.index("<form") : page.index("</form>")]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    ticks = re.findall(r'name="warning" value="(\d+)"', form)
    return {**dict(hidden), "warning": ticks, "act": "approve"}


def passkey_in(page: str) -> str:
    """What a browser sends for the passkey that the page asks for."""
    (options,) = re.findall(r'data-passkey="([^"]*)"', page)
    asked = json.loads(html.unescape(options))
    challenge = base64.urlsafe_b64decode(asked["challenge"] + "==")
    made = PASSKEY.sign(challenge)
    response = {
        "authenticatorData": made.authenticator_data,
        "clientDataJSON": made.client_data,
        "signature": made.signature,
    }
    return json.dumps({"id": "cGs", "rawId": "cGs", "type": "public-key", "response": response})


PASSWORD = {"password": RIGHT, "code": "123456"}


async def address_of(it: Desk) -> str:
    return f"/o/{it.client.handle}/approvals"


@pytest.mark.parametrize("way", ["passkey", "password"])
async def test_what_is_final_is_said_before_in_full_and_signed(tmp_path: Path, way: str) -> None:
    async with live_client(tmp_path) as (one, books):
        async with chat_of(one.office) as chat:
            waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
        async with browser_of(one, one.office) as browser:
            everywhere = (await browser.get("/approvals")).text
            assert f"/o/{LIVE}/approvals/{waiting}" in everywhere
            address = f"/o/{LIVE}/approvals/{waiting}"
            page = (await browser.get(address)).text
            for told in (
                "INV-2026-00001",
                "Harbour Bakery",
                "Hotel Bristol",
                "GB980780684",
                "Work",
                "Net 100.00",
                "total 120.00 GBP",
                "The PDF is the invoice.",
                "Issue INV-2026-00001 for Harbour Bakery",
            ):
                assert told in page, told
            proof = {"passkey": passkey_in(page)} if way == "passkey" else PASSWORD
            done = await browser.post(address, data={**fields_of(page), **proof}, headers=HERE)
            assert (done.status_code, "Issued as INV-2026-00001" in done.text) == (200, True)
            again = await browser.post(address, data={**fields_of(page), **proof}, headers=HERE)
            assert "issued already, as INV-2026-00001" in again.text, "a second click does no harm"
            assert "Nothing waits for you" in (await browser.get(f"/o/{LIVE}/approvals")).text
        (given,) = (await get_invoice(books, "INV-2026-00001")).approvals
        assert given.how is (How.PASSKEY if way == "passkey" else How.PASSWORD_AND_CODE)
        assert (await books.read(checks.totals)).documents == 1
        assert (await verify_books(books)).problem == ""


async def test_without_proof_or_a_tick_or_as_it_is_nothing_is_issued(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books):
        async with chat_of(one.office) as chat:
            paris = {"line1": "1 Rue", "postal_code": "75006", "city": "Paris"}
            await chat.ok("save_customer", organization=LIVE, name="Lutetia", country="FR", address=paris)
            draft = (await chat.ok("draft_invoice", organization=LIVE, **{**SALE, "customer": "Lutetia"}))["draft"]
            waiting = (await issue(chat, draft)).structured_content["approval"]["id"]
        address = f"/o/{LIVE}/approvals/{waiting}"
        async with browser_of(one, one.office) as browser:
            page = (await browser.get(address)).text
            assert len(fields_of(page)["warning"]) >= 1
            for wrong, status in (
                ({}, 403),
                ({"password": "wrong", "code": "123456"}, 403),
                ({"passkey": "{}"}, 403),
                ({**PASSWORD, "warning": []}, 400),
                ({**PASSWORD, "nonce": "00" * 32}, 409),
            ):
                answer = await browser.post(address, data={**fields_of(page), **wrong}, headers=HERE)
                assert answer.status_code == status, wrong
                assert "Nothing was done" in answer.text or status == 403
                page = answer.text
            assert (await browser.post(address, data={**fields_of(page), **PASSWORD})).status_code == 403, "from here"
            old = page
            page = (await browser.get(address)).text
            # What was shown before counts no more.
            answer = await browser.post(address, data={**fields_of(old), "passkey": passkey_in(page)}, headers=HERE)
            assert answer.status_code == 409
        assert (await books.read(checks.totals)).documents == 0


async def test_whoever_may_not_decide_sees_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant, not preparer")
        key = await it.ask(it.anna)
        address = await address_of(it)
        for who, sees in ((it.ben, 200), (it.anna, 404), (it.user, 404)):
            async with browser_of(it.one, who) as browser:
                assert (await browser.get(f"{address}/{key}")).status_code == sees
                listed = await browser.get("/approvals")
                assert (key in listed.text) is (sees == 200)
                missing = await browser.get(f"{address}/drf_nothing")
                assert missing.status_code == 404
                if sees == 404:
                    assert (await browser.get(f"{address}/{key}")).text == missing.text
        async with browser_of(it.one, it.ben) as browser:
            page = (await browser.get(f"{address}/{key}")).text
            second = page[page.rindex("<form") :]
            fields = {**fields_of(second), "act": "reject", "comment": "No <b>."}
            assert (await browser.post(f"{address}/{key}", data=fields, headers=HERE)).status_code == 200
            assert (await browser.get(f"{address}/{key}")).status_code == 409


async def test_names_that_others_chose_are_shown_as_text(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        key = await it.ask(it.anna, note='"><script>alert(1)</script>')
        async with browser_of(it.one, it.ben) as browser:
            page = (await browser.get(f"{await address_of(it)}/{key}")).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


async def test_the_policy_is_switched_off_by_an_owner_who_signs_that(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _):
        address = f"/practice/{one.organization.handle}/approvals/human_approval"
        async with browser_of(one, one.office) as browser:
            page = (await browser.get(address)).text
            fields = {**fields_of(page)}
            refused = await browser.post(address, data=fields, headers=HERE)
            assert (refused.status_code, (await policy(one))) == (403, "live")
            page = (await browser.get(address)).text
            done = await browser.post(address, data={**fields_of(page), "passkey": passkey_in(page)}, headers=HERE)
            assert (done.status_code, (await policy(one))) == (200, "off")
            assert (await browser.get(address)).status_code == 409
        books = one.books(await as_seen_by(one.office, one.organization))
        assert (await verify_books(books)).problem == ""


async def policy(one: Practice) -> str:
    return (await as_seen_by(one.office, one.organization)).human_approval.value
