"""A real server process under siege: strangers, unread downloads and garbage shut nobody out nor fill the log."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.server.test_http_faults import bakery, called, issue
from tests.support.faults import first_in_turn, scaled
from tests.support.http import LINES, RealServer, real_server

pytestmark = pytest.mark.faults

FILES = 700
STRANGERS = max(scaled(750), 300)
LOG_BYTES_MAX = 20_000


@contextmanager
def crowd() -> Iterator[list[socket.socket]]:
    """Connections, closed at the end."""
    opened: list[socket.socket] = []
    try:
        yield opened
    finally:
        for one in opened:
            one.close()


async def connect(server: RealServer, opened: list[socket.socket], sent: bytes, window: int = 0) -> socket.socket:
    """A connection on which this was sent; with a small window if nobody is going to read."""
    one = socket.socket()
    opened.append(one)
    if window:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    one.setblocking(False)
    loop = asyncio.get_running_loop()
    await asyncio.wait_for(loop.sock_connect(one, ("127.0.0.1", int(server.site.url.rpartition(":")[2]))), 30)
    await loop.sock_sendall(one, sent)
    return one


async def closed(one: socket.socket) -> bool:
    """Whether the server closes it; whatever it says before is read."""
    loop = asyncio.get_running_loop()
    try:
        while await asyncio.wait_for(loop.sock_recv(one, 1_048_576), 60):
            pass
    except ConnectionError:
        pass
    return True


def files_of(server: RealServer) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def sockets_of(server: RealServer) -> int:
    """How many connections over the network there are; those to a database server of this machine are none."""
    return len(psutil.Process(server.process.pid).net_connections("inet"))


def without_uvloop(folder: Path) -> Path:
    """A folder of modules in which uvloop is one that cannot be imported, as where there is none."""
    folder.mkdir()
    (folder / "uvloop.py").write_text("raise ImportError", "utf-8")
    return folder


async def test_silent_strangers_shut_nobody_out_of_a_server_with_few_files(tmp_path: Path) -> None:
    # F5: 750 silent connections against 700 open files; nobody else was served, and the log grew by 100 MB a minute.
    data = tmp_path / "data"
    (key,) = await bakery(data, 1)
    halves = (b"", b"POST /mcp HT", b"POST /mcp HTTP/1.1\r\nHost: ", b"\x16\x03\x01garbage")
    async with real_server(data, files=FILES, settings={"COUNTERFOIL_HEAD_SECONDS": "5"}) as server:
        with crowd() as opened:
            for index in range(STRANGERS):
                await connect(server, opened, halves[index % len(halves)])
                if index % 150 == 149:
                    number = await issue(server.site, key, f"ref-{index}")
                    await called(server.site, key, "render_document", {"document": number})
                    assert files_of(server) < FILES - 100
            assert await closed(opened[-1])
            assert await closed(opened[-4])
            assert (await server.site.send("GET", "/healthz")).status_code == 200
        await server.stop()
    said = server.said.read_text("utf-8")
    assert len(said) < LOG_BYTES_MAX
    assert "Traceback" not in said


@pytest.mark.parametrize("loop", first_in_turn(["uvloop", "asyncio"]))
async def test_a_server_whose_files_are_used_up_closes_what_it_can_spare_and_goes_on(tmp_path: Path, loop: str) -> None:
    # More connections are to be kept than there are files: so none can be accepted, and it says so once a second.
    data = tmp_path / "data"
    (key,) = await bakery(data, 1)
    many = {"COUNTERFOIL_CONNECTIONS": "100", "COUNTERFOIL_STRANGERS": "100", "COUNTERFOIL_STRANGERS_EACH": "100"}
    if loop == "asyncio":
        many["PYTHONPATH"] = str(without_uvloop(tmp_path / "modules"))
    async with real_server(data, files=FILES, settings=many) as server:
        assert ("uvloop" in Path(f"/proc/{server.process.pid}/maps").read_text("utf-8")) is (loop == "uvloop")
        # What is kept back is taken away while it runs.
        limit = files_of(server) + 30
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (limit, limit))
        with crowd() as opened:
            for _ in range(200):
                await connect(server, opened, b"")
            assert (await server.site.send("GET", "/healthz")).status_code == 200
        assert (await issue(server.site, key, "ref")).endswith("-00001")
        await server.stop()
    said = server.said.read_text("utf-8")
    assert "no connection can be accepted" in said
    assert len(said) < LOG_BYTES_MAX
    assert "Traceback" not in said


async def test_downloads_that_nobody_reads_end_and_leave_others_their_files(tmp_path: Path) -> None:
    # F4: 250 of them never ended.
    data = tmp_path / "data"
    hog, guest = await bakery(data, 2)
    settings = {"COUNTERFOIL_SEND_SECONDS": "2", "COUNTERFOIL_DOWNLOADS_EACH": "6", "COUNTERFOIL_IDLE_SECONDS": "1"}
    async with real_server(data, settings=settings) as server:
        lines = [LINES[0] | {"description": "Rolls " * 150} for _ in range(400)]
        for index in range(3):
            sold = {"customer": "Hotel Bristol", "lines": lines, "client_reference": f"long-{index}"}
            await called(server.site, hog, "issue_invoice", sold)
        made = (await called(server.site, hog, "export_documents", {"format": "json"}))["structuredContent"]
        assert made["size_bytes"] > 1_000_000
        path = urlsplit(made["link"]).path
        asked = f"GET {path} HTTP/1.1\r\nHost: {server.site.url[7:]}\r\n\r\n".encode()
        before = sockets_of(server)
        with crowd() as opened:
            for _ in range(25):
                await connect(server, opened, asked, window=4_096)
            theirs = (await called(server.site, guest, "export_documents", {"format": "csv"}))["structuredContent"]
            assert (await server.site.send("GET", urlsplit(theirs["link"]).path)).status_code == 200
            ended = asyncio.create_task(server.process.wait())
            async with asyncio.timeout(60):
                while sockets_of(server) > before:
                    await asyncio.wait([ended], timeout=0.2)
        assert (await server.site.send("GET", path)).status_code == 200
        await server.stop()
    assert "Traceback" not in server.said.read_text("utf-8")


async def test_garbage_does_not_fill_the_log(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (key,) = await bakery(data, 1)
    upgrade = b"GET /mcp HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    async with real_server(data) as server:
        with crowd() as opened:
            for sent in (b"GARBAGE\r\n\r\n", upgrade, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"):
                for _ in range(100):
                    await connect(server, opened, sent)
            assert await closed(opened[0])
        await issue(server.site, key, "ref")
        await server.stop()
    said = server.said.read_text("utf-8")
    assert len(said.splitlines()) < 60
    assert "more like this are left out for a minute" in said


async def test_nonsense_is_refused_at_the_start_in_one_line(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await bakery(data, 0)
    with pytest.raises(AssertionError):
        async with real_server(data, settings={"COUNTERFOIL_CONNECTIONS": "99999"}):
            pass
    (said,) = next(tmp_path.glob("said-*.txt")).read_text("utf-8").splitlines()
    assert said.startswith("counterfoil: invalid_input: COUNTERFOIL_CONNECTIONS is 99999, but beside the books")


async def test_the_limits_of_the_environment_hold(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hog, guest = await bakery(data, 2)
    settings = {
        "COUNTERFOIL_CALLS_PER_SECOND": "1",
        "COUNTERFOIL_CALLS_BURST": "3",
        "COUNTERFOIL_BODY_BYTES": "20000",
        "COUNTERFOIL_BODY_SECONDS": "1",
        "COUNTERFOIL_HEAD_SECONDS": "1",
    }
    async with real_server(data, settings=settings) as server:
        answers = [(await server.site.modern("/mcp", hog, "tools/list")).status_code for _ in range(10)]
        assert answers[:3] == [200] * 3
        assert 429 in answers
        large = await server.site.send("POST", "/mcp", guest, content=b" " * 20_001)
        assert (large.status_code, large.text) == (413, "The request is too large: at most 20000 bytes.")
        assert (await server.site.modern("/mcp", guest, "tools/list")).status_code == 200
        with crowd() as opened:
            host = f"Host: {server.site.url[7:]}\r\n".encode()
            for sent in (b"", b"GET / HTTP/1.1\r\n", b"POST /mcp HTTP/1.1\r\n" + host + b"Content-Length: 9\r\n\r\n"):
                assert await closed(await connect(server, opened, sent))
        await server.stop()
