"""Organizations that look alike, over HTTP: what is another's answers like what never existed, on every route.

The calls are those of `tests.tools.probes`, through the doors. A tool without an entry there, or a route here, fails.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
import pytest_asyncio
from mcp.shared.exceptions import MCPError
from mcp_types import BlobResourceContents, CallToolResult, Request
from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.routing import Route

from server.app import find_organization
from server.http.metrics import Meter
from server.observing.numbers import Numbers
from storage.directory.database import DIRECTORY_FILE
from tests.support.anothers import assert_nothing_of, masked
from tests.support.assistant import Assistant
from tests.support.http import HERE, Credentials, Site, site_of
from tests.support.page_areas import pages_of_organizations
from tests.support.page_areas.trying import MINE, Tried, mail_of, of_the_account
from tests.support.raw import raw
from tests.support.twins import SKILL, Known, Made, Twins, build_twins, open_twins, readable
from tests.support.visits import Visit, sign_in
from tests.tools.probes import RESOURCES, SALE, TOOLS, WITHIN_ONE, Arguments
from tests.tools.unprobed import unprobed
from tools import uris

_FRESH = re.compile(r"[a-z]{3}_[0-9a-f]{32,40}|TEST-INV-2026-\d{5}|cfk_\w+|/(?:keys|uploads)/\w+|/files/[\w.-]+")
WAYS = ("practice", "dedicated", "link")


@dataclass(frozen=True, slots=True)
class Doors:
    twins: Twins
    site: Site
    token: str
    key: str
    link: str
    visit: Visit

    @asynccontextmanager
    async def chat(self, way: str) -> AsyncIterator[Assistant]:
        """A conversation of somebody who reaches the first of the twins alone."""
        path = {"practice": "/mcp", "dedicated": f"/mcp/{self.twins.known['a'].handle}", "key": "/mcp"}
        secret = {"practice": self.token, "dedicated": self.token, "key": self.key}
        async with self.site.chat(secret.get(way, ""), path.get(way, f"/mcp/k/{self.link}")) as chat:
            yield chat


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    root = tmp_path_factory.mktemp("twins") / "data"
    return root, asyncio.run(build_twins(root))


@asynccontextmanager
async def opened(template: tuple[Path, Made], root: Path) -> AsyncIterator[Doors]:
    """A copy of the installation, served, and somebody at its doors who reaches the first of the twins alone."""
    async with AsyncExitStack() as stack:
        twins = await stack.enter_async_context(open_twins(template[0], root, template[1]))
        meter = Meter(bytes(32), Numbers())
        site = await stack.enter_async_context(site_of(twins.store, twins.clock, meter=meter))
        # A client's keys are the practice's to make; the token is the client's own owner's.
        made = Credentials(twins.office("boss"))
        organization = await find_organization(made.office, twins.known["a"].handle)
        token = await made.token(twins.principals["only_a"].label)
        secrets = token, await made.key(organization), await made.link(organization)
        # What a practice lets a client's owner do makes more of its pages to be seen.
        with raw(twins.store.root / DIRECTORY_FILE) as directory:
            let = "UPDATE organizations SET client_may = 'credentials people' WHERE id = ?"
            directory.execute(let, (twins.known["a"].id,))
        visit = await sign_in(site, twins.office("only_a"))
        yield Doors(twins, site, *secrets, visit)


@pytest.fixture
async def doors(template: tuple[Path, Made], tmp_path: Path) -> AsyncIterator[Doors]:
    async with opened(template, tmp_path / "data") as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def same_doors(template: tuple[Path, Made], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Doors]:
    """Those at which all routes are tried: whatever is sent is another's, or nobody's, and changes nothing of it."""
    async with opened(template, tmp_path_factory.mktemp("doors") / "data") as made:
        before = await made.twins.contents(("b", "c"))
        yield made
        assert await made.twins.contents(("b", "c")) == before
        await expect_to_be_let_in(made)


def sent_by(tool: str, mine: Known, their: Known, way: str) -> list[Arguments]:
    """The tool's calls with what is another's, each in one's own organization, and one's own call in another's name."""
    entry = TOOLS[tool]
    if tool not in WITHIN_ONE:
        return list(entry.foreign(their))
    named = {"organization": mine.handle} if way == "practice" else {}
    own = next(iter(entry.own(mine)))
    return [
        *({**arguments, **named} for arguments in entry.foreign(their)),
        *({**own, "organization": one} for one in (their.handle, their.id)),
        {**own, "session": their.session},
    ]


def said(result: CallToolResult) -> str:
    return result.model_dump_json(by_alias=True)


