"""JSON that is fetched from elsewhere, with a guard: a stranger who names an address has us ask for it.

The name is resolved once, every answer is checked, and the connection goes to an address that was checked: whoever
answers for the name cannot change it in between. No redirect is followed, no cookie is kept, and nothing of the
environment (a proxy, a `.netrc`) has a say.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpcore2

from server.oauth.networks import Address, is_public, is_public_name
from server.oauth.plain_json import json_object

BYTES_MAX = 64 * 1024
URL_LENGTH_MAX = 2_000
ADDRESSES_TRIED = 3

Resolver = Callable[[str, int], Awaitable[Sequence[Address]]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

_JSON = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")


class NotFetched(Exception):
    """What was asked for cannot be had, or must not be. `reason` is our own text, and the same for all that a network
    says: it tells nobody what there is in it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Busy(NotFetched):
    """It was not asked for, because so much else is."""

    def __init__(self) -> None:
        super().__init__("Too much is being fetched at this moment: try again in a few seconds.")


class SystemResolver:
    """Finds all addresses of a name as this machine resolves it, in threads of its own: a look-up cannot be cut
    short, and names that strangers choose for taking long keep nobody else waiting: there are more threads than places.
    """

    def __init__(self, threads: int = 32) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolving")

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        return [ip_address(place[0]) for *_, place in found]


@cache
def trusted_authorities() -> ssl.SSLContext:
    """The authorities whose certificates this machine trusts."""
    return httpcore2.default_ssl_context()


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    host: str
    since: float
    scope: anyio.CancelScope


@dataclass(slots=True)
class Places:
    """How many fetches may be under way at once, and how many of them at one host. Where all places are taken, the one
    that has taken longest makes room, once it has taken `slow_seconds`: hosts that answer slowly keep no others out.
    """

    at_once: int = 16
    at_one_host: int = 2
    slow_seconds: int = 1
    _taken: list[_Place] = field(default_factory=list)

    @contextmanager
    def taken(self, host: str) -> Iterator[None]:
        """Take a place for as long as it takes.

        Raises:
            Busy: there is none.
            NotFetched: it took long, and had to make room.
        """
        now, under_way = anyio.current_time(), [one for one in self._taken if not one.scope.cancel_called]
        if sum(one.host == host for one in self._taken) >= self.at_one_host:
            raise Busy
        if len(under_way) >= self.at_once:
            if now - under_way[0].since < self.slow_seconds:
                raise Busy
            under_way[0].scope.cancel()
        place = _Place(host, now, anyio.CancelScope())
        self._taken.append(place)
        try:
            with place.scope:
                yield
        finally:
            self._taken.remove(place)
        if place.scope.cancelled_caught:
            raise NotFetched("The host takes too long to answer.")


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be asked for: at addresses that `admits` says, of hosts with a public name and on the one port of HTTPS
    unless `anywhere`, within so many milliseconds in all.
    """

    admits: Callable[[Address], bool] = is_public
    https_port: int = 443
    anywhere: bool = False
    resolve: Resolver = field(default_factory=SystemResolver)
    trust: Callable[[], ssl.SSLContext] = trusted_authorities
    milliseconds: int = 5_000
    places: Places = field(default_factory=Places)


OF_STRANGERS = Guard()
"""For what somebody unknown names: public addresses alone."""

OF_OPERATOR = Guard(admits=lambda _: True, anywhere=True, places=Places(at_one_host=16, slow_seconds=60))
"""For what the operator of the installation has named, which may lie in a network of its own."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, taken apart once: what is checked is what is asked."""

    host: str
    port: int
    path: str


async def fetch_json(url: str, *, guard: Guard = OF_STRANGERS) -> dict[str, Any]:
    """The JSON object at a URL.

    Raises:
        NotFetched: the guard forbids it, or there is no such thing there.
    """
    status, answer = await ask_json(url, guard=guard)
    if status != 200:
        raise NotFetched("The host does not answer with it.")
    return answer


async def ask_json(
    url: str, *, guard: Guard, form: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of an answer; where there is a `form`, it is sent.

    Raises:
        NotFetched: the guard forbids it, or what answers is no JSON object.
    """
    target = target_of(url, guard)
    with guard.places.taken(target.host):
        try:
            with anyio.fail_after(guard.milliseconds / 1_000):
                return await _ask(target, guard, form, headers or {})
        except (httpcore2.TimeoutException, TimeoutError):
            raise NotFetched("The host takes too long to answer.") from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError):
            raise NotFetched("The host cannot be reached.") from None


def target_of(url: str, guard: Guard = OF_STRANGERS) -> Target:
    """Where a URL leads.

    Raises:
        NotFetched: it has not the form that is allowed.
    """
    if len(url) > URL_LENGTH_MAX or not re.fullmatch(r"https://[!-\[\]-~]+", url) or "#" in url:
        raise NotFetched("Only a URL that begins with https:// and has no fragment is fetched.")
    try:
        parts = urlsplit(url)
        port = guard.https_port if parts.port is None else parts.port
    except ValueError:
        raise NotFetched("This is no URL.") from None
    host = (parts.hostname or "").lower()
    if "@" in parts.netloc or not host or not (guard.anywhere or is_public_name(host)):
        raise NotFetched("Only a host with a name of its own is asked, without a user's name or password.")
    if port != guard.https_port and not guard.anywhere:
        raise NotFetched(f"Only the port {guard.https_port} is asked.")
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


async def _ask(
    target: Target, guard: Guard, form: bytes | None, headers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    request = httpcore2.Request(
        "GET" if form is None else "POST",
        httpcore2.URL(scheme=b"https", host=target.host, port=target.port, target=target.path),
        headers=_headers(target, guard, form, headers),
        content=form,
    )
    backend = _Pinned(await _checked(target, guard))
    async with httpcore2.AsyncConnectionPool(guard.trust(), network_backend=backend, max_connections=1) as pool:
        response = await pool.handle_async_request(request)
        try:
            return response.status, _object(await _body(response))
        finally:
            await response.aclose()


def _headers(target: Target, guard: Guard, form: bytes | None, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    host = target.host if target.port == guard.https_port else f"{target.host}:{target.port}"
    given = {"Host": host, "Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Counterfoil"}
    if form is not None:
        given |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form))}
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in (given | dict(more)).items()]


async def _checked(target: Target, guard: Guard) -> Sequence[Address]:
    """The addresses of the host: all of them allowed, or none is asked."""
    found = await guard.resolve(target.host, target.port)
    if not found or not all(guard.admits(address) for address in found):
        raise NotFetched("The host cannot be reached.")
    return found


async def _body(response: httpcore2.Response) -> bytes:
    told = {name.lower(): value for name, value in response.headers}
    kind = told.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    if not _JSON.fullmatch(kind) or told.get(b"content-encoding", b"identity").lower() != b"identity":
        raise NotFetched("The host does not answer with JSON.")
    body = b""
    async for part in response.aiter_stream():
        body += part
        if len(body) > BYTES_MAX:
            raise NotFetched(f"The answer is larger than {BYTES_MAX:,} bytes.")
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        return json_object(body)
    except ValueError:
        raise NotFetched("The host does not answer with a JSON object.") from None


class _Pinned(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that were checked, whatever the name means by now; the certificate is still the
    name's.
    """

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses[:ADDRESSES_TRIED]
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - The library's own signature.
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: httpcore2.NetworkError = httpcore2.ConnectError("no address")
        for address in self._addresses:
            try:
                return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore2.NetworkError as fault:
                failure = fault
        raise failure
