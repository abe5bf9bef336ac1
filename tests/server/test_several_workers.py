"""`counterfoil serve --workers N`: processes that accept from one socket, and the one that watches over them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from storage.work.limits import Limits
from tests.support.children import is_alive, serving_below
from tests.support.faults import only_whole
from tests.support.http import BAKERY, LINES, Credentials, RealServer, Site, real_server
from tests.support.practice import practice
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")]

# Connections on which nothing is sent stay open for as long as the test looks at them.
PATIENT = {"COUNTERFOIL_HEAD_SECONDS": "600"}


async def begun(data: Path) -> str:
    """A data folder with a client, closed again, and a token for it."""
    async with practice(data, client="Harbour Bakery") as one:
        await one.customer(one.books(one.first_client))
        return await Credentials.of(one).token()


async def issue(site: Site, token: str) -> str:
    """The number of a new invoice, in a conversation of its own."""
    async with site.chat(token) as chat:
        answer = await chat.ok("issue_invoice", organization=BAKERY, customer="Hotel Bristol", lines=LINES)
        return str(answer["invoice"]["number"])


def serving(server: RealServer) -> set[int]:
    return serving_below(server.process.pid)


@dataclass(slots=True)
class Lines:
    """Connections that are opened one after the other, and how many of them each process has taken."""

    server: RealServer
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    def taken(self) -> list[int]:
        ours = {one.get_extra_info("sockname")[1] for one in self.opened}
        return [
            sum(bool(one.raddr) and one.raddr.port in ours for one in psutil.Process(pid).net_connections("tcp4"))
            for pid in serving(self.server)
        ]

    async def open(self) -> None:
        port = int(self.server.site.url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        self.opened.append(writer)
        await until(lambda: sum(self.taken()) == len(self.opened))

    async def close(self) -> None:
        writer = self.opened.pop()
        writer.close()
        await writer.wait_closed()


async def share_new_connections(server: RealServer) -> None:
    """Connections that stay open fall to both processes, however quick one of them is."""
    lines = Lines(server)
    await lines.open()
    await lines.open()
    async with asyncio.timeout(60):
        while 0 in lines.taken():
            # The other one has not come to serving yet.
            await lines.close()
            await lines.open()
    for _ in range(10):
        await lines.open()
    assert min(lines.taken()) >= 4
    while lines.opened:
        await lines.close()


async def test_workers_serve_one_folder_are_replaced_and_stop_together(tmp_path: Path) -> None:
    data = tmp_path / "data"
    token = await begun(data)
    async with real_server(data, workers=2, settings=PATIENT) as server:
        await until(lambda: len(serving(server)) == 2)
        first = serving(server)
        numbers = await asyncio.gather(*(issue(server.site, token) for _ in range(6)))
        await share_new_connections(server)
        # One of them dies, and no request that comes afterwards notices: the other one accepts it.
        victim = min(first)
        os.kill(victim, signal.SIGKILL)
        await until(lambda: victim not in serving(server))
        numbers.append(await issue(server.site, token))
        await until(lambda: len(serving(server)) == 2)
        numbers.append(await issue(server.site, token))
        assert len(set(numbers)) == 8
        assert sorted(int(one[-6:].lstrip("-")) for one in numbers) == list(range(1, 9))
        left = serving(server)
        began = time.monotonic()
        await server.stop()
        assert time.monotonic() - began < 10
        await until(lambda: not any(map(is_alive, left)))
    said = server.said.read_text("utf-8").splitlines()
    assert [line.partition(" ")[2][:28] for line in said] == [f"serving {data}"[:28], "a server process has ended ("]


@only_whole
async def test_workers_end_with_the_process_that_watches_over_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await begun(data)
    async with real_server(data, workers=2) as server:
        await until(lambda: len(serving(server)) == 2)
        left = serving(server)
        server.process.kill()
        await server.process.wait()
        await until(lambda: not any(map(is_alive, left)))


@only_whole
async def test_what_keeps_workers_from_serving_is_said_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await begun(data)
    files = {"COUNTERFOIL_CONNECTIONS": "100000"}
    with pytest.raises(AssertionError, match=r"^counterfoil: invalid_input: COUNTERFOIL_CONNECTIONS is 100000.*\n$"):
        async with real_server(data, workers=2, files=2048, settings=files):
            pass


def test_the_cores_compute_for_all_of_them() -> None:
    of_one = Limits(processes=8, renderings=8, renderings_each=5)
    assert of_one.shared_by(1) is of_one
    shared = of_one.shared_by(3)
    assert (shared.processes, shared.renderings, shared.renderings_each) == (3, 3, 3)
    assert Limits(processes=2, renderings=2).shared_by(8).processes == 1
    assert Limits().shared_by(4) == Limits()
