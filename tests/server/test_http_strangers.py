"""Whoever sends nothing, half or too slowly is closed, and many of them shut nobody out.

F5 and F6: 750 silent connections without a credential used up the open files of the server; half a header was still
open after fifty seconds.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.http.connections import OpenConnections, line_of, vouch
from server.http.limits import Allowance
from tests.support.door import Door, Wire, door, get

QUICK = Allowance(head_seconds=1, body_seconds=1, idle_seconds=1)
PATIENT = Allowance(strangers=8, strangers_each=4, connections_each=3)
HEAD = b"POST / HTTP/1.1\r\nHost: door.example\r\nContent-Length: 100\r\n"
AS_KEY = "Authorization: yes"


async def polite(scope: Scope, receive: Receive, send: Send) -> None:
    """Vouches for whoever brings a header, reads the body, and answers."""
    request = Request(scope, receive)
    if "authorization" in request.headers:
        vouch(scope, request.headers["authorization"])
    if given := request.query_params.get("seconds"):
        line = line_of(scope)
        assert line is not None
        line.allow_body(int(given))
    try:
        body = b"" if request.url.path == "/deaf" else await request.body()
    except ClientDisconnect:
        return
    await PlainTextResponse(f"{len(body)} bytes")(scope, receive, send)


async def seconds_until_closed(wire: Wire, trickle: bytes = b"") -> float:
    """How long the connection lasts, on which a byte of `trickle` after the other is sent, ten a second."""
    began = time.monotonic()

    async def drip() -> None:
        for byte in trickle:
            await wire.send(bytes([byte]))
            await asyncio.wait({closed}, timeout=0.1)
            if closed.done():
                return

    closed = asyncio.create_task(wire.rest())
    with suppress(ConnectionError):
        await drip()
    await closed
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("first", "trickle"),
    [
        (b"", b""),
        (b"POST / HT", b""),
        (HEAD, b""),
        (HEAD, b"X-Slow: " + b"a" * 500),
        (HEAD + b"\r\n", b""),
        (HEAD + b"\r\n", b"a" * 90),
        (HEAD.replace(b" / ", b" /deaf ") + b"\r\n", b"a" * 90),
        (HEAD.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked") + b"\r\n", b"1\r\na\r\n" * 50),
        (get("/"), b""),
        (get("/"), b"GET / HTTP/1.1\r\nX: " + b"a" * 500),
        (get("/", AS_KEY), b""),
    ],
    ids=[
        "nothing",
        "half a line",
        "half a head",
        "a head that trickles",
        "no body",
        "a body that trickles",
        "a body that trickles and that nobody reads",
        "a body in pieces that trickle",
        "nothing after an answer",
        "a head that trickles after an answer",
        "a client with nothing more to ask",
    ],
)
async def test_what_does_not_arrive_in_time_is_closed(first: bytes, trickle: bytes) -> None:
    async with door(polite, QUICK) as at:
        lasted = await seconds_until_closed(await at.knock(first), trickle)
    assert 0.9 < lasted < 10


async def test_what_came_too_late_is_told_so_and_silence_is_not() -> None:
    async with door(polite, QUICK) as at:
        assert await (await at.knock()).rest() == b""
        for half in (HEAD, HEAD + b"\r\n"):
            said = await (await at.knock(half)).rest()
            assert said.startswith(b"HTTP/1.1 408 ")
            assert b"connection: close" in said.lower()


async def test_a_body_that_was_given_another_time_has_that_and_no_more() -> None:
    async with door(polite, QUICK) as at:
        given, usual = await at.knock(HEAD.replace(b" / ", b" /?seconds=60 ") + b"\r\n"), await at.knock(HEAD + b"\r\n")
        assert (await usual.rest()).startswith(b"HTTP/1.1 408 ")
        await given.send(b"a" * 100)
        assert await given.answer() == (200, b"100 bytes")
        # Of the next request it is not said.
        await given.send(HEAD + b"\r\n")
        assert (await given.rest()).startswith(b"HTTP/1.1 408 ")
    async with door(polite, Allowance(body_seconds=600)) as at:
        briefly = await at.knock(HEAD.replace(b" / ", b" /?seconds=1 ") + b"\r\n" + b"a" * 50)
        assert (await briefly.rest()).startswith(b"HTTP/1.1 408 ")


async def test_a_request_that_takes_its_time_within_the_limit_is_served() -> None:
    async with door(polite, Allowance(head_seconds=20, body_seconds=20)) as at:
        wire = await at.knock()
        for byte in HEAD + b"\r\n" + b"a" * 100:
            await wire.send(bytes([byte]))
        assert await wire.answer() == (200, b"100 bytes")
        await wire.send(get("/"))
        assert await wire.answer() == (200, b"0 bytes")


async def silent(at: Door, count: int) -> list[Wire]:
    return [await at.knock(HEAD if index % 2 else b"") for index in range(count)]


async def test_strangers_of_one_address_make_room_for_the_newest_so_that_a_client_among_them_gets_in() -> None:
    async with door(polite, PATIENT) as at:
        for _ in range(5):
            strangers = await silent(at, 20)
            client = await at.knock(get("/", AS_KEY))
            assert await client.answer() == (200, b"0 bytes")
            # Of the strangers four are left, the newest; of the others each was closed.
            assert [await one.rest() for one in strangers[:15]] == [b""] * 15


async def test_a_client_with_a_credential_is_not_closed_for_strangers() -> None:
    async with door(polite, PATIENT) as at:
        client = await at.knock(get("/", AS_KEY))
        assert await client.answer() == (200, b"0 bytes")
        strangers = await silent(at, 60)
        await client.send(get("/", AS_KEY))
        assert await client.answer() == (200, b"0 bytes")
        assert strangers[-1].is_open()


async def test_one_principal_keeps_so_many_connections_and_loses_the_one_longest_unused() -> None:
    async with door(polite, PATIENT) as at:
        kept = []
        for _ in range(4):
            kept.append(await at.knock(get("/", AS_KEY)))
            await kept[-1].answer()
        assert await kept[0].rest() == b""
        for one in kept[1:]:
            await one.send(get("/", AS_KEY))
            assert await one.answer() == (200, b"0 bytes")
        other = await at.knock(get("/", "Authorization: other"))
        assert await other.answer() == (200, b"0 bytes")
        assert kept[1].is_open()


class Seat:
    """A connection as `OpenConnections` sees it."""

    def __init__(self, *, is_busy: bool = False) -> None:
        self.is_busy = is_busy
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True


def dropped(seats: list[Seat]) -> list[int]:
    return [index for index, one in enumerate(seats) if one.dropped]


def book(**allowance: Any) -> OpenConnections:
    return OpenConnections(Allowance(**{"strangers": 6, "strangers_each": 4, "connections_each": 3} | allowance), 20)


def test_many_addresses_share_the_room_and_the_one_with_most_gives_way() -> None:
    one, hog, guests = book(), [Seat() for _ in range(4)], [Seat() for _ in range(4)]
    assert all(one.admit(seat, "192.0.2.1") for seat in hog)
    assert all(one.admit(seat, f"198.51.100.{index}") for index, seat in enumerate(guests))
    assert (dropped(hog), dropped(guests)) == ([0, 1], [])


def test_one_network_of_ipv6_is_one_address() -> None:
    one, seats = book(), [Seat() for _ in range(5)]
    assert all(one.admit(seat, f"2001:db8::{index}") for index, seat in enumerate(seats))
    assert dropped(seats) == [0]
    mapped = [Seat() for _ in range(2)]
    assert all(one.admit(seat, f"::ffff:192.0.2.{index}") for index, seat in enumerate(mapped))
    assert (dropped(seats), dropped(mapped)) == ([0], [])


def test_a_stranger_whose_request_has_arrived_is_not_closed_before_the_silent_ones() -> None:
    one, asking, seats = book(), Seat(is_busy=True), [Seat() for _ in range(4)]
    assert one.admit(asking, "192.0.2.1")
    assert all(one.admit(seat, "192.0.2.1") for seat in seats)
    assert (asking.dropped, dropped(seats)) == (False, [0])


def test_when_all_are_busy_the_new_one_is_refused_and_forgotten() -> None:
    one, clients = book(connections_each=100), [Seat(is_busy=True) for _ in range(20)]
    for index, seat in enumerate(clients):
        assert one.admit(seat, "192.0.2.1")
        one.vouch(seat, f"usr_{index}")
    late = Seat()
    assert not one.admit(late, "192.0.2.1")
    clients[3].is_busy = False
    assert one.admit(late, "192.0.2.1")
    assert (dropped(clients), late.dropped) == ([3], False)
    for seat in (*clients, late):
        one.leave(seat)
        one.leave(seat)
        one.vouch(seat, "usr_1")
    assert (one._places, one._groups, one._strangers) == ({}, {}, 0)
