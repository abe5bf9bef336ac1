"""Load, kills and clients that leave, over HTTP: no gap, no double, nothing lost, no answer to the wrong one."""

from __future__ import annotations

import asyncio
import os
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import Session

from invoicing.organizations import EVERYTHING, OrganizationRef, Role
from operations.access import Office, open_books
from operations.credentials import create_token
from operations.rights import Right
from server.app import find_organization, local_office
from storage.directory import users
from storage.directory.tables import MembershipClient
from storage.folder import databases
from storage.ids import new_id
from storage.sqlite.files_limit import FILES_PER_BOOKS
from tests.server.test_settlement_faults import act_of, made_by, sound
from tests.support.auditor import kept, numbers
from tests.support.faults import is_whole, scaled
from tests.support.http import BAKERY, LINES, Credentials, RealServer, Site, message_of, real_server, site_of
from tests.support.practice import Practice, practice
from tests.support.stores import settings

pytestmark = pytest.mark.faults

SALE: dict[str, Any] = {"customer": "Hotel Bristol", "lines": LINES}
# Databases that are open at once, with their connections of three files each, and room for the rest.
BOOKS_MAX = 64
FILES_MAX = BOOKS_MAX * FILES_PER_BOOKS + 120
THREADS_MAX = 64
FILES_OF_MANY_MAX = 1_000 * FILES_PER_BOOKS + 120
OPEN = {"COUNTERFOIL_CALLS_PER_SECOND": "100000", "COUNTERFOIL_CALLS_BURST": "1000000"}


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


def shared_out(references: list[str], clients: int) -> list[list[str]]:
    return [references[index::clients] for index in range(clients)]


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads_of(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def most_of(count_of: Callable[[int], int], servers: Iterable[RealServer]) -> int:
    return max(count_of(server.process.pid) for server in servers)


async def test_eight_clients_of_two_processes_leave_no_gap_and_no_double_and_resources_level_off(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    keys = await bakery(data, 8)
    references = [f"ref-{index}" for index in range(scaled(2_000))]

    async def issue_all(site: Site, key: str, mine: Iterable[str]) -> list[str]:
        return [await issue(site, key, reference) for reference in mine]

    async with real_server(data) as one, real_server(data) as other:
        servers = (one, other)
        middle = len(references) // 2
        issued: list[str] = []
        used: list[tuple[int, int]] = []
        for part in (references[:middle], references[middle:]):
            shares = zip((one.site, other.site) * 4, keys, shared_out(part, len(keys)), strict=True)
            for numbers_of_one in await asyncio.gather(*(issue_all(*share) for share in shares)):
                issued += numbers_of_one
            used.append((most_of(open_files, servers), most_of(threads_of, servers)))
        for server in servers:
            await server.stop()
            assert "Traceback" not in server.said.read_text("utf-8")
    print(f"open files and threads of a process, half way and at the end: {used}")
    (files, threads), (files_later, threads_later) = used
    assert files_later <= files + 10
    assert threads_later <= threads + 40
    assert files_later <= FILES_MAX
    found = await all_numbers(data)
    assert sorted(issued) == found == in_order(found)
    assert len(found) == len(references)


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


async def member(one: Practice, clients: Iterable[OrganizationRef], index: int) -> str:
    """The token of a new accountant who reaches these clients alone."""
    user_id, email = new_id("usr"), f"accountant-{index}@example.com"

    def join(db: Session) -> None:
        users.add_user(db, user_id, email, now=one.clock())
        users.add_membership(db, user_id, one.organization.id, Role.ACCOUNTANT, all_clients=False)
        db.add_all(MembershipClient(user_id=user_id, organization_id=client.id) for client in clients)

    await one.store.directory.write(join)
    office: Office = one.office
    return (await create_token(office, email, scopes=EVERYTHING)).secret


async def ask(site: Site, token: str, handle: str, *, dedicated: bool) -> list[str]:
    """The organization and the customers that an answer shows; nothing where there is no such organization."""
    path, named = (f"/mcp/{handle}", {}) if dedicated else ("/mcp", {"organization": handle})
    answer = await site.modern(path, token, "tools/call", name="find_customers", arguments=named)
    if dedicated and answer.status_code == 404:
        return []
    result = message_of(answer)["result"]
    if result.get("isError"):
        assert result["_meta"]["counterfoil/error"]["code"] == "not_found"
        return []
    told = result["structuredContent"]
    return [told["organization"]["handle"], *(one["name"] for one in told["customers"])]


@asynccontextmanager
async def sites(one: Practice) -> AsyncIterator[list[Site]]:
    """Two server processes on the practice's folder; otherwise the application in this one."""
    if not is_whole():
        async with site_of(one.store, one.clock) as site:
            yield [site]
        return
    async with real_server(one.root, settings=OPEN) as left, real_server(one.root, settings=OPEN) as right:
        yield [left.site, right.site]
        for server in (left, right):
            assert open_files(server.process.pid) <= FILES_OF_MANY_MAX
            assert threads_of(server.process.pid) <= THREADS_MAX
            print(f"{open_files(server.process.pid)} open files, {threads_of(server.process.pid)} threads")
            await server.stop()


async def test_many_principals_in_many_organizations_never_get_each_others_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "open_books_max", lambda: BOOKS_MAX)
    chance = random.Random(7)  # noqa: S311  # Who asks whom.
    principals, organizations, calls = sized(200, 10), sized(1_000, 12), sized(60_000, 600)
    async with practice(tmp_path / "data") as one:
        clients = [await one.client(f"Client {index}") for index in range(organizations)]
        for client in clients:
            await one.customer(one.books(client), f"Customer of {client.handle}")
        reach = [chance.sample(clients, organizations // 2) for _ in range(principals)]
        tokens = [await member(one, mine, index) for index, mine in enumerate(reach)]
        reached = [{client.handle for client in mine} for mine in reach]
        asked = ((chance.randrange(principals), chance.choice(clients).handle) for _ in range(calls))
        async with sites(one) as served:

            async def work() -> None:
                for who, handle in asked:
                    # All requests have the same id.
                    told = await ask(chance.choice(served), tokens[who], handle, dedicated=bool(who % 2))
                    assert told == ([handle, f"Customer of {handle}"] if handle in reached[who] else [])

            await asyncio.gather(*(work() for _ in range(16)))
        assert open_files(os.getpid()) <= FILES_MAX
        assert threading.active_count() <= THREADS_MAX
