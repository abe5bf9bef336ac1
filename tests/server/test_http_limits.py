"""Limits per principal: whoever asks too much waits, and nobody else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from anyio.lowlevel import checkpoint
from mcp.server.mcpserver.tools import Tool

from server.http.limits import _PRINCIPALS_MAX, BODY_BYTES_MAX, Allowance, Limiter
from server.mcp import CounterfoilServer
from tests.support.http import BAKERY, FINCH, House, house, message_of
from tests.support.practice import Practice


@dataclass(slots=True)
class Watch:
    """Milliseconds that pass when a test says so."""

    now: int = 1_000_000

    def __call__(self) -> int:
        return self.now


def limiter(watch: Watch, *, per_second: int = 2, burst: int = 3, at_once: int = 10) -> Limiter:
    return Limiter(Allowance(per_second=per_second, burst=burst, at_once=at_once), watch)


def asked(one: Limiter, principal: str = "usr_1") -> int:
    """A request that is over at once."""
    seconds = one.enter(principal)
    if not seconds:
        one.leave(principal)
    return seconds


def test_a_burst_is_let_in_and_then_so_many_a_second() -> None:
    watch = Watch()
    one = limiter(watch)
    assert [asked(one) for _ in range(5)] == [0, 0, 0, 1, 1]
    watch.now += 499
    assert asked(one) == 1
    watch.now += 1
    assert [asked(one) for _ in range(2)] == [0, 1]
    watch.now += 3_600_000
    assert [asked(one) for _ in range(4)] == [0, 0, 0, 1]


def test_the_seconds_to_wait_are_enough() -> None:
    watch = Watch()
    one = limiter(watch, per_second=1, burst=1)
    assert asked(one) == 0
    wait = asked(one)
    watch.now += wait * 1000
    assert asked(one) == 0


def test_so_many_are_under_way_at_once_and_each_gives_its_place_back() -> None:
    one = limiter(Watch(), burst=100, at_once=2)
    assert [one.enter("usr_1") for _ in range(3)] == [0, 0, 1]
    one.leave("usr_1")
    assert [one.enter("usr_1") for _ in range(2)] == [0, 1]
    for _ in range(5):
        one.leave("usr_1")
    assert [one.enter("usr_1") for _ in range(3)] == [0, 0, 1]


def test_principals_do_not_share_and_those_long_unused_are_forgotten() -> None:
    one = limiter(Watch(), burst=1)
    assert (one.enter("busy"), one.enter("busy"), one.enter("other")) == (0, 1, 0)
    for index in range(_PRINCIPALS_MAX + 10):
        assert asked(one, f"usr_{index}") == 0
    assert len(one._accounts) == _PRINCIPALS_MAX
    # Who has a request under way is not forgotten, and gains nothing by it.
    assert asked(one, "busy") == 1


@dataclass(slots=True)
class Gatekeeper:
    """Equips servers with the tool `wait`, which answers when the test says so."""

    entered: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def equip(self, server: CounterfoilServer) -> None:
        async def wait() -> str:
            """Wait."""
            self.entered.put_nowait(None)
            await self.go_on.wait()
            return "ok"

        server.add_listed(Tool.from_function(wait))


@pytest.fixture
def keeper() -> Gatekeeper:
    return Gatekeeper()


@pytest.fixture
async def narrow(tmp_path: Path, keeper: Gatekeeper) -> AsyncIterator[House]:
    allowance = Allowance(per_second=1, burst=6, at_once=2)
    async with house(tmp_path / "data", allowance=allowance, equip=keeper.equip) as opened:
        yield opened


async def listed(one: House, token: str, path: str = "/mcp") -> httpx2.Response:
    return await one.site.modern(path, token, "tools/list")


async def test_one_principal_over_its_rate_waits_while_another_is_served(narrow: House) -> None:
    made = narrow.credentials
    token, same_user, key = await made.token(), await made.token(), await made.key(narrow.bakery)
    link = await made.link(narrow.bakery)
    answers = [await listed(narrow, token) for _ in range(30)]
    assert [one.status_code for one in answers[:6]] == [200] * 6
    turned = next(one for one in answers if one.status_code == 429)
    assert int(turned.headers["retry-after"]) >= 1
    refused = [await listed(narrow, same_user, f"/mcp/{FINCH}") for _ in range(6)]
    assert 429 in [one.status_code for one in refused]
    for path, secret in (("/mcp", key), (f"/mcp/k/{link}", "")):
        assert [(await listed(narrow, secret, path)).status_code for _ in range(6)] == [200] * 6


async def wait(one: House, token: str) -> httpx2.Response:
    return await one.site.modern("/mcp", token, "tools/call", name="wait", arguments={})


async def test_one_principal_with_too_much_under_way_waits_while_another_is_served(
    narrow: House, keeper: Gatekeeper
) -> None:
    token, key = await narrow.credentials.token(), await narrow.credentials.key(narrow.bakery)
    waiting = [asyncio.create_task(wait(narrow, token)) for _ in range(2)]
    for _ in waiting:
        await keeper.entered.get()
    turned = await listed(narrow, token)
    assert (turned.status_code, turned.headers["retry-after"]) == (429, "1")
    assert (await listed(narrow, key)).status_code == 200
    keeper.go_on.set()
    assert [(await one).status_code for one in waiting] == [200, 200]
    assert (await listed(narrow, token)).status_code == 200


async def test_who_leaves_gives_the_place_back(narrow: House, keeper: Gatekeeper) -> None:
    token = await narrow.credentials.token()
    waiting = [asyncio.create_task(wait(narrow, token)) for _ in range(2)]
    for _ in waiting:
        await keeper.entered.get()
    for one in waiting:
        one.cancel()
    await asyncio.wait(waiting)
    assert (await listed(narrow, token)).status_code == 200


async def test_what_is_refused_gives_the_place_back(narrow: House) -> None:
    token = await narrow.credentials.token()
    for _ in range(3):
        large = await narrow.site.send("POST", "/mcp", token, content=b" " * (BODY_BYTES_MAX + 1))
        assert large.status_code == 413
    assert (await listed(narrow, token)).status_code == 200


async def some_invoices(one: Practice, at_home: House, count: int) -> None:
    books = one.books(at_home.bakery)
    customer = await one.customer(books, "Bar Sol")
    for _ in range(count):
        await one.issue(books, customer.id)


async def test_a_slow_export_of_one_organization_holds_up_no_other(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as at_home:
        await some_invoices(at_home.one, at_home, 60)
        made = at_home.credentials
        slow, quick = await made.key(at_home.bakery), await made.key(at_home.finch)
        arguments = {"format": "pdf"}
        called = at_home.site.modern("/mcp", slow, "tools/call", name="export_documents", arguments=arguments)
        export = asyncio.create_task(called)
        served = 0
        while not export.done():
            found = await at_home.site.modern("/mcp", quick, "tools/call", name="find_customers", arguments={})
            assert f"({FINCH})" in found.text
            # Nothing is awaited in this process for such a call; a server awaits the next request.
            await checkpoint()
            served += not export.done()
        assert served >= 3
        told = message_of(await export)["result"]["structuredContent"]
        assert (told["count"], told["organization"]["handle"]) == (60, BAKERY)


async def test_a_body_that_does_not_arrive_in_time_is_turned_away(tmp_path: Path) -> None:
    allowance = Allowance(body_seconds=0)
    async with house(tmp_path / "data", allowance=allowance) as at_home:
        token = await at_home.credentials.token()

        async def never() -> AsyncIterator[bytes]:
            yield b'{"jsonrpc": "2.0",'
            await asyncio.Event().wait()

        turned = await asyncio.wait_for(at_home.site.send("POST", "/mcp", token, content=never()), 30)
        assert (turned.status_code, turned.headers["connection"]) == (408, "close")


async def test_a_request_that_takes_too_long_is_told_so(tmp_path: Path, keeper: Gatekeeper) -> None:
    allowance = Allowance(request_seconds=0)
    async with house(tmp_path / "data", allowance=allowance, equip=keeper.equip) as at_home:
        ended = await wait(at_home, await at_home.credentials.token())
        assert (ended.status_code, "took too long" in ended.text) == (504, True)
