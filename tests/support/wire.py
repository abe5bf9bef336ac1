"""A real stdio server, spoken to in raw lines of JSON-RPC."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.stores import environment_of

ROOT = Path(__file__).parents[2]
HEAVY = (
    "alembic babel openpyxl PIL pycountry rapidfuzz reportlab schwifty sqlalchemy sqlmodel stdnum xlsxwriter"
).split()
"""What the work needs, and a greeting does not."""

# Whoever wants to load one of these waits until the other end of the pipe is closed.
_HELD = f"""
import os, sys
gate = int(sys.argv.pop(1))
def wait(event, about):
    if event == "import" and about[0].partition(".")[0] in {HEAVY}:
        os.read(gate, 1)
sys.addaudithook(wait)
from server.cli import main
main()
"""


@dataclass(slots=True)
class Wire:
    """One process; every line that it says must be JSON-RPC."""

    process: asyncio.subprocess.Process
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The answer to a request; what else is said before it is passed over."""
        wanted = await self.request(method, **params)
        while True:
            message = await self.hear()
            assert message is not None, "the process has ended"
            if message.get("id") == wanted:
                return message

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of a tool call."""
        return dict((await self.ask("tools/call", name=tool, arguments=arguments))["result"])

    async def request(self, method: str, **params: Any) -> int:
        """Send a request without waiting for its answer; its id."""
        wanted = next(self.ids)
        await self.send({"jsonrpc": "2.0", "id": wanted, "method": method, "params": params})
        return wanted

    async def send(self, message: object) -> None:
        """Send a message, or a line that is none."""
        assert self.process.stdin is not None
        self.process.stdin.write((message if isinstance(message, str) else json.dumps(message)).encode() + b"\n")
        await self.process.stdin.drain()

    async def hear(self) -> dict[str, Any] | None:
        """The next message, or None where the process has ended."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        if not line.endswith(b"\n"):
            return None
        message: dict[str, Any] = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        return message

    async def shake_hands(self, revision: str = "2025-06-18") -> dict[str, Any]:
        info = {"name": "test", "version": "1"}
        answer = await self.ask("initialize", protocolVersion=revision, capabilities={}, clientInfo=info)
        await self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return dict(answer["result"])

    async def fail(self) -> str:
        """What the process complains of while it ends by itself, its input still open."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        while await self.hear() is not None:
            pass
        complaint = (await self.process.stderr.read()).decode()
        assert await self.process.wait() == 1, complaint
        return complaint

    async def end(self) -> None:
        """Close the process's input: it ends in good order, and complains of nothing."""
        output, errors = await self.process.communicate(b"")
        assert all(json.loads(line)["jsonrpc"] == "2.0" for line in output.splitlines())
        assert errors == b"", errors.decode()
        assert self.process.returncode == 0, self.process.returncode


@asynccontextmanager
async def wired(data: Path, *more: str) -> AsyncIterator[Wire]:
    """`counterfoil stdio` on a data folder; killed at the end unless it has ended."""
    async with _started("-m", "server", "stdio", "--data", str(data), *more) as wire:
        yield wire


@asynccontextmanager
async def held(data: Path, *more: str) -> AsyncIterator[tuple[Wire, Callable[[], None]]]:
    """The same, in which nothing `HEAVY` is loaded until the function that is answered is called."""
    gate, key = os.pipe()
    closing = [gate, key]
    try:
        command = ("-c", _HELD, str(gate), "stdio", "--data", str(data), *more)
        async with _started(*command, pass_fds=(gate,)) as wire:
            yield wire, lambda: os.close(closing.pop())
    finally:
        for one in closing:
            os.close(one)


@asynccontextmanager
async def _started(*arguments: str, pass_fds: tuple[int, ...] = ()) -> AsyncIterator[Wire]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        cwd=ROOT,
        pass_fds=pass_fds,
        env=os.environ | environment_of(arguments),
    )
    try:
        yield Wire(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate(b"")
