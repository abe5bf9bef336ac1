"""Load by many at once, over HTTP: no gap, no double, no answer to the wrong one, and resources that level off."""

from __future__ import annotations

import asyncio
import os
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlmodel import Session

from invoicing.organizations import EVERYTHING, OrganizationRef, Role
from operations.access import Office
from operations.credentials import create_token
from storage.directory import users
from storage.directory.tables import MembershipClient
from storage.folder import databases
from storage.ids import new_id
from storage.sqlite.files_limit import FILES_PER_BOOKS
from tests.server.test_http_faults import all_numbers, bakery, in_order, issue, sized
from tests.support.faults import is_whole, scaled
from tests.support.http import RealServer, Site, message_of, real_server, site_of
from tests.support.practice import Practice, practice

pytestmark = pytest.mark.faults

# Databases that are open at once, with their connections of three files each, and room for the rest.
BOOKS_MAX = 64
FILES_MAX = BOOKS_MAX * FILES_PER_BOOKS + 120
THREADS_MAX = 64
FILES_OF_MANY_MAX = 1_000 * FILES_PER_BOOKS + 120
OPEN = {"COUNTERFOIL_CALLS_PER_SECOND": "100000", "COUNTERFOIL_CALLS_BURST": "1000000"}


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
