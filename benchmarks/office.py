"""A server under test on a data folder of its own, and what is put into it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.load import WORKERS, Arguments, Caller, Job

PRACTICE = "bench-sandbox"
UNLIMITED = {
    "COUNTERFOIL_CALLS_PER_SECOND": "100000",
    "COUNTERFOIL_CALLS_BURST": "1000000",
    "COUNTERFOIL_CALLS_AT_ONCE": "1000",
}
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Client:
    """An organization with one customer, one item and one invoice."""

    handle: str
    customer: str
    item: str
    invoice: str

    def document(self, lines: int = 3, *, tax_codes: Sequence[str] = ()) -> dict[str, Any]:
        """A document of so many lines, at the item's tax code or at these in turn."""
        wanted: list[dict[str, Any]] = [{"item": self.item, "quantity": 3} for _ in range(lines)]
        for index, line in enumerate(wanted):
            if tax_codes:
                line["tax_code"] = tax_codes[index % len(tax_codes)]
        return {"customer": self.customer, "lines": wanted, "organization": self.handle}


class Office:
    """A running server, and a caller with the owner's token; `data` is its folder where it has one."""

    def __init__(self, process: psutil.Process, caller: Caller, data: Path | None = None) -> None:
        self.process = process
        self.caller = caller
        self.data = data

    def job(self, tool: str, arguments: dict[str, Any] | Arguments) -> Job:
        stated = arguments if callable(arguments) else lambda _: arguments
        return Job(self.caller, tool, stated, self.cpu_seconds)

    def cpu_seconds(self) -> float:
        used = self.process.cpu_times()
        return float(used.user + used.system)

    async def add_client(self, name: str, country: str = "GB") -> Client:
        """Create a client organization and issue its first invoice."""
        made = await self.caller.call("create_client_organization", {"name": name, "country": country})
        named = {"organization": made["created"]["handle"]}
        customer = await self.caller.call("save_customer", {"name": "Hotel Bristol", **named})
        item = await self.caller.call("save_item", {"name": "Croissant", "unit_price": "12.50", **named})
        client = Client(named["organization"], customer["customer"]["id"], item["item"]["id"], "")
        first = await self.caller.call("issue_invoice", client.document())
        return Client(client.handle, client.customer, client.item, first["invoice"]["id"])

    async def add_clients(self, count: int) -> list[Client]:
        numbers = iter(range(count))
        made: list[Client] = []

        async def work() -> None:
            made.extend([await self.add_client(f"Client {number}") for number in numbers])

        await asyncio.gather(*(work() for _ in range(WORKERS)))
        return made

    async def add_invoices(self, client: Client, count: int, *, lines: int = 3) -> list[str]:
        """Issue so many invoices; their ids."""
        numbers = iter(range(count))
        issued: list[str] = []

        async def work() -> None:
            for _ in numbers:
                made = await self.caller.call("issue_invoice", client.document(lines))
                issued.append(made["invoice"]["id"])

        await asyncio.gather(*(work() for _ in range(WORKERS)))
        return issued

    def settling(self, tool: str, client: Client, invoices: list[str]) -> Job:
        """A job that pays or credits another of the invoices with each call."""
        more = {"amount": "1.00"} if tool == "record_payment" else {"reason": "Returned"}
        return self.job(tool, lambda number: {"invoice": invoices[number], "organization": client.handle, **more})


@asynccontextmanager
async def open_office(database_url: str = "") -> AsyncIterator[Office]:
    """Start a server on an empty folder, or with books in an empty database; both are gone at the end.

    Raises:
        RuntimeError: it ended before it could be connected to.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        token = init(data, database_url)
        command = (sys.executable, "-m", "benchmarks.server", str(data))
        environment = os.environ | with_database(database_url)
        server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, env=environment)
        try:
            port = await _port_of(server)
            caller = Caller(f"http://127.0.0.1:{port}/mcp", token)
            try:
                await caller.call("noop", {})
                yield Office(psutil.Process(server.pid), caller, data)
            finally:
                await caller.close()
        finally:
            await _stop(server)


@asynccontextmanager
async def bare_server(workers: int = 1) -> AsyncIterator[Job]:
    """Start the bare server of the SDK, of so many processes; a job of its tool."""
    command = (sys.executable, "-m", "benchmarks.bare_http", str(workers))
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        caller = Caller(f"http://127.0.0.1:{await _port_of(server)}/mcp", "nobody")
        process = Office(psutil.Process(server.pid), caller)
        try:
            await caller.call("noop", {})
            yield process.job("noop", {})
        finally:
            await caller.close()
    finally:
        await _stop(server)


@asynccontextmanager
async def served(data: Path, token: str, *, workers: int, database_url: str = "") -> AsyncIterator[Office]:
    """Start `counterfoil serve` with so many processes, on a folder with a practice whose owner has this token."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    command = [sys.executable, "-m", "server", "serve", "--data", str(data), "--port", str(port)]
    command += ["--workers", str(workers)] if workers > 1 else []
    environment = os.environ | UNLIMITED | with_database(database_url)
    server = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE, env=environment)
    try:
        # The line by which it says that it serves.
        assert server.stderr is not None
        if b"serving " not in (line := await server.stderr.readline()):
            raise RuntimeError(line.decode() or "the server ended before it served")
        caller = Caller(f"http://127.0.0.1:{port}/mcp", token)
        try:
            yield Office(psutil.Process(server.pid), caller, data)
        finally:
            await caller.close()
    finally:
        await _stop(server)


def with_database(url: str) -> dict[str, str]:
    """The variables that let a program find its books in this database, where one is named."""
    return {"COUNTERFOIL_DATABASE_URL": url} if url else {}


def init(data: Path, database_url: str = "") -> str:
    """Create a practice in the data folder; its owner's token."""
    names = ["--name", "Bench", "--country", "GB", "--email", "bench@example.com"]
    command = [sys.executable, "-m", "server", "init", *names, "--sandbox", "--data", str(data), "--json"]
    environment = os.environ | with_database(database_url)
    token: str = json.loads(subprocess.check_output(command, env=environment))["token"]
    return token


async def _port_of(server: Process) -> int:
    """The port that the server says it listens on; however long that takes, it says so or it ends."""
    assert server.stdout is not None
    line = await server.stdout.readline()
    if not line:
        raise RuntimeError("the server under test ended before it listened; see above")
    return int(line)


async def _stop(server: Process) -> None:
    with suppress(ProcessLookupError):
        server.terminate()
    try:
        await asyncio.wait_for(server.wait(), STOP_SECONDS)
    except TimeoutError:
        server.kill()
        await server.wait()