def assert_alike(answers: list[str], their: Known, where: str) -> None:
    """What is another's was answered as what never existed."""
    assert masked(answers[0], their, _FRESH) == masked(answers[1], their.never(), _FRESH), where


@pytest.mark.parametrize("way", ["practice", "dedicated"])
async def test_what_is_anothers_answers_like_what_never_existed(doors: Doors, way: str) -> None:
    known = doors.twins.known
    mine, before = known["a"], await doors.twins.contents(("b", "c"))
    async with doors.chat(way) as chat:
        listed = (await chat.client.list_tools()).tools
        templates = (await chat.client.list_resource_templates()).resource_templates
        assert unprobed(listed, templates, known["b"]) == []
        # So that each attempt to issue is a likely duplicate, the first one too.
        await chat.ok("issue_invoice", **SALE, **({"organization": mine.handle} if way == "practice" else {}))
        for tool in sorted(one.name for one in listed):
            for their in (known["b"], known["c"]):
                ghost = their.never()
                real, never = (sent_by(tool, mine, one, way) for one in (their, ghost))
                for pair in zip(real, never, strict=True):
                    if pair[0] == pair[1]:
                        continue  # A position in a list that both have.
                    answers = [said(await chat.client.call_tool(tool, one)) for one in pair]
                    assert_nothing_of(their, answers[0], tool, sent=json.dumps(pair[0]))
                    assert_alike(answers, their, f"{tool} {pair[0]}")
    assert await doors.twins.contents(("b", "c")) == before


@pytest.mark.parametrize("way", WAYS)
async def test_answers_links_and_resources_hold_ones_own_alone(doors: Doors, way: str) -> None:
    known = doors.twins.known
    mine, others = known["a"], (known["b"], known["c"])
    named = {"organization": mine.handle} if way == "practice" else {}
    async with doors.chat(way) as chat, doors.site.http() as browser:
        # What a person of the practice answers for is not for a member of a client, or a link, to do.
        for tool in sorted(name for name in WITHIN_ONE if not TOOLS[name].of_the_practice):
            told_of_own = ""
            for arguments in TOOLS[tool].own(mine):
                result = await chat.client.call_tool(tool, {**arguments, **named})
                assert isinstance(result, CallToolResult)
                assert not result.is_error, said(result)
                text = said(result)
                if link := (result.structured_content or {}).get("link"):
                    assert link.startswith(f"{HERE}/files/")
                    name = (result.structured_content or {})["file_name"]
                    text += readable(name, (await browser.get(link)).content)
                for other in others:
                    assert_nothing_of(other, text, tool)
                told_of_own += text
            assert (mine.canary in told_of_own) is TOOLS[tool].shows, tool
        for uri, values in RESOURCES.items():
            for their in others:
                told = {await read(chat, uri, one, *values(one)) for one in (their, their.never())}
                assert len(told) == 1
                assert told.pop().startswith("error")
            assert mine.canary in await read(chat, uri, mine, *values(mine))


@pytest.mark.parametrize("way", WAYS)
async def test_prompts_skills_and_completions_hold_ones_own_alone(doors: Doors, way: str) -> None:
    """As `tests/tools/test_twin_assistance.py` tries them one by one; here they go through the doors."""
    known = doors.twins.known
    mine, others = known["a"], (known["b"], known["c"])
    async with doors.chat(way) as chat:
        for method in METHODS:
            own = [await asked(chat, method, **one) for one in assisted(method, mine)]
            for their in others:
                assert_nothing_of(their, "".join(own), method)
                for real, ghost in zip(assisted(method, their), assisted(method, their.never()), strict=True):
                    if real == ghost:
                        continue
                    answers = [await asked(chat, method, **one) for one in (real, ghost)]
                    assert_nothing_of(their, answers[0], method, sent=json.dumps(real))
                    assert_alike(answers, their, f"{method} {real}")
            shown = mine.number if method == "completion/complete" else mine.canary
            # The practice connection lists and gives the practice's own.
            assert (shown in "".join(own)) is (way != "practice" or method in ("skills/get", "completion/complete"))


_ANY = TypeAdapter(dict[str, Any])
METHODS = ("prompts/list", "prompts/get", "resources/list", "completion/complete", "skills/list", "skills/get")


