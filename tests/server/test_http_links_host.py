"""Secret links work in clients that look for a sign-in by themselves: on the links' host they find none.

The orders are those of docs/connecting.md, where each has its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from invoicing.organizations import READ_ONLY, CredentialKind
from invoicing.refusals import InvalidInput
from operations.credentials import prepare_key
from server.http.application import HttpSettings, http_application
from server.http.hosts import LinksHost
from server.settings import links_url_of, read_settings
from tests.support.http import PORT, ROOMY, Credentials, Site, modern_headers, running
from tests.support.practice import practice
from tests.support.visits import sign_in

PUBLIC, LINKS = f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"
RESOURCE, SERVER = "/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"
LINK, CALL = "LINK", "CALL"
ORDERS: dict[str, Sequence[str]] = {
    "SDK for Python": (CALL, RESOURCE + LINK, RESOURCE, SERVER + LINK, OPENID + LINK, LINK + OPENID, SERVER, OPENID),
    "SDK for TypeScript, Gemini CLI": (CALL, RESOURCE + LINK, RESOURCE, SERVER + LINK, OPENID + LINK, SERVER, OPENID),
    "mcp-remote": (RESOURCE + LINK, SERVER, CALL),
    "Codex": (SERVER + LINK, LINK + SERVER, SERVER, CALL),
    "Claude": (CALL, RESOURCE + LINK, RESOURCE, SERVER + LINK, SERVER, CALL),
}
_CALL = {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {}}
_CALL["params"] = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
}


async def statuses(http: httpx2.AsyncClient, order: Sequence[str], link: str) -> list[tuple[str, int]]:
    """What each step of an order is answered with."""
    found = []
    for step in order:
        if step == CALL:
            answer = await http.post(link, json=_CALL, headers=modern_headers("server/discover", {}))
        else:
            answer = await http.get(step.replace(LINK, link))
        found.append((step, answer.status_code))
    return found


async def test_no_client_finds_a_sign_in_on_the_links_host(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery")
        link = f"/mcp/k/{await Credentials.of(one).link(client)}"
        settings = HttpSettings(port=PORT, public_url=PUBLIC, links_url=LINKS, allowance=ROOMY)
        application = http_application(one.store, one.clock, settings)
        async with running(application):
            transport = httpx2.ASGITransport(application)
            for client_name, order in ORDERS.items():
                async with httpx2.AsyncClient(base_url=LINKS, transport=transport) as http:
                    found = await statuses(http, order, link)
                assert {status for step, status in found if step == CALL} == {200}, client_name
                assert {status for step, status in found if step != CALL} == {404}, (client_name, found)
                async with httpx2.AsyncClient(base_url=PUBLIC, transport=transport) as http:
                    found = await statuses(http, order, link)
                assert {status for step, status in found if step == CALL} == {200}, client_name
                # Whatever the public host tells of itself, of a link it tells nothing.
                assert {status for step, status in found if LINK in step} <= {404}, (client_name, found)
                assert dict(found).get(SERVER, 200) == 200, "there is a sign-in to be found"
            async with httpx2.AsyncClient(base_url=LINKS, transport=transport) as http:
                assert (await http.get(f"{RESOURCE}/mcp")).status_code == 200
            pending = await prepare_key(one.office, client, "chat", kind=CredentialKind.LINK, scopes=READ_ONLY)
            visit = await sign_in(Site(PUBLIC, application), one.office)
            assert f"{LINKS}/mcp/k/" in (await visit.post(f"/keys/{pending.page}")).text


@pytest.mark.parametrize(
    "path", [SERVER, f"{SERVER}/mcp/k/abc", f"/mcp/k/abc{SERVER}", OPENID, RESOURCE, f"{RESOURCE}/"]
)
async def test_only_the_links_host_keeps_quiet_of_what_the_server_has(path: str) -> None:
    everything = PlainTextResponse("here")
    host = LinksHost(everything, public_url=PUBLIC, links_url=LINKS)
    same = LinksHost(everything, public_url=PUBLIC, links_url=PUBLIC)
    for application, base, expected in (
        (host, LINKS, 404),
        (host, PUBLIC, 200),
        (host, f"http://[::1]:{PORT}", 200),
        (same, PUBLIC, 200),
    ):
        async with httpx2.AsyncClient(base_url=base, transport=httpx2.ASGITransport(application)) as http:
            assert (await http.get(path)).status_code == expected
            assert (await http.get(f"{RESOURCE}/mcp")).status_code == 200


def test_links_lead_where_it_is_said_and_else_where_no_sign_in_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert links_url_of("http://localhost:8750") == "http://127.0.0.1:8750"
    assert links_url_of("http://localhost") == "http://127.0.0.1"
    assert links_url_of("https://books.example.com") == "https://books.example.com"
    assert read_settings().links_lead_to(PUBLIC) == LINKS
    assert read_settings().links_lead_to("https://books.example.com") == "https://books.example.com"
    monkeypatch.setenv("COUNTERFOIL_LINKS_URL", "https://Links.example.com/")
    assert read_settings().links_lead_to(PUBLIC) == "https://links.example.com"
    with pytest.raises(InvalidInput, match="URL of secret links must be") as refused:
        read_settings(links_url="links.example.com")
    assert refused.value.field == "links_url"


async def test_the_server_answers_on_the_links_host_and_on_no_other(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        settings = HttpSettings(
            port=PORT, public_url="https://books.example.com", links_url="https://links.example.com", allowance=ROOMY
        )
        transport = httpx2.ASGITransport(http_application(one.store, one.clock, settings))
        for host, expected in (("books", 200), ("links", 200), ("other", 403)):
            async with httpx2.AsyncClient(base_url=f"https://{host}.example.com", transport=transport) as http:
                assert (await http.get("/healthz")).status_code == expected
