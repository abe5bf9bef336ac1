"""The pages on which a person signs what waits: all of it is shown, to whoever may decide it and to nobody else."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from invoicing.approval.approvals import How
from operations.access import Office
from operations.approval.proving import WaysToSign, ways_to_sign
from operations.approval.showing import show_for_decision
from operations.identity import ways
from operations.identity.passkeys import Site
from operations.identity.providers import ProviderSettings, set_provider
from operations.invoices import get_invoice
from operations.verification import verify_books
from server.pages.approval_words import act_of, title_of
from server.pages.approvals import routes
from server.pages.visiting import Desk as PagesDesk
from storage.books import checks
from storage.books.audit import acts_page
from storage.folder.keys import Keys
from tests.operations.test_human_approval import LIVE, SALE, acknowledged, chat_of, issue, live_client
from tests.support.approvals import Desk, desk
from tests.support.browser_forms import hidden
from tests.support.clock import SettableClock
from tests.support.identity import GOOD_PASSWORD, Device, code_of, person_at, sign_in, with_codes, with_passkey
from tests.support.people import as_seen_by, in_the_directory
from tests.support.practice import Practice
from tests.support.signing import ORIGIN
from views.approval_pages import approval_page

HERE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """The browser in which a person is signed in, with the device that has the passkey and the codes of an app."""

    http: httpx2.AsyncClient
    device: Device
    clock: SettableClock
    secret: str = ""

    async def page(self, address: str) -> str:
        return (await self.http.get(address)).text

    async def send(self, address: str, fields: dict[str, Any]) -> httpx2.Response:
        return await self.http.post(address, data=fields, headers=HERE)

    def passkey(self, page: str) -> dict[str, str]:
        """What the browser sends for the passkey that the page asks for."""
        (options,) = re.findall(r'data-options="([^"]*)"', page)
        return {"answer": self.device.get(html.unescape(options))}

    def password(self) -> dict[str, str]:
        self.clock.advance(timedelta(seconds=30))
        return {"password": GOOD_PASSWORD, "code": code_of(self.secret, self.clock())}


@asynccontextmanager
async def browser_of(one: Practice, office: Office) -> AsyncIterator[Browser]:
    """The browser of the person of the office, who has a passkey, and a password with codes."""
    pages = PagesDesk.of(replace(one.office, public_url=ORIGIN))
    secret, device = await sign_in(office), Device()
    person = await person_at(office, secret)
    await with_passkey(office, person, device)
    await ways.set_password(office, person, GOOD_PASSWORD)
    codes = await with_codes(office)
    transport = httpx2.ASGITransport(Starlette(routes=routes(pages)))
    cookies = {pages.cookie.name: secret}
    async with httpx2.AsyncClient(base_url=ORIGIN, transport=transport, cookies=cookies) as http:
        yield Browser(http, device, one.clock, codes)


def fields_of(page: str) -> dict[str, Any]:
    """What the first form of a page holds before anybody fills it in, with each warning ticked."""
    form = page.rpartition("<main")[2].partition("<form")[2].partition("</form>")[0]
    ticks = re.findall(r'name="warning" value="(\d+)"', form)
    return {**hidden(form), "warning": ticks, "act": "approve"}


async def address_of(it: Desk) -> str:
    return f"/o/{it.client.handle}/approvals"


@pytest.mark.parametrize("way", ["passkey", "password"])
async def test_what_is_final_is_said_before_in_full_and_signed(tmp_path: Path, way: str) -> None:
    async with live_client(tmp_path) as (one, books):
        async with chat_of(one.office) as chat:
            waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
        async with browser_of(one, one.office) as browser:
            everywhere = await browser.page("/approvals")
            assert "Invoice: <bdi>Hotel Bristol</bdi>, 120.00 GBP</a>" in everywhere
            assert f"/o/{LIVE}/approvals/{waiting}" in everywhere
            address = f"/o/{LIVE}/approvals/{waiting}"
            page = await browser.page(address)
            for told in (
                "INV-2026-00001",
                "Harbour Bakery",
                "Hotel Bristol",
                "GB980780684",
                "Work",
                '<th scope="row"><bdi>Net</bdi></th><td class="amount">100.00</td>',
                '<th scope="row">Total (GBP)</th><td class="amount">120.00</td>',
                "The PDF is the invoice.",
                "Issue INV-2026-00001 for Harbour Bakery",
            ):
                assert told in page, told
            sent = {**fields_of(page), **(browser.passkey(page) if way == "passkey" else browser.password())}
            done = await browser.send(address, sent)
            assert (done.status_code, "Issued as INV-2026-00001" in done.text) == (200, True)
            assert f'handle">{LIVE}</span>' in done.text, "whose books these are stands there still"
            assert "Nothing more waits for you here." in done.text
            again = await browser.send(address, sent)
            assert "issued already, as INV-2026-00001" in again.text, "a second click does no harm"
            assert "Nothing waits for you" in await browser.page(f"/o/{LIVE}/approvals")
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
            page = await browser.page(address)
            assert len(fields_of(page)["warning"]) >= 1
            for wrong, status in (
                ({}, 403),
                ({"password": "wrong", "code": "123456"}, 403),
                ({"answer": "{}"}, 403),
                ({**browser.password(), "warning": []}, 400),
                ({**browser.password(), "nonce": "00" * 32}, 409),
            ):
                answer = await browser.send(address, {**fields_of(page), **wrong})
                assert answer.status_code == status, wrong
                page = answer.text
            stray = await browser.http.post(address, data={**fields_of(page), **browser.password()})
            assert stray.status_code == 403, "it says not from where it comes"
            browser.clock.advance(timedelta(minutes=16))
            old, page = page, await browser.page(address)
            # What was shown before counts no more, whatever signs it; nor does another page's passkey.
            assert (await browser.send(address, {**fields_of(old), **browser.passkey(old)})).status_code == 409
            page = await browser.page(address)
            assert (await browser.send(address, {**fields_of(page), **browser.passkey(old)})).status_code == 403
        assert (await books.read(checks.totals)).documents == 0


async def test_whoever_may_not_decide_sees_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant, not preparer")
        key = await it.ask(it.anna)
        address = await address_of(it)
        for who, sees in ((it.ben, 200), (it.anna, 404), (it.user, 404)):
            async with browser_of(it.one, who) as browser:
                assert (await browser.http.get(f"{address}/{key}")).status_code == sees
                listed = await browser.http.get("/approvals")
                assert (key in listed.text) is (sees == 200)
                missing = await browser.http.get(f"{address}/drf_nothing")
                assert missing.status_code == 404
                if sees == 404:
                    assert await browser.page(f"{address}/{key}") == missing.text
        async with browser_of(it.one, it.ben) as browser:
            other = await it.ask(it.anna)
            page = await browser.page(f"{address}/{key}")
            refused = await browser.send(f"{address}/{key}", {**fields_of(page), "comment": "Is that <b>?"})
            assert (refused.status_code, "Is that &lt;b&gt;?</textarea>" in refused.text) == (403, True)
            fields = {**fields_of(refused.text), "act": "reject", "comment": "No <b>."}
            done = await browser.send(f"{address}/{key}", fields)
            assert (done.status_code, "a draft again, with your comment" in done.text) == (200, True)
            assert f"{address}/{other}" in done.text, "it leads on to the next"
            fields = {**fields_of(await browser.page(f"{address}/{other}")), "act": "reject"}
            assert "It is a draft again.</p>" in " ".join(
                (await browser.send(f"{address}/{other}", fields)).text.split()
            )
            assert (await browser.http.get(f"{address}/{key}")).status_code == 409


async def test_two_clicks_at_once_issue_it_and_both_are_told(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books):
        async with chat_of(one.office) as chat:
            waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
        address = f"/o/{LIVE}/approvals/{waiting}"
        async with browser_of(one, one.office) as browser:
            page = await browser.page(address)
            sent = {**fields_of(page), **browser.passkey(page)}
            assert (await browser.send(address, {**sent, "answer": "{}"})).status_code == 403, "its page ends no other"
            answers = await asyncio.gather(browser.send(address, sent), browser.send(address, sent))
            assert sorted(one.status_code for one in answers) == [200, 409]
            assert sum("issued already, as INV-2026-00001" in one.text for one in answers) == 1
            # What the passkey has counted is known: used like this again, it signs nothing.
            waiting = await _another(one)
            page = await browser.page(f"/o/{LIVE}/approvals/{waiting}")
            browser.device.count -= 1
            again = {**fields_of(page), **browser.passkey(page)}
            assert (await browser.send(f"/o/{LIVE}/approvals/{waiting}", again)).status_code == 403
        assert (await books.read(checks.totals)).documents == 1


async def _another(one: Practice) -> str:
    async with chat_of(one.office) as chat:
        return str((await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"])


async def test_a_page_counts_on_where_it_is_opened_twice_and_shows_the_same(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, books):
        waiting, policy_page = await _another(one), f"/practice/{one.organization.handle}/approvals/human_approval"
        address = f"/o/{LIVE}/approvals/{waiting}"
        async with browser_of(one, one.office) as browser:
            first, policy_first = await browser.page(address), await browser.page(policy_page)
            for opened, before in ((address, first), (policy_page, policy_first)):
                assert (await browser.http.head(opened)).status_code == 200
                assert fields_of(await browser.page(opened)) == fields_of(before)
            browser.clock.advance(timedelta(minutes=16))
            assert (await browser.http.head(address)).status_code == 200
            late = await browser.send(address, {**fields_of(first), **browser.passkey(first)})
            assert late.status_code == 409, "a look at what it is shows nothing anew"
            await _another(one)
            page = await browser.page(address)
            done = await browser.send(address, {**fields_of(page), **browser.passkey(page)})
            assert done.status_code == 200
        assert (await verify_books(books)).problem == ""


async def test_whose_step_somebody_else_has_decided_is_told_so(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant | owner")
        key = await it.ask(it.anna)
        address = f"{await address_of(it)}/{key}"
        async with browser_of(it.one, it.ben) as ben, browser_of(it.one, it.anna) as anna:
            page, theirs = await ben.page(address), await anna.page(address)
            sent, late = ({**fields_of(one), **who.passkey(one)} for who, one in ((ben, page), (anna, theirs)))
            assert (await ben.send(address, sent)).status_code == 200
            told = await anna.send(address, late)
            assert (told.status_code, "Somebody else has decided this step" in told.text) == (409, True)
            for who, other in ((anna, {**late, "nonce": sent["nonce"]}), (ben, {**sent, "nonce": late["nonce"]})):
                assert (await who.send(address, other)).status_code == 404, "it was not shown to this one"


async def test_no_password_is_asked_for_where_a_provider_alone_says_who_people_are(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        address = f"{await address_of(it)}/{await it.ask(it.anna)}"
        async with browser_of(it.one, it.ben) as browser:
            assert 'name="password"' in await browser.page(address)
            provider = ProviderSettings(issuer="https://login.example", client_id="counterfoil", secret="", only=True)
            await set_provider(it.one.office, provider)
            page = await browser.page(address)
            assert ('name="password"' in page, "data-passkey" in page) == (False, True)
            site = replace(Site.of(ORIGIN), host="elsewhere.example")
            assert (await ways_to_sign(it.ben, site, b"0" * 32)) == WaysToSign("", password=False, only_passkeys=True)
            assert (await browser.send(address, {**fields_of(page), **browser.password()})).status_code == 403
            assert (await browser.send(address, {**fields_of(page), **browser.passkey(page)})).status_code == 200


async def test_title_and_button_say_what_a_yes_does(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="owner")
        key = await it.ask(it.anna)
        shown = await show_for_decision(await it.books(it.owner), key)
    page = approval_page(it.client, shown)
    assert (title_of(page), act_of(page).startswith("Issue ")) == (f"Issue invoice {shown.number}?", True)
    stopped = approval_page(it.client, replace(shown, obstacle="A rate has changed."))
    assert title_of(stopped) == "Make this invoice a draft again?"
    assert act_of(stopped) == f"Make it a draft of {it.client.name} again"


async def test_names_that_others_chose_are_shown_as_text(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.workflow(steps="accountant")
        key = await it.ask(it.anna, note='"><script>alert(1)</script>')
        async with browser_of(it.one, it.ben) as browser:
            page = await browser.page(f"{await address_of(it)}/{key}")
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


async def test_the_policy_is_switched_off_by_an_owner_who_signs_that(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _):
        address = f"/practice/{one.organization.handle}/approvals/human_approval"
        async with browser_of(one, one.office) as browser:
            listed = await browser.page(address.removesuffix("/human_approval"))
            assert f'href="{address}"' in listed
            page = await browser.page(address)
            assert f'href="{address.removesuffix("/human_approval")}"' in page
            refused = await browser.send(address, fields_of(page))
            assert (refused.status_code, (await policy(one))) == (403, "live")
            page = await browser.page(address)
            done = await browser.send(address, {**fields_of(page), **browser.passkey(page)})
            assert (done.status_code, (await policy(one))) == (200, "off")
            assert (await browser.http.get(address)).status_code == 409
            assert f'href="{address}"' not in await browser.page(address.removesuffix("/human_approval"))
        books = one.books(await as_seen_by(one.office, one.organization))
        assert (await verify_books(books)).problem == ""


async def test_where_the_directory_did_not_follow_the_policy_is_on_and_switched_off_anew(tmp_path: Path) -> None:
    """As after a power cut between what the books have on record and what the directory says."""
    async with live_client(tmp_path) as (one, _):
        address = f"/practice/{one.organization.handle}/approvals/human_approval"
        async with browser_of(one, one.office) as browser:
            for _ in range(2):
                in_the_directory(one, "UPDATE organizations SET human_approval = 'live'")
                page = await browser.page(address)
                sent = {**fields_of(page), **browser.passkey(page)}
                assert ((await browser.send(address, sent)).status_code, await policy(one)) == (200, "off")
                assert (await browser.send(address, sent)).status_code == 409
        books = one.books(await as_seen_by(one.office, one.organization))
        on_record = ("sign_policy", "update_organization")
        acts = (await books.read(lambda db: acts_page(db, on_record, cursor="", limit=4))).items
        assert [one.act for one in acts] == [*reversed(on_record)] * 2
        assert acts[0].detail["changed"] == {"human_approval": ["live", "off"]}
        assert (await verify_books(books)).problem == ""


async def policy(one: Practice) -> str:
    return (await as_seen_by(one.office, one.organization)).human_approval.value


async def test_codes_that_cannot_be_read_are_told_without_a_path(tmp_path: Path) -> None:
    async with live_client(tmp_path) as (one, _):
        async with chat_of(one.office) as chat:
            waiting = (await issue(chat, await acknowledged(chat))).structured_content["approval"]["id"]
        async with browser_of(one, one.office) as browser:
            address = f"/o/{LIVE}/approvals/{waiting}"
            page = await browser.page(address)
            one.store.keys = Keys(tmp_path / "others", "another")
            refused = await browser.send(address, {**fields_of(page), **browser.password()})
            assert (refused.status_code, "use a passkey, or tell whoever runs" in refused.text) == (503, True)
            assert ".key" not in refused.text