def assisted(method: str, of: Known) -> list[dict[str, Any]]:
    """What is asked with what is known of an organization."""
    match method:
        case "prompts/get":
            months = {"arguments": {"month": "2026-03"}}
            return [{"name": name, **months} for name in (of.agent, f"{of.handle}--{of.agent}")]
        case "completion/complete":
            ref = {"type": "ref/resource", "uri": uris.EXPORT}
            document = {"type": "ref/resource", "uri": uris.DOCUMENT}
            given = {"context": {"arguments": {"organization": of.handle}}}
            return [
                {"ref": document, "argument": {"name": "document", "value": of.number}, **given},
                {"ref": ref, "argument": {"name": "export", "value": of.export}, **given},
                {"ref": ref, "argument": {"name": "organization", "value": of.canary}},
            ]
        case "skills/get":
            return [{"uri": f"skill://{of.handle}/{skill}/SKILL.md"} for skill in (of.skill, SKILL)]
    return [{}, *({"cursor": cursor} for cursor in (of.customers_cursor, of.canary))]


async def asked(chat: Assistant, method: str, **params: Any) -> str:
    request = Request[dict[str, Any], str](method=method, params=params)
    try:
        return json.dumps(await chat.client.session.send_request(request, _ANY), ensure_ascii=False)
    except MCPError as error:
        return f"error {error.error.code} {error.error.message} {error.error.data}"


async def read(chat: Assistant, template: str, of: Known, *values: str) -> str:
    """The first resource of a template under an organization's handle, or the error with all names masked."""
    uri = template.replace("{organization}", of.handle)
    try:
        contents = (await chat.client.read_resource(re.sub(r"\{\w+\}", values[0], uri))).contents
    except MCPError as error:
        return masked(f"error {error.code} {error.message} {error.data}", of, _FRESH)
    parts = [one.blob if isinstance(one, BlobResourceContents) else one.text for one in contents]
    return readable("", base64.b64decode(parts[0])) if isinstance(contents[0], BlobResourceContents) else parts[0]


ROUTES: dict[str, Tried] = {
    "/healthz": lambda _: [],
    "/metrics": lambda of: [("GET", f"/metrics?organization={one}") for one in (of.handle, of.id)],
    "/language": lambda of: [("POST", f"/language?language={one}") for one in (of.handle, of.id)],
    "/static/{name}": lambda of: [("GET", f"/static/{one}") for one in (of.id, of.export)],
    "/": lambda of: [("GET", f"/?q={one}") for one in (of.handle, of.canary)],
    "/find": lambda of: [
        ("GET", f"/find?{part}{asked}")
        for part in ("", "part=1&")
        for asked in (f"at={of.handle}", f"at={of.id}&q={of.canary}", f"at={MINE}&q={of.number}", f"q={of.canary}")
    ],
    "/organizations": lambda of: [
        ("GET", f"/organizations?{name}={one}") for name in ("q", "after") for one in (of.handle, of.canary)
    ],
    "/switcher": lambda of: [
        ("GET", f"/switcher?{asked}") for one in (of.handle, of.canary) for asked in (f"q={one}", f"here={one}")
    ],
    **pages_of_organizations(),
    "/approvals": lambda of: [("GET", f"/approvals?q={one}") for one in (of.handle, of.canary)],
    "/files/{token}": lambda of: [("GET", f"/files/{one}") for one in (of.export, of.invoice, of.id, of.session)],
    "/uploads/{token}": lambda of: [
        (method, f"/uploads/{one}") for method in ("GET", "POST") for one in (of.handle, of.id, of.session, of.export)
    ],
    "/keys/{page}": lambda of: [(method, f"/keys/{one}") for method in ("GET", "POST") for one in (of.handle, of.id)],
    "/.well-known/oauth-authorization-server": lambda _: [],
    "/oauth/authorize": lambda of: [
        ("GET", f"/oauth/authorize?client_id={one}&resource={HERE}/mcp/{of.handle}") for one in (of.handle, of.id)
    ],
    "/oauth/consent/{request}": lambda of: [
        (method, f"/oauth/consent/{one}") for method in ("GET", "POST") for one in (of.handle, of.session)
    ],
    "/oauth/register": lambda _: [("POST", "/oauth/register")],
    "/oauth/token": lambda _: [("POST", "/oauth/token")],
    "/oauth/revoke": lambda _: [("POST", "/oauth/revoke")],
    "/sign-in/provider": lambda of: [("GET", f"/sign-in/provider?next=/o/{one}") for one in (of.handle, of.id)],
    "/sign-in/provider/answer": lambda of: [("GET", f"/sign-in/provider/answer?state={of.id}&code={of.handle}")],
    **dict.fromkeys(
        (
            *("/sign-in", "/sign-in/password", "/sign-in/code", "/sign-in/passkey", "/sign-out"),
            *("/sign-in/again", "/sign-in/again/passkey", "/sign-in/again/password"),
            *("/account", "/account/name", "/account/codes", "/account/passkeys"),
            *("/account/password", "/account/password/remove"),
        ),
        lambda _: [],
    ),
    **{
        f"/account/{what}s/{act}": of_the_account(f"/account/{what}s/{act}?{what}=")
        for what, act in (("browser", "end"), ("connection", "end"), ("passkey", "remove"))
    },
    "/sign-in/link/{secret}": lambda of: [("GET", f"/sign-in/link/{one}") for one in (of.handle, of.id, of.session)],
    "/.well-known/oauth-protected-resource/{path:path}": lambda of: [
        ("GET", f"/.well-known/oauth-protected-resource/mcp/{one}") for one in (of.handle, of.id, f"k/{of.handle}")
    ],
    "/{path:path}": lambda of: [
        (method, path)
        for method in ("POST", "DELETE", "GET")
        for path in (f"/mcp/{of.handle}", f"/mcp/{of.id}", f"/mcp/{of.handle}/{of.invoice}", f"/{of.handle}")
    ],
}
"""How each route of the application is tried with what is another's; routes that take nothing try nothing."""


