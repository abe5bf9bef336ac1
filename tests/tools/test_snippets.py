"""Ready pieces of configuration for AI clients, and which of them cannot work yet."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest

from invoicing.master_data.handles import CONNECTION_NAME_LENGTH_MAX
from tests.support.assistant import assistant, text_of
from tests.tools.bakery import HANDLE, Bakery
from views.snippets import is_loopback, snippets

LOCAL = (
    "http://127.0.0.1:8750",
    "http://127.8.0.1",
    "http://localhost:8750",
    "http://[::1]:8750",
    "http://a.localhost",
)
REMOTE = (
    "https://books.example.com",
    "http://192.168.1.10:8750",
    "https://localhost.example.com",
    "https://[2001:db8::1]",
)


@pytest.mark.parametrize(("url", "local"), [*((url, True) for url in LOCAL), *((url, False) for url in REMOTE)])
def test_each_client_has_its_own(url: str, local: bool) -> None:
    made = snippets("counterfoil-a", f"{url}/mcp/a")
    assert is_loopback(f"{url}/mcp/a") is local
    assert set(made) == {"claude", "claude_code", "vscode", "vscode_json", "cursor", "json"}
    assert json.loads(made["json"])["mcpServers"]["counterfoil-a"]["url"] == f"{url}/mcp/a"
    assert quote(f"{url}/mcp/a", safe="") in made["claude"]
    assert made["claude_code"] == f"claude mcp add --transport http counterfoil-a {url}/mcp/a"
    assert json.loads(unquote(made["vscode"]).removeprefix("vscode:mcp/install?"))["url"] == f"{url}/mcp/a"
    assert json.loads(made["vscode_json"])["servers"]["counterfoil-a"]["url"] == f"{url}/mcp/a"
    configured = dict(parse_qsl(urlsplit(made["cursor"]).query))["config"]
    assert json.loads(base64.b64decode(configured)) == {"url": f"{url}/mcp/a"}


@pytest.mark.parametrize(("url", "reachable"), [(LOCAL[0], False), (REMOTE[0], True)])
async def test_the_text_has_them_all_and_says_which_cannot_work_yet(bakery: Bakery, url: str, reachable: bool) -> None:
    async with assistant(replace(bakery.office, public_url=url), organization=HANDLE) as chat:
        shown = await chat.call("get_organization", connections=True)
    made = (shown.structured_content or {})["snippets"]
    assert f"Its own connection: {url}/mcp/{HANDLE}" in text_of(shown)
    assert all(text in text_of(shown).splitlines()[-6 + index] for index, text in enumerate(made.values()))
    assert ("claude (reached once the server has a --public-url): " in text_of(shown)) is not reachable


async def test_the_text_says_that_a_client_signs_in_and_what_one_that_cannot_is_given(bakery: Bakery) -> None:
    async with assistant(replace(bakery.office, public_url=REMOTE[0]), organization=HANDLE) as chat:
        shown = await chat.call("get_organization", connections=True)
    told = text_of(shown).splitlines()[-7]
    assert told.startswith("Ready for each AI client, which then asks its user to sign in.")
    assert "Authorization: Bearer TOKEN" in told
    assert "TOKEN" not in json.dumps((shown.structured_content or {})["snippets"])


async def test_a_practice_is_told_the_connection_over_which_its_clients_are_reached(bakery: Bakery) -> None:
    async with assistant(replace(bakery.office, public_url=REMOTE[0])) as chat:
        practice = text_of(await chat.call("get_organization", connections=True, organization="ledger-co-sandbox"))
        client = text_of(await chat.call("get_organization", connections=True, organization=HANDLE))
    told = f"The connection for it and its clients, to switch between: {REMOTE[0]}/mcp"
    assert told in practice.splitlines()
    assert told not in client


async def test_a_connection_is_registered_under_the_name_that_it_says_itself(bakery: Bakery) -> None:
    # Clients put it before the names of tools, which may have 64 characters then: a long handle is shortened in it.
    handle = "the-long-name-of-a-company-in-two-towns-sandbox"
    async with bakery.chat(dedicated=False) as chat:
        await chat.ok("create_client_organization", name="Long", country="GB", handle=handle)
    async with assistant(replace(bakery.office, public_url=REMOTE[0]), organization=handle) as chat:
        assert chat.client.server_info is not None
        name = chat.client.server_info.name
        made = (await chat.ok("get_organization", connections=True))["snippets"]
    assert (len(name) <= CONNECTION_NAME_LENGTH_MAX, "_" in name) == (True, True)
    assert list(json.loads(made["json"])["mcpServers"]) == [name]
    assert f"--transport http {name} " in made["claude_code"]


async def test_without_a_server_there_are_none(bakery: Bakery) -> None:
    async with bakery.chat() as chat:
        shown = await chat.call("get_organization", connections=True)
    assert (shown.structured_content or {})["snippets"] == {}
    assert "claude" not in text_of(shown)
