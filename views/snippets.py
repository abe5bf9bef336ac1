"""Ready pieces of configuration for AI clients: one connection URL each, under the server's own name.

No secret is in them: a client finds out by itself how its user signs in.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import quote, urlsplit


@lru_cache(256)
def snippets(name: str, url: str) -> dict[str, str]:
    """For each client what to open, run or paste; `name` is what the connection is called there."""
    http = {"type": "http", "url": url}
    claude = (
        "https://claude.ai/customize/connectors?modal=add-custom-connector"
        f"&connectorName={quote(name, safe='')}&connectorUrl={quote(url, safe='')}"
    )
    return {
        "claude": claude,
        "claude_code": f"claude mcp add --transport http {name} {url}",
        "vscode": f"vscode:mcp/install?{quote(_json({'name': name, **http}), safe='')}",
        "vscode_json": _json({"servers": {name: http}}),
        "cursor": (
            f"cursor://anysphere.cursor-deeplink/mcp/install?name={quote(name, safe='')}"
            f"&config={quote(base64.b64encode(_json({'url': url}).encode()).decode(), safe='')}"
        ),
        "json": _json({"mcpServers": {name: http}}),
    }


def is_loopback(url: str) -> bool:
    """Whether only programs on the server's own machine can reach the URL."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
