"""The anchor of all figures: a server of the same SDK with its defaults, no credential, and a tool that does nothing.

It takes any free port and says which, in a line of its own on standard output, as soon as it can be connected to.
"""

from __future__ import annotations

import asyncio
import logging
import socket

import uvicorn
from mcp.server import MCPServer

server: MCPServer[None] = MCPServer("bare")


@server.tool()
def noop() -> str:
    """Do nothing."""
    return "ok"


async def main() -> None:
    logging.disable(logging.WARNING)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    # What the SDK itself starts for `run("streamable-http")`, on a port that is free.
    config = uvicorn.Config(server.streamable_http_app(), log_level="error", timeout_keep_alive=600)
    await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main())
