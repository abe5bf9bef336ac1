"""A server that does nothing: the SDK's own, with tools of our names, and a file to download."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.requests import Request
from starlette.responses import Response

TOOLS = ("find_customers", "issue_invoice", "render_document", "update_organization", "export_documents")
PDF_BYTES = 2_000_000


async def nothing() -> dict[str, Any]:
    """Do nothing."""
    return {"link": "/files/nothing"}


async def download(_: Request) -> Response:
    return Response(b"0" * PDF_BYTES)


def main(port: int) -> None:
    server: MCPServer[Any] = MCPServer("nothing", log_level="WARNING")
    for name in TOOLS:
        server.add_tool(nothing, name=name)
    application = server.streamable_http_app(stateless_http=True)
    application.add_route("/files/{name}", download)
    uvicorn.run(application, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
