"""The HTTP application: its routes, in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from invoicing.organizations import Clock
from operations.access import Office, Principal
from operations.authorization.sweeping import forget_expired
from operations.identity.passwords import Hashing
from operations.uploads import remove_expired
from server.http import answers, downloads, uploads
from server.http.catalogues import catalogue_server
from server.http.discovery import WELL_KNOWN, ProtectedResource, healthz
from server.http.downloads import Downloads, LinkSigner
from server.http.forms import Forms
from server.http.gate.addresses import Addresses
from server.http.gate.admission import Admission
from server.http.gate.answering import Answering
from server.http.gate.authentication import Authentication, ConnectionCredentials
from server.http.gate.bodies import Bodies
from server.http.gate.deadline import Deadline
from server.http.gate.dispatch import Catalogue, Dispatch, Entrances
from server.http.gate.scopes import StepUp
from server.http.gate.sessions import Sessions
from server.http.gate.standing import StandingRights
from server.http.handshake import HandshakeServer
from server.http.hosts import LinksHost
from server.http.limits import Allowance, Limiter, Transfers
from server.http.metrics import Meter
from server.http.observed import ANYTHING, Observed
from server.http.origins import AllowedOrigins
from server.http.plain import PlainServer
from server.http.questions import Questions
from server.http.safe_headers import SafeHeaders
from server.http.shared_limits import PURPOSE as PURPOSE_OF_LIMITS
from server.http.shared_limits import SharedLimits
from server.http.sweeping import now_and_then
from server.http.uploads import Uploads
from server.mcp import CounterfoilServer
from server.oauth import signing_in
from server.oauth.browsers import may_be_called_from_anywhere
from server.oauth.fetching import OF_OPERATOR, Guard, fetch_json
from server.oauth.programs import Fetch
from server.oauth.provider import Providers
from server.oauth.resources import ConnectionUrls
from server.oauth.routes import routes as authorization_routes
from server.observing.traces import PURPOSE, traces
from server.pages.identity.routes import routes as identity_routes
from server.pages.nowhere import Nowhere
from server.pages.routes import pages
from server.pages.visiting import Desk
from storage.folder.store import Store

_Run = Callable[[], AbstractAsyncContextManager[None]]
_READ = ["GET", "OPTIONS"]
NOBODY = Principal(user_id="", label="nobody")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Where the server listens and under which URL it is known, and where secret links lead, empty for the same; no URL
    has a slash at its end. `hashing` is how passwords are hashed.
    """

    port: int
    public_url: str
    links_url: str = ""
    allowance: Allowance = field(default_factory=Allowance)
    hashing: Hashing = field(default_factory=Hashing)


def http_application(
    store: Store,
    clock: Clock,
    settings: HttpSettings,
    *,
    questions: Questions | None = None,
    equip: Callable[[CounterfoilServer], None] = lambda _: None,
    fetch: Fetch = fetch_json,
    of_operator: Guard = OF_OPERATOR,
    meter: Meter | None = None,
) -> ASGIApp:
    """The application for one open data folder. `questions` are for whoever wants to end the waiting for answers before
    the application ends; `equip` adds to each MCP server, as benchmarks and tests do; `fetch` has what client programs
    say of themselves elsewhere; `of_operator` says where an identity provider that the operator has named may lie;
    `meter` shows the numbers of this process.
    """
    signer = LinkSigner(store.keys.key("links"), settings.public_url)
    if (spans := traces()) is not None:
        spans.key = store.keys.key(PURPOSE)
    office = _office(store, clock, settings, signer)
    asked = Questions(settings.allowance.asking) if questions is None else questions
    entrances, running, handshakes = {}, [], []
    for catalogue in Catalogue:
        server = catalogue_server(catalogue, store.keys.key("request states"))
        equip(server)
        handshakes.append(HandshakeServer(server.session_manager.app, asked))
        entrances[catalogue], of_catalogue = _entrances(server, handshakes[-1])
        running += of_catalogue
    allowance = settings.allowance
    downloading = Transfers(allowance.downloads, allowance.downloads_each)
    desk, urls = Desk.of(office, allowance), ConnectionUrls.of(port=settings.port, public_url=settings.public_url)
    known = Providers(office.latest, of_operator)
    limits = SharedLimits(store.directory, office.latest, store.keys.key(PURPOSE_OF_LIMITS))
    limiter = limits.limiter("calls", allowance)
    standing = StandingRights(Deadline(Dispatch(entrances), allowance), office)
    running += [
        *_sweeping(office, desk),
        standing.run,
        desk.exports.run,
        partial(asked.run, store.directory),
        limits.run,
    ]
    gate = _gate(office, standing, limiter, asked)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for run in running:
                await stack.enter_async_context(run())
            yield
            if asked.close():
                for handshake in handshakes:
                    await handshake.come_to_end()

    application = Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route(downloads.PATH, Downloads(office, signer, downloading), methods=["GET"]),
            Route(uploads.PATH, Uploads(office, settings.allowance), methods=["GET", "POST"]),
            *pages(desk),
            *identity_routes(desk),
            *authorization_routes(desk, urls, allowance, known, limits, fetch=fetch),
            *signing_in.routes(desk, known, allowance, limits),
            Route(WELL_KNOWN + "/{path:path}", ProtectedResource(settings.public_url).__call__, methods=_READ),
            *([meter.route(store)] if meter is not None else []),
            Route(ANYTHING, Nowhere(desk, gate)),
        ],
        lifespan=lifespan,
    )
    return _behind_hosts(application, settings.port, office)


