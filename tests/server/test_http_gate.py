"""The gate's layers: others than a connection stand behind some of them, and a credential's audience is its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from operations.authentication import Presented
from server.http.answers import Turned
from server.http.gate.addresses import Addresses
from server.http.gate.admission import Admission
from server.http.gate.answering import Answering
from server.http.gate.authentication import Authentication
from server.http.gate.state import LayerMissing, state_of
from server.http.limits import Allowance, Limiter
from storage.directory.credentials import Lapse
from tests.support.http import BAKERY, FINCH, HERE, Credentials, Site, house
from tests.support.people import in_the_directory
from tests.support.practice import practice


async def greeting(scope: Scope, receive: Receive, send: Send) -> None:
    """A page that says to whom it is shown."""
    await PlainTextResponse(state_of(scope).authenticated_request.principal.label)(scope, receive, send)


def from_cookie(scope: Scope) -> Presented:
    return Presented(Request(scope).cookies.get("sign-in", ""))


def to_sign_in(_: Scope, __: Presented, lapse: Lapse | None) -> Turned:
    return Turned(PlainTextResponse(f"Sign in: {lapse.value if lapse else 'nobody'}.", status_code=403))


async def test_a_page_stands_behind_authentication_and_admission_alone(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        limiter = Limiter(Allowance(burst=2, per_second=1), lambda: 0)
        admitted = Admission(greeting, limiter)
        page = Answering(Authentication(admitted, one.office, presented=from_cookie, refused=to_sign_in))
        site, token = Site(HERE, page), await Credentials.of(one).token()
        shown = [await site.send("GET", "/", headers={"Cookie": f"sign-in={token}"}) for _ in range(3)]
        assert [(each.status_code, each.text) for each in shown[:2]] == [(200, "owner@example.com")] * 2
        assert shown[2].status_code == 429
        assert (await site.send("GET", "/")).text == "Sign in: nobody."
        assert (await site.send("GET", "/", token)).text == "Sign in: nobody.", "a header is not where a page looks"
        unknown = await site.send("GET", "/", headers={"Cookie": "sign-in=cft_unknown"})
        assert (unknown.status_code, unknown.text) == (403, "Sign in: unknown.")


async def test_a_layer_without_the_one_that_it_needs_serves_nothing() -> None:
    site = Site(HERE, Answering(Addresses(Admission(greeting, Limiter(Allowance(), lambda: 0)), HERE)))
    with pytest.raises(LayerMissing):
        await site.send("POST", "/mcp")


async def test_a_credential_for_one_connection_opens_no_other(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        token = await home.credentials.token()
        paths = ("/mcp", f"/mcp/{BAKERY}", f"/MCP/{BAKERY}/", f"/mcp/{FINCH}")

        async def opened() -> list[int]:
            return [(await home.site.modern(path, token, "tools/list")).status_code for path in paths]

        assert await opened() == [200, 200, 200, 200]
        in_the_directory(home.one, "UPDATE credentials SET audience = ?", f"{HERE}/mcp/{BAKERY}")
        assert await opened() == [401, 200, 200, 401]
        in_the_directory(home.one, "UPDATE credentials SET audience = ?", f"{HERE}/mcp")
        assert await opened() == [200, 401, 401, 401]
