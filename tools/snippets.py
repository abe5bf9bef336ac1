"""Ready pieces of configuration for AI clients: one connection URL each, under the server's own name.

No secret is in them: where a header is needed, TOKEN stands for a personal access token or an API key.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from urllib.parse import quote

_HEADERS = {"Authorization": "Bearer TOKEN"}


@lru_cache(256)
def snippets(name: str, url: str) -> dict[str, str]:
    """For each client what to open, run or paste; `name` is what the connection is called there."""
    http = {"type": "http", "url": url, "headers": _HEADERS}
    plain = {"url": url, "headers": _HEADERS}
    return {
        "claude": (
            "https://claude.ai/customize/connectors?modal=add-custom-connector"
            f"&connectorName={quote(name, safe='')}&connectorUrl={quote(url, safe='')}"
        ),
        "claude_code": f'claude mcp add --transport http {name} {url} --header "Authorization: Bearer TOKEN"',
        "vscode": f"vscode:mcp/install?{quote(_json({'name': name, **http}), safe='')}",
        "cursor": (
            f"cursor://anysphere.cursor-deeplink/mcp/install?name={quote(name, safe='')}"
            f"&config={quote(base64.b64encode(_json(plain).encode()).decode(), safe='')}"
        ),
        "json": _json({"mcpServers": {name: http}}),
    }


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
