"""The anchor of all figures: a server of the same SDK with its defaults, no credential, and a tool that does nothing.

It takes any free port and says which, in a line of its own on standard output, as soon as it can be connected to.
With a number on the command line so many processes serve, as uvicorn makes them: one or several alike with uvicorn's
usual event loop, and without waiting for more to send.
"""

from __future__ import annotations

import logging
import socket
import sys

import uvicorn
from mcp.server import MCPServer
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

server: MCPServer[None] = MCPServer("bare")


@server.tool()
def noop() -> str:
    """Do nothing."""
    return "ok"


def application() -> Starlette:
    """What the SDK itself starts for `run("streamable-http")`."""
    logging.disable(logging.WARNING)
    return server.streamable_http_app()


def main(workers: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(
        "benchmarks.bare_http:application",
        factory=True,
        workers=workers,
        log_level="error",
        timeout_keep_alive=600,
        # On a busy machine a process takes longer to begin than it may take to say that it is there.
        timeout_worker_healthcheck=600,
    )
    if workers > 1:
        Multiprocess(config, [listener]).run()
    else:
        uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1)
