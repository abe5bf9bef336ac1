"""Downloads and one-time pages: what may be opened without a credential, once or for an hour, and nothing else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp_types import BlobResourceContents, ResourceLink, TextResourceContents
from starlette.types import Message

from invoicing.organizations import CredentialKind
from operations.known_credentials import list_credentials
from server.http.downloads import PIECE_BYTES, LinkSigner
from storage.files.kept import StoredFile
from storage.ids import new_organization_id
from tests.support.assistant import ERAS, Era
from tests.support.http import BAKERY, FINCH, HERE, LINES, House, house, site_of, whole
from tests.support.visits import sign_in

SAFE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


@pytest.fixture
async def at_home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as opened:
        yield opened


async def rendered(at_home: House, organization: str) -> dict[str, Any]:
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        named = {"organization": organization}
        issued = await chat.ok("issue_invoice", customer="Hotel Bristol", lines=LINES, **named)
        return await chat.ok("render_document", document=issued["invoice"]["id"], **named)


async def opened(at_home: House, link: str) -> httpx2.Response:
    return await at_home.site.send("GET", link.removeprefix(HERE))


async def test_a_link_opens_the_file_under_its_proper_name(at_home: House) -> None:
    made = await rendered(at_home, BAKERY)
    answer = await opened(at_home, made["link"])
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == made["sha256"]
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''TEST-INV-2026-00001.pdf"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    async with at_home.site.chat(await at_home.credentials.token(), f"/mcp/{BAKERY}") as chat:
        for file_format, ending in (("csv", "csv"), ("xlsx", "xlsx"), ("json", "json"), ("pdf", "zip")):
            export = await chat.ok("export_documents", format=file_format)
            answer = await opened(at_home, export["link"])
            name = f"attachment; filename*=UTF-8''{BAKERY}-documents-2026-03-16.{ending}"
            assert answer.headers["content-disposition"] == name
            assert hashlib.sha256(answer.content).hexdigest() == export["sha256"]


async def test_a_long_file_is_sent_in_pieces_to_whoever_reads_slowly(at_home: House) -> None:
    # Each of many slow readers held the whole file in memory: forty of an export of 28 MB took more than a gigabyte.
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        lines = [LINES[0] | {"description": "Rolls " * 150} for _ in range(300)]
        await chat.ok("issue_invoice", customer="Hotel Bristol", lines=lines, organization=BAKERY)
        made = await chat.ok("export_documents", format="json", organization=BAKERY)
    assert at_home.site.app is not None
    pieces: list[bytes] = []

    async def send(event: Message) -> None:
        pieces.append(event.get("body", b""))

    path = made["link"].removeprefix(HERE)
    headers = [(b"host", httpx2.URL(HERE).netloc)]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    await at_home.site.app(scope, never, send)
    assert hashlib.sha256(b"".join(pieces)).hexdigest() == made["sha256"]
    assert len(pieces) > 4
    assert max(map(len, pieces)) == PIECE_BYTES


async def never() -> Message:
    """A client that sends nothing more, and stays."""
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_link_lasts_an_hour(at_home: House) -> None:
    made = await rendered(at_home, BAKERY)
    assert made["expires_at"] == "2026-03-16T13:00:00Z"
    at_home.one.clock.advance(timedelta(minutes=59, seconds=59))
    assert (await opened(at_home, made["link"])).status_code == 200
    at_home.one.clock.advance(timedelta(seconds=1))
    assert (await opened(at_home, made["link"])).status_code == 404


async def test_tampered_foreign_absent_and_expired_links_answer_alike(at_home: House) -> None:
    ours, theirs = await rendered(at_home, BAKERY), await rendered(at_home, FINCH)
    token, other = (made["link"].removeprefix(f"{HERE}/files/") for made in (ours, theirs))
    nothing = whole(await opened(at_home, "/files/nothing"))
    assert nothing[0] == 404
    claims, signature = token.split(".")
    for position, letter in enumerate(token):
        changed = token[:position] + ("A" if letter != "A" else "B") + token[position + 1 :]
        assert whole(await opened(at_home, f"/files/{changed}")) == nothing, position
    odd = (
        claims,
        f"{claims}.",
        f".{signature}",
        f"{token}=",
        f"{token}.x",
        f"{token}A",
        token.swapcase(),
        f"{claims}.{other.split('.')[1]}",
        "%00",
        "%ff",
        "a" * 5000,
    )
    for one in odd:
        assert whole(await opened(at_home, f"/files/{one}")) == nothing, one
    at_home.one.clock.advance(timedelta(hours=1))
    assert whole(await opened(at_home, ours["link"])) == nothing


async def test_a_signature_names_one_file_of_one_organization(at_home: House) -> None:
    await rendered(at_home, BAKERY)
    await rendered(at_home, FINCH)
    signer = LinkSigner(at_home.one.store.keys.key("links"), HERE)
    absent = StoredFile("fil_0", "", "", "", "", 0, "", "")
    nothing = whole(await opened(at_home, "/files/nothing"))
    mine, by = at_home.one.books(at_home.bakery), at_home.one.office.principal
    assert whole(await opened(at_home, signer.link_to(by, mine, absent).link)) == nothing
    nobodys = replace(mine, organization=replace(at_home.bakery, id=new_organization_id()))
    assert whole(await opened(at_home, signer.link_to(by, nobodys, absent).link)) == nothing
    for key in (b"", b"\0" * 32):
        forger = LinkSigner(key, HERE)
        assert whole(await opened(at_home, forger.link_to(by, mine, absent).link)) == nothing


async def test_links_hold_in_a_new_application_on_the_same_folder(at_home: House) -> None:
    made = await rendered(at_home, BAKERY)
    async with site_of(at_home.one.store, at_home.one.clock) as other:
        assert (await other.send("GET", made["link"].removeprefix(HERE))).status_code == 200


@pytest.mark.parametrize("era", ERAS)
async def test_resources_and_links_give_the_same_bytes(at_home: House, era: Era) -> None:
    await rendered(at_home, BAKERY)
    token = await at_home.credentials.token()
    for path, named in (("/mcp", {"organization": BAKERY}), (f"/mcp/{BAKERY}", {})):
        async with at_home.site.chat(token, path, era) as chat:
            asked: list[tuple[str, dict[str, str]]] = [("render_document", {"document": "TEST-INV-2026-00001"})]
            asked += [("export_documents", {"format": one}) for one in ("csv", "xlsx", "json", "pdf")]
            for tool, arguments in asked:
                result = await chat.call(tool, **arguments, **named)
                (link,) = [block for block in result.content if isinstance(block, ResourceLink)]
                assert result.structured_content is not None
                downloaded = await opened(at_home, result.structured_content["link"])
                (content,) = (await chat.client.read_resource(str(link.uri))).contents
                assert bytes_of(content) == downloaded.content


def bytes_of(content: TextResourceContents | BlobResourceContents) -> bytes:
    return content.text.encode() if isinstance(content, TextResourceContents) else base64.b64decode(content.blob)


async def key_page(at_home: House, **more: Any) -> str:
    async with at_home.site.chat(await at_home.credentials.token()) as chat:
        made = await chat.ok("create_client_api_key", organization=BAKERY, name="Till", **more)
    assert made["key"] == ""
    assert made["link"].startswith(f"{HERE}/keys/")
    return str(made["link"])


async def show(at_home: House, page: str) -> httpx2.Response:
    # As the owner's browser sends the form of the page.
    return await (await sign_in(at_home.site, at_home.one.office)).post(page.removeprefix(HERE))


async def asked_for(at_home: House, page: str) -> httpx2.Response:
    return await (await sign_in(at_home.site, at_home.one.office)).get(page.removeprefix(HERE))


def without_key(answer: httpx2.Response) -> str:
    """The page but for what is of the browser's session."""
    return re.sub(r'name="form_key" value="\w+"', "", answer.text)


