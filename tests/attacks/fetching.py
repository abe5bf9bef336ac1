"""Attacks by whoever names an address that is fetched here: it leads into a network of ours, or changes on the way."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

import httpcore2

from server.oauth import fetching
from server.oauth.fetching import OF_STRANGERS, NotFetched, SocketOption, Target, fetch_json
from server.oauth.networks import Address
from tests.attacks.attack import Attack, Guard, Scene
from tests.support.elsewhere import LOOPBACK, Asked, Resolved, Told, reaching, served, told

URL = "https://programs.example/client.json"
PUBLIC = ipaddress.ip_address("127.0.0.2")
"""Counts as public where an attack says so; nobody listens there."""
_resolver: list[Resolved] = []


async def _unchecked(target: Target, guard: fetching.Guard) -> Sequence[Address]:
    return await guard.resolve(target.host, target.port)


class _AsksAgain(httpcore2.AsyncNetworkBackend):
    """Resolves the name anew when it connects, as libraries do."""

    def __init__(self, _: Sequence[Address]) -> None:
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - The library's own signature.
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        (address, *_) = await _resolver[-1](host, port)
        return await self._network.connect_tcp(str(address), port, timeout, local_address, socket_options)


ADDRESSES = Guard(fetching, "_checked", _unchecked)
PINNED = Guard(fetching, "_Pinned", _AsksAgain)
SIZE = Guard(fetching, "BYTES_MAX", 1 << 30)
FORM = Guard(fetching, "target_of", lambda url, guard: Target("programs.example", guard.https_port, "/client.json"))


def _named(*answers: Sequence[Address], admits: Callable[[Address], bool]) -> Callable[[Scene], Awaitable[str]]:
    """Whether something within is asked, where a name has these addresses, one answer after the other."""

    async def attempt(_: Scene) -> str:
        heard: list[Asked] = []

        async def answer(asked: Asked) -> Told:
            heard.append(asked)
            return told({"secret": "of the network"})

        async with served(answer) as port:
            guard, resolved = reaching(port, *answers)
            _resolver[:] = [resolved]
            with suppress(NotFetched):
                await fetch_json(URL, guard=replace(guard, admits=admits))
        return "asked" if heard else "not asked"

    return attempt


def _at(url: str) -> Callable[[Scene], Awaitable[str]]:
    async def attempt(_: Scene) -> str:
        async def answer(_: Asked) -> Told:
            return told({})

        async with served(answer) as port:
            guard, _resolved = reaching(port)
            try:
                await fetch_json(url, guard=guard)
            except NotFetched:
                return "not asked"
        return "asked"

    return attempt


async def _sends_very_much(_: Scene) -> str:
    async def answer(_: Asked) -> Told:
        return told({"name": "x" * 100_000})

    async with served(answer) as port:
        guard, _resolved = reaching(port)
        try:
            await fetch_json(URL, guard=guard)
        except NotFetched:
            return "not taken"
    return "taken"


ATTACKS = (
    *(
        Attack(
            f"a program's document is named at {what}",
            (ADDRESSES,),
            _named(found, admits=OF_STRANGERS.admits),
            "not asked",
            "asked",
        )
        for what, found in (
            ("an address of this machine", [LOOPBACK]),
            ("an address of this machine in the form of IPv6", [ipaddress.ip_address("::ffff:127.0.0.1")]),
            ("a name of which one address is of this machine", [LOOPBACK, ipaddress.ip_address("9.9.9.9")]),
        )
    ),
    Attack(
        "a name leads elsewhere when it is asked a second time",
        (PINNED,),
        _named([PUBLIC], [LOOPBACK], admits=lambda address: address == PUBLIC),
        "not asked",
        "asked",
    ),
    *(
        Attack(f"a program's document is named {what}", (FORM,), _at(url), "not asked", "asked")
        for what, url in (
            ("without encryption", "http://programs.example/client.json"),
            ("at another port", "https://programs.example:22/client.json"),
            ("by an address of digits", "https://127.0.0.1/client.json"),
            ("by a name of this machine", "https://localhost/client.json"),
            ("after a user's name", "https://programs.example@localhost/client.json"),
        )
    ),
    Attack("a program's document is very long", (SIZE,), _sends_very_much, "not taken", "taken"),
)
