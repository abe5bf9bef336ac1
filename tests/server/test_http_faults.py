"""Load, kills and clients that leave, over HTTP: no gap, no double, nothing lost, no answer to the wrong one."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from operations.access import open_books
from operations.rights import Right
from server.app import find_organization, local_office
from tests.server.test_settlement_faults import act_of, made_by, sound
from tests.support.auditor import kept, numbers
from tests.support.faults import only_whole
from tests.support.http import BAKERY, LINES, Credentials, RealServer, Site, message_of, real_server
from tests.support.practice import practice
from tests.support.stores import settings

pytestmark = pytest.mark.faults

SALE: dict[str, Any] = {"customer": "Hotel Bristol", "lines": LINES}


def sized(whole: int, small: int) -> int:
    """`whole` where COUNTERFOIL_FAULTS says so, otherwise `small`."""
    return whole if os.environ.get("COUNTERFOIL_FAULTS") == "whole" else small


async def bakery(data: Path, clients: int) -> list[str]:
    """A data folder with a client and its customer, and as many API keys, each of which is a principal of its own."""
    async with practice(data) as one:
        client = await one.client("Harbour Bakery")
        await one.customer(one.books(client))
        return [await Credentials.of(one).key(client) for _ in range(clients)]


async def all_numbers(data: Path) -> list[str]:
    """The numbers of all documents, after everything about them was verified."""
    async with local_office(settings(data)) as office:
        return await kept(open_books(office, await find_organization(office, BAKERY), Right.READ))


def in_order(found: list[str]) -> list[str]:
    return numbers(len(found), int(found[0][9:13])) if found else []


async def called(site: Site, key: str, tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The result of a call that must succeed."""
    answer = await site.modern("/mcp", key, "tools/call", name=tool, arguments=arguments)
    while answer.status_code == 429:
        # Faster than one principal may be: as long as the server says, and once more.
        await asyncio.sleep(int(answer.headers["retry-after"]))
        answer = await site.modern("/mcp", key, "tools/call", name=tool, arguments=arguments)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = message_of(answer)["result"]
    assert not result.get("isError"), result
    return result


async def issue(site: Site, key: str, reference: str, quantity: int = 1) -> str:
    """The number of the invoice with this reference, issued now or before."""
    sold = SALE | {"lines": [LINES[0] | {"quantity": quantity}], "client_reference": reference}
    return str((await called(site, key, "issue_invoice", sold))["structuredContent"]["invoice"]["number"])


async def act(site: Site, key: str, index: int, number: str) -> str:
    """The id of what the act with this index made, now or before: invoices, payments, credit notes by turns."""
    tool, arguments = act_of(index, number)
    return made_by({"isError": False} | await called(site, key, tool, arguments))


async def act_until_gone(site: Site, key: str, fresh: Iterator[int], made: dict[int, str], number: str) -> None:
    while True:
        index = next(fresh)
        made.setdefault(index, "")
        try:
            made[index] = await act(site, key, index, number)
        except httpx2.TransportError:
            return


async def kill_under_load(
    server: RealServer, keys: list[str], fresh: Iterator[int], made: dict[int, str], number: str
) -> None:
    """Clients act until the process is killed, at a moment that chance picks after the first answer."""
    chance = random.Random(len(made))  # noqa: S311  # The moments of the kills.
    await act(server.site, keys[0], 0, number)
    load = [asyncio.create_task(act_until_gone(server.site, key, fresh, made, number)) for key in keys]
    await asyncio.wait(load, timeout=chance.uniform(0, 0.3))
    server.process.kill()
    await asyncio.gather(*load)
    await server.process.wait()


async def everything(data: Path) -> set[str]:
    """The ids of all documents and payments, after everything about them was verified."""
    async with local_office(settings(data)) as office:
        return await sound(open_books(office, await find_organization(office, BAKERY), Right.READ))


@only_whole
async def test_killing_the_server_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    keys = await bakery(data, 3)
    async with real_server(data) as server:
        number = await issue(server.site, keys[0], "to be settled", quantity=100_000)
        await server.stop()
    made: dict[int, str] = {}
    fresh = count(1)
    for _ in range(sized(50, 2)):
        async with real_server(data) as server:
            await kill_under_load(server, keys, fresh, made, number)
        assert {one for one in made.values() if one} <= await everything(data)
    async with real_server(data) as server:
        # What was not acknowledged is done once now, whether or not it had been.
        again = {index: await act(server.site, keys[0], index, number) for index in made}
        await server.stop()
    assert all(again[index] == one for index, one in made.items() if one)
    # Beside these there are the invoice that was there and the first act of each process, which is one and the same.
    assert len(await everything(data)) == len(set(again.values())) + 2 == len(made) + 2


async def test_a_client_that_leaves_in_the_middle_leaves_a_whole_invoice_or_none(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (key,) = await bakery(data, 1)
    chance = random.Random(20260728)  # noqa: S311  # The moments of leaving.
    times = sized(200, 20)
    async with real_server(data) as server:
        for index in range(times):
            leaving = asyncio.create_task(issue(server.site, key, f"ref-{index}"))
            await asyncio.wait([leaving], timeout=chance.uniform(0, 0.03))
            leaving.cancel()
            await asyncio.wait([leaving])
            assert (await issue(server.site, key, f"ref-{index}"))[-5:] == f"{index + 1:05}"
        await server.stop()
        assert "Traceback" not in server.said.read_text("utf-8")
    found = await all_numbers(data)
    assert len(found) == times
    assert found == in_order(found)
