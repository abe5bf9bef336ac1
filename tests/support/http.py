"""Counterfoil over HTTP: the application in this process or a real server process, and clients of both."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.types import ASGIApp, Message

from invoicing.organizations import EVERYTHING, READ_ONLY, Clock, CredentialKind, OrganizationRef
from operations.access import Office, open_books
from operations.credentials import create_key, create_token
from operations.known_credentials import list_credentials, revoke_credential
from operations.rights import Right
from server.http.application import HttpSettings, http_application
from server.http.limits import Allowance
from server.http.metrics import Meter
from server.mcp import CounterfoilServer
from server.oauth.fetching import OF_OPERATOR, Guard, fetch_json
from server.oauth.programs import Fetch
from storage.folder.store import Store
from tests.support.assistant import Assistant, Era
from tests.support.begun import Begun
from tests.support.identity import CHEAP
from tests.support.practice import Practice, new_customer, practice
from tests.support.stores import environment

ROOT = Path(__file__).parents[2]
PORT = 8750
HERE = f"http://127.0.0.1:{PORT}"
"""Where the application in this process believes it listens."""
ROOMY = Allowance(
    per_second=100_000, burst=1_000_000, at_once=1_000, programs_per_second=100_000, programs_burst=1_000_000
)
MODERN = "2026-07-28"
LEGACY = "2025-06-18"
BAKERY, FINCH = "harbour-bakery-sandbox", "finch-studio-sandbox"
LINES = [{"description": "Bookkeeping", "quantity": 1, "unit_price": "10"}]
_CLIENT = {"name": "test", "version": "1"}
_META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": _CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


@dataclass(frozen=True, slots=True)
class Site:
    """A served Counterfoil: `app` is the application where it is in this process."""

    url: str
    app: ASGIApp | None = None

    def http(self, token: str = "", **headers: str) -> httpx2.AsyncClient:
        """A plain HTTP client that brings this token."""
        transport = httpx2.ASGITransport(self.app) if self.app else None
        given = bearer(token) | headers
        # Nothing here is encrypted: certificates are not even loaded, which takes longer than a request.
        return httpx2.AsyncClient(base_url=self.url, headers=given, transport=transport, timeout=60, verify=False)

    @asynccontextmanager
    async def chat(self, token: str = "", path: str = "/mcp", era: Era = "auto") -> AsyncIterator[Assistant]:
        """A conversation of the SDK's client over a connection of this site; `path` may be a whole URL."""
        url = path if path.startswith("http") else self.url + path
        async with self.http(token) as http, Client(streamable_http_client(url, http_client=http), mode=era) as client:
            yield Assistant(client)

    async def send(self, method: str, path: str, token: str = "", **options: Any) -> httpx2.Response:
        """One request; the path is sent as it is written, percent signs, dots and all."""
        url = httpx2.URL(self.url).copy_with(raw_path=path.encode())
        async with self.http(token) as http:
            return await http.request(method, url, **options)

    async def rpc(
        self, path: str, token: str, method: str, *, session: str = "", request_id: int = 1, **params: Any
    ) -> httpx2.Response:
        """One message of the handshake era, in the session of this identifier; a notification with `request_id` 0."""
        headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": LEGACY}
        headers |= {"Mcp-Session-Id": session} if session else {}
        body = {"jsonrpc": "2.0", "method": method, "params": params} | ({"id": request_id} if request_id else {})
        return await self.send("POST", path, token, headers=headers, json=body)

    async def modern(
        self, path: str, token: str, method: str, *, request_id: int = 1, **params: Any
    ) -> httpx2.Response:
        """One request of revision 2026-07-28."""
        return await self.send(
            "POST",
            path,
            token,
            headers=modern_headers(method, params),
            json={"jsonrpc": "2.0", "id": request_id, "method": method, "params": params | {"_meta": _META}},
        )

    async def initialize(self, path: str, token: str) -> httpx2.Response:
        """The first message of the handshake."""
        asked: dict[str, Any] = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": _CLIENT}
        return await self.rpc(path, token, "initialize", **asked)

    async def begin(self, path: str, token: str) -> str:
        """A new session, after the whole handshake."""
        answer = await self.initialize(path, token)
        assert answer.status_code == 200, answer.text
        session = answer.headers["mcp-session-id"]
        told = await self.rpc(path, token, "notifications/initialized", session=session, request_id=0)
        assert told.status_code == 202, told.text
        return str(session)


def modern_headers(method: str, params: dict[str, Any]) -> dict[str, str]:
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": MODERN, "Mcp-Method": method}
    return headers | ({"Mcp-Name": params["name"]} if "name" in params else {})


def message_of(response: httpx2.Response) -> dict[str, Any]:
    """The JSON-RPC answer that a response carries, as JSON or as an event."""
    text = response.text
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        text = next(line[6:] for line in reversed(text.splitlines()) if line.startswith("data: {"))
    message: dict[str, Any] = json.loads(text)
    return message


@asynccontextmanager
async def site_of(
    store: Store,
    clock: Clock,
    *,
    allowance: Allowance = ROOMY,
    equip: Callable[[CounterfoilServer], None] = lambda _: None,
    fetch: Fetch = fetch_json,
    of_operator: Guard = OF_OPERATOR,
    meter: Meter | None = None,
) -> AsyncIterator[Site]:
    """The application on an open store, in this process, as a server would run it."""
    settings = HttpSettings(port=PORT, public_url=HERE, allowance=allowance, hashing=CHEAP)
    more: Any = {"equip": equip, "fetch": fetch, "of_operator": of_operator, "meter": meter}
    application = http_application(store, clock, settings, **more)
    async with running(application):
        yield Site(HERE, application)


