"""The least that a server of the same SDK does on standard input and output: one tool, which does nothing."""

from __future__ import annotations

from mcp.server import MCPServer

server: MCPServer[None] = MCPServer("bare")


@server.tool()
def noop() -> str:
    """Do nothing."""
    return "ok"


if __name__ == "__main__":
    server.run()