def _office(store: Store, clock: Clock, settings: HttpSettings, signer: LinkSigner) -> Office:
    """The office of nobody yet: each request puts its own principal in."""
    return Office(
        store=store,
        principal=NOBODY,
        clock=clock,
        public_url=settings.public_url,
        links_url=settings.links_url or settings.public_url,
        link_to=signer.link_to,
        with_credential=True,
        hashing=settings.hashing,
    )


def _sweeping(office: Office, desk: Desk) -> list[_Run]:
    """What removes now and then what is over."""
    store = office.store
    return [
        partial(now_and_then, lambda: remove_expired(store, now=office.latest()), "files whose hour is over"),
        partial(now_and_then, lambda: desk.imports.sweep(office.latest()), "files that nobody has imported"),
        partial(now_and_then, partial(forget_expired, office), "requests and tokens that are over"),
    ]


def _behind_hosts(application: ASGIApp, port: int, office: Office) -> ASGIApp:
    """What every request passes before any route, and every answer after it."""
    origins = AllowedOrigins.of(port=port, public_url=office.public_url, links_url=office.links_url)
    hosts = LinksHost(application, public_url=office.public_url, links_url=office.links_url)
    return Observed(SafeHeaders(_OriginCheck(hosts, origins), office.public_url))


def _entrances(server: CounterfoilServer, handshake: HandshakeServer) -> tuple[Entrances, list[_Run]]:
    """The ways into an MCP server, and what runs around all its requests."""
    streaming, inner = server.session_manager, server.session_manager.app
    plain = StreamableHTTPSessionManager(
        inner, json_response=True, stateless=True, security_settings=streaming.security_settings
    )
    alone = PlainServer(inner)
    return Entrances(
        with_sessions=Forms(plain=alone, streaming=handshake, streams=server.streams, asks=server.asks),
        without=Forms(plain=plain.asgi_app, streaming=streaming.asgi_app, streams=server.streams, asks=server.asks),
    ), [streaming.run, plain.run, alone.run, handshake.run]


def _gate(office: Office, inner: ASGIApp, limiter: Limiter, questions: Questions) -> Answering:
    """The layers in front of the MCP servers: the last one here is the first that a request comes to."""
    allowance, credentials = limiter.allowance, ConnectionCredentials(office.public_url)
    in_session = Sessions(StepUp(inner, office.public_url), office, questions)
    admitted = Admission(Bodies(in_session, allowance), limiter)
    authenticated = Authentication(admitted, office, presented=credentials.presented, refused=credentials.refused)
    return Answering(Addresses(authenticated, office.public_url))


class _OriginCheck:
    """Hosts and origins are checked before any route."""

    def __init__(self, application: ASGIApp, allowed: AllowedOrigins) -> None:
        self._application = application
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._is_allowed(scope):
            await answers.forbidden_origin()(scope, receive, send)
            return
        await self._application(scope, receive, send)

    def _is_allowed(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if may_be_called_from_anywhere(scope["path"]):
            return self._allowed.serves(headers)
        return self._allowed.allows(headers)
