"""Who did what is on the log, at every door and in both eras: what was refused too, and never what was sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from invoicing.organizations import Role
from operations.activity import Activity, Door, list_activity, list_activity_of_nobody, note
from server.app import find_organization
from storage.directory.activity import Noted
from storage.directory.database import DIRECTORY_FILE
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.browser_forms import Browser
from tests.support.command_line import run_command
from tests.support.http import BAKERY, FINCH, HERE, House, bearer, house, message_of
from tests.support.oauth import Person, connected
from tests.support.people import colleague
from tests.support.practice import Practice, practice
from tests.support.raw import kept_at
from tests.support.uploads import look_at, send_file

PUBLIC = {"redirect_uris": ["http://127.0.0.1/done"], "token_endpoint_auth_method": "none", "client_name": "Another"}


async def log_of(one: Practice, handle: str) -> list[Noted]:
    """What an organization's log has, oldest first."""
    await one.store.activity.written()
    page = await list_activity(one.office, await find_organization(one.office, handle), cursor="", limit=100)
    return list(page.items)[::-1]


@pytest.mark.parametrize("era", ERAS)
async def test_calls_over_http_are_on_the_log_of_the_organization_they_were_for(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as served:
        token = await served.credentials.token()
        async with served.site.chat(token, era=era) as chat:
            await chat.ok("find_customers", organization=BAKERY, query="Bristol")
            await chat.refused("find_customers", organization="nobody-sandbox")
            await chat.refused("get_invoice", organization=BAKERY, invoice="INV-SECRET")
            await chat.refused("issue_invoice", organization=BAKERY, lines="ill-formed")
            with pytest.raises(Exception, match="no such resource"):
                await chat.client.read_resource(f"counterfoil://{BAKERY}/documents/inv_1")
        async with served.site.chat(token, f"/mcp/{FINCH}", era) as chat:
            await chat.ok("find_items")
        bakery, finch = await log_of(served.one, BAKERY), await log_of(served.one, FINCH)
        assert [(one.act, one.result) for one in bakery] == [
            ("find_customers", "ok"),
            ("get_invoice", "not_found"),
            ("resources/read", "not_found"),
        ]
        assert {(one.door, one.label, one.named) for one in bakery} == {("mcp", "owner@example.com", True)}
        assert all(one.credential_id.startswith("crd_") for one in bakery)
        assert [(one.act, one.result) for one in finch] == [("find_items", "ok")]
        home = [(one.act, one.result, one.named) for one in await log_of(served.one, "ledger-co-sandbox")]
        assert ("find_customers", "not_found", False) in home
        # It was not looked at for whom that is.
        assert ("issue_invoice", "invalid_input", False) in home
        whole = kept_at(tmp_path / DIRECTORY_FILE)
        for secret in (b"Bristol", b"INV-SECRET", b"nobody-sandbox", b"ill-formed"):
            assert secret not in whole, "what was sent, or found, is in the log"


async def test_what_a_link_opens_is_on_the_log_with_the_credential_that_it_was_given_to(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        token = await served.credentials.token()
        async with served.site.chat(token) as chat:
            export = await chat.ok("export_documents", format="json", organization=BAKERY)
            page = await chat.ok("import_records", kind="customers", organization=BAKERY)
        await served.site.send("GET", export["link"].removeprefix(HERE))
        await served.site.send("GET", f"{export['link'].removeprefix(HERE)}0")
        await look_at(served, page["link"])
        assert (await send_file(served, page["link"], b"%PDF-")).status_code == 400
        seen = (await log_of(served.one, BAKERY))[2:]
        assert [(one.door, one.act, one.result) for one in seen] == [
            ("page", "GET /files/{token}", "ok"),
            ("page", "GET /uploads/{token}", "ok"),
            ("page", "POST /uploads/{token}", "invalid_input"),
        ]
        assert {(one.label, one.credential_id[:4]) for one in seen} == {("owner@example.com", "crd_")}


async def test_what_the_protocol_itself_refuses_is_no_defect_of_ours(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        token = await served.credentials.token()
        session = await served.site.begin(f"/mcp/{BAKERY}", token)
        for method in ("subscriptions/listen", "resources/read"):
            answer = await served.site.rpc(f"/mcp/{BAKERY}", token, method, session=session)
            assert "error" in message_of(answer)
        said = [(one.act, one.result) for one in await log_of(served.one, BAKERY)]
        assert said == [("subscriptions/listen", "not_found"), ("resources/read", "invalid_input")]


async def test_who_cannot_say_who_that_is_is_counted_and_nothing_that_was_brought_is_kept(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        token = await served.credentials.token()
        for brought in ("", "guessed-secret", "guessed-secret", token):
            await served.site.modern("/mcp", brought, "tools/list")
        await served.credentials.revoke("token", token)
        await served.site.modern("/mcp", token, "tools/list")
        await served.one.store.activity.written()
        page = await list_activity_of_nobody(served.one.store, cursor="", limit=10)
        assert {(one.result, one.times) for one in page.items} == {("no_credential", 1), ("unknown", 2), ("revoked", 1)}
        assert {(one.act, one.label, one.door) for one in page.items} == {("authenticate", "", "mcp")}
        whole = kept_at(tmp_path / DIRECTORY_FILE)
        assert token.encode() not in whole
        assert b"guessed-secret" not in whole


async def test_another_organizations_address_is_on_the_log_where_whoever_tried_it_is_at_home(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        mine = await colleague(served.one, served.finch, "owner")
        token = await served.credentials.token(mine.principal.label)
        for path in (f"/mcp/{BAKERY}", "/mcp/nobody-sandbox"):
            answer = await served.site.send("POST", path, headers=bearer(token))
            assert answer.status_code == 404
        tried = [one for one in await log_of(served.one, FINCH) if one.act == "authenticate"]
        assert [(one.result, one.label, one.named) for one in tried] == [("not_found", mine.principal.label, False)] * 2
        assert await log_of(served.one, BAKERY) == []


def test_an_assistant_on_this_machine_and_a_command_come_in_by_the_local_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def talk() -> None:
        async with practice(tmp_path) as one, assistant(one.office, "legacy") as chat:
            await chat.ok("list_clients")
            await chat.refused("create_client_organization", name="", country="GB")

    asyncio.run(talk())
    data = ("--data", str(tmp_path))
    assert run_command(monkeypatch, capsys, "organization", "list", *data)[0] == 0
    at_home = ("--organization", "ledger-co-sandbox")
    refused = run_command(monkeypatch, capsys, "key", "revoke", "cfk_SECRET", *data)
    assert refused[0] == 1
    code, shown, _ = run_command(monkeypatch, capsys, "activity", *at_home, *data)
    said = [line.partition(" owner@example.com: ")[2] for line in shown.splitlines()]
    expected = [
        "key revoke, not_found (local)",
        "organization list (local)",
        "create_client_organization, invalid_input (local)",
        "list_clients (local)",
    ]
    assert (code, said) == (0, expected)


async def test_an_act_for_several_clients_is_on_the_log_of_each(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        one = served.one
        async with assistant(one.office) as chat:
            await chat.ok("draft_for_clients", month="2026-02", partner="ledger-co-sandbox")
            await chat.ok("get_practice_overview")
        for handle in (BAKERY, FINCH):
            assert [each.act for each in await log_of(one, handle)] == ["draft_for_clients"]
        acts = [each.act for each in await log_of(one, "ledger-co-sandbox")]
        assert acts[:2] == ["draft_for_clients", "get_practice_overview"]


async def test_the_log_is_for_those_who_answer_for_an_organization_to_read(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        await _read_as(served, served.one.office.principal.label, allowed=True)
        for role, allowed in ((Role.OWNER, True), (Role.ACCOUNTANT, True), (Role.VIEWER, False), (Role.CLIENT, False)):
            person = await colleague(served.one, served.bakery, role)
            await _read_as(served, person.principal.label, allowed=allowed)
        for secret, path in (
            (await served.credentials.key(served.bakery), "/mcp"),
            ("", f"/mcp/k/{await served.credentials.link(served.bakery)}"),
        ):
            async with served.site.chat(secret, path) as chat:
                assert (await chat.refused("get_report", report="activity"))["code"] == "not_allowed"


async def _read_as(served: House, email: str, *, allowed: bool) -> None:
    async with served.site.chat(await served.credentials.token(email), f"/mcp/{BAKERY}") as chat:
        await chat.ok("find_items")
        await served.one.store.activity.written()
        result = await chat.call("get_report", report="activity")
        assert result.is_error is not allowed
        if allowed:
            assert f"{email}: find_items (mcp, crd_" in text_of(result)


async def test_a_page_notes_what_was_done_in_the_same_way(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        who = one.office.principal
        seen = Activity(door=Door.PAGE, act="sign_in", principal=who)
        note(one.office, seen)
        note(one.office, Activity(door=Door.OAUTH, act="consent", organization_id=one.organization.id, principal=who))
        noted = [each for each in await log_of(one, "ledger-co-sandbox") if each.door != "local"]
        assert [(each.door, each.act, each.named) for each in noted] == [
            ("page", "sign_in", False),
            ("oauth", "consent", True),
        ]


async def test_what_a_client_program_is_allowed_and_does_is_on_the_log_with_its_name(tmp_path: Path) -> None:
    async with house(tmp_path) as served:
        browser = Browser(served.site)
        await browser.be(served.one.office)
        async with connected(served.site, Person(browser), f"/mcp/{BAKERY}") as chat:
            await chat.ok("find_customers")
        noted = await log_of(served.one, BAKERY)
        assert [(one.door, one.act, one.result, one.program) for one in noted] == [
            ("oauth", "allow_connection", "ok", "Ledger Chat"),
            ("mcp", "find_customers", "ok", "Ledger Chat"),
        ]
        program = (await served.site.send("POST", "/oauth/register", json=PUBLIC)).json()["client_id"]
        stolen = {"grant_type": "refresh_token", "refresh_token": "cfr_stolen", "client_id": program}
        answer = await served.site.send("POST", "/oauth/token", data=stolen)
        assert answer.json()["error"] == "invalid_grant"
        await served.one.store.activity.written()
        page = await list_activity_of_nobody(served.one.store, cursor="", limit=10)
        assert ("oauth", "invalid_grant", 1) in {(one.door, one.result, one.times) for one in page.items}
