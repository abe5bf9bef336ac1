"""What two readers could take for different requests is refused, and the connection closed.

F7: a request with both Content-Length and Transfer-Encoding was read as two requests: behind a proxy that goes by the
other header, the second is put into somebody else's mouth.
"""

from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server.http.framing import Awaited, Framing
from server.http.limits import Allowance
from tests.support.door import door, get

ALLOWANCE = Allowance(head_seconds=5, body_seconds=5)
SMUGGLED = get("/smuggled")
HOST = b"Host: door.example\r\n"
# What Java's client sends of itself with its first request.
UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"
PIECES = b"Transfer-Encoding: chunked\r\n"


def post(fields: bytes, body: bytes, *, version: bytes = b"1.1", target: bytes = b"/") -> bytes:
    return b"POST " + target + b" HTTP/" + version + b"\r\n" + HOST + fields + b"\r\n" + body


AMBIGUOUS = {
    "both lengths": post(b"Content-Length: 5\r\n" + PIECES, b"0\r\n\r\n" + SMUGGLED),
    "both lengths, the other way round": post(PIECES + b"Content-Length: 5\r\n", b"0\r\n\r\n" + SMUGGLED),
    "a length of nothing beside pieces": post(PIECES + b"Content-Length: 0\r\n", b"0\r\n\r\n" + SMUGGLED),
    "two lengths": post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"abcdef" + SMUGGLED),
    "the same length twice": post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"abcde" + SMUGGLED),
    "a list of lengths": post(b"Content-Length: 5, 5\r\n", b"abcde" + SMUGGLED),
    "a length with a sign": post(b"Content-Length: +5\r\n", b"abcde" + SMUGGLED),
    "an empty length": post(b"Content-Length:\r\n", SMUGGLED),
    "a length in hexadecimal": post(b"Content-Length: 0x5\r\n", b"abcde" + SMUGGLED),
    "a length with a space before the colon": post(b"Content-Length : 5\r\n", b"abcde" + SMUGGLED),
    "a folded header": post(b"Content-Length: 5\r\nX: a\r\n b\r\n", b"abcde" + SMUGGLED),
    "a folded length": post(b"Content-Length:\r\n 5\r\n", b"abcde" + SMUGGLED),
    "a folded encoding": post(b"Transfer-Encoding:\r\n\tchunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "an encoding that is not chunked": post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "an encoding that is none": post(b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", b"abcde" + SMUGGLED),
    "an encoding that looks like chunked": post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "two encodings": post(PIECES + PIECES, b"0\r\n\r\n" + SMUGGLED),
    "pieces before HTTP/1.1": post(PIECES, b"0\r\n\r\n" + SMUGGLED, version=b"1.0"),
    "a version that is not served": post(b"Content-Length: 0\r\n", b"", version=b"2.0"),
    "a version that was never made": post(b"Content-Length: 0\r\n", b"", version=b"1.2"),
    "lines that end in LF": post(b"Content-Length: 5\n", b"abcde" + SMUGGLED),
    "a head that ends in LF": get("/").replace(b"\r\n\r\n", b"\n\n") + SMUGGLED,
    "only LF": get("/").replace(b"\r", b""),
    "CR in a header": post(b"X: a\rContent-Length: 5\r\n", b"abcde" + SMUGGLED),
    "an absolute URL of another host": post(b"Content-Length: 0\r\n", b"", target=b"http://evil.example/"),
    "an absolute URL": post(b"Content-Length: 0\r\n", b"", target=b"http://door.example/"),
    "an authority": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "two hosts": post(b"Host: evil.example\r\n", b""),
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a piece with a negative length": post(PIECES, b"-1\r\n\r\n" + SMUGGLED),
    "a piece that is longer than it says": post(PIECES, b"1\r\nab\r\n0\r\n\r\n" + SMUGGLED),
    "pieces whose end is LF": post(PIECES, b"1\r\na\r\n0\r\n\n" + SMUGGLED),
    "pieces with LF after the length": post(PIECES, b"1\na\r\n0\r\n\r\n" + SMUGGLED),
    "a header after the pieces": post(PIECES, b"1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n" + SMUGGLED),
    "a header too long": post(b"X: " + b"a" * 70_000 + b"\r\n", b""),
    "a head too long": post(b"X: a\r\n" * 3_000, b""),
    "half a head too long": post(b"X: " + b"a" * 16_384, b"").removesuffix(b"\r\n"),
    "a length in words": post(b"Content-Length: five\r\n", b"abcde" + SMUGGLED),
    "a length without end": post(b"Content-Length: " + b"9" * 19 + b"\r\n", b"abcde" + SMUGGLED),
    "a negative length": post(b"Content-Length: -5\r\n", b"abcde" + SMUGGLED),
    "digits that are not ASCII": post(b"Content-Length: \xb2\r\n", b"ab" + SMUGGLED),
    "an encoding with a parameter": post(b"Transfer-Encoding: chunked;q=1\r\n", b"0\r\n\r\n" + SMUGGLED),
    "an encoding twice in one header": post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "an empty encoding": post(b"Transfer-Encoding:\r\n", b"0\r\n\r\n" + SMUGGLED),
    "an encoding with a space before the colon": post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "a folded first header": get("/").replace(b"Host:", b" Host:") + SMUGGLED,
    "a line without a colon": post(b"Content-Length\r\n", SMUGGLED),
    "a header without a name": post(b": 5\r\n", SMUGGLED),
    "a header's name with a control character": post(b"Content-Length\x00: 5\r\n", b"abcde" + SMUGGLED),
    "a header's name that is not ASCII": post(b"Content-L\xe9ngth: 5\r\n", b"abcde" + SMUGGLED),
    "a NUL in a header": post(b"X: a\x00b\r\n", SMUGGLED),
    "a vertical tab in a header": post(b"X: a\x0bb\r\n", SMUGGLED),
    "a DEL in a header": post(b"X: a\x7fb\r\n", SMUGGLED),
    "CR before CRLF": post(b"X: a\r\r\n", SMUGGLED),
    "an empty line first": b"\r\n" + get("/"),
    "a space first": b" " + get("/"),
    "another protocol": b"\x16\x03\x01\x02\x00\x01",
    "two spaces in the first line": get("/").replace(b" /", b"  /"),
    "a tab in the first line": get("/").replace(b" /", b"\t/"),
    "a space after the version": get("/").replace(b"HTTP/1.1", b"HTTP/1.1 "),
    "a version in small letters": get("/").replace(b"HTTP/1.1", b"http/1.1"),
    "a version of two digits": get("/").replace(b"HTTP/1.1", b"HTTP/1.10"),
    "no version": b"GET /\r\n" + HOST + b"\r\n",
    "a method that is none": get("/").replace(b"GET", b"G(T"),
    "a target that is not ASCII": get("/").replace(b" / ", b" /\xc3\xa9 "),
    "a target with a control character": get("/").replace(b" / ", b" /\x01 "),
    "a target with a fragment": get("/").replace(b" / ", b" /a#b "),
    "a tunnel to a path": get("/").replace(b"GET", b"CONNECT"),
    "an upgrade with both lengths": post(
        b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n" + PIECES, b"0\r\n\r\n" + SMUGGLED
    ),
    "a piece with no length": post(PIECES, b"\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "a piece with 0x before its length": post(PIECES, b"0x1\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "a piece with a space before its length": post(PIECES, b" 1\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "a piece whose length is too long": post(PIECES, b"0" * 16 + b"1\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "a piece with much beside its length": post(PIECES, b"1;" + b"a" * 300 + b"\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "a piece with CR beside its length": post(PIECES, b"1;a\rb\r\na\r\n0\r\n\r\n" + SMUGGLED),
    "a piece that ends in LF": post(PIECES, b"1\r\na\n0\r\n\r\n" + SMUGGLED),
    "a piece that ends in CR": post(PIECES, b"1\r\na\r0\r\n\r\n" + SMUGGLED),
    "a last piece that ends in LF": post(PIECES, b"1\r\na\r\n0\n\r\n" + SMUGGLED),
}


class Seen:
    """Answers, and remembers what it was asked for; `early` answers before the body has arrived."""

    def __init__(self, *, early: bool = False) -> None:
        self.paths: list[str] = []
        self.early = early

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.paths.append(request.url.path)
        body = b"" if self.early else await request.body()
        await PlainTextResponse(body)(scope, receive, send)


async def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed() -> None:
    seen = Seen()
    async with door(seen, ALLOWANCE) as at:
        # The head of a body in pieces may be in order: what is served is told that its client has left.
        for name, sent in AMBIGUOUS.items():
            said = await (await at.knock(sent)).rest()
            assert seen.paths in ([], ["/"]), name
            seen.paths.clear()
            assert said.startswith(b"HTTP/1.1 400 "), name
            assert said.count(b"HTTP/1.1 ") == 1, name
            assert b"connection: close" in said.lower(), name


@pytest.mark.parametrize("name", ["a piece with a negative length", "pieces whose end is LF"])
async def test_a_body_that_breaks_after_its_answer_closes_the_connection(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen = Seen(early=True)
    async with door(seen, ALLOWANCE) as at:
        head, end, body = AMBIGUOUS[name].partition(b"\r\n\r\n")
        wire = await at.knock(head + end)
        assert await wire.answer() == (200, b"")
        await wire.send(body)
        assert await wire.rest() == b""
    assert seen.paths == ["/"]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (post(b"Content-Length: 5\r\n", b"abcde"), b"abcde"),
        (post(b"cOnTeNt-LeNgTh:5\r\n", b"abcde"), b"abcde"),
        (post(PIECES, b"2;note=x\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"), b"abcde"),
        (post(b"transfer-encoding: Chunked\r\n", b"1\r\n\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n"), b"\n\r\n\r\n"),
        (get("/?a=http://evil.example"), b""),
        (get("//evil.example"), b""),
        (post(b"Content-Length: \t5 \r\nX:\tna\xc3\xafve \r\n", b"abcde"), b"abcde"),
        (post(PIECES, b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n"), b"a" * 20_000),
        (post(UPGRADE + b"Content-Length: 5\r\n", b"abcde"), b"abcde"),
        (post(UPGRADE + PIECES, b"5\r\nabcde\r\n0\r\n\r\n"), b"abcde"),
        (get("/", "Connection: Upgrade", "Upgrade: websocket"), b""),
    ],
)
async def test_what_is_in_order_is_served_twice_on_one_connection(sent: bytes, body: bytes) -> None:
    async with door(Seen(), ALLOWANCE) as at:
        wire = await at.knock()
        for cut in (len(sent) // 2, 1):
            await wire.send(sent[:cut])
            await wire.send(sent[cut:])
            assert await wire.answer() == (200, body)


async def test_requests_sent_at_once_are_answered_in_order() -> None:
    async with door(Seen(), ALLOWANCE) as at:
        wire = await at.knock(post(b"Content-Length: 1\r\n", b"a") + post(PIECES, b"1\r\nb\r\n0\r\n\r\n") + get("/"))
        assert [await wire.answer() for _ in range(3)] == [(200, b"a"), (200, b"b"), (200, b"")]


@pytest.mark.parametrize("size", [1, 7])
async def test_it_does_not_matter_in_what_parts_the_bytes_come(size: int) -> None:
    sent = post(b"Content-Length: 1\r\n", b"a") + post(UPGRADE + PIECES, b"1;x=y\r\nb\r\n0\r\n\r\n") + get("/")
    framing, parts = Framing(16_384), []
    for at in range(0, len(sent), size):
        framing.take(sent[at : at + size])
        while given := framing.give():
            parts.append(given)
            if framing.awaited is Awaited.NOTHING:
                parts.append(b"|")
                framing.next_request()
    whole = b"".join(parts)
    assert (whole.count(b"|"), whole.replace(b"|", b"")) == (3, sent.replace(b"Upgrade: h2c\r\n", b""))


async def test_a_client_that_sends_request_upon_request_unanswered_is_read_no_further() -> None:
    release = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await release.wait()
        await PlainTextResponse("done")(scope, receive, send)

    count = 2_000
    async with door(slow, ALLOWANCE) as at:
        wire = await at.knock()
        sending = asyncio.create_task(wire.send(get("/", "X: " + "a" * 8_000) * count))
        done, _ = await asyncio.wait({sending}, timeout=1)
        assert not done
        release.set()
        for _ in range(count):
            assert await wire.answer() == (200, b"done")