async def test_a_key_is_shown_once_to_whoever_presses_the_button(at_home: House) -> None:
    page = await key_page(at_home)
    for _ in range(3):
        asked = await asked_for(at_home, page)
        assert (asked.status_code, "<code" in asked.text, "Show it" in asked.text) == (200, False, True)
    shown = await show(at_home, page)
    (key,) = re.findall(r">(cfk_\w+)</code>", shown.text)
    for answer in (asked, shown, await show(at_home, page), await asked_for(at_home, "/keys/nothing")):
        assert {name: answer.headers[name] for name in SAFE} == SAFE
        assert answer.headers["x-frame-options"] == "DENY"
        # Under no-referrer a browser would send the form with `Origin: null`, and be refused.
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "form-action 'self'" in answer.headers["content-security-policy"]
    again, never = await show(at_home, page), await show(at_home, f"{HERE}/keys/nothing")
    assert without_key(again) == without_key(never)
    assert again.status_code == never.status_code == 404
    assert without_key(asked) == without_key(await asked_for(at_home, f"{HERE}/keys/nothing"))
    async with at_home.site.chat(key) as chat:
        assert (await chat.ok("find_customers"))["organization"]["handle"] == BAKERY
        assert (await chat.ok("save_customer", name="Bar Sol"))["organization"]["handle"] == BAKERY
    (listed,) = await list_credentials(at_home.one.office, kind=CredentialKind.KEY, organization=at_home.bakery)
    assert (listed.name, listed.organization, listed.last_used_at is not None) == ("Till", BAKERY, True)
    assert key.startswith(listed.prefix)
    await at_home.credentials.revoke("key", key)
    assert (await at_home.site.modern("/mcp", key, "tools/list")).status_code == 401


async def test_a_key_page_expires_after_a_day_and_with_its_revocation(at_home: House) -> None:
    late, revoked = await key_page(at_home), await key_page(at_home)
    await at_home.credentials.revoke("key")
    assert (await show(at_home, revoked)).status_code == 404
    at_home.one.clock.advance(timedelta(hours=24))
    assert (await show(at_home, late)).status_code == 404


async def test_a_read_only_key_of_a_page_changes_nothing(at_home: House) -> None:
    shown = await show(at_home, await key_page(at_home, read_only=True, expires_in_days=2))
    (key,) = re.findall(r">(cfk_\w+)</code>", shown.text)
    async with at_home.site.chat(key) as chat:
        assert (await chat.refused("save_customer", name="Bar Sol"))["code"] == "not_allowed"
        assert (await chat.ok("find_customers"))["organization"]["handle"] == BAKERY
    at_home.one.clock.advance(timedelta(days=2))
    assert (await at_home.site.modern("/mcp", key, "tools/list")).status_code == 401


async def test_another_sites_page_cannot_press_the_button(at_home: House) -> None:
    page = await key_page(at_home)
    for origin in ("https://evil.example", "null"):
        answer = await at_home.site.send("POST", page.removeprefix(HERE), headers={"Origin": origin})
        assert answer.status_code == 403
    assert (await show(at_home, page)).status_code == 200
