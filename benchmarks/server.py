"""The server under test: the real application with two more tools: one does nothing, one verifies.

It takes any free port and says which, in a line of its own on standard output, as soon as it can be connected to.
"""

from __future__ import annotations

import socket
import sys
from functools import partial
from pathlib import Path

import anyio
from mcp.server.mcpserver.tools import Tool

from operations.access import Office, open_books
from operations.practices import local_owner
from operations.rights import Right
from operations.verification import verify_books
from server.app import find_organization, system_clock
from server.http.application import HttpSettings, http_application
from server.http.connections import OpenConnections
from server.http.limits import Allowance
from server.http.loops import new_event_loop
from server.http.questions import Questions
from server.http.serving import serve_application
from server.mcp import CounterfoilServer
from server.settings import read_settings
from storage.folder.store import Store, open_store


async def noop() -> str:
    """Do nothing."""
    return "ok"


def equipped(store: Store, server: CounterfoilServer) -> None:
    async def verify(organization: str) -> str:
        """Verify the books of an organization."""
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=system_clock)
        return (
            await verify_books(open_books(office, await find_organization(office, organization), Right.READ))
        ).problem

    for tool in (noop, verify):
        server.add_listed(Tool.from_function(tool), streams=False)


# Longer than the callers keep a connection that they do not use: so it is they who close it.
KEPT_SECONDS = 600


async def main(data: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    port = listener.getsockname()[1]
    print(port, flush=True)
    settings = HttpSettings(
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        allowance=Allowance(per_second=100_000, burst=1_000_000, at_once=1_000, idle_seconds=KEPT_SECONDS),
    )
    questions = Questions(settings.allowance.asking)
    read = read_settings(data)
    async with open_store(data, read.limits, keys=read.keys, address=read.address) as store:
        application = http_application(
            store, system_clock, settings, questions=questions, equip=partial(equipped, store)
        )
        await serve_application(application, questions, listener, OpenConnections(settings.allowance, 1_000))


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), backend_options={"loop_factory": new_event_loop})
