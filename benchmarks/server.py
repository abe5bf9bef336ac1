"""The server under test: the real application with one more tool, which does nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
import uvicorn
from mcp.server.mcpserver.tools import Tool

from server.app import system_clock
from server.http.application import HttpSettings, http_application
from server.http.limits import Allowance
from server.http.serving import StoppingServer
from server.mcp import CounterfoilServer
from storage.store import open_store


async def noop() -> str:
    """Do nothing."""
    return "ok"


def equip(server: CounterfoilServer) -> None:
    server.add_listed(Tool.from_function(noop))


async def main(data: Path, port: int) -> None:
    settings = HttpSettings(
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        allowance=Allowance(per_second=100_000, burst=1_000_000, at_once=1_000),
    )
    async with open_store(data) as store:
        application = http_application(store, system_clock, settings, equip=equip)
        config = uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning", access_log=False)
        await StoppingServer(config).serve()


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), int(sys.argv[2]))