@asynccontextmanager
async def running(application: ASGIApp) -> AsyncIterator[ASGIApp]:
    """The application, started and ended as a server would."""
    said: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}

    async def run() -> None:
        await application(scope, said.get, told.put)

    served = asyncio.create_task(run())
    said.put_nowait({"type": "lifespan.startup"})
    assert await told.get() == {"type": "lifespan.startup.complete"}
    try:
        yield application
    finally:
        said.put_nowait({"type": "lifespan.shutdown"})
        await served


@dataclass(slots=True)
class Credentials:
    """Makes credentials with the owner's office, and remembers every secret that it made."""

    office: Office
    secrets: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, one: Practice) -> Credentials:
        return cls(one.office)

    async def token(self, email: str = "", *, read_only: bool = False, days: int = 0) -> str:
        """A personal token, of the owner unless an address is given."""
        of = email or self.office.principal.label
        made = await create_token(self.office, of, scopes=READ_ONLY if read_only else EVERYTHING, expires_in_days=days)
        return self._kept(made.secret)

    async def key(self, organization: OrganizationRef, *, read_only: bool = False, days: int = 0) -> str:
        """An API key of the organization."""
        options: Any = {
            "kind": CredentialKind.KEY,
            "scopes": READ_ONLY if read_only else EVERYTHING,
            "expires_in_days": days,
        }
        return self._kept((await create_key(self.office, organization, "till", **options)).secret)

    async def link(self, organization: OrganizationRef, *, read_only: bool = False, days: int = 0) -> str:
        """The key of a secret link of the organization."""
        options: Any = {
            "kind": CredentialKind.LINK,
            "scopes": READ_ONLY if read_only else EVERYTHING,
            "expires_in_days": days,
        }
        return self._kept((await create_key(self.office, organization, "chat", **options)).secret)

    async def revoke(self, kind: str, secret: str = "") -> None:
        """Revoke the credential with this secret, or the newest of its kind."""
        of_kind = CredentialKind(kind)
        known = await list_credentials(self.office, kind=of_kind, organization=None)
        chosen = next(one for one in known if secret.startswith(one.prefix) or not secret)
        await revoke_credential(self.office, kind=of_kind, key=chosen.id)

    def _kept(self, secret: str) -> str:
        self.secrets.append(secret)
        return secret


@dataclass(slots=True)
class RealServer:
    """A server process. What it said on standard error is in the file `said`."""

    site: Site
    process: asyncio.subprocess.Process
    said: Path

    async def stop(self) -> None:
        """End it in good order, as an operator would."""
        self.process.terminate()
        assert await asyncio.wait_for(self.process.wait(), 30) == 0, self.said.read_text("utf-8")


@dataclass(frozen=True, slots=True)
class House:
    """A served practice with two sandbox clients, each with the customer Hotel Bristol."""

    one: Practice
    site: Site
    credentials: Credentials
    bakery: OrganizationRef
    finch: OrganizationRef


@asynccontextmanager
async def house(
    root: Path,
    *,
    allowance: Allowance = ROOMY,
    equip: Callable[[CounterfoilServer], None] = lambda _: None,
    fetch: Fetch = fetch_json,
) -> AsyncIterator[House]:
    """The practice in a new folder, served in this process."""
    served: Any = {"allowance": allowance, "equip": equip, "fetch": fetch}
    clients = ("Harbour Bakery", "Finch Studio")
    async with practice(root, more_clients=clients, fill=_each_has_a_customer) as one:
        bakery, finch = one.clients
        async with site_of(one.store, one.clock, **served) as site:
            yield House(one, site, Credentials.of(one), bakery, finch)


async def _each_has_a_customer(office: Office, begun: Begun) -> None:
    for client in begun.clients:
        await new_customer(open_books(office, client, Right.ISSUE))


def whole(answer: httpx2.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """All of an answer but the id of its request, which is another one each time."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
    return answer.status_code, headers, answer.content


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@asynccontextmanager
async def real_server(
    data: Path, *, port: int = 0, files: int = 0, settings: Mapping[str, str] | None = None, workers: int = 1
) -> AsyncIterator[RealServer]:
    """`counterfoil serve` on a data folder, answering when this answers; killed at the end unless it has ended.

    `files` is how many it may open, 0 for as many as we; `settings` are variables of its environment; `workers` is how
    many processes serve.
    """
    port = port or free_port()
    said = data.parent / f"said-{port}.txt"
    command = [sys.executable, "-m", "server", "serve", "--data", str(data), "--port", str(port)]
    command += ["--workers", str(workers)] if workers > 1 else []
    if files:
        command = ["bash", "-c", f'ulimit -n {files} && exec "$0" "$@"', *command]
    with said.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=output, stderr=output, cwd=ROOT, env=os.environ | environment(data) | dict(settings or {})
        )
    site = Site(f"http://127.0.0.1:{port}")
    ended = asyncio.create_task(process.wait())
    try:
        await _answers(site, ended, said)
        yield RealServer(site, process, said)
    finally:
        if process.returncode is None:
            process.kill()
        await ended


async def _answers(site: Site, ended: asyncio.Task[int], said: Path) -> None:
    async with asyncio.timeout(180), site.http() as http:
        while True:
            # Whoever ends before it answers has failed to start; meanwhile this is asked fifty times a second.
            await asyncio.wait([ended], timeout=0.02)
            assert not ended.done(), said.read_text("utf-8")
            try:
                answer = await http.get("/healthz")
            except httpx2.TransportError:
                continue
            assert answer.json() == {"status": "ok"}
            return
