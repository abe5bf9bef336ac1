"""Load by many at once, over HTTP, on two processes: no gap, no double, no answer to the wrong one, and resources that
level off.
"""

from __future__ import annotations

import asyncio
import os
import random
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
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
from storage.postgres.engines import CONNECTIONS
from storage.sqlite.files_limit import FILES_PER_BOOKS
from tests.server.test_http_faults import all_numbers, bakery, in_order, issue
from tests.support import stores
from tests.support.children import serving_below
from tests.support.faults import is_whole, scaled
from tests.support.http import RealServer, Site, message_of, real_server, site_of
from tests.support.practice import Practice, practice
from tests.support.servers import is_installed, server
from tests.support.waiting import until

pytestmark = pytest.mark.faults

# Databases that are open at once, with their connections of three files each, and room for the rest.
BOOKS_MAX = 64
FILES_MAX = BOOKS_MAX * FILES_PER_BOOKS + 120
THREADS_MAX = 64
FILES_OF_MANY_MAX = 1_000 * FILES_PER_BOOKS + 120
OPEN = {"COUNTERFOIL_CALLS_PER_SECOND": "100000", "COUNTERFOIL_CALLS_BURST": "1000000"}


def shared_out(references: list[str], clients: int) -> list[list[str]]:
    return [references[index::clients] for index in range(clients)]


@dataclass(frozen=True, slots=True)
class Used:
    """The most that any of several processes uses, and how many connections to a database server they have in all."""

    files: int
    threads: int
    connections: int

    @classmethod
    def by(cls, pids: Iterable[int], data: Path) -> Used:
        address = stores.address(data)
        asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counterfoil' AND datname = '{}'"
        each = [(len(os.listdir(f"/proc/{pid}/fd")), len(os.listdir(f"/proc/{pid}/task"))) for pid in pids]
        connections = 0 if address is None else int(server().sql(asked.format(address.database)))
        return cls(max(files for files, _ in each), max(threads for _, threads in each), connections)

    def __str__(self) -> str:
        return f"{self.files} open files, {self.threads} threads, {self.connections} connections to a server"


@dataclass(frozen=True, slots=True)
class Served:
    """Two processes that serve one installation, by the addresses at which they do."""

    sites: list[Site]
    pids: Callable[[], set[int]]
    servers: list[RealServer]

    async def stop(self) -> None:
        for one in self.servers:
            await one.stop()
            assert "Traceback" not in one.said.read_text("utf-8")


@asynccontextmanager
async def two_processes(data: Path, settings: Mapping[str, str]) -> AsyncIterator[Served]:
    """Two workers of one server, or two servers on one folder: where books are on a database server the one at full
    size, which takes a process more, otherwise the other.
    """
    if stores.is_on_server() and is_whole():
        async with real_server(data, workers=2, settings=settings) as one:
            await until(lambda: len(serving_below(one.process.pid)) == 2)
            yield Served([one.site], lambda: serving_below(one.process.pid), [one])
    else:
        async with real_server(data, settings=settings) as one, real_server(data, settings=settings) as other:
            pids = {one.process.pid, other.process.pid}
            yield Served([one.site, other.site], lambda: pids, [one, other])


async def test_eight_clients_of_two_processes_leave_no_gap_and_no_double_and_resources_level_off(
    tmp_path: Path,
) -> None:
    if not (stores.is_on_server() or is_whole()) and is_installed():
        pytest.skip("two processes on a folder are tried with stdio (make test-faults)")
    data = tmp_path / "data"
    keys = await bakery(data, 8)
    # Beginning two processes takes most of it where fewer are issued.
    references = [f"ref-{index}" for index in range(scaled(2_000, 40 if stores.is_on_server() else 10))]

    async def issue_all(site: Site, key: str, mine: Iterable[str]) -> list[str]:
        return [await issue(site, key, reference) for reference in mine]

    issued: list[str] = []
    used: list[Used] = []
    async with two_processes(data, OPEN) as served:
        middle = len(references) // 2
        for part in (references[:middle], references[middle:]):
            shares = zip(cycle(served.sites), keys, shared_out(part, len(keys)), strict=False)
            for numbers_of_one in await asyncio.gather(*(issue_all(*share) for share in shares)):
                issued += numbers_of_one
            used.append(Used.by(served.pids(), data))
        await served.stop()
    print(f"half way and at the end: {used[0]}; {used[1]}")
    half_way, at_the_end = used
    assert at_the_end.files <= half_way.files + 10
    assert at_the_end.threads <= half_way.threads + 40
    assert at_the_end.files <= FILES_MAX
    assert at_the_end.connections <= 2 * CONNECTIONS
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
    async with two_processes(one.root, OPEN) as served:
        yield served.sites
        used = Used.by(served.pids(), one.root)
        print(used)
        assert used.files <= FILES_OF_MANY_MAX
        assert used.threads <= THREADS_MAX
        # Those of this process, too.
        assert used.connections <= 3 * CONNECTIONS
        await served.stop()


async def test_many_principals_in_many_organizations_never_get_each_others_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "open_books_max", lambda: BOOKS_MAX)
    chance = random.Random(7)  # noqa: S311  # Who asks whom.
    tenth = (6, 6, 300) if stores.is_on_server() else (10, 12, 600)
    principals, organizations, calls = (200, 1_000, 60_000) if is_whole() else tenth
    async with practice(tmp_path / "data") as one:
        clients = [await one.client(f"Client {index}") for index in range(organizations)]
        for client in clients:
            await one.customer(one.books(client), f"Customer of {client.handle}")
        reach = [chance.sample(clients, organizations // 2) for _ in range(principals)]
        tokens = [await member(one, mine, index) for index, mine in enumerate(reach)]
        reached = [{client.handle for client in mine} for mine in reach]
        asked = ((chance.randrange(principals), chance.choice(clients).handle) for _ in range(calls))
        answered, refused = 0, 0
        async with sites(one) as served:

            async def work() -> None:
                nonlocal answered, refused
                for who, handle in asked:
                    # All requests have the same id.
                    told = await ask(chance.choice(served), tokens[who], handle, dedicated=bool(who % 2))
                    assert told == ([handle, f"Customer of {handle}"] if handle in reached[who] else [])
                    answered, refused = answered + bool(told), refused + (not told)

            await asyncio.gather(*(work() for _ in range(16)))
        print(f"{answered} answers and {refused} refusals, of {principals} principals in {organizations} organizations")
        assert answered + refused == calls
        assert min(answered, refused) > calls // 3
        assert Used.by([os.getpid()], one.root).files <= FILES_MAX
        assert threading.active_count() <= THREADS_MAX