def routes_of(site: Site) -> set[str]:
    application: Any = site.app
    while not isinstance(application, Starlette):
        application = application._application
    assert all(isinstance(route, Route) for route in application.routes)
    return {route.path for route in application.routes if isinstance(route, Route)}


async def test_every_route_of_the_application_is_in_the_list(doors: Doors) -> None:
    assert routes_of(doors.site) == set(ROUTES), "a route without an entry in ROUTES is not tried by this suite"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", ROUTES)
async def test_every_route_answers_for_anothers_as_for_nobodys(same_doors: Doors, route: str) -> None:
    doors, known = same_doors, same_doors.twins.known
    for token in (doors.token, doors.key, "", PERSON):
        for their in (known["b"], known["c"]):
            ghost = their.never()
            for (method, real), (_, never) in zip(ROUTES[route](their), ROUTES[route](ghost), strict=True):
                answers = []
                for path, one in ((real, their), (never, ghost)):
                    answer = await knocked(doors, token, method, path.replace(MINE, known["a"].handle))
                    # Who is answered so was not let near enough to be told anything.
                    assert answer.status_code not in (429, 503), path
                    headers = {key: value for key, value in answer.headers.items() if key not in OF_THE_ANSWER}
                    answers.append((answer.status_code, masked(json.dumps(headers) + answer.text, one, _FRESH)))
                assert answers[0] == answers[1], (method, real)
                assert_nothing_of(their, answers[0][1], real, sent=real)


async def expect_to_be_let_in(doors: Doors) -> None:
    """The credentials still open what is their own: otherwise everything would be answered alike."""
    mine = doors.twins.known["a"].handle
    assert (await doors.visit.get(f"/o/{mine}/summary")).status_code == 200
    for token in (doors.token, doors.key):
        assert (await doors.site.modern("/mcp", token, "tools/list")).status_code == 200


PERSON = "a person at a browser"
OF_THE_ANSWER = {"content-length", "x-request-id"}
"""Headers that differ from one answer to the next."""


async def knocked(doors: Doors, token: str, method: str, path: str) -> httpx2.Response:
    """The answer to whoever brings this token, or to the person who is signed in."""
    if token != PERSON:
        return await doors.site.send(method, path, token)
    if method == "GET":
        return await doors.visit.get(path)
    return await doors.visit.post(path, **dict(parse_qsl(urlsplit(path).query)))


async def test_the_pages_show_ones_own_organization_and_nothing_of_its_twins(doors: Doors) -> None:
    known = doors.twins.known
    mine = known["a"]
    shown = set()
    for route in routes_of(doors.site):
        if route.startswith("/o/{handle}/") and route.count("{") == 1:
            answer = await doors.visit.get(f"{route.replace('{handle}', mine.handle)}?email={mail_of(mine)}")
            if answer.status_code == 404:
                continue
            shown.add(route.rpartition("/")[2])
            # A picture names nobody.
            is_page = answer.headers["content-type"].startswith("text/html")
            assert (answer.status_code, mine.handle in answer.text) == (200, is_page), route
            for their in (known["b"], known["c"]):
                assert_nothing_of(their, answer.text, route)
    assert shown >= {"connections", "people", "remove", "activity", "invoices", "customers", "items"}
    home = await doors.visit.get("/")
    assert (home.status_code, home.headers["location"]) == (303, f"/o/{mine.handle}/summary")
