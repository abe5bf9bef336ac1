"""A server with a thousand sets of books open: what it takes of memory, files and threads levels off."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from storage.postgres.engines import CONNECTIONS
from storage.sqlite.files_limit import FILES_PER_BOOKS
from tests.server.test_load import Used
from tests.support import stores
from tests.support.children import open_names
from tests.support.faults import is_whole
from tests.support.http import LINES, Credentials, Site, message_of, real_server
from tests.support.practice import practice

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not is_whole(), reason="makes a thousand organizations (make test-faults)"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

ORGANIZATIONS = 1_000
ORGANIZATIONS_ON_SERVER = 200
"""No more is kept of one there, and each takes long to be made."""
MEMORY_MIB_MAX = 400
"""Where each was written once."""
ROUNDS = 8
LEVEL_PERCENT = 3
SETTINGS = {"COUNTERFOIL_CALLS_PER_SECOND": "100000", "COUNTERFOIL_CALLS_BURST": "1000000"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process has taken of the machine; `connections` are those to files, or to the database server."""

    mib: int
    files: int
    threads: int
    connections: int

    @classmethod
    def by(cls, pid: int, data: Path) -> Taken:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines())
        files = open_names(pid)
        logs = sum(name.endswith("-wal") for name in files)
        connections = logs if stores.address(data) is None else Used.by([pid], data).connections
        return cls(int(status["VmRSS"].split()[0]) // 1024, len(files), int(status["Threads"]), connections)

    def __str__(self) -> str:
        return f"{self.mib} MiB, {self.files} files, {self.threads} threads, {self.connections} connections"


async def write_once_in_each(site: Site, token: str, handles: list[str]) -> None:
    """Issue an invoice in each organization, eight callers at a time."""
    left = iter(handles)

    async def caller() -> None:
        async with site.http(token):
            for handle in left:
                given = {"customer": "Hotel Bristol", "lines": LINES, "organization": handle}
                answer = await site.modern("/mcp", token, "tools/call", name="issue_invoice", arguments=given)
                assert not message_of(answer)["result"].get("isError"), answer.text

    await asyncio.gather(*(caller() for _ in range(8)))


async def test_a_thousand_open_sets_of_books_fit_into_400_mib(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with practice(data) as one:
        token = await Credentials.of(one).token()
        handles = []
        organizations = ORGANIZATIONS_ON_SERVER if stores.is_on_server() else ORGANIZATIONS
        for number in range(organizations):
            client = await one.client(f"Client {number}")
            await one.customer(one.books(client))
            handles.append(client.handle)
    async with real_server(data, settings=SETTINGS) as server:
        taken = [Taken.by(server.process.pid, data)]
        for _ in range(ROUNDS):
            await write_once_in_each(server.site, token, handles)
            taken.append(Taken.by(server.process.pid, data))
        for number, found in enumerate(taken):
            print(f"{organizations} sets of books, written {number} times: {found}")
        assert taken[1].mib < MEMORY_MIB_MAX, taken[1]
        # What was freed is not free for everything: after a few thousand calls there is enough of it in between.
        assert taken[-1].mib <= taken[-3].mib * (100 + LEVEL_PERCENT) // 100, "it levels off"
        if stores.is_on_server():
            assert taken[-1].connections <= CONNECTIONS
            assert taken[-1].files < 100
        else:
            assert taken[1].connections > organizations, "all are open"
            assert taken[-1].files < organizations * FILES_PER_BOOKS
        for before, after in pairwise(taken[2:]):
            assert after.files <= before.files + 50, "they level off"
            assert after.threads <= before.threads + 10
        await server.stop()
